import Lab

// Lessons: what they show, their steps with the solutions, and the wrong attempts at each.
extension LessonVerifier {
    /// Types what the lesson itself shows: the replies printed there must be the real ones.
    func readAlong(
        _ lesson: Lesson, in lane: Lane, into report: inout Report
    ) throws(LabError) {
        let transcripts = (lesson.introduction + lesson.steps.flatMap(\.body)).compactMap { block in
            if case .transcript(let transcript) = block { transcript } else { nil }
        }
        guard !transcripts.isEmpty else { return }
        try onCluster(of: lesson.start, in: lane) { player, _ throws(LabError) in
            for transcript in transcripts where transcript.needs.isDisjoint(with: lane.lacks) {
                report.add(try player.play(transcript), in: lesson.file)
            }
        }
    }

    /// Takes the steps as their solutions do. Wrong attempts come afterwards, each on the cluster as it was before the
    /// step's solution, so that they may leave of it what they like. Where clusters cannot be made what they were,
    /// or where programs have left files, they come before the solution, one after the other.
    func solve(_ lesson: Lesson, in lane: Lane, into report: inout Report) throws(LabError) {
        let file = lane.course.solutions[lesson.path]?.file ?? lesson.file
        var parts = Array(repeating: Report(), count: lesson.steps.count)
        defer { parts.forEach { report.add($0) } }
        var fresh: [FreshAttempt] = []
        try onCluster(of: lesson.start, in: lane) { player, observer throws(LabError) in
            var moments: [(index: Int, worked: Solution.Step, moment: StepMoment)] = []
            for (index, step) in lesson.steps.enumerated() {
                guard can(lane.course.needs(of: lesson, step: index), "\(lesson.id), '\(step.title)'", &parts[index])
                else { continue }
                try player.beginStep(step)
                try begin(step, of: lesson, player, observer, into: &parts[index])
                guard var worked = lane.course.solution(of: lesson, step: index) else { continue }
                if lane.lacks.contains(.snapshots) {
                    let attempts = sorted(worked, at: index, of: lesson, in: lane, &parts[index])
                    worked = attempts.looking
                    fresh += attempts.fresh
                }
                if !worked.wrong.isEmpty, !lesson.needsPrograms, !lane.lacks.contains(.snapshots),
                    let moment = try StepMoment(player, observer) {
                    moments.append((index, worked, moment))
                } else {
                    refuse(worked, of: step, in: file, &parts[index]) { () throws(LabError) in
                        (player.fork(observer: observer), observer)
                    }
                }
                try pass(worked, step, in: file, &player, observer, into: &parts[index])
            }
            observer.writer.end()
            for (index, worked, moment) in moments {
                refuse(worked, of: lesson.steps[index], in: file, &parts[index]) {
                    () throws(LabError) in try moment.begin()
                }
            }
        }
        for attempt in fresh { try refuse(attempt, of: lesson, in: lane, into: &parts[attempt.index]) }
    }

    /// Starts a cluster, and lets a player and an observer have it.
    func onCluster(
        of start: StartState, in lane: Lane,
        _ body: (inout TranscriptPlayer, ClusterObserver) throws(LabError) -> Void
    ) throws(LabError) {
        let cluster = try start.begin(on: lane.backend)
        defer { cluster.shutDown() }
        let observer = ClusterObserver(cluster: cluster)
        defer { observer.writer.end() }
        var player = TranscriptPlayer(
            cluster: cluster, observer: observer, prompts: lane.prompts)
        try start.prepare(&player)
        try body(&player, observer)
    }

    private func begin(
        _ step: Step, of lesson: Lesson, _ player: TranscriptPlayer, _ observer: ClusterObserver,
        into report: inout Report
    ) throws(LabError) {
        report.steps += 1
        let evaluator = CheckEvaluator(observer: observer, journal: player.journal)
        if try evaluator.report(on: step).isDone {
            report.fail(lesson.file, step.line, "'\(step.title)' passes before anything is done")
        }
    }

    private func pass(
        _ solution: Solution.Step, _ step: Step, in file: String, _ player: inout TranscriptPlayer,
        _ observer: ClusterObserver, into report: inout Report
    ) throws(LabError) {
        for transcript in solution.transcripts { report.add(try player.play(transcript), in: file) }
        let result = try CheckEvaluator(observer: observer, journal: player.journal)
            .report(on: step, isAsked: true)
        for item in result.requirements where item.verdict != .holds {
            report.fail(file, solution.line, "the solution leaves open: \(item.label)\(item.placeAndNow)")
        }
    }

    // MARK: - Wrong attempts

    /// - Parameter start: the player and the observer for an attempt.
    func refuse(
        _ solution: Solution.Step, of step: Step, in file: String, _ report: inout Report,
        from start: () throws(LabError) -> (TranscriptPlayer, ClusterObserver)
    ) {
        for attempt in solution.wrong {
            report.wrongAttempts += 1
            do throws(LabError) {
                var (player, observer) = try start()
                try refuse(attempt, of: step, in: file, &player, observer, into: &report)
            } catch {
                report.fail(file, attempt.line, "this wrong attempt breaks off: \(error)")
            }
        }
    }

    private func refuse(
        _ attempt: Solution.WrongAttempt, of step: Step, in file: String,
        _ player: inout TranscriptPlayer, _ observer: ClusterObserver, into report: inout Report
    ) throws(LabError) {
        report.add(try player.play(attempt.transcript), in: file)
        let result = try CheckEvaluator(observer: observer, journal: player.journal)
            .report(on: step)
        if result.isDone {
            report.fail(file, attempt.line, "this wrong attempt passes '\(step.title)'")
        } else if !result.says(attempt.sentence) {
            report.fail(file, attempt.line, attempt.isNotAnswered(but: result.sentences))
        }
    }
}

extension StepReport {
    /// Whether one of the sentences holds the words.
    fileprivate func says(_ words: String) -> Bool {
        sentences.contains { $0.firstRange(of: words) != nil }
    }
}

extension Solution.WrongAttempt {
    /// What is wrong where the check has other sentences for it, or none.
    func isNotAnswered(but sentences: [String]) -> String {
        let said = sentences.isEmpty ? "nothing" : sentences.joined(separator: " / ")
        return "this wrong attempt is not answered '\(sentence)' but: \(said)"
    }
}
