import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Nodes of the lab and real servers in one cluster.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(
        if: RedisCLI.isInstalled && RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)
    ))
struct MixedClusterTests {
    @Test func `each kind replicates and replaces the other, and no key is lost`() throws {
        let lab = try (1...3).map {
            try LabNodes(1, seed: UInt64(20 + $0), nodeTimeout: .milliseconds(1500))
        }
        let real = try (1...3).map { _ in
            try RedisServer(
                ownsSlots: false,
                arguments: [
                    "--cluster-node-timeout", "1500", "--repl-diskless-sync-delay", "0",
                ])
        }
        defer {
            for node in lab { node.kill() }
            for server in real { server.kill() }
        }
        let (l1, l2, l3) = (lab[0].addresses[0], lab[1].addresses[0], lab[2].addresses[0])
        let (r1, r2, r3) = (real[0].address, real[1].address, real[2].address)
        let all = [l1, r1, l2, r2, l3, r3]
        for node in all { _ = try node.send("CONFIG", "SET", "repl-diskless-sync-delay", "0") }

        // Masters are the first three: two of the lab, one real. Each gets a replica of the other kind.
        try clusterCLI(
            ["create"] + all.map(\.name) + ["--cluster-replicas", "1", "--cluster-yes"])
        let pairs = [(replica: r2, master: l1), (l3, r1), (r3, l2)]
        #expect(try eventually { try all.allSatisfy { try replicaCount($0) == 3 } })
        for (replica, master) in pairs {
            let reply = try replica.send("CLUSTER", "REPLICATE", try master.id())
            #expect(reply == .simpleString("OK"))
        }
        #expect(
            try eventually {
                try pairs.allSatisfy { replica, master in
                    try replica.info("replication", "master_port") == "\(master.port)"
                        && replica.info("replication", "master_link_status") == "up"
                        && all.allSatisfy { try knows($0, replica, replicates: master) }
                }
            })
        #expect(try eventually { try isSound(l1) && isSound(r1) })

        let client = ClusterClient(all)
        for number in 0..<500 {
            let reply = try client.send("SET", "key:\(number)", "value:\(number)")
            try #require(reply == .simpleString("OK"))
        }
        #expect(try client.awaitReplicas(1) == [])
        for (replica, master) in pairs {
            #expect(try replica.send("DBSIZE") == (try master.send("DBSIZE")))
        }

        // A master of the lab is replaced by a real replica.
        lab[0].kill()
        let hasRealSuccessor = try eventually { try r2.info("replication", "role") == "master" }
        let log = String(decoding: try real[1].file("log").suffix(4000), as: UTF8.self)
        let views = try views([l2, r1, r2])
        try #require(hasRealSuccessor, "\(views)\n\(log)")
        #expect(try isFull(client))
        #expect(try eventually { try isSound(r2) && isSound(l2) })

        // A real master is replaced by a replica of the lab.
        real[0].kill()
        let hasLabSuccessor = try eventually { try l3.info("replication", "role") == "master" }
        let laterViews = try self.views([l2, r2, l3])
        try #require(hasLabSuccessor, "\(laterViews)")
        #expect(try isFull(client))
        #expect(try eventually { try isSound(l3) && isSound(r3) })
        for number in 0..<500 {
            let reply = try client.send("APPEND", "key:\(number)", "!")
            try #require(reply == .integer(Int64("value:\(number)!".utf8.count)))
        }
    }

    @Test func `slots move between the kinds, either way`() throws {
        let lab = try LabNodes(2, seed: 31, nodeTimeout: .milliseconds(1500))
        let real = try RedisServer(
            ownsSlots: false, arguments: ["--cluster-node-timeout", "1500"])
        defer {
            lab.kill()
            real.kill()
        }
        let all = lab.addresses + [real.address]
        try clusterCLI(["create"] + all.map(\.name) + ["--cluster-yes"])
        let client = ClusterClient(all)
        for number in 0..<500 { _ = try client.send("SET", "key:\(number)", "value:\(number)") }
        _ = try client.send("PEXPIRE", "key:0", "1000000")
        for (source, target) in [(lab.addresses[0], real.address), (real.address, all[1])] {
            try clusterCLI(
                "reshard", source.name, "--cluster-from", try source.id(), "--cluster-to",
                try target.id(), "--cluster-slots", "1000", "--cluster-yes")
            #expect(try eventually { try isSound(source) })
            #expect(try isFull(client))
        }
        #expect(try client.send("PTTL", "key:0").integer ?? 0 > 900_000)
    }

    private func isFull(_ client: ClusterClient) throws -> Bool {
        try (0..<500).allSatisfy { number in
            try client.send("GET", "key:\(number)") == .bulkString(Array("value:\(number)".utf8))
        }
    }

    /// What the nodes know, for when it goes wrong.
    private func views(_ nodes: some Sequence<NodeAddress>) throws -> String {
        try nodes.map { "\($0)\n" + (try $0.send("CLUSTER", "NODES").text ?? "") }.joined()
    }
}

/// Whether a node knows that one replicates the other.
func knows(
    _ node: NodeAddress, _ replica: NodeAddress, replicates master: NodeAddress
) throws -> Bool {
    let line = "slave \(try master.id())"
    let lines = try node.send("CLUSTER", "NODES").text?.split(separator: "\n") ?? []
    return lines.contains { $0.contains(" \(replica.name)@") && $0.contains(line) }
}

/// How many replicas a node knows.
func replicaCount(_ node: NodeAddress) throws -> Int {
    let lines = try node.send("CLUSTER", "NODES").text?.split(separator: "\n") ?? []
    return lines.count { $0.contains("slave") }
}
