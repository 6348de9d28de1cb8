/// A word of prose between two blanks, in pieces of one style each.
struct StyledWord {
    private var pieces: [Piece] = []

    /// How a piece stands out.
    enum Style { case plain, bold, emphasis, code }

    private struct Piece {
        var text: String
        var style: Style
        /// Where code begins and ends: there it has its backquotes.
        var opens = false
        var closes = false

        var quoted: String { (opens ? "`" : "") + text + (closes ? "`" : "") }
    }

    /// Code up to this many characters is not broken at its blanks.
    private static let longestUnbroken = 40

    /// Splits a paragraph; `**bold**`, `*emphasis*` and backquoted code may span words.
    static func split(_ text: String) -> [StyledWord] {
        var words: [StyledWord] = []
        var word = StyledWord()
        var style = Style.plain
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (character, style) {
            case ("`", _) where rest.contains("`"):
                let code = String(rest.prefix { $0 != "`" })
                rest = rest.dropFirst(code.count + 1)
                word.append(code: code, to: &words)
            case ("*", .plain) where rest.first == "*", ("*", .bold) where rest.first == "*":
                rest.removeFirst()
                style = style == .bold ? .plain : .bold
            case ("*", .plain) where rest.first.map(Self.begins) == true && rest.contains("*"):
                style = .emphasis
            case ("*", .emphasis): style = .plain
            case (" ", _):
                words.append(word)
                word = StyledWord()
            default: word.append(character, style)
            }
        }
        return (words + [word]).filter { !$0.pieces.isEmpty }
    }

    /// Whether stress may begin with the character.
    private static func begins(_ character: Character) -> Bool {
        character.isLetter || LiteralText.isMarked(character)
    }

    /// Short code stays in one word; long code breaks at its blanks.
    private mutating func append(code: String, to words: inout [StyledWord]) {
        guard code.count > Self.longestUnbroken else {
            return pieces.append(Piece(text: code, style: .code, opens: true, closes: true))
        }
        let parts = code.split(separator: " ")
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            pieces.append(
                Piece(text: String(part), style: .code, opens: index == 0, closes: isLast))
            if !isLast {
                words.append(self)
                self = StyledWord()
            }
        }
    }

    /// Columns on the screen.
    var width: Int { pieces.reduce(0) { $0 + $1.quoted.columns } }

    /// The word as it is written to the terminal.
    func rendered(by markdown: MarkdownText) -> String {
        pieces.map { piece in
            switch piece.style {
            case .plain: piece.text
            case .bold: markdown.bold(piece.text)
            case .emphasis: markdown.emphasis(piece.text)
            case .code: markdown.code(piece.quoted)
            }
        }.joined()
    }

    private mutating func append(_ character: Character, _ style: Style) {
        if let last = pieces.indices.last, pieces[last].style == style, style != .code {
            pieces[last].text.append(character)
        } else {
            pieces.append(Piece(text: String(character), style: style))
        }
    }
}

extension String {
    /// Columns that a terminal gives the text: none to marks, two to East Asian wide letters and
    /// emoji.
    package var columns: Int {
        reduce(0) { $0 + Self.columns(of: $1) }
    }

    private static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if character.unicodeScalars.contains(where: {
            $0.properties.isEmojiPresentation || $0 == "\u{FE0F}"
        }) {
            return 2
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
