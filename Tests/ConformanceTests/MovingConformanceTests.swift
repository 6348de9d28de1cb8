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
