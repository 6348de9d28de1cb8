import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Calls, refusals and failures as INFO counts them, and scripts that take long: a lab node and a real redis-server 7.0
/// compared.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct ScriptStatisticsConformanceTests {
    @Test(.timeLimit(.minutes(1)))
    func `commands that fail in scripts and transactions are counted as redis-server counts them`()
        throws
    {
        let pair = try Pair()
        defer { pair.close() }
        for line in ["SET str x", "RPUSH lst a", "FUNCTION LOAD \"\(Self.library)\""] {
            _ = try pair.send(line)
        }
        for line in Self.lines {
            _ = try pair.send("CONFIG RESETSTAT")
            for command in line.split(separator: " ; ").map(String.init) {
                let (lab, redis) = try pair.send(command)
                #expect(lab == redis, "\(command)")
            }
            let (lab, redis) = try pair.send("INFO everything")
            #expect(counts(lab) == counts(redis), "\(line)")
        }
    }

    /// The counters, without what takes time.
    private func counts(_ info: RESPValue) -> [String] {
        let lines = info.text?.split(whereSeparator: \.isNewline) ?? []
        return lines.filter { line in
            let isMeasure = line.hasPrefix("cmdstat_info") || line.hasPrefix("cmdstat_config")
            return line.hasPrefix("errorstat_") || line.hasPrefix("cmdstat_") && !isMeasure
        }
        .map { String($0).replacing(/usec=\d+,usec_per_call=[\d.]+,/, with: "") }.sorted()
    }

    private static let library =
        "#!lua name=l\\nredis.register_function('w',function(k,a) return redis.call('set',k[1],1) end) "
        + "redis.register_function('e',function(k,a) return redis.call('get',k[1]) end) "
        + "redis.register_function('x',function() error('oops') end)"

    private static let lines = #"""
        EVAL "return redis.call('incr',KEYS[1])" 1 str
        EVAL "return redis.call('get',KEYS[1])" 1 lst
        EVAL "redis.pcall('get',KEYS[1]) return 1" 1 lst
        EVAL "return redis.pcall('get',KEYS[1])" 1 lst
        EVAL "redis.pcall('get',KEYS[1]) redis.pcall('get',KEYS[1]) return redis.call('get',KEYS[1])" 1 lst
        EVAL "#!lua\nredis.call('get','{b}2') return redis.call('get','{c}2')" 0
        EVAL "#!lua\nredis.pcall('get','{b}2') redis.pcall('get','{c}2') return 1" 0
        EVAL "return 1" 2 {a} {b}
        EVAL "return redis.call('mget','{b}2','{c}2')" 0
        EVAL "return redis.call('nosuch')" 0
        EVAL "return redis.pcall('nosuch')" 0
        EVAL "redis.pcall('nosuch') return 1" 0
        EVAL "return redis.call('get')" 0
        EVAL "return redis.call('subscribe','x')" 0
        EVAL "error('x')" 0
        EVAL "error({err='MY x'})" 0
        EVAL "return {err='MY x'}" 0
        EVAL "return {err='x'}" 0
        EVAL "return {err='averyveryveryveryverylongfirstword x'}" 0
        EVAL "return redis.error_reply('MY x')" 0
        EVAL "return 1+{}" 0
        EVAL "return (" 0
        EVAL "return 1" x ; EVAL "return 1" -1 ; EVAL "return 1" 5 ; EVAL x ; EVAL
        EVALSHA aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0 ; EVALSHA x 0
        EVAL "#!x\nreturn 1" 0
        EVAL "#!lua flags=no-cluster\nreturn 1" 0
        EVAL_RO "return redis.call('set',KEYS[1],1)" 1 str
        EVAL_RO "#!lua\nreturn redis.call('set',KEYS[1],1)" 1 str
        EVAL "#!lua flags=no-writes\nreturn redis.pcall('set',KEYS[1],1)" 1 str
        FCALL nof 0 ; FCALL_RO nof 0 ; FCALL e 1 lst ; FCALL x 0 ; FCALL_RO w 1 str ; FCALL w x ; FCALL w 5
        FUNCTION LOAD x ; FUNCTION DELETE zz ; FUNCTION FOO ; FUNCTION
        MULTI ; GET lst ; EXEC
        MULTI ; EVAL "return redis.call('get',KEYS[1])" 1 lst ; EVAL "error('x')" 0 ; EXEC
        MULTI ; NOSUCH x ; EXEC
        MULTI ; GET ; GET lst ; EXEC
        MULTI ; GET {a} ; GET {b} ; EXEC
        MULTI ; GET {a} ; GET {b} ; NOSUCH ; EXEC
        MULTI ; NOSUCH ; GET {a} ; GET {b} ; EXEC
        EXEC ; DISCARD
        MULTI ; MULTI ; WATCH a ; EXEC
        MULTI ; EVALSHA aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0 ; EVAL "return (" 0 ; EVAL x ; EXEC
        EVAL "local e = redis.pcall('get',KEYS[1]) error(e)" 1 lst
        EVAL "local e = redis.pcall('get',KEYS[1]) return {err=e.err}" 1 lst
        EVAL "local e = redis.pcall('get',KEYS[1]) e.err='NEW x' return e" 1 lst
        EVAL "local e = redis.pcall('get',KEYS[1]) return {e,e}" 1 lst
        EVAL "return {1,{err='FOO x'},redis.pcall('get',KEYS[1])}" 1 lst
        EVAL "redis.setresp(5)" 0 ; EVAL "redis.call()" 0 ; EVAL "return redis.pcall({})" 0 ; EVAL "x=1" 0
        """#.conformanceLines

    // MARK: - Scripts that take long

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `a script that takes long within EXEC is killed as on redis-server`(
        protocolVersion: Int
    ) throws {
        let pair = try Pair(protocolVersion: protocolVersion)
        defer { pair.close() }
        let (lab, redis) = try pair.connect()
        _ = try pair.send("CONFIG SET busy-reply-threshold 50")
        for transaction in Self.transactions {
            let commands = transaction.split(separator: " ; ").map(String.init)
            for connection in [lab, redis] {
                for command in commands {
                    try connection.write(encodeRequest(splitArguments(Array(command.utf8)) ?? []))
                }
            }
            for command in Self.whileBusy {
                try compareBusy(command, pair)
            }
            for command in commands {
                #expect(try lab.receive() == redis.receive(), "\(transaction): \(command)")
            }
        }
    }

    /// Sends a command to both as soon as both are busy, or to either as soon as it is not any more.
    private func compareBusy(_ command: String, _ pair: Pair) throws {
        let isBusy = { (value: RESPValue) in "\(value)".contains("BUSY") }
        try waitUntil("both are busy") {
            let (lab, redis) = try pair.send("GET none")
            return isBusy(lab) && isBusy(redis)
        }
        let (lab, redis) = try pair.send(command)
        #expect(lab == redis, "\(command)")
    }

    private static let whileBusy = [
        "PING", "INFO", "MULTI", "GET k", "DISCARD", "EXEC", "SHUTDOWN", "SCRIPT EXISTS x", "SCRIPT KILL",
    ]
    private static let transactions = [
        #"MULTI ; SET k 1 ; EVAL "while true do end" 0 ; INCR k ; EXEC ; PING"#,
        #"MULTI ; INCR k ; EVAL "pcall(function() while true do end end) return 5" 0 ; INCR k ; EXEC"#,
        #"MULTI ; SET k 1 ; EVAL "while true do end" 0 ; EXEC ; MULTI ; GET k ; EXEC"#,
        #"EVAL "while true do end" 0 ; PING"#,
    ]
}
