/// Where the shell's lines come from: a terminal with editing, a pipe, or a test.
package protocol LineSource: AnyObject {
    /// Whether someone types the lines: prompts are shown, and a failing line ends nothing.
    var isInteractive: Bool { get }

    /// Waits for the next line, with help for whoever types it.
    func read(prompt: String, aid: LineAid) -> LineInput

    /// Puts a line into the history.
    func remember(_ line: String)

    /// Whether Ctrl-C was pressed since the last line was read or this was last asked.
    func takeInterrupt() -> Bool

    /// Waits so long; false when that ended early: by a key, by Ctrl-C, or because the input has ended.
    func pause(_ length: Duration) -> Bool

    /// The lines that came at once with the one that was just read, such as the rest of a pasted block.
    func takePasted() -> [String]
}

extension LineSource {
    package func takeInterrupt() -> Bool { false }
    package func takePasted() -> [String] { [] }
    package func pause(_ length: Duration) -> Bool { false }
}

/// Help for whoever types a line.
package struct LineAid {
    /// Proposes words for the last word of the text before the cursor.
    package var completions: (_ textBeforeCursor: String) -> [String] = { _ in [] }
    /// What may follow the line; nil for nothing.
    package var hint: (_ line: String) -> String? = { _ in nil }
    /// Is asked now and then while nobody types: text to be shown above the prompt, whole lines.
    package var idle: () -> String? = { nil }
    /// Whether hints are told from what is typed by their colour.
    package var hasColour = true
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
    private let isBlock: Bool

    /// - Parameter isBlock: the whole input is one pasted block: it ends at the first line that fails,
    ///   and printed output in it is passed over.
    package init(isBlock: Bool = false) {
        self.isBlock = isBlock
    }

    package var isInteractive: Bool { false }

    package func read(prompt: String, aid: LineAid) -> LineInput {
        readLine().map(LineInput.line) ?? .end
    }

    package func remember(_ line: String) {}

    package func pause(_ length: Duration) -> Bool { !StandardInput.isReady(within: length) }

    package func takePasted() -> [String] {
        isBlock ? Array(sequence(state: ()) { _ in readLine() }) : []
    }
}
