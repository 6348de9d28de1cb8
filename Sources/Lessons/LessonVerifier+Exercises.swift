import Lab

// Exercises and challenges: no points for nothing, all for the solution, and each wrong attempt
// answered.
extension LessonVerifier {
    /// Takes one variation with its solution.
    func solve(
        _ exercise: Exercise, seed: UInt64, in lane: Lane, into report: inout Report
    ) throws(Failure) {
        guard can(exercise.needs, "\(exercise.id), seed \(seed)", &report) else { return }
        try onCluster(of: exercise.start, in: lane) { player, observer throws(LabError) in
            try begin(exercise, seed, player, observer, into: &report)
            try solve(exercise, seed, &player, observer, into: &report)
        }
    }

    /// Takes one of its wrong attempts, on a cluster of its own.
    func refuse(
        _ number: Int, of exercise: Exercise, in lane: Lane, into report: inout Report
    ) throws(Failure) {
        guard let attempts = exercise.solution?.wrong, attempts.indices.contains(number) else {
            return
        }
        guard attempts[number].transcript.needs.isDisjoint(with: lane.lacks) else {
            report.attemptsPassedOver += 1
            return
        }
        report.wrongAttempts += 1
        try onCluster(of: exercise.start, in: lane) { player, observer throws(LabError) in
            try refuse(attempts[number], exercise, &player, observer, into: &report)
        }
    }

    /// What is to be brought about must not be there yet, and what is to be kept must be.
    private func begin(
        _ exercise: Exercise, _ seed: UInt64, _ player: TranscriptPlayer,
        _ observer: ClusterObserver, into report: inout Report
    ) throws(LabError) {
        let evaluator = CheckEvaluator(observer: observer, journal: player.journal)
        let grade = try evaluator.grade(exercise, waits: false)
        for (requirement, item) in zip(exercise.requirements, grade.items) {
            let holds = item.tick.verdict == .holds
            guard holds != requirement.isKept else { continue }
            let text = holds ? "holds before anything is done" : "is to be kept, but does not hold"
            report.fail(
                exercise.file, requirement.line,
                "seed \(seed): '\(requirement.label)' \(text)\(item.tick.now)")
        }
    }

    private func solve(
        _ exercise: Exercise, _ seed: UInt64, _ player: inout TranscriptPlayer,
        _ observer: ClusterObserver, into report: inout Report
    ) throws(LabError) {
        guard let solution = exercise.solution, let file = exercise.solutionFile else { return }
        var runner = try play(
            solution.transcripts, exercise, in: file, &player, observer, &report)
        let grade = try runner.grade(by: observer, waits: true)
        for item in grade.items where item.got < item.points {
            let reason = item.reason.map { ": \($0)" } ?? ""
            report.fail(
                file, solution.line,
                "seed \(seed): the solution leaves open: "
                    + "\(item.tick.label)\(item.tick.placeAndNow)\(reason)")
        }
    }

    private func refuse(
        _ attempt: Solution.WrongAttempt, _ exercise: Exercise, _ player: inout TranscriptPlayer,
        _ observer: ClusterObserver, into report: inout Report
    ) throws(LabError) {
        guard let file = exercise.solutionFile else { return }
        var runner = try play([attempt.transcript], exercise, in: file, &player, observer, &report)
        var grade = try runner.grade(by: observer, waits: false)
        let outcomes = attempt.outcomes(observer)
        // What comes true by itself is waited for only where the sentence may hang on it.
        if !outcomes.isAnswered(by: grade.reasons) {
            grade = try runner.grade(by: observer, waits: true)
        }
        if grade.isFull {
            guard !outcomes.mayPass else { return }
            report.fail(file, attempt.line, "this wrong attempt gets all points")
        } else if !outcomes.isAnswered(by: grade.reasons) {
            report.fail(file, attempt.line, attempt.isNotAnswered(but: grade.reasons))
        }
    }

    /// Types the lines, and looks after each.
    private func play(
        _ transcripts: [Transcript], _ exercise: Exercise, in file: String,
        _ player: inout TranscriptPlayer, _ observer: ClusterObserver, _ report: inout Report
    ) throws(LabError) -> PracticeRunner {
        var runner = PracticeRunner(
            exercise: exercise, seed: exercise.start.plan.seed, at: player.journal.currentNode,
            began: observer.cluster.time)
        for transcript in transcripts {
            let differences = try player.play(transcript) { _, journal throws(LabError) in
                runner.journal = journal
                _ = try runner.grade(by: observer, waits: false)
            }
            report.add(differences, in: file, "seed \(exercise.start.plan.seed): ")
        }
        runner.journal = player.journal
        return runner
    }
}

extension ExerciseGrade {
    fileprivate var reasons: [String] { items.compactMap(\.reason) }
}
