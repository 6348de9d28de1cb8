import Keyspace
import RESP
import Testing

/// The stream commands, and streams against arrays that the same is done to.
struct StreamCommandsTests {
    @Test(
        arguments: Transcript.streams + Transcript.streamTrims + Transcript.streamGroups
            + Transcript.streamClaims)
    func `streams answer as in Redis`(transcript: Transcript) {
        transcript.check()
    }

    @Test func `RESP3 has maps`() {
        var runner = CommandRunner()
        runner.protocolVersion = 3
        _ = runner.run("XADD s 1-1 a 1")
        #expect(runner.run("XREAD STREAMS s 0") == "%1\n$1\ns\n*1\n*2\n$3\n1-1\n*2\n$1\na\n$1\n1")
        #expect(runner.run("XREAD STREAMS s $") == "_")
        #expect(runner.run("XRANGE s - + COUNT 0") == "_")
        _ = runner.run("XGROUP CREATE s g 0")
        #expect(runner.run("XINFO GROUPS s").hasPrefix("*1\n%6\n$4\nname\n$1\ng\n"))
        #expect(runner.run("XINFO STREAM s").hasPrefix("%10\n$6\nlength\n:1\n"))
        #expect(runner.run("XINFO STREAM s FULL").hasPrefix("%9\n"))
        #expect(runner.run("XPENDING s g") == "*4\n:0\n_\n_\n_")
    }

    @Test func `an ID is the time, or what comes after the last one`() {
        var runner = CommandRunner()
        #expect(runner.run("XADD s * a 1") == "$15\n1700000000000-0")
        #expect(runner.run("XADD s * a 1") == "$15\n1700000000000-1")
        runner.database.now += 5
        #expect(runner.run("XADD s * a 1") == "$15\n1700000000005-0")
        runner.database.now -= 100
        #expect(runner.run("XADD s * a 1") == "$15\n1700000000005-1")
        #expect(runner.run("XADD s 1700000000006-* a 1") == "$15\n1700000000006-0")
        #expect(runner.run("XADD s * a 1") == "$15\n1700000000006-1")
    }

    @Test func `what is pending knows for how long, and who was active when`() {
        var runner = CommandRunner()
        _ = runner.run("XADD s 1-1 a 1")
        _ = runner.run("XADD s 1-2 a 2")
        _ = runner.run("XGROUP CREATE s g 0")
        _ = runner.run("XREADGROUP GROUP g c COUNT 1 STREAMS s >")
        runner.database.now += 70
        _ = runner.run("XREADGROUP GROUP g d STREAMS s >")
        runner.database.now += 30
        #expect(
            runner.run("XPENDING s g - + 9")
                == "*2\n*4\n$3\n1-1\n$1\nc\n:100\n:1\n*4\n$3\n1-2\n$1\nd\n:30\n:1")
        #expect(runner.run("XPENDING s g IDLE 100 - + 9") == "*1\n*4\n$3\n1-1\n$1\nc\n:100\n:1")
        #expect(runner.run("XCLAIM s g d 50 1-1 1-2 JUSTID") == "*1\n$3\n1-1")
        #expect(runner.run("XAUTOCLAIM s g c 30 0 JUSTID") == "*3\n$3\n0-0\n*1\n$3\n1-2\n*0")
        #expect(runner.run("XINFO CONSUMERS s g").contains("$1\nc\n$7\npending\n:1\n$4\nidle\n:0"))
        runner.database.now += 8
        _ = runner.run("XREADGROUP GROUP g c STREAMS s 0")
        #expect(runner.run("XINFO CONSUMERS s g").contains("$1\nd\n$7\npending\n:1\n$4\nidle\n:8"))
        #expect(
            runner.run("XPENDING s g - + 9")
                == "*2\n*4\n$3\n1-1\n$1\nd\n:8\n:1\n*4\n$3\n1-2\n$1\nc\n:0\n:2")
        _ = runner.run("XCLAIM s g c 0 1-1 TIME 1700000000000 RETRYCOUNT 5 JUSTID")
        #expect(runner.run("XPENDING s g - 1-1 9") == "*1\n*4\n$3\n1-1\n$1\nc\n:108\n:5")
    }

    @Test(arguments: [(0, 1), (100, 3), (1000, 100)])
    func `a stream holds what an array would hold`(bytes: Int, entries: Int) throws {
        var runner = CommandRunner()
        runner.database.encodingLimits.streamNodeBytes = bytes
        runner.database.encodingLimits.streamNodeEntries = entries
        var random = SplitMix64(seed: UInt64(entries))
        var model: [Int] = []
        var last = 0
        for step in 0..<8000 {
            switch random.next(below: 30) {
            case 0 where !model.isEmpty:
                let count = random.next(below: model.count + 1)
                guard model.count - count < 40 || step % 500 == 0 else { continue }
                #expect(runner.run("XTRIM s MAXLEN \(count)") == ":\(model.count - count)")
                model.removeFirst(model.count - count)
            case 1 where !model.isEmpty:
                let first = model[random.next(below: min(20, model.count))]
                let gone = model.prefix { $0 < first }.count
                #expect(runner.run("XTRIM s MINID \(first)") == ":\(gone)")
                model.removeFirst(gone)
            case 2...9 where !model.isEmpty:
                let place = random.next(below: model.count)
                #expect(runner.run("XDEL s \(model[place])") == ":1")
                model.remove(at: place)
            default:
                last += 1 + random.next(below: 3)
                #expect(runner.run("XADD s \(last) n \(last)") != "")
                model.append(last)
            }
            try #require(runner.run("XLEN s") == ":\(model.count)", "step \(step)")
            guard step % 40 == 0, !model.isEmpty else { continue }
            let low = random.next(below: last + 1)
            let high = low + random.next(below: 200)
            let expected = model.filter { (low...high).contains($0) }
            #expect(ids(runner.run("XRANGE s \(low) \(high)")) == expected)
            #expect(ids(runner.run("XREVRANGE s \(high) \(low)")) == expected.reversed())
            let some = expected.prefix(3).map { $0 }
            #expect(ids(runner.run("XRANGE s \(low) \(high) COUNT 3")) == some)
        }
    }

    @Test func `what is pending is what a dictionary would hold`() throws {
        var runner = CommandRunner()
        _ = runner.run("XGROUP CREATE s g 0 MKSTREAM")
        var random = SplitMix64(seed: 5)
        var model: [Int: Int] = [:]
        var last = 0
        for step in 0..<3000 {
            let consumer = random.next(below: 5)
            switch random.next(below: 10) {
            case 0...4:
                for _ in 0..<random.next(below: 6) {
                    last += 1
                    _ = runner.run("XADD s \(last) n 1")
                    model[last] = consumer
                }
                _ = runner.run("XREADGROUP GROUP g c\(consumer) STREAMS s >")
            case 5...7:
                let id = 1 + random.next(below: last + 1)
                let isPending = model.removeValue(forKey: id) != nil
                #expect(runner.run("XACK s g \(id)") == ":\(isPending ? 1 : 0)")
            case 8:
                let id = 1 + random.next(below: last + 1)
                _ = runner.run("XCLAIM s g c\(consumer) 0 \(id) JUSTID")
                if model[id] != nil { model[id] = consumer }
            default:
                guard step % 200 == 9 else { continue }
                let gone = model.count { $0.value == consumer }
                #expect(runner.run("XGROUP DELCONSUMER s g c\(consumer)") == ":\(gone)")
                model = model.filter { $0.value != consumer }
            }
            guard step % 100 == 0 else { continue }
            let all = model.keys.sorted()
            #expect(pending(runner.run("XPENDING s g - + 100000")) == all, "step \(step)")
            let own = all.filter { model[$0] == consumer }
            let name = "c\(consumer)"
            #expect(pending(runner.run("XPENDING s g - + 100000 \(name)")) == own, "step \(step)")
        }
    }

    @Test func `a copy stays as it is while the stream changes`() {
        var runner = CommandRunner()
        for number in 1...300 { _ = runner.run("XADD s \(number) a \(number)") }
        _ = runner.run("XGROUP CREATE s g 0")
        _ = runner.run("XREADGROUP GROUP g c COUNT 200 STREAMS s >")
        var copy = runner
        _ = runner.run("COPY s t")
        let before = copy.run("XINFO STREAM s FULL COUNT 0")
        _ = runner.run("XTRIM s MAXLEN 3")
        _ = runner.run("XACK s g 1 2 3")
        _ = runner.run("XADD s 500 b c")
        #expect(copy.run("XINFO STREAM s FULL COUNT 0") == before)
        #expect(runner.run("XINFO STREAM t FULL COUNT 0") == before)
    }

    /// The milliseconds of the IDs in an array of entries.
    private func ids(_ reply: String) -> [Int] {
        reply.split(separator: "\n").filter { $0.hasSuffix("-0") }.compactMap {
            Int($0.dropLast(2))
        }
    }

    /// The same of what XPENDING tells.
    private func pending(_ reply: String) -> [Int] { ids(reply) }
}
