/// An answer of `why`: paragraphs, lines quoted as they are, and at its end what to type next.
struct Explanation {
    private var blocks: [Block] = []
    private var advice: [(command: String, purpose: String)] = []

    private enum Block {
        case prose(String)
        case quote(String)
    }

    /// More advice would be none.
    private static let adviceLimit = 6
    private static let indent = "  "

    var isEmpty: Bool { blocks.isEmpty && advice.isEmpty }

    /// Adds a paragraph.
    mutating func say(_ prose: String) {
        if !prose.isEmpty { blocks.append(.prose(prose)) }
    }

    /// The same explanation with a paragraph in front.
    func preceded(by prose: String) -> Explanation {
        var whole = self
        whole.blocks.insert(.prose(prose), at: 0)
        return whole
    }

    /// The same explanation with other lines to type.
    func mapAdvice(_ change: (String) -> String) -> Explanation {
        var other = self
        other.advice = advice.map { (change($0.command), $0.purpose) }
        return other
    }

    /// Adds everything that another explanation says.
    mutating func append(_ other: Explanation) {
        blocks += other.blocks
        for (command, purpose) in other.advice { next(command, purpose) }
    }

    /// Adds a line that is shown as it is, such as what a node says.
    mutating func quote(_ line: String) {
        blocks.append(.quote(line))
    }

    /// Adds something to type, and what it does.
    mutating func next(_ command: String, _ purpose: String) {
        guard !command.isEmpty, advice.count < Self.adviceLimit,
            !advice.contains(where: { $0.command == command })
        else { return }
        advice.append((command, purpose))
    }

    /// The text in lines of at most `width` columns, where no single word is longer.
    func lines(width: Int) -> [String] {
        var lines: [String] = []
        for block in blocks {
            switch block {
            case .prose(let text): lines += Self.wrapped(text, width: width)
            case .quote(let text):
                // Columns stay columns where they fit.
                lines +=
                    text.count + Self.indent.count <= width
                    ? [Self.indent + text]
                    : Self.wrapped(text, width: width, first: Self.indent, rest: "      ")
            }
        }
        guard !advice.isEmpty else { return lines }
        lines.append("Type next:")
        for (command, purpose) in advice { lines += Self.lines(of: command, purpose, width: width) }
        return lines
    }

    /// A command and what it does beside it, or below it where it is long.
    private static func lines(of command: String, _ purpose: String, width: Int) -> [String] {
        let column = 32
        guard command.count + 4 <= column, width >= 60 else {
            return [indent + command]
                + wrapped(purpose, width: width, first: "      ", rest: "      ")
        }
        let gap = String(repeating: " ", count: column - command.count - indent.count)
        return wrapped(
            purpose, width: width, first: indent + command + gap,
            rest: String(repeating: " ", count: column))
    }

    /// Breaks a text at its blanks; a run of blanks counts as one.
    static func wrapped(
        _ text: String, width: Int, first: String = "", rest: String = ""
    ) -> [String] {
        var lines: [String] = []
        var line = first
        var isBegun = false
        for word in text.split(separator: " ") {
            if isBegun, line.count + 1 + word.count > width {
                lines.append(line)
                line = rest
                isBegun = false
            }
            line += (isBegun ? " " : "") + word
            isBegun = true
        }
        return lines + [line]
    }
}
