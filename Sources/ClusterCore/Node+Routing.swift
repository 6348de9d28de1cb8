import Keyspace
import RESP

extension Node {
    /// Decides whether this node serves the keys of a command, and tells the database their slot; otherwise
    /// throws where they are (`getNodeByQuery` and `clusterRedirectClient` in cluster.c).
    @inline(__always)
    mutating func route(
        _ entry: CommandTable.Entry, _ arguments: Arguments, _ flags: Client.Flags
    ) throws(ReplyError) {
        guard configuration.clusterEnabled else {
            database.slot = nil
            return
        }
        let slot = HashSlot(of: arguments[entry.firstKey])
        let owner = cluster.owner(of: slot)
        if entry.lastKey != entry.firstKey {
            try requireOneSlot(entry, arguments, slot, isOwned: owner != .none)
        }
        guard owner == .myself, cluster.isOK else {
            return try routeElsewhere(slot, owner, entry, flags)
        }
        database.slot = slot
    }

    @inline(never)
    private func requireOneSlot(
        _ entry: CommandTable.Entry, _ arguments: Arguments, _ slot: HashSlot, isOwned: Bool
    ) throws(ReplyError) {
        // Redis looks at the first key's owner before it looks at the second key.
        guard isOwned else { return }
        let last = entry.lastKey < 0 ? arguments.count + entry.lastKey : entry.lastKey
        for index in stride(from: entry.firstKey, through: last, by: entry.keyStep)
        where HashSlot(of: arguments[index]) != slot {
            throw ReplyError("CROSSSLOT Keys in request don't hash to the same slot")
        }
    }

    @inline(never)
    private mutating func routeElsewhere(
        _ slot: HashSlot, _ owner: PeerIndex, _ entry: CommandTable.Entry, _ flags: Client.Flags
    ) throws(ReplyError) {
        guard owner != .none else { throw ReplyError("CLUSTERDOWN Hash slot not served") }
        let isRead = entry.flags.contains(.readonly)
        if !cluster.isOK {
            guard configuration.clusterAllowReadsWhenDown else {
                throw ReplyError("CLUSTERDOWN The cluster is down")
            }
            guard !entry.flags.contains(.write) else {
                throw ReplyError(
                    "CLUSTERDOWN The cluster is down and only accepts read commands")
            }
        }
        let isReplicaRead =
            flags.contains(.readonly) && isReplica && isRead && owner == cluster.myMaster
        guard owner == .myself || isReplicaRead else {
            let peer = cluster.peers[owner.index]
            throw ReplyError("MOVED \(slot) \(peer.host):\(peer.port)")
        }
        database.slot = slot
    }
}
