import ClusterCore
import NodeServer
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The last log lines of each node of this process, as redis-server writes them with `loglevel notice`.
final class LogLines: Sendable {
    private let lines = Mutex<[Int: [String]]>([:])

    /// How many are kept of each node; the oldest go first.
    private static let limit = 1000

    /// Takes in what a node says.
    func add(_ line: NodeLog.Line) {
        guard line.level == .notice || line.level == .warning else { return }
        let text =
            "\(getpid()):\(line.role) \(ServerLog.time()) \(line.level.rawValue) \(line.message)"
        lines.withLock { lines in
            lines[line.port, default: []].append(text)
            let surplus = lines[line.port, default: []].count - Self.limit
            // Seldom and many at once, for it moves all others.
            if surplus > Self.limit / 4 { lines[line.port]?.removeFirst(surplus) }
        }
    }

    /// What is kept of the node at a port, the oldest first.
    func lines(of port: Int) -> [String] {
        lines.withLock { $0[port] ?? [] }
    }
}
