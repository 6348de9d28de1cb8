import ClusterCore
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Scripts and functions on a lab node and on a real redis-server 7.0, replies compared.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct ScriptConformanceTests {
    @Test(.timeLimit(.minutes(2)), arguments: [2, 3])
    func `scripts, the sandbox and functions answer as redis-server does`(
        protocolVersion: Int
    ) throws {
        let pair = try Pair(protocolVersion: protocolVersion)
        defer { pair.close() }
        for line in ScriptConformanceLines.all {
            let (lab, redis) = try pair.send(line)
            if lab != redis {
                Issue.record("\(line)\n\(lab.terminalText)\nredis-server:\n\(redis.terminalText)")
            }
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [1, 2, 3, 4] as [UInt64])
    func `random scripts get the replies of redis-server`(seed: UInt64) throws {
        let pair = try Pair(protocolVersion: seed.isMultiple(of: 2) ? 3 : 2)
        defer { pair.close() }
        var generator = RandomScripts(seed: seed)
        for number in 0..<3000 {
            let script = generator.next()
            let (lab, redis) = try pair.send(words: script)
            // Addresses of tables and functions differ.
            guard !"\(redis)".contains("0x") else { continue }
            try #require(lab == redis, "seed \(seed), script \(number): \(script)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `libraries dumped by one are restored by the other`() throws
    {
        let pair = try Pair()
        defer { pair.close() }
        let (lab, redis) = try pair.connect()
        _ = try pair.send(words: ["FUNCTION", "LOAD", Self.library])
        for (from, to) in [(lab, redis), (redis, lab)] {
            guard case .bulkString(let payload) = try from.send("FUNCTION", "DUMP") else {
                Issue.record("no payload")
                continue
            }
            #expect(try to.send("FUNCTION", "FLUSH") == .simpleString("OK"))
            let command = ["FUNCTION", "RESTORE"].map { Array($0.utf8) } + [payload]
            #expect(try to.send(command) == .simpleString("OK"))
            #expect(try to.send("FCALL", "twice", "1", "k", "4") == .integer(8))
            #expect(
                try to.send(command).errorText?.contains("Library mylib already exists") == true)
            #expect(try to.send(command + [Array("REPLACE".utf8)]) == .simpleString("OK"))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `functions and the effects of scripts reach a replica of the other kind`(
        isMasterLab: Bool
    ) throws {
        let server = try LabServer { $0.replDisklessSyncDelay = 0 }
        let real = try RedisServer(
            inCluster: false, arguments: ["--repl-diskless-sync-delay", "0"])
        let (lab, redis) = (try server.connect(), try real.connect())
        let (master, replica) = isMasterLab ? (lab, redis) : (redis, lab)
        let port = isMasterLab ? server.address.port : real.address.port
        // One library comes with the snapshot, one with the stream.
        _ = try master.send("FUNCTION", "LOAD", Self.library)
        _ = try replica.send("REPLICAOF", "127.0.0.1", "\(port)")
        try waitUntil("the first library") {
            try replica.send("FUNCTION", "LIST").elements?.count == 1
        }
        _ = try master.send("FUNCTION", "LOAD", Self.otherLibrary)
        _ = try master.send(
            "EVAL", "redis.call('set', KEYS[1], 1) redis.call('incr', KEYS[1])", "1", "a")
        _ = try master.send("FCALL", "put", "1", "b", "5")
        try waitUntil("b") { try replica.send("GET", "b") == .bulkString(Array("5".utf8)) }
        #expect(try replica.send("GET", "a") == .bulkString(Array("2".utf8)))
        #expect(try replica.send("FCALL_RO", "twice", "0", "x").errorText != nil)
        #expect(try replica.send("FUNCTION", "LIST").elements?.count == 2)
        _ = try master.send("FUNCTION", "DELETE", "mylib")
        _ = try master.send("SET", "c", "1")
        try waitUntil("c") { try replica.send("GET", "c") == .bulkString(Array("1".utf8)) }
        #expect(try replica.send("FUNCTION", "LIST").elements?.count == 1)
        withExtendedLifetime((server, real)) {}
    }

    private static let library =
        "#!lua name=mylib\nredis.register_function('twice', function(k, a) return a[1] * 2 end)"
    private static let otherLibrary =
        "#!lua name=other\nredis.register_function('put', function(k, a) return redis.call('set', k[1], a[1]) end)"
}

extension RESPValue {
    /// The text of an error.
    fileprivate var errorText: String? {
        if case .error(let text) = self { text } else { nil }
    }
}
