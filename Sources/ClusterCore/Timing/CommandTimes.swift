import Keyspace

/// How long commands take: those that may take long each by itself, the quick ones together.
///
/// To look at a clock costs a quick command more than it tells. So the time that a client's commands took together is
/// looked at once, and what the quick ones took of it counts in equal shares.
struct CommandTimes: Sendable {
    /// Of each command, at its index in the table.
    private(set) var histograms: [LatencyHistogram?]
    /// Quick commands whose time is not known yet: how many of each.
    private var quickCalls: [Int]
    /// Those of which there are some.
    private(set) var quickCommands: [Int] = []
    private var quickCount = 0
    /// What the others took that ran among them.
    private var measured: Int64 = 0

    init(commandCount: Int) {
        histograms = Array(repeating: nil, count: commandCount)
        quickCalls = Array(repeating: 0, count: commandCount)
    }

    /// Notes what calls of a command took each.
    mutating func record(_ nanoseconds: Int64, of command: Int, count: Int = 1) {
        histograms[command, default: LatencyHistogram()].record(nanoseconds, count: count)
    }

    /// Leaves out what a command took that is known by itself.
    mutating func exclude(_ nanoseconds: Int64) {
        measured += nanoseconds
    }

    /// Notes a quick command.
    @inline(__always)
    mutating func noteQuick(_ command: Int) {
        if quickCalls[command] == 0 { quickCommands.append(command) }
        quickCalls[command] += 1
        quickCount += 1
    }

    /// What one of the quick commands took, of the time since they were last forgotten.
    func share(of elapsed: Int64) -> Int64 {
        quickCount == 0 ? 0 : max(0, elapsed - measured) / Int64(quickCount)
    }

    /// Takes the number of calls of a quick command.
    mutating func takeCalls(of command: Int) -> Int {
        defer { quickCalls[command] = 0 }
        return quickCalls[command]
    }

    /// Begins anew, with nothing quick and nothing measured.
    mutating func forgetQuick() {
        quickCommands.removeAll(keepingCapacity: true)
        quickCount = 0
        measured = 0
    }
}

extension Array where Element == LatencyHistogram? {
    /// The histogram at a place, where there has to be one from now on.
    fileprivate subscript(
        index: Int, default initial: @autoclosure () -> LatencyHistogram
    ) -> LatencyHistogram {
        get { self[index] ?? initial() }
        _modify {
            var histogram = self[index] ?? initial()
            self[index] = nil
            defer { self[index] = histogram }
            yield &histogram
        }
    }
}

extension Node {
    /// Shares the time that the commands of a client took together among the quick ones.
    @inline(never)
    mutating func noteQuickCommands(since begun: Int64) {
        let share = times.share(of: (stopwatch?() ?? begun) - begun)
        for command in times.quickCommands {
            let count = times.takeCalls(of: command)
            times.record(share, of: command, count: count)
            statistics.nanoseconds[command] += share * Int64(count)
        }
        times.forgetQuick()
    }

    /// Notes a command that has gone on beyond its step, or was done when what it had waited for was there.
    mutating func noteDelay(of command: Int?, _ duration: Duration) {
        guard let command else { return }
        let nanoseconds =
            duration.components.seconds * 1_000_000_000
            + duration.components.attoseconds / 1_000_000_000
        statistics.nanoseconds[command] += nanoseconds
        if configuration.latencyTracking { times.record(nanoseconds, of: command) }
    }
}
