import Keyspace
import RESP
import Testing

struct StringCommandsTests {
    @Test(arguments: Transcript.values)
    func `strings are stored as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test(arguments: Transcript.ranges)
    func `parts of strings are read and written as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    #if arch(x86_64)
        @Test(arguments: Transcript.counters)
        func `counters count as in Redis`(transcript: Transcript) {
            transcript.check()
        }
    #endif

    @Test func `RESP3 has its own null and map`() {
        var runner = CommandRunner()
        runner.protocolVersion = 3
        #expect(runner.run("GET a") == "_")
        #expect(runner.run("SET a 1 XX") == "_")
        #expect(runner.run("MGET a a") == "*2\n_\n_")
        #expect(runner.run("RANDOMKEY") == "_")
        #expect(runner.run("OBJECT ENCODING a") == "_")
        #expect(runner.run("LCS a a IDX") == "%2\n$7\nmatches\n*0\n$3\nlen\n:0")
    }

    @Test func `commands refuse a wrong number of arguments by their full name`() {
        var runner = CommandRunner()
        #expect(runner.run("GET") == "-ERR wrong number of arguments for 'get' command")
        #expect(runner.run("GET a b") == "-ERR wrong number of arguments for 'get' command")
        #expect(
            runner.run("OBJECT ENCODING")
                == "-ERR wrong number of arguments for 'object|encoding' command")
    }

    @Test func `a value that grows in place stays what it is in a snapshot`() {
        var runner = CommandRunner()
        _ = runner.run("SET a 12345678901234567890123456789012345678901234567890")
        var snapshot = runner
        #expect(runner.run("APPEND a x") == ":51")
        #expect(snapshot.run("STRLEN a") == ":50")
        #expect(runner.run("STRLEN a") == ":51")
    }

    @Test func `the longest string is as long as it may be`() {
        var runner = CommandRunner()
        runner.database.maximumStringLength = 10
        #expect(runner.run("SETRANGE a 9 x") == ":10")
        #expect(runner.run("APPEND a x").hasPrefix("-ERR string exceeds maximum allowed size"))
        #expect(runner.run("STRLEN a") == ":10")
    }
}
