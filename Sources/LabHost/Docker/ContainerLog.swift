import Synchronization

/// What a container printed, for `docker logs`.
final class ContainerLog: Sendable {
    private let state = Mutex(State())

    private struct State {
        var lines: [String] = []
        var readers: [Int: @Sendable (String) -> Void] = [:]
        var count = 0
    }

    /// Older lines are forgotten.
    private static let maximumLines = 10_000

    /// Takes a line with its newline.
    func write(_ line: String) {
        state.withLock { state in
            state.lines.append(line)
            if state.lines.count > Self.maximumLines {
                state.lines.removeFirst(Self.maximumLines / 10)
            }
            for reader in state.readers.values { reader(line) }
        }
    }

    /// Hands over the last lines.
    func read(last count: Int? = nil, _ body: (String) -> Void) {
        for line in state.withLock({ $0.lines.suffix(count ?? $0.lines.count) }) { body(line) }
    }

    /// Hands over the last lines, and then each that comes, until `stop` with what this returns.
    func follow(last count: Int? = nil, _ reader: @escaping @Sendable (String) -> Void) -> Int {
        state.withLock { state in
            for line in state.lines.suffix(count ?? state.lines.count) { reader(line) }
            state.count += 1
            state.readers[state.count] = reader
            return state.count
        }
    }

    /// Lets a reader go.
    func stop(_ reader: Int) {
        state.withLock { _ = $0.readers.removeValue(forKey: reader) }
    }
}
