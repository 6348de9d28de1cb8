import ClusterCore
import RESP

/// Clients of the nodes: those of a test, and nodes that connect to one another.
extension BusNetwork {
    /// A connection to a node's client port.
    final class Connection {
        let node: Int
        let client: ClientID
        /// The node's side of it.
        var stream = ClientStream()
        /// What the node has not consumed yet.
        var input: [UInt8] = []
        /// What the client has got, where it is a test's.
        var received: [UInt8] = []
        /// The node at the other end and its name for the connection, where it is not a test's.
        let opener: (node: Int, stream: StreamID)?
        var isOpen = true

        init(node: Int, client: ClientID, opener: (node: Int, stream: StreamID)? = nil) {
            self.node = node
            self.client = client
            self.opener = opener
        }

        /// What came since it was last asked for, as text.
        func take() -> String {
            defer { received = [] }
            return String(decoding: received, as: UTF8.self)
        }
    }

    /// A client of a node, that stays.
    func connect(to node: Int) -> Connection {
        guard
            let client = nodes[node].connect(
                address: "127.0.0.1:50000", localAddress: "127.0.0.1:7000", at: now)
        else { preconditionFailure("the node takes no more clients") }
        let connection = Connection(node: node, client: client)
        connections.append(connection)
        return connection
    }

    /// Sends a command over a connection; returns what comes at once.
    @discardableResult
    func send(_ line: String, over connection: Connection) -> String {
        send((splitArguments(line.utf8) ?? []).request, over: connection)
    }

    /// The same with bytes as they are.
    @discardableResult
    func send(_ bytes: [UInt8], over connection: Connection) -> String {
        receive(bytes, of: connection.client, at: connection.node)
        return connection.take()
    }

    /// Sends a command to a node over a connection of its own; returns the reply as it comes over the wire.
    @discardableResult
    func send(_ line: String, to node: Int) -> String {
        let connection = connect(to: node)
        let reply = send(line, over: connection)
        connections.removeAll { $0 === connection }
        var actions: [Action] = []
        nodes[node].step(.clientGone(connection.client), at: now, into: &actions)
        perform(actions, of: node)
        return reply
    }

    /// The same with arguments as they are.
    @discardableResult
    func send(_ arguments: [[UInt8]], to node: Int) -> String {
        let connection = connect(to: node)
        defer { connections.removeAll { $0 === connection } }
        return send(arguments.request, over: connection)
    }

    /// Hands a node bytes of a stream that it opened.
    func deliver(_ bytes: [UInt8], of stream: StreamID, to node: Int) {
        step(.streamBytes(stream, bytes), of: node)
    }

    /// Who is being sent a snapshot.
    func snapshotReceivers(of node: Int) -> [ClientID] { nodes[node].snapshotReceivers }

    /// Ends the connections that a node made to the client port of others, without a word to either.
    func cutStreams(of node: Int) {
        for connection in connections where connection.opener?.node == node { end(connection) }
    }

    // MARK: - What the nodes ask for

    func performForClients(_ action: Action, of node: Int) {
        switch action {
        case .open(let stream, _, let port):
            onOpen(stream)
            open(stream, port: port, by: node)
        case .transmit(let stream, let bytes):
            guard let connection = connection(stream, of: node) else { return }
            schedule(.input(connection.client, bytes), for: connection.node, from: node)
        case .shut(let stream):
            guard let connection = connection(stream, of: node) else { return }
            connection.isOpen = false
            connections.removeAll { $0 === connection }
            schedule(.clientGone(connection.client), for: connection.node, from: node)
        case .write(let client, let bytes):
            if let connection = connection(client, at: node) { hand(bytes, to: connection) }
        case .close(let client), .drop(let client):
            if let connection = connection(client, at: node) { end(connection) }
        case .resume(let client): receive([], of: client, at: node)
        case .resumeAll:
            for connection in connections where connection.node == node {
                receive([], of: connection.client, at: node)
            }
        case .complete(let client): complete(client, at: node)
        case .log(_, let line): logs[node, default: []].append(line)
        case .shutDown: ended.insert(node)
        default: break
        }
    }

    /// Hands a node bytes of a client, with what it has not consumed of it before.
    func receive(_ bytes: [UInt8], of client: ClientID, at node: Int) {
        guard let connection = connection(client, at: node) else { return }
        connection.input += bytes
        guard !connection.input.isEmpty else { return }
        var actions: [Action] = []
        let input = connection.input + [0]
        let consumed = input.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map {
                nodes[node].receive(
                    $0, count: buffer.count - 1, from: client, stream: &connection.stream,
                    at: now, into: &actions)
            } ?? 0
        }
        connection.input.removeFirst(consumed)
        handReplies(to: connection)
        perform(actions, of: node)
    }

    /// Ends the connections to and from a node.
    func dropConnections(of node: Int) {
        for connection in connections
        where connection.node == node || connection.opener?.node == node {
            end(connection)
        }
    }

    private func open(_ stream: StreamID, port: Int, by node: Int) {
        let other = nodes.firstIndex { $0.configuration.port == port }
        guard let other, !stopped.contains(other), !ended.contains(other),
            let client = nodes[other].connect(
                address: "127.0.0.1:\(40000 + node)", localAddress: "127.0.0.1:\(port)", at: now)
        else {
            return schedule(
                .streamDown(stream, reason: "Connection refused"), for: node, from: nil)
        }
        connections.append(
            Connection(node: other, client: client, opener: (node: node, stream: stream)))
        schedule(.streamUp(stream), for: node, from: other)
    }

    private func end(_ connection: Connection) {
        guard connection.isOpen else { return }
        connection.isOpen = false
        connections.removeAll { $0 === connection }
        schedule(.clientGone(connection.client), for: connection.node, from: nil)
        if let opener = connection.opener {
            schedule(
                .streamDown(opener.stream, reason: "Connection reset by peer"), for: opener.node,
                from: nil)
        }
    }

    private func complete(_ client: ClientID, at node: Int) {
        guard let connection = connection(client, at: node) else { return }
        var actions: [Action] = []
        nodes[node].complete(
            client, error: nil, stream: &connection.stream, at: now, into: &actions)
        handReplies(to: connection)
        perform(actions, of: node)
    }

    private func handReplies(to connection: Connection) {
        let replies = Array(connection.stream.output.bytes)
        connection.stream.output.removeAll()
        if !replies.isEmpty { hand(replies, to: connection) }
    }

    private func hand(_ bytes: [UInt8], to connection: Connection) {
        guard let opener = connection.opener else {
            connection.received += bytes
            return
        }
        schedule(
            .event(.streamBytes(opener.stream, bytes)), for: opener.node,
            at: now.advanced(by: streamLatency), from: connection.node)
    }

    private func connection(_ client: ClientID, at node: Int) -> Connection? {
        connections.first { $0.node == node && $0.client == client }
    }

    private func connection(_ stream: StreamID, of node: Int) -> Connection? {
        connections.first { $0.opener?.node == node && $0.opener?.stream == stream }
    }
}
