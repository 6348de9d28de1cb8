package import Lab

/// The score so far: each requirement with its points, and the reason for those that are lacking.
package struct ExerciseGrade: Sendable, Hashable {
    package var items: [Item]
    /// The points that hints have cost.
    package var hintCost: Int
    /// What is needed to pass.
    package var pass: Int

    /// One requirement.
    package struct Item: Sendable, Hashable {
        package var tick: StepReport.Item
        package var points: Int
        package var got: Int
        /// Why points are lacking; nil where the live value says it.
        package var reason: String?
    }

    /// The points of all requirements that hold.
    package var got: Int { items.reduce(0) { $0 + $1.got } }
    package var points: Int { items.reduce(0) { $0 + $1.points } }
    package var score: Int { max(0, got - hintCost) }
    package var isFull: Bool { got == points }
    package var isPassed: Bool { score >= pass }
}

extension CheckEvaluator {
    /// Scores every requirement by itself. One that is kept counts only beside one that was brought
    /// about: whoever does nothing has no points.
    /// - Parameters:
    ///   - once: requirements that need to have held once and did.
    ///   - waits: whether to wait for what comes true by itself.
    package func grade(
        _ exercise: Exercise, once: Set<String> = [], hintCost: Int = 0, waits: Bool
    ) throws(LabError) -> ExerciseGrade {
        var ticks = try ticks(exercise, once)
        let patience = exercise.requirements.flatMap(\.conditions).compactMap(\.patience).max()
        let start = observer.cluster.time
        let deadline = start + (patience ?? .zero)
        var isTold = false
        // What was not handed in does not come by itself.
        let mayCome = exercise.requirements.map { !lacksAnswer($0) }
        func isWaiting() -> Bool { zip(ticks, mayCome).contains { $0.isWaiting && $1 } }
        while waits, isWaiting(), observer.cluster.time < deadline {
            try observer.cluster.pass(.milliseconds(50))
            ticks = try self.ticks(exercise, once)
            let waiting = zip(ticks, mayCome).filter { $0.isWaiting && $1 }.map(\.0)
            if !isTold, !waiting.isEmpty, observer.cluster.time - start > Self.moment {
                onWait(waiting.map(\.label), patience ?? .zero)
                isTold = true
            }
        }
        let isBegun = zip(exercise.requirements, ticks).contains {
            !$0.isKept && $1.verdict == .holds
        }
        var items: [ExerciseGrade.Item] = []
        for (requirement, tick) in zip(exercise.requirements, ticks) {
            items.append(try score(requirement, tick, isBegun: isBegun))
        }
        return ExerciseGrade(items: items, hintCost: hintCost, pass: exercise.pass)
    }

    /// Whether it waits for something that the learner has yet to hand in.
    private func lacksAnswer(_ requirement: Requirement) -> Bool {
        guard requirement.asksForAnswer else { return false }
        let names = requirement.conditions.flatMap(\.condition.answerNames)
        return journal.answer == nil || names.contains { journal.answers[$0] == nil }
    }

    private func ticks(
        _ exercise: Exercise, _ once: Set<String>
    ) throws(LabError) -> [StepReport.Item] {
        try exercise.requirements.map { requirement throws(LabError) in
            if requirement.isOnce, once.contains(requirement.label) {
                return .init(label: requirement.label, verdict: .holds)
            }
            return try item(for: requirement)
        }
    }

    private func score(
        _ requirement: Requirement, _ tick: StepReport.Item, isBegun: Bool
    ) throws(LabError) -> ExerciseGrade.Item {
        var item = ExerciseGrade.Item(tick: tick, points: requirement.points, got: 0)
        if tick.verdict == .holds {
            if requirement.isKept, !isBegun {
                item.reason = "So it was at the start. It counts together with another one."
            } else {
                item.got = requirement.points
            }
        } else if case .lost(let why) = tick.verdict {
            item.reason = "\(why) Type `again`."
        } else {
            item.reason = tick.remark
            if item.reason == nil, let lacks = requirement.lacks {
                item.reason = try text(lacks)
            }
        }
        return item
    }
}

extension StepReport.Item {
    fileprivate var isWaiting: Bool { if case .waiting = verdict { true } else { false } }
}
