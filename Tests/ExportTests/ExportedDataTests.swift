import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Keys of a cluster of the lab that real redis-servers load, from `clusterlab export --data` and from
/// `clusterlab cli --cluster backup`.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled("redis-server is not installed, or the clusterlab program is not built") {
        RedisServer.isInstalled && ServerProgram.labPath != nil
    })
struct ExportedDataTests {
    /// One of each type, beside many plain ones.
    private static let commands =
        (1...300).map { "SET page:\($0) text-\($0)" } + [
            "SET soon 1 EX 36000", "RPUSH list a b c", "HSET hash f v g w", "SADD set x y z",
            "SADD numbers 1 2 3", "ZADD zset 1.5 a 2 b", "XADD stream 5-1 f v",
            "PFADD visitors ada bob",
        ]

    private static let questions = [
        "GET page:7", "LRANGE list 0 -1", "HGETALL hash", "SCARD set", "SMEMBERS numbers",
        "ZRANGE zset 0 -1 WITHSCORES", "XRANGE stream - +", "PFCOUNT visitors",
    ]

    @Test(arguments: ["no", "yes"])
    func `real servers with the exported files have every key`(appendOnly: String) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let replies = try export(to: folder.path, appendOnly: appendOnly)
        let servers = try replies.ports.map { port in
            try start(port, in: folder.path)
        }
        defer { for server in servers { server.end(by: SIGKILL) } }
        try Self.run(["sh", "\(folder.path)/export/build.sh"])
        let counts = try replies.ports.map { port in
            try testConnection(to: NodeAddress(port: port)).send("DBSIZE")
        }
        // Every key is at a master and at its replica.
        let total = counts.reduce(Int64(0)) { sum, reply in
            if case .integer(let count) = reply { sum + count } else { sum }
        }
        #expect(total == Int64(2 * Self.commands.count))
        for (question, reply) in zip(Self.questions, replies.replies) {
            #expect(try Self.ask(replies.ports, question) == reply, "\(question)")
        }
        guard case .integer(let left) = try Self.ask(replies.ports, "TTL soon") else {
            throw Unexpected(description: "soon has no time to live")
        }
        #expect((35_000...36_000).contains(left))
    }

    @Test func `a real server loads each dump of a backup`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let (cluster, ports) = try fill(in: folder.path, appendOnly: "no")
        defer { cluster.shutDown() }
        let backup = "\(folder.path)/backup"
        try TextFile.makeFolder(backup)
        let program = try #require(ServerProgram.labPath)
        try Self.run([program, "cli", "--cluster", "backup", "127.0.0.1:\(ports[0])", backup])
        let dumps = try TextFile.list(backup).filter { $0.hasSuffix(".rdb") }
        #expect(dumps.count == 3)
        #expect(TextFile.exists("\(backup)/nodes.json"))
        var total: Int64 = 0
        for dump in dumps {
            let port = try FreePorts(count: 1).first
            let server = try ServerProgram(
                .redis, ["--port", "\(port)", "--dir", backup, "--dbfilename", dump],
                in: folder.path)
            defer { server.end(by: SIGKILL) }
            guard case .integer(let count) = try Self.patiently(port, "DBSIZE") else {
                throw Unexpected(description: "no DBSIZE at \(dump)")
            }
            total += count
        }
        #expect(total == Int64(Self.commands.count))
    }

    // MARK: - Steps

    private struct Unexpected: Error {
        let description: String
    }

    /// A cluster with the keys.
    private func fill(
        in folder: String, appendOnly: String
    ) throws -> (cluster: any LabCluster, ports: [Int]) {
        var plan = ClusterPlan()
        plan.port = try FreePorts(count: plan.nodeCount).first
        let cluster = try InProcessLab(dir: "\(folder)/nodes").start(plan)
        let ports = cluster.nodes.map(\.port)
        for port in ports {
            let connection = try testConnection(to: NodeAddress(port: port))
            let reply = try connection.send("CONFIG", "SET", "appendonly", appendOnly)
            try #require(reply == .simpleString("OK"))
        }
        for command in Self.commands { _ = try Self.ask(ports, command) }
        return (cluster, ports)
    }

    /// Exports such a cluster, and ends it: its ports are those of the real servers.
    private func export(
        to folder: String, appendOnly: String
    ) throws -> (ports: [Int], replies: [RESPValue]) {
        let (cluster, ports) = try fill(in: folder, appendOnly: appendOnly)
        defer { cluster.shutDown() }
        let replies = try Self.questions.map { try Self.ask(ports, $0) }
        let program = try #require(ServerProgram.labPath)
        try Self.run([
            program, "export", "systemd", "--port", "\(ports[0])", "--data", "--dir",
            "\(folder)/export",
        ])
        return (ports, replies)
    }

    /// Does what install.sh does, in a folder of the test, and starts the server.
    private func start(_ port: Int, in folder: String) throws -> ServerProgram {
        let state = "\(folder)/state/redis-\(port)"
        try TextFile.makeFolder("\(folder)/state")
        try FileManager.default.copyItem(
            atPath: "\(folder)/export/data/redis-\(port)", toPath: state)
        let conf = "\(folder)/export/conf/redis-\(port).conf"
        let lines = try TextFile.read(conf).split(
            separator: "\n", omittingEmptySubsequences: false)
        let text = lines.map { $0.hasPrefix("dir /") ? "dir \(state)" : $0 }
        try TextFile.replace(conf, with: text.joined(separator: "\n"))
        return try ServerProgram(.redis, [conf, "--repl-diskless-sync-delay", "0"], in: folder)
    }

    /// The reply of the node that serves the key.
    private static func ask(_ ports: [Int], _ line: String) throws -> RESPValue {
        let words = line.split(separator: " ").map { Array($0.utf8) }
        for port in ports {
            let reply = try testConnection(to: NodeAddress(port: port)).send(words)
            guard reply.errorCode != "MOVED" else { continue }
            if case .error(let message) = reply { throw Unexpected(description: message) }
            return reply
        }
        throw Unexpected(description: "nobody serves \(line)")
    }

    /// The reply of a server that has just been started, when it is there.
    private static func patiently(_ port: Int, _ command: String) throws -> RESPValue {
        try waitFor("the server at \(port)", within: .seconds(30)) {
            let reply = try? testConnection(to: NodeAddress(port: port)).send(command)
            return reply?.errorCode == "LOADING" ? nil : reply
        }
    }

    private static func run(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run(within: .minutes(2))
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(words)")
    }
}
