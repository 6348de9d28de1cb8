import Keyspace

/// What this node sends over the bus.
extension Node {
    /// Sends a packet, or keeps it until the link is up.
    mutating func send(_ message: BusMessage, over id: LinkID) {
        guard links.isUp(id) else {
            if let link = links[id], link.pending.count < LinkTable.Link.maximumPending {
                links[id]?.pending.append(message)
            }
            return
        }
        cluster.messageCounts.sent[message.kind.rawValue] += 1
        outbox.append(.send(id, message))
    }

    /// Sends a packet to a peer, over the link that this node made. It is lost where there is none.
    mutating func send(_ body: BusMessage.Body, to peer: PeerIndex) {
        guard let link = cluster[peer].link else { return }
        send(BusMessage(header: busHeader(), body: body), over: link)
    }

    /// Sends a packet to every peer that there is a link to.
    mutating func broadcast(_ body: BusMessage.Body, marks: BusMessage.Marks = []) {
        var header = busHeader()
        header.marks.formUnion(marks)
        let message = BusMessage(header: header, body: body)
        for peer in cluster.peers where !peer.flags.contains(.handshake) {
            if let link = peer.link { send(message, over: link) }
        }
    }

    /// A PONG without a PING: news that others should have at once (`clusterBroadcastPong`).
    mutating func broadcastPong(toSiblingsOnly: Bool = false) {
        for index in cluster.peers.indices.dropFirst() {
            let peer = cluster.peers[index]
            guard let link = peer.link, !peer.isInHandshake else { continue }
            let isSibling =
                peer.isReplica
                && (peer.master == .myself
                    || peer.master != nil && peer.master == cluster.myself.master)
            if !toSiblingsOnly || isSibling { sendPing(.pong, over: link) }
        }
    }

    /// What every packet says of this node; a replica tells its master's slots and epoch.
    func busHeader() -> BusMessage.Header {
        let master = cluster.myMaster
        return BusMessage.Header(
            sender: cluster.myself.id, currentEpoch: cluster.currentEpoch,
            configEpoch: cluster[master].configEpoch, offset: replicationOffset,
            slots: cluster[master].slots,
            master: cluster.myself.master.map { cluster[$0].id },
            host: configuration.clusterAnnounceIP,
            port: configuration.announcedPort, busPort: configuration.announcedBusPort,
            flags: cluster.myself.flags, isClusterOK: cluster.isOK,
            marks: cluster.myself.isMaster && cluster.failover.isManual ? .paused : [],
            plainPort: configuration.announcedPlainPort)
    }

    /// The three packets that carry gossip.
    enum PingKind {
        case ping, pong, meet
    }

    /// Sends a PING, PONG or MEET with what this node knows of some others: a tenth of them, at least three, by
    /// chance, and all that it suspects (`clusterSendPing`).
    mutating func sendPing(_ kind: PingKind, over id: LinkID) {
        guard links.contains(id) else { return }
        if kind == .ping, !links.isInbound(id), let peer = links.peer(of: id),
            let peer = cluster.peer(peer)
        {
            cluster[peer].pingSent = unixMilliseconds
        }
        let gossip = BusMessage.Gossip(
            entries: gossipEntries(), hostname: cluster.myself.hostname, shard: shard(over: id))
        let body: BusMessage.Body =
            switch kind {
            case .ping: .ping(gossip)
            case .pong: .pong(gossip)
            case .meet: .meet(gossip)
            }
        send(BusMessage(header: busHeader(), body: body), over: id)
    }

    private mutating func gossipEntries() -> [GossipEntry] {
        let drawn = drawPeers()
        var entries: [GossipEntry] = []
        entries.reserveCapacity(drawn.count + cluster.suspectCount)
        for index in drawn { entries.append(GossipEntry(of: cluster.peers[Int(index)])) }
        guard cluster.suspectCount > 0 else { return entries }
        for index in cluster.peers.indices {
            let flags = cluster.peers[index].flags
            if flags.contains(.pfail), flags.isDisjoint(with: [.handshake, .noAddress]) {
                entries.append(GossipEntry(of: cluster.peers[index]))
            }
        }
        return entries
    }

    /// Draws the peers to tell of. In a large cluster this costs the time that memory takes: a loop with so little in
    /// it that many reads are under way at once.
    private mutating func drawPeers() -> [UInt16] {
        cluster.gossipRound &+= 1
        let count = cluster.peers.count
        var fresh = count - 2
        let wanted = min(max(count / configuration.clusterGossipShare, 3), fresh)
        var drawn: [UInt16] = []
        drawn.reserveCapacity(max(0, wanted))
        var attempts = max(0, wanted) * 3
        while fresh > 0, drawn.count < wanted, attempts > 0 {
            attempts -= 1
            let index = random.next(below: count)
            let flags = cluster.peers[index].flags
            guard index != 0, !flags.contains(.pfail) else { continue }
            if !flags.isDisjoint(with: [.handshake, .noAddress])
                || cluster.peers[index].link == nil && cluster.peers[index].slots.isEmpty
            {
                fresh -= 1
                continue
            }
            guard cluster.peers[index].gossipRound != cluster.gossipRound else { continue }
            cluster.peers[index].gossipRound = cluster.gossipRound
            drawn.append(UInt16(index))
            fresh -= 1
        }
        return drawn
    }
}

extension GossipEntry {
    /// What is told of a peer.
    @inline(__always)
    fileprivate init(of peer: borrowing Peer) {
        self.init(
            id: peer.id, pingSent: UInt32(truncatingIfNeeded: peer.pingSent / 1000),
            pongReceived: UInt32(truncatingIfNeeded: peer.pongReceived / 1000), host: peer.host,
            port: peer.port, busPort: peer.busPort, flags: peer.flags, plainPort: peer.plainPort)
    }
}
