package import ClusterCore
package import NIOCore

/// What a connection has received and its node does not get yet, for the network is at fault: it is held back, or late.
/// TCP loses nothing and keeps the order.
package struct LateInput {
    package private(set) var fate = Wires.Fate.fine
    private var waiting: [Part] = []
    private(set) var count = 0

    private struct Part {
        var due: Instant
        var bytes: ByteBuffer
    }

    /// What a packet takes that TCP has to send again; twice as long each time that it is lost again, up to a limit.
    private static let retransmission = Duration.milliseconds(200)
    private static let longestWait = Duration.seconds(120)
    /// Linux sends again up to so often (`tcp_retries2`).
    private static let retryLimit = 15
    /// With more than this nothing more is read, as with a full window.
    private static let limit = 1 << 24

    /// Whether everything passes at once.
    var isIdle: Bool { fate == .fine && waiting.isEmpty }

    /// Whether the other side is to be kept from sending more.
    var isFull: Bool { fate.isBlocked || count > Self.limit }

    package init() {}

    /// When the next part may pass; nil where none waits or none may.
    package var nextDue: Instant? { fate.isBlocked ? nil : waiting.first?.due }

    /// Lets other rules hold. What waits does not wait longer than if it came now.
    package mutating func follow(_ fate: Wires.Fate, at now: Instant) {
        self.fate = fate
        guard fate.lossPercent == 0 else { return }
        let latest = now.advanced(by: fate.delay)
        for index in waiting.indices { waiting[index].due = min(waiting[index].due, latest) }
    }

    mutating func add(_ bytes: ByteBuffer, at now: Instant) {
        var random = SystemRandomNumberGenerator()
        add(bytes, at: now, using: &random)
    }

    /// Takes in what has come; chance decides how often it was lost on the way.
    package mutating func add(
        _ bytes: ByteBuffer, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        var due = now.advanced(by: fate.delay)
        var wait = Self.retransmission
        var attempts = 0
        while fate.lossPercent > 0, attempts < Self.retryLimit,
            Int.random(in: 0..<100, using: &random) < fate.lossPercent
        {
            due = due.advanced(by: wait)
            wait = min(wait * 2, Self.longestWait)
            attempts += 1
        }
        due = max(due, waiting.last?.due ?? due)
        waiting.append(Part(due: due, bytes: bytes))
        count += bytes.readableBytes
    }

    /// Takes out what may pass now.
    package mutating func takeDue(at now: Instant) -> ByteBuffer? {
        guard !fate.isBlocked, let first = waiting.first, first.due <= now else { return nil }
        waiting.removeFirst()
        count -= first.bytes.readableBytes
        return first.bytes
    }
}
