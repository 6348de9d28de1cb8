import ClusterCore
import Keyspace

/// Who does what administrators do, one thing after the other, over connections like any client.
struct Administrator: Sendable {
    private var orders: [Administration] = []
    /// What is being done.
    var work = Work.none
    /// Slots that were moved, or are, and since when.
    var moved: [HashSlot: Instant] = [:]

    enum Work: Sendable {
        case none
        /// One command; whatever the reply is, that was it.
        case command
        case reshard(Resharding)
    }

    /// Moving slots, as `redis-cli --cluster reshard` does it, but tried again until it succeeds.
    struct Resharding: Sendable {
        var source: Int
        var target: Int
        var slots: [HashSlot]
        var phase = Phase.importing
    }

    /// Where the move of one slot is.
    enum Phase: Sendable {
        /// SETSLOT STABLE on whoever imports a slot.
        case closing
        /// SETSLOT IMPORTING on the target.
        case importing
        /// SETSLOT MIGRATING on the source.
        case migrating
        case keys
        case migrate(keys: [String])
        /// SETSLOT NODE on the target, which gets a new epoch by it.
        case assignTarget
        /// SETSLOT NODE on the source.
        case assignSource
    }

    /// Whether nothing is left to do.
    var isIdle: Bool {
        if case .none = work { orders.isEmpty } else { false }
    }

    mutating func take(_ order: Administration) {
        orders.append(order)
    }

    mutating func nextOrder() -> Administration? {
        orders.isEmpty ? nil : orders.removeFirst()
    }
}
