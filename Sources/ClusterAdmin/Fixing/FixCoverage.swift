import RESP

// Slots that nobody owns.
extension ClusterManager {
    /// Gives each slot to a node that has keys of it, or to a random one; keys in several nodes are brought together.
    /// - Returns: whether some slot has an owner now that had none.
    func fixCoverage(of slots: [Int]) throws(VerbFailure) -> Bool {
        try demandReachableMasters(for: "slots coverage")
        log(.info, ">>> Fixing slots coverage...\n")
        var holders = RedisDictionary<[ManagedNode]>()
        for slot in slots {
            guard let nodes = try nodesWithKeys(in: slot) else { return false }
            holders.replace("\(slot)", with: nodes)
        }
        let uncovered = holders.entries.map { (slot: leadingInteger($0.key), holders: $0.value) }
        return try coverSlotsWithoutKeys(uncovered.filter { $0.holders.isEmpty }.map(\.slot))
            + coverSlots(uncovered.filter { $0.holders.count == 1 })
            + coverSlotsOfSeveral(uncovered.filter { $0.holders.count > 1 }) > 0
    }

    /// A slot without an owner, and the nodes that have keys of it.
    private typealias Uncovered = (slot: Int, holders: [ManagedNode])

    /// What cannot be reached may well own what seems to have no owner: only an option lets that be overruled.
    func demandReachableMasters(for what: String) throws(VerbFailure) {
        guard unreachableMasters > 0, !options.fixesWithUnreachableMasters else { return }
        log(
            .warning,
            "*** Fixing \(what) with \(unreachableMasters) unreachable masters is dangerous: "
                + "redis-cli will assume that slots about masters that are not reachable are not "
                + "covered, and will try to reassign them to the reachable nodes. This can cause "
                + "data loss and is rarely what you want to do. If you really want to proceed use "
                + "the --cluster-fix-with-unreachable-masters option.\n")
        throw .failed
    }

    private func nodesWithKeys(in slot: Int) throws(VerbFailure) -> [ManagedNode]? {
        var holders: [ManagedNode] = []
        for node in nodes where node.isPlainMaster {
            let keys = try value(node, ["CLUSTER", "GETKEYSINSLOT", "\(slot)", "1"])?.elements
            guard let keys else { return nil }
            if !keys.isEmpty { holders.append(node) }
        }
        return holders
    }

    private func coverSlotsWithoutKeys(_ slots: [Int]) throws(VerbFailure) -> Int {
        guard !slots.isEmpty else { return 0 }
        say("The following uncovered slots have no keys across the cluster:\n")
        say(SlotSet(slots).text + "\n")
        let question = "Fix these slots by covering with a random node?"
        guard try confirms(question, evenIfForced: true) else { return 0 }
        let masters = nodes.filter { !$0.isReplica }
        for slot in slots {
            // Seeded anew for each slot, as redis-cli does: all slots of one second go to one node.
            var random = GlibcRandom(seed: surroundings.unixTime())
            try cover(slot, with: masters[random.next(below: masters.count)])
        }
        return slots.count
    }

    private func coverSlots(_ slots: [Uncovered]) throws(VerbFailure) -> Int {
        guard !slots.isEmpty else { return 0 }
        say("The following uncovered slots have keys in just one node:\n")
        say(SlotSet(slots.map(\.slot)).text + "\n")
        let question = "Fix these slots by covering with those nodes?"
        guard try confirms(question, evenIfForced: true) else { return 0 }
        for (slot, holders) in slots { try cover(slot, with: holders[0]) }
        return slots.count
    }

    private func coverSlotsOfSeveral(_ slots: [Uncovered]) throws(VerbFailure) -> Int {
        guard !slots.isEmpty else { return 0 }
        say("The following uncovered slots have keys in multiple nodes:\n")
        say(SlotSet(slots.map(\.slot)).text + "\n")
        let question = "Fix these slots by moving keys into a single node?"
        guard try confirms(question, evenIfForced: true) else { return 0 }
        for (slot, holders) in slots {
            guard let target = try nodeWithMostKeys(in: slot, among: holders) else { throw .failed }
            log(.info, ">>> Covering slot \(slot) moving keys to \(target.address)\n")
            guard try setsOwner(of: slot, to: target, closing: true) else { throw .failed }
            target.slots[slot] = true
            for source in holders where source !== target {
                try gather(slot, from: source, into: target)
            }
        }
        return slots.count
    }

    private func cover(_ slot: Int, with node: ManagedNode) throws(VerbFailure) {
        log(.info, ">>> Covering slot \(slot) with \(node.address)\n")
        guard try setsOwner(of: slot, to: node) else { throw .failed }
        node.slots[slot] = true
    }

    /// The importing state, strange as it is for a node that gives keys away, saves MIGRATE from redirects.
    private func gather(
        _ slot: Int, from source: ManagedNode, into target: ManagedNode
    ) throws(VerbFailure) {
        guard try setsSlot(slot, on: source, "NODE", target),
            try setsSlot(slot, on: source, "IMPORTING", target),
            try moveSlot(slot, from: source, to: target, [.dots, .cold, .tellsErrors]) == nil,
            try closesSlot(slot, on: source)
        else { throw .failed }
    }

    /// The first of the masters with the most keys; nil after having printed an error.
    func nodeWithMostKeys(
        in slot: Int, among nodes: [ManagedNode]
    ) throws(VerbFailure) -> ManagedNode? {
        var best: (node: ManagedNode, count: Int)?
        for node in nodes where node.isPlainMaster {
            guard let count = try countKeys(in: slot, of: node) else { return nil }
            if count > best?.count ?? -1 { best = (node, count) }
        }
        return best?.node
    }
}
