import ClusterCore
import Keyspace
import Testing

struct SlotSetTests {
    private func set(_ ranges: [ClosedRange<Int>]) -> SlotSet {
        var set = SlotSet()
        for slot in ranges.joined() { set.insert(HashSlot(unchecked: slot)) }
        return set
    }

    @Test(arguments: [
        [], [0...0], [16383...16383], [0...16383], [63...64], [0...62, 64...127],
        [1...1, 3...3, 5...70],
        [0...5460, 10923...16383], [64...127], [62...62, 64...64, 128...200, 202...16382],
    ])
    func `the ranges of a set are those that it was made of`(_ ranges: [ClosedRange<Int>]) {
        #expect(set(ranges).ranges == ranges)
    }

    @Test func `ranges and slots tell the same of any set`() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<50 {
            var set = SlotSet()
            for _ in 0..<random.next(below: 400) {
                let first = random.next(below: HashSlot.count)
                let last = min(HashSlot.count - 1, first + random.next(below: 150))
                for slot in first...last { set.insert(HashSlot(unchecked: slot)) }
            }
            var slots: [Int] = []
            set.forEach { slots.append($0.index) }
            #expect(set.ranges.flatMap(Array.init) == slots)
        }
    }

    @Test func `sets are joined and taken from one another slot by slot`() {
        let (one, other) = (set([0...70, 128...200]), set([60...130, 16383...16383]))
        var union = one
        union.formUnion(other)
        #expect(union == set([0...200, 16383...16383]))
        #expect(union.count == 202)
        let rest = one.subtracting(other)
        #expect(rest == set([0...59, 131...200]))
        #expect(rest.count == 130)
        #expect(one.subtracting(SlotSet()) == one && SlotSet().subtracting(one).isEmpty)
    }
}
