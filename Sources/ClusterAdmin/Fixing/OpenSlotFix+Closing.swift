import RESP

// The cases in which redis-cli knows how to close an open slot.
extension ClusterManager {
    /// Moves and closes what the state allows.
    func close(_ state: OpenSlotState, _ owner: ManagedNode) throws(VerbFailure) -> Bool {
        switch (state.migrating.count, state.importing.count) {
        case (1, 1): return try finishMove(of: state)
        case (0, 1...): return try moveToOwner(state, owner)
        case (1, 2...): return try closeImporters(state, owner)
        case (1, 0): return try closeMigrating(state, owner)
        default: return giveUp(state, owner)
        }
    }

    /// Case 1: a move that was interrupted goes on.
    private func finishMove(of state: OpenSlotState) throws(VerbFailure) -> Bool {
        let (source, target) = (state.migrating[0], state.importing[0])
        log(
            .info,
            ">>> Case 1: Moving slot \(state.slot) from \(source.address) to \(target.address)\n")
        return try moveSlot(
            state.slot, from: source, to: target, [.dots, .update, .tellsErrors]) == nil
    }

    /// Case 2: nodes that have keys give them to the owner.
    private func moveToOwner(
        _ state: OpenSlotState, _ owner: ManagedNode
    ) throws(VerbFailure) -> Bool {
        let slot = state.slot
        log(
            .info,
            ">>> Case 2: Moving all the \(slot) slot keys to its owner \(owner.address)\n")
        for node in state.importing where node !== owner {
            let failure = try moveSlot(slot, from: node, to: owner, [.dots, .cold, .tellsErrors])
            guard failure == nil else { return false }
            log(.info, ">>> Setting \(slot) as STABLE in \(node.address)\n")
            guard try closesSlot(slot, on: node) else { return false }
        }
        // Nobody was told of the owner so far.
        for node in nodes where node !== owner && !node.isReplica {
            guard try setsSlot(slot, on: node, "NODE", owner) else { return false }
        }
        return true
    }

    /// Case 3: several nodes import, and none has keys. The one that the source names gets the slot.
    private func closeImporters(
        _ state: OpenSlotState, _ owner: ManagedNode
    ) throws(VerbFailure) -> Bool {
        let slot = state.slot
        let source = state.migrating[0]
        let targetName = source.migrating.first { leadingInteger($0.slot) == slot }?.other
        for node in state.importing {
            guard try countKeys(in: slot, of: node) ?? 0 == 0 else { return giveUp(state, owner) }
        }
        guard let target = state.importing.last(where: { $0.name == targetName }) else {
            log(
                .info,
                ">>> Case 3: Closing slot \(slot) on both migrating and importing nodes.\n")
            return try close(slot, on: [source] + state.importing)
        }
        log(
            .info,
            ">>> Case 3: Moving slot \(slot) from \(source.address) to \(target.address) "
                + "and closing it on all the other importing nodes.\n")
        let failure = try moveSlot(slot, from: source, to: target, [.dots, .tellsErrors])
        guard failure == nil else { return false }
        return try close(slot, on: state.importing.filter { $0 !== target })
    }

    private func close(_ slot: Int, on nodes: [ManagedNode]) throws(VerbFailure) -> Bool {
        for node in nodes {
            guard try closesSlot(slot, on: node) else { return false }
        }
        return true
    }

    /// Case 4: a move that never began. The slot is closed where it is owned, or has no keys.
    private func closeMigrating(
        _ state: OpenSlotState, _ owner: ManagedNode
    ) throws(VerbFailure) -> Bool {
        let node = state.migrating[0]
        if owner !== node {
            let reply = try value(node, ["CLUSTER", "GETKEYSINSLOT", "\(state.slot)", "10"])
            guard let keys = reply?.elements else { return false }
            guard keys.isEmpty else { return giveUp(state, owner) }
        }
        log(.info, ">>> Case 4: Closing slot \(state.slot) on \(node.address)\n")
        return try closesSlot(state.slot, on: node)
    }

    private func giveUp(_ state: OpenSlotState, _ owner: ManagedNode) -> Bool {
        log(
            .error,
            "[ERR] Sorry, redis-cli can't fix this slot yet (work in progress). Slot is set as "
                + "migrating in \(state.migratingText), as importing in \(state.importingText), "
                + "owner is \(owner.address)\n")
        return false
    }

    /// Leaves a slot with one of several owners: the one with the most keys, to which the others give theirs.
    func fixOwners(_ owners: [ManagedNode], of slot: Int) throws(VerbFailure) -> Bool {
        log(.info, ">>> Fixing multiple owners for slot \(slot)...\n")
        let owner = try nodeWithMostKeys(in: slot, among: owners) ?? owners[0]
        log(.info, ">>> Setting slot \(slot) owner: \(owner.address)\n")
        guard try setsOwner(of: slot, to: owner) else { return false }
        for node in nodes where node !== owner && !node.isReplica {
            guard let count = try countKeys(in: slot, of: node) else { return false }
            _ = try deletesSlot(slot, on: node)
            guard try setsSlot(slot, on: node, "node", owner) else { return false }
            guard count > 0 else { continue }
            let failure = try moveSlot(slot, from: node, to: owner, [.dots, .cold, .tellsErrors])
            guard failure == nil else { return false }
        }
        return true
    }
}
