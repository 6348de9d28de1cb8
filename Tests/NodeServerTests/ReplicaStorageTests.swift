import ClusterCore
import Foundation
import Lab
import LabBackends
import NodeServer
import RESP
import TestSupport
import Testing

/// The append-only file of a replica.
@Suite(.serialized)
struct ReplicaStorageTests {
    @Test(.timeLimit(.minutes(1)))
    func `a replica's file has what its master had, and every write since`() throws {
        let folders = [try TemporaryFolder(), try TemporaryFolder()]
        let port = try FreePorts(count: 2).first
        let conditions = Conditions()
        let layout = ClusterLayout(masters: 2, replicas: 0, port: port, isEmpty: true, seed: 1)
        let members = (0..<2).map { ordinal in
            var configuration = Configuration()
            configuration.dir = folders[ordinal].path
            configuration.appendonly = true
            configuration.replDisklessSyncDelay = 0
            configuration.clusterNodeTimeout = .milliseconds(2000)
            let node = layout.node(
                ordinal, configuration: configuration,
                wallClockAtStart: Int64(Date().timeIntervalSince1970 * 1000), at: conditions.now)
            return ClusterServer.Member(node: node, folder: folders[ordinal].path)
        }
        let server = try ClusterServer(members, conditions: conditions)
        defer { server.shutDown() }
        let master = try testConnection(to: NodeAddress(port: port))
        let replica = try testConnection(to: NodeAddress(port: port + 1))

        _ = try replica.send("SET", "own", "1")
        _ = try master.send("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        _ = try master.send("CLUSTER", "MEET", "127.0.0.1", "\(port + 1)")
        try poll(master, "CLUSTER", "INFO", has: "cluster_state:ok")
        for number in 0..<100 { _ = try master.send("SET", "key:\(number)", "\(number)") }
        let id = try master.send("CLUSTER", "MYID").text ?? ""
        try poll(replica, "CLUSTER", "NODES", has: id)
        try waitUntil("the master is known") {
            try replica.send("CLUSTER", "REPLICATE", id) == .simpleString("OK")
        }
        try poll(replica, "INFO", "replication", has: "master_link_status:up")
        try poll(replica, "INFO", "persistence", has: "aof_rewrite_in_progress:0")
        for number in 0..<100 { _ = try master.send("APPEND", "key:\(number)", "!") }
        _ = try master.send("SET", "expires", "v", "PX", "1")
        #expect(try master.send("WAIT", "1", "0") == .integer(1))

        let copy = try folders[1].copy()
        try FileManager.default.removeItem(atPath: "\(copy.path)/nodes.conf")
        let alone = try StoredNode(copy, .init(appendonly: true))
        #expect(try alone.send("GET", "key:42").text == "42!")
        #expect(try alone.send("GET", "own") == .null)
        #expect(try alone.send("GET", "expires") == .null)
        #expect(try alone.send("DBSIZE") == .integer(100))
    }

    /// Asks until the reply has the text.
    private func poll(
        _ connection: RESPConnection, _ words: String..., has text: String
    ) throws {
        let command = words.map { Array($0.utf8) }
        try waitUntil(text) { try connection.send(command).text?.contains(text) == true }
    }
}
