/// `live`: a screen that is drawn again and again, with what has changed marked.
///
/// At a terminal each drawing takes the place of the one before, with colour or without. Elsewhere a drawing is
/// printed when it differs from the one before, with `*` before its new lines.
struct LiveScreen {
    private let terminal: Terminal
    private let title: String
    private var shown: [StyledText]?

    /// Another screen, which the terminal puts in front of the one with the typed lines.
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    init(title: String, terminal: Terminal) {
        self.title = title
        self.terminal = terminal
        if isInPlace { terminal.write(Self.enter) }
    }

    private var isInPlace: Bool { terminal.isScreen }

    /// Shows the lines in the place of those before.
    mutating func draw(_ lines: [String]) {
        let styled = lines.map(StyledText.init)
        if isInPlace { paint(styled) } else { printChanges(styled) }
        shown = styled
    }

    /// Gives the screen back. What was shown last stays among the typed lines.
    func end() {
        guard isInPlace else { return }
        terminal.write(Self.leave)
        for line in shown ?? [] {
            terminal.writeLine(line.rendered(width: terminal.width, changedFrom: nil))
        }
    }

    private func paint(_ lines: [StyledText]) {
        let room = max(1, terminal.height - 1)
        let left = lines.count - room
        var text = "\u{1B}[H" + title.shortened(to: terminal.width) + "\u{1B}[K"
        for (index, line) in lines.prefix(left > 0 ? room - 1 : room).enumerated() {
            text += "\r\n" + painted(line, at: index) + "\u{1B}[K"
        }
        if left > 0 { text += "\r\n(\(left + 1) more lines do not fit)\u{1B}[K" }
        terminal.write(text + "\u{1B}[J")
    }

    /// The line with what has changed marked: inverse, or by `*` before it where there is no colour.
    private func painted(_ line: StyledText, at index: Int) -> String {
        let before = shown.map { $0.indices.contains(index) ? $0[index] : StyledText("") }
        guard !terminal.hasColour else { return line.rendered(width: terminal.width, changedFrom: before) }
        let isNew = before.map { $0.text != line.text } ?? false
        return ((isNew ? "* " : "  ") + line.text).shortened(to: terminal.width)
    }

    private func printChanges(_ lines: [StyledText]) {
        guard lines != shown else { return }
        terminal.writeLine(shown == nil ? title : "---")
        for (index, line) in lines.enumerated() {
            let isNew =
                shown.map { !$0.indices.contains(index) || $0[index].text != line.text } ?? false
            terminal.writeLine((isNew ? "* " : "  ") + line.text)
        }
        for line in (shown ?? []).dropFirst(lines.count) where !line.text.isEmpty {
            terminal.writeLine("* (gone) " + line.text)
        }
    }
}
