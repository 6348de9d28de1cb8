/// How fast a counter has grown of late: the average over the last 16 ticks of the cron, as Redis measures
/// `instantaneous_ops_per_sec` (`trackInstantaneousMetric` in server.c).
package struct RateMeter: Sendable {
    private var samples: [Int64] = []
    private var next = 0
    private var last: (count: Int, at: Instant)?

    private static let sampleCount = 16

    package init() {}

    /// Counts a second, on the average.
    package var perSecond: Int64 {
        samples.isEmpty ? 0 : samples.reduce(0, +) / Int64(Self.sampleCount)
    }

    /// Takes what the counter shows now.
    package mutating func measure(_ count: Int, at now: Instant) {
        defer { last = (count, now) }
        guard let last else { return }
        let elapsed = now.milliseconds - last.at.milliseconds
        guard elapsed > 0 else { return }
        if samples.isEmpty { samples = Array(repeating: 0, count: Self.sampleCount) }
        samples[next] = Int64(count - last.count) * 1000 / elapsed
        next = (next + 1) % Self.sampleCount
    }
}
