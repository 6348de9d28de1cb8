import Keyspace
import RESP
import Testing

struct CollectionCommandsTests {
    @Test(arguments: Transcript.hashes)
    func `hashes answer as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test(arguments: Transcript.lists)
    func `lists answer as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test(arguments: Transcript.sets)
    func `sets answer as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test(arguments: Transcript.sortedSets)
    func `sorted sets answer as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test(arguments: Transcript.geo)
    func `places are found as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test func `RESP3 has doubles for scores, and members in pairs with them`() {
        var runner = CommandRunner()
        runner.protocolVersion = 3
        _ = runner.run("ZADD z 1 a 2.5 b inf c")
        #expect(runner.run("ZSCORE z b") == ",2.5")
        #expect(runner.run("ZINCRBY z 1 c") == ",inf")
        #expect(runner.run("ZRANGE z 0 0 WITHSCORES") == "*1\n*2\n$1\na\n,1")
        #expect(runner.run("ZMSCORE z a none") == "*2\n,1\n_")
        #expect(runner.run("ZPOPMIN z") == "*2\n$1\na\n,1")
        #expect(runner.run("ZPOPMIN z 1") == "*1\n*2\n$1\nb\n,2.5")
        #expect(runner.run("ZSCAN z 0") == "*2\n$1\n0\n*2\n$1\nc\n$3\ninf")
        #expect(runner.run("ZMPOP 1 none MIN") == "_")
        _ = runner.run("GEOADD g 0 0 m")
        #expect(runner.run("GEOPOS g m x").hasSuffix("\n_"))
    }

    @Test func `RESP3 has maps, sets and pairs`() {
        var runner = CommandRunner()
        runner.protocolVersion = 3
        _ = runner.run("HSET h a 1")
        _ = runner.run("SADD s 1")
        #expect(runner.run("HGETALL h") == "%1\n$1\na\n$1\n1")
        #expect(runner.run("HGETALL none") == "%0")
        #expect(runner.run("HRANDFIELD h 1 WITHVALUES") == "*1\n*2\n$1\na\n$1\n1")
        #expect(runner.run("SMEMBERS s") == "~1\n$1\n1")
        #expect(runner.run("SINTER s none") == "~0")
        #expect(runner.run("SPOP none 1") == "~0")
        #expect(runner.run("SRANDMEMBER s 1") == "*1\n$1\n1")
        #expect(runner.run("LPOP none 1") == "_")
        #expect(runner.run("LMPOP 1 none LEFT") == "_")
    }

    @Test func `members and fields are drawn from all, and those of one draw differ`() throws {
        var runner = CommandRunner()
        for number in 0..<100 {
            _ = runner.run("SADD s member\(number)")
            _ = runner.run("HSET h field\(number) \(number)")
        }
        for count in [1, 5, 33, 60, 99, 100, 200] {
            for line in ["SRANDMEMBER s \(count)", "HRANDFIELD h \(count)"] {
                let drawn = elements(runner.run(line))
                #expect(drawn.count == min(count, 100), "\(line)")
                #expect(Set(drawn).count == drawn.count, "\(line)")
            }
        }
        var seen: Set<String> = []
        for _ in 0..<100 { seen.formUnion(elements(runner.run("SRANDMEMBER s -50"))) }
        #expect(seen.count == 100)
        let popped = elements(runner.run("SPOP s 70"))
        #expect(Set(popped).count == 70)
        #expect(runner.run("SCARD s") == ":30")
        #expect(runner.run("SMISMEMBER s \(popped[0]) \(popped[69])") == "*2\n:0\n:0")
    }

    @Test func `members of a sorted set are drawn from all, and those of one draw differ`() {
        var runner = CommandRunner()
        for number in 0..<200 { _ = runner.run("ZADD z \(number) member\(number)") }
        for count in [1, 5, 66, 100, 199, 200, 300] {
            let drawn = elements(runner.run("ZRANDMEMBER z \(count)"))
            #expect(Set(drawn).count == min(count, 200) && drawn.count == min(count, 200))
        }
        let drawn = elements(runner.run("ZRANDMEMBER z -100 WITHSCORES"))
        #expect(drawn.count == 200)
        for index in stride(from: 0, to: 200, by: 2) {
            #expect(drawn[index] == "member\(drawn[index + 1])")
        }
    }

    @Test func `HSCAN and SSCAN meet all that stays, while the table grows and shrinks`() {
        var runner = CommandRunner()
        for number in 0..<1000 { _ = runner.run("SADD s stays\(number)") }
        var seen: Set<String> = []
        var cursor = "0"
        var round = 0
        repeat {
            let lines = runner.run("SSCAN s \(cursor) COUNT 20").split(separator: "\n")
            cursor = String(lines[2])
            seen.formUnion(lines.dropFirst(4).map(String.init))
            for number in 0..<150 {
                let verb = round < 20 ? "SADD" : "SREM"
                _ = runner.run("\(verb) s comes\(round % 20 * 150 + number)")
            }
            round += 1
        } while cursor != "0"
        #expect((0..<1000).allSatisfy { seen.contains("stays\($0)") })
    }

    /// The bulk strings of a flat array as it is shown.
    private func elements(_ reply: String) -> [String] {
        reply.split(separator: "\n").dropFirst().filter { !$0.hasPrefix("$") }.map(String.init)
    }
}
