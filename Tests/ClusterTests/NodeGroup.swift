import Foundation
import Lab
import RESP
import TestSupport
import Testing

/// Nodes that know nobody: the lab's, or real ones.
final class NodeGroup {
    /// Whose they are.
    enum Kind: CaseIterable {
        case lab, redis
    }

    let addresses: [NodeAddress]
    private let lab: LabNodes?
    private let servers: [RedisServer]

    init(_ kind: Kind, count: Int, seed: UInt64 = 31) throws {
        switch kind {
        case .lab:
            let nodes = try LabNodes(count, seed: seed, nodeTimeout: .milliseconds(2000))
            (lab, servers, addresses) = (nodes, [], nodes.addresses)
        case .redis:
            servers = try (0..<count).map { _ in
                try RedisServer(ownsSlots: false, arguments: ["--cluster-node-timeout", "2000"])
            }
            (lab, addresses) = (nil, servers.map(\.address))
        }
        for node in addresses {
            _ = try node.send("CONFIG", "SET", "repl-diskless-sync-delay", "0")
        }
    }

    func kill() {
        lab?.kill()
        for server in servers { server.kill() }
    }
}

/// Three masters and three replicas with 300 keys, made by this program's `create`.
struct FilledCluster {
    let masters: [NodeAddress]
    let masterIDs: [String]
    let replicaID: String
    /// The first three nodes are the masters.
    private let group: NodeGroup
    private let client: ClusterClient

    init(_ kind: NodeGroup.Kind) throws {
        group = try NodeGroup(kind, count: 6)
        let names = group.addresses.map(\.name)
        let created = OwnVerbs.run(
            ["--cluster", "create"] + names + ["--cluster-replicas", "1", "--cluster-yes"])
        try #require(created.text.contains("[OK] All 16384 slots covered.\n"), "\(created)")
        masters = Array(group.addresses.prefix(3))
        masterIDs = try masters.map { try $0.id() }
        replicaID = try group.addresses[3].id()
        client = ClusterClient(group.addresses)
        try settle()
        for number in 0..<300 {
            let reply = try client.send("SET", "key:\(number)", "value:\(number)")
            try #require(reply == .simpleString("OK"))
        }
        _ = try client.awaitReplicas(1)
    }

    var addresses: [NodeAddress] { group.addresses }
    /// The value of a key as the cluster has it.
    func value(of key: String) throws -> RESPValue { try client.send("GET", key) }

    /// The first master as redis-cli takes it.
    var first: String { masters[0].name }
    var second: String { masters[1].name }

    /// Some slots of the first master, each with a key.
    var slotsOfFirst: [String] {
        get throws {
            let slots = try (0..<300).compactMap { number in
                try masters[0].send("CLUSTER", "KEYSLOT", "key:\(number)").integer
            }
            return Array(slots.filter { $0 < 5000 }.prefix(20).map(String.init))
        }
    }

    /// Waits until all nodes see the roles and slots alike.
    func settle() throws {
        let isSettled = try eventually {
            guard try group.addresses.allSatisfy(seesReplicas) else { return false }
            return try isSound(masters[0])
        }
        #expect(isSettled)
    }

    private func seesReplicas(_ node: NodeAddress) throws -> Bool {
        let lines = try node.send("CLUSTER", "NODES").text?.split(separator: "\n") ?? []
        let link = try node.info("replication", "master_link_status") ?? "up"
        return lines.count { $0.contains("slave") } == 3 && link == "up"
    }

    func isFull() throws -> Bool {
        try (0..<300).allSatisfy { number in
            try client.send("GET", "key:\(number)") == .bulkString(Array("value:\(number)".utf8))
        }
    }

    func kill() { group.kill() }
}

extension NodeAddress {
    /// Whether the node knows so many, itself included.
    func knows(_ count: Int) throws -> Bool {
        try send("CLUSTER", "INFO").text?.contains("cluster_known_nodes:\(count)\r") == true
    }
}
