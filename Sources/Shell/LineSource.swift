/// Where the shell's lines come from: a terminal with editing, a pipe, or a test.
package protocol LineSource: AnyObject {
    /// Whether someone types the lines: prompts are shown, and a failing line ends nothing.
    var isInteractive: Bool { get }

    /// Waits for the next line. `completions` proposes words for the last word of the text before the cursor.
    func read(prompt: String, completions: @escaping (_ textBeforeCursor: String) -> [String])
        -> LineInput

    /// Puts a line into the history.
    func remember(_ line: String)

    /// Whether Ctrl-C was pressed since the last line was read or this was last asked.
    func takeInterrupt() -> Bool
}

extension LineSource {
    package func takeInterrupt() -> Bool { false }
}

/// What a line source had to give.
package enum LineInput: Hashable, Sendable {
    /// Without its newline.
    case line(String)
    /// Ctrl-C: the line was dropped.
    case interrupted
    /// Ctrl-D or the end of the input.
    case end
}

/// Reads standard input as it comes: scripts and pipes.
package final class PlainLineReader: LineSource {
    package init() {}

    package var isInteractive: Bool { false }

    package func read(prompt: String, completions: @escaping (String) -> [String]) -> LineInput {
        readLine().map(LineInput.line) ?? .end
    }

    package func remember(_ line: String) {}
}
