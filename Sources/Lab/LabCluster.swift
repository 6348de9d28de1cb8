package import RESP

/// A running cluster as the learner's side sees it: addresses to connect to, and what any client can
/// learn through them. Lessons, shell and page work on this alone, and so run unchanged on every backend.
package protocol LabCluster: AnyObject, Sendable {
    /// The nodes that the backend started, by ascending port. A node that has been shut down stays listed.
    var nodes: [NodeAddress] { get }

    /// The address by which the lab knows a node that its cluster tells of by this one. They differ where clients are
    /// sent to hostnames.
    func place(of told: NodeAddress) -> NodeAddress

    /// Opens a connection of its own to one node; its state (READONLY, name, protocol) is the caller's.
    func connect(to address: NodeAddress) throws(LabError) -> any LabConnection

    /// Opens a connection as bytes, for those who speak the protocol themselves; the answers to some commands never
    /// end.
    func openStream(to endpoint: StreamEndpoint) throws(StreamFailure) -> any ByteStream

    /// `connect` that gives up when the limit is reached.
    func connect(
        to address: NodeAddress, within limit: Duration
    ) throws(LabError) -> any LabConnection

    /// Connects for somebody who only looks at the cluster, as checks and pictures do: reaches its node whatever is
    /// wrong with the network between nodes and clients, and without a password, where that is in the lab's hands.
    func observe(_ address: NodeAddress) throws(LabError) -> any LabConnection

    /// The same, but gives up when the limit is reached.
    func observe(
        _ address: NodeAddress, within limit: Duration
    ) throws(LabError) -> any LabConnection

    /// Stops the cluster and frees its ports. Further calls fail with `LabError.refused`.
    func shutDown()

    /// The cluster's time since it was started.
    var time: Duration { get }

    /// Whether time passes by itself. Where it does not, it passes only while somebody waits: for a reply, in `pass` and
    /// in `LabControl.advance`.
    var runsByItself: Bool { get }

    /// Takes in a writer until it is over. A cluster that does not run by itself drives it whenever time passes, for
    /// whomever; another one may see to it that its time is not too fast for it.
    func admit(_ writer: WriterShare)

    /// Waits until so much of the cluster's time has passed; a simulated cluster makes it pass.
    func pass(_ duration: Duration) throws(LabError)

    /// Faults, time and snapshots; nil where the lab has no hand in the cluster.
    var control: (any LabControl)? { get }

    /// What of this cannot be had from the cluster.
    var lacks: Set<LabAbility> { get }

    /// What is said instead of what would change a cluster that must stay as it is; nil for one that may change.
    var changeRefusal: String? { get }

    /// What the nodes did and noticed; nil where only they know.
    var events: EventLog? { get }

    /// Whether a client that a node sees at this address, as `127.0.0.1:54321`, is one of the lab's own connections.
    func isOwn(client: String) -> Bool

    /// The last lines of a node's log, as Redis writes them; nil where the lab does not keep them.
    func log(of node: NodeAddress) -> [String]?
}

extension LabCluster {
    package func place(of told: NodeAddress) -> NodeAddress { told }
    package var time: Duration { RealTime.elapsed }
    package var runsByItself: Bool { true }
    package func admit(_ writer: WriterShare) {
        precondition(runsByItself, "it has to drive its writers: its time stands still")
    }
    package func pass(_ duration: Duration) throws(LabError) { try RealTime.pass(duration) }
    package var control: (any LabControl)? { nil }
    package var events: EventLog? { nil }
    package var lacks: Set<LabAbility> { control?.lacks ?? [] }
    package var changeRefusal: String? { nil }
    package func log(of node: NodeAddress) -> [String]? { nil }
    package func isOwn(client: String) -> Bool { true }
    package func connect(
        to address: NodeAddress, within limit: Duration
    ) throws(LabError) -> any LabConnection {
        try connect(to: address)
    }
    package func observe(_ address: NodeAddress) throws(LabError) -> any LabConnection {
        try connect(to: address)
    }
    package func observe(
        _ address: NodeAddress, within limit: Duration
    ) throws(LabError) -> any LabConnection {
        try observe(address)
    }
}

/// One client connection to one node. Calls block the calling thread until the reply is there.
package protocol LabConnection: AnyObject {
    var address: NodeAddress { get }

    /// Sends a command and waits for its reply. An error reply is a value, not a thrown error.
    func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue

    /// The same, but gives up with `LabError.silent` when no reply has come within the limit.
    func send(_ arguments: [[UInt8]], within limit: Duration?) throws(LabError) -> RESPValue

    /// Sends commands in one go and waits for all replies, but no longer than the limit: then it closes and throws.
    /// A connection without a clock of its own waits for as long as it takes.
    func send(
        _ commands: [[[UInt8]]], within limit: Duration
    ) throws(LabError) -> [RESPValue]

    /// Sends commands in one go and waits for all replies, for as long as it takes.
    func sendAll(_ commands: [[[UInt8]]]) throws(LabError) -> [RESPValue]

    /// Waits so long in everybody's time for something that comes without having been asked for, such as a message;
    /// nil when nothing has come. The cluster's time passes meanwhile.
    func next(within limit: Duration) throws(LabError) -> RESPValue?

    /// Closes the connection; a later `send` throws.
    func close()
}

/// A connection whose bytes can be had as they come: the answer to SYNC is no RESP.
package protocol ByteConnection: LabConnection {
    /// Sends bytes as they are.
    func write(_ bytes: [UInt8]) throws(LabError)

    /// Waits for the next bytes, of which there is one at least.
    func readBytes() throws(LabError) -> [UInt8]
}

extension LabCluster {
    /// For nodes that are no processes: one command at a time, and nothing without being asked.
    package func openStream(
        to endpoint: StreamEndpoint
    ) throws(StreamFailure) -> any ByteStream {
        guard case .tcp(let host, let port) = endpoint.address else {
            throw StreamFailure(reason: "No such file or directory")
        }
        guard endpoint.tlsOptions == nil else {
            // What OpenSSL says of a server without TLS.
            throw StreamFailure(reason: "SSL_connect failed: wrong version number")
        }
        do throws(LabError) {
            return RequestStream(try connect(to: NodeAddress(host: host, port: port)))
        } catch {
            throw StreamFailure(error)
        }
    }
}

extension LabConnection {
    package func send(
        _ commands: [[[UInt8]]], within limit: Duration
    ) throws(LabError) -> [RESPValue] {
        try commands.map { command throws(LabError) in try send(command) }
    }

    package func sendAll(_ commands: [[[UInt8]]]) throws(LabError) -> [RESPValue] {
        try commands.map { command throws(LabError) in try send(command) }
    }

    /// `send` for arguments that are text.
    package func send(_ arguments: String...) throws(LabError) -> RESPValue {
        try send(arguments.map { Array($0.utf8) })
    }

    /// For connections on which nothing comes without having been asked for.
    package func next(within limit: Duration) throws(LabError) -> RESPValue? { nil }

    /// For connections whose replies never keep anybody waiting.
    package func send(
        _ arguments: [[UInt8]], within limit: Duration?
    ) throws(LabError) -> RESPValue {
        try send(arguments)
    }
}

/// Where a node listens for clients.
package struct NodeAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package init(host: String = "127.0.0.1", port: Int) {
        self.host = host
        self.port = port
    }

    /// `127.0.0.1:7000`, as redis-cli's prompt and MOVED write it.
    package var description: String { "\(host):\(port)" }

    package static func < (left: NodeAddress, right: NodeAddress) -> Bool {
        (left.port, left.host) < (right.port, right.host)
    }
}

/// The outside failed: a node that does not answer, a port that is taken.
package enum LabError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing listens there, or the node closed the door. The reason is the system's, such as `Connection refused`.
    case refused(NodeAddress, reason: String)
    /// The connection ended before the reply came.
    case connectionLost(NodeAddress)
    /// The connection is open, but no reply came in time: the node is frozen or busy.
    case silent(NodeAddress, for: Duration)
    /// The bytes received are no RESP.
    case malformedReply(NodeAddress)
    /// Ctrl-C while waiting for a reply.
    case interrupted
    /// A port that the cluster needs is taken by someone else.
    case portInUse(Int)
    /// A file or folder that cannot be read or written; the reason is the system's.
    case file(path: String, reason: String)
    /// The wish cannot be met by this backend.
    case unsupported(String)

    package var description: String {
        switch self {
        case .refused(let address, let reason):
            "Could not connect to Redis at \(address): \(reason)"
        case .connectionLost(let address): "Error: Server closed the connection (\(address))"
        case .silent(let address, let time):
            "\(address) takes connections but does not answer: no reply in "
                + "\(time.components.seconds) s, so it is frozen or busy"
        case .malformedReply(let address): "Protocol error in a reply of \(address)"
        case .interrupted: "Interrupted"
        case .portInUse(let port):
            "Port \(port) is in use. Choose another first port with --port N."
        case .file(let path, let reason): "\(path): \(reason)"
        case .unsupported(let what): what
        }
    }
}
