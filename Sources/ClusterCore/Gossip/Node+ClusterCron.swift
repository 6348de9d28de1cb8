import Keyspace

/// What the cluster does by itself, ten times a second.
extension Node {
    /// `clusterCron`.
    mutating func runClusterCron() {
        guard configuration.clusterEnabled else { return }
        cluster.ticks += 1
        refreshMyself()
        dropOldHandshakes()
        connectToPeers()
        if cluster.ticks.isMultiple(of: 10) { pingOneAtRandom() }
        var isUpdateDue = false
        let orphans = countReplicas()
        let timeout = nodeTimeout
        for index in 1..<max(1, cluster.peers.count)
        where cluster.peers[index].flags.isDisjoint(with: [.noAddress, .handshake]) {
            if watch(PeerIndex(index), timeout) { isUpdateDue = true }
        }
        followKnownMaster()
        checkManualFailover()
        if cluster.myself.isReplica {
            advanceManualFailover()
            advanceElection()
            if let orphans { considerMigration(orphans) }
        }
        if isUpdateDue || !cluster.isOK { updateClusterState() }
    }

    /// What is left at the end of a step (`clusterBeforeSleep`). The configuration is on the disk before any
    /// packet of the step leaves: a vote that is forgotten could be given twice.
    mutating func finishClusterStep() {
        // An election takes several steps, none of which has to wait where it is a manual one.
        while !cluster.todo.isDisjoint(with: [.handleFailover, .handleManualFailover]) {
            let isManual = cluster.todo.contains(.handleManualFailover)
            cluster.todo.subtract([.handleFailover, .handleManualFailover])
            if isManual, cluster.myself.isReplica { advanceManualFailover() }
            advanceElection()
        }
        if cluster.todo.contains(.updateState) { updateClusterState() }
        guard cluster.todo.contains(.saveConfiguration) else { return }
        let isSynced = cluster.todo.isSuperset(of: .saveForGood)
        cluster.todo.subtract(.saveForGood)
        guard !configuration.dir.isEmpty, !configuration.flaws.contains(.forgets) else { return }
        outbox.insert(
            .save(
                .clusterConfiguration, contents: clusterConfiguration(), isSynced: isSynced,
                for: nil), at: 0)
    }

    /// CONFIG may have changed what this node says of itself.
    mutating func refreshMyself() {
        cluster.peers[0].hostname = configuration.clusterAnnounceHostname
        cluster.peers[0].port = configuration.announcedPort
        cluster.peers[0].busPort = configuration.announcedBusPort
        cluster.peers[0].plainPort = configuration.announcedPlainPort
        if configuration.clusterAnnounceIP != cluster.announcedIP {
            // Without one any more, the next PING tells what it is.
            cluster.announcedIP = configuration.clusterAnnounceIP
            cluster.peers[0].host = cluster.announcedIP
        }
        if configuration.clusterReplicaNoFailover != cluster.myself.flags.contains(.noFailover) {
            cluster.peers[0].flags.formSymmetricDifference(.noFailover)
            cluster.todo.formUnion([.saveConfiguration, .updateState])
        }
    }

    /// A node that was met and does not answer is given up after the node timeout, or a second.
    private mutating func dropOldHandshakes() {
        guard cluster.peers.contains(where: \.isInHandshake) else { return }
        let limit = max(nodeTimeout, 1000)
        for index in cluster.peers.indices.reversed()
        where cluster.peers[index].isInHandshake
            && unixMilliseconds - cluster.peers[index].created > limit
        {
            removePeer(PeerIndex(index))
        }
    }

    private mutating func connectToPeers() {
        cluster.suspectCount = 0
        for index in cluster.peers.indices.dropFirst()
        where !cluster.peers[index].flags.contains(.noAddress) {
            if cluster.peers[index].isTimedOut { cluster.suspectCount += 1 }
            if cluster.peers[index].link == nil { makeLink(to: PeerIndex(index)) }
        }
    }

    /// Of five peers drawn by chance, the one whose last PONG is oldest.
    private mutating func pingOneAtRandom() {
        var oldest: PeerIndex?
        for _ in 0..<5 {
            let index = PeerIndex(random.next(below: cluster.peers.count))
            let peer = cluster[index]
            guard index != .myself, peer.link != nil, peer.pingSent == 0, !peer.isInHandshake
            else { continue }
            if oldest.map({ cluster[$0].pongReceived > peer.pongReceived }) ?? true {
                oldest = index
            }
        }
        if let link = oldest.flatMap({ cluster[$0].link }) { sendPing(.ping, over: link) }
    }

    /// A replica begins to replicate as soon as it knows its master's address.
    private mutating func followKnownMaster() {
        guard let master = cluster.myself.master, !isFollowing,
            !cluster[master].flags.contains(.noAddress), !cluster[master].host.isEmpty
        else { return }
        follow(host: cluster[master].host, port: cluster[master].port)
    }
}
