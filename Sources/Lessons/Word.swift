/// One word of a check or of a prompted line.
package struct Word: Hashable, Sendable {
    package var text: String
    package var isQuoted: Bool

    init(_ text: String, isQuoted: Bool = false) {
        self.text = text
        self.isQuoted = isQuoted
    }

    /// The text of a word that may be part of the language; quoted words never are.
    var bare: String? { isQuoted ? nil : text }

    /// A quote without its end.
    package struct OpenQuote: Error {}

    /// Splits at blanks outside quotes, as redis-cli does for text: `"` knows `\n \r \t \\ \"`, `'`
    /// only `\'`.
    package static func split(_ text: String) throws(OpenQuote) -> [Word] {
        var words: [Word] = []
        var current: Word?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if let open = quote {
                if isEscaped {
                    current?.text.append(unescaped(character, in: open))
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == open {
                    quote = nil
                } else {
                    current?.text.append(character)
                }
            } else if character == "\"" || character == "'" {
                quote = character
                current = Word(current?.text ?? "", isQuoted: true)
            } else if character.isWhitespace {
                if let word = current { words.append(word) }
                current = nil
            } else {
                current = Word(
                    (current?.text ?? "") + String(character), isQuoted: current?.isQuoted ?? false)
            }
        }
        guard quote == nil else { throw OpenQuote() }
        if let word = current { words.append(word) }
        return words
    }

    private static func unescaped(_ character: Character, in quote: Character) -> String {
        guard quote == "\"" else { return character == "'" ? "'" : "\\\(character)" }
        switch character {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        default: return String(character)
        }
    }
}

extension StringProtocol {
    /// Without blanks at either end.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
