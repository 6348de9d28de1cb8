import Lab
import RESP

/// What is known of a slot that some node imports or migrates.
struct OpenSlotState {
    let slot: Int
    /// Nodes that own the slot, or have keys of it.
    var owners: [ManagedNode] = []
    /// The owner, where there is one only, or one has been chosen.
    var owner: ManagedNode?
    var migrating: [ManagedNode] = []
    var importing: [ManagedNode] = []
    /// Both lists as they were found, for the last message.
    var migratingText = ""
    var importingText = ""
}

// Slots that were left half moved.
extension ClusterManager {
    /// Moves the slot's keys to where it is most sensible, and closes it.
    /// - Returns: whether that went well.
    func fixOpenSlot(_ slot: Int) throws(VerbFailure) -> Bool {
        try demandReachableMasters(for: "open slots")
        log(.info, ">>> Fixing open slot \(slot)\n")
        var state = OpenSlotState(slot: slot)
        guard try findOwners(&state), try findOpenNodes(&state) else { return false }
        if !state.migratingText.isEmpty { say("Set as migrating in: \(state.migratingText)\n") }
        if !state.importingText.isEmpty { say("Set as importing in: \(state.importingText)\n") }
        if state.owner == nil {
            guard try chooseOwner(&state) else { return false }
        }
        guard let owner = state.owner else { return false }
        if state.owners.count > 1 {
            guard try disownOthers(&state, owner) else { return false }
        }
        return try close(state, owner)
    }

    private func findOwners(_ state: inout OpenSlotState) throws(VerbFailure) -> Bool {
        for node in nodes where !node.isReplica {
            if node.slots[state.slot] {
                state.owners.append(node)
                continue
            }
            guard let count = try countKeys(in: state.slot, of: node) else { return false }
            guard count > 0 else { continue }
            log(
                .warning,
                "*** Found keys about slot \(state.slot) in non-owner node \(node.address)!\n")
            state.owners.append(node)
        }
        if state.owners.count == 1 { state.owner = state.owners[0] }
        return true
    }

    /// A node that has keys of the slot though it neither owns nor migrates it counts as importing it.
    private func findOpenNodes(_ state: inout OpenSlotState) throws(VerbFailure) -> Bool {
        let slot = state.slot
        for node in nodes where !node.isReplica {
            if node.migrating.contains(where: { leadingInteger($0.slot) == slot }) {
                state.migrating.append(node)
                continue
            }
            if node.importing.contains(where: { leadingInteger($0.slot) == slot }) {
                state.importing.append(node)
                continue
            }
            guard node !== state.owner else { continue }
            guard let count = try countKeys(in: slot, of: node) else { return false }
            guard count > 0 else { continue }
            log(.warning, "*** Found keys about slot \(slot) in node \(node.address)!\n")
            state.importing.append(node)
        }
        state.migratingText = state.migrating.map(\.address.description).joined(separator: ",")
        state.importingText = state.importing.map(\.address.description).joined(separator: ",")
        return true
    }

    private func chooseOwner(_ state: inout OpenSlotState) throws(VerbFailure) -> Bool {
        log(.info, ">>> No single clear owner for the slot, selecting an owner by # of keys...\n")
        guard let owner = try nodeWithMostKeys(in: state.slot, among: nodes) else {
            log(.error, "[ERR] Can't select a slot owner. Impossible to fix.\n")
            return false
        }
        log(.warning, "*** Configuring \(owner.address) as the slot owner\n")
        guard try closesSlot(state.slot, on: owner), try setsOwner(of: state.slot, to: owner) else {
            return false
        }
        owner.slots[state.slot] = true
        state.owner = owner
        state.migrating.removeFirst(owner)
        state.importing.removeFirst(owner)
        return true
    }

    /// Leaves one owner: the others import the slot from it, and so give their keys away below.
    private func disownOthers(
        _ state: inout OpenSlotState, _ owner: ManagedNode
    ) throws(VerbFailure) -> Bool {
        for node in state.owners where node !== owner {
            guard try deletesSlot(state.slot, on: node) else { return false }
            node.slots[state.slot] = false
            guard try setsSlot(state.slot, on: node, "node", owner),
                try setsSlot(state.slot, on: node, "importing", owner)
            else { return false }
            state.importing.removeFirst(node)
            state.importing.append(node)
            state.migrating.removeFirst(node)
        }
        return true
    }
}

extension [ManagedNode] {
    /// Takes out the first that is this very node.
    fileprivate mutating func removeFirst(_ node: ManagedNode) {
        if let index = firstIndex(where: { $0 === node }) { remove(at: index) }
    }
}
