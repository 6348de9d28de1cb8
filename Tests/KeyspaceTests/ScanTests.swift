import Keyspace
import RESP
import Testing

struct ScanTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `a key that stays is met, however the table grows and shrinks meanwhile`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let tag = seed % 2 == 0 ? "{t}" : ""
        var runner = CommandRunner()
        let staying = (0..<200).map { "\(tag)stays:\($0)" }
        for key in staying { _ = runner.run("SET \(key) v") }
        var met: Set<String> = []
        var cursor: UInt64 = 0
        var passing = 0
        var calls = 0
        repeat {
            cursor = runner.database.scan(from: cursor, limit: 1 + random.next(below: 20)) { key, _ in
                met.insert(key.description)
            }
            calls += 1
            // Between two calls thousands of keys come, or all of them go.
            if random.next(below: 2) == 0 {
                for _ in 0..<random.next(below: 2_000) {
                    _ = runner.run("SET \(tag)passes:\(passing) v")
                    passing += 1
                }
            } else {
                for index in 0..<passing { _ = runner.run("DEL \(tag)passes:\(index)") }
                passing = 0
            }
        } while cursor != 0 && calls < 100_000
        #expect(cursor == 0, "after \(calls) calls")
        #expect(met.isSuperset(of: staying))
    }

    @Test func `without changes each key is met once`() {
        var runner = CommandRunner()
        for index in 0..<3_000 { _ = runner.run("SET \(index % 3 == 0 ? "{t}" : "")key\(index) v") }
        for limit in [1, 10, 1_000, 100_000] {
            var met: [String] = []
            var cursor: UInt64 = 0
            repeat {
                cursor = runner.database.scan(from: cursor, limit: limit) { key, _ in
                    met.append(key.description)
                }
            } while cursor != 0
            #expect(met.count == 3_000, "limit \(limit)")
            #expect(Set(met).count == 3_000, "limit \(limit)")
        }
    }

    @Test func `a call returns about as many keys as it was asked for`() {
        var runner = CommandRunner()
        for index in 0..<10_000 { _ = runner.run("SET {t}key\(index) v") }
        var met = 0
        _ = runner.database.scan(from: 0, limit: 10) { _, _ in met += 1 }
        #expect((10..<40).contains(met))
    }

    @Test func `any number is a cursor that comes to an end`() {
        var runner = CommandRunner()
        for index in 0..<100 { _ = runner.run("SET {t}key\(index) v") }
        var random = SplitMix64(seed: 1)
        for _ in 0..<1_000 {
            var cursor = random.next()
            var calls = 0
            repeat {
                cursor = runner.database.scan(from: cursor, limit: 10) { _, _ in }
                calls += 1
            } while cursor != 0 && calls < 100
            #expect(cursor == 0)
        }
        #expect(runner.run("SCAN 18446744073709551615").hasPrefix("*2\n"))
    }
}
