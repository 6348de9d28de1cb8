import Lab

// Lessons: what they show, their steps with the solutions, and the wrong attempts at each.
extension LessonVerifier {
    /// Types what the lesson itself shows: the replies printed there must be the real ones.
    func readAlong(
        _ lesson: Lesson, in lane: Lane, into report: inout Report
    ) throws(Failure) {
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
    /// step's solution, so that they may leave of it what they like. Where clusters cannot be made what they were, each
    /// has one of its own.
    func solve(_ lesson: Lesson, in lane: Lane, into report: inout Report) throws(Failure) {
        let file = lane.course.solutions[lesson.path]?.file ?? lesson.file
        var parts = Array(repeating: Report(), count: lesson.steps.count)
        defer { parts.forEach { report.add($0) } }
        var later: [(index: Int, number: Int)] = []
        try onCluster(of: lesson.start, in: lane) { player, observer throws(LabError) in
            var moments: [(index: Int, worked: Solution.Step, moment: StepMoment)] = []
            for (index, step) in lesson.steps.enumerated() {
                guard can(lane.course.needs(of: lesson, step: index), "\(lesson.id), '\(step.title)'", &parts[index])
                else { continue }
                try player.beginStep(step)
                try begin(step, of: lesson, player, observer, into: &parts[index])
                guard let worked = lane.course.solution(of: lesson, step: index) else { continue }
                if lesson.needsPrograms {
                    // Attempts with programs are tasks of their own.
                } else if lane.lacks.contains(.snapshots) {
                    let attempts = sorted(worked, at: index, of: lesson, in: lane, &parts[index])
                    for attempt in attempts.looking {
                        refuse(attempt, of: step, in: file, player, observer, into: &parts[index])
                    }
                    later += attempts.fresh.map { (index, $0) }
                } else if !worked.wrong.isEmpty {
                    if let moment = try StepMoment(player, observer) {
                        moments.append((index, worked, moment))
                    } else {
                        later += worked.wrong.indices.map { (index, $0) }
                    }
                }
                try pass(worked, step, in: file, &player, observer, into: &parts[index])
            }
            observer.writer.end()
            for (index, worked, moment) in moments {
                refuse(worked, of: lesson.steps[index], in: file, &parts[index], from: moment)
            }
        }
        for (index, number) in later {
            try refuse(number, atStep: index, of: lesson, in: lane, into: &parts[index])
        }
    }

    /// Starts a cluster, and lets a player and an observer have it.
    func onCluster(
        of start: StartState, in lane: Lane,
        _ body: (inout TranscriptPlayer, ClusterObserver) throws(LabError) -> Void
    ) throws(Failure) {
        var typed: LabLine?
        do throws(LabError) {
            let cluster = try Self.begin(start, on: lane.backend)
            defer { cluster.shutDown() }
            let observer = ClusterObserver(cluster: cluster)
            defer {
                observer.writer.end()
                typed = observer.obeyed
            }
            var player = TranscriptPlayer(
                cluster: cluster, observer: observer, prompts: lane.prompts)
            try start.prepare(&player)
            try player.beginStep()
            try body(&player, observer)
        } catch {
            throw Failure(error: error, line: typed?.line)
        }
    }

    /// A program that begins on another lane has what is open in this process for a moment, and so perhaps a port of the
    /// cluster that has just ended.
    private static func begin(
        _ start: StartState, on backend: any LabBackend
    ) throws(LabError) -> any LabCluster {
        for _ in 0..<portTries {
            do throws(LabError) {
                return try start.begin(on: backend)
            } catch .portInUse {
                try RealTime.pass(look)
            }
        }
        return try start.begin(on: backend)
    }

    private static let portTries = 30

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

    // MARK: - Solutions

    private func pass(
        _ solution: Solution.Step, _ step: Step, in file: String, _ player: inout TranscriptPlayer,
        _ observer: ClusterObserver, into report: inout Report
    ) throws(LabError) {
        var said: Set<String> = []
        for transcript in solution.transcripts {
            let differences = try player.play(transcript) { line, journal throws(LabError) in
                let evaluator = CheckEvaluator(observer: observer, journal: journal)
                for sentence in try refusals(by: evaluator, on: step)
                where said.insert(sentence).inserted {
                    report.fail(
                        file, line.line,
                        "'\(line.input)' is a line of the solution, and the check objects: \(sentence)"
                    )
                }
            }
            report.add(differences, in: file)
        }
        let evaluator = CheckEvaluator(observer: observer, journal: player.journal)
        let result = try evaluator.report(on: step, isAsked: true)
        for (requirement, item) in zip(step.requirements, result.requirements)
        where item.verdict != .holds {
            let advice = try advice(for: requirement, item, evaluator)
            report.fail(
                file, solution.line,
                "the solution leaves open: \(item.label)\(item.placeAndNow)\(advice)")
        }
    }

    /// What the prompt would object to the line that was typed last: there something may be waited for first.
    private func refusals(
        by evaluator: CheckEvaluator, on step: Step
    ) throws(LabError) -> [String] {
        guard try !evaluator.reportNow(on: step).refusals.isEmpty else { return [] }
        return try evaluator.report(on: step).refusals
    }

    /// What is open may only have been asked for too early: then a word that waits is lacking in front of it.
    private func advice(
        for requirement: Requirement, _ item: StepReport.Item, _ evaluator: CheckEvaluator
    ) throws(LabError) -> String {
        guard case .open = item.verdict else { return "" }
        let cluster = evaluator.observer.cluster
        let start = cluster.time
        while cluster.time - start < Self.patience {
            try cluster.pass(Self.look)
            guard try evaluator.item(for: requirement).verdict == .holds else { continue }
            let milliseconds = Int((cluster.time - start) / .milliseconds(1))
            return "; it held \(milliseconds) ms later: put 'within 10s:' in front of the condition"
        }
        return ""
    }

    /// So long a condition is looked at that did not hold at once.
    private static let patience = Duration.seconds(5)
    private static let look = Duration.milliseconds(100)

    // MARK: - Wrong attempts

    /// Makes one wrong attempt on a cluster of its own, behind the solutions of the steps before.
    func refuse(
        _ number: Int, atStep index: Int, of lesson: Lesson, in lane: Lane,
        into report: inout Report
    ) throws(Failure) {
        guard let worked = lane.course.solution(of: lesson, step: index),
            worked.wrong.indices.contains(number)
        else { return }
        let needs = lane.course.needs(of: lesson, step: index)
            .union(worked.wrong[number].transcript.needs)
        guard needs.isDisjoint(with: lane.lacks) else { return report.attemptsPassedOver += 1 }
        let file = lane.course.solutions[lesson.path]?.file ?? lesson.file
        report.wrongAttempts += 1
        try onCluster(of: lesson.start, in: lane) { player, observer throws(LabError) in
            for earlier in 0..<index {
                guard lane.course.needs(of: lesson, step: earlier).isDisjoint(with: lane.lacks)
                else { continue }
                try player.beginStep(lesson.steps[earlier])
                for transcript in lane.course.solution(of: lesson, step: earlier)?.transcripts ?? []
                {
                    // What is wrong there is told where the steps are taken.
                    _ = try player.play(transcript)
                }
                // What comes true by itself is waited for, as by a learner.
                _ = try CheckEvaluator(observer: observer, journal: player.journal)
                    .report(on: lesson.steps[earlier], isAsked: true)
            }
            try player.beginStep(lesson.steps[index])
            // As at the prompt: from this first look on other clients are watched.
            _ = try CheckEvaluator(observer: observer, journal: player.journal)
                .reportNow(on: lesson.steps[index])
            var learner = player.fork(observer: observer)
            try refuse(
                worked.wrong[number], of: lesson.steps[index], in: file, &learner, observer,
                into: &report)
        }
    }

    private func refuse(
        _ solution: Solution.Step, of step: Step, in file: String, _ report: inout Report,
        from moment: StepMoment
    ) {
        for attempt in solution.wrong {
            report.wrongAttempts += 1
            do throws(LabError) {
                var (player, observer) = try moment.begin()
                try refuse(attempt, of: step, in: file, &player, observer, into: &report)
            } catch {
                report.fail(file, attempt.line, "this wrong attempt breaks off: \(error)")
            }
        }
    }

    /// Makes a wrong attempt, which changes nothing, before the step's solution.
    private func refuse(
        _ attempt: Solution.WrongAttempt, of step: Step, in file: String,
        _ player: TranscriptPlayer, _ observer: ClusterObserver, into report: inout Report
    ) {
        report.wrongAttempts += 1
        var learner = player.fork(observer: observer)
        do throws(LabError) {
            try refuse(attempt, of: step, in: file, &learner, observer, into: &report)
        } catch {
            report.fail(file, attempt.line, "this wrong attempt breaks off: \(error)")
        }
    }

    private func refuse(
        _ attempt: Solution.WrongAttempt, of step: Step, in file: String,
        _ player: inout TranscriptPlayer, _ observer: ClusterObserver, into report: inout Report
    ) throws(LabError) {
        report.add(try player.play(attempt.transcript), in: file)
        let evaluator = CheckEvaluator(observer: observer, journal: player.journal)
        let outcomes = attempt.outcomes(observer)
        let result = try awaitSentence(of: outcomes, evaluator, on: step)
        if result.isDone {
            guard !outcomes.mayPass else { return }
            report.fail(file, attempt.line, "this wrong attempt passes '\(step.title)'")
        } else if !outcomes.isAnswered(by: result.sentences) {
            report.fail(
                file, attempt.line,
                attempt.isNotAnswered(but: result.sentences) + result.openPlaces)
        }
    }

    /// What the check says of an attempt. What one node has heard already the others hear a moment later, and a learner gets
    /// the sentence behind the next line then.
    private func awaitSentence(
        of attempt: Solution.WrongAttempt.Outcomes, _ evaluator: CheckEvaluator, on step: Step
    ) throws(LabError) -> StepReport {
        let cluster = evaluator.observer.cluster
        let deadline = cluster.time + Self.hearsay
        var result = try evaluator.report(on: step)
        // In a time that stands still there is no later moment.
        guard cluster.control?.speed != 0 else { return result }
        while !result.isDone, !attempt.isAnswered(by: result.sentences), cluster.time < deadline {
            try cluster.pass(.milliseconds(100))
            result = try evaluator.report(on: step)
        }
        return result
    }

    /// So long news take at most to get to every node.
    private static let hearsay = Duration.seconds(3)
}

extension StepReport {
    /// Where the check stands, for an author whose attempt gets another sentence or none.
    fileprivate var openPlaces: String {
        requirements.filter { $0.verdict != .holds }.map { "; \($0.label)\($0.placeAndNow)" }
            .joined()
    }
}

extension Solution.WrongAttempt {
    /// What is wrong where the check has other sentences for it, or none.
    func isNotAnswered(but sentences: [String]) -> String {
        let said = sentences.isEmpty ? "nothing" : sentences.joined(separator: " / ")
        return "this wrong attempt is not answered '\(sentence)' but: \(said)"
    }
}
