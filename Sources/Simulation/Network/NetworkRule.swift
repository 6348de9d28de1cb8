/// What a connection carries.
package enum Traffic: UInt8, Hashable, Sendable, CaseIterable {
    /// The cluster bus.
    case bus
    /// Connections between nodes to client ports: replication and MIGRATE.
    case replication
    /// Commands and replies of clients.
    case commands
}

/// One direction of the network, and what is wrong there until the rule is taken back.
package struct NetworkRule: Hashable, Sendable {
    package let from: Set<Party>
    package let to: Set<Party>
    package let traffic: Set<Traffic>
    package let effect: Effect

    /// What happens to what is carried.
    package enum Effect: Hashable, Sendable {
        /// Nothing arrives before the rule is taken back.
        case blocked
        case delayed(Duration)
        /// So many of a hundred payloads are lost, and sent again.
        case lossy(percent: Int)
    }

    package init(from: Set<Party>, to: Set<Party>, traffic: Set<Traffic>, effect: Effect) {
        self.from = from
        self.to = to
        self.traffic = traffic
        self.effect = effect
    }
}

extension VirtualNetwork {
    /// A rule as it is looked up for every payload.
    struct Filter: Sendable {
        let effect: NetworkRule.Effect
        private let isSource: [Bool]
        private let isTarget: [Bool]
        private let traffic: UInt8

        init(_ rule: NetworkRule, count: Int, place: (Party) -> Int) {
            var (sources, targets) = (
                Array(repeating: false, count: count), Array(repeating: false, count: count)
            )
            for party in rule.from { sources[place(party)] = true }
            for party in rule.to { targets[place(party)] = true }
            (isSource, isTarget) = (sources, targets)
            effect = rule.effect
            traffic = rule.traffic.reduce(0) { $0 | 1 << $1.rawValue }
        }

        func applies(from source: Int, to target: Int, _ carried: Traffic) -> Bool {
            traffic & 1 << carried.rawValue != 0 && isSource[source] && isTarget[target]
        }
    }
}
