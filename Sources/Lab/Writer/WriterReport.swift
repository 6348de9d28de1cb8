/// What became of the writes of one run, as far as the cluster can tell now.
package struct WriterReport: Sendable {
    package let plan: WriterPlan
    package let log: WriteLog
    /// When it was made.
    package let time: Duration
    /// Acknowledged, and not there, in the order in which they were sent.
    package private(set) var lost: [LostWrite] = []
    /// Refused, and there all the same.
    package private(set) var resurrected: [WriteRecord] = []
    /// Of those whose fate was unknown, or that too few replicas confirmed, those that are there.
    package private(set) var surprises: [WriteRecord] = []
    /// Acknowledged writes whose key was written again, so that nobody can tell whether they were lost.
    package private(set) var overwritten = 0
    /// Keys that could not be read, by reason.
    package private(set) var unread: [String: Int] = [:]
    package private(set) var outages: [Outage] = []

    /// A write that its node had acknowledged.
    package struct LostWrite: Hashable, Sendable {
        package let record: WriteRecord
        package let instead: Instead

        /// What is there in its place.
        package enum Instead: Hashable, Sendable {
            case nothing
            /// The value of this earlier write.
            case older(serial: Int)
            /// A value that this run has not written.
            case foreign(String)
        }
    }

    /// How long the slots of a range took no write.
    package struct Outage: Hashable, Sendable {
        package let slots: ClosedRange<Int>
        /// The owner when the run began.
        package let owner: NodeAddress
        /// Who owns these slots now.
        package let owners: [NodeAddress]
        /// From the last acknowledgement before a trouble to the first after it, the longest; zero where there was no
        /// trouble.
        package let longest: Duration
        /// There was no acknowledgement since.
        package let isOngoing: Bool
    }

    init(_ writer: ClusterWriter, found: [Int: ReadBack.Found], owners: SlotMap, at now: Duration) {
        plan = writer.plan
        log = writer.log
        time = now
        judge(found)
        outages = Self.outages(of: writer.log, owners: owners, at: now)
    }

    /// The share of acknowledged writes that were no slower, such as 0.99; nil where there are none.
    package func latency(_ share: Double) -> Duration? {
        let times = log.records.filter { $0.outcome == .acknowledged }.compactMap(\.latency)
            .sorted()
        guard !times.isEmpty else { return nil }
        return times[min(times.count - 1, Int(Double(times.count) * share))]
    }

    /// Whether every key could be read.
    package var isComplete: Bool { unread.isEmpty }

    /// The longest outage of all.
    package var longestOutage: Duration { outages.map(\.longest).max() ?? .zero }

    /// How long the run was, or has been.
    package var duration: Duration { (log.end ?? time) - log.beginning }

    // MARK: - What is there

    private mutating func judge(_ found: [Int: ReadBack.Found]) {
        var last: [Int: WriteRecord] = [:]
        var acknowledged = 0
        for record in log.records where record.outcome == .acknowledged {
            last[record.slot] = record
            acknowledged += 1
        }
        for (slot, value) in found.sorted(by: { $0.key < $1.key }) { judge(value, last[slot]) }
        lost.sort { $0.record.serial < $1.record.serial }
        overwritten = acknowledged - last.count
    }

    private mutating func judge(_ value: ReadBack.Found, _ last: WriteRecord?) {
        switch value {
        case .unread(let reason): unread[reason, default: 0] += 1
        case .missing:
            if let last { lost.append(LostWrite(record: last, instead: .nothing)) }
        case .value(let bytes):
            guard let serial = log.serial(of: bytes) else {
                let text = String(decoding: bytes.prefix(40), as: UTF8.self)
                if let last { lost.append(LostWrite(record: last, instead: .foreign(text))) }
                return
            }
            if let last, serial < last.serial {
                lost.append(LostWrite(record: last, instead: .older(serial: serial)))
            }
            // A write that has been sent since is in no log yet, and as it should be.
            if let record = log.record(serial: serial) { note(record) }
        }
    }

    private mutating func note(_ record: WriteRecord) {
        switch record.outcome {
        case .acknowledged, .underWay: return
        case .refused: resurrected.append(record)
        case .unknown, .unconfirmed: surprises.append(record)
        }
    }

    // MARK: - Outages

    private static func outages(
        of log: WriteLog, owners: SlotMap, at now: Duration
    ) -> [Outage] {
        let end = log.end ?? now
        return log.ranges.map { range in
            let records = log.records.filter { range.slots.contains($0.slot) }
            let (longest, isOngoing) = longestOutage(records, from: log.start, to: end)
            return Outage(
                slots: range.slots, owner: range.owner,
                owners: owners.owners(in: range.slots), longest: longest,
                isOngoing: isOngoing)
        }
    }

    /// Without a trouble in between, the time between two acknowledgements is the writer's own.
    private static func longestOutage(
        _ records: [WriteRecord], from start: Duration, to end: Duration
    ) -> (Duration, isOngoing: Bool) {
        var longest = Duration.zero
        var lastAcknowledgement = start
        var isTroubled = false
        for record in records {
            switch record.outcome {
            case .underWay: continue
            case .refused, .unknown, .unconfirmed: isTroubled = true
            case .acknowledged:
                let time = record.replied ?? record.sent
                if isTroubled { longest = max(longest, time - lastAcknowledgement) }
                lastAcknowledgement = max(lastAcknowledgement, time)
                isTroubled = false
            }
        }
        guard isTroubled else { return (longest, false) }
        return (max(longest, end - lastAcknowledgement), true)
    }
}
