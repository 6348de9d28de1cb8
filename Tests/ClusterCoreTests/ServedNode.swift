import ClusterCore
import RESP

/// A node, and clients of it, for tests: what a client sends and what it gets back.
final class ServedNode {
    private(set) var node: Node
    private(set) var actions: [Action] = []
    private var connections: [ClientID: Connection] = [:]
    private var time = Instant.start

    /// A client's side of a connection.
    private final class Connection {
        var stream = ClientStream()
        var unconsumed: [UInt8] = []
    }

    /// With `isReplica` the node replicates another one, which owns the slots. Without it and with several
    /// masters it is the first of them.
    init(
        _ configuration: Configuration = Configuration(), isReplica: Bool = false, masters: Int = 1
    ) {
        let layout = ClusterLayout(
            masters: masters, replicas: 1, port: 7000, isEmpty: false, seed: 1)
        node = layout.node(
            isReplica ? masters : 0, configuration: configuration,
            wallClockAtStart: 1_700_000_000_000,
            at: .start)
        node.start(into: &actions)
        actions = []
    }

    /// A new client.
    func connect(from address: String = "127.0.0.1:50001", isSecure: Bool = false) -> ClientID {
        guard
            let id = node.connect(
                address: address, localAddress: "127.0.0.1:7000", isSecure: isSecure, at: time)
        else {
            preconditionFailure("the node takes no more clients")
        }
        connections[id] = Connection()
        return id
    }

    /// A connection to the node's bus port.
    func acceptLink() -> LinkID {
        node.acceptLink(from: "127.0.0.1", localHost: "127.0.0.1", at: time)
    }

    /// Sends a line, split as redis-cli splits it, and returns the reply as it comes over the wire.
    func send(_ line: String, from client: ClientID) -> String {
        let arguments = splitArguments(line.utf8) ?? []
        return send(arguments.request, from: client)
    }

    /// Sends lines at once.
    func send(together lines: [String], from client: ClientID) -> String {
        send(lines.flatMap { (splitArguments($0.utf8) ?? []).request }, from: client)
    }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8], from client: ClientID) -> String {
        guard let connection = connections[client] else { return "" }
        connection.unconsumed += bytes
        let input = connection.unconsumed + [0]
        let count = connection.unconsumed.count
        let consumed = input.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map {
                node.receive(
                    $0, count: count, from: client, stream: &connection.stream, at: time,
                    into: &actions)
            } ?? 0
        }
        connection.unconsumed.removeFirst(consumed)
        return take(connection)
    }

    /// Does what a driver does when `Action.complete` or the end of a save comes.
    func complete(_ client: ClientID, error: String? = nil) -> String {
        guard let connection = connections[client] else { return "" }
        node.complete(client, error: error, stream: &connection.stream, at: time, into: &actions)
        return take(connection)
    }

    /// Hands the node a packet of a peer, as that one would send it.
    func receive(
        _ body: BusMessage.Body, from index: PeerIndex, over link: LinkID,
        change: (inout BusMessage.Header) -> Void = { _ in }
    ) {
        let cluster = node.cluster
        let peer = cluster[index]
        let master = peer.master.map { cluster[$0] }
        var header = BusMessage.Header(
            sender: peer.id, currentEpoch: cluster.currentEpoch,
            configEpoch: (master ?? peer).configEpoch, offset: 0, slots: (master ?? peer).slots,
            master: master?.id, host: "", port: peer.port, busPort: peer.busPort,
            flags: peer.flags.intersection([.master, .replica]), isClusterOK: true)
        change(&header)
        step(.bus(link, BusMessage(header: header, body: body)))
    }

    /// Has the node connect to its peers, and returns its link to one of them.
    func makeLink(to index: PeerIndex) -> LinkID? {
        step(.timer(.cron))
        guard let link = node.cluster[index].link else { return nil }
        step(.linkUp(link, localHost: "127.0.0.1"))
        return link
    }

    /// Tells the node what its driver does of a link with too much waiting on it.
    func noteOverflow(of link: LinkID) {
        node.noteOverflow(of: link)
    }

    /// Lets time pass, and a timer fire.
    /// The driver's word on what a client has not taken.
    func noteOutput(_ bytes: Int, of client: ClientID) {
        node.noteOutput(bytes, of: client)
    }

    /// Lets time pass by a clock of the test while commands run.
    func measure(by stopwatch: @escaping @Sendable () -> Int64) {
        node.stopwatch = stopwatch
    }

    func step(_ event: Event, after duration: Duration = .zero) {
        time = time.advanced(by: duration)
        node.step(event, at: time, into: &actions)
    }

    /// Tells the node what its driver would.
    func learn(_ facts: HostFacts) {
        node.host = facts
    }

    /// Whether the node still serves the client.
    func isConnected(_ client: ClientID) -> Bool { node.clients.contains(client) }

    /// The actions since they were last taken.
    func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }

    private func take(_ connection: Connection) -> String {
        defer { connection.stream.output.removeAll() }
        return String(decoding: connection.stream.output.bytes, as: UTF8.self)
    }
}

extension [[UInt8]] {
    /// The arguments as a request.
    var request: [UInt8] {
        var request = [UInt8]("*\(count)\r\n".utf8)
        for argument in self {
            request += [UInt8]("$\(argument.count)\r\n".utf8)
            request += argument + [13, 10]
        }
        return request
    }
}

/// One exchange: a line, and its reply as Redis 7.0.15 sends it, without the last line end.
struct Exchange: CustomStringConvertible {
    let line: String
    let reply: String
    var description: String { line }

    init(_ line: String, _ reply: String) {
        self.line = line
        self.reply = reply
    }
}

extension String {
    /// The text with the line ends of the protocol.
    var wire: String {
        guard !isEmpty else { return "" }
        let lines = split(separator: "\n", omittingEmptySubsequences: false)
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}
