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
            event.time - start < Self.moment && !nodes.contains(event.node)
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

    /// The lines, with the time since the cluster's start and since the line before.
    func lines(width: Int) -> [String] {
        let head = entries.map { $0.start.inSeconds.count }.max() ?? 0
        let who = min(
            28, entries.map { names.list($0.nodes, limit: 2).count }.max() ?? 0)
        var before: Duration?
        let note = hidden > 0 ? ["(\(hidden) earlier ones: timeline \(hidden + entries.count))"] : []
        return note + entries.flatMap { entry in
            let step = before.map { "+" + (entry.start - $0).inSeconds } ?? ""
            before = entry.start
            let first =
                entry.start.inSeconds.leading(max(head, 8)) + step.leading(9) + "  "
                + names.list(entry.nodes, limit: 2).padded(to: who) + "  "
            // On a narrow screen the columns leave too little beside them.
            let isNarrow = width - first.count < 26
            let rest = String(repeating: " ", count: isNarrow ? 20 : first.count)
            return Explanation.wrapped(text(of: entry), width: width, first: first, rest: rest)
        }
    }

    /// The entry's sentence; who else tells it, and how much later.
    private func text(of entry: Entry) -> String {
        let sentence = entry.kind.sentence(names.name)
        guard entry.tellings.count > 1, let last = entry.tellings.last else { return sentence }
        let span = last.time - entry.start
        let count = entry.tellings.count > 2 ? " by \(entry.tellings.count) nodes" : ""
        return sentence + " [told\(count) within \(span.inSeconds) s]"
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
