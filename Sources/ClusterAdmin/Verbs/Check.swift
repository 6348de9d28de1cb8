import RESP

extension ClusterManager {
    /// `check` and `fix`: prints what each master has, then looks for what is wrong, and mends it if wanted.
    mutating func check(fixes: Bool) throws(VerbFailure) {
        try load(from: node(options.arguments))
        try showInfo()
        if try !checkCluster(fixes: fixes) { throw .failed }
    }

    /// `info`: what each master has.
    mutating func info() throws(VerbFailure) {
        try load(from: node(options.arguments))
        try showInfo()
    }

    private func showInfo() throws(VerbFailure) {
        var (masters, keys) = (0, 0)
        for node in nodes where !node.isReplica {
            let replicas = nodes.count { $0 !== node && $0.isReplica && $0.masterName == node.name }
            let reply = try reply(node, "DBSIZE")
            guard case .integer(let size) = reply else {
                tellError(Self.message(of: reply) ?? "", of: node)
                return
            }
            say(
                "\(node.address) (\(node.name.prefix(8))...) -> \(size) keys | "
                    + "\(node.slotCount) slots | \(replicas) slaves.\n")
            masters += 1
            keys += Int(size)
        }
        log(.success, "[OK] \(keys) keys in \(masters) masters.\n")
        say("\(twoDecimals(Float(keys) / Float(SlotSet.slotCount))) keys per slot on average.\n")
    }

    /// Whether all nodes agree, no slot is open and every slot has an owner.
    mutating func checkCluster(
        fixes: Bool = false, quietly: Bool = false
    ) throws(VerbFailure) -> Bool {
        guard let first = nodes.first else { return false }
        log(.info, ">>> Performing Cluster Check (using node \(first.address))\n")
        if !quietly { showNodes() }
        var isSound = true
        if try isConsistent() {
            log(.success, "[OK] All nodes agree about slots configuration.\n")
        } else {
            remember("[ERR] Nodes don't agree about configuration!")
            isSound = false
        }
        log(.info, ">>> Check for open slots...\n")
        if let areFixed = try checkOpenSlots(fixes: fixes) { isSound = areFixed }
        log(.info, ">>> Check slots coverage...\n")
        if let areFixed = try checkCoverage(fixes: fixes) { isSound = areFixed }
        if options.searchesMultipleOwners {
            log(.info, ">>> Check for multiple slot owners...\n")
            if let areFixed = try checkOwners(fixes: fixes) { isSound = areFixed }
        }
        return isSound
    }

    /// Prints each node with its slots.
    func showNodes() {
        for node in nodes { say(node.description() + "\n") }
    }

    /// Whether all nodes name the same owners.
    func isConsistent() throws(VerbFailure) -> Bool {
        guard nodes.count > 1 else { return true }
        var first: String?
        for node in nodes {
            let text = try reply(node, "CLUSTER", "NODES")?.text ?? ""
            guard let signature = NodesLine.parse(text).flatMap(NodesLine.signature) else {
                return false
            }
            guard signature == first ?? signature else { return false }
            first = signature
        }
        return true
    }

    /// - Returns: nil where no slot is open, else whether the last of them is mended.
    private mutating func checkOpenSlots(fixes: Bool) throws(VerbFailure) -> Bool? {
        var open = RedisDictionary<String>()
        for node in nodes {
            for (state, slots) in [("migrating", node.migrating), ("importing", node.importing)]
            where !slots.isEmpty {
                for slot in slots { open.replace(slot.slot, with: slot.other) }
                let list = slots.map(\.slot).joined(separator: ",")
                remember("[WARNING] Node \(node.address) has slots in \(state) state \(list).")
            }
        }
        guard !open.isEmpty else { return nil }
        let slots = open.entries.map(\.key)
        let list = slots.joined(separator: ",")
        log(.error, "[WARNING] The following slots are open: \(list).\n")
        guard fixes else { return false }
        for slot in slots where try !fixOpenSlot(leadingInteger(slot)) { return false }
        return true
    }

    /// - Returns: nil where every slot has an owner, else whether some got one now.
    private mutating func checkCoverage(fixes: Bool) throws(VerbFailure) -> Bool? {
        var covered = SlotSet()
        for node in nodes { covered.formUnion(node.slots) }
        let slots = covered.slots
        guard slots.count < SlotSet.slotCount else {
            log(.success, "[OK] All \(SlotSet.slotCount) slots covered.\n")
            return nil
        }
        remember("[ERR] Not all \(SlotSet.slotCount) slots are covered by nodes.\n")
        guard fixes else { return false }
        return try fixCoverage(of: (0..<SlotSet.slotCount).filter { !covered[$0] })
    }

    /// - Returns: nil where each slot has one owner at most, else whether the last of the others is mended. A node
    ///   with keys of a slot counts as an owner.
    private func checkOwners(fixes: Bool) throws(VerbFailure) -> Bool? {
        var result: Bool?
        var open = 0
        for slot in 0..<SlotSet.slotCount {
            var owners: [ManagedNode] = []
            for node in nodes where !node.isReplica {
                var isOwner = node.slots[slot]
                if !isOwner { isOwner = try countKeys(in: slot, of: node) ?? 0 > 0 }
                if isOwner { owners.append(node) }
            }
            guard owners.count > 1 else { continue }
            log(.error, "[WARNING] Slot \(slot) has \(owners.count) owners:\n")
            for owner in owners { log(.error, "    \(owner.address)\n") }
            result = false
            open += 1
            guard fixes else { continue }
            guard try fixOwners(owners, of: slot) else {
                log(.error, "Failed to fix multiple owners for slot \(slot)\n")
                break
            }
            result = true
            open -= 1
        }
        if open == 0 { log(.success, "[OK] No multiple owners found.\n") }
        return result
    }
}
