import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// SLOWLOG, LATENCY, MEMORY and the clocks of keys on a lab node and on a real redis-server 7.0: what does not depend on
/// times and sizes.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct ServerConformanceTests {
    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `replies have the form and the words of redis-server`(protocolVersion: Int) throws {
        let pair = try Pair(protocolVersion: protocolVersion)
        defer { pair.close() }
        for line in Self.lines.split(separator: "\n").map({ $0.trimmingPrefix { $0 == " " } }) {
            let (lab, redis) = try pair.send(String(line))
            #expect(masked(lab) == masked(redis), "\(line)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `the commands are all of redis-server's`() throws {
        let pair = try Pair()
        defer { pair.close() }
        let names = { (reply: RESPValue) in Set((reply.elements ?? []).compactMap(\.text)) }
        let replies = try pair.send("COMMAND LIST")
        #expect(names(replies.redis).count > 360)
        #expect(names(replies.redis).subtracting(names(replies.lab)) == [])
        // Newer clients send it as soon as they connect.
        #expect(names(replies.lab).subtracting(names(replies.redis)) == ["client|setinfo"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `MEMORY STATS has the fields of redis-server`() throws {
        let pair = try Pair(protocolVersion: 3)
        defer { pair.close() }
        for line in ["PING", "SET k v"] {
            _ = try pair.send(line)
            let replies = try pair.send("MEMORY STATS")
            #expect(try names(replies.lab) == names(replies.redis))
        }
    }

    private func names(_ reply: RESPValue) throws -> [String] {
        let elements = try #require(reply.elements)
        return stride(from: 0, to: elements.count, by: 2).flatMap { index in
            [elements[index].text ?? ""]
                + (elements[index + 1].elements ?? []).compactMap(\.text)
        }
    }

    /// Times and addresses are left out, and sizes of memory are no more than numbers.
    private func masked(_ reply: RESPValue) -> RESPValue {
        switch reply {
        case .array(let elements):
            // An entry of the slow log: number, time and duration come first.
            elements.count == 6 && elements[3].elements != nil
                ? .array(elements.dropFirst(3).map(masked)) : .array(elements.map(masked))
        case .map(let elements): .map(elements.map(masked))
        case .integer(let number): .integer(number > 20 ? 20 : number)
        case .bulkString(let bytes)
        where String(decoding: bytes, as: UTF8.self).hasPrefix("127.0.0.1:"):
            .bulkString([])
        default: reply
        }
    }

    private static let lines = #"""
        SLOWLOG RESET
        SLOWLOG LEN
        SLOWLOG GET
        SLOWLOG GET x
        SLOWLOG GET -2
        SLOWLOG GET 1 2
        SLOWLOG NOPE
        SLOWLOG HELP
        CONFIG GET slowlog-log-slower-than
        CONFIG GET slowlog-max-len
        DEBUG SLEEP 0.02
        SLOWLOG GET
        SLOWLOG LEN
        CONFIG SET slowlog-log-slower-than 0
        CLIENT SETNAME me
        SET k v
        GET k
        NOPE
        GET
        INCR k
        AUTH a b
        ACL SETUSER x >y on
        CONFIG SET masterauth secret
        CONFIG SET masterauth ""
        MULTI
        SET k w
        EXEC
        DEL a{1} b{1} c{1} d{1} e{1} f{1} g{1} h{1} i{1} j{1} k{1} l{1} m{1} n{1} o{1} p{1} q{1} r{1} s{1} t{1} u{1} v{1} w{1} x{1} y{1} z{1} A{1} B{1} C{1} D{1} E{1} F{1}
        SET k xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
        SLOWLOG GET
        SLOWLOG GET 2
        CONFIG SET slowlog-log-slower-than -1
        SLOWLOG RESET
        GET k
        SLOWLOG LEN
        CONFIG SET slowlog-log-slower-than -2
        CONFIG SET slowlog-max-len -1
        CONFIG GET latency-monitor-threshold
        LATENCY LATEST
        LATENCY DOCTOR
        LATENCY HISTORY command
        LATENCY GRAPH command
        LATENCY RESET
        LATENCY NOPE
        LATENCY HELP
        CONFIG SET latency-monitor-threshold 10
        LATENCY DOCTOR
        LATENCY LATEST
        DEBUG SLEEP 0.021
        LATENCY LATEST
        LATENCY HISTORY command
        LATENCY RESET nothing
        LATENCY RESET COMMAND
        LATENCY LATEST
        MEMORY USAGE none
        MEMORY USAGE k
        MEMORY USAGE k SAMPLES
        MEMORY USAGE k SAMPLES x
        MEMORY USAGE k SAMPLES -1
        MEMORY USAGE k SAMPLES 0
        MEMORY USAGE k NOPE 1
        MEMORY PURGE
        MEMORY HELP
        MEMORY NOPE
        MEMORY
        OBJECT FREQ k
        OBJECT IDLETIME none
        CONFIG SET maxmemory-policy allkeys-lfu
        SET f word
        OBJECT FREQ f
        OBJECT FREQ none
        OBJECT IDLETIME f
        CONFIG SET maxmemory-policy volatile-lfu
        OBJECT FREQ f
        CONFIG SET maxmemory-policy noeviction
        OBJECT FREQ f
        """#
}
