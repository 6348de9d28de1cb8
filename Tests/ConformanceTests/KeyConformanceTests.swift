import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Which arguments are keys, as COMMAND GETKEYS and permissions have it, of commands that are whole and of others that
/// are not: a lab node and a real redis-server 7.0 compared.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct KeyConformanceTests {
    @Test(.timeLimit(.minutes(1))) func `keys are found where redis-server finds them`() throws {
        let pair = try Pair()
        defer { pair.close() }
        _ = try pair.send("ACL SETUSER u on nopass +@all ~a %R~r %W~w")
        for command in Self.commands {
            for asking in ["COMMAND GETKEYS", "COMMAND GETKEYSANDFLAGS", "ACL DRYRUN u"] {
                try compare("\(asking) \(command)", pair)
            }
            for name in ["r", "w"] {
                let words = command.split(separator: " ", omittingEmptySubsequences: false)
                let others = words.map { $0 == "a" || $0 == "d" ? name : String($0) }
                try compare("ACL DRYRUN u " + others.joined(separator: " "), pair)
            }
        }
    }

    private func compare(_ line: String, _ pair: Pair) throws {
        let (lab, redis) = try pair.send(line)
        if lab != redis {
            Issue.record("\(line)\n\(lab.terminalText)\nredis-server:\n\(redis.terminalText)")
        }
    }

    private static let commands = #"""
        XREAD
        XREAD STREAMS
        XREAD STREAMS a
        XREAD STREAMS a b
        XREAD STREAMS a b c
        XREAD STREAMS a b 1 2
        XREAD COUNT STREAMS a 0
        XREAD COUNT 1 STREAMS a 0
        XREAD COUNT 1 BLOCK 0 STREAMS a 0
        XREAD BLOCK STREAMS a 0
        XREAD FOO STREAMS a 0
        XREAD COUNT 1 FOO a 0
        XREAD NOACK STREAMS a 0
        XREAD COUNT STREAMS STREAMS a 0
        XREAD STREAMS STREAMS a 0 1
        XREAD COUNT 1 2 STREAMS a 0
        XREADGROUP GROUP g c STREAMS a >
        XREADGROUP GROUP g c STREAMS a b >
        XREADGROUP GROUP g c COUNT 1 STREAMS a >
        XREADGROUP GROUP STREAMS c STREAMS a >
        XREADGROUP GROUP g STREAMS STREAMS a >
        XREADGROUP GROUP g c NOACK STREAMS a >
        XREADGROUP STREAMS a > GROUP g c
        XREADGROUP NOACK GROUP g c STREAMS a >
        XREADGROUP GROUP g c BLOCK 0 COUNT 3 NOACK STREAMS a b > >
        XREADGROUP FOO g c STREAMS a >
        XREADGROUP GROUP g c FOO a b c
        SORT
        SORT a
        SORT a STORE
        SORT a STORE b
        SORT a STORE b STORE c
        SORT a LIMIT 0
        SORT a LIMIT 0 1 STORE d
        SORT a LIMIT STORE 1 STORE d
        SORT a BY
        SORT a BY x GET y STORE z
        SORT a GET STORE STORE z
        SORT a BY STORE b
        SORT a FOO STORE b
        SORT a ALPHA DESC STORE b
        SORT_RO a STORE b
        SORT_RO a
        SORT_RO a BY x
        MIGRATE h p k 0 1
        MIGRATE h p "" 0 1
        MIGRATE h p "" 0 1 KEYS
        MIGRATE h p "" 0 1 KEYS a
        MIGRATE h p "" 0 1 KEYS a b
        MIGRATE h p k 0 1 KEYS a b
        MIGRATE h p "" 0 1 COPY REPLACE KEYS a b
        MIGRATE h p "" 0 1 AUTH x KEYS a b
        MIGRATE h p "" 0 1 AUTH KEYS KEYS a b
        MIGRATE h p "" 0 1 AUTH2 u KEYS KEYS a b
        MIGRATE h p "" 0 1 AUTH2 KEYS p KEYS a b
        MIGRATE h p "" 0 1 FOO KEYS a b
        MIGRATE h p "" 0 1 AUTH
        MIGRATE h p k 0 1 AUTH KEYS
        MIGRATE h p k 0 1 COPY
        EVAL x
        EVAL x 0
        EVAL x 1
        EVAL x 1 a
        EVAL x 2 a
        EVAL x -1 a
        EVAL x foo a
        EVAL x 1.5 a
        EVAL x 99999999999999999999 a
        EVAL x 1 a b
        EVAL_RO x 1 a b
        EVALSHA x 2 a b c
        EVALSHA x 4 a b c
        EVALSHA_RO x 1 a b
        FCALL f 0
        FCALL f 1 a b
        FCALL f -1 a b
        FCALL_RO f 3 a b
        ZUNION
        ZUNION 0
        ZUNION 1 a
        ZUNION 2 a
        ZUNION 2 a b
        ZUNION x a b
        ZUNION -1 a
        ZUNION 2 a b WEIGHTS 1 2
        ZUNION 2147483648 a
        ZUNION 4294967297 a
        ZINTER 2 a b
        ZINTER 3 a b
        ZDIFF 1 a
        ZDIFF 0 a
        ZUNIONSTORE d 1 a
        ZUNIONSTORE d 2 a
        ZUNIONSTORE d 0 a
        ZUNIONSTORE d x a
        ZUNIONSTORE d 1
        ZUNIONSTORE d
        ZINTERSTORE d 2 a b
        ZDIFFSTORE d 1 a
        ZINTERCARD 1 a
        ZINTERCARD 0 a
        ZINTERCARD 1 a LIMIT 1
        SINTERCARD 1 a
        SINTERCARD 2 a
        SINTERCARD x a
        LMPOP 1 a LEFT
        LMPOP 2 a LEFT
        LMPOP 3 a LEFT
        LMPOP 0 a LEFT
        BLMPOP 0 1 a LEFT
        BLMPOP 0 2 a LEFT
        BLMPOP 0 x a LEFT
        ZMPOP 1 a MIN
        ZMPOP 5 a MIN
        BZMPOP 0 1 a MIN
        BZMPOP 0 0 a MIN
        GEORADIUS k 1 1 1 km
        GEORADIUS k 1 1 1 km STORE d
        GEORADIUS k 1 1 1 km STOREDIST d
        GEORADIUS k 1 1 1 km STORE d STOREDIST e
        GEORADIUS k 1 1 1 km STORE
        GEORADIUS k 1 1 STORE x
        GEORADIUS k 1 1 1 STORE x
        GEORADIUS k 1 1 1 km ASC STORE d
        GEORADIUS k 1 1 1 km COUNT STORE d
        GEORADIUSBYMEMBER k m 1 km STORE d
        GEORADIUSBYMEMBER k m 1 km STOREDIST d
        GEORADIUSBYMEMBER k m 1 STORE d
        GEORADIUS_RO k 1 1 1 km STORE d
        GEORADIUSBYMEMBER_RO k m 1 km
        GEOSEARCHSTORE d s FROMLONLAT 1 1 BYRADIUS 1 m
        GEOSEARCH s FROMLONLAT 1 1 BYRADIUS 1 m
        BITOP AND d a b
        BITOP NOT d
        OBJECT ENCODING a
        OBJECT HELP
        OBJECT
        OBJECT FOO a
        OBJECT FREQ
        MEMORY USAGE a
        MEMORY USAGE
        MEMORY DOCTOR
        XGROUP CREATE a g $
        XGROUP HELP
        XGROUP CREATE
        XINFO STREAM a
        XINFO HELP
        XACK a g 1
        XADD a * f v
        XCLAIM a g c 0 1
        XAUTOCLAIM a g c 0 0
        MSET a 1 b 2
        MSET a 1 b
        MSET a
        MSETNX a 1 b 2 c
        DEL a b c
        RENAME a b
        COPY a b
        COPY a b DB 0
        PFCOUNT a b
        PFMERGE d a b
        PFDEBUG ENCODING a
        PFDEBUG a
        PFSELFTEST
        SMOVE a b m
        SDIFFSTORE d a b
        SINTERSTORE d
        BLPOP a b 0
        BLPOP a
        BLPOP a 0
        BRPOPLPUSH a b 0
        BLMOVE a b LEFT RIGHT 0
        LMOVE a b LEFT RIGHT
        RPOPLPUSH a b
        BZPOPMIN a b 0
        LCS a b
        LCS a b LEN
        GETEX a
        GETDEL a
        SET a b
        SET a b GET
        SET a
        SET a b EX
        BITFIELD a GET u8 0
        BITFIELD a SET u8 0 1
        BITFIELD_RO a
        DUMP a
        RESTORE a 0 x
        RESTORE-ASKING a 0 x
        ASKING
        PING
        PUBLISH a b
        SPUBLISH a b
        SSUBSCRIBE a b
        SUBSCRIBE a b
        SUNSUBSCRIBE
        SUNSUBSCRIBE a
        DEBUG OBJECT a
        CLUSTER KEYSLOT a
        CONFIG GET a
        CLIENT LIST
        FLUSHALL
        WATCH a b
        UNWATCH
        TOUCH a b
        UNLINK a
        EXISTS a b
        EXPIRE a 1
        NOSUCH a
        NOSUCH
        GETSET a b
        SUBSTR a 0 1
        ZRANGESTORE d s 0 1
        ZRANGESTORE d
        SINTER a b
        SUNIONSTORE d a b
        EVAL "return 1" 01 a
        EVAL "return 1" " 1" a
        EVAL "return 1" +1 a
        EVAL "return 1" 1x a
        ZUNION +1 a
        ZUNION 01 a
        ZUNION 1x a
        ZUNION " 1" a
        LMPOP 1x a LEFT
        LMPOP 01 a LEFT
        XREAD streams a 0
        sort a store b
        COMMAND GETKEYS GET a
        SCRIPT LOAD x
        FUNCTION LOAD x
        HELLO 3
        MODULE LIST
        SINTERCARD 01 a
        SINTERCARD +1 a
        """#.conformanceLines
}
