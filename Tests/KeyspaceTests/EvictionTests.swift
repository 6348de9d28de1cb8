import Keyspace
import RESP
import Testing

struct EvictionTests {
    private static let names = [
        "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu",
        "volatile-random", "volatile-ttl",
    ]

    private static func policy(_ name: String) throws -> EvictionPolicy {
        try #require(EvictionPolicy(name))
    }

    @Test func `what keys take is counted as they come, change and go`() {
        var runner = CommandRunner()
        runner.database.countsMemory = true
        let empty = runner.database.usedMemory
        for index in 0..<200 {
            _ = runner.run("SET s\(index) \(String(repeating: "x", count: index))")
            _ = runner.run("RPUSH l\(index % 5) element:\(index)")
            _ = runner.run("HSET h\(index % 3) field:\(index) value")
            _ = runner.run("SADD m\(index % 3) member:\(index)")
            _ = runner.run("APPEND s\(index / 2) more")
            if index % 4 == 0 { _ = runner.run("DEL s\(index / 3)") }
        }
        let counted = runner.database.usedMemory
        #expect(counted > empty)
        runner.database.countsMemory = false
        runner.database.countsMemory = true
        #expect(runner.database.usedMemory == counted)
        runner.database.removeAll()
        #expect(runner.database.usedMemory == empty)
    }

    @Test(arguments: names)
    func `keys go until none is left that may`(name: String) throws {
        var runner = CommandRunner()
        for index in 0..<50 {
            _ = runner.run("SET k\(index) v" + (index % 2 == 0 ? " EX 100" : ""))
        }
        let policy = try Self.policy(name)
        var evicted = 0
        while runner.database.evict(policy, samples: 5) != nil { evicted += 1 }
        #expect(evicted == (name.hasPrefix("volatile") ? 25 : 50))
        #expect(runner.database.statistics.evictedKeys == evicted)
        #expect(runner.database.count == 50 - evicted)
    }

    @Test func `the keys go that were not used for long, and those that expire first`() throws {
        var runner = CommandRunner()
        for index in 0..<200 {
            _ = runner.run("SET k\(index) v EX \(1000 + index * 10)")
            runner.database.now += 1000
        }
        for name in ["allkeys-lru", "volatile-ttl"] {
            var copy = runner
            let policy = try Self.policy(name)
            for _ in 0..<100 { _ = copy.database.evict(policy, samples: 10) }
            let left = (0..<200).filter { copy.run("EXISTS k\($0)") == ":1" }
            #expect(left.count { $0 >= 100 } > 85)
        }
    }
}
