/// How long the calls of a command took, as a distribution in which every time is right by one part in a hundred: what
/// Redis keeps (latency-tracking) in a High Dynamic Range histogram of two digits.
///
/// Times up to 255 ns have a count each; beyond, every doubling is divided into 128 equal parts. The counts reach as far
/// as the longest time there was.
struct LatencyHistogram: Sendable {
    private(set) var total = 0
    private var counts: [Int] = []

    /// Nanoseconds; what lies outside counts as one of these.
    private static let range: ClosedRange<Int64> = 1...1_000_000_000
    private static let partsPerDoubling = 128

    /// Counts calls that took so many nanoseconds each.
    mutating func record(_ nanoseconds: Int64, count: Int = 1) {
        let time = min(max(nanoseconds, Self.range.lowerBound), Self.range.upperBound)
        let index = Self.index(of: time)
        if index >= counts.count {
            let size = (index / Self.partsPerDoubling + 1) * Self.partsPerDoubling
            counts += repeatElement(0, count: size - counts.count)
        }
        counts[index] += count
        total += count
    }

    /// The time that so many percent of the calls did not exceed.
    func time(atPercentile percentile: Double) -> Int64 {
        let wanted = Int(min(percentile, 100) / 100 * Double(total) + 0.5)
        var count = 0
        for index in counts.indices {
            count += counts[index]
            guard count >= max(wanted, 1) else { continue }
            let times = Self.times(at: index)
            return percentile == 0 ? times.lowerBound : times.upperBound
        }
        return 0
    }

    /// How many calls took no longer than each power of two of 1024 nanoseconds, where some took longer than the one
    /// before: whole microseconds, and the calls up to there.
    var cumulative: [(microseconds: Int64, count: Int)] {
        var steps: [(microseconds: Int64, count: Int)] = []
        var (limit, index, count) = (Int64(1024), 0, 0)
        while count < total {
            let end = Self.index(of: min(limit, Self.range.upperBound))
            let before = count
            while index <= end, index < counts.count {
                count += counts[index]
                index += 1
            }
            if count > before { steps.append((Self.times(at: end).upperBound / 1000, count)) }
            limit *= 2
        }
        return steps
    }

    /// The place of a time: the number of its doubling and its part of that.
    private static func index(of time: Int64) -> Int {
        let doublings = max(0, 56 - time.leadingZeroBitCount)
        return doublings * partsPerDoubling + Int(time >> Int64(doublings))
    }

    /// The times that are counted at a place.
    private static func times(at index: Int) -> ClosedRange<Int64> {
        guard index >= 2 * partsPerDoubling else { return Int64(index)...Int64(index) }
        let doublings = Int64(index / partsPerDoubling - 1)
        let part = Int64(index % partsPerDoubling + partsPerDoubling)
        return part << doublings...((part + 1) << doublings) - 1
    }
}
