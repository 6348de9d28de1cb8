import Lab

extension CheckEvaluator {
    /// What the writer found out. Which writes are lost is not known as long as a key cannot be read: a check looks, and
    /// does not wait for the cluster.
    func value(of finding: Expression.WriterFinding) throws(LabError) -> CheckValue {
        let writer = observer.writer
        guard let log = writer.log else { return .missing("the writer has not written yet") }
        switch finding {
        case .acknowledged: return .number(Int64(log.acknowledged))
        case .refused: return .number(Int64(log.refused))
        case .unconfirmed: return .number(Int64(log.unconfirmed))
        case .unknown: return .number(Int64(log.unknown))
        case .outage:
            let milliseconds = (writer.longestOutage ?? .zero) / .milliseconds(1)
            return .number(Int64(milliseconds.rounded()))
        case .latency:
            let times = log.records.filter { $0.outcome == .acknowledged }.compactMap(\.latency)
                .sorted()
            guard !times.isEmpty else { return .missing("nothing is acknowledged yet") }
            let milliseconds = times[times.count / 2] / .milliseconds(1)
            return .number(Int64(milliseconds.rounded()))
        case .lost, .lostKeys:
            guard let report = try writer.report(within: .zero), report.isComplete else {
                return .missing("not all of the writer's keys can be read now")
            }
            guard finding == .lostKeys else { return .number(Int64(report.lost.count)) }
            return .list(report.lost.map { .text($0.record.key) })
        }
    }
}
