import Keyspace
import RESP
import Testing

struct DatabaseTests {
    /// What a database should be: a dictionary, and a key's expiry beside its value.
    struct Model {
        var entries: [String: (value: String, expiry: Int64?)] = [:]

        mutating func removeExpired(at now: Int64) {
            entries = entries.filter { $0.value.expiry.map { $0 >= now } ?? true }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `random commands leave what a dictionary would hold`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        // A tag that all keys share makes one table with chains of them, no tag many small tables.
        let tag = seed % 2 == 0 ? "{t}" : ""
        var runner = CommandRunner()
        var model = Model()
        for _ in 0..<5_000 {
            let key = tag + "key:\(random.next(below: 300))"
            let value = String(repeating: "v", count: random.next(below: 40)) + "\(random.next(below: 99))"
            runner.database.now += Int64(random.next(below: 3))
            let now = runner.database.now
            model.removeExpired(at: now)
            switch random.next(below: 10) {
            case 0...2:
                _ = runner.run("SET \(key) \(value)")
                model.entries[key] = (value, nil)
            case 3, 4:
                let expiry = now + Int64(random.next(below: 500)) + 1
                _ = runner.run("SET \(key) \(value) PXAT \(expiry)")
                model.entries[key] = (value, expiry)
            case 5:
                #expect(runner.run("DEL \(key)") == (model.entries[key] == nil ? ":0" : ":1"))
                model.entries[key] = nil
            case 6:
                #expect(runner.run("APPEND \(key) x").hasPrefix(":"))
                let old = model.entries[key]
                model.entries[key] = ((old?.value ?? "") + "x", old?.expiry)
            case 7:
                _ = runner.run("PEXPIRE \(key) 50")
                if let old = model.entries[key] { model.entries[key] = (old.value, now + 50) }
            case 8:
                _ = runner.run("PERSIST \(key)")
                if let old = model.entries[key] { model.entries[key] = (old.value, nil) }
            default:
                let expected = model.entries[key].map { "$\($0.value.utf8.count)\n\($0.value)" }
                #expect(runner.run("GET \(key)") == expected ?? "$-1")
                runner.database.expireSome()
            }
        }
        model.removeExpired(at: runner.database.now)
        expectSame(runner.database, model)
    }

    private func expectSame(_ database: Database, _ model: Model) {
        var database = database
        database.slot = nil
        var keys: Set<String> = []
        database.forEachKey { keys.insert($0.description) }
        #expect(keys == Set(model.entries.keys))
        // Each cycle goes on where the one before it stopped, so that every expired key is met in the end.
        for _ in 0..<1_000 { database.expireSome() }
        #expect(database.count == model.entries.count)
        #expect(database.volatileCount == model.entries.values.count { $0.expiry != nil })
        for (key, entry) in model.entries {
            withArgument(key) { argument in
                let reference = database.find(argument)
                #expect(reference.map { database[$0].bytes } == ByteString(entry.value))
                #expect(reference.flatMap { database.expiry(of: $0) } == entry.expiry)
            }
        }
        for slot in 0..<HashSlot.count {
            let slot = HashSlot(unchecked: slot)
            #expect(database.keys(in: slot, limit: .max).count == database.count(in: slot))
        }
    }

    @Test func `a copy is a snapshot`() {
        var runner = CommandRunner()
        for index in 0..<500 { _ = runner.run("SET {t}\(index) \(index)") }
        var snapshot = runner
        for index in 0..<500 { _ = runner.run("DEL {t}\(index)") }
        #expect(runner.run("DBSIZE") == ":0")
        _ = snapshot.run("INCR {t}7")
        #expect(snapshot.run("DBSIZE") == ":500")
        #expect(snapshot.run("GET {t}7") == "$1\n8")
        #expect(runner.run("GET {t}7") == "$-1")
    }

    @Test func `equal seeds give equal orders, and equal choices`() {
        var first = CommandRunner()
        var second = CommandRunner()
        for index in 0..<100 {
            _ = first.run("SET {t}\(index) v")
            _ = second.run("SET {t}\(index) v")
        }
        #expect(first.run("KEYS *") == second.run("KEYS *"))
        #expect(first.run("SCAN 0") == second.run("SCAN 0"))
        for _ in 0..<20 { #expect(first.run("RANDOMKEY") == second.run("RANDOMKEY")) }
    }

    @Test func `a random key is any key, and none that has expired`() {
        var runner = CommandRunner()
        for index in 0..<10 { _ = runner.run("SET key\(index) v") }
        for index in 0..<10 { _ = runner.run("SET gone\(index) v PX 10") }
        runner.database.now += 100
        var seen: Set<String> = []
        for _ in 0..<500 {
            if let key = runner.database.randomKey() { seen.insert(key.description) }
        }
        #expect(seen == Set((0..<10).map { "key\($0)" }))
    }

    @Test func `keys that nobody asks for expire all the same`() {
        var runner = CommandRunner()
        for index in 0..<10_000 {
            _ = runner.run("SET key\(index) v PX \(index % 2 == 0 ? 100 : 1_000_000)")
        }
        runner.database.now += 200
        var cycles = 0
        while runner.database.count > 5_500, cycles < 100 {
            runner.database.expireSome()
            cycles += 1
        }
        #expect(runner.database.count <= 5_500, "after \(cycles) cycles")
        #expect(runner.database.statistics.expiredKeys == 10_000 - runner.database.count)
        #expect(runner.database.volatileCount == runner.database.count)
    }

    @Test func `a cycle of active expiry is bounded`() {
        var runner = CommandRunner()
        for index in 0..<5_000 { _ = runner.run("SET key\(index) v PX 100") }
        runner.database.now += 200
        runner.database.expireSome(sample: 20, limit: 100)
        #expect(runner.database.statistics.expiredKeys >= 100)
        #expect(runner.database.statistics.expiredKeys < 200)
    }

    @Test func `a key expires after its last millisecond, not in it`() {
        var runner = CommandRunner()
        _ = runner.run("SET a v PX 100")
        runner.database.now += 100
        #expect(runner.run("GET a") == "$1\nv")
        #expect(runner.run("PTTL a") == ":0")
        runner.database.now += 1
        #expect(runner.run("GET a") == "$-1")
    }

    @Test func `flushing leaves nothing behind`() {
        var runner = CommandRunner()
        for index in 0..<100 { _ = runner.run("SET key\(index) v EX 100") }
        _ = runner.run("FLUSHALL")
        #expect(runner.database.count == 0)
        #expect(runner.database.volatileCount == 0)
        #expect(runner.run("SCAN 0 COUNT 100000") == "*2\n$1\n0\n*0")
        #expect(runner.run("RANDOMKEY") == "$-1")
    }

    private func withArgument(_ text: String, _ body: (Argument) -> Void) {
        Arguments.withArguments([Array(text.utf8)]) { body($0[0]) }
    }
}
