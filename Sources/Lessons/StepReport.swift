package import Lab

/// How a step stands: one tick for each requirement, and what there is to say.
package struct StepReport: Sendable, Hashable {
    package var requirements: [Item]
    /// What was proven, with live values; only when the step is done.
    package var proven: [String]
    /// Those of its requirements that need to have held once, and hold now.
    package var heldOnce: Set<String> = []

    /// One requirement's tick.
    package struct Item: Sendable, Hashable {
        package var label: String
        package var verdict: Verdict
        /// The sentence for a known wrong attempt.
        package var remark: String?
        /// The sentence is for a state on the way, through which the solution may pass.
        package var isHalfway = false
        /// The sentence is about what the last line did, and not only about how the cluster is.
        package var isOfLastLine = false
        /// The sentence is about what was typed before the last line, and about nothing else.
        package var isStale = false
        /// The sentence as its author wrote it: the same whatever its live values are.
        package var template: String?
        /// The names under which something has to be handed in for the sentence.
        package var answerNames: [String] = []
        /// The line of the condition that does not hold.
        package var line: Int?
    }

    /// Whether a requirement holds, may hold, or cannot.
    package enum Verdict: Sendable, Hashable {
        case holds
        /// Not yet; the live value where there is one to show.
        case open(now: String?)
        /// It may still come true by itself.
        case waiting(now: String?)
        /// It cannot hold any more, and why.
        case lost(String)
    }

    package var isDone: Bool { requirements.allSatisfy { $0.verdict == .holds } }

    /// Whether it lacks nothing but what may come true by itself.
    package var isComing: Bool { !isDone && canWait(isAsked: true) }
}

extension CheckEvaluator {
    /// Ticks every requirement. A patient one is waited for when it is the only thing lacking, or
    /// when the learner asked for a check; never after a command that has nothing to do with it.
    /// - Parameter earlier: how the requirements stood after a wait in vain: as long as nothing has changed there is no
    ///   other.
    package func report(
        on step: Step, isAsked: Bool = false, unlike earlier: [StepReport.Item]? = nil
    ) throws(LabError) -> StepReport {
        var report = try reportNow(on: step)
        guard let patience = step.patience, report.canWait(isAsked: isAsked),
            report.requirements.map(\.standing) != earlier?.map(\.standing)
        else { return report }
        let cluster = observer.cluster
        let start = cluster.time
        let deadline = start + patience
        var isTold = false
        while !report.isDone, report.canWait(isAsked: true), cluster.time < deadline {
            try cluster.pass(.milliseconds(50))
            report = try reportNow(on: step)
            if !isTold, !report.isDone, cluster.time - start > Self.moment {
                onWait(
                    report.requirements.filter { $0.verdict != .holds }.map(\.label), patience)
                isTold = true
            }
        }
        return report
    }

    /// Ticks every requirement and waits for none.
    package func reportNow(on step: Step) throws(LabError) -> StepReport {
        var report = StepReport(requirements: [], proven: [])
        for requirement in step.requirements {
            if requirement.isOnce, journal.heldOnce.contains(requirement.label) {
                report.requirements.append(.init(label: requirement.label, verdict: .holds))
                continue
            }
            let item = try item(for: requirement)
            if requirement.isOnce, item.verdict == .holds {
                report.heldOnce.insert(requirement.label)
            }
            report.requirements.append(item)
        }
        guard report.isDone else { return report }
        for requirement in step.requirements {
            // The step may have been done in a way of which the sentence knows nothing.
            if let proven = requirement.proven, let text = try textWhereKnown(proven) {
                report.proven.append(text)
            }
        }
        return report
    }

    func item(for requirement: Requirement) throws(LabError) -> StepReport.Item {
        for timed in requirement.inOrder where try !holds(timed.condition) {
            let live = try liveValue(of: timed.condition).map(mark)
            let verdict: StepReport.Verdict =
                timed.patience == nil ? .open(now: live) : .waiting(now: live)
            for lost in requirement.lost where try holds(lost.condition) {
                return .init(label: requirement.label, verdict: .lost(try text(lost.sentence)))
            }
            let plain = StepReport.Item(label: requirement.label, verdict: verdict, line: timed.line)
            return try remarked(plain, requirement.wrong)
        }
        return .init(label: requirement.label, verdict: .holds)
    }
}

extension CheckEvaluator {
    /// The requirement with the first sentence that fits: one about the last line, or about how things are,
    /// before one about what was typed earlier.
    private func remarked(
        _ plain: StepReport.Item, _ attempts: [Requirement.Remark]
    ) throws(LabError) -> StepReport.Item {
        var earlier: StepReport.Item?
        for wrong in attempts where try holds(wrong.condition) {
            var item = plain
            item.remark = try text(wrong.sentence)
            item.template = wrong.sentence.written
            item.isHalfway = wrong.isHalfway
            item.isOfLastLine = try isOfLastLine(wrong.condition)
            item.isStale = wrong.condition.isOnlyDeeds && !item.isOfLastLine
            item.answerNames = wrong.condition.answerNames
            guard item.isStale else { return item }
            earlier = earlier ?? item
        }
        return earlier ?? plain
    }
}

extension StepReport.Item {
    /// How it stands, whatever the last line was.
    fileprivate var standing: Self {
        var item = self
        (item.isOfLastLine, item.isStale) = (false, false)
        return item
    }
}

extension StepReport {
    fileprivate func canWait(isAsked: Bool) -> Bool {
        var isWaiting = false
        var holdsAny = false
        for item in requirements {
            switch item.verdict {
            case .holds: holdsAny = true
            case .waiting: isWaiting = true
            case .open, .lost: return false
            }
        }
        return isWaiting && (holdsAny || isAsked)
    }
}

extension Requirement {
    /// What takes its time comes last: it is not waited for where something else is lacking.
    fileprivate var inOrder: [Timed] {
        conditions.filter { $0.patience == nil } + conditions.filter { $0.patience != nil }
    }
}

extension Step {
    /// The longest wait that a condition of the step asks for.
    fileprivate var patience: Duration? {
        requirements.flatMap(\.conditions).compactMap(\.patience).max()
    }
}
