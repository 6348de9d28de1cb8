import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// An append-only file whose base is commands, or a dump, written by one kind of server and loaded by the other.
@Suite(
    .serialized, .timeLimit(.minutes(2)),
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)),
    .enabled(if: ServerProgram.labPath != nil, "the program is not built"))
struct AppendOnlyConformanceTests {
    private static let library =
        "#!lua name=lib\nredis.register_function('f', function() return 'v' end)"

    @Test(arguments: ["no", "yes"])
    func `a real server loads what a lab node has rewritten`(usesDump: String) throws {
        let folder = try TemporaryFolder()
        let port = try FreePorts(count: 1).first
        let arguments = Self.arguments(usesDump) + ["--port", "\(port)"]
        let lab = try ServerProgram(.lab, arguments, in: folder.path)
        let client = try lab.connect(port: port)
        let before = try fill(client)
        lab.end(by: SIGKILL)
        var files: [String: [UInt8]] = [:]
        let parts = try FileManager.default.contentsOfDirectory(
            atPath: "\(folder.path)/appendonlydir")
        for name in parts {
            let url = URL(filePath: "\(folder.path)/appendonlydir/\(name)")
            files["appendonlydir/\(name)"] = [UInt8](try Data(contentsOf: url))
        }
        #expect(parts.contains { $0.hasSuffix(usesDump == "no" ? ".base.aof" : ".base.rdb") })
        let redis = try RedisServer(
            inCluster: false, files: files, arguments: ["--appendonly", "yes"])
        try compare(try redis.connect(), before)
    }

    @Test(arguments: ["no", "yes"])
    func `a lab node loads what a real server has rewritten`(usesDump: String) throws {
        let redis = try RedisServer(inCluster: false, arguments: Self.arguments(usesDump))
        let before = try fill(try redis.connect())
        redis.kill()
        let folder = try TemporaryFolder()
        let target = URL(filePath: folder.path).appending(path: "appendonlydir")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for name in try redis.fileNames("appendonlydir") {
            try Data(try redis.file("appendonlydir/\(name)"))
                .write(to: target.appending(path: name))
        }
        let port = try FreePorts(count: 1).first
        let lab = try ServerProgram(
            .lab, Self.arguments(usesDump) + ["--port", "\(port)"], in: folder.path)
        try compare(try lab.connect(port: port), before)
    }

    private static func arguments(_ usesDump: String) -> [String] {
        [
            "--appendonly", "yes", "--aof-use-rdb-preamble", usesDump, "--enable-debug-command",
            "local", "--appendfsync", "always",
        ]
    }

    /// Keys of every type and a function, rewritten, and one write after that.
    /// - Returns: what the server has of each key.
    private func fill(_ client: RESPConnection) throws -> [String: [RESPValue]] {
        try EveryType.make(on: client)
        _ = try client.send("FUNCTION", "LOAD", Self.library)
        _ = try client.send("BGREWRITEAOF")
        try waitUntil("the end of the rewriting") {
            try client.send("INFO", "persistence").text?
                .contains("aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0\r\n") == true
        }
        #expect(
            try client.send("INFO", "persistence").text?.contains("aof_last_bgrewrite_status:ok")
                == true)
        _ = try client.send("SET", "{k}after", "1")
        return try facts(client)
    }

    private func compare(_ client: RESPConnection, _ before: [String: [RESPValue]]) throws {
        // A server that has just started loads its data first.
        try waitUntil("its data") { try client.send("PING") == .simpleString("PONG") }
        #expect(try client.send("DBSIZE") == .integer(Int64(EveryType.keys.count + 1)))
        #expect(try client.send("GET", "{k}after").text == "1")
        #expect(try client.send("FCALL", "f", "0").text == "v")
        let after = try facts(client)
        for key in EveryType.keys { #expect(after[key] == before[key], "\(key)") }
    }

    /// Without what commands do not bring back: when consumers were seen last, and how a string came about.
    private func facts(_ client: RESPConnection) throws -> [String: [RESPValue]] {
        var facts: [String: [RESPValue]] = [:]
        for key in EveryType.keys {
            facts[key] = try EveryType.facts(of: key, on: client).map(Self.withoutTimes)
            if key.hasPrefix("{k}s") || key.hasPrefix("{k}p") { facts[key]?.remove(at: 1) }
        }
        return facts
    }

    private static func withoutTimes(_ value: RESPValue) -> RESPValue {
        guard let elements = value.elements else { return value }
        var masked = elements.map(withoutTimes)
        for index in masked.indices.dropLast()
        where ["seen-time", "radix-tree-nodes", "radix-tree-keys"].contains(masked[index].text) {
            masked[index + 1] = .null
        }
        return .array(masked)
    }
}
