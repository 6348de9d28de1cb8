import Lab
import Lessons
import RESP

/// The cluster at one moment: what every node says of it and of itself, and what the lab knows of its nodes.
struct Sight {
    let view: LiveView
    let facts: [NodeAddress: NodeFacts]
    /// How the nodes' processes are, where the lab has a hand in them.
    let states: [NodeAddress: NodeState]
    let faults: NetworkFaults?
    let names: NodeNames
    /// The node whose map of the slots is drawn: the current one, or the first that tells.
    let reference: LiveView.Opinion?
    /// The nodes by their ids.
    let addresses: [String: NodeAddress]

    /// Asks every node. One that does not answer holds it up for a second at most.
    init(of cluster: any LabCluster, at current: NodeAddress) {
        view = LiveView(of: cluster, at: current)
        let view = view
        facts = Dictionary(
            uniqueKeysWithValues: view.opinions.filter(\.isReached).compactMap { opinion in
                view.ask(opinion.address, all: NodeFacts.questions).flatMap(NodeFacts.init).map {
                    (opinion.address, $0)
                }
            })
        let control = cluster.control
        states = Dictionary(
            uniqueKeysWithValues: view.opinions.compactMap { opinion in
                control.map { (opinion.address, $0.state(of: opinion.address)) }
            })
        faults = control?.network
        addresses = Dictionary(
            view.opinions.flatMap(\.table).filter(\.hasAddress).map { ($0.id, $0.address) },
            uniquingKeysWith: { first, _ in first })
        names = NodeNames(view.addresses, ids: addresses)
        reference =
            view.opinion(of: view.current).flatMap { $0.table.isEmpty ? nil : $0 }
            ?? view.opinions.first { !$0.table.isEmpty }
    }

    /// Nodes whose word is there.
    var tellers: [LiveView.Opinion] { view.opinions.filter { !$0.table.isEmpty } }

    /// Why a node does not tell anything, with what the lab knows of it; nil for one that does.
    func silence(of address: NodeAddress) -> String? {
        guard let opinion = view.opinion(of: address) else { return "was not asked" }
        guard let silence = opinion.silence else { return nil }
        switch states[address] {
        case .frozen: return "frozen"
        case .down: return "down"
        case .running, nil: return silence == "Connection refused" ? "down: \(silence)" : silence
        }
    }

    /// Who holds a node for failed, and who cannot reach it.
    func doubters(of id: String) -> (failed: [NodeAddress], suspecting: [NodeAddress]) {
        let opinions = tellers.compactMap { opinion in
            opinion.table.first { $0.id == id }.map { (opinion.address, $0) }
        }
        return (
            opinions.filter { $0.1.isFailed }.map(\.0),
            opinions.filter { $0.1.isSuspected }.map(\.0)
        )
    }

    /// How many keys there are in each slot: asked at its owner, slot by slot, where there are any.
    func keysBySlot(_ owners: [ClusterNode]) -> [Int] {
        var counts = [Int](repeating: 0, count: KeySlot.count)
        for owner in owners where (facts[owner.address]?.keys ?? 0) > 0 {
            let slots = owner.slots.flatMap { Array($0) }
            let commands = slots.map { ["CLUSTER", "COUNTKEYSINSLOT", "\($0)"] }
            let replies = view.ask(owner.address, all: commands) ?? []
            for (slot, reply) in zip(slots, replies) {
                if case .integer(let count) = reply { counts[slot] = Int(count) }
            }
        }
        return counts
    }
}
