/// What is wrong with the network between the nodes of a cluster and its clients.
///
/// The network carries TCP: what is blocked is not lost but waits, and arrives when it may; a connection that cannot
/// be made goes on trying until its maker gives up.
package struct NetworkFaults: Hashable, Sendable {
    /// In the order in which they were made.
    package private(set) var rules: [Rule] = []

    package init() {}

    /// An end of the network.
    package enum Party: Hashable, Sendable, Comparable {
        case node(NodeAddress)
        /// Whoever is no node: the learner, the lab's writer, other clients.
        case client
    }

    /// What is carried.
    package enum Traffic: String, Hashable, Sendable, CaseIterable {
        /// Gossip, votes, failure reports: the cluster bus.
        case bus
        /// From masters to replicas, and MIGRATE: connections between nodes to client ports.
        case replication
        /// Commands and replies of clients.
        case commands
    }

    /// What happens to what is carried.
    package enum Effect: Hashable, Sendable {
        /// Nothing arrives.
        case blocked
        /// It arrives so much later.
        case delayed(Duration)
        /// So many of a hundred packets are lost, and sent again by TCP.
        case lossy(percent: Int)
    }

    /// One direction of the network, and what is wrong there.
    package struct Rule: Hashable, Sendable {
        package var from: Set<Party>
        package var to: Set<Party>
        package var traffic: Set<Traffic>
        package var effect: Effect

        package init(
            from: Set<Party>, to: Set<Party>, traffic: Set<Traffic> = Set(Traffic.allCases),
            effect: Effect
        ) {
            self.from = from
            self.to = to
            self.traffic = traffic
            self.effect = effect
        }

        func applies(from source: Party, to target: Party, _ carried: Traffic) -> Bool {
            traffic.contains(carried) && from.contains(source) && to.contains(target)
        }
    }

    /// What happens to one direction, all rules taken together.
    package struct Fate: Hashable, Sendable {
        package var isBlocked = false
        package var delay = Duration.zero
        package var lossPercent = 0

        /// Nothing is wrong.
        package static let fine = Fate()
    }

    /// Whether commands do not get to a node, or its replies not back.
    package func cutsClients(from node: NodeAddress) -> Bool {
        fate(from: .client, to: .node(node), .commands).isBlocked
            || fate(from: .node(node), to: .client, .commands).isBlocked
    }

    /// Whether nothing is wrong anywhere.
    package var isEmpty: Bool { rules.isEmpty }

    package mutating func add(_ rule: Rule) { rules.append(rule) }

    /// Takes back what is wrong with the traffic: all, or what blocks, or what delays.
    package mutating func remove(where isMeant: (Rule) -> Bool) { rules.removeAll(where: isMeant) }

    /// Separates the sides from each other. Parties that are on no side reach everybody.
    package mutating func partition(_ sides: [Set<Party>]) {
        for (index, side) in sides.enumerated() {
            let others = sides.enumerated().filter { $0.offset != index }.map(\.element)
            let rest = others.reduce(into: Set<Party>()) { $0.formUnion($1) }
            add(Rule(from: side, to: rest, effect: .blocked))
        }
    }

    /// What happens to what one party sends to another. Delays add up; of losses the greatest counts.
    package func fate(from source: Party, to target: Party, _ traffic: Traffic) -> Fate {
        var fate = Fate.fine
        for rule in rules where rule.applies(from: source, to: target, traffic) {
            switch rule.effect {
            case .blocked: fate.isBlocked = true
            case .delayed(let delay): fate.delay += delay
            case .lossy(let percent): fate.lossPercent = max(fate.lossPercent, percent)
            }
        }
        return fate
    }
}
