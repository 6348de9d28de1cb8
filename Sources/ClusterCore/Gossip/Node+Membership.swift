import Keyspace

/// Who joins and leaves, as far as a client asks for it.
extension Node {
    /// Begins a handshake with the node at an address, unless one is under way (`clusterStartHandshake`).
    mutating func meet(host: String, port: Int, busPort: Int) {
        let isUnderWay = cluster.peers.contains {
            $0.isInHandshake && $0.host == host && $0.port == port && $0.busPort == busPort
        }
        guard !isUnderWay else { return }
        addHandshake(host: host, port: port, busPort: busPort, flags: [.handshake, .meet])
    }

    /// Forgets a node, and does not take it back on anybody's word for a minute
    /// (CLUSTER_BLACKLIST_TTL): so long the others have to forget it, too.
    mutating func forget(_ peer: PeerIndex) {
        let id = cluster[peer].id
        cluster.banned[id] = unixMilliseconds + 60_000
        removePeer(peer)
        cluster.todo.formUnion([.saveConfiguration, .updateState])
        trace(.forgotten(id))
    }

    /// Leaves the cluster. Hard: with a new name, and without a past (`clusterReset`).
    mutating func resetCluster(isHard: Bool) {
        if cluster.myself.isReplica {
            setAsMaster(.myself)
            stopFollowing()
            removeAllKeys()
        }
        resetManualFailover()
        for peer in cluster.peers {
            if let link = peer.link { closeLink(link) }
            if let link = peer.inboundLink { closeLink(link) }
        }
        cluster.removeAll()
        cluster.shards.beginAnother(using: &random)
        cluster.peers[0].flags.remove(.readsExtensions)
        if isHard {
            cluster.currentEpoch = 0
            cluster.lastVoteEpoch = 0
            cluster.peers[0].configEpoch = 0
            log(.warning, "configEpoch set to 0 via CLUSTER RESET HARD")
            cluster.rename(.myself, to: .random(using: &random))
            log(.notice, "Node hard reset, now I'm \(cluster.myself.id)")
        }
        cluster.todo.formUnion([.saveForGood, .updateState])
    }

    /// Gives a fresh node its first epoch, so that a new cluster begins without collisions.
    mutating func setConfigEpoch(_ epoch: UInt64) {
        cluster.peers[0].configEpoch = epoch
        cluster.currentEpoch = max(cluster.currentEpoch, epoch)
        log(.warning, "configEpoch set to \(epoch) via CLUSTER SET-CONFIG-EPOCH")
        cluster.todo.formUnion([.saveConfiguration, .updateState])
    }

    /// Deletes the keys of a slot that is another node's now. Redis 7.0 tells neither its replicas nor the
    /// append-only file (`delKeysInSlot`), so they keep them.
    mutating func removeKeys(in slot: HashSlot) {
        database.removeAll(in: slot)
    }

    /// Deletes every key.
    mutating func removeAllKeys() {
        database.removeAll()
    }
}
