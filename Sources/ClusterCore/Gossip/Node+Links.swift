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

    /// A link that this node asked for is there.
    mutating func linkUp(_ id: LinkID, localHost: String) {
        links[id]?.isUp = true
        links[id]?.localHost = localHost
    }

    /// A link is gone.
    mutating func linkDown(_ id: LinkID) {
        links[id] = nil
    }

    /// Takes a packet.
    mutating func receive(_ message: BusMessage, from link: LinkID) {}
}
