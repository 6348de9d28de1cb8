import Keyspace
import RESP

extension Node {
    /// Whether this node serves a command because its slot is on its way from or to another node, and the keys
    /// are here. Throws where the keys are, or may be; false where the slot is not open for the command.
    func isServedInOpenSlot(
        _ slot: HashSlot, _ owner: PeerIndex, _ entry: CommandTable.Entry, _ arguments: Arguments,
        _ flags: Client.Flags
    ) throws(ReplyError) -> Bool {
        let target = owner == .myself ? cluster.migrating[slot] : nil
        let isImporting = target == nil && cluster.importing[slot] != nil
        guard target != nil || isImporting else { return false }
        // MIGRATE moves keys either way, whether or not they are all here.
        if entry.finder == .migrate { return true }
        // Channels stay with the source until the slot has moved.
        let keys =
            entry.isAboutShardChannels
            ? (existing: 0, missing: 0, areSeveral: false)
            : presence(of: entry.keyIndexes(in: arguments), in: arguments)
        if let target, keys.missing > 0 {
            guard keys.existing == 0 else { throw .tryAgain }
            throw ReplyError("ASK \(slot) \(address(of: target))")
        }
        guard isImporting, flags.contains(.asking) || entry.flags.contains(.asking) else {
            return false
        }
        guard !keys.areSeveral || keys.missing == 0 else { throw .tryAgain }
        return true
    }

    private func presence(
        of indexes: KeyIndexes, in arguments: Arguments
    ) -> (existing: Int, missing: Int, areSeveral: Bool) {
        var keys = (existing: 0, missing: 0, areSeveral: false)
        var first: Argument?
        for index in indexes {
            let key = arguments[index]
            if database.contains(key) { keys.existing += 1 } else { keys.missing += 1 }
            if let first, !(first == key) { keys.areSeveral = true }
            first = first ?? key
        }
        return keys
    }

    /// The open slots as CLUSTER NODES shows them after the slots of this node.
    func describeOpenSlots() -> [String] {
        let open = Set(cluster.migrating.keys).union(cluster.importing.keys)
        return open.sorted().compactMap { slot in
            if let target = cluster.migrating[slot] {
                return "[\(slot)->-\(cluster[target].id)]"
            }
            return cluster.importing[slot].map { "[\(slot)-<-\(cluster[$0].id)]" }
        }
    }
}

extension ReplyError {
    fileprivate static let tryAgain = ReplyError(
        "TRYAGAIN Multiple keys request during rehashing of slot")
}
