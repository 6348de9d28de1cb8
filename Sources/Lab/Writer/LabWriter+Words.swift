// `writer` at the prompt, and in the transcripts of lessons.
extension LabWriter {
    /// What follows the word, for help; N and `wait R` may be left out.
    package static let usage = "writer [start N wait R|stop|report]"

    /// Follows `writer` and the words behind it.
    /// - Parameter say: takes the lines for the screen.
    package func follow(_ words: [String], say: (String) -> Void) throws(LabError) {
        switch words.first?.lowercased() {
        case nil: say(state)
        case "start":
            let plan = try Self.plan(Array(words.dropFirst()))
            start(plan)
            let confirmed = plan.replicas > 0 ? ", each followed by WAIT \(plan.replicas)" : ""
            say(
                "The writer sends \(plan.pace.counted("write")) a second to all slots\(confirmed). "
                    + "writer report tells what became of them.")
        case "stop" where words.count == 1:
            guard isWriting else {
                throw .unsupported("The writer does not write: writer start lets it.")
            }
            stop()
            say(state)
        case "report" where words.count == 1:
            guard let report = try report(onWait: { say(Self.waitNotice) }) else {
                throw .unsupported("The writer has not written yet: writer start lets it.")
            }
            report.lines.forEach(say)
        default: throw .unsupported("writer wants start, stop, report or nothing: \(Self.usage)")
        }
    }

    private static let waitNotice =
        "Not all nodes are well yet. The writer waits until they are and it can read its keys, at "
        + "most \(patience.components.seconds) s of the cluster's time; Ctrl-C ends that."

    /// `50`, `wait 1`, `50 wait 1`
    private static func plan(_ words: [String]) throws(LabError) -> WriterPlan {
        var plan = WriterPlan()
        var rest = words[...]
        if let first = rest.first, first.lowercased() != "wait" {
            guard let pace = Int(first), WriterPlan.paces.contains(pace) else {
                throw .unsupported(
                    "writer start wants 1 to \(WriterPlan.paces.upperBound) writes a second: "
                        + "writer start 50")
            }
            plan.pace = pace
            rest = rest.dropFirst()
        }
        guard !rest.isEmpty else { return plan }
        guard rest.count == 2, let replicas = rest.last.flatMap({ Int($0) }), replicas > 0,
            rest.first?.lowercased() == "wait"
        else {
            throw .unsupported("wait wants a number of replicas: writer start wait 1")
        }
        plan.replicas = replicas
        return plan
    }

    /// One line that says how it stands.
    private var state: String {
        guard let log else { return "The writer has not written yet: writer start lets it." }
        let counts = [
            (log.acknowledged, "acknowledged"), (log.refused, "refused"),
            (log.unconfirmed, "unconfirmed"), (log.unknown, "unknown"),
            (log.count { $0 == .underWay }, "under way"),
        ]
        let told = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let sum = "\(log.records.count.counted("write"))\(told.isEmpty ? "" : ": \(told)")"
        if isWriting { return "The writer is at work. \(sum)." }
        let reason = log.isFull ? " at its limit of \(WriteLog.limit) writes" : ""
        return "The writer has stopped\(reason). \(sum)."
    }
}
