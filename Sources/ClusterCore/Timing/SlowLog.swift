import Keyspace
import RESP

/// The commands that took long (slowlog.c): what SLOWLOG shows, the newest first.
struct SlowLog: Sendable {
    private(set) var entries: [Entry] = []
    private var nextNumber = 0
    /// A command that goes on beyond its step: DEBUG SLEEP or a script, of which there is one at a time.
    private var unfinished: UnfinishedCommand?

    /// One command.
    struct Entry: Sendable {
        var number = 0
        /// Unix seconds when it ended.
        var time: Int64 = 0
        var duration = Duration.zero
        let arguments: [ByteString]
        let address: String
        let name: ByteString
    }

    /// A command that has begun, and when it did.
    struct UnfinishedCommand: Sendable {
        fileprivate let entry: Entry
        fileprivate let command: Int?
        fileprivate let start: Instant
    }

    /// Arguments of an entry; the last one tells of those that there is no room for.
    private static let maximumArguments = 32
    /// Bytes of an argument.
    private static let maximumLength = 128

    /// The arguments of a command as an entry has them, those of `secrets` hidden.
    static func shortened(_ arguments: Arguments, secrets: [Int]) -> [ByteString] {
        let count = min(arguments.count, maximumArguments)
        return (0..<count).map { index in
            if count < arguments.count, index == count - 1 {
                return ByteString("... (\(arguments.count - count + 1) more arguments)")
            }
            if secrets.contains(index) { return "(redacted)" }
            return shortened(arguments[index])
        }
    }

    private static func shortened(_ argument: Argument) -> ByteString {
        guard argument.count > maximumLength else { return ByteString(argument) }
        let rest = "... (\(argument.count - maximumLength) more bytes)"
        return ByteString(Array(argument.buffer.prefix(maximumLength)) + Array(rest.utf8))
    }

    /// Adds an entry, and forgets the oldest ones.
    mutating func add(_ entry: Entry, limit: Int) {
        var entry = entry
        entry.number = nextNumber
        nextNumber += 1
        entries.insert(entry, at: 0)
        trim(to: limit)
    }

    /// Forgets the oldest entries.
    mutating func trim(to limit: Int) {
        if entries.count > limit { entries.removeLast(entries.count - limit) }
    }

    /// SLOWLOG RESET.
    mutating func removeAll() {
        entries = []
    }

    /// Keeps a command until it ends.
    mutating func begin(_ command: UnfinishedCommand) {
        unfinished = command
    }

    /// The command that has ended.
    mutating func end() -> UnfinishedCommand? { unfinished.take() }
}

extension Node {
    /// Whether the time of a command is looked at. That of the quick ones only is where somebody wants to see them,
    /// as it costs them more than it tells.
    @inline(__always)
    func measures(_ entry: CommandTable.Entry) -> Bool {
        entry.mayBeSlow || configuration.latencyMonitorThreshold > 0
            || UInt(bitPattern: configuration.slowlogLogSlowerThan) < 1000
    }

    /// The same for a command of a transaction or a script, which has no quick ones around it to share with.
    func measuresWithin(_ entry: CommandTable.Entry) -> Bool {
        configuration.latencyTracking || measures(entry)
    }

    /// Notes how long a command has taken, and more of it if that is long (`slowlogPushEntryIfNeeded` and
    /// `latencyAddSampleIfNeeded`). One that goes on is noted when it ends.
    @inline(never)
    mutating func noteDuration(
        since begun: Int64, of arguments: Arguments, _ command: Int, inScript: Bool = false
    ) {
        // The client of a script may wait for that one, and not for the command.
        let goesOn = inScript ? migration.current != nil : clients[caller].flags.contains(.waiting)
        guard !goesOn else { return }
        let nanoseconds = (stopwatch?() ?? begun) - begun
        statistics.nanoseconds[command] += nanoseconds
        if configuration.latencyTracking {
            times.record(nanoseconds, of: command)
            if !inScript, !isInTransaction { times.exclude(nanoseconds) }
        }
        let isSlow = self.isSlow(nanoseconds)
        // Most commands are not worth the arithmetic of durations.
        guard isSlow || configuration.latencyMonitorThreshold > 0 else { return }
        let duration = Duration.nanoseconds(nanoseconds)
        let flags = commands.entries[command].flags
        noteLatency(duration, flags.contains(.fast) ? "fast-command" : "command")
        guard isSlow, !flags.contains(.skipSlowlog) else { return }
        note(slowEntry(arguments, inScript: inScript), took: duration)
    }

    /// The command at hand goes on while the node serves nobody.
    mutating func beginLongCommand(_ arguments: Arguments) {
        slowLog.begin(unfinished(arguments, clients[caller].lastCommand))
    }

    /// The command that went on is over.
    mutating func endLongCommand() {
        if let command = slowLog.end() { noteEnd(of: command) }
    }

    /// What is noted of a command when it ends.
    func unfinished(
        _ arguments: Arguments, _ command: Int?, inScript: Bool = false
    ) -> SlowLog.UnfinishedCommand {
        SlowLog.UnfinishedCommand(
            entry: slowEntry(arguments, inScript: inScript), command: command, start: now)
    }

    /// Notes how long a command has taken that went on beyond its step.
    mutating func noteEnd(of ended: SlowLog.UnfinishedCommand) {
        let duration = ended.start.duration(to: now)
        noteDelay(of: ended.command, duration)
        noteLatency(duration, "command")
        let isShown = ended.command.map {
            !commands.entries[$0].flags.contains(.skipSlowlog)
        }
        if isSlow(duration), isShown ?? true { note(ended.entry, took: duration) }
    }

    private func slowEntry(_ arguments: Arguments, inScript: Bool) -> SlowLog.Entry {
        let shortened = SlowLog.shortened(arguments, secrets: arguments.secrets)
        // Scripts have a client of their own, which has no address.
        return inScript
            ? SlowLog.Entry(arguments: shortened, address: "?:0", name: "")
            : SlowLog.Entry(
                arguments: shortened, address: clients[caller].address,
                name: clients[caller].name)
    }

    private func isSlow(_ nanoseconds: Int64) -> Bool {
        let limit = configuration.slowlogLogSlowerThan
        return limit >= 0 && nanoseconds / 1000 >= limit
    }

    private func isSlow(_ duration: Duration) -> Bool {
        let limit = configuration.slowlogLogSlowerThan
        return limit >= 0 && duration >= .microseconds(limit)
    }

    private mutating func noteLatency(_ duration: Duration, _ event: String) {
        let milliseconds = duration.wholeMilliseconds
        guard configuration.latencyMonitorThreshold > 0,
            milliseconds >= configuration.latencyMonitorThreshold
        else { return }
        latency.add(event, milliseconds, at: unixMilliseconds / 1000)
    }

    private mutating func note(_ entry: SlowLog.Entry, took duration: Duration) {
        var entry = entry
        entry.duration = duration
        entry.time = unixMilliseconds / 1000
        slowLog.add(entry, limit: configuration.slowlogMaxLen)
    }
}
