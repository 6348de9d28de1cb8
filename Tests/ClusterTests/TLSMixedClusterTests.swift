import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Nodes of the lab and real servers in one cluster that speaks nothing but TLS: to clients, on the bus, and between
/// masters and replicas.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(
        if: RedisCLI.hasTLS && RedisServer.isInstalled && ServerProgram.labPath != nil,
        "redis-cli is not installed, or has no TLS: there is nothing to try with"))
struct TLSMixedClusterTests {
    @Test func `each kind replicates and replaces the other over TLS, and no key is lost`() throws {
        let cluster = try MixedCluster()
        let (lab, real) = (cluster.nodes(.lab), cluster.nodes(.redis))
        let all = [lab[0], real[0], lab[1], real[1], lab[2], real[2]]
        try cluster.cli(
            ["create"] + all.map(\.name) + ["--cluster-replicas", "1", "--cluster-yes"])
        // Masters are the first three: each gets a replica of the other kind.
        let pairs = [
            (replica: real[1], master: lab[0]), (lab[2], real[0]), (real[2], lab[1]),
        ]
        #expect(try eventually { try all.allSatisfy { try cluster.replicaCount($0) == 3 } })
        for (replica, master) in pairs {
            let id = try #require(try cluster.send(master, "CLUSTER", "MYID").text)
            #expect(
                try cluster.send(replica, "CLUSTER", "REPLICATE", id) == .simpleString("OK"))
        }
        #expect(
            try eventually {
                try pairs.allSatisfy { replica, master in
                    let info = try cluster.replication(replica)
                    return info.contains("master_port:\(master.port)\r\n")
                        && info.contains("master_link_status:up")
                }
            })
        #expect(try eventually { try cluster.isSound(lab[0]) && cluster.isSound(real[0]) })

        for number in 0..<200 {
            let outcome = try cluster.command(all[number % 3], "SET key:\(number) value:\(number)")
            try #require(outcome == "OK\n", "\(outcome)")
        }
        for (replica, master) in pairs {
            #expect(
                try eventually {
                    try cluster.send(replica, "DBSIZE") == cluster.send(master, "DBSIZE")
                })
        }
        // MIGRATE goes over TLS, either way and by either program.
        for (source, target, program) in [
            (lab[0], real[0], RedisCLI.Program.lab), (real[0], lab[0], .redis),
        ] {
            let ids = try [source, target].map {
                try cluster.send($0, "CLUSTER", "MYID").text ?? ""
            }
            try cluster.cli(
                [
                    "reshard", source.name, "--cluster-from", ids[0], "--cluster-to", ids[1],
                    "--cluster-slots", "300", "--cluster-yes",
                ], by: program)
            #expect(try eventually { try cluster.isSound(source) })
        }
        // A master of the lab is replaced by a real replica, and then a real one by one of the lab.
        for (dead, successor, other) in [(lab[0], real[1], real[0]), (real[0], lab[2], lab[1])] {
            cluster.kill(dead)
            let hasSuccessor = try eventually {
                try cluster.replication(successor).contains("role:master")
            }
            let log = try cluster.log(successor).suffix(4000)
            try #require(hasSuccessor, "\(log)")
            #expect(try eventually { try cluster.isSound(other) })
            for number in stride(from: 0, to: 200, by: 10) {
                #expect(
                    try cluster.command(successor, "GET key:\(number)") == "value:\(number)\n")
            }
        }
    }

    @Test func `real nodes are told the plain ports of nodes that have both`() throws {
        let cluster = try MixedCluster(count: 1, hasPlainPorts: true)
        let all = [cluster.nodes(.lab)[0], cluster.nodes(.redis)[0]]
        _ = try cluster.send(all[0], "CLUSTER", "MEET", "127.0.0.1", "\(all[1].port)")
        let plain = all.map { NodeAddress(port: $0.port + MixedCluster.distance) }
        for (secure, open) in zip(all, plain) {
            for other in all.indices {
                #expect(
                    try eventually {
                        let secureView = try cluster.send(secure, "CLUSTER", "NODES").text ?? ""
                        let openView = try open.send("CLUSTER", "NODES").text ?? ""
                        return secureView.contains(" 127.0.0.1:\(all[other].port)@")
                            && openView.contains(" 127.0.0.1:\(plain[other].port)@")
                    })
            }
        }
    }
}

/// Three processes of each kind.
private final class MixedCluster {
    static let distance = 10
    private let files: TestCertificates
    private let folder: TemporaryFolder
    private var programs: [Int: ServerProgram] = [:]
    private var addresses: [(kind: NodeGroup.Kind, address: NodeAddress)] = []

    init(count: Int = 3, hasPlainPorts: Bool = false) throws {
        files = try TestCertificates()
        folder = try TemporaryFolder()
        let first = try FreePorts(count: 2 * count + 2 * Self.distance).first
        for index in 0..<2 * count {
            let kind: NodeGroup.Kind = index < count ? .lab : .redis
            let port = first + index
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(port)", withIntermediateDirectories: true)
            let plain = hasPlainPorts ? ["--port", "\(port + Self.distance)"] : []
            programs[port] = try ServerProgram(
                kind == .lab ? .lab : .redis,
                files.clusterArguments(port: port) + plain + [
                    "--cluster-enabled", "yes", "--cluster-node-timeout", "1500", "--save", "",
                    "--logfile", "log", "--loglevel", "verbose",
                    "--repl-diskless-sync-delay", "0",
                ], in: "\(folder.path)/\(port)")
            addresses.append((kind, NodeAddress(port: port)))
        }
        let areServing = eventually {
            addresses.allSatisfy { (try? files.connect(to: $0.address)) != nil }
        }
        try #require(areServing)
    }

    func nodes(_ kind: NodeGroup.Kind) -> [NodeAddress] {
        addresses.filter { $0.kind == kind }.map(\.address)
    }

    func kill(_ node: NodeAddress) {
        programs.removeValue(forKey: node.port)?.end(by: SIGKILL)
    }

    func log(_ node: NodeAddress) throws -> String {
        try String(contentsOfFile: "\(folder.path)/\(node.port)/log", encoding: .utf8)
    }

    /// One command on a connection of its own.
    func send(_ node: NodeAddress, _ words: String...) throws -> RESPValue {
        try files.connect(to: node).send(words.map { Array($0.utf8) })
    }

    func replication(_ node: NodeAddress) throws -> String {
        try send(node, "INFO", "replication").text ?? ""
    }

    func replicaCount(_ node: NodeAddress) throws -> Int {
        let lines = try send(node, "CLUSTER", "NODES").text?.split(separator: "\n") ?? []
        return lines.count { $0.contains("slave") }
    }

    /// What redis-cli prints that goes where the cluster sends it.
    func command(_ node: NodeAddress, _ line: String) throws -> String {
        let words = line.split(separator: " ").map(String.init)
        return try RedisCLI.run(
            ["-c", "-p", "\(node.port)"] + files.clientArguments + words
        ).text
    }

    /// `redis-cli --cluster` with a verb.
    func cli(_ arguments: [String], by program: RedisCLI.Program = .redis) throws {
        let outcome = try RedisCLI.run(
            files.clientArguments + ["--cluster"] + arguments, of: program)
        try #require(outcome.status == 0, "\(outcome.text)")
    }

    /// Whether every node that runs serves, and a node's view covers all slots. redis-cli's check does not ask for the
    /// state: a master that has just begun, or was cut off, refuses for a while more.
    func isSound(_ node: NodeAddress) throws -> Bool {
        for (_, address) in addresses where programs[address.port] != nil {
            guard try send(address, "CLUSTER", "INFO").text?.hasPrefix("cluster_state:ok") == true
            else { return false }
        }
        let outcome = try RedisCLI.run(files.clientArguments + ["--cluster", "check", node.name])
        return outcome.status == 0 && outcome.text.contains("[OK] All 16384 slots covered")
    }
}
