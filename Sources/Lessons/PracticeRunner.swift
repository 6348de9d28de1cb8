package import Lab

/// One go of an exercise: what was typed, which hints were read, how long it took. A value without
/// input or output.
package struct PracticeRunner: Sendable {
    package let exercise: Exercise
    /// The seed that brings this variation again.
    package let seed: UInt64
    package var journal: Journal
    package private(set) var hintsShown = 0
    /// Requirements that have held once.
    package private(set) var once: Set<String> = []
    /// Whoever has read the solution gets no score for this go.
    package var isSolutionShown = false
    /// A grade of this go was enough.
    package var isPassed = false
    /// What live values go through on their way into sentences.
    package var mark: @Sendable (String) -> String = { $0 }
    /// The cluster's time at the start.
    package let began: Duration

    package init(exercise: Exercise, seed: UInt64, at node: NodeAddress, began: Duration) {
        self.exercise = exercise
        self.seed = seed
        self.began = began
        journal = Journal(currentNode: node)
    }

    /// What the hints have cost.
    package var hintCost: Int {
        exercise.hints.prefix(hintsShown).reduce(0) { $0 + $1.cost }
    }

    /// The next hint, if one is left.
    package mutating func takeHint() -> Exercise.Hint? {
        guard let hint = nextHint else { return nil }
        hintsShown += 1
        return hint
    }

    /// The hint that would come next.
    package var nextHint: Exercise.Hint? {
        exercise.hints.indices.contains(hintsShown) ? exercise.hints[hintsShown] : nil
    }

    /// Whether anything was typed: of what nobody has begun, nothing comes by itself.
    private var isBegun: Bool {
        !journal.exchanges.isEmpty || !journal.typed.isEmpty || journal.answer != nil
    }

    /// Scores the exercise, and keeps what has held once.
    package mutating func grade(
        by observer: ClusterObserver, waits: Bool,
        onWait: @escaping ([String], Duration) -> Void = { _, _ in }
    ) throws(LabError) -> ExerciseGrade {
        var evaluator = CheckEvaluator(observer: observer, journal: journal)
        evaluator.onWait = onWait
        evaluator.mark = mark
        let grade = try evaluator.grade(
            exercise, once: once, hintCost: hintCost, waits: waits && isBegun)
        for (requirement, item) in zip(exercise.requirements, grade.items)
        where requirement.isOnce && item.tick.verdict == .holds {
            once.insert(requirement.label)
        }
        return grade
    }
}
