import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// latency-tracking on a lab node and on a real redis-server 7.0: which commands are counted, and how that is shown.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct LatencyConformanceTests {
    private static let commands = #"""
        CONFIG RESETSTAT
        SET {k}a 1
        GET {k}a
        MGET {k}a {k}b
        GET {k}a
        HSET {k}a f v
        NOPE
        GET
        LRANGE {k}l 0 -1
        CLIENT GETNAME
        CLIENT NOPE
        CONFIG GET maxmemory
        MULTI
        SET {k}b 1
        INCR {k}b
        EXEC
        EVAL "redis.call('get', KEYS[1]); return redis.call('strlen', KEYS[1])" 1 {k}a
        MULTI
        EVAL "for i = 1, 3e6 do end return redis.call('ttl', KEYS[1])" 1 {k}a
        EXISTS {k}a
        EXEC
        BLPOP {k}none 0.01
        ZADD {k}z 1 a
        LATENCY HISTOGRAM nope
        LATENCY HISTOGRAM nope|nope config|nope
        """#

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `the same commands are counted`(protocolVersion: Int) throws {
        let pair = try Pair(protocolVersion: protocolVersion)
        defer { pair.close() }
        for line in Self.commands.split(separator: "\n") {
            let (lab, redis) = try pair.send(String(line))
            #expect(lab == redis, "\(line)")
        }
        for line in ["", " get", " GET set", " config", " client|getname config get", " eval exec"]
        {
            let (lab, redis) = try pair.send("LATENCY HISTOGRAM" + line)
            #expect(Self.counts(lab) == Self.counts(redis), "LATENCY HISTOGRAM\(line)")
        }
        try compareInfo(pair)
        for line in [
            "CONFIG SET latency-tracking-info-percentiles \"0 12.5 100\"",
            "CONFIG GET latency-tracking-info-percentiles",
        ] {
            let (lab, redis) = try pair.send(line)
            #expect(lab == redis, "\(line)")
        }
        try compareInfo(pair)
        _ = try pair.send("CONFIG SET latency-tracking no")
        try compareInfo(pair)
        _ = try pair.send("LPUSH {k}l a")
        let (lab, redis) = try pair.send("LATENCY HISTOGRAM lpush get")
        #expect(Self.counts(lab) == Self.counts(redis))
    }

    private func compareInfo(_ pair: Pair) throws {
        let (lab, redis) = try pair.send("INFO latencystats")
        #expect(Self.masked(lab) == Self.masked(redis))
        #expect(Self.masked(redis).count > 0)
    }

    /// The commands in order with the number of calls; each distribution ends with as many.
    private static func counts(_ reply: RESPValue) -> [String] {
        let elements = reply.elements ?? []
        return stride(from: 0, to: elements.count, by: 2).map { index in
            let fields = elements[index + 1].elements ?? []
            let steps = fields.last?.elements ?? []
            let names = "\(fields[0].text ?? "") \(fields[2].text ?? "")"
            let isWhole = steps.last == fields[1] && steps.count % 2 == 0
            return "\(elements[index].text ?? "") \(fields[1]) \(names) \(isWhole)"
        }.sorted()
    }

    private static func masked(_ reply: RESPValue) -> [String] {
        (reply.text ?? "").split(separator: "\r\n")
            .map { $0.replacing(/=\d+\.\d{3}/, with: "=TIME") }.map(String.init).sorted()
    }
}
