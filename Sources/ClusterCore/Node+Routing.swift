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
        guard !entry.hasManyKeys else { return try routeManyKeys(entry, arguments, flags) }
        let slot = HashSlot(of: arguments[entry.firstKey])
        guard cluster.owner(of: slot) == .myself, cluster.isPlain else {
            return try routeElsewhere(slot, entry, arguments, flags)
        }
        database.slot = slot
    }

    @inline(never)
    private mutating func routeManyKeys(
        _ entry: CommandTable.Entry, _ arguments: Arguments, _ flags: Client.Flags
    ) throws(ReplyError) {
        let keys = entry.keyIndexes(in: arguments)
        var slot: HashSlot?
        for index in keys {
            let keySlot = HashSlot(of: arguments[index])
            // Redis looks at the first key's owner before it looks at the second key.
            if slot == nil, cluster.owner(of: keySlot) == .none { throw .slotNotServed }
            guard slot == nil || slot == keySlot else {
                throw ReplyError("CROSSSLOT Keys in request don't hash to the same slot")
            }
            slot = keySlot
        }
        guard let slot else {
            database.slot = nil
            return
        }
        guard cluster.owner(of: slot) == .myself, cluster.isPlain else {
            return try routeElsewhere(slot, entry, arguments, flags)
        }
        database.slot = slot
    }

    /// Where the owner alone does not decide: another node's slot, an open slot, a cluster that is down.
    @inline(never)
    private mutating func routeElsewhere(
        _ slot: HashSlot, _ entry: CommandTable.Entry, _ arguments: Arguments,
        _ flags: Client.Flags
    ) throws(ReplyError) {
        let owner = cluster.owner(of: slot)
        guard owner != .none else { throw .slotNotServed }
        try requireState(for: entry)
        database.slot = slot
        if try isServedInOpenSlot(slot, owner, entry, arguments, flags) { return }
        // Replicas take part in the sharded channels of their master, whatever the client has said.
        let isReplicaRead =
            (flags.contains(.readonly) || entry.isAboutShardChannels)
            && !entry.flags.contains(.write) && isReplica && owner == cluster.myMaster
        guard owner == .myself || isReplicaRead else {
            throw ReplyError("MOVED \(slot) \(address(of: owner))")
        }
    }

    /// While the cluster is down, nothing is served, or with cluster-allow-reads-when-down no write.
    private func requireState(for entry: CommandTable.Entry) throws(ReplyError) {
        guard !cluster.isOK else { return }
        let isAllowed =
            entry.isAboutShardChannels
            ? configuration.clusterAllowPubsubshardWhenDown
            : configuration.clusterAllowReadsWhenDown
        guard isAllowed else { throw ReplyError("CLUSTERDOWN The cluster is down") }
        guard !entry.flags.contains(.write) else {
            throw ReplyError("CLUSTERDOWN The cluster is down and only accepts read commands")
        }
    }

    /// The address of a node as redirects tell a client.
    /// - Parameter client: nil for the caller.
    func address(of peer: PeerIndex, for client: ClientID? = nil) -> String {
        "\(endpoint(of: cluster[peer])):\(clientPort(of: cluster[peer], for: client))"
    }
}

extension CommandTable.Entry {
    /// SSUBSCRIBE, SUNSUBSCRIBE and SPUBLISH, whose channels have slots as keys have.
    var isAboutShardChannels: Bool { flags.contains(.pubsub) && firstKey > 0 }

    /// Which arguments of a command are keys.
    func keyIndexes(in arguments: Arguments) -> KeyIndexes {
        if let finder { return finder.indexes(in: arguments, from: 0) }
        let last = lastKey < 0 ? arguments.count + lastKey : lastKey
        return KeyIndexes(stride(from: firstKey, to: last + 1, by: keyStep))
    }
}

extension ReplyError {
    fileprivate static let slotNotServed = ReplyError("CLUSTERDOWN Hash slot not served")
}
