import ClusterCore
import NIOCore

/// What a connection has received and its node does not get yet, for the network is at fault: it is held back, or late.
/// TCP loses nothing and keeps the order.
struct LateInput {
    private(set) var fate = Wires.Fate.fine
    private var waiting: [Part] = []
    private(set) var count = 0

    private struct Part {
        var due: Instant
        var bytes: ByteBuffer
    }

    /// What a packet takes that TCP has to send again; twice as long each time that it is lost again.
    private static let retransmission = Duration.milliseconds(200)
    private static let longestWait = Duration.seconds(10)
    /// With more than this nothing more is read, as with a full window.
    private static let limit = 1 << 24

    /// Whether everything passes at once.
    var isIdle: Bool { fate == .fine && waiting.isEmpty }

    /// Whether the other side is to be kept from sending more.
    var isFull: Bool { fate.isBlocked || count > Self.limit }

    /// When the next part may pass; nil where none waits or none may.
    var nextDue: Instant? { fate.isBlocked ? nil : waiting.first?.due }

    /// Lets other rules hold. What waits does not wait longer than if it came now.
    mutating func follow(_ fate: Wires.Fate, at now: Instant) {
        self.fate = fate
        guard fate.lossPercent == 0 else { return }
        let latest = now.advanced(by: fate.delay)
        for index in waiting.indices { waiting[index].due = min(waiting[index].due, latest) }
    }

    mutating func add(_ bytes: ByteBuffer, at now: Instant) {
        var due = now.advanced(by: fate.delay)
        var wait = Self.retransmission
        while fate.lossPercent > 0, wait < Self.longestWait,
            Int.random(in: 0..<100) < fate.lossPercent
        {
            due = due.advanced(by: wait)
            wait *= 2
        }
        due = max(due, waiting.last?.due ?? due)
        waiting.append(Part(due: due, bytes: bytes))
        count += bytes.readableBytes
    }

    /// Takes out what may pass now.
    mutating func takeDue(at now: Instant) -> ByteBuffer? {
        guard !fate.isBlocked, let first = waiting.first, first.due <= now else { return nil }
        waiting.removeFirst()
        count -= first.bytes.readableBytes
        return first.bytes
    }
}
