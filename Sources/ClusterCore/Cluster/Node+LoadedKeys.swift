import Keyspace

extension Node {
    /// Brings slots and keys together after a start with data (`verifyClusterConfigWithData`): a slot that nobody
    /// owns becomes this master's where it has keys of it; one of another node is marked as being imported, so that
    /// the keys can be found and moved.
    mutating func claimSlotsOfLoadedKeys() {
        guard configuration.clusterEnabled, cluster.myself.isMaster, database.count > 0 else {
            return
        }
        for index in 0..<HashSlot.count {
            let slot = HashSlot(unchecked: index)
            let owner = cluster.owner(of: slot)
            guard database.count(in: slot) > 0, owner != .myself, cluster.importing[slot] == nil
            else { continue }
            if owner == .none {
                log(
                    .warning,
                    "I have keys for unassigned slot \(slot). Taking responsibility for it.")
                cluster.assign(slot, to: .myself)
            } else {
                log(
                    .warning,
                    "I have keys for slot \(slot), but the slot is assigned to another node. "
                        + "Setting it to importing state.")
                cluster.importing[slot] = owner
            }
            cluster.todo.formUnion(.saveForGood)
        }
    }
}
