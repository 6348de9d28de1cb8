import Keyspace

/// What comes in over the bus (`clusterProcessPacket`).
extension Node {
    /// Takes a packet.
    mutating func receive(_ message: BusMessage, from link: LinkID) {
        guard links.contains(link) else { return }
        cluster.messageCounts.received[message.kind.rawValue] += 1
        guard message.header.sender != cluster.myself.id || isBound(link) else {
            return meetMyself(message, link)
        }
        let sender = sender(of: message, over: link)
        if let sender { note(message.header, of: sender) }
        switch message.body {
        case .ping(let gossip), .pong(let gossip), .meet(let gossip):
            receivePing(message, gossip, from: sender, over: link)
        case .fail(let id): receiveFail(of: id, from: sender, header: message.header)
        case .publish(let channel, let text):
            if sender != nil { receivePublication(channel, text, isSharded: false) }
        case .publishShard(let channel, let text):
            if sender != nil { receivePublication(channel, text, isSharded: true) }
        case .failoverAuthRequest: if let sender { voteIfAllowed(for: sender, message.header) }
        case .failoverAuthAck: if let sender { countVote(of: sender, message.header) }
        case .update(let owner, let configEpoch, let slots):
            if sender != nil { receiveUpdate(owner, configEpoch, slots) }
        case .manualFailoverStart: if let sender { startManualFailover(for: sender, over: link) }
        }
    }

    /// Whether a link is this node's own to a peer whose name is known.
    private func isBound(_ id: LinkID) -> Bool {
        guard !links.isInbound(id), let peer = links.peer(of: id).flatMap({ cluster.peer($0) })
        else { return false }
        return !cluster[peer].isInHandshake
    }

    /// A node that was told to meet itself finds that out by its own name, and learns its address.
    private mutating func meetMyself(_ message: BusMessage, _ id: LinkID) {
        if message.kind == .ping || message.kind == .meet {
            learnOwnAddress(from: message.kind, over: id)
            sendPing(.pong, over: id)
        }
        guard let peer = links[id]?.peer.flatMap({ cluster.peer($0) }), cluster[peer].isInHandshake
        else { return }
        removePeer(peer)
    }

    /// The known node that a packet is from. A link that a node made is bound to it by its first packet.
    private mutating func sender(of message: BusMessage, over id: LinkID) -> PeerIndex? {
        let name = links.peer(of: id)
        if let bound = name.flatMap({ cluster.peer($0) }), !cluster[bound].isInHandshake {
            return bound
        }
        guard let sender = cluster.peer(message.header.sender) else { return nil }
        if name == nil { bind(id, to: sender) }
        return sender
    }

    /// What the header of any packet tells: epochs, and the offset.
    private mutating func note(_ header: BusMessage.Header, of sender: PeerIndex) {
        cluster[sender].dataReceived = unixMilliseconds
        guard !cluster[sender].isInHandshake else { return }
        cluster.currentEpoch = max(cluster.currentEpoch, header.currentEpoch)
        if header.configEpoch > cluster[sender].configEpoch {
            cluster[sender].configEpoch = header.configEpoch
            cluster.todo.formUnion(.saveForGood)
        }
        cluster[sender].replicationOffset = header.offset
        cluster[sender].replicationOffsetTime = unixMilliseconds
        if cluster.failover.isManual, cluster.failover.masterOffset == nil,
            cluster.myself.isReplica, cluster.myself.master == sender,
            header.marks.contains(.paused)
        {
            cluster.failover.masterOffset = header.offset
            cluster.todo.insert(.handleManualFailover)
            trace(.manualFailoverOffset(header.offset))
        }
    }

    // MARK: - PING, PONG, MEET

    private mutating func receivePing(
        _ message: BusMessage, _ gossip: BusMessage.Gossip, from known: PeerIndex?, over id: LinkID
    ) {
        if let known { noteShard(gossip.shard, message.header, of: known) }
        if message.kind != .pong { answerPing(message, gossip, from: known, over: id) }
        guard links.contains(id) else { return }
        let isInbound = links.isInbound(id)
        if !isInbound {
            guard let peer = links.peer(of: id).flatMap({ cluster.peer($0) }),
                identify(peer, by: message.header, known: known, over: id)
            else { return }
        }
        // A handshake that is over has given the sender its name.
        let sender = known ?? (isInbound ? nil : cluster.peer(message.header.sender))
        if let sender = known {
            cluster[sender].flags.remove(.noFailover)
            cluster[sender].flags.formUnion(message.header.flags.intersection(.noFailover))
            if message.kind == .ping, !cluster[sender].isInHandshake {
                updateAddress(of: sender, message.header, over: id)
            }
        }
        if !isInbound, message.kind == .pong, let sender { notePong(of: sender) }
        guard let sender = known else { return }
        noteRole(of: sender, message.header)
        noteSlots(of: sender, message.header)
        processGossip(gossip.entries, from: sender)
        if cluster[sender].hostname != gossip.hostname {
            cluster[sender].hostname = gossip.hostname
        }
    }

    /// Learns this node's own address, lets a newcomer in, and answers with a PONG.
    private mutating func answerPing(
        _ message: BusMessage, _ gossip: BusMessage.Gossip, from sender: PeerIndex?,
        over id: LinkID
    ) {
        guard let link = links[id] else { return }
        learnOwnAddress(from: message.kind, over: id)
        if sender == nil, message.kind == .meet {
            let header = message.header
            addHandshake(
                host: header.host.isEmpty ? link.remoteHost : header.host, port: header.port,
                busPort: header.busPort, plainPort: header.plainPort, flags: .handshake)
            cluster.todo.insert(.saveConfiguration)
            // A MEET is trusted, although nobody knows its sender yet.
            processGossip(gossip.entries, from: nil)
        }
        sendPing(.pong, over: id)
    }

    /// Takes over the address by which others reach this node: from a MEET, and from a PING where it has none.
    private mutating func learnOwnAddress(from kind: BusMessage.Kind, over id: LinkID) {
        guard kind == .meet || cluster.myself.host.isEmpty,
            configuration.clusterAnnounceIP.isEmpty,
            let host = links[id]?.localHost, !host.isEmpty, host != cluster.myself.host
        else { return }
        cluster.peers[0].host = host
        log(.warning, "IP address for this node updated to \(host)")
        cluster.todo.insert(.saveConfiguration)
    }

    /// Checks that the peer at the other end of this node's link is the one that it is meant to be, and learns the
    /// name of one that was met.
    /// - Returns: false where the link is gone.
    private mutating func identify(
        _ peer: PeerIndex, by header: BusMessage.Header, known: PeerIndex?, over id: LinkID
    ) -> Bool {
        if cluster[peer].isInHandshake {
            if let known {
                log(
                    .verbose,
                    "Handshake: we already know node \(header.sender), updating the address if needed."
                )
                updateAddress(of: known, header, over: id)
                removePeer(peer)
                return false
            }
            cluster.rename(peer, to: header.sender)
            links[id]?.peer = header.sender
            cluster[peer].flags.remove(.handshake)
            cluster[peer].flags.formUnion(header.flags.intersection([.master, .replica]))
            cluster.todo.insert(.saveConfiguration)
            trace(.handshakeCompleted(header.sender))
        } else if cluster[peer].id != header.sender {
            // Somebody else has that address now.
            cluster[peer].flags.insert(.noAddress)
            cluster[peer].host = ""
            cluster[peer].port = 0
            cluster[peer].busPort = 0
            cluster[peer].plainPort = 0
            closeLink(id)
            cluster.todo.insert(.saveConfiguration)
            return false
        }
        return true
    }

    /// Takes over the address that a packet shows for its sender (`nodeUpdateAddressIfNeeded`).
    private mutating func updateAddress(
        of peer: PeerIndex, _ header: BusMessage.Header, over id: LinkID
    ) {
        guard cluster[peer].link != id, let link = links[id] else { return }
        let host = header.host.isEmpty ? remoteHost(of: link) : header.host
        guard !host.isEmpty else { return }
        let isSame =
            cluster[peer].host == host && cluster[peer].port == header.port
            && cluster[peer].busPort == header.busPort
            && cluster[peer].plainPort == header.plainPort
        guard !isSame else { return }
        cluster[peer].host = host
        cluster[peer].port = header.port
        cluster[peer].busPort = header.busPort
        cluster[peer].plainPort = header.plainPort
        if let link = cluster[peer].link { closeLink(link) }
        cluster[peer].flags.remove(.noAddress)
        trace(.addressChanged(cluster[peer].id, host: host, port: header.port))
        if cluster.myself.isReplica, cluster.myself.master == peer {
            follow(host: host, port: header.port)
        }
        cluster.todo.formUnion([.saveConfiguration, .updateState])
    }

    /// The address at the other end: of a link that this node made it is the one that it was made to.
    private func remoteHost(of link: LinkTable.Link) -> String {
        guard !link.isInbound else { return link.remoteHost }
        return link.peer.flatMap { cluster.peer($0) }.map { cluster[$0].host } ?? ""
    }

    private mutating func notePong(of sender: PeerIndex) {
        cluster[sender].pongReceived = unixMilliseconds
        cluster[sender].pingSent = 0
        if cluster[sender].isTimedOut {
            cluster[sender].flags.remove(.pfail)
            trace(.suspicionEnded(cluster[sender].id))
            cluster.todo.formUnion([.saveConfiguration, .updateState])
        } else if cluster[sender].hasFailed {
            clearFailureIfAllowed(of: sender)
        }
    }

    /// Whether the sender is a master or whose replica.
    private mutating func noteRole(of sender: PeerIndex, _ header: BusMessage.Header) {
        guard let masterID = header.master else { return setAsMaster(sender) }
        if cluster[sender].isMaster {
            // A master became a replica. Its slots wait for their new owner's word.
            let slots = cluster[sender].slots
            slots.forEach { cluster.assign($0, to: .none) }
            cluster[sender].flags.subtract([.master, .migrateTo])
            cluster[sender].flags.insert(.replica)
            cluster.todo.formUnion([.saveConfiguration, .updateState])
        }
        guard let master = cluster.peer(masterID), master != sender,
            cluster[sender].master != master
        else { return }
        cluster.setMaster(of: sender, to: master)
        cluster.todo.insert(.saveConfiguration)
    }

    /// `clusterSetNodeAsMaster`.
    mutating func setAsMaster(_ peer: PeerIndex) {
        guard !cluster[peer].isMaster else { return }
        let hadMaster = cluster[peer].master != nil
        cluster.setMaster(of: peer, to: nil)
        if hadMaster, peer != .myself { cluster[peer].flags.insert(.migrateTo) }
        cluster.todo.formUnion([.saveConfiguration, .updateState])
    }

    // MARK: - FAIL

    private mutating func receiveFail(
        of id: NodeID, from sender: PeerIndex?, header: BusMessage.Header
    ) {
        guard let sender else {
            return log(
                .notice, "Ignoring FAIL message from unknown node \(header.sender) about \(id)")
        }
        guard let failing = cluster.peer(id), failing != .myself, !cluster[failing].hasFailed
        else { return }
        cluster[failing].flags.insert(.fail)
        cluster[failing].flags.remove(.pfail)
        cluster[failing].failTime = unixMilliseconds
        cluster.todo.formUnion([.saveConfiguration, .updateState])
        trace(.failureAnnounced(id, by: cluster[sender].id))
    }
}
