import Keyspace
import RESP
import Testing

/// How many nodes the radix tree has that XINFO tells of: what is kept while a stream changes is what is counted anew.
struct RadixTreeTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `what is kept is what a copy is counted to have`(seed: UInt64) {
        var runner = CommandRunner()
        runner.database.encodingLimits.streamNodeEntries = 1 + Int(seed % 3)
        var random = SplitMix64(seed: seed)
        var (milliseconds, sequence) = (UInt64(1), UInt64(1))
        for step in 0..<150 {
            switch random.next(below: 10) {
            case 0: _ = runner.run("XTRIM s MAXLEN \(random.next(below: 40))")
            case 1: _ = runner.run("XDEL s \(milliseconds)-\(sequence)")
            default:
                // Steps of every size, so that IDs part at every byte.
                let distance = UInt64(1) << UInt64(random.next(below: 40))
                if random.next(below: 2) == 0 {
                    sequence += distance
                } else {
                    (milliseconds, sequence) = (
                        milliseconds + distance, UInt64(random.next(below: 3))
                    )
                }
                _ = runner.run("XADD s \(milliseconds)-\(sequence) f v")
            }
            guard runner.run("EXISTS s") == ":1" else { continue }
            let kept = treeNodes("s", &runner)
            var database = runner.database
            database.encodingLimits.streamNodeEntries = 1
            let copy = RDBWriter.dump(database, auxiliary: [])
            var loaded = CommandRunner()
            _ = try? RDBReader.load(copy, into: &loaded.database)
            #expect(kept == treeNodes("s", &loaded), "step \(step)")
        }
    }

    private func treeNodes(_ key: String, _ runner: inout CommandRunner) -> Substring? {
        let lines = runner.run("XINFO STREAM \(key)").split(separator: "\n")
        return lines.firstIndex(of: "radix-tree-nodes").map { lines[$0 + 1] }
    }

    @Test func `a stream without nodes has a tree of one, and one with one of two`() {
        var runner = CommandRunner()
        _ = runner.run("XGROUP CREATE s g $ MKSTREAM")
        #expect(treeNodes("s", &runner) == ":1")
        _ = runner.run("XADD s 1-1 f v")
        #expect(treeNodes("s", &runner) == ":2")
    }
}
