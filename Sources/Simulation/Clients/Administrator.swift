import ClusterCore
import RESP

/// Who does what administrators do, one thing after the other.
struct Administrator: Sendable {
    private(set) var orders: [Administration] = []

    mutating func take(_ order: Administration) {
        orders.append(order)
    }

    mutating func replied(_ outcome: SimulatedClient.Outcome) {}
}

extension World {
    mutating func administrate() {}
}
