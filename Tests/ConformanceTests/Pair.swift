import Lab
import LabBackends
import RESP
import TestSupport

/// A lab node and a real redis-server, both owners of every slot, and a client of each.
struct Pair {
    private let server: RedisServer
    private let cluster: any LabCluster
    private let lab: any LabConnection
    private let redis: any LabConnection

    init(protocolVersion: Int = 2) throws {
        server = try RedisServer()
        cluster = try InProcessLab().start(
            ClusterPlan(masters: 1, replicas: 0, port: try FreePorts(count: 1).first))
        lab = try cluster.connectInTest(to: cluster.nodes[0])
        redis = try server.connect()
        if protocolVersion == 3 { _ = try send(words: ["HELLO", "3"]) }
    }

    /// Another client of each.
    func connect() throws -> (lab: RESPConnection, redis: RESPConnection) {
        (try testConnection(to: cluster.nodes[0]), try server.connect())
    }

    /// Both replies to a line, split as redis-cli splits it.
    func send(_ line: String) throws -> (lab: RESPValue, redis: RESPValue) {
        try send(arguments: splitArguments(Array(line.utf8)) ?? [])
    }

    func send(words: [String]) throws -> (lab: RESPValue, redis: RESPValue) {
        try send(arguments: words.map { Array($0.utf8) })
    }

    func send(arguments: [[UInt8]]) throws -> (lab: RESPValue, redis: RESPValue) {
        (try lab.send(arguments), try redis.send(arguments))
    }

    func close() {
        cluster.shutDown()
    }
}
