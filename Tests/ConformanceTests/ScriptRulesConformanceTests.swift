import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Scripts where memory, replicas or the master are missing: which of them a lab node and a real redis-server 7.0 let
/// through, by what the scripts say of themselves.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct ScriptRulesConformanceTests {
    /// What is wrong.
    struct Situation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var isReplica = false
        var losesMaster = false
        var settings: [String] = []
    }

    private static let situations = [
        Situation(testDescription: "nothing"),
        Situation(testDescription: "no memory", settings: ["maxmemory 1"]),
        Situation(
            testDescription: "no memory, and keys are evicted",
            settings: ["maxmemory-policy allkeys-lru", "maxmemory 1"]),
        Situation(testDescription: "no replica", settings: ["min-replicas-to-write 1"]),
        Situation(testDescription: "a replica", isReplica: true),
        Situation(
            testDescription: "a replica that writes", isReplica: true,
            settings: ["replica-read-only no", "min-replicas-to-write 1"]),
        Situation(
            testDescription: "a replica without memory", isReplica: true, settings: ["maxmemory 1"]),
        Situation(testDescription: "no master", isReplica: true, losesMaster: true),
        Situation(
            testDescription: "no master, and stale data is not served", isReplica: true,
            losesMaster: true, settings: ["replica-serve-stale-data no"]),
        Situation(
            testDescription: "no master, no stale data, writes", isReplica: true, losesMaster: true,
            settings: ["replica-serve-stale-data no", "replica-read-only no"]),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: situations)
    func `scripts are refused where redis-server refuses them`(_ situation: Situation) throws {
        let servers = try Servers(situation)
        for setting in situation.settings {
            try servers.compare(["CONFIG", "SET"] + setting.split(separator: " ").map(String.init))
        }
        for body in Self.bodies {
            for flags in Self.flags {
                let script = flags.map { "#!lua flags=\($0)\n\(body)" } ?? body
                for keys in [["0"], ["1", "k"]] { try servers.tryOut(script, keys) }
            }
        }
        for name in ["w", "r", "d"] {
            for number in 1...6 {
                for call in ["FCALL", "FCALL_RO"] {
                    try servers.compare([call, "\(name)\(number)", "1", "k"])
                }
            }
        }
        for line in ["SCRIPT LOAD x", "SCRIPT FLUSH", "FUNCTION STATS", "FUNCTION DELETE none"] {
            try servers.compare(line.split(separator: " ").map(String.init))
        }
        servers.close()
    }

    private static let flags: [String?] = [
        nil, "", "no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys",
        "no-writes,allow-stale", "allow-oom,allow-stale",
    ]

    private static let bodies = [
        "return redis.call('set', KEYS[1] or '{k}x', 1)", "return redis.call('get', KEYS[1] or '{k}x')",
        "return redis.call('del', KEYS[1] or '{k}x')", "return 1", "return redis.call('ping')",
        "redis.call('del', '{k}x') return redis.call('set', '{k}y', 1)",
        "redis.pcall('set', '{k}x', 1) return redis.call('lpush', '{k}l', 1)",
        "return redis.call('publish', 'a', 'b')", "return redis.call('pfcount', '{k}none')",
        "return type(redis.call('info', 'cluster'))",
    ]

    fileprivate static let library = """
        #!lua name=rules
        local calls = {w = 'set', r = 'get', d = 'del'}
        local flags = {{}, {'no-writes'}, {'allow-oom'}, {'allow-stale'}, {'no-cluster'},
            {'no-writes', 'allow-stale'}}
        for name, command in pairs(calls) do
            for number, list in ipairs(flags) do
                redis.register_function{function_name = name .. number, flags = list,
                    callback = function(keys)
                        if name == 'w' then return redis.call(command, keys[1], 1) end
                        return redis.call(command, keys[1])
                    end}
            end
        end
        """
}

/// A lab node and a redis-server in the same situation.
private struct Servers {
    private let lab: any LabConnection
    private let redis: any LabConnection
    private let end: () -> Void

    init(_ situation: ScriptRulesConformanceTests.Situation) throws {
        let library = ["FUNCTION", "LOAD", ScriptRulesConformanceTests.library]
        guard situation.isReplica else {
            let pair = try Pair()
            let (lab, redis) = try pair.connect()
            (self.lab, self.redis) = (lab, redis)
            end = { pair.close() }
            try compare(library)
            try compare(["SET", "k", "v"])
            return
        }
        let master = try RedisServer(
            inCluster: false, arguments: ["--repl-diskless-sync-delay", "0"])
        let (server, real) = (try LabServer(), try RedisServer(inCluster: false))
        (lab, redis) = (try server.connect(), try real.connect())
        end = { withExtendedLifetime((master, server, real)) {} }
        let client = try master.connect()
        _ = try client.send(library.map { Array($0.utf8) })
        _ = try client.send("SET", "k", "v")
        try compare(["REPLICAOF", "127.0.0.1", "\(master.address.port)"])
        for replica in [lab, redis] {
            try waitUntil("k") { try replica.send("GET", "k") == .bulkString([UInt8(ascii: "v")]) }
        }
        guard situation.losesMaster else { return }
        master.kill()
        for replica in [lab, redis] {
            try waitUntil("the link is down") {
                try replica.send("INFO", "replication").text?.contains("link_status:up") == false
            }
        }
    }

    func close() { end() }

    func compare(_ words: [String]) throws {
        let arguments = words.map { Array($0.utf8) }
        let (ours, theirs) = (try lab.send(arguments), try redis.send(arguments))
        if ours != theirs {
            Issue.record("\(words)\n\(ours.terminalText)\nredis-server:\n\(theirs.terminalText)")
        }
    }

    /// Runs a script by all ways there are.
    func tryOut(_ script: String, _ keys: [String]) throws {
        try compare(["EVAL", script] + keys)
        try compare(["EVAL_RO", script] + keys)
        if case .bulkString(let hash) = try redis.send("SCRIPT", "LOAD", script) {
            _ = try lab.send("SCRIPT", "LOAD", script)
            try compare(["EVALSHA", String(decoding: hash, as: UTF8.self)] + keys)
            try compare(["EVALSHA_RO", String(decoding: hash, as: UTF8.self)] + keys)
        }
        try compare(["MULTI"])
        try compare(["EVAL", script] + keys)
        try compare(["EXEC"])
    }
}
