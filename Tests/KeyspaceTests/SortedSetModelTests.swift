import Keyspace
import RESP
import Testing

/// Sorted sets against an array that the same is done to.
struct SortedSetModelTests {
    /// The members in order.
    private struct Model {
        private(set) var members: [(score: Int, name: String)] = []

        func score(of name: String) -> Int? { members.first { $0.name == name }?.score }

        mutating func set(_ name: String, _ score: Int) {
            members.removeAll { $0.name == name }
            let place =
                members.firstIndex { ($0.score, $0.name) > (score, name) } ?? members.count
            members.insert((score, name), at: place)
        }

        mutating func remove(_ name: String) { members.removeAll { $0.name == name } }

        mutating func remove(_ ranks: Range<Int>) { members.removeSubrange(ranks) }

        func shown(_ ranks: Range<Int>) -> [String] {
            members[ranks].flatMap { [$0.name, "\($0.score)"] }
        }
    }

    /// How members come: at random, in order, in the opposite order, many of one score.
    enum Course: CaseIterable {
        case random, ascending, descending, equal
    }

    @Test(arguments: Course.allCases, [128, 0])
    func `a sorted set holds what a sorted array would hold`(course: Course, limit: Int) throws {
        var runner = CommandRunner()
        runner.database.encodingLimits.sortedSetEntries = limit
        var random = SplitMix64(seed: 5)
        var model = Model()
        for step in 0..<3000 {
            let name = "m\(random.next(below: 4000))"
            switch random.next(below: step < 2000 ? 20 : 8) {
            case 0:
                _ = runner.run("ZREM z \(name)")
                model.remove(name)
            case 1 where model.members.count > 50:
                let start = random.next(below: model.members.count - 40)
                let count = random.next(below: step < 2000 ? 4 : 40)
                let reply = runner.run("ZREMRANGEBYRANK z \(start) \(start + count - 1)")
                #expect(reply == ":\(count)")
                model.remove(start..<start + count)
            case 2 where !model.members.isEmpty:
                let popped = elements(runner.run("ZPOPMIN z"))
                #expect(popped == model.shown(0..<1))
                model.remove(0..<1)
            case 3 where !model.members.isEmpty:
                let last = model.members.count - 1
                #expect(elements(runner.run("ZPOPMAX z")) == model.shown(last..<last + 1))
                model.remove(last..<last + 1)
            default:
                let score = Self.score(course, step, &random)
                let isNew = model.score(of: name) == nil
                #expect(runner.run("ZADD z \(score) \(name)") == (isNew ? ":1" : ":0"))
                model.set(name, score)
            }
            guard step % 20 == 0, !model.members.isEmpty else { continue }
            try compare(model, &runner, &random)
        }
        try compareWhole(model, &runner)
    }

    private static func score(_ course: Course, _ step: Int, _ random: inout SplitMix64) -> Int {
        switch course {
        case .random: random.next(below: 100_000) - 50_000
        case .ascending: step
        case .descending: -step
        case .equal: random.next(below: 3)
        }
    }

    private func compare(
        _ model: Model, _ runner: inout CommandRunner, _ random: inout SplitMix64
    ) throws {
        let count = model.members.count
        let rank = random.next(below: count)
        let member = model.members[rank]
        try #require(runner.run("ZCARD z") == ":\(count)")
        try #require(runner.run("ZRANK z \(member.name)") == ":\(rank)")
        #expect(runner.run("ZREVRANK z \(member.name)") == ":\(count - 1 - rank)")
        #expect(
            elements(runner.run("ZRANGE z \(rank) \(rank) WITHSCORES"))
                == model.shown(rank..<rank + 1))
        let high = member.score + random.next(below: 1000)
        let within = model.members.count { (member.score...high).contains($0.score) }
        #expect(runner.run("ZCOUNT z \(member.score) \(high)") == ":\(within)")
    }

    private func compareWhole(_ model: Model, _ runner: inout CommandRunner) throws {
        let count = model.members.count
        try #require(
            elements(runner.run("ZRANGE z 0 -1 WITHSCORES")) == model.shown(0..<count))
        let names = model.members.map(\.name)
        #expect(elements(runner.run("ZREVRANGE z 0 -1")) == names.reversed())
    }

    @Test func `a copy of the keys stays as it is`() {
        var runner = CommandRunner()
        for number in 0..<1000 { _ = runner.run("ZADD z \(number % 37) m\(number)") }
        var copy = runner
        let before = runner.run("ZRANGE z 0 -1 WITHSCORES")
        for number in 0..<500 {
            _ = copy.run("ZADD z XX INCR 5 m\(number)")
            _ = copy.run("ZPOPMIN z")
        }
        #expect(runner.run("ZRANGE z 0 -1 WITHSCORES") == before)
        #expect(copy.run("ZCARD z") == ":500")
    }

    @Test func `ZSCAN meets all that stays, while the table grows and shrinks`() {
        var runner = CommandRunner()
        for number in 0..<1000 { _ = runner.run("ZADD z \(number) stays\(number)") }
        var seen: Set<String> = []
        var cursor = "0"
        var round = 0
        repeat {
            let lines = runner.run("ZSCAN z \(cursor) COUNT 20").split(separator: "\n")
            cursor = String(lines[2])
            seen.formUnion(lines.dropFirst(4).map(String.init))
            for number in 0..<150 {
                let member = "comes\(round % 20 * 150 + number)"
                _ = runner.run(round < 20 ? "ZADD z 1 \(member)" : "ZREM z \(member)")
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
