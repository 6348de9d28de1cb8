import Lab

/// What happened in a cluster, in order: what several nodes tell alike within a moment is one entry.
struct Timeline {
    private(set) var entries: [Entry] = []
    /// How many came before those.
    private(set) var hidden = 0
    private let names: NodeNames

    /// An event, and who tells it.
    struct Entry {
        var kind: LabEvent.Kind
        /// When each node told it, the first first.
        var tellings: [(node: NodeAddress, time: Duration)]

        var start: Duration { tellings[0].time }
        var nodes: [NodeAddress] { tellings.map(\.node) }

        /// What is so far apart is told twice.
        private static let moment = Duration.seconds(2)

        /// Whether a telling belongs here: soon enough, and by a node that has not told it yet.
        func takes(_ event: LabEvent) -> Bool {
            event.time - start < Self.moment && !nodes.contains(event.node) && !kind.isDoneToNode
        }
    }

    /// - Parameter count: how many entries are kept, the latest.
    init(_ events: [LabEvent], names: NodeNames, latest count: Int = .max) {
        self.names = names
        var latest: [LabEvent.Kind: Int] = [:]
        for event in events {
            if let index = latest[event.kind], entries[index].takes(event) {
                entries[index].tellings.append((event.node, event.time))
            } else {
                latest[event.kind] = entries.count
                entries.append(Entry(kind: event.kind, tellings: [(event.node, event.time)]))
            }
        }
        entries.sort { $0.start < $1.start }
        hidden = max(0, entries.count - count)
        entries.removeFirst(hidden)
    }

    /// The lines: the time since the cluster's start and since the line before, who tells it, and what.
    func lines(width: Int) -> [String] {
        let times = max(8, entries.map { $0.start.inSeconds.count }.max() ?? 0)
        let tellers = entries.map { self.tellers(of: $0).count }.max() ?? 0
        var before: Duration?
        var lines: [String] = []
        if hidden > 0 {
            lines.append("(\(hidden) earlier ones: timeline \(hidden + entries.count))")
        }
        for entry in entries {
            let step = before.map { "+" + (entry.start - $0).inSeconds } ?? ""
            before = entry.start
            let first =
                entry.start.inSeconds.leading(times) + step.leading(9) + "  "
                + self.tellers(of: entry).padded(to: tellers) + "  "
            let rest = String(repeating: " ", count: min(first.count, width - 26))
            lines += Explanation.wrapped(text(of: entry), width: width, first: first, rest: rest)
        }
        return lines
    }

    /// `7001`, or `7001 +4` where four others tell the same.
    private func tellers(of entry: Entry) -> String {
        let others = entry.tellings.count - 1
        return names.name(of: entry.tellings[0].node) + (others > 0 ? " +\(others)" : "")
    }

    /// The entry's sentence; how many tell it, and how long that took.
    private func text(of entry: Entry) -> String {
        guard entry.tellings.count > 1, let last = entry.tellings.last else {
            return entry.kind.sentence(names.name)
        }
        return entry.kind.sentenceOfSeveral(names.name)
            + " [\(entry.tellings.count) nodes within \((last.time - entry.start).inSeconds) s]"
    }
}

extension LabEvent.Kind {
    /// Each is a line that somebody typed, and stands where it was typed.
    fileprivate var isDoneToNode: Bool {
        switch self {
        case .process, .manualFailoverRequested: true
        default: false
        }
    }
}

extension Duration {
    /// `12.345`
    var inSeconds: String {
        let milliseconds = Int((self / .milliseconds(1)).rounded())
        let fraction = "\(abs(milliseconds) % 1000)"
        return "\(milliseconds / 1000)."
            + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
