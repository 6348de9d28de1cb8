/// Hands out the lines of a pasted block one by one, and forgets the rest of it when one has failed.
final class PastedLines: LineSource {
    private let source: any LineSource
    private let terminal: Terminal
    private var waiting: [PastedBlock.Line] = []
    private var count = 0
    /// Where the line that was read last stands in its block; nil for a line that came alone.
    private(set) var place: Place?

    /// A line's place in a pasted block.
    struct Place: Equatable {
        var line: Int
        var count: Int
    }

    init(_ source: any LineSource, terminal: Terminal) {
        self.source = source
        self.terminal = terminal
    }

    var isInteractive: Bool { source.isInteractive }

    func read(prompt: String, aid: LineAid) -> LineInput {
        if let line = takeWaiting() {
            if isInteractive { terminal.writeLine(prompt + line.text) }
            place = Place(line: line.number, count: count)
            return .line(line.text)
        }
        place = nil
        let input = source.read(prompt: prompt, aid: aid)
        guard case .line(let first) = input else { return input }
        let rest = source.takePasted()
        guard !rest.isEmpty else { return input }
        let block = PastedBlock([first] + rest)
        waiting = Array(block.lines.dropFirst())
        count = block.lines.count
        place = Place(line: 1, count: count)
        return input
    }

    func remember(_ line: String) { source.remember(line) }

    func takeInterrupt() -> Bool { source.takeInterrupt() }

    func pause(_ length: Duration) -> Bool { source.pause(length) }

    /// Drops what is left of the block; how many commands that were.
    func dropBlock() -> Int {
        defer { waiting = [] }
        return waiting.filter { $0.kind == .command }.count
    }

    /// The next command of the block, after a word about printed output that stands before it.
    private func takeWaiting() -> PastedBlock.Line? {
        var skipped = 0
        defer { if skipped > 0 { tellSkipped(skipped) } }
        while !waiting.isEmpty {
            let line = waiting.removeFirst()
            switch line.kind {
            case .command: return line
            case .output: skipped += 1
            case .nothing: continue
            }
        }
        return nil
    }

    private func tellSkipped(_ count: Int) {
        terminal.writeLine(
            "(\(count) pasted line\(count == 1 ? "" : "s") of printed output: not run)")
    }
}
