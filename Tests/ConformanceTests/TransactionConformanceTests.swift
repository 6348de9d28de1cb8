import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// WATCH between a lab node and a real redis-server 7.0: what several clients get, compared.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct TransactionConformanceTests {
    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `EXEC does nothing after what Redis takes for a change`(protocolVersion: Int) throws {
        try compareDialogue(Self.lines, protocolVersion)
    }

    /// Each transaction is sent at once, as the probe between the lines would be queued otherwise.
    private static let lines = #"""
        a WATCH k
        a MULTI ; SET k 1 ; EXEC
        a WATCH k
        b SET k 2
        a MULTI ; SET k 3 ; EXEC
        a MULTI ; GET k ; EXEC
        a WATCH k
        a SET k 4
        a MULTI ; GET k ; EXEC
        a WATCH k
        b SET k 5
        a UNWATCH
        a MULTI ; GET k ; EXEC
        a WATCH k
        b SET k 6
        a MULTI ; DISCARD
        a MULTI ; GET k ; EXEC
        a WATCH k
        b SET k 6
        a RESET
        a MULTI ; GET k ; EXEC
        a WATCH k
        b SET k 6
        a WATCH {k}2
        a MULTI ; GET k ; UNWATCH ; EXEC
        a MULTI ; WATCH k ; GET k ; EXEC
        a WATCH k k {k}2 k
        b INCR {k}2
        a MULTI ; GET k ; EXEC
        a WATCH k
        b GET k
        b SET k 1 NX
        b EXPIRE nokey 10
        b DEL nokey
        b SETRANGE k 0 ""
        b LTRIM nokey 0 1
        a MULTI ; GET k ; EXEC
        a WATCH k
        b EXPIRE k 100
        a MULTI ; GET k ; EXEC
        a WATCH k
        b PERSIST k
        a MULTI ; GET k ; EXEC
        a WATCH k
        b DEL k
        a MULTI ; GET k ; EXEC
        a WATCH k
        b FLUSHALL
        a MULTI ; SET k 1 ; EXEC
        a WATCH k
        b FLUSHALL
        a MULTI ; GET k ; EXEC
        a SET k v PX 1 ; DEBUG SLEEP 0.01 ; WATCH k
        b GET k
        a MULTI ; GET k ; EXEC
        a SET k v PX 1 ; DEBUG SLEEP 0.01 ; WATCH k
        b DEL k
        a MULTI ; GET k ; EXEC
        a SET k v PX 1 ; DEBUG SLEEP 0.01 ; WATCH k
        b SET k new
        a MULTI ; GET k ; EXEC
        a SET k v PX 1 ; DEBUG SLEEP 0.01 ; WATCH k
        b FLUSHALL
        a MULTI ; GET k ; EXEC
        a SET k v PX 30
        a WATCH k ; DEBUG SLEEP 0.05
        a MULTI ; GET k ; EXEC
        b RPUSH {k}l 1 2
        a WATCH {k}l
        b LPOP {k}l
        a MULTI ; GET k ; EXEC
        a WATCH {k}l
        b LREM {k}l 0 none
        a MULTI ; GET k ; EXEC
        a WATCH {k}h
        b HSET {k}h a 1
        a MULTI ; GET k ; EXEC
        a WATCH {k}h
        b HSET {k}h a 1
        a MULTI ; GET k ; EXEC
        a WATCH {k}s
        b SADD {k}s a
        a MULTI ; GET k ; EXEC
        a WATCH {k}s
        b SADD {k}s a
        a MULTI ; GET k ; EXEC
        a WATCH {k}d
        b SDIFFSTORE {k}d {k}s {k}none
        a MULTI ; GET k ; EXEC
        a WATCH {k}x
        b RENAME {k}d {k}x
        a MULTI ; GET k ; EXEC
        a WATCH {k}d
        b COPY {k}x {k}d
        a MULTI ; GET k ; EXEC
        a WATCH k
        b MULTI ; SET k 1 ; EXEC
        a MULTI ; GET k ; EXEC
        a WATCH k
        b MULTI ; SET k 1 ; DISCARD
        a MULTI ; GET k ; EXEC
        a WATCH k
        a MULTI ; NOPE ; EXEC
        a WATCH a b
        a WATCH
        a UNWATCH x
        a COMMAND GETKEYS WATCH a b
        """#
}
