extension SourceFile {
    /// The places of loops that do nothing but ask: nobody ends them where what they ask for does not come, and meanwhile
    /// they take the processor that it needs.
    var idleLoops: [String] {
        let code = lines.map { WordRule.code(of: String($0)) }
        return code.indices.flatMap { index in
            code[index].ranges(of: #/\bwhile\b/#).filter { range in
                // What stands behind `repeat` is over with its condition.
                let before = code[index][..<range.lowerBound].last { !$0.isWhitespace }
                guard before != "}" else { return false }
                let end = min(index + 8, code.count)
                let text = [String(code[index][range.upperBound...])] + code[index + 1..<end]
                return Self.body(afterCondition: text.joined(separator: "\n")) == ""
            }.map { _ in "\(path):\(index + 1)" }
        }
    }

    /// What stands between a loop's braces, without blanks and `continue`; nil where it goes on further down.
    private static func body(afterCondition text: String) -> String? {
        var (depth, body, isInBody) = (0, "", false)
        for character in text {
            switch character {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0 && !isInBody: isInBody = true
            case "}" where isInBody: return body == "continue" ? "" : body
            default: break
            }
            if depth < 0 { return nil }
            if isInBody, !character.isWhitespace, character != "{" { body.append(character) }
        }
        return nil
    }
}
