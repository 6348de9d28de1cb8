import ClusterCore
import Keyspace
import RESP

/// How clients talk to nodes: connections, redirections, timeouts.
extension World {
    /// Redirections of one command.
    private static let redirectLimit = 16

    /// When a client gives up waiting for a reply.
    private var patience: Duration { settings.nodeTimeout * 2 }

    mutating func wakeClient(_ client: Int, after wait: Duration) {
        clients[client].generation += 1
        queue.schedule(
            .clientWake(client, generation: clients[client].generation), at: time.advanced(by: wait)
        )
    }

    mutating func wake(_ client: Int, _ generation: Int) {
        guard clients[client].generation == generation else { return }
        guard let request = clients[client].request else { return beginWork(client) }
        // No reply in time: the connection is of no use any more.
        let line = clients[client].connections[request.host]
        if let line { drop(line.id, of: client, host: request.host) }
        finish(client, line?.isUp == true ? .unknown : .refused)
    }

    /// Sends a command.
    mutating func begin(
        _ client: Int, _ purpose: SimulatedClient.Purpose, _ arguments: [String], at host: Int
    ) {
        precondition(clients[client].request == nil, "client \(client) does something else")
        clients[client].request = SimulatedClient.Request(
            purpose: purpose, arguments: arguments.map { Array($0.utf8) }, host: host, begun: time)
        submit(client, isAsking: false)
        wakeClient(client, after: patience)
    }

    private mutating func submit(_ client: Int, isAsking: Bool) {
        guard let request = clients[client].request else { return }
        var bytes = isAsking ? encode([Array("ASKING".utf8)]) : []
        bytes += encode(request.arguments)
        clients[client].request?.repliesToSkip = isAsking ? 1 : 0
        if let line = clients[client].connections[request.host] {
            if line.isUp {
                send(.bytes(bytes, sent: time), over: line.id, from: .opener)
            } else {
                clients[client].connections[request.host]?.waiting.append(bytes)
            }
            return
        }
        let id = open(
            .client(client), to: Self.address, port: port(of: request.host), expectsBus: false)
        clients[client].connections[request.host] = SimulatedClient.Line(id: id, waiting: [bytes])
    }

    private func encode(_ arguments: [[UInt8]]) -> [UInt8] {
        var bytes = Array("*\(arguments.count)\r\n".utf8)
        for argument in arguments {
            bytes += Array("$\(argument.count)\r\n".utf8)
            bytes += argument
            bytes += [13, 10]
        }
        return bytes
    }

    // MARK: - What comes back

    mutating func deliver(_ payload: Payload, toClient client: Int, _ id: ConnectionID) {
        guard let host = host(of: id, client: client) else { return }
        switch payload {
        case .accepted:
            let waiting = clients[client].connections[host]?.waiting ?? []
            clients[client].connections[host]?.isUp = true
            clients[client].connections[host]?.waiting = []
            for bytes in waiting { send(.bytes(bytes, sent: time), over: id, from: .opener) }
        case .bytes(let bytes, let sent): receive(bytes, sent: sent, by: client, from: host)
        case .refused, .end: lose(id, .opener)
        case .message: preconditionFailure("a bus message for client \(client)")
        }
    }

    private func host(of id: ConnectionID, client: Int) -> Int? {
        hosts.indices.first { clients[client].connections[$0]?.id == id }
    }

    /// A connection of a client is gone.
    mutating func connectionLost(_ id: ConnectionID, of client: Int) {
        guard let host = host(of: id, client: client) else { return }
        let line = clients[client].connections.removeValue(forKey: host)
        guard let request = clients[client].request, request.host == host else { return }
        finish(client, line?.isUp == true ? .unknown : .refused)
    }

    private mutating func drop(_ id: ConnectionID, of client: Int, host: Int) {
        clients[client].connections[host] = nil
        close(id, by: .opener)
    }

    private mutating func receive(
        _ bytes: [UInt8], sent: Instant, by client: Int, from host: Int
    ) {
        clients[client].connections[host]?.parser.append(bytes)
        while let reply = nextReply(client, host) {
            guard let request = clients[client].request, request.host == host else { return }
            if request.repliesToSkip > 0 {
                clients[client].request?.repliesToSkip -= 1
            } else {
                take(reply, executed: sent, client)
            }
        }
    }

    private mutating func nextReply(_ client: Int, _ host: Int) -> RESPValue? {
        do throws(RESPParser.Malformed) {
            return try clients[client].connections[host]?.parser.next()
        } catch {
            violate(.malformedReply(host: host))
            return nil
        }
    }

    private mutating func take(_ reply: RESPValue, executed: Instant, _ client: Int) {
        guard let request = clients[client].request else { return }
        guard case .error(let message) = reply else {
            return finish(client, .reply(reply, executed: executed))
        }
        if case .administer = request.purpose {
            return finish(client, .reply(reply, executed: executed))
        }
        let words = message.split(separator: " ")
        let isAsk = words.first == "ASK"
        guard words.count == 3, isAsk || words.first == "MOVED",
            let target = redirection(String(words[2])),
            request.redirects < Self.redirectLimit
        else { return finish(client, .refused) }
        clients[client].request?.host = target
        clients[client].request?.redirects += 1
        submit(client, isAsking: isAsk)
    }

    /// The host at `127.0.0.1:7003`.
    private func redirection(_ address: String) -> Int? {
        guard let port = address.split(separator: ":").last.flatMap({ Int($0) }),
            let listener = listener(port: port), !listener.isBus
        else { return nil }
        return listener.host
    }

    private mutating func finish(_ client: Int, _ outcome: SimulatedClient.Outcome) {
        guard let request = clients[client].request else { return }
        clients[client].request = nil
        conclude(client, request, outcome)
        // The administrator wakes itself, sometimes later.
        guard clients[client].request == nil, client != administratorClient else { return }
        wakeClient(client, after: pause(upTo: thinkTime))
    }

    /// How long a client waits at most before its next command.
    private var thinkTime: Duration { .milliseconds(200) }
}
