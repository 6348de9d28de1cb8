import ClusterCore
import Keyspace

/// Snapshots on their way to the disks.
extension World {
    /// What a disk of the world takes in a second.
    private static let bytesPerSecond = 100_000_000
    /// What a child needs for the smallest of them.
    private static let leastWritingTime = Duration.milliseconds(2)

    /// Begins to write a snapshot. What everybody waits for is written at once; for all else Redis has a child,
    /// which takes its time.
    mutating func dump(_ snapshot: Snapshot, of host: Int) {
        let node = hosts[host].node
        if case .base(let isFirst) = snapshot.purpose {
            hosts[host].disk.appendOnly.beginRewrite(
                isFirst: isFirst, filename: node.configuration.appendfilename)
        }
        guard !snapshot.isForeground else { return later(.written(snapshot), for: host) }
        hosts[host].background = snapshot.number
        let size = node.database.count * Self.bytesPerKey
        let duration =
            Self.leastWritingTime
            + .nanoseconds(size * (1_000_000_000 / Self.bytesPerSecond))
        queue.schedule(
            .later(host: host, incarnation: hosts[host].incarnation, .written(snapshot)),
            at: time.advanced(by: duration))
    }

    /// What a key takes in a dump, roughly.
    private static let bytesPerKey = 32

    /// A snapshot is written, unless somebody gave it up meanwhile.
    mutating func written(_ snapshot: Snapshot, of host: Int) {
        guard snapshot.isForeground || hosts[host].background == snapshot.number else { return }
        if !snapshot.isForeground { hosts[host].background = nil }
        let configuration = hosts[host].node.configuration
        guard !configuration.dir.isEmpty else {
            return step(
                host, .snapshotFailed(snapshot.number, reason: "the node has no folder"))
        }
        let bytes = snapshot.bytes
        switch snapshot.purpose {
        case .dump: hosts[host].disk.dumps[configuration.dbfilename] = bytes
        case .base:
            hosts[host].disk.appendOnly.finishRewrite(
                bytes, isDump: snapshot.isDump, filename: configuration.appendfilename)
        }
        step(host, .snapshotWritten(snapshot.number, size: bytes.count))
    }
}
