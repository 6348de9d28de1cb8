package import Lab

/// A line of a redis-server's log: `12345:M 29 Nov 2026 12:00:00.123 * Ready to accept connections`.
struct RedisLogLine: Hashable {
    /// Of the day, in the machine's time.
    let millisecond: Int
    let level: Character
    let message: Substring

    /// nil for what is no such line, such as the banner.
    init?(_ line: Substring) {
        let fields = line.split(separator: " ", maxSplits: 6)
        guard fields.count == 7, fields[0].contains(":"), fields[5].count == 1,
            let millisecond = Self.millisecond(fields[4])
        else { return nil }
        self.millisecond = millisecond
        level = fields[5].first ?? "*"
        message = fields[6]
    }

    /// Whether a log that says no more than `loglevel notice` has it.
    var isNotice: Bool { level == "*" || level == "#" }

    private static func millisecond(_ time: Substring) -> Int? {
        let numbers = time.split { $0 == ":" || $0 == "." }.map { Int($0) ?? 0 }
        guard numbers.count == 4 else { return nil }
        return ((numbers[0] * 60 + numbers[1]) * 60 + numbers[2]) * 1000 + numbers[3]
    }
}

/// What the lines of one server's log tell, in the words of Redis 7.0 to 8 and of Valkey 7.2 to 8, whose masters are
/// primaries from 8.0 on.
package struct RedisLogReader {
    /// CLUSTER FAILOVER TAKEOVER promotes without an election; the line after it has the epoch.
    private var isTakingOver = false
    /// Who says of whom that it cannot be reached.
    private var reports: [String: [String]] = [:]

    package init() {}

    /// What follows from a line.
    package enum News: Hashable {
        case event(LabEvent.Kind)
        /// The server's own name.
        case name(String)
    }

    /// The event that a line is about; nil for all others.
    package mutating func news(in message: Substring) -> News? {
        let names = message.split { !$0.isHexDigit }.filter { $0.count == 40 }.map(String.init)
        if message.contains(", I'm ") || message.contains("now I'm ") {
            return names.last.map { .name($0) }
        }
        let kind =
            detection(message, names) ?? election(message, names) ?? manual(message, names)
            ?? membership(message, names)
        return kind.map { .event($0) }
    }

    private mutating func detection(_ message: Substring, _ names: [String]) -> LabEvent.Kind? {
        if message.hasPrefix("Cluster state changed: ") {
            let isOK = message.hasSuffix(" ok")
            return .stateChanged(isOK: isOK, reason: nil)
        }
        guard let name = names.first else { return nil }
        if message.hasPrefix("Marking node "), message.contains("as failing") {
            return .failed(name, reports: reports[name] ?? [])
        }
        if message.hasPrefix("FAIL message received"), names.count == 2 {
            return .failureAnnounced(names[1], by: name)
        }
        // From 7.2 on a node's own name stands before the colon, and no blank behind it.
        if message.hasPrefix("Clear FAIL state"), let reason = Self.part(after: ":", in: message) {
            return .failureEnded(name, reason: String(reason.drop { $0 == " " }))
        }
        guard names.count == 2, message.contains(" reported node ") else { return nil }
        reports[names[1]]?.removeAll { $0 == name }
        guard message.contains("not reachable") else {
            return .failureReportEnded(names[1], by: name)
        }
        reports[names[1], default: []].append(name)
        return .failureReported(names[1], by: name)
    }

    private func election(_ message: Substring, _ names: [String]) -> LabEvent.Kind? {
        let numbers = message.split { !$0.isNumber && $0 != "-" }.compactMap { Int64($0) }
        let epoch = numbers.last.flatMap { UInt64(exactly: $0) } ?? 0
        // Valkey 8.1 has the rank of the primary as well, before the offset.
        if message.hasPrefix("Start of election delayed"), numbers.count >= 3 {
            return .electionScheduled(
                delay: .milliseconds(numbers[0]), rank: Int(numbers[1]),
                offset: numbers[numbers.count - 1])
        }
        // And here the node's own epoch, behind the new one.
        if message.hasPrefix("Starting a failover election") {
            return .electionStarted(epoch: numbers.first.flatMap { UInt64(exactly: $0) } ?? 0)
        }
        if message.contains("after successful failover") { return .promoted(epoch: epoch) }
        if message.hasPrefix("Currently unable to failover: ") {
            return Self.part(after: ": ", in: message).map { .cannotFailOver(reason: $0) }
        }
        guard let name = names.first else { return nil }
        if message.hasPrefix("Failover auth granted") {
            return .voteGranted(to: name, epoch: epoch)
        }
        guard message.hasPrefix("Failover auth denied") else { return nil }
        return Self.part(after: ": ", in: message).map { .voteRefused(to: name, reason: $0) }
    }

    private mutating func manual(_ message: Substring, _ names: [String]) -> LabEvent.Kind? {
        let number = message.split { !$0.isNumber }.last.flatMap { Int64($0) } ?? 0
        if isTakingOver, message.hasPrefix("New configEpoch set to ") {
            isTakingOver = false
            return .promoted(epoch: UInt64(number))
        }
        if message.hasPrefix("Manual failover user request") {
            return .manualFailoverRequested(.agreed)
        }
        if message.hasPrefix("Forced failover user request") {
            return .manualFailoverRequested(.force)
        }
        if message.hasPrefix("Taking over the ") {
            isTakingOver = true
            return .manualFailoverRequested(.takeover)
        }
        if message.hasPrefix("Manual failover requested by replica"), let name = names.first {
            return .manualFailoverAccepted(from: name)
        }
        if message.hasPrefix("Received replication offset for paused") {
            return .manualFailoverOffset(number)
        }
        if message.contains("manual failover can start") { return .manualFailoverReady(offset: 0) }
        return message.hasPrefix("Manual failover timed out") ? .manualFailoverTimedOut : nil
    }

    private func membership(_ message: Substring, _ names: [String]) -> LabEvent.Kind? {
        guard let name = names.first else { return nil }
        if message.hasPrefix("Migrating to orphaned ") { return .migrating(to: name) }
        if message.contains("as a replica of") { return .demoted(to: name) }
        guard message.contains("configEpoch collision") else { return nil }
        let epoch = message.split { !$0.isNumber }.last.flatMap { UInt64($0) } ?? 0
        return .epochCollision(with: name, newEpoch: epoch)
    }

    private static func part(after mark: String, in message: Substring) -> String? {
        message.firstRange(of: mark).map { String(message[$0.upperBound...]) }
    }
}
