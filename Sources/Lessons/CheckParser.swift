/// Reads the lines of a `check` block, conditions, expressions and templates.
struct CheckParser {
    let file: String
    /// The words of a `vary` block: they stand for something already, and a slip may be meant for one.
    private let names: [String]
    private var line = 0

    /// Words that begin a line of a requirement.
    static let detailWords = [
        "saw", "ran", "not", "wrong", "halfway", "proven", "within", "lost", "lacks", "typed", "printed",
        "client", "event",
    ]

    init(file: String, names: [String] = []) {
        self.file = file
        self.names = names
    }

    /// Requirements: a label at the margin, its details indented below.
    mutating func requirements(_ lines: [SourceLine]) throws(LessonError) -> [Requirement] {
        var found: [Requirement] = []
        for source in lines where !source.text.allSatisfy(\.isWhitespace) {
            line = source.number
            let text = source.text.trimmed
            if source.text.first?.isWhitespace == false {
                found.append(try labelled(text))
            } else {
                guard var last = found.popLast() else {
                    throw mistake("a check begins with its label, at the margin")
                }
                try add(text, to: &last)
                found.append(last)
            }
        }
        for (requirement, next) in zip(found, found.dropFirst().map(Optional.some) + [nil])
        where requirement.conditions.isEmpty {
            line = requirement.line
            try refuseAtMargin(next)
            throw mistake("'\(requirement.label)' has no condition; indent one below it")
        }
        return found
    }

    /// What stands at the margin below a label, and reads as a condition, is meant for one.
    private mutating func refuseAtMargin(_ next: Requirement?) throws(LessonError) {
        guard let next, (try? condition(next.label, at: next.line)) != nil else { return }
        line = next.line
        throw mistake("'\(next.label)' stands at the margin; indent it below its label")
    }

    /// Values of the cluster stand in a condition without `${…}`, and words of a `vary` block are filled in before.
    private func refuseTemplate(_ text: String) throws(LessonError) {
        guard let open = text.firstRange(of: "${") else { return }
        let word = String(text[open.upperBound...].prefix { $0 != "}" })
        if let value = try? expression(words(word)[...]), value != .literal(word) {
            throw mistake(
                "'${\(word)}' is for sentences; in a condition a value stands as it is, and in no other value")
        }
        throw mistake("unknown word '${\(word)}'" + advice(for: word))
    }

    /// `; did you mean '${count}'?`
    private func advice(for word: String) -> String {
        Nearest.match(to: word, among: names).map { "; did you mean '${\($0)}'?" } ?? ""
    }

    /// `[3] label`, `[2 kept] label` or `[2 once] label`; without a bracket there are no points.
    private func labelled(_ text: String) throws(LessonError) -> Requirement {
        try refuseTemplate(text)
        var requirement = Requirement(
            label: text, conditions: [], wrong: [], lost: [], line: line)
        guard text.hasPrefix("["), let end = text.firstIndex(of: "]") else { return requirement }
        let words = text[..<end].dropFirst().split(separator: " ")
        if words == ["once"] {
            requirement.label = text[text.index(after: end)...].trimmed
            requirement.isOnce = true
            return requirement
        }
        guard let points = words.first.flatMap({ Int($0) }), points > 0, words.count <= 2,
            words.count == 1 || words[1] == "kept" || words[1] == "once"
        else { throw mistake("points are written [3], [3 kept] or [3 once]; a step has [once]") }
        requirement.label = text[text.index(after: end)...].trimmed
        requirement.points = points
        requirement.isKept = words.last == "kept"
        requirement.isOnce = words.last == "once"
        return requirement
    }

    private mutating func add(_ text: String, to requirement: inout Requirement) throws(LessonError)
    {
        let word = text.prefix { $0 != " " && $0 != ":" }
        let rest = String(text.dropFirst(word.count)).trimmed
        switch word {
        case "wrong": requirement.wrong.append(try remark(rest))
        case "halfway":
            var remark = try remark(rest)
            remark.isHalfway = true
            requirement.wrong.append(remark)
        case "lost": requirement.lost.append(try remark(rest))
        case "lacks": requirement.lacks = try template(afterColon(rest, word: "lacks"), at: line)
        case "proven": requirement.proven = try template(afterColon(rest, word: "proven"), at: line)
        case "within":
            let (time, condition) = try splitAtColon(rest)
            requirement.conditions.append(
                .init(
                    condition: try self.condition(condition, at: line), patience: try duration(time),
                    line: line))
        default:
            requirement.conditions.append(.init(condition: try condition(text, at: line), line: line))
        }
    }

    private mutating func remark(_ text: String) throws(LessonError) -> Requirement.Remark {
        let (condition, sentence) = try splitAtColon(text)
        return .init(
            condition: try self.condition(condition, at: line),
            sentence: try template(sentence, at: line),
            line: line)
    }

    private func duration(_ text: String) throws(LessonError) -> Duration {
        guard text.hasSuffix("s"), let seconds = Int(text.dropLast()), seconds > 0 else {
            throw mistake("'\(text)' is no time; write it as 10s")
        }
        return .seconds(seconds)
    }

    private func afterColon(_ text: String, word: String) throws(LessonError) -> String {
        guard text.hasPrefix(":") else { throw mistake("a colon belongs behind '\(word)'") }
        return String(text.dropFirst()).trimmed
    }

    /// Splits at the first colon that ends a word outside quotes: `user:1` stays whole.
    private func splitAtColon(_ text: String) throws(LessonError) -> (String, String) {
        var quote: Character?
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            let next = text.index(after: index)
            if quote == nil, character == ":", next == text.endIndex || text[next] == " " {
                return (String(text[..<index]).trimmed, String(text[next...]).trimmed)
            }
            if character == "\"" { quote = quote == nil ? "\"" : nil }
            index = next
        }
        throw mistake("a colon and a space belong between the condition and the rest")
    }

    // MARK: Conditions

    /// `answer = slot(user:1) and not saw MOVED`; `or` joins more loosely than `and`.
    mutating func condition(_ text: String, at line: Int) throws(LessonError) -> Condition {
        self.line = line
        try refuseTemplate(text)
        var choices: [Condition] = []
        for choice in Self.split(try words(text)[...], at: "or") {
            var parts: [Condition] = []
            for part in Self.split(choice, at: "and") { parts.append(try simple(part)) }
            choices.append(parts.count == 1 ? parts[0] : .all(parts))
        }
        return choices.count == 1 ? choices[0] : .any(choices)
    }

    private static func split(_ words: ArraySlice<Word>, at word: String) -> [ArraySlice<Word>] {
        words.split(omittingEmptySubsequences: false) { $0.bare == word }
    }

    private func simple(_ words: ArraySlice<Word>) throws(LessonError) -> Condition {
        guard let first = words.first else { throw mistake("a condition is missing") }
        let rest = words.dropFirst()
        switch first.bare {
        case "not": return .not(try simple(rest))
        case "saw": return .saw(try replyClass(rest))
        case "ran": return .ran(try deed(rest))
        case "typed": return try typed(rest)
        case "printed": return try printed(rest)
        case "client": return try client(rest)
        case "event": return try event(rest)
        default: break
        }
        if let nearness = try nearness(words) { return nearness }
        guard
            let place = words.firstIndex(where: {
                $0.bare.flatMap(Condition.Comparison.init) != nil
            }),
            let comparison = words[place].bare.flatMap(Condition.Comparison.init)
        else {
            let there = Condition.Comparison.allCases.map(\.rawValue).joined(separator: " ")
            let advice = Nearest.match(to: first.text, among: Self.detailWords)
            throw mistake(
                "'\(first.text)…' compares nothing; a condition has one of \(there), "
                    + "or begins with saw or ran"
                    + (advice.map { "; did you mean '\($0)'?" } ?? ""))
        }
        return .compare(
            try expression(words[..<place]), comparison, try expression(words[(place + 1)...]))
    }

    func deed(_ words: ArraySlice<Word>) throws(LessonError) -> Deed {
        var words = words
        var earlier: [String]?
        if let after = words.firstIndex(where: { $0.bare == "after" }) {
            earlier = words[(after + 1)...].map(\.text)
            words = words[..<after]
        }
        let end = words.firstIndex { $0.bare == "at" || $0.bare == "giving" } ?? words.endIndex
        let shapes = Self.split(words[..<end], at: "with").map { $0.map(\.text) }
        var deed = Deed(pattern: shapes[0], earlier: earlier, queued: Array(shapes.dropFirst()))
        guard !deed.pattern.isEmpty, earlier?.isEmpty != true else {
            throw mistake("'ran' and 'after' want a command, such as ran GET * after SET *")
        }
        try checkQueued(deed)
        for shape in [deed.pattern] + deed.queued + [earlier].compactMap(\.self) {
            if let problem = KnownCommands.problem(with: shape) { throw mistake(problem) }
        }
        var rest = words[end...]
        if rest.first?.bare == "at", let place = rest.dropFirst().first {
            deed.place = try selector(place)
            rest = rest.dropFirst(2)
        }
        if rest.first?.bare == "giving" {
            deed.reply = try replyClass(rest.dropFirst())
            rest = []
        }
        guard rest.isEmpty else {
            throw mistake("'ran COMMAND at @NODE giving REPLY after COMMAND' is all that fits")
        }
        return deed
    }

    private func checkQueued(_ deed: Deed) throws(LessonError) {
        guard !deed.queued.isEmpty else { return }
        guard deed.pattern == ["EXEC"], deed.queued.allSatisfy({ !$0.isEmpty }) else {
            throw mistake("'with' stands between EXEC and what it ran: ran EXEC with SET a * with SET b *")
        }
    }

    private func replyClass(_ words: ArraySlice<Word>) throws(LessonError) -> ReplyClass {
        guard let word = words.first, words.count == 1 else {
            throw mistake("one word for the reply: MOVED, error, value, nil, queued or redirect")
        }
        if word.isQuoted { return try errorText(word.text) }
        switch word.text {
        case "queued": return .queued
        case "error": return .error
        case "value": return .value
        case "nil": return .null
        case "redirect": return .redirect
        default:
            guard word.text.allSatisfy({ $0.isUppercase }), Self.codes.contains(word.text) else {
                throw mistake(
                    "unknown reply '\(word.text)'"
                        + Nearest.advice(
                            for: word.text,
                            among: ["error", "value", "nil", "queued", "redirect"] + Self.codes.sorted()))
            }
            return .code(word.text)
        }
    }

    /// `"ERR To set a master*"`: which of all errors of that first word it was.
    private func errorText(_ text: String) throws(LessonError) -> ReplyClass {
        let code = String(text.prefix { $0 != " " })
        guard code.contains("*") || Self.codes.contains(code) else {
            throw mistake(
                "'\(code)' begins no error of Redis" + Nearest.advice(for: code, among: Self.codes.sorted()))
        }
        return .message(text)
    }

    /// First words of Redis' errors, and its simple replies.
    static let codes: Set = [
        "ASK", "BUSY", "BUSYGROUP", "BUSYKEY", "CLUSTERDOWN", "CROSSSLOT", "DENIED", "ERR",
        "EXECABORT", "INPROG", "IOERR", "LOADING", "MASTERDOWN", "MISCONF", "MOVED", "NOAUTH",
        "NOGOODSLAVE", "NOKEY", "NOPERM", "NOPROTO", "NOREPLICAS", "NOSCRIPT", "NOTBUSY", "OK",
        "OOM", "PONG", "QUEUED", "READONLY", "RESET", "TRYAGAIN", "UNKILLABLE", "WRONGPASS",
        "WRONGTYPE",
    ]

    // MARK: Templates and words

    /// Text in which `${…}` holds an expression.
    /// - Parameter takesWords: whether a word that stands for itself may be in it, too; in a sentence it is a mistake.
    mutating func template(
        _ text: String, at line: Int, takesWords: Bool = false
    ) throws(LessonError) -> Template {
        self.line = line
        var parts: [Template.Part] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "${") {
            self.line += rest[..<open.lowerBound].count { $0 == "\n" }
            guard let close = Self.closingBrace(in: rest[open.upperBound...]) else {
                throw mistake("'${' without its '}'")
            }
            if open.lowerBound > rest.startIndex {
                parts.append(.text(String(rest[..<open.lowerBound])))
            }
            let inside = String(rest[open.upperBound..<close])
            let value = try expression(words(inside)[...])
            if case .literal = value, !takesWords {
                throw mistake(
                    "${\(inside)} is no value that can be asked for" + advice(for: inside))
            }
            parts.append(.value(value))
            self.line += inside.count { $0 == "\n" }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        for case .text(let words) in parts
        where words.firstRange(of: CheckEvaluator.answerMark) != nil {
            throw mistake("in a sentence the answer is ${answer}; $answer is for arguments")
        }
        return Template(written: text, parts: parts)
    }

    /// Hash tags bring braces of their own.
    private static func closingBrace(in text: Substring) -> String.Index? {
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case "{": depth += 1
            case "}" where depth == 0: return index
            case "}": depth -= 1
            default: break
            }
        }
        return nil
    }

    private func words(_ text: String) throws(LessonError) -> [Word] {
        do { return try Word.split(text) } catch { throw mistake("a quote is left open") }
    }

    /// A mistake in the line being read.
    func mistake(_ message: String) -> LessonError {
        LessonError(file: file, line: line, message: message)
    }
}
