import CLibedit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// redis-cli's line on libedit: Tab walks through the commands, hints stand behind the cursor in grey, Ctrl-C
/// and Ctrl-D end the session.
final class LineEditor {
    var showsHints = true
    private let help: CommandHelp
    private let lines: OpaquePointer
    private var editor: OpaquePointer?
    private let prompt = UnsafeMutablePointer<CChar>.allocate(capacity: LineEditor.promptSize)
    private let keys = HintedKeys()
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
        // libedit's own would print ^D at the end.
        line_editor_bind(editor, "^D", "cli-delete-or-end") { editor, _ in
            LineEditor.of(editor)?.deleteOrEnd() ?? UInt8(CC_ERROR)
        }
        line_editor_set_reader(editor) { editor, character in
            guard let character, let keys = LineEditor.of(editor)?.keys else { return -1 }
            guard let scalar = keys.next(of: editor) else { return 0 }
            character.pointee = wchar_t(scalar.value)
            return 1
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
        keys.promptWidth = text.count
        keys.hint = { [help, showsHints] in showsHints ? help.hint(for: $0) : nil }
        isOver = false
        walk = Walk()
        var count: Int32 = 0
        let line = line_editor_read(editor, &count)
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

    /// On an empty line Ctrl-D ends the session; else it takes away what is below the cursor.
    private func deleteOrEnd() -> UInt8 {
        guard let info = el_line(editor)?.pointee else { return UInt8(CC_ERROR) }
        guard info.lastchar > info.buffer else {
            isOver = true
            return UInt8(CC_EOF)
        }
        guard info.cursor < info.lastchar else { return UInt8(CC_NORM) }
        el_cursor(editor, 1)
        el_deletestr(editor, 1)
        return UInt8(CC_REFRESH)
    }

    // MARK: - Tab

    /// Each Tab puts the next proposal on the line; after the last one stands what was typed.
    private func complete() -> UInt8 {
        let line = HintedKeys.line(of: editor).text
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
        let line = HintedKeys.line(of: editor).text
        el_deletestr(editor, Int32(line.unicodeScalars.count))
        el_insertstr(editor, text)
    }
}
