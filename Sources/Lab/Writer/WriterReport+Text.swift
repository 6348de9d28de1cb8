// The report as the screen shows it.
extension WriterReport {
    /// So many lost writes are named, and the others counted.
    private static let shown = 10

    /// One line a fact.
    package var lines: [String] {
        switch plan.traffic {
        case .writes: counts + lostLines + presentLines + unreadLines + outageLines
        case .reads: counts + nodeLines
        }
    }

    private var counts: [String] {
        let confirmed = plan.replicas == 0 ? "" : ", each followed by WAIT \(plan.replicas)"
        let key = plan.key.map { " \(plan.traffic == .writes ? "to" : "of") \($0)" } ?? ""
        let isReading = plan.traffic == .reads
        var lines = [
            "\(log.records.count) \(plan.traffic.rawValue)\(key) in \(duration.inSeconds) of the "
                + "cluster's time, \(plan.pace) a second\(confirmed)",
            row(isReading ? "answered" : "acknowledged", "\(log.acknowledged)\(latencies)"),
            row("refused", "\(log.refused)\(list(log.refusals))"),
        ]
        if plan.replicas > 0 {
            lines.append(
                row(
                    "unconfirmed",
                    "\(log.unconfirmed) (done, but fewer than \(plan.replicas.counted("replica")) confirmed)"
                ))
        }
        lines.append(row("unknown", "\(log.unknown)\(log.unknown > 0 ? " (no reply came)" : "")"))
        if log.heldBack > 0 {
            lines.append(
                row("held back", "\(log.heldBack) (their node still owed earlier replies)"))
        }
        return lines
    }

    private var latencies: String {
        guard let median = latency(0.5), let slow = latency(0.99) else { return "" }
        return ", in \(median.inMilliseconds) (p50) to \(slow.inMilliseconds) (p99)"
    }

    private var lostLines: [String] {
        guard !lost.isEmpty else {
            let note =
                overwritten > 0 ? " (\(overwritten) were overwritten since: not to be known)" : ""
            return isComplete
                ? [row("LOST", "0\(note)")] : [row("LOST", "0 of those that were read")]
        }
        return [row("LOST", "\(lost.count): acknowledged, and not there")]
            + lost.prefix(Self.shown).map { "    \(line($0))" } + rest(of: lost.count)
    }

    private func line(_ write: LostWrite) -> String {
        let record = write.record
        let there =
            switch write.instead {
            case .nothing: "is missing"
            case .older(let serial):
                "has the older \(log.record(serial: serial).map(log.value) ?? "one")"
            case .foreign(let value): "has another's \(value)"
            }
        let time = (record.replied ?? record.sent).inSeconds
        return "\(record.key) = \(log.value(of: record))  acknowledged at \(time) by "
            + "\(record.node.short)  \(there)"
    }

    private var presentLines: [String] {
        var lines: [String] = []
        if !resurrected.isEmpty {
            lines.append(
                row("RESURRECTED", "\(resurrected.count): refused, and there all the same"))
            lines += resurrected.prefix(Self.shown).map { record in
                "    \(record.key) = \(log.value(of: record))  refused at "
                    + "\((record.replied ?? record.sent).inSeconds) by \(record.node.short)"
            }
            lines += rest(of: resurrected.count)
        }
        if !surprises.isEmpty {
            let reasons = plan.replicas > 0 ? "unknown or unconfirmed" : "unknown"
            lines.append(row("done", "\(surprises.count) of the \(reasons) ones: they are there"))
        }
        return lines
    }

    private var unreadLines: [String] {
        guard !isComplete else { return [] }
        let reasons = unread.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return [
            row(
                "NOT READ",
                "\(unread.values.reduce(0, +))\(list(reasons.map { ($0.key, $0.value) }))")
        ]
    }

    private var outageLines: [String] {
        let slot = plan.key.map { WriterKeys.slot(atTurn: 0, $0) }
        return ["outages, from the last write before to the first after:"]
            + outages.filter { outage in slot.map(outage.slots.contains) ?? true }.map { outage in
                let slots = "\(outage.slots.lowerBound)-\(outage.slots.upperBound)"
                let owners = outage.owners.map { "\($0.port)" }.joined(separator: " ")
                let hasMoved = !outage.owners.isEmpty && outage.owners != [outage.owner]
                let owner = "\(outage.owner.port)\(hasMoved ? ", now \(owners)" : "")"
                let time =
                    outage.longest == .zero
                    ? "none" : outage.longest.inSeconds + (outage.isOngoing ? ", to the end" : "")
                return "    " + slots.padded(to: 14) + owner.padded(to: 20) + time
            }
    }

    /// Who answered how many reads.
    private var nodeLines: [String] {
        var counts: [NodeAddress: Int] = [:]
        for record in log.records where record.outcome == .acknowledged {
            counts[record.node, default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map { node, count in
            "    " + "\(node)".padded(to: 22) + "\(count)"
        }
    }

    private func rest(of count: Int) -> [String] {
        count > Self.shown ? ["    and \(count - Self.shown) more"] : []
    }

    private func row(_ name: String, _ text: String) -> String { name.padded(to: 14) + text }

    /// `: 15 CLUSTERDOWN, 5 Connection refused`
    private func list(_ counts: [(reason: String, count: Int)]) -> String {
        guard !counts.isEmpty else { return "" }
        return ": " + counts.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
    }
}

extension Duration {
    /// `12.345 s`
    var inSeconds: String {
        let milliseconds = Int((self / .milliseconds(1)).rounded())
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return "\(seconds).\(String(1000 + rest).dropFirst()) s"
    }

    /// `0.3 ms`
    fileprivate var inMilliseconds: String {
        let tenths = Int((self / .microseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}

extension Int {
    /// `1 replica`, `2 replicas`
    func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

extension NodeAddress {
    /// The port, where the node is on this machine.
    fileprivate var short: String { host == "127.0.0.1" ? "\(port)" : description }
}
