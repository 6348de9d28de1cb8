import Foundation
import Lab
import RESP
import TestSupport
import Testing

/// The verbs of the real `redis-cli --cluster` against nodes of the lab.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(if: RedisCLI.isInstalled, Comment(rawValue: RedisCLI.absence)))
struct ClusterVerbsTests {
    private let lab: LabNodes
    private let first: NodeAddress
    private let client: ClusterClient

    init() throws {
        lab = try LabNodes(6, seed: 11, nodeTimeout: .milliseconds(2000))
        first = lab.addresses[0]
        client = ClusterClient(lab.addresses)
        for node in lab.addresses {
            _ = try node.send("CONFIG", "SET", "repl-diskless-sync-delay", "0")
        }
        let output = try clusterCLI(
            ["create"] + lab.addresses.map(\.name) + ["--cluster-replicas", "1", "--cluster-yes"])
        #expect(output.contains("[OK] All 16384 slots covered."))
        #expect(try eventually { try hasReplicas(3) })
    }

    @Test func `create, check, info and call`() throws {
        try fill()
        #expect(try clusterCLI("check", first.name).contains("[OK] 300 keys in 3 masters."))
        #expect(try clusterCLI("info", first.name).contains("slots | 1 slaves."))
        #expect(try clusterCLI("call", first.name, "CLUSTER", "MYID").contains(try first.id()))
    }

    @Test func `set-timeout changes the files of all nodes`() throws {
        let nodes = try LabNodes(
            3, seed: 13, nodeTimeout: .milliseconds(2000), keepsFiles: true)
        defer { nodes.kill() }
        let names = nodes.addresses.map(\.name)
        try clusterCLI(["create"] + names + ["--cluster-yes"])
        let output = try clusterCLI("set-timeout", names[0], "1500")
        #expect(output.contains("New node timeout set. 3 OK, 0 ERR."))
        for node in nodes.addresses {
            let reply = try node.send("CONFIG", "GET", "cluster-node-timeout")
            #expect(reply.elements?.last?.text == "1500")
        }
    }

    @Test func `reshard and rebalance move slots with their keys`() throws {
        try fill()
        let target = try masters()[0]
        try clusterCLI(
            "reshard", first.name, "--cluster-from", "all", "--cluster-to", try target.id(),
            "--cluster-slots", "600", "--cluster-yes", "--cluster-pipeline", "3")
        #expect(try eventually { try isSound(first) })
        #expect(try clusterCLI("info", first.name).contains("| 6061 slots |"))
        #expect(try isFull())
        try clusterCLI("rebalance", first.name, "--cluster-weight", "\(try target.id())=0.5")
        #expect(try eventually { try isSound(first) })
        #expect(!(try clusterCLI("info", first.name).contains("| 6061 slots |")))
        #expect(try isFull())
    }

    @Test func `add-node and del-node let a node in and out`() throws {
        let newcomers = try LabNodes(2, seed: 12, nodeTimeout: .milliseconds(2000))
        defer { newcomers.kill() }
        let (master, replica) = (newcomers.addresses[0], newcomers.addresses[1])
        try fill()
        try clusterCLI("add-node", master.name, first.name)
        #expect(try eventually { try isSound(first) && knows(master, 7) })
        // At its master: redis-cli waits for agreement about slots only, and by way of another node the newcomer may
        // not have heard yet of a master that has none.
        try clusterCLI(
            "add-node", replica.name, master.name, "--cluster-slave", "--cluster-master-id",
            try master.id())
        #expect(try eventually { try hasReplicas(4) && isSound(first) })
        // A master that comes out of a minority waits for a node timeout before it serves.
        #expect(try eventually { try master.send("CLUSTER", "INFO").text?.contains(":ok") == true })
        try clusterCLI(
            "reshard", first.name, "--cluster-from", "all", "--cluster-to", try master.id(),
            "--cluster-slots", "300", "--cluster-yes")
        #expect(try eventually { try isSound(first) })
        #expect(try isFull())
        let refused = try RedisCLI.run(
            "--cluster", "del-node", first.name, try master.id())
        #expect(refused.status == 1 && refused.text.contains("is not empty"))
        try clusterCLI("del-node", first.name, try replica.id())
        try clusterCLI(
            "reshard", first.name, "--cluster-from", try master.id(), "--cluster-to",
            try masters()[0].id(), "--cluster-slots", "300", "--cluster-yes")
        #expect(try eventually { try isSound(first) })
        // Its last slot gone, it has become a replica, and may go.
        try clusterCLI("del-node", first.name, try master.id())
        #expect(try eventually { try knows(master, 1) && hasReplicas(3) })
        #expect(try isFull())
    }

    @Test func `fix closes open slots and covers slots without an owner`() throws {
        try fill()
        let key = "key:5"
        let slot = try #require(try first.send("CLUSTER", "KEYSLOT", key).integer).description
        let owner = try #require(
            try masters().first { try $0.send("CLUSTER", "COUNTKEYSINSLOT", slot) != .integer(0) })
        let target = try #require(try masters().first { $0 != owner })
        _ = try owner.send("CLUSTER", "SETSLOT", slot, "MIGRATING", try target.id())
        #expect(try RedisCLI.run("--cluster", "check", first.name).text.contains("are open"))
        try clusterCLI("fix", owner.name)
        #expect(try eventually { try isSound(owner) })
        // Half moved: the key is at the target, the slot is not.
        _ = try owner.send("CLUSTER", "SETSLOT", slot, "MIGRATING", try target.id())
        _ = try target.send("CLUSTER", "SETSLOT", slot, "IMPORTING", try owner.id())
        let moved = try owner.send("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000")
        #expect(moved == .simpleString("OK"))
        #expect(try target.send("CLUSTER", "COUNTKEYSINSLOT", slot) == .integer(1))
        try clusterCLI("fix", first.name)
        #expect(try eventually { try isSound(first) })
        #expect(try isFull())
        // A slot that nobody has.
        for node in lab.addresses { _ = try node.send("CLUSTER", "DELSLOTS", "16000") }
        try clusterCLI("fix", first.name, input: "yes\n")
        #expect(try eventually { try isSound(first) })
    }

    @Test(.enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
    func `import takes the keys of a server, backup writes files that a server reads`() throws {
        let source = try RedisServer(inCluster: false)
        defer { source.kill() }
        let connection = try source.connect()
        for number in 0..<50 { _ = try connection.send("SET", "key:\(number)", "value:\(number)") }
        _ = try connection.send("EXPIRE", "key:1", "1000")
        try clusterCLI("import", first.name, "--cluster-from", source.address.name)
        #expect(try connection.send("DBSIZE") == .integer(0))
        #expect(try client.send("GET", "key:49") == .bulkString(Array("value:49".utf8)))
        #expect(try client.send("TTL", "key:1").integer ?? 0 > 900)

        let folder = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-backup-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try clusterCLI("backup", first.name, folder.path)
        #expect(output.contains("[OK] Backup created into:"))
        var restored: Int64 = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasSuffix(".rdb") {
            let dump = [UInt8](try Data(contentsOf: folder.appending(path: name)))
            let reader = try RedisServer(inCluster: false, files: ["dump.rdb": dump])
            defer { reader.kill() }
            restored += try reader.connect().send("DBSIZE").integer ?? 0
        }
        #expect(restored == 50)
    }

    @Test func `a reshard under load loses nothing`() throws {
        try fill()
        let (source, target) = (try masters()[0], try masters()[1])
        let load = CountingLoad(lab.addresses, keys: (0..<400).map { "count:\($0)" })
        try clusterCLI(
            "reshard", first.name, "--cluster-from", try source.id(), "--cluster-to",
            try target.id(), "--cluster-slots", "2500", "--cluster-yes")
        let result = load.stop()
        #expect(result.problem == nil)
        #expect(result.counts.count == 400)
        #expect(result.redirects["MOVED", default: 0] > 0)
        for (key, count) in result.counts {
            #expect(try client.send("GET", key) == .bulkString(Array("\(count)".utf8)))
        }
        #expect(try isFull())
        #expect(try eventually { try isSound(first) })
    }

    // MARK: -

    private func fill() throws {
        for number in 0..<300 {
            let reply = try client.send("SET", "key:\(number)", "value:\(number)")
            try #require(reply == .simpleString("OK"))
        }
    }

    private func isFull() throws -> Bool {
        try (0..<300).allSatisfy { number in
            try client.send("GET", "key:\(number)") == .bulkString(Array("value:\(number)".utf8))
        }
    }

    private func masters() throws -> [NodeAddress] {
        try lab.addresses.filter { try $0.info("replication", "role") == "master" }
    }

    /// Whether so many replicas are known to all, and in sync.
    private func hasReplicas(_ count: Int) throws -> Bool {
        try lab.addresses.allSatisfy { node in
            let lines = try node.send("CLUSTER", "NODES").text?.split(separator: "\n") ?? []
            let status = try node.info("replication", "master_link_status")
            return lines.count { $0.contains("slave") } == count && (status ?? "up") == "up"
        }
    }

    /// Whether a node knows so many, itself included.
    private func knows(_ node: NodeAddress, _ count: Int) throws -> Bool {
        try node.send("CLUSTER", "INFO").text?.contains("cluster_known_nodes:\(count)\r") == true
    }
}
