import RESP

// One slot from one node to another while clients use it.
extension ClusterManager {
    /// How a slot is moved.
    struct MoveOptions: OptionSet {
        let rawValue: Int
        /// Print a dot for each key.
        static let dots = MoveOptions(rawValue: 1)
        /// Move the keys only: who owns the slot is settled.
        static let cold = MoveOptions(rawValue: 2)
        /// Note the new owner.
        static let update = MoveOptions(rawValue: 4)
        /// Do not say which slot it is.
        static let quiet = MoveOptions(rawValue: 8)
        /// Print errors here; else they are the caller's to print.
        static let tellsErrors = MoveOptions(rawValue: 16)
    }

    /// Why a slot did not move; a text that is not there has been printed.
    struct MoveFailure {
        var text: String?
    }

    /// Opens the slot at the target and then at the source, moves its keys, and tells the target first whose it is:
    /// were it told last and died before, the slot would have no owner (redis #7116).
    /// - Returns: what went wrong, or nil.
    func moveSlot(
        _ slot: Int, from source: ManagedNode, to target: ManagedNode, _ moveOptions: MoveOptions
    ) throws(VerbFailure) -> MoveFailure? {
        if !moveOptions.contains(.quiet) {
            say("Moving slot \(slot) from \(source.address) to \(target.address): ")
        }
        let isWarm = !moveOptions.contains(.cold)
        if isWarm {
            if let failure = try moveSetSlot(slot, on: target, "importing", source, moveOptions) {
                return failure
            }
            if let failure = try moveSetSlot(slot, on: source, "migrating", target, moveOptions) {
                return failure
            }
        }
        let failure = try moveKeys(of: slot, from: source, to: target, moveOptions)
        if !moveOptions.contains(.quiet) { say("\n") }
        if let failure { return failure }
        if isWarm, let failure = try settle(slot, source, target, moveOptions) { return failure }
        if moveOptions.contains(.update) {
            source.slots[slot] = false
            target.slots[slot] = true
        }
        return nil
    }

    private func moveSetSlot(
        _ slot: Int, on node: ManagedNode, _ state: String, _ other: ManagedNode,
        _ moveOptions: MoveOptions
    ) throws(VerbFailure) -> MoveFailure? {
        guard let message = try setSlot(slot, on: node, state, other) else { return nil }
        guard moveOptions.contains(.tellsErrors) else { return MoveFailure(text: message) }
        tellError(message, of: node)
        return MoveFailure()
    }

    /// Tells all masters whose slot it is now.
    private func settle(
        _ slot: Int, _ source: ManagedNode, _ target: ManagedNode, _ moveOptions: MoveOptions
    ) throws(VerbFailure) -> MoveFailure? {
        if let failure = try moveSetSlot(slot, on: target, "node", target, moveOptions) {
            return failure
        }
        if let failure = try moveSetSlot(slot, on: source, "node", target, moveOptions) {
            // A source that gave its last slot may have become a replica by now (redis #9223).
            let isReplica =
                failure.text?.hasPrefix("ERR Please use SETSLOT only with masters.") ?? true
            if !isReplica { return failure }
        }
        for node in nodes where node !== target && node !== source && !node.isReplica {
            if let failure = try moveSetSlot(slot, on: node, "node", target, moveOptions) {
                return failure
            }
        }
        return nil
    }
}
