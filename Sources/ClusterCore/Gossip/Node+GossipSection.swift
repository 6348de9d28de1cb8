import Keyspace

/// What packets tell of other nodes than their sender.
extension Node {
    /// Takes the gossip section of a PING, PONG or MEET; `sender` is nil for a MEET of a node that is not known yet
    /// (`clusterProcessGossipSection`).
    mutating func processGossip(_ entries: [GossipEntry], from sender: PeerIndex?) {
        let isFromMaster = sender.map { cluster[$0].isMaster } ?? false
        let known = cluster.peers(of: entries)
        for (index, entry) in entries.enumerated() {
            if known[index] != .none {
                process(entry, of: known[index], from: isFromMaster ? sender : nil)
            } else if let peer = cluster.peer(entry.id) {
                // An earlier entry told of it, too.
                process(entry, of: peer, from: isFromMaster ? sender : nil)
            } else if let sender, !entry.flags.contains(.noAddress), !isBanned(entry.id),
                !cluster.isFull
            {
                // Only members of the cluster are believed: an address may be another cluster's by now.
                add(entry, from: sender)
            }
        }
    }

    /// Takes one entry; `master` is the sender if it is one: only masters' words count.
    @inline(__always)
    private mutating func process(
        _ entry: GossipEntry, of peer: PeerIndex, from master: PeerIndex?
    ) {
        let isReportedDown = !entry.flags.isDisjoint(with: [.fail, .pfail])
        if let master, peer != .myself {
            if isReportedDown {
                addFailureReport(of: peer, by: master)
            } else if !cluster[peer].failureReports.isEmpty {
                removeFailureReport(of: peer, by: master)
            }
        }
        if !isReportedDown { believe(entry, of: peer) }
    }

    /// Somebody reaches the peer: that counts as this node's own PONG where nothing speaks against it. Of itself a
    /// node learns so when it was last heard.
    private mutating func believe(_ entry: GossipEntry, of peer: PeerIndex) {
        dropOldReports(of: peer)
        if cluster[peer].pingSent == 0, cluster[peer].failureReports.isEmpty {
            let pong = Int64(entry.pongReceived) * 1000
            // Clocks may differ, but nothing comes from the future.
            if pong <= unixMilliseconds + 500, pong > cluster[peer].pongReceived {
                cluster[peer].pongReceived = pong
            }
        }
        guard !cluster[peer].flags.isDisjoint(with: [.fail, .pfail]),
            !entry.flags.contains(.noAddress),
            cluster[peer].host != entry.host || cluster[peer].port != entry.port
                || cluster[peer].busPort != entry.busPort
        else { return }
        // It is reachable elsewhere.
        if let link = cluster[peer].link { closeLink(link) }
        cluster[peer].host = entry.host
        cluster[peer].port = entry.port
        cluster[peer].busPort = entry.busPort
        cluster[peer].plainPort = entry.plainPort
        cluster[peer].flags.remove(.noAddress)
        trace(.addressChanged(entry.id, host: entry.host, port: entry.port))
    }

    private mutating func add(_ entry: GossipEntry, from sender: PeerIndex) {
        var peer = Peer(
            id: entry.id, host: entry.host, port: entry.port, busPort: entry.busPort,
            flags: entry.flags.subtracting([.myself, .handshake, .meet]))
        peer.plainPort = entry.plainPort
        peer.created = unixMilliseconds
        cluster.add(peer)
        trace(.introduced(entry.id, by: cluster[sender].id))
    }

    // MARK: - Failure reports

    private mutating func addFailureReport(of peer: PeerIndex, by sender: PeerIndex) {
        let reporter = cluster[sender].id
        if let place = cluster[peer].failureReports.firstIndex(where: { $0.reporter == reporter }) {
            cluster[peer].failureReports[place].time = unixMilliseconds
        } else {
            cluster[peer].failureReports.append(
                Peer.FailureReport(reporter: reporter, time: unixMilliseconds))
            trace(.failureReported(cluster[peer].id, by: reporter))
        }
        markAsFailedIfAgreed(peer)
    }

    private mutating func removeFailureReport(of peer: PeerIndex, by sender: PeerIndex) {
        let reporter = cluster[sender].id
        guard
            let place = cluster[peer].failureReports.firstIndex(where: { $0.reporter == reporter })
        else { return }
        cluster[peer].failureReports.remove(at: place)
        dropOldReports(of: peer)
        trace(.failureReportEnded(cluster[peer].id, by: reporter))
    }

    /// Reports count for two node timeouts (CLUSTER_FAIL_REPORT_VALIDITY_MULT).
    mutating func dropOldReports(of peer: PeerIndex) {
        guard !cluster[peer].failureReports.isEmpty else { return }
        let oldest = unixMilliseconds - nodeTimeout * 2
        cluster[peer].failureReports.removeAll { $0.time < oldest }
    }

    // MARK: - Newcomers

    /// Adds a node whose name is not known yet. It stays until it tells its name, or for a node timeout.
    mutating func addHandshake(
        host: String, port: Int, busPort: Int, plainPort: Int = 0, flags: Peer.Flags
    ) {
        guard !cluster.isFull else { return }
        var peer = Peer(
            id: .random(using: &random), host: host, port: port, busPort: busPort, flags: flags)
        peer.plainPort = plainPort
        peer.created = unixMilliseconds
        cluster.add(peer)
    }

    /// Whether the node was told to forget that one less than a minute ago.
    private mutating func isBanned(_ id: NodeID) -> Bool {
        guard !cluster.banned.isEmpty else { return false }
        cluster.banned = cluster.banned.filter { $0.value >= unixMilliseconds }
        return cluster.banned[id] != nil
    }

    /// cluster-node-timeout in milliseconds. Redis takes any number and reckons with multiples of it; more than 24
    /// days are as good as never here.
    var nodeTimeout: Int64 { min(configuration.clusterNodeTimeout.wholeMilliseconds, 1 << 31) }
}
