/// Where the shell's text goes. Injected, so that every screen can be a golden test.
package struct Terminal {
    /// Columns to wrap prose to.
    package var width: Int
    /// Rows that the screen has.
    package var height: Int
    /// Whether escape sequences for colour and weight may be written. No meaning rests on them alone.
    package var hasColour: Bool
    /// Whether text may be written over: a terminal, with colour or without.
    package var isScreen: Bool
    /// Writes text as it is: no newline is added.
    package var write: (String) -> Void
    /// The same for bytes, which need not be text.
    package var writeBytes: ([UInt8]) -> Void

    /// - Parameter isScreen: nil where colour says it.
    /// - Parameter writeBytes: nil where what is no text may be written as replacement characters.
    package init(
        width: Int = 80, height: Int = 24, hasColour: Bool = false, isScreen: Bool? = nil,
        write: @escaping (String) -> Void, writeBytes: (([UInt8]) -> Void)? = nil
    ) {
        self.width = width
        self.height = height
        self.hasColour = hasColour
        self.isScreen = isScreen ?? hasColour
        self.write = write
        self.writeBytes = writeBytes ?? { write(String(decoding: $0, as: UTF8.self)) }
    }

    /// A line for somebody to type, with blanks so put in that a screen breaks it between its words. Copied from
    /// there it is one line still, and means the same: inside quotes nothing is put in.
    package func broken(_ line: String) -> String {
        guard isScreen, line.count > width else { return line }
        let indent = line.prefix { $0 == " " }
        var text = String(indent)
        var column = indent.count
        for (index, word) in Self.words(of: line.dropFirst(indent.count)).enumerated() {
            if index > 0, column + 1 + word.count > width, column < width {
                text += String(repeating: " ", count: width - column + indent.count + 2)
                column = indent.count + 2
            } else if index > 0 {
                text += " "
                column += 1
            }
            text += word
            column = (column + word.count - 1) % width + 1
        }
        return text
    }

    /// What stands between blanks that are in no quotes.
    private static func words(of line: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        for character in line {
            if quote == character {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            }
            if character == " ", quote == nil {
                words.append(word)
                word = ""
            } else {
                word.append(character)
            }
        }
        return words + [word]
    }

    /// Writes a line.
    package func writeLine(_ line: String = "") {
        write(line + "\n")
    }
}
