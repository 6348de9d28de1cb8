import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Keys of every type that go from a lab node to a real redis-server 7.0 and back.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct MovingConformanceTests {
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func `MIGRATE takes every type along, there and back`(fromLab: Bool) throws {
        let pair = try Pair()
        defer { pair.close() }
        let (lab, redis) = try pair.connect()
        let (source, target) = fromLab ? (lab, redis) : (redis, lab)
        try EveryType.make(on: source)
        let before = try facts(source)
        try move(from: source, to: target)
        #expect(try source.send("DBSIZE") == .integer(0))
        #expect(try facts(target) == before)
        try move(from: target, to: source)
        #expect(try facts(source) == before)
        #expect(try target.send("DBSIZE") == .integer(0))
    }

    @Test(.timeLimit(.minutes(1)))
    func `who waits for a key that is moved away is told the same`() throws {
        let pair = try Pair()
        defer { pair.close() }
        let (lab, redis) = try pair.connect()
        for line in [
            "XREADGROUP GROUP g c BLOCK 0 STREAMS {k}x1 >", "XREAD BLOCK 300 STREAMS {k}x1 $",
            "BZPOPMIN {k}none 0.3", "BZMPOP 0.3 1 {k}none MIN",
        ] {
            var replies: [RESPValue] = []
            for (waiter, other, to) in try ends(pair) {
                try EveryType.make(on: other)
                _ = try other.send("XGROUP", "SETID", "{k}x1", "g", "$")
                let words = splitArguments(Array(line.utf8)) ?? []
                try waiter.write(encodeRequest(words))
                try waitUntil("it waits") {
                    try other.send("INFO", "clients").text?.contains("blocked_clients:1\r\n")
                        == true
                }
                _ = try other.send(
                    "MIGRATE", to.host, "\(to.port)", "{k}x1", "0", "5000", "REPLACE")
                replies.append(try waiter.receive())
                for server in [lab, redis] { _ = try server.send("FLUSHALL") }
            }
            #expect(replies.first == replies.last, "\(line)")
        }
    }

    // MARK: - Within something else

    private static let call =
        "redis.call('migrate', '127.0.0.1', ARGV[1], KEYS[1], 0, ARGV[2] or 5000)"

    /// Lines for a server with `{k}1` and `{k}2`. PORT is the other one's, NOBODY one that nobody listens at.
    private static let lines = [
        ["MULTI", "SET {k}x 1", "MIGRATE 127.0.0.1 PORT {k}1 0 5000", "GET {k}1", "INCR {k}x", "EXEC"],
        [
            "MULTI", "MIGRATE 127.0.0.1 PORT \"\" 0 5000 KEYS {k}1 {k}3 {k}2", "SET {k}1 new",
            "MIGRATE 127.0.0.1 PORT {k}1 0 5000", "MIGRATE 127.0.0.1 PORT {k}1 0 5000 REPLACE",
            "MIGRATE 127.0.0.1 PORT {k}1 0 5000", "EXEC",
        ],
        [
            "MULTI", "MIGRATE 127.0.0.1 PORT {k}1 0 5000 COPY", "MIGRATE 127.0.0.1 PORT {k}1 0 5000 COPY",
            "MIGRATE 127.0.0.1 PORT {k}1 0 5000 COPY REPLACE", "GET {k}1", "EXEC",
        ],
        ["MULTI", "MIGRATE 127.0.0.1 PORT {k}1 0 5000 AUTH x", "MIGRATE 127.0.0.1 PORT {k}1 3 5000", "EXEC"],
        ["MULTI", "MIGRATE 127.0.0.1 NOBODY {k}1 0 500", "SET {k}2 c", "EXEC"],
        ["MULTI", "MIGRATE 127.0.0.1 PORT {k}1 0 5000 FOO", "MIGRATE 127.0.0.1 PORT {k}1 0", "EXEC"],
        ["EVAL \"local r = \(call) return {r, redis.call('exists', KEYS[1])}\" 1 {k}1 PORT"],
        ["EVAL \"return \(call)\" 1 {k}1 PORT", "SET {k}1 b", "EVAL \"return \(call)\" 1 {k}1 PORT"],
        ["EVAL \"return pcall(function() return \(call) end)\" 1 {k}1 NOBODY 500"],
        ["EVAL \"for i = 1, 3e6 do end local r = \(call) for i = 1, 3e6 do end return r\" 1 {k}1 PORT"],
        [
            "MULTI", "INCR {k}n", "EVAL \"return \(call)\" 1 {k}1 PORT", "INCR {k}n",
            "MIGRATE 127.0.0.1 PORT {k}n 0 5000", "EVAL \"return \(call)\" 1 {k}1 PORT", "EXEC",
        ],
        ["EVAL_RO \"return \(call)\" 1 {k}1 PORT"],
        [
            "FUNCTION LOAD REPLACE \"#!lua name=mover\\nredis.register_function('move', "
                + "function(KEYS, ARGV) return \(call) end)\"", "FCALL move 1 {k}1 PORT",
            "FCALL move 1 {k}2 NOBODY 500",
        ],
        ["CONFIG SET busy-reply-threshold 0", "EVAL \"return \(call)\" 1 {k}1 PORT"],
    ]

    @Test(.timeLimit(.minutes(2)))
    func `MIGRATE within EXEC and within scripts does the same, whoever sends and takes`() throws {
        let pair = try Pair()
        defer { pair.close() }
        let (lab, redis) = try pair.connect()
        let nobody = "\(try FreePorts(count: 1).first)"
        for lines in Self.lines {
            var outcomes: [[RESPValue]] = []
            for (source, target) in [(lab, redis), (redis, lab)] {
                for server in [lab, redis] { _ = try server.send("FLUSHALL") }
                _ = try source.send("MSET", "{k}1", "one", "{k}2", "two")
                let port = "\(target.address.port)"
                var seen = try lines.map { line in
                    let filled = line.replacing("PORT", with: port).replacing("NOBODY", with: nobody)
                    return try source.send(splitArguments(Array(filled.utf8)) ?? [])
                }
                for server in [source, target] {
                    seen.append(try server.send("MGET", "{k}1", "{k}2", "{k}x", "{k}n"))
                }
                outcomes.append(seen)
            }
            #expect(outcomes.first == outcomes.last, "\(lines)")
        }
    }

    /// A client that waits, another one, and the server of the other kind.
    private func ends(
        _ pair: Pair
    ) throws -> [(RESPConnection, RESPConnection, NodeAddress)] {
        let (waiters, others) = (try pair.connect(), try pair.connect())
        return [
            (waiters.lab, others.lab, others.redis.address),
            (waiters.redis, others.redis, others.lab.address),
        ]
    }

    private func facts(_ client: RESPConnection) throws -> [String: [RESPValue]] {
        var facts: [String: [RESPValue]] = [:]
        for key in EveryType.keys { facts[key] = try EveryType.facts(of: key, on: client) }
        return facts
    }

    /// Half of the keys one by one, the others together.
    private func move(from source: RESPConnection, to target: RESPConnection) throws {
        let half = EveryType.keys.count / 2
        let place = [target.address.host, "\(target.address.port)"]
        for key in EveryType.keys.prefix(half) {
            let reply = try source.send(
                (["MIGRATE"] + place + [key, "0", "5000"]).map { Array($0.utf8) })
            #expect(reply == .simpleString("OK"), "\(key)")
        }
        let rest = ["MIGRATE"] + place + ["", "0", "5000", "KEYS"] + EveryType.keys.dropFirst(half)
        #expect(try source.send(rest.map { Array($0.utf8) }) == .simpleString("OK"))
    }
}
