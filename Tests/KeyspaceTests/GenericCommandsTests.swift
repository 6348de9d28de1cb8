import Keyspace
import RESP
import Testing

struct GenericCommandsTests {
    @Test(arguments: Transcript.keys)
    func `keys are handled as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test(arguments: Transcript.expiry)
    func `keys expire as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test func `idle time counts from the last use, and looking does not count as one`() {
        var runner = CommandRunner()
        _ = runner.run("SET a v")
        runner.database.now += 5000
        #expect(runner.run("EXISTS a") == ":1")
        #expect(runner.run("TYPE a") == "+string")
        #expect(runner.run("TTL a") == ":-1")
        #expect(runner.run("OBJECT IDLETIME a") == ":5")
        #expect(runner.run("TOUCH a") == ":1")
        #expect(runner.run("OBJECT IDLETIME a") == ":0")
    }

    @Test func `under an LFU policy FREQ answers and IDLETIME does not`() {
        var runner = CommandRunner()
        runner.database.usesLFU = true
        _ = runner.run("SET a v")
        #expect(runner.run("OBJECT FREQ a") == ":5")
        #expect(runner.run("OBJECT IDLETIME a").hasPrefix("-ERR An LFU maxmemory policy is selected"))
        for _ in 0..<1000 { _ = runner.run("GET a") }
        let busy = runner.run("OBJECT FREQ a")
        #expect(busy != ":5")
        _ = runner.run("RENAME a {a}b")
        #expect(runner.run("OBJECT FREQ {a}b") == busy, "the counter moves with the value")
        runner.database.now += 600_000_000
        #expect(runner.run("OBJECT FREQ {a}b") == ":0", "it falls by one a minute")
    }

    @Test func `lookups count as hits and misses where Redis counts them`() {
        var runner = CommandRunner()
        for line in ["SET a 1", "GET a", "GET b", "EXISTS a b", "TTL a", "INCR a", "DEL b", "MGET a b"] {
            _ = runner.run(line)
        }
        #expect(runner.database.statistics.hits == 4)
        #expect(runner.database.statistics.misses == 3)
    }

    @Test func `only writes that change something count as changes`() {
        var runner = CommandRunner()
        let silent = [
            "GET a", "DEL a", "EXPIRE a 10", "PERSIST a", "SETNX {a}b 2", "SET {a}b 1 NX", "SETRANGE a 1 \"\"",
            "GETEX {a}b", "COPY a {a}c", "RENAMENX {a}b {a}b",
        ]
        _ = runner.run("SET {a}b 1")
        let before = runner.database.changes
        for line in silent { _ = runner.run(line) }
        #expect(runner.database.changes == before)
        for line in ["INCR a", "APPEND a 1", "EXPIRE a 10", "GETEX a PERSIST", "GETDEL a"] {
            let count = runner.database.changes
            _ = runner.run(line)
            #expect(runner.database.changes > count, "after: \(line)")
        }
    }

    @Test func `a replica hides expired keys and leaves them to its master`() {
        var runner = CommandRunner()
        _ = runner.run("SET a v PX 100")
        runner.database.isReplica = true
        runner.database.now += 1000
        #expect(runner.run("GET a") == "$-1")
        #expect(runner.run("DBSIZE") == ":1")
        runner.database.expireSome()
        #expect(runner.run("DBSIZE") == ":1")
        runner.database.isReplica = false
        #expect(runner.run("GET a") == "$-1")
        #expect(runner.run("DBSIZE") == ":0")
    }

    @Test func `without cluster mode there is one database all the same`() {
        var runner = CommandRunner()
        runner.database.isClusterEnabled = false
        #expect(runner.run("COPY a b DB 1") == "-ERR DB index is out of range")
        #expect(runner.run("MOVE a 1") == "-ERR DB index is out of range")
        #expect(runner.run("MOVE a 0") == "-ERR source and destination objects are the same")
        #expect(runner.run("SWAPDB 0 0") == "+OK")
        #expect(runner.run("SWAPDB x 0") == "-ERR invalid first DB index")
    }
}
