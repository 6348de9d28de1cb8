import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// maxmemory on a lab node and on a real redis-server 7.0: what is refused in which words, and which keys go.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct EvictionConformanceTests {
    @Test(.timeLimit(.minutes(1)))
    func `every command that may need memory is refused without any, whatever its arguments`()
        throws
    {
        let pair = try Pair()
        defer { pair.close() }
        _ = try pair.send("SET {k} v")
        _ = try pair.send("CONFIG SET maxmemory 1")
        let rows = try pair.send("COMMAND").redis.elements ?? []
        var names: [String] = []
        for row in rows {
            guard let fields = row.elements, let name = fields[0].text,
                let arity = fields[1].integer,
                fields[2].elements?.contains(where: { $0.text == "denyoom" }) == true
            else { continue }
            names.append(name)
            for more in 0..<4 {
                let count = Int(abs(arity)) - 1 + more
                for argument in ["{k}", "1"] {
                    let words = [name] + Array(repeating: argument, count: count)
                    let (lab, redis) = try pair.send(words: words)
                    #expect(lab == redis, "\(words)")
                }
            }
        }
        #expect(names.count > 50)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `transactions and scripts without memory`(protocolVersion: Int) throws {
        try compareDialogue(Self.withoutMemory, protocolVersion, awaitsReplies: true)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["SET {k} 1", "DEL {k}"])
    func `memory that has become short meanwhile ends a transaction that may need some`(
        line: String
    ) throws {
        let pair = try Pair()
        defer { pair.close() }
        let (lab, redis) = try pair.connect()
        for command in ["MULTI", "GET {k}", line] {
            let words = splitArguments(Array(command.utf8)) ?? []
            #expect(try lab.send(words) == (try redis.send(words)))
        }
        _ = try pair.send("CONFIG SET maxmemory 1")
        #expect(try lab.send("EXEC") == (try redis.send("EXEC")))
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `policies, down to the last key that may go`(protocolVersion: Int) throws {
        let policies = [
            "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lru",
            "allkeys-lfu", "allkeys-random",
        ].map { policy in
            """
            w CONFIG SET maxmemory 0 maxmemory-policy \(policy)
            w FLUSHALL
            w CONFIG RESETSTAT
            w SET plain 1
            w CONFIG SET maxmemory 1
            w SET a 1
            w GET plain
            w INFO stats
            w CONFIG SET maxmemory 0
            w MSET {p}1 1 {p}2 2
            w SET {p}3 1 EX 1000
            w HSET {p}4 f v
            w PEXPIRE {p}4 900000
            w CONFIG SET maxmemory 1
            w GET {p}3
            w MULTI ; GET {p}1 ; EXEC
            w DBSIZE
            w LPUSH l 1
            w INFO stats
            """
        }
        try compareDialogue(policies.joined(separator: "\n"), protocolVersion, awaitsReplies: true)
    }

    @Test(.timeLimit(.minutes(1)))
    func `with volatile-ttl the key that expires first goes first, and is told of`() throws {
        try compareDialogue(
            """
            l PSUBSCRIBE __key*__:*
            w CONFIG SET notify-keyspace-events KEe
            w SET {k}1 1 EX 1000
            w CONFIG SET maxmemory-policy volatile-ttl
            w CONFIG SET maxmemory 1
            w GET {k}1
            w GET {k}1
            w CONFIG SET maxmemory 0
            w CONFIG SET notify-keyspace-events ""
            w SET {k}2 1
            w CONFIG SET maxmemory 1
            w GET {k}2
            """, 3, awaitsReplies: true)
    }

    private static let withoutMemory = #"""
        w SET {k} 1
        w SCRIPT LOAD "return redis.call('set', KEYS[1], 1)"
        w CONFIG SET maxmemory 1
        w MULTI ; SET {k} 1 ; GET {k} ; EXEC
        w MULTI ; PING ; DISCARD
        w MULTI ; EXEC
        w WATCH {k} ; UNWATCH
        w MULTI ; NOPE ; RESET
        w CONFIG SET maxmemory 0
        w MULTI ; GET {k} ; CONFIG SET maxmemory 1 ; SET {k} 1 ; EXEC
        w EVAL "return 1" 1 {k}
        w EVAL "return redis.call('get', KEYS[1])" 1 {k}
        w EVAL "return redis.call('set', KEYS[1], 1)" 1 {k}
        w EVAL "return redis.pcall('set', KEYS[1], 1)" 1 {k}
        w EVAL "redis.call('del', KEYS[1]) return redis.call('set', KEYS[1], 1)" 1 {k}
        w EVAL_RO "return redis.call('get', KEYS[1])" 1 {k}
        w EVAL "#!lua\nreturn 1" 1 {k}
        w EVAL "#!lua flags=allow-oom\nreturn redis.call('set', KEYS[1], 1)" 1 {k}
        w EVAL "#!lua flags=no-writes\nreturn redis.call('get', KEYS[1])" 1 {k}
        w EVALSHA b8059ba43af6ffe8bed3db65bac35d452f8115d8 1 {k}
        w FUNCTION LOAD "#!lua name=l\nredis.register_function('f', function() return 1 end)"
        w CONFIG SET maxmemory 0
        w FUNCTION LOAD "#!lua name=l\nredis.register_function('f', function(k) return redis.call('set', k[1], 1) end)"
        w FUNCTION LOAD "#!lua name=m\nredis.register_function{function_name='g', callback=function(k) return redis.call('set', k[1], 1) end, flags={'allow-oom'}}"
        w FUNCTION LOAD "#!lua name=n\nredis.register_function{function_name='h', callback=function(k) return redis.call('get', k[1]) end, flags={'no-writes'}}"
        w CONFIG SET maxmemory 1
        w FCALL f 1 {k}
        w FCALL g 1 {k}
        w FCALL h 1 {k}
        w FCALL_RO h 1 {k}
        w FUNCTION LOAD REPLACE "#!lua name=l\nredis.register_function('f', function() return 1 end)"
        w FUNCTION FLUSH
        """#
}
