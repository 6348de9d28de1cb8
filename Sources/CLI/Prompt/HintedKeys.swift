import CLibedit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads libedit's keys from the terminal, with a hint behind the cursor meanwhile.
///
/// libedit knows no hints. They are painted while it waits for a key, and are gone before it sees the key, so
/// that its idea of the screen stays true. Like linenoise's, they are cut at the end of the row.
package final class HintedKeys {
    /// What may follow a line; nil for nothing.
    package var hint: (String) -> String? = { _ in nil }
    /// The columns of the prompt.
    package var promptWidth = 0
    /// Without colour a hint stands in brackets.
    package var hasColour = true
    /// While a paste is taken in there is nothing to hint at.
    package var isPasting = false
    /// Is asked now and then while nobody types: text to be shown above the prompt.
    package var idle: () -> String? = { nil }

    private static let controlC: UInt8 = 3
    /// Milliseconds.
    private static let signalInterval: Int32 = 200

    package init() {}

    /// Waits for a key; nil at the end of the input.
    package func next(of editor: OpaquePointer?) -> Unicode.Scalar? {
        let isPainted = paintHint(for: editor)
        let scalar = readScalar(for: editor)
        if isPainted { line_editor_write("\u{1B}[K") }
        return scalar
    }

    /// What is typed, and whether the cursor stands at its end.
    package static func line(of editor: OpaquePointer?) -> (text: String, isAtEnd: Bool) {
        guard let info = el_line(editor)?.pointee, let start = info.buffer, let end = info.lastchar
        else { return ("", true) }
        let bytes = UnsafeRawBufferPointer(start: start, count: end - start)
        return (String(decoding: bytes, as: UTF8.self), info.cursor == info.lastchar)
    }

    /// False when there is nothing to show. More keys that wait are worth no painting.
    private func paintHint(for editor: OpaquePointer?) -> Bool {
        let (line, isAtEnd) = Self.line(of: editor)
        guard isAtEnd, !line.isEmpty, !isPasting, !hasPendingInput, let hint = hint(line),
            hint.contains(where: { $0 != " " })
        else { return false }
        // The last column stays free: terminals differ in where the cursor is behind it.
        let column = promptWidth + line.count
        let shown = styled(hint).prefix(max(0, columns - 1 - column))
        guard shown.contains(where: { $0 != " " }) else { return false }
        let text = hasColour ? "\u{1B}[0;90;49m\(shown)\u{1B}[0m" : String(shown)
        line_editor_write("\(text)\r\u{1B}[\(column)C")
        return true
    }

    private func styled(_ hint: String) -> String {
        guard !hasColour else { return hint }
        let text = hint.drop { $0 == " " }
        return (text.count < hint.count ? " " : "") + "(\(text))"
    }

    private var hasPendingInput: Bool {
        var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) > 0
    }
    /// One character of UTF-8 from the terminal; nil at its end.
    private func readScalar(for editor: OpaquePointer?) -> Unicode.Scalar? {
        guard let first = readByte(for: editor) else { return nil }
        let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var bytes = [first]
        while bytes.count < length, let byte = readByte(for: editor) { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.first
    }

    /// A Ctrl-C that came while the terminal was not libedit's yet is a signal, and counts as the key. It may come
    /// right before the wait, so that is looked after now and then.
    private func readByte(for editor: OpaquePointer?) -> UInt8? {
        var byte: UInt8 = 0
        var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while true {
            if take_interrupt() { return Self.controlC }
            guard poll(&request, 1, Self.signalInterval) > 0 else {
                tellNews(above: editor)
                continue
            }
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            // A signal, such as the window's resizing, which libedit has handled by now.
            guard count < 0, errno == EINTR else { return nil }
        }
    }

    /// What has happened meanwhile stands above the prompt, which is drawn anew below it.
    private func tellNews(above editor: OpaquePointer?) {
        guard !isPasting, let text = idle() else { return }
        line_editor_write("\r\u{1B}[K" + text)
        line_editor_redraw(editor)
        _ = paintHint(for: editor)
    }

    private var columns: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
            ? Int(size.ws_col) : 80
    }
}
