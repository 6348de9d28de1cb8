/// All writes of one run of the writer, or reads of the reader, in the order in which they were sent.
package struct WriteLog: Sendable {
    package private(set) var records: [WriteRecord] = []
    /// When the run began: it names the run.
    package let start: Duration
    /// From when on it has written: earlier than it began where the cluster was rewound further back.
    private(set) var beginning: Duration
    /// When it ended; nil while it goes on.
    package internal(set) var end: Duration?
    /// Who owned what when the run began: outages are told by these ranges.
    package internal(set) var ranges: [SlotRange] = []
    /// Writes that were due while their node still owed the replies to those before; they were not sent.
    package internal(set) var heldBack = 0
    /// The one key of the run; nil where every slot has one.
    package let key: String?
    private var nextSerial = 1

    /// More writes are not noted, and so not sent: the run ends there. At 50 a second that takes an hour.
    package static let limit = 200_000

    package init(start: Duration, key: String? = nil) {
        self.start = start
        beginning = start
        self.key = key
    }

    /// Whether the limit is reached.
    package var isFull: Bool { records.count >= Self.limit }

    /// What a write stores: it names the run, by its start in milliseconds, and the write.
    package func value(of record: WriteRecord) -> String { "\(runName).\(record.serial)" }

    /// The number of the write that stored the value; nil for what this run has not written.
    package func serial(of value: [UInt8]) -> Int? {
        let parts = String(decoding: value, as: UTF8.self).split(separator: ".")
        return parts.count == 2 && parts[0] == runName ? Int(parts[1]) : nil
    }

    /// The write of that number.
    package func record(serial: Int) -> WriteRecord? {
        // They are in ascending order, with gaps where the cluster was rewound.
        var (low, high) = (0, records.count)
        while low < high {
            let middle = (low + high) / 2
            if records[middle].serial < serial { low = middle + 1 } else { high = middle }
        }
        return low < records.count && records[low].serial == serial ? records[low] : nil
    }

    private var runName: String { "\(Int(start / .milliseconds(1)))" }

    // MARK: - Noting

    /// Notes a write that is being sent.
    /// - Returns: its place.
    mutating func add(slot: Int, to node: NodeAddress, at now: Duration) -> Int {
        records.append(
            WriteRecord(
                serial: nextSerial, key: WriterKeys.name(of: slot, key), slot: slot, sent: now,
                outcome: .underWay, node: node))
        nextSerial += 1
        return records.count - 1
    }

    /// Notes that the write goes to another node.
    mutating func redirect(_ place: Int, to node: NodeAddress) {
        records[place].node = node
    }

    /// Notes what came of a write.
    mutating func settle(_ place: Int, _ outcome: WriteRecord.Outcome, at now: Duration) {
        records[place].outcome = outcome
        records[place].replied = now
    }

    /// The cluster is again what it was then: what was sent later has never been, and whose reply came later will
    /// not get one.
    mutating func rewind(to time: Duration) {
        beginning = min(beginning, time)
        records.removeAll { $0.sent > time }
        for place in records.indices where records[place].replied ?? .zero > time {
            records[place].outcome = .underWay
        }
        if let end, end > time { self.end = time }
        abandon("the cluster was rewound", at: time)
    }

    /// Nobody waits any longer for the replies that are still to come.
    mutating func abandon(_ reason: String, at now: Duration) {
        for place in records.indices where records[place].outcome == .underWay {
            settle(place, .unknown(reason), at: now)
        }
    }
}

extension WriteLog {
    /// How many writes came to that.
    package func count(_ isMeant: (WriteRecord.Outcome) -> Bool) -> Int {
        records.count { isMeant($0.outcome) }
    }

    package var acknowledged: Int { count { $0 == .acknowledged } }

    package var refused: Int {
        count { if case .refused = $0 { true } else { false } }
    }

    package var unknown: Int {
        count { if case .unknown = $0 { true } else { false } }
    }

    package var unconfirmed: Int {
        count { if case .unconfirmed = $0 { true } else { false } }
    }

    /// How many refusals there were for each reason, the most frequent first.
    package var refusals: [(reason: String, count: Int)] {
        var counts: [String: Int] = [:]
        for case .refused(let reason) in records.lazy.map(\.outcome) {
            counts[reason, default: 0] += 1
        }
        return counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }
}
