import ClusterAdmin
import Testing

struct RandomnessTests {
    @Test(
        arguments: [
            (0, [1_804_289_383, 846_930_886, 1_681_692_777]),
            (1, [1_804_289_383, 846_930_886, 1_681_692_777]),
            (1_764_121_500, [1_738_691_807, 1_549_372_646, 1_362_141_426]),
        ] as [(UInt32, [Int])])
    func `numbers are those of the GNU C library`(_ seed: UInt32, _ numbers: [Int]) {
        var random = GlibcRandom(seed: seed)
        #expect((0..<3).map { _ in random.next() } == numbers)
    }

    @Test func `a table is walked in redis-cli's order, also while it grows`() {
        var table = RedisDictionary<Int>()
        for slot in stride(from: 100, through: 1100, by: 100) {
            table.replace("\(slot)", with: slot)
        }
        // As redis-cli 7.0.15 lists these open slots.
        let order = [600, 400, 300, 700, 500, 200, 1000, 900, 800, 1100, 100]
        #expect(table.entries.map(\.value) == order)
        #expect(table.find("700") == 700)
        #expect(table.find("701") == nil)
    }

    @Test func `a value is replaced where it stands`() {
        var table = RedisDictionary<Int>()
        for slot in 0..<100 { table.replace("\(slot)", with: slot) }
        let order = table.entries.map(\.key)
        for slot in 0..<100 { table.replace("\(slot)", with: slot + 1) }
        #expect(Set(table.entries.map(\.key)) == Set(order))
        #expect((0..<100).allSatisfy { table.find("\($0)") == $0 + 1 })
    }
}
