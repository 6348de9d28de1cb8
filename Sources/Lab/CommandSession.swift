package import RESP

/// Where a node sent the client for a slot: a parsed MOVED or ASK.
package struct Redirect: Hashable, Sendable {
    package enum Kind: Sendable {
        /// The slot lives elsewhere for good.
        case moved
        /// The slot is on its way: this one command is to be asked there, after ASKING.
        case ask
    }

    package var kind: Kind
    package var slot: Int
    package var target: NodeAddress

    package init(kind: Kind, slot: Int, target: NodeAddress) {
        self.kind = kind
        self.slot = slot
        self.target = target
    }

    /// Nil when the reply is no redirect. A node that does not know its host sends `MOVED 3999 :7001`:
    /// the host then is the one that was asked.
    package init?(_ reply: RESPValue, from asked: NodeAddress) {
        guard case .error(let message) = reply else { return nil }
        let words = message.split(separator: " ")
        guard words.count == 3, let slot = Int(words[1]), let colon = words[2].lastIndex(of: ":"),
            let port = Int(words[2][words[2].index(after: colon)...])
        else { return nil }
        switch words[0] {
        case "MOVED": kind = .moved
        case "ASK": kind = .ask
        default: return nil
        }
        let host = words[2][..<colon]
        self.slot = slot
        target = NodeAddress(host: host.isEmpty ? asked.host : String(host), port: port)
    }
}

/// One command with all that came of it.
package struct Exchange: Sendable {
    /// The node that was asked first.
    package var address: NodeAddress
    package var arguments: [[UInt8]]
    /// In the order in which they were followed; empty when none came or none was followed.
    package var redirects: [Redirect]
    package var answeredBy: NodeAddress
    /// The last reply.
    package var reply: RESPValue

    package init(
        address: NodeAddress, arguments: [[UInt8]], redirects: [Redirect] = [],
        answeredBy: NodeAddress, reply: RESPValue
    ) {
        self.address = address
        self.arguments = arguments
        self.redirects = redirects
        self.answeredBy = answeredBy
        self.reply = reply
    }
}

/// One learner's connection to the current node, and redirects followed as `redis-cli -c` follows them:
/// MOVED and ASK alike move the session to the target, on a new connection (READONLY, MULTI and names
/// stay behind), and after ASK the command goes out behind an ASKING.
package struct CommandSession {
    /// The current node. Another one is connected to when the next command runs.
    package var address: NodeAddress {
        didSet { if address != oldValue { disconnect() } }
    }
    package var followsRedirects: Bool
    /// The redirects of the last command, also when it failed on the way.
    package private(set) var redirects: [Redirect] = []
    private let cluster: any LabCluster
    private var connection: (any LabConnection)?

    /// More in one command means that nodes point at each other. redis-cli would go on for ever.
    package static let redirectLimit = 16

    package init(cluster: any LabCluster, address: NodeAddress, followsRedirects: Bool) {
        self.cluster = cluster
        self.address = address
        self.followsRedirects = followsRedirects
    }

    /// Sends one command to the current node and follows its redirects if wanted. A redirect that is
    /// not followed is the reply, as it is when the limit is reached.
    /// - Parameter limit: how long each reply may take.
    package mutating func run(
        _ arguments: [[UInt8]], within limit: Duration? = nil
    ) throws(LabError) -> Exchange {
        let first = address
        redirects = []
        var reply = try send(arguments, within: limit)
        while followsRedirects, redirects.count < Self.redirectLimit,
            let redirect = Redirect(reply, from: address)
        {
            redirects.append(redirect)
            disconnect()
            address = redirect.target
            if redirect.kind == .ask { _ = try send([Array("ASKING".utf8)], within: limit) }
            reply = try send(arguments, within: limit)
        }
        return Exchange(
            address: first, arguments: arguments, redirects: redirects, answeredBy: address,
            reply: reply)
    }

    /// Whether the next command finds an open connection.
    package var isConnected: Bool { connection != nil }

    /// Connects to the current node if no connection is open.
    package mutating func connect() throws(LabError) {
        _ = try openConnection()
    }

    /// Closes the connection; the next command opens another one.
    package mutating func disconnect() {
        connection?.close()
        connection = nil
    }

    private mutating func send(
        _ arguments: [[UInt8]], within limit: Duration?
    ) throws(LabError) -> RESPValue {
        let connection = try openConnection()
        do throws(LabError) {
            return try connection.send(arguments, within: limit)
        } catch {
            disconnect()
            throw error
        }
    }

    private mutating func openConnection() throws(LabError) -> any LabConnection {
        if let connection { return connection }
        let opened = try cluster.connect(to: address)
        connection = opened
        return opened
    }
}
