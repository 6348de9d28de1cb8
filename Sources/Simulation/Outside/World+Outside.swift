import ClusterCore

/// Clients that whoever holds the world speaks for.
extension World {
    /// Begins to connect to a port.
    /// - Parameter isObserver: whether the client reaches its node whatever is wrong between nodes and clients.
    /// - Returns: the number of the client, which is never used twice.
    package mutating func connectFromOutside(port: Int, isObserver: Bool = false) -> Int {
        outsiderCount += 1
        let number = outsiderCount
        let end = Connection.End.outsider(number, isObserver: isObserver)
        let id = open(end, to: Self.address, port: port, expectsBus: false)
        outsiders[number] = OutsideClient(
            connection: id, host: listener(port: port)?.host,
            party: isObserver ? .observer : .outside)
        return number
    }

    /// How far the connection of a client is.
    package func outsideState(_ number: Int) -> OutsideState {
        outsiders[number]?.state ?? .ended
    }

    /// Hands over bytes of a client.
    package mutating func sendFromOutside(_ bytes: [UInt8], by number: Int) {
        guard let client = outsiders[number], client.state == .open else { return }
        send(.bytes(bytes, sent: time), over: client.connection, from: .opener)
    }

    /// What has come for a client since the last time.
    package mutating func takeReceived(_ number: Int) -> [UInt8] {
        guard let bytes = outsiders[number]?.received, !bytes.isEmpty else { return [] }
        outsiders[number]?.received = []
        return bytes
    }

    /// The client closes its connection, and is forgotten.
    package mutating func closeFromOutside(_ number: Int) {
        guard let client = outsiders.removeValue(forKey: number) else { return }
        switch client.state {
        case .connecting, .open: close(client.connection, by: .opener)
        case .refused, .ended: break
        }
    }

    /// All of them are gone, as if they had closed.
    package mutating func closeAllFromOutside() {
        for number in outsiders.keys.sorted() { closeFromOutside(number) }
    }

    /// Whether a client has something to see; that it is gone counts.
    package func hasNews(for number: Int) -> Bool { outsiders[number]?.hasNews ?? true }

    /// Why a client hears nothing, however much time passes; nil where its node can read and answer as things are.
    package func silence(for number: Int) -> OutsideSilence? {
        guard let client = outsiders[number], let host = client.host else { return nil }
        if hosts[host].isFrozen { return .frozen }
        let isBlocked =
            network.isBlocked(from: client.party, to: .host(host), .commands)
            || network.isBlocked(from: .host(host), to: client.party, .commands)
        return isBlocked ? .blocked : nil
    }

    mutating func deliver(_ payload: Payload, toOutsider number: Int, _ id: ConnectionID) {
        outsideNews += 1
        switch payload {
        case .accepted: outsiders[number]?.open()
        case .bytes(let bytes, _): outsiders[number]?.received += bytes
        case .refused(let reason): lose(id, .opener, reason: reason)
        case .end: lose(id, .opener)
        case .message: preconditionFailure("a bus message for the outside client \(number)")
        }
    }

    // MARK: - What else is done from outside

    /// Asks a node to end, as SIGTERM does. One that sleeps ends at once.
    package mutating func terminate(_ host: Int) {
        guard hosts[host].isUp else { return }
        if hosts[host].node.isAsleep || hosts[host].node.isHeld { return end(host) }
        step(host, .signal("SIGTERM"))
    }

    /// Replaces all that is wrong with the network by rules. What was held back and may pass now arrives late; what
    /// was made late does not wait longer than if it were sent now.
    package mutating func setNetwork(_ rules: [NetworkRule]) {
        let earlier = network
        network.set(rules)
        if earlier.hasRules { hasten(after: earlier) }
        releaseHeld()
    }

    /// Brings what is under way, and was made late by rules, to its end as the rules of now have it.
    private mutating func hasten(after earlier: VirtualNetwork) {
        let (connections, network, now) = (connections, network, time)
        let latest = { (id: ConnectionID, side: Connection.Side) -> Instant? in
            guard let (source, target) = connections.parties(of: id, to: side) else { return nil }
            let traffic = connections.traffic(of: id)
            guard earlier.isLate(from: source, to: target, traffic),
                !network.isLossy(from: source, to: target, traffic)
            else { return nil }
            return now.advanced(
                byNanoseconds: network.middleLatency(from: source, to: target)
                    + network.delay(from: source, to: target, traffic))
        }
        var hastened: [(id: ConnectionID, side: Connection.Side, latest: Instant)] = []
        // Of one flow all are moved to the same instant at the earliest, so that their order stays.
        queue.reschedule { occurrence, due in
            guard case .arrival(let id, let side, _) = occurrence, let limit = latest(id, side),
                limit < due
            else { return due }
            hastened.append((id, side, limit))
            return limit
        }
        for (id, side, limit) in hastened {
            self.connections.modify(id) { connection in
                connection[flowTo: side].lastArrival = min(
                    connection[flowTo: side].lastArrival, limit)
            }
        }
    }

    /// What the nodes have told since the last time.
    package mutating func takeEvents() -> [ToldEvent] {
        guard !events.isEmpty else { return [] }
        defer { events = [] }
        return events
    }

    /// Whether every node knows that all is well, and is connected to whom it has to be.
    package var isSettled: Bool {
        hosts.prefix(layout.count).allSatisfy { host in
            let cluster = host.node.cluster
            return cluster.isOK && (!host.node.isReplica || host.node.isMasterLinkUp)
                && cluster.peers.allSatisfy { $0.flags.contains(.myself) || $0.isConnected }
        }
    }
}
