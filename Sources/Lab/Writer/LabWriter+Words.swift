// `writer` and `reader` at the prompt, and in the transcripts of lessons.
extension LabWriter {
    /// What follows the words, for help; N and the options `key KEY` and, for the writer, `wait R` may be left out.
    package static let usage = "writer [start N OPTIONS|stop|report]"
    package static let readerUsage = "reader [start N OPTIONS|stop|report]"

    /// Follows `writer`, or `reader` where this is the reader, and the words behind it.
    /// - Parameter say: takes the lines for the screen.
    package func follow(_ words: [String], say: (String) -> Void) throws(LabError) {
        switch words.first?.lowercased() {
        case nil: say(state)
        case "start":
            let plan = try plan(Array(words.dropFirst()))
            start(plan)
            say("\(plan.sentence) \(name) report tells what became of them.")
        case "stop" where words.count == 1:
            guard isWriting else {
                throw .unsupported("The \(name) does not \(verb): \(name) start lets it.")
            }
            stop()
            say(state)
        case "report" where words.count == 1:
            guard let report = try report(onWait: { say(Self.waitNotice) }) else {
                throw .unsupported(nothingYet)
            }
            report.lines.forEach(say)
        default:
            let usage = isReader ? Self.readerUsage : Self.usage
            throw .unsupported("\(name) wants start, stop, report or nothing: \(usage)")
        }
    }

    private static let waitNotice =
        "Not all nodes are well yet. The writer waits until they are and it can read its keys, at "
        + "most \(patience.components.seconds) s of the cluster's time; Ctrl-C ends that."

    // MARK: - Its names

    private var isReader: Bool { reader == nil }
    private var name: String { isReader ? "reader" : "writer" }
    private var verb: String { isReader ? "read" : "write" }

    private var nothingYet: String {
        "The \(name) has not \(isReader ? "read" : "written") yet: \(name) start lets it."
    }

    // MARK: - What to do

    /// `50`, `wait 1`, `200 key deal:7`, `50 key deal:7 wait 1`
    private func plan(_ words: [String]) throws(LabError) -> WriterPlan {
        var plan = WriterPlan(isReader ? .reads : .writes)
        var rest = words[...]
        if let first = rest.first, !["key", "wait"].contains(first.lowercased()) {
            guard let pace = Int(first), WriterPlan.paces.contains(pace) else {
                throw .unsupported(
                    "\(name) start wants 1 to \(WriterPlan.paces.upperBound) \(verb)s a second: "
                        + "\(name) start 50")
            }
            plan.pace = pace
            rest = rest.dropFirst()
        }
        while let word = rest.popFirst() {
            let value = rest.popFirst()
            switch word.lowercased() {
            case "key" where plan.key == nil: plan.key = try key(value)
            case "wait" where !isReader && plan.replicas == 0: plan.replicas = try replicas(value)
            default:
                let options = isReader ? "key KEY" : "key KEY and wait R"
                throw .unsupported("\(name) start does not know '\(word)': it takes \(options).")
            }
        }
        return plan
    }

    private func key(_ text: String?) throws(LabError) -> String {
        guard let text, !text.isEmpty else {
            throw .unsupported("key wants the name of a key: \(name) start 200 key deal:7")
        }
        return text
    }

    private func replicas(_ text: String?) throws(LabError) -> Int {
        guard let count = text.flatMap({ Int($0) }), count > 0 else {
            throw .unsupported("wait wants a number of replicas: writer start wait 1")
        }
        return count
    }

    // MARK: - How it stands

    /// One line that says how it stands.
    private var state: String {
        guard let log else { return nothingYet }
        let counts = [
            (log.acknowledged, isReader ? "answered" : "acknowledged"), (log.refused, "refused"),
            (log.unconfirmed, "unconfirmed"), (log.unknown, "unknown"),
            (log.count { $0 == .underWay }, "under way"),
        ]
        let told = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let sum = "\(log.records.count.counted(verb))\(told.isEmpty ? "" : ": \(told)")"
        if isWriting { return "The \(name) is at work. \(sum)." }
        let reason = log.isFull ? " at its limit of \(WriteLog.limit) \(verb)s" : ""
        return "The \(name) has stopped\(reason). \(sum)."
    }
}

extension WriterPlan {
    /// `The writer sends 50 writes a second to all slots, each followed by WAIT 1.`
    fileprivate var sentence: String {
        let target = key ?? "all slots"
        switch traffic {
        case .writes:
            let confirmed = replicas > 0 ? ", each followed by WAIT \(replicas)" : ""
            return "The writer sends \(pace.counted("write")) a second to \(target)\(confirmed)."
        case .reads:
            let keys = key ?? "the writer's keys in all slots"
            return "The reader sends \(pace.counted("read")) a second of \(keys)."
        }
    }
}
