import CLibedit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// redis-cli's line on libedit: Tab walks through the commands, hints stand behind the cursor in grey, Ctrl-C
/// and Ctrl-D end the session.
///
/// libedit knows no hints. They are painted while it waits for a key, and are gone before it sees the key, so
/// that its idea of the screen stays true. Like linenoise's, they are cut at the end of the row.
final class LineEditor {
    var showsHints = true
    private let help: CommandHelp
    private let lines: OpaquePointer
    private var editor: OpaquePointer?
    private let prompt = UnsafeMutablePointer<CChar>.allocate(capacity: LineEditor.promptSize)
    private var promptWidth = 0
    private var isOver = false
    private var walk = Walk()

    private static let promptSize = 512

    /// Where Tab is among its proposals.
    private struct Walk {
        /// What was typed, and comes back after the last proposal.
        var typed = ""
        var proposals: [String] = []
        var place = 0
        /// What stands on the line if nothing but Tab was pressed since.
        var shown: String?
    }

    /// Nil when the terminal cannot be used.
    init?(help: CommandHelp, history: [String]) {
        guard let lines = line_history_create(Int32(CLIHistory.limit)) else { return nil }
        self.help = help
        self.lines = lines
        prompt[0] = 0
        let context = Unmanaged.passUnretained(self).toOpaque()
        editor = line_editor_create("redis-cli", lines, { LineEditor.of($0)?.prompt }, context)
        guard let editor else { return nil }
        line_editor_bind(editor, "^I", "cli-complete") { editor, _ in
            LineEditor.of(editor)?.complete() ?? UInt8(CC_ERROR)
        }
        line_editor_bind(editor, "^C", "cli-end") { editor, _ in
            LineEditor.of(editor)?.isOver = true
            return UInt8(CC_EOF)
        }
        line_editor_set_reader(editor) { editor, character in
            guard let character else { return -1 }
            return LineEditor.of(editor)?.readCharacter(into: &character.pointee) ?? -1
        }
        for line in history { line_history_add(lines, line) }
        catch_interrupts()
    }

    deinit {
        if let editor { el_end(editor) }
        history_end(lines)
        prompt.deallocate()
    }

    /// The next line without its newline; nil at Ctrl-D and Ctrl-C.
    func nextLine(prompt text: String) -> String? {
        strncpy(prompt, text, Self.promptSize - 1)
        promptWidth = text.count
        isOver = false
        walk = Walk()
        var count: Int32 = 0
        let line = el_gets(editor, &count)
        guard let line, count > 0, !isOver else {
            line_editor_write("\n")
            return nil
        }
        return String(String(cString: line).prefix { !$0.isNewline })
    }

    func remember(_ line: String) {
        line_history_add(lines, line)
    }

    private static func of(_ editor: OpaquePointer?) -> LineEditor? {
        line_editor_context(editor).map {
            Unmanaged<LineEditor>.fromOpaque($0).takeUnretainedValue()
        }
    }

    // MARK: - Tab

    /// Each Tab puts the next proposal on the line; after the last one stands what was typed.
    private func complete() -> UInt8 {
        let (line, _) = currentLine
        if walk.shown != line {
            walk = Walk(typed: line, proposals: help.completions(of: line))
        } else {
            walk.place = (walk.place + 1) % (walk.proposals.count + 1)
        }
        guard !walk.proposals.isEmpty else { return UInt8(CC_ERROR) }
        let isPastLast = walk.place == walk.proposals.count
        let shown = isPastLast ? walk.typed : walk.proposals[walk.place]
        if isPastLast { line_editor_write("\u{7}") }
        replaceLine(with: shown)
        walk.shown = shown
        return UInt8(CC_REFRESH)
    }

    private func replaceLine(with text: String) {
        guard let info = el_line(editor)?.pointee else { return }
        el_cursor(editor, Int32(info.lastchar - info.cursor))
        let (line, _) = currentLine
        el_deletestr(editor, Int32(line.unicodeScalars.count))
        el_insertstr(editor, text)
    }

    /// What is typed, and whether the cursor stands at its end.
    private var currentLine: (text: String, isAtEnd: Bool) {
        guard let info = el_line(editor)?.pointee, let start = info.buffer, let end = info.lastchar
        else { return ("", true) }
        let bytes = UnsafeRawBufferPointer(start: start, count: end - start)
        return (String(decoding: bytes, as: UTF8.self), info.cursor == info.lastchar)
    }

    // MARK: - Hints

    /// Waits for a key with the hint on the screen.
    private func readCharacter(into character: inout wchar_t) -> Int32 {
        let isPainted = paintHint()
        let scalar = Self.readScalar()
        if isPainted { line_editor_write("\u{1B}[K") }
        guard let scalar else { return 0 }
        character = wchar_t(scalar.value)
        return 1
    }

    /// False when there is nothing to show. More keys that wait are worth no painting.
    private func paintHint() -> Bool {
        let (line, isAtEnd) = currentLine
        guard showsHints, isAtEnd, !line.isEmpty, !hasPendingInput,
            let hint = help.hint(for: line)
        else { return false }
        // The last column stays free: terminals differ in where the cursor is behind it.
        let column = promptWidth + line.count
        let shown = hint.prefix(max(0, columns - 1 - column))
        guard shown.contains(where: { $0 != " " }) else { return false }
        line_editor_write("\u{1B}[0;90;49m\(shown)\u{1B}[0m\r\u{1B}[\(column)C")
        return true
    }

    private var hasPendingInput: Bool {
        var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) > 0
    }

    /// One character of UTF-8 from the terminal; nil at its end.
    private static func readScalar() -> Unicode.Scalar? {
        guard let first = readByte() else { return nil }
        let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var bytes = [first]
        while bytes.count < length, let byte = readByte() { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.first
    }

    /// A Ctrl-C that came while the terminal was not libedit's yet is a signal, and counts as the key. It may come
    /// right before the wait, so that is looked after now and then.
    private static func readByte() -> UInt8? {
        var byte: UInt8 = 0
        var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while true {
            if take_interrupt() { return controlC }
            guard poll(&request, 1, signalInterval) > 0 else { continue }
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            // A signal, such as the window's resizing, which libedit has handled by now.
            guard count < 0, errno == EINTR else { return nil }
        }
    }

    private static let controlC: UInt8 = 3
    /// Milliseconds.
    private static let signalInterval: Int32 = 200

    private var columns: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
            ? Int(size.ws_col) : 80
    }
}
