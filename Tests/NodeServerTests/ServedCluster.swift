import Lab
import LabBackends
import RESP
import TestSupport

/// A cluster of this process on ports that were free.
final class ServedCluster {
    let cluster: InProcessCluster
    private let firstPort: Int

    /// The port of the first node.
    var port: Int { firstPort }

    init(masters: Int = 1, dir: String? = nil) throws {
        firstPort = try FreePorts(count: masters).first
        cluster = try InProcessLab(dir: dir).startServer(
            ClusterPlan(masters: masters, replicas: 0, port: firstPort))
    }

    deinit {
        cluster.shutDown()
    }

    /// A client of the node, for single bytes.
    func client(of node: Int = 0) throws -> RawClient {
        try RawClient(port: firstPort + node)
    }

    /// A client of the node, for commands and replies.
    func connect(to node: Int = 0) throws -> RESPConnection {
        try testConnection(to: NodeAddress(port: firstPort + node))
    }

    /// Whether a new client gets its answer.
    func isServing(_ node: Int = 0) throws -> Bool {
        try connect(to: node).send("PING") == .simpleString("PONG")
    }

    /// How many clients the node has, the asking one included.
    func clientCount(_ asking: RESPConnection) throws -> Int {
        try asking.send("CLIENT", "LIST").text?.split(separator: "\n").count ?? 0
    }

    /// Returns once the asking client is alone: that others are gone is seen a little later than it happens.
    func awaitNoOthers(_ asking: RESPConnection) throws {
        try waitUntil("all other clients are gone") { try clientCount(asking) <= 1 }
    }
}

/// A request in the protocol's form.
func request(_ arguments: [UInt8]...) -> [UInt8] {
    arguments.reduce(into: Array("*\(arguments.count)\r\n".utf8)) { bytes, argument in
        bytes += "$\(argument.count)\r\n".utf8
        bytes += argument
        bytes += "\r\n".utf8
    }
}

func request(_ line: String) -> [UInt8] { Array("\(line)\r\n".utf8) }
