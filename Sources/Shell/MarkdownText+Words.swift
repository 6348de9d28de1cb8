/// A word of prose between two blanks, in pieces of one style each.
struct StyledWord {
    private var pieces: [Piece] = []

    enum Style { case plain, bold, code }

    private struct Piece {
        var text: String
        var style: Style
    }

    /// Code up to this many characters is not broken at its blanks.
    private static let longestUnbroken = 40

    /// Splits a paragraph; `**bold**` and backquoted code may span words.
    static func split(_ text: String) -> [StyledWord] {
        var words: [StyledWord] = []
        var word = StyledWord()
        var style = Style.plain
        var isUnbroken = false
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "`" {
                let code = rest.prefix { $0 != "`" }
                if style == .code {
                    style = .plain
                } else if code.count < rest.count {
                    style = .code
                    isUnbroken = code.count <= longestUnbroken
                } else {
                    word.append(character, style)
                }
            } else if style != .code, character == "*", rest.first == "*" {
                rest.removeFirst()
                style = style == .bold ? .plain : .bold
            } else if character == " ", style != .code || !isUnbroken {
                words.append(word)
                word = StyledWord()
            } else {
                word.append(character, style)
            }
        }
        return (words + [word]).filter { !$0.pieces.isEmpty }
    }

    /// Columns on the screen.
    func width(hasColour: Bool) -> Int {
        pieces.reduce(0) { $0 + $1.text.columns + ($1.style == .code && !hasColour ? 2 : 0) }
    }

    func rendered(by markdown: MarkdownText) -> String {
        pieces.map { piece in
            switch piece.style {
            case .plain: piece.text
            case .bold: markdown.bold(piece.text)
            case .code: markdown.hasColour ? markdown.code(piece.text) : "`\(piece.text)`"
            }
        }.joined()
    }

    private mutating func append(_ character: Character, _ style: Style) {
        if let last = pieces.indices.last, pieces[last].style == style {
            pieces[last].text.append(character)
        } else {
            pieces.append(Piece(text: String(character), style: style))
        }
    }
}

extension String {
    /// Columns that a terminal gives the text: none to marks, two to East Asian wide letters and emoji.
    package var columns: Int {
        reduce(0) { $0 + Self.columns(of: $1) }
    }

    private static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if character.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0 == "\u{FE0F}" }) {
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
