import ClusterCore

/// TCP as the nodes and clients see it.
extension World {
    /// Between two tries of a connection that nobody answers; doubled each time, as Linux does.
    private static let firstRetry = Duration.seconds(1)
    /// After so many tries it is given up.
    private static let knockLimit = 4
    /// What a payload takes that had to be sent again.
    private static let retransmission = Duration.milliseconds(200)

    // MARK: - Opening

    /// Begins to open a connection for its opener.
    mutating func open(
        _ opener: Connection.End, to address: String, port: Int, expectsBus: Bool
    ) -> ConnectionID {
        let isHere = address == Self.address || address == "localhost"
        let target = isHere ? listener(port: port) : nil
        guard let (host, isBus) = target, isBus == expectsBus else {
            // Nobody listens there: the kernel says so at once.
            let party = Connection(opener: opener, acceptor: opener, opened: time).party(.opener)
            let connection = connections.add(
                Connection(opener: opener, acceptor: .gone(party), opened: time))
            send(.refused("Connection refused"), over: connection, from: .acceptor)
            return connection
        }
        let connection = connections.add(
            Connection(
                opener: opener, acceptor: .listener(host: host, isBus: isBus), opened: time))
        knock(on: connection, attempt: 0)
        return connection
    }

    private mutating func knock(on id: ConnectionID, attempt: Int) {
        guard let connection = connections[id] else { return }
        let delay = latency(
            from: connection.party(.opener), to: connection.party(.acceptor),
            connection.traffic, firstRetry: Self.firstRetry)
        queue.schedule(
            .knock(id, attempt: attempt), at: time.advanced(byNanoseconds: delay))
    }

    mutating func knock(_ id: ConnectionID, _ attempt: Int) {
        guard let connection = connections[id], connection.state == .connecting,
            case .listener(let host, _) = connection.acceptor
        else { return }
        let (opener, acceptor) = (connection.party(.opener), Party.host(host))
        let isReachable =
            !network.isBlocked(from: opener, to: acceptor, connection.traffic)
            && !network.isBlocked(from: acceptor, to: opener, connection.traffic)
            && hosts[host].hasPower
        guard isReachable else { return knockAgain(id, attempt) }
        guard hosts[host].isUp else {
            return send(.refused("Connection refused"), over: id, from: .acceptor)
        }
        connections.modify(id) { $0.state = .open }
        send(.accepted, over: id, from: .acceptor)
        if hosts[host].isFrozen {
            hosts[host].deferred.append(.accept(id))
        } else {
            accept(id)
        }
    }

    private mutating func knockAgain(_ id: ConnectionID, _ attempt: Int) {
        let wait = Self.firstRetry * (1 << attempt)
        if attempt + 1 < Self.knockLimit {
            queue.schedule(.knock(id, attempt: attempt + 1), at: time.advanced(by: wait))
        } else {
            queue.schedule(.giveUp(id, .opener), at: time.advanced(by: wait))
        }
    }

    /// The process at the other end takes the connection from its kernel.
    mutating func accept(_ id: ConnectionID) {
        guard let connection = connections[id],
            case .listener(let host, let isBus) = connection.acceptor
        else { return }
        let now = clockReading(of: host)
        if isBus {
            let link = hosts[host].node.acceptLink(
                from: Self.address, localHost: Self.address, at: now)
            hosts[host].links[link] = id
            connections.modify(id) { $0.acceptor = .link(host: host, link) }
            return
        }
        let address = "\(Self.address):\(50_000 + Int(id.place) % 10_000)"
        guard
            let client = hosts[host].node.connect(
                address: address, localAddress: "\(Self.address):\(port(of: host))",
                isTrusted: connection.party(.opener) == .observer, at: now)
        else {
            send(.bytes(Array(Node.refusal.utf8), sent: time), over: id, from: .acceptor)
            return close(id, by: .acceptor)
        }
        hosts[host].served[client] = ServedClient(connection: id)
        connections.modify(id) { $0.acceptor = .served(host: host, client) }
    }

    // MARK: - Sending

    /// Hands a payload to the kernel of one side.
    mutating func send(_ payload: Payload, over id: ConnectionID, from side: Connection.Side) {
        guard let (source, target) = connections.parties(of: id, to: side.other) else { return }
        let delay = latency(
            from: source, to: target, connections.traffic(of: id),
            firstRetry: Self.retransmission)
        var arrival = time.advanced(byNanoseconds: delay)
        connections.modify(id) { connection in
            arrival = max(connection[flowTo: side.other].lastArrival, arrival)
            connection[flowTo: side.other].lastArrival = arrival
        }
        queue.schedule(.arrival(id, to: side.other, payload), at: arrival)
    }

    /// How long a payload takes, in nanoseconds.
    @inline(__always)
    private mutating func latency(
        from source: Party, to target: Party, _ traffic: Traffic, firstRetry: Duration
    ) -> Int64 {
        if !settings.isChecked, source.host == nil || target.host == nil {
            return isStill ? 0 : outsideLatency(from: source, to: target, traffic, firstRetry)
        }
        let usual = network.latency(from: source, to: target, using: &random)
        guard network.hasRules else { return usual }
        return usual
            + network.extraLatency(
                from: source, to: target, traffic, firstRetry: firstRetry, using: &random)
    }

    /// The same for clients from outside, which draw nothing that decides what nodes do: who asks more questions sees
    /// the same happen, at the same time.
    private mutating func outsideLatency(
        from source: Party, to target: Party, _ traffic: Traffic, _ firstRetry: Duration
    ) -> Int64 {
        let usual = network.middleLatency(from: source, to: target)
        guard network.hasRules else { return usual }
        return usual
            + network.extraLatency(
                from: source, to: target, traffic, firstRetry: firstRetry,
                using: &outsideRandom)
    }

    mutating func arrive(_ id: ConnectionID, to side: Connection.Side, _ payload: Payload) {
        guard let (source, target) = connections.parties(of: id, to: side) else { return }
        guard !payload.isData || !connections.isCut(id, to: side) else { return }
        if network.isBlocked(from: source, to: target, connections.traffic(of: id))
            || connections.isHeld(id, to: side)
        {
            return connections.hold(payload, over: id, to: side)
        }
        // What was held back meanwhile comes first.
        let released = connections.released(id, to: side)
        if released > time {
            queue.schedule(.arrival(id, to: side, payload), at: released)
        } else {
            handle(.delivery(id, to: side, payload))
        }
    }

    /// Lets go what was held back and may pass now.
    mutating func releaseHeld() {
        for (id, side) in connections.takeHeld() {
            guard let connection = connections[id] else { continue }
            let (source, target) = (connection.party(side.other), connection.party(side))
            guard !network.isBlocked(from: source, to: target, connection.traffic) else {
                connections.keepHeld(id, side)
                continue
            }
            let delay =
                network.latency(from: source, to: target, using: &random)
                + pause(upTo: Self.retransmission).nanoseconds
            // After all that is under way, which comes behind it then, and before all that is sent from now on.
            let released = max(
                connection[flowTo: side].lastArrival.advanced(by: .nanoseconds(1)),
                time.advanced(byNanoseconds: delay))
            for payload in connection[flowTo: side].held {
                queue.schedule(.arrival(id, to: side, payload), at: released)
            }
            connections.modify(id) { connection in
                connection[flowTo: side].held = []
                connection[flowTo: side].released = released
                connection[flowTo: side].lastArrival = released.advanced(by: .nanoseconds(1))
            }
        }
    }

    mutating func deliver(
        _ payload: Payload, over id: ConnectionID, to side: Connection.Side
    ) {
        guard let end = connections.end(of: id, side) else { return }
        switch end {
        case .link(let host, let link): deliver(payload, to: link, of: host, id, side)
        case .stream(let host, let stream): deliver(payload, to: stream, of: host, id)
        case .served(let host, let client):
            switch payload {
            case .bytes(let bytes, _): receive(bytes, from: client, of: host)
            case .end: lose(id, side)
            case .message, .accepted, .refused: break
            }
        case .client(let client): deliver(payload, toClient: client, id)
        case .outsider(let outsider, _): deliver(payload, toOutsider: outsider, id)
        case .listener: break
        case .gone(let party): answer(payload, at: party, over: id, side)
        }
    }

    private mutating func deliver(
        _ payload: Payload, to link: LinkID, of host: Int, _ id: ConnectionID,
        _ side: Connection.Side
    ) {
        switch payload {
        case .message(let message): step(host, .bus(link, message))
        case .accepted: step(host, .linkUp(link, localHost: Self.address))
        case .refused, .end: lose(id, side)
        case .bytes: preconditionFailure("bytes on the bus link \(link)")
        }
    }

    private mutating func deliver(
        _ payload: Payload, to stream: StreamID, of host: Int, _ id: ConnectionID
    ) {
        switch payload {
        case .bytes(let bytes, _): step(host, .streamBytes(stream, bytes))
        case .accepted: step(host, .streamUp(stream))
        case .refused(let reason): lose(id, .opener, reason: reason)
        case .end: lose(id, .opener)
        case .message: preconditionFailure("a bus message on the stream \(stream)")
        }
    }

    /// A kernel gets something for a connection that it does not know (any more).
    private mutating func answer(
        _ payload: Payload, at party: Party, over id: ConnectionID, _ side: Connection.Side
    ) {
        switch payload {
        case .end, .refused: connections.modify(id) { $0.state = .closed }
        case .bytes, .message, .accepted:
            if case .host(let host) = party, !hosts[host].hasPower {
                queue.schedule(
                    .arrival(id, to: side, payload), at: time.advanced(by: Self.firstRetry))
            } else if !connection(id, hasEnded: side) {
                send(.end, over: id, from: side)
            }
        }
    }

    /// Whether that side has told the other one of the end.
    private func connection(_ id: ConnectionID, hasEnded side: Connection.Side) -> Bool {
        connections[id]?.hasEnded(side) ?? true
    }

    // MARK: - Ending

    /// One side closes: what it has sent still arrives, then the end.
    mutating func close(_ id: ConnectionID, by side: Connection.Side) {
        if connections[id]?.state == .connecting { return connections.remove(id) }
        leave(id, side)
        guard connections[id] != nil else { return }
        connections.modify(id) { $0.markEnded(side) }
        send(.end, over: id, from: side)
    }

    /// What a rule makes late is lost with the process that sent it, as it is in clusters that live in this program's own
    /// process: that is how a learner sees writes get lost.
    mutating func dropDelayed(_ id: ConnectionID, from side: Connection.Side) {
        guard network.hasRules, let (source, target) = connections.parties(of: id, to: side.other),
            network.isDelayed(from: source, to: target, connections.traffic(of: id))
        else { return }
        connections.modify(id) { connection in
            connection[flowTo: side.other].isCut = true
            connection[flowTo: side.other].lastArrival = .start
        }
    }

    /// One side is no more, and nobody is told.
    mutating func leave(_ id: ConnectionID, _ side: Connection.Side) {
        guard let connection = connections[id] else { return }
        connections.modify(id) { $0[side] = .gone(connection.party(side)) }
        if case .gone = connection[side.other] { connections.remove(id) }
    }

    /// A side learns that the connection is gone.
    mutating func lose(
        _ id: ConnectionID, _ side: Connection.Side, reason: String = "Connection reset by peer"
    ) {
        guard let connection = connections[id] else { return }
        leave(id, side)
        switch connection[side] {
        case .link(let host, let link):
            hosts[host].links[link] = nil
            step(host, .linkDown(link))
        case .stream(let host, let stream):
            hosts[host].streams[stream] = nil
            step(host, .streamDown(stream, reason: reason))
        case .served(let host, let client):
            hosts[host].served[client] = nil
            step(host, .clientGone(client))
        case .client(let client): connectionLost(id, of: client)
        case .outsider(let outsider, _):
            outsideNews += 1
            outsiders[outsider]?.end(reason)
        case .listener, .gone: break
        }
        // What is lost here is gone there too, as soon as that side is heard of again.
        if let connection = connections[id], case .gone = connection[side.other] {
            connections.remove(id)
        }
    }

    mutating func giveUp(_ id: ConnectionID, _ side: Connection.Side) {
        lose(id, side, reason: "Connection timed out")
    }

    /// The side at which a host has that link: it may even be connected to itself.
    func side(of id: ConnectionID, host: Int, link: LinkID) -> Connection.Side {
        if case .link(host, link)? = connections.end(of: id, .opener) { return .opener }
        return .acceptor
    }
}
