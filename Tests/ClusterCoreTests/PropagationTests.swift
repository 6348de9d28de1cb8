import ClusterCore
import RESP
import Testing

/// What replicas are told of the commands that clients send.
@Suite struct PropagationTests {
    /// What a replica gets of the lines, as lines.
    private func stream(of lines: [String], after pause: Duration = .zero) -> [String] {
        let network = BusNetwork(
            BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) {
                $0.clusterEnabled = false
                $0.replDisklessSync = false
            })
        let replica = network.connect(to: 0)
        network.send("PSYNC ? -1", over: replica)
        // Without an offset so far, and without a mark, the stream begins right after the snapshot.
        _ = network.run(for: .milliseconds(10)) { replica.received.contains(0xFF) }
        _ = network.run(for: .milliseconds(10))
        _ = replica.take()
        let client = network.connect(to: 0)
        for line in lines {
            network.send(line, over: client)
            if pause > .zero { _ = network.run(for: pause) }
        }
        return commands(in: replica.received).filter { $0 != "PING" && $0 != "SELECT 0" }
    }

    private func commands(in bytes: [UInt8]) -> [String] {
        var parser = RequestParser()
        var commands: [String] = []
        var consumed = 0
        bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            while case .command(let length, let count) = parser.parse(
                start + consumed, count: buffer.count - consumed)
            {
                let arguments = parser.arguments(at: start + consumed, count: count)
                commands.append(arguments.indices.map { arguments[$0].text }.joined(separator: " "))
                consumed += length
            }
        }
        return commands
    }

    /// Unix milliseconds of the start of the tests' clock.
    private static let start = 1_700_000_000_000

    /// A line and what replicas get of it, where the milliseconds since the clock's start are what passed till then.
    struct Case: CustomStringConvertible {
        let before: [String]
        let line: String
        let propagated: [String]
        var description: String { line }

        init(_ line: String, _ propagated: String...) {
            (before, self.line, self.propagated) = ([], line, propagated)
        }

        init(_ before: [String], _ line: String, _ propagated: String...) {
            (self.before, self.line, self.propagated) = (before, line, propagated)
        }
    }

    private static let collectionCases: [Case] = [
        Case("HSET h a 1", "HSET h a 1"), Case(["HSET h a 1"], "HGET h a"),
        Case(["HSET h a 1"], "HINCRBYFLOAT h a 0.5", "HSET h a 1.5"),
        Case(["HSET h a 1"], "HDEL h b"), Case("HINCRBY h a 1", "HINCRBY h a 1"),
        Case("LPUSH l 1 2", "LPUSH l 1 2"), Case("LPUSHX l 1"), Case("LPOP l"),
        Case(["RPUSH l 1 2"], "LMPOP 1 l RIGHT COUNT 5", "RPOP l 2"),
        Case(["RPUSH l 1 2"], "BLPOP none l 0", "LPOP l"),
        Case(["RPUSH l 1 2"], "BLMPOP 0 1 l LEFT", "LPOP l 1"),
        Case(["RPUSH l 1 2"], "BLMOVE l m LEFT RIGHT 0", "LMOVE l m LEFT RIGHT"),
        Case(["RPUSH l 1 2"], "BRPOPLPUSH l m 0", "RPOPLPUSH l m"),
        Case(["RPUSH l 1 2"], "LTRIM l 0 -1"), Case(["RPUSH l 1"], "LREM l 0 2"),
        Case(["SADD s 1"], "SPOP s", "SREM s 1"), Case(["SADD s 1 2"], "SPOP s 5", "DEL s"),
        Case(["SADD s 1"], "SADD s 1"), Case("SPOP s"),
        Case(["SADD s 1"], "SUNIONSTORE d s", "SUNIONSTORE d s"),
        Case("SDIFFSTORE d s"), Case(["SADD s 1"], "SMOVE s t 1", "SMOVE s t 1"),
    ]

    private static let streamCases: [Case] = [
        Case("XADD s 1-1 a b", "XADD s 1-1 a b"), Case("XADD s 1-* a b", "XADD s 1-0 a b"),
        Case("XADD s * a b", "XADD s \(start + 10)-0 a b"),
        Case(stream, "XADD s MAXLEN ~ 1 9 a b", "XADD s MAXLEN = 3 9 a b"),
        Case(stream, "XADD s MINID ~ 2 LIMIT 7 9 a b", "XADD s MINID = 1-1 LIMIT 7 9 a b"),
        Case(stream, "XADD s MAXLEN 1 9 a b", "XADD s MAXLEN 1 9 a b"),
        Case("XADD s NOMKSTREAM 1 a b"), Case(stream, "XADD s 1 a b"),
        Case(stream, "XTRIM s MAXLEN ~ 1"), Case(stream, "XTRIM s MAXLEN 1", "XTRIM s MAXLEN 1"),
        Case(stream, "XTRIM s MAXLEN ~ 0", "XTRIM s MAXLEN = 0"),
        Case(stream, "XTRIM s MINID ~ 9", "XTRIM s MINID = \(last)"),
        Case(stream, "XDEL s 1-1", "XDEL s 1-1"), Case(stream, "XDEL s 9"),
        Case(stream, "XSETID s 9", "XSETID s 9"),
        Case(stream, "XGROUP CREATE s g 0", "XGROUP CREATE s g 0"),
        Case(group, "XGROUP CREATE s g 0"), Case(group, "XGROUP DESTROY s none"),
        Case(group, "XGROUP CREATECONSUMER s g c", "XGROUP CREATECONSUMER s g c"),
        Case(
            group, "XREADGROUP GROUP g c COUNT 1 STREAMS s >",
            "XCLAIM s g c 0 1-1 TIME \(start + 10) RETRYCOUNT 1 FORCE JUSTID LASTID 1-1"),
        Case(
            group, "XREADGROUP GROUP g c NOACK STREAMS s >", "MULTI",
            "XGROUP CREATECONSUMER s g c", "XGROUP SETID s g 1-2 ENTRIESREAD 2", "EXEC"),
        Case(group, "XREADGROUP GROUP g c STREAMS s 0"),
        Case(pending, "XREADGROUP GROUP g c STREAMS s 0"), Case(pending, "XREAD STREAMS s 0"),
        Case(pending, "XACK s g 1-1", "XACK s g 1-1"), Case(pending, "XACK s g 9"),
        Case(
            pending, "XCLAIM s g d 0 1-1 9",
            "XCLAIM s g d 0 1-1 TIME \(start + 10) RETRYCOUNT 2 FORCE JUSTID LASTID 1-1"),
        Case(
            pending, "XCLAIM s g d 100000 1-1 LASTID 7",
            "XGROUP SETID s g 7-0 ENTRIESREAD 1"),
        Case(pending, "XCLAIM s g d 100000 1-1"),
        Case(
            pending + [next, "XDEL s 1-1"], "XAUTOCLAIM s g d 0 0 JUSTID", "MULTI",
            "XCLAIM s g c 0 1-1 TIME \(start + 10) RETRYCOUNT 1 FORCE JUSTID LASTID 1-2",
            "XCLAIM s g d 0 1-2 TIME \(start + 10) RETRYCOUNT 1 FORCE JUSTID LASTID 1-2", "EXEC"),
    ]

    private static let stream = ["XADD s 1-1 a b", "XADD s 1-2 c d"]
    private static let group = stream + ["XGROUP CREATE s g 0"]
    private static let next = "XREADGROUP GROUP g c COUNT 1 STREAMS s >"
    private static let pending = group + [next]
    private static let last = "18446744073709551615-18446744073709551615"

    private static let sortedSetCases: [Case] = [
        Case("ZADD z CH 1 a 2 b", "ZADD z CH 1 a 2 b"), Case(["ZADD z 1 a"], "ZADD z 1 a"),
        Case(["ZADD z 1 a"], "ZADD z XX 2 b"), Case("ZINCRBY z 0.1 a", "ZINCRBY z 0.1 a"),
        Case(["ZADD z 1 a"], "ZINCRBY z 0 a"), Case(["ZADD z 1 a"], "ZREM z b"),
        Case(["ZADD z 1 a"], "ZPOPMIN z", "ZPOPMIN z"), Case("ZPOPMIN z"),
        Case(["ZADD z 1 a 2 b"], "ZMPOP 2 none z MAX COUNT 5", "ZPOPMAX z 2"),
        Case(["ZADD z 1 a 2 b"], "BZPOPMIN none z 0", "ZPOPMIN z"),
        Case(["ZADD z 1 a 2 b"], "BZMPOP 0 1 z MAX", "ZPOPMAX z 1"),
        Case(["ZADD z 1 a"], "ZUNIONSTORE d 1 z", "ZUNIONSTORE d 1 z"),
        Case(["ZADD z 1 a"], "ZRANGESTORE d z 5 6"), Case("ZREMRANGEBYRANK z 0 -1"),
        Case("GEOADD g CH 13.5 38 a", "zadd g CH 3479097324432493 a"),
        Case(
            ["GEOADD g 13.5 38 a"], "GEORADIUS g 13 38 100 km STORE d",
            "GEORADIUS g 13 38 100 km STORE d"),
        Case(["GEOADD g 13.5 38 a"], "GEORADIUS g 13 38 100 km"),
    ]

    static let cases: [Case] = stringCases + collectionCases + sortedSetCases + streamCases
        + scriptCases

    private static let scriptCases: [Case] = [
        Case(#"EVAL "return 1" 0"#), Case(#"EVAL "return redis.call('set','a',1)" 0"#, "set a 1"),
        Case(
            #"EVAL "redis.call('set','a',1) redis.call('incr','a')" 0"#, "MULTI", "set a 1",
            "incr a", "EXEC"),
        Case(#"EVAL "redis.call('set','a',1) error('x')" 0"#, "set a 1"),
        Case(#"EVAL "redis.call('setex','a',10,1)" 0"#, "SET a 1 PXAT \(start + 10_010)"),
        Case(#"EVAL "redis.set_repl(redis.REPL_NONE) redis.call('set','a',1)" 0"#),
        Case(#"EVAL "redis.set_repl(redis.REPL_AOF) redis.call('set','a',1)" 0"#),
        Case(
            #"EVAL "redis.set_repl(redis.REPL_AOF) redis.call('set','a',1) redis.set_repl(redis.REPL_REPLICA) redis.call('set','b',1)" 0"#,
            "set b 1"),
        Case(#"SCRIPT LOAD "return 1""#), Case("SCRIPT FLUSH"),
        Case("FUNCTION FLUSH", "FUNCTION FLUSH"), Case("FUNCTION DELETE x"),
    ]


    private static let stringCases: [Case] = [
        Case("SET a 1", "SET a 1"), Case("set a 1 NX", "set a 1 NX"),
        Case(["SET a 1"], "SET a 2 NX"), Case("GET a"), Case(["SET a 1"], "SET a 2 GET", "SET a 2"),
        Case(["SET a 1"], "SET a 2 get XX", "SET a 2 XX"),
        Case("SET a 1 EX 10", "SET a 1 PXAT \(start + 10_010)"),
        Case("SET a 1 PX 10 NX GET", "SET a 1 PXAT \(start + 20)"),
        Case("SET a 1 EXAT 1800000000", "SET a 1 PXAT 1800000000000"),
        Case("SET a 1 KEEPTTL", "SET a 1 KEEPTTL"),
        Case("SETEX a 10 1", "SET a 1 PXAT \(start + 10_010)"),
        Case("PSETEX a 10 1", "SET a 1 PXAT \(start + 20)"), Case("SETNX a 1", "SETNX a 1"),
        Case("GETSET a 1", "SET a 1"), Case(["SET a 1"], "GETDEL a", "DEL a"), Case("GETDEL a"),
        Case(["SET a 1"], "GETEX a"),
        Case(["SET a 1"], "GETEX a EX 10", "PEXPIREAT a \(start + 10_010)"),
        Case(["SET a 1 EX 5"], "GETEX a PERSIST", "PERSIST a"),
        Case(["SET a 1"], "GETEX a PXAT 1", "DEL a"),
        Case(["SET a 1"], "EXPIRE a 10", "PEXPIREAT a \(start + 10_010)"),
        Case(["SET a 1"], "PEXPIRE a 10 NX", "PEXPIREAT a \(start + 20) NX"),
        Case(["SET a 1"], "EXPIREAT a 1800000000 LT", "PEXPIREAT a 1800000000000 LT"),
        Case(["SET a 1"], "PEXPIREAT a 1800000000000", "PEXPIREAT a 1800000000000"),
        Case(["SET a 1"], "EXPIRE a -1", "DEL a"), Case("EXPIRE a 10"),
        Case(["SET a 1 EX 5"], "PERSIST a", "PERSIST a"), Case("INCR a", "INCR a"),
        Case("INCRBYFLOAT a 1.5", "SET a 1.5 KEEPTTL"),
        Case(["SET a 1"], "INCRBYFLOAT a 0.25", "SET a 1.25 KEEPTTL"),
        Case("MSET a 1 b 2", "MSET a 1 b 2"), Case("APPEND a x", "APPEND a x"),
        Case(["SET a 1"], "RENAME a b", "RENAME a b"), Case("DEL a"),
        Case(["SET a 1"], "DEL a b", "DEL a b"), Case(["SET a 1"], "UNLINK a", "UNLINK a"),
        Case(["SET a x"], "INCR a"), Case("FLUSHALL", "FLUSHALL"),
    ]

    @Test(arguments: cases)
    func `a write goes to replicas so that it does the same again`(_ row: Case) {
        let all = stream(of: row.before + [row.line])
        #expect(Array(all.dropFirst(row.before.count)) == row.propagated)
    }

    @Test func `keys that expire are deleted where they were found`() {
        #expect(stream(of: ["SET a 1 PX 10"], after: .milliseconds(400)).last == "DEL a")
        let lazily = stream(
            of: ["SET a 1 PX 10", "SET b 1 PX 10", "MGET a b", "SET a 2"], after: .milliseconds(20))
        #expect(lazily.suffix(5) == ["MULTI", "DEL a", "DEL b", "EXEC", "SET a 2"])
        let replaced = stream(of: ["SET a 1 PX 10", "APPEND a 2"], after: .milliseconds(20))
        #expect(replaced.suffix(4) == ["MULTI", "DEL a", "APPEND a 2", "EXEC"])
    }

    @Test func `a transaction with one write goes as that write, and several in one transaction`() {
        #expect(stream(of: ["MULTI", "GET a", "SET a 1", "EXEC"]) == ["SET a 1"])
        #expect(stream(of: ["MULTI", "GET a", "EXEC"]) == [])
        #expect(
            stream(of: ["MULTI", "SET a 1", "INCR a", "EXEC", "INCR a"])
                == ["MULTI", "SET a 1", "INCR a", "EXEC", "INCR a"])
        let script = #"EVAL "redis.call('set','a',1) redis.call('incr','a')" 0"#
        #expect(stream(of: ["MULTI", script, "EXEC"]) == ["MULTI", "set a 1", "incr a", "EXEC"])
    }

    @Test func `SPOP with a number is one SREM for each member, all in one transaction`() {
        let stream = stream(of: ["SADD s 1 2 3 4 5", "SPOP s 3"])
        #expect(stream.count == 6)
        #expect(stream[1] == "MULTI")
        #expect(stream[2...4].allSatisfy { $0.hasPrefix("SREM s ") })
        #expect(stream[5] == "EXEC")
    }
}
