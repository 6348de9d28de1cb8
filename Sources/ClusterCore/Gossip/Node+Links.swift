import Keyspace

/// The connections of the bus: one that this node makes to each peer, for its PINGs and what answers them, and one
/// that each peer makes to it.
extension Node {
    /// Takes in a connection to this node's bus port. The driver hands in what comes over it as `Event.bus`.
    package mutating func acceptLink(
        from remoteHost: String, localHost: String, at now: Instant
    ) -> LinkID {
        advance(to: now)
        return links.add(
            LinkTable.Link(
                isInbound: true, isUp: true, remoteHost: remoteHost, localHost: localHost,
                created: unixMilliseconds))
    }

    /// Begins to connect to a peer.
    mutating func makeLink(to peer: PeerIndex) {
        let id = links.add(
            LinkTable.Link(
                peer: cluster[peer].id, isInbound: false, isUp: false, remoteHost: "",
                localHost: "", created: unixMilliseconds))
        cluster[peer].link = id
        cluster[peer].isConnected = false
        outbox.append(.connect(id, host: cluster[peer].host, port: cluster[peer].busPort))
    }

    /// A link that this node asked for is there. A PING follows at once, so that no peer is suspected for want of
    /// one; a MEET where the peer is to let this node in (`clusterLinkConnectHandler`).
    mutating func linkUp(_ id: LinkID, localHost: String) {
        guard let link = links[id], let peer = link.peer.flatMap({ cluster.peer($0) }) else {
            return
        }
        links[id]?.isUp = true
        links[id]?.localHost = localHost
        links[id]?.pending = []
        cluster[peer].isConnected = true
        for message in link.pending { send(message, over: id) }
        // A PING that was under way before counts from its own time on.
        let pingSent = cluster[peer].pingSent
        sendPing(cluster[peer].flags.contains(.meet) ? .meet : .ping, over: id)
        if pingSent != 0 { cluster[peer].pingSent = pingSent }
        cluster[peer].flags.remove(.meet)
    }

    /// A link is gone. The cron makes a new one, and a peer that nobody has heard of for half a node timeout gets a
    /// PING by it whether or not it comes up: so the failure of one that refuses connections is noticed.
    mutating func linkDown(_ id: LinkID) {
        if links[id] != nil { forget(id) }
    }

    /// The driver ends a link because the other end takes too little of what is sent
    /// (`freeClusterLinkOnBufferLimitReached`).
    package mutating func noteOverflow(of id: LinkID) {
        guard links.contains(id) else { return }
        cluster.overflownLinks += 1
    }

    /// Ends a link (`freeClusterLink`).
    mutating func closeLink(_ id: LinkID) {
        guard links[id] != nil else { return }
        forget(id)
        outbox.append(.disconnect(id))
    }

    private mutating func forget(_ id: LinkID) {
        if let peer = links[id]?.peer.flatMap({ cluster.peer($0) }) {
            if cluster[peer].link == id {
                cluster[peer].link = nil
                cluster[peer].isConnected = false
            }
            if cluster[peer].inboundLink == id { cluster[peer].inboundLink = nil }
        }
        links[id] = nil
    }

    /// Notes from whom a link came. Of two the older one goes: a peer that connects again has lost it.
    mutating func bind(_ id: LinkID, to peer: PeerIndex) {
        if let previous = cluster[peer].inboundLink, previous != id { closeLink(previous) }
        cluster[peer].inboundLink = id
        links[id]?.peer = cluster[peer].id
    }

    /// Takes a node out of the cluster's list and ends its links.
    mutating func removePeer(_ peer: PeerIndex) {
        if let link = cluster[peer].link { closeLink(link) }
        if let link = cluster[peer].inboundLink { closeLink(link) }
        if cluster.failover.requester == peer { resetManualFailover() }
        cluster.remove(peer)
    }
}
