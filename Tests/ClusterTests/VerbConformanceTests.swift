import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// The verbs of this program beside those of the real redis-cli, over the same nodes: what they print is compared
/// to the byte, on lab nodes and on real ones.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(
        if: RedisCLI.isInstalled && RedisServer.isInstalled, Comment(rawValue: RedisServer.absence))
)
struct VerbConformanceTests {
    @Test(arguments: NodeGroup.Kind.allCases)
    func `plans and refusals for the same six nodes`(_ kind: NodeGroup.Kind) throws {
        let group = try NodeGroup(kind, count: 6)
        defer { group.kill() }
        let names = group.addresses.map(\.name)
        try comparePlans(["create"] + names + ["--cluster-replicas", "1"])
        try comparePlans(["create"] + names)
        try compare(["create"] + names + ["--cluster-replicas", "2"])
        try compare(["create"] + names.dropLast() + ["--cluster-replicas", "1"])
        try compare(["create"] + names.dropLast(), input: "no\n")
        try compare(["create"] + names.dropLast() + ["nowhere"])
        try compare(["create", names[0], names[1], "127.0.0.1:9"])
        for verb in ["check", "info", "fix", "rebalance"] { try compare([verb, names[0]]) }
        try compare(["call", names[0], "CLUSTER", "MYID"])
        try compare(["help"])
        _ = try group.addresses[3].send("SET", "key", "value")
        _ = try group.addresses[3].send(
            "CLUSTER", "MEET", "127.0.0.1", "\(group.addresses[4].port)")
        try compare(["create"] + names)
    }

    @Test(arguments: NodeGroup.Kind.allCases)
    func `what a cluster shows`(_ kind: NodeGroup.Kind) throws {
        let cluster = try FilledCluster(kind)
        defer { cluster.kill() }
        let (first, ids) = (cluster.first, cluster.masterIDs)
        try compare(["check", first, "--cluster-search-multiple-owners"])
        try compare(["info"] + first.split(separator: ":").map(String.init))
        try compare(["call", first, "GET", "absent"])
        try compare(["call", first, "CONFIG", "GET", "maxmemory*", "--cluster-only-masters"])
        try compare(["call", first, "DBSIZE", "--cluster-only-replicas"])
        try compare(["rebalance", first])
        let weights = ["--cluster-weight", "\(ids[0])=2", "\(ids[1].prefix(9))=0.3"]
        try compare(["rebalance", first, "--cluster-simulate", "--verbose"] + weights)
        try compare(["rebalance", first, "--cluster-simulate", "--cluster-threshold", "0.001"])
        let reshard = ["reshard", first, "--cluster-to", ids[0]]
        try compare(
            reshard + ["--cluster-from", "all", "--cluster-slots", "1000"], input: "no\n")
        try compare(
            reshard + ["--cluster-from", "\(ids[1]),\(ids[2]),", "--cluster-slots", "7"],
            input: "no\n")
        try compare(reshard + ["--cluster-from", "\(ids[1]),nobody", "--cluster-slots", "7"])
        try compare(["reshard", first, "--cluster-to", cluster.replicaID, "--cluster-slots", "7"])
        try compare(["del-node", first, ids[0]])
        try compare(["del-node", first, "nobody"])
        try compare(["add-node", cluster.second, first])
        try compare(["add-node", "127.0.0.1:9", first])
        try compare(["add-node", cluster.second, first, "--cluster-slave"])
        try compare(["set-timeout", first, "2000"])
        try compare(["import", first, "--cluster-from", first])
        try compare(["-a", "secret", "--cluster", "info", first], isWhole: true)
    }

    @Test(arguments: NodeGroup.Kind.allCases)
    func `a reshard there and back`(_ kind: NodeGroup.Kind) throws {
        let cluster = try FilledCluster(kind)
        defer { cluster.kill() }
        let ids = cluster.masterIDs
        let move = { (source: Int, target: Int) in
            [
                "reshard", cluster.first, "--cluster-from", ids[source], "--cluster-to",
                ids[target], "--cluster-slots", "200", "--cluster-yes", "--cluster-pipeline", "3",
            ]
        }
        try compare(
            move(0, 1),
            between: {
                try cluster.settle()
                try clusterCLI(move(1, 0))
                try cluster.settle()
            })
        #expect(try cluster.isFull())
        try cluster.settle()
        // The other way round with ours, and back with redis-cli's.
        let back = OwnVerbs.run(["--cluster"] + move(1, 0))
        #expect(back.status == 0, "\(back.text)")
        try cluster.settle()
        #expect(try cluster.isFull())
        let weights = ["rebalance", cluster.first, "--cluster-weight", "\(ids[0])=1.1"]
        let rebalanced = OwnVerbs.run(["--cluster"] + weights)
        #expect(rebalanced.status == 0 && rebalanced.text.contains("###\n"))
        try cluster.settle()
        #expect(try cluster.isFull())
    }

    @Test(arguments: NodeGroup.Kind.allCases)
    func `a reshard under load loses nothing`(_ kind: NodeGroup.Kind) throws {
        let cluster = try FilledCluster(kind)
        defer { cluster.kill() }
        let load = CountingLoad(cluster.addresses, keys: (0..<400).map { "count:\($0)" })
        let outcome = OwnVerbs.run([
            "--cluster", "reshard", cluster.first, "--cluster-from", cluster.masterIDs[0],
            "--cluster-to", cluster.masterIDs[1], "--cluster-slots", "2500", "--cluster-yes",
        ])
        let result = load.stop()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(result.problem == nil)
        #expect(result.redirects["MOVED", default: 0] > 0)
        for (key, count) in result.counts {
            #expect(try cluster.value(of: key) == .bulkString(Array("\(count)".utf8)))
        }
        #expect(try cluster.isFull())
        try cluster.settle()
    }

    @Test(arguments: NodeGroup.Kind.allCases)
    func `open slots are fixed alike`(_ kind: NodeGroup.Kind) throws {
        let cluster = try FilledCluster(kind)
        defer { cluster.kill() }
        let (masters, ids) = (cluster.masters, cluster.masterIDs)
        let (first, slots) = (cluster.first, try cluster.slotsOfFirst)
        let keys = try masters[0].send("CLUSTER", "GETKEYSINSLOT", slots[0], "1")
        let key = try #require(keys.elements?.first?.text)
        let steps: [(name: String, setup: () throws -> Void)] = [
            (
                "many migrating",
                {
                    for slot in slots {
                        _ = try masters[0].send("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[1])
                    }
                }
            ),
            (
                "two importing",
                {
                    for other in [1, 2] {
                        _ = try masters[other].send(
                            "CLUSTER", "SETSLOT", slots[0], "IMPORTING", ids[0])
                    }
                }
            ),
            (
                "a key at the target",
                {
                    // The owner has more keys, and so it keeps the slot.
                    for more in ["1", "2"] {
                        _ = try masters[0].send("SET", "{\(key)}\(more)", "more")
                    }
                    _ = try masters[1].send("CLUSTER", "SETSLOT", slots[0], "IMPORTING", ids[0])
                    _ = try masters[0].send("CLUSTER", "SETSLOT", slots[0], "MIGRATING", ids[1])
                    _ = try masters[0].send(
                        "MIGRATE", "127.0.0.1", "\(masters[1].port)", key, "0", "5000")
                    _ = try masters[0].send("CLUSTER", "SETSLOT", slots[0], "STABLE")
                }
            ),
        ]
        for (name, setup) in steps {
            try setup()
            try compare(["check", first])
            try compare(
                ["fix", first],
                between: {
                    try cluster.settle()
                    try setup()
                })
            try cluster.settle()
            #expect(try cluster.isFull(), "\(name)")
        }
    }

    @Test(arguments: NodeGroup.Kind.allCases)
    func `nodes come and go alike`(_ kind: NodeGroup.Kind) throws {
        let cluster = try FilledCluster(kind)
        defer { cluster.kill() }
        let newcomers = try NodeGroup(kind, count: 2, seed: 77)
        defer { newcomers.kill() }
        var outcomes: [[OwnVerbs.Outcome]] = []
        for (node, run) in zip(newcomers.addresses, [Self.real, Self.own]) {
            let words = [node.name: "NEWCOMER", try node.id(): "ITSELF"]
            let added = try run(["--cluster", "add-node", node.name, cluster.first], "")
            #expect(try eventually { try isSound(cluster.masters[0]) })
            let all = cluster.addresses + [node]
            #expect(try eventually { try all.allSatisfy { try $0.knows(7) } })
            let removed = try run(["--cluster", "del-node", cluster.first, try node.id()], "")
            #expect(try eventually { try isSound(cluster.masters[0]) })
            outcomes.append([added, removed].map { $0.replacing(words) })
        }
        #expect(outcomes[0] == outcomes[1])
        #expect(outcomes[1].allSatisfy { $0.status == 0 }, "\(outcomes[1])")
    }

    @Test(arguments: NodeGroup.Kind.allCases)
    func `import and backup take the same keys`(_ kind: NodeGroup.Kind) throws {
        let cluster = try FilledCluster(kind)
        defer { cluster.kill() }
        let source = try RedisServer(inCluster: false)
        defer { source.kill() }
        for number in 0..<50 { _ = try source.address.send("SET", "import:{\(number)}", "value") }
        try compare([
            "import", cluster.first, "--cluster-from", source.address.name, "--cluster-copy",
            "--cluster-replace",
        ])
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-backup-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [[String: Data]] = []
        try compare(
            ["backup", cluster.first, folder.path],
            between: { files.append(try Self.takeFiles(folder)) },
            ignoring: #/(SYNC sent|Transfer finished)[^\n]*\n/#)
        files.append(try Self.takeFiles(folder))
        #expect(files[0].keys.sorted() == files[1].keys.sorted())
        #expect(files[1].count == 4)
        #expect(files[0]["nodes.json"] == files[1]["nodes.json"])
        var count: Int64 = 0
        for (name, dump) in files[1] where name.hasSuffix(".rdb") {
            let reader = try RedisServer(inCluster: false, files: ["dump.rdb": [UInt8](dump)])
            defer { reader.kill() }
            count += try reader.address.send("DBSIZE").integer ?? 0
        }
        #expect(count == 350)
        try compare(
            ["backup", cluster.first, folder.path + "/absent"],
            ignoring: #/(SYNC sent|Error opening)[^\n]*\n/#)
    }

    // MARK: -

    private typealias Run = @Sendable ([String], String) throws -> OwnVerbs.Outcome
    private static let real: Run = { OwnVerbs.Outcome(try RedisCLI.run($0, input: $1)) }
    private static let own: Run = { OwnVerbs.run($0, input: $1) }

    /// Runs both, and what brings the nodes back to where they were in between.
    private func compare(
        _ arguments: [String], input: String = "", isWhole: Bool = false,
        between: () throws -> Void = {}, ignoring pattern: Regex<(Substring, Substring)>? = nil,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let arguments = isWhole ? arguments : ["--cluster"] + arguments
        var outcomes = [try Self.real(arguments, input)]
        try between()
        outcomes.append(try Self.own(arguments, input))
        if let pattern {
            outcomes = outcomes.map { outcome in
                OwnVerbs.Outcome(
                    status: outcome.status, text: outcome.text.replacing(pattern, with: ""))
            }
        }
        #expect(outcomes[0] == outcomes[1], "\(arguments)", sourceLocation: location)
    }

    /// What redis-cli draws depends on the second in which it runs.
    private func comparePlans(_ arguments: [String]) throws {
        let arguments = ["--cluster"] + arguments
        let start = Int(Date().timeIntervalSince1970)
        let real = try Self.real(arguments, "no\n")
        let end = Int(Date().timeIntervalSince1970)
        let own = (start...end).map { OwnVerbs.run(arguments, input: "no\n", time: $0) }
        #expect(own.contains(real), "\(arguments)\n\(real)")
    }

    /// Reads and removes all files.
    private static func takeFiles(_ folder: URL) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let file = folder.appending(path: name)
            files[name] = try Data(contentsOf: file)
            try FileManager.default.removeItem(at: file)
        }
        return files
    }
}
