import ClusterCore
import Keyspace
import RESP

/// Who does what administrators do, one thing after the other, over a connection like any client.
struct Administrator: Sendable {
    private(set) var orders: [Administration] = []
    /// What is being done.
    var work = Work.none

    enum Work: Sendable {
        case none
        /// One command; whatever the reply is, that was it.
        case command
        case reshard(Resharding)
    }

    /// Moving slots, as `redis-cli --cluster reshard` does it.
    struct Resharding: Sendable {
        let source: Int
        let target: Int
        var slots: [HashSlot]
        var phase = Phase.importing

        enum Phase: Sendable {
            /// SETSLOT IMPORTING on the target.
            case importing
            /// SETSLOT MIGRATING on the source.
            case migrating
            case keys
            case migrate
            /// SETSLOT NODE, first on the target, then on the source.
            case assignTarget
            case assignSource
            /// SETSLOT STABLE on both, after something went wrong.
            case closeTarget
            case closeSource
        }
    }

    mutating func take(_ order: Administration) {
        orders.append(order)
    }

    mutating func nextOrder() -> Administration? {
        orders.isEmpty ? nil : orders.removeFirst()
    }
}
