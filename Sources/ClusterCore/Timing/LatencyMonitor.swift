import Keyspace

/// Commands that held the node up for at least latency-monitor-threshold milliseconds (latency.c): when, and how long.
struct LatencyMonitor: Sendable {
    /// By the name of what took the time.
    private(set) var events: [(name: String, series: Series)] = []

    /// The last seconds in which an event took too long, the oldest first.
    struct Series: Sendable {
        fileprivate(set) var samples: [Sample] = []
        /// Milliseconds.
        fileprivate(set) var longest: Int64 = 0

        fileprivate static let limit = 160
    }

    /// The longest of a second.
    struct Sample: Hashable, Sendable {
        /// Unix seconds.
        let time: Int64
        /// Milliseconds.
        fileprivate(set) var latency: Int64
    }

    func series(of name: String) -> Series? { events.first { $0.name == name }?.series }

    /// Notes that something took so many milliseconds.
    mutating func add(_ name: String, _ latency: Int64, at time: Int64) {
        if let index = events.firstIndex(where: { $0.name == name }) {
            events[index].series.add(Sample(time: time, latency: latency))
        } else {
            var series = Series()
            series.add(Sample(time: time, latency: latency))
            events.append((name, series))
        }
    }

    /// Forgets the events of that name in either case, or all.
    /// - Returns: how many there were.
    mutating func reset(_ name: String? = nil) -> Int {
        let count = events.count
        events.removeAll { event in name.map { $0.lowercased() == event.name } ?? true }
        return count - events.count
    }
}

extension LatencyMonitor.Series {
    fileprivate mutating func add(_ sample: LatencyMonitor.Sample) {
        longest = max(longest, sample.latency)
        if let last = samples.last, last.time == sample.time {
            samples[samples.count - 1].latency = max(last.latency, sample.latency)
            return
        }
        if samples.count == Self.limit { samples.removeFirst() }
        samples.append(sample)
    }

    /// How often, on average, and how far off that (`analyzeLatencyForEvent`).
    func statistics(at now: Int64) -> (average: Int64, deviation: Int64, period: Double) {
        guard let first = samples.first else { return (0, 0, 0) }
        let count = Int64(samples.count)
        let average = samples.reduce(0) { $0 + $1.latency } / count
        let deviation = samples.reduce(0) { $0 + abs(average - $1.latency) } / count
        return (average, deviation, Double(max(1, now - first.time)) / Double(count))
    }
}

/// Numbers as columns of characters, with labels that are read from above (sparkline.c).
struct Sparkline {
    private let samples: [(value: Int64, label: [UInt8])]

    private static let rows = 4
    private static let columns = 80
    /// How full a place is, by what stands in it.
    private static let fillings = Array("_o#".utf8)

    init(_ samples: [(value: Int64, label: String)]) {
        self.samples = samples.map { ($0.value, Array($0.label.utf8)) }
    }

    /// The lines; longer series go on below.
    var text: String {
        stride(from: 0, to: samples.count, by: Self.columns).map { start in
            block(samples[start..<min(start + Self.columns, samples.count)])
        }.joined(separator: "\n")
    }

    private func block(_ part: ArraySlice<(value: Int64, label: [UInt8])>) -> String {
        let labelRows = part.map(\.label.count).max() ?? 0
        let levels = part.map { level($0.value) }
        var lines = (0..<Self.rows).map { row in levels.map { Self.mark($0, row) } }
        // One line between the columns and their labels.
        if labelRows > 0 { lines.append(part.map { _ in UInt8(ascii: " ") }) }
        for row in 0..<labelRows {
            lines.append(part.map { row < $0.label.count ? $0.label[row] : UInt8(ascii: " ") })
        }
        return lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
    }

    /// How high a value is, in steps of a filling.
    private func level(_ value: Int64) -> Int {
        let least = samples.map(\.value).min() ?? 0
        let range = (samples.map(\.value).max() ?? 0) - least
        let steps = Self.fillings.count * Self.rows
        guard range > 0 else { return 0 }
        return min(steps - 1, Int(value - least) * steps / Int(range))
    }

    private static func mark(_ level: Int, _ row: Int) -> UInt8 {
        let filling = level - (rows - row - 1) * fillings.count
        if filling < 0 { return UInt8(ascii: " ") }
        return filling < fillings.count ? fillings[filling] : UInt8(ascii: "|")
    }
}
