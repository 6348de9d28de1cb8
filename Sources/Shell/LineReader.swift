import CLI
import CLibedit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lines typed at a terminal, with libedit's editing: Emacs keys unless ~/.editrc says otherwise, the
/// arrow keys and Ctrl-R for the history, Tab for completion, hints behind the cursor, Ctrl-C to drop the line.
///
/// libedit blocks its thread, so this belongs to the main thread alone.
package final class LineReader: LineSource {
    private let lines: OpaquePointer
    private var editor: OpaquePointer?
    private var history: HistoryFile
    private let warn: (String) -> Void
    private let prompt = UnsafeMutablePointer<CChar>.allocate(capacity: LineReader.promptSize)
    private var completions: (String) -> [String] = { _ in [] }
    private let keys = HintedKeys()
    private var wasInterrupted = false
    /// Lines that came with the one that was read.
    private var pasted: [String] = []
    /// A line without its end that came with others: it waits to be typed on.
    private var unfinished = ""

    private static let promptSize = 512
    /// More than that is not taken at once.
    private static let waitingLimit = 1 << 20

    /// Nil when the terminal knows no editing. `warn` gets one line if the history cannot be kept.
    package init?(history: HistoryFile, warn: @escaping (String) -> Void) {
        guard let lines = line_history_create(Int32(HistoryFile.limit)) else { return nil }
        self.lines = lines
        self.history = history
        self.warn = warn
        prompt[0] = 0
        let context = Unmanaged.passUnretained(self).toOpaque()
        editor = line_editor_create("clusterlab", lines, { LineReader.of($0)?.prompt }, context)
        guard let editor else { return nil }
        line_editor_bind(editor, "^I", "lab-complete") { editor, _ in
            LineReader.of(editor)?.complete() ?? UInt8(CC_ERROR)
        }
        line_editor_bind(editor, "^C", "lab-interrupt") { editor, _ in
            LineReader.of(editor)?.interrupt() ?? UInt8(CC_ERROR)
        }
        line_editor_bind(editor, "\\e[200~", "lab-paste") { editor, _ in
            LineReader.of(editor)?.paste() ?? UInt8(CC_ERROR)
        }
        line_editor_set_reader(editor) { editor, character in
            guard let character, let keys = LineReader.of(editor)?.keys else { return -1 }
            guard let scalar = keys.next(of: editor) else { return 0 }
            character.pointee = wchar_t(scalar.value)
            return 1
        }
        for line in history.lines { line_history_add(lines, line) }
        catch_interrupts()
    }

    deinit {
        if let editor { el_end(editor) }
        history_end(lines)
        prompt.deallocate()
    }

    package var isInteractive: Bool { true }

    package func read(prompt text: String, aid: LineAid) -> LineInput {
        completions = aid.completions
        keys.hint = aid.hint
        keys.idle = aid.idle
        keys.hasColour = aid.hasColour
        keys.promptWidth = text.count
        strncpy(prompt, text, Self.promptSize - 1)
        wasInterrupted = false
        var count: Int32 = 0
        line_editor_mark_pastes(true)
        if !unfinished.isEmpty { line_editor_type(editor, unfinished) }
        unfinished = ""
        let line = line_editor_read(editor, &count)
        line_editor_mark_pastes(false)
        if wasInterrupted || (line == nil && take_interrupt()) { return .interrupted }
        guard let line, count > 0 else {
            line_editor_write("\n")
            return .end
        }
        _ = take_interrupt()
        return .line(String(cString: line).trimmingNewline())
    }

    package func remember(_ line: String) {
        guard !line.isEmpty, !HistoryFile.holdsSecret(line) else { return }
        line_history_add(lines, line)
        if let problem = history.append(line) { warn(problem) }
    }

    package func takeInterrupt() -> Bool { take_interrupt() }

    package func pause(_ length: Duration) -> Bool { !StandardInput.isKeyPressed(within: length) }

    package func takePasted() -> [String] {
        if pasted.isEmpty { takeWaiting() }
        defer { pasted = [] }
        return pasted
    }

    private static func of(_ editor: OpaquePointer?) -> LineReader? {
        line_editor_context(editor).map {
            Unmanaged<LineReader>.fromOpaque($0).takeUnretainedValue()
        }
    }

    private func interrupt() -> UInt8 {
        wasInterrupted = true
        pasted = []
        line_editor_write("^C\n")
        return UInt8(CC_NEWLINE)
    }

    /// What was pasted between the terminal's marks: one line is put in; with several the first is, and the others
    /// wait for Enter too. The Enter that ends a paste by habit must not answer a question of the first program.
    private func paste() -> UInt8 {
        keys.isPasting = true
        defer { keys.isPasting = false }
        guard let text = line_editor_take_paste(editor) else { return UInt8(CC_ERROR) }
        defer { free(text) }
        var lines = Self.lines(of: String(cString: text))
        if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
        guard let first = lines.first, el_insertstr(editor, first) == 0 || first.isEmpty else {
            return UInt8(CC_ERROR)
        }
        pasted += lines.dropFirst()
        guard !pasted.isEmpty else { return UInt8(CC_REFRESH) }
        line_editor_write("\n(\(pasted.count + 1) lines pasted: Enter runs them, Ctrl-C drops them)\n")
        return UInt8(CC_REDISPLAY)
    }

    /// Lines that wait at a terminal that does not mark what is pasted.
    private func takeWaiting() {
        let bytes = [CChar](unsafeUninitializedCapacity: Self.waitingLimit) { buffer, count in
            count = line_editor_take_waiting(buffer.baseAddress, buffer.count)
        }
        guard !bytes.isEmpty else { return }
        var lines = Self.lines(
            of: String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        unfinished = lines.removeLast()
        pasted = lines
    }

    /// Lines without control characters, which could be keys of the editor; the last may be unfinished.
    private static func lines(of text: String) -> [String] {
        text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").replacing("\t", with: " ")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in String(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 })
            }
    }

    /// One candidate is put in, several are listed once their common beginning is there.
    private func complete() -> UInt8 {
        guard let line = el_line(editor)?.pointee else { return UInt8(CC_ERROR) }
        let count = line.cursor - line.buffer
        let bytes = UnsafeRawBufferPointer(start: line.buffer, count: count)
        let text = String(decoding: bytes, as: UTF8.self)
        let candidates = completions(text)
        guard let first = candidates.first else { return UInt8(CC_ERROR) }
        let word = Completion.lastWord(of: text)
        let common = candidates.dropFirst().reduce(first) { Completion.commonPrefix($0, $1) }
        if candidates.count > 1, common.count <= word.count {
            line_editor_write("\n" + Completion.columns(candidates, width: columns) + "\n")
            return UInt8(CC_REDISPLAY)
        }
        el_deletestr(editor, Int32(word.unicodeScalars.count))
        let isWhole = candidates.count == 1 && !(common.last.map { "\"'(".contains($0) } ?? false)
        return el_insertstr(editor, isWhole ? common + " " : common) == 0
            ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
    }

    private var columns: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
            ? Int(size.ws_col) : 80
    }
}

extension String {
    fileprivate func trimmingNewline() -> String {
        var text = self
        while let last = text.last, last.isNewline { text.removeLast() }
        return text
    }
}
