package import Lab

/// Takes every lesson as a learner would: a step's check must be false before the step is done,
/// each wrong attempt must be refused with its own sentence, and the solution must pass.
package struct LessonVerifier {
    let course: Course
    let backend: any LabBackend
    let prompts: PromptMaker?

    /// - Parameter prompts: follow what is no plain command of Redis; nil where no solution needs it.
    package init(course: Course, backend: any LabBackend, prompts: PromptMaker? = nil) {
        self.prompts = prompts
        self.course = course
        self.backend = backend
    }

    /// What was found.
    package struct Report: Sendable {
        package var problems: [LessonError] = []
        package var lessons = 0
        package var steps = 0
        package var exercises = 0
        package var wrongAttempts = 0

        package var isClean: Bool { problems.isEmpty }
    }

    /// Verifies the lessons named by id or number, or all, and the course's files as a whole.
    package func verify(_ names: [String] = []) -> Report {
        var report = Report(problems: LessonLinter.problems(of: course))
        if course.lessons.isEmpty, course.exercises.isEmpty, course.problems.isEmpty {
            report.fail("Lessons", 1, "there are no lessons")
        }
        var lessons: [Lesson] = []
        var exercises: [ExerciseFile] = []
        for name in names {
            if let lesson = course.lesson(named: name) {
                lessons.append(lesson)
            } else if let exercise = course.exercise(named: name) {
                exercises.append(exercise)
            } else {
                let advice = Nearest.advice(
                    for: name,
                    among: course.lessons.map(\.id) + course.exercises.map(\.sample.id))
                report.fail("Lessons", 1, "no lesson '\(name)'\(advice)")
            }
        }
        for lesson in names.isEmpty ? course.lessons : lessons { verify(lesson, into: &report) }
        for exercise in names.isEmpty ? course.exercises : exercises {
            verify(exercise, into: &report)
        }
        return report
    }

    private func verify(_ lesson: Lesson, into report: inout Report) {
        report.lessons += 1
        do throws(LabError) {
            try readAlong(lesson, into: &report)
            try solve(lesson, into: &report)
            if let challenge = course.challenge(of: lesson) {
                try verify(challenge, seed: 1, into: &report)
            }
        } catch {
            report.problems.append(LessonError(file: lesson.file, line: 1, message: "\(error)"))
        }
    }

    /// Types what the lesson itself shows: the replies printed there must be the real ones.
    private func readAlong(_ lesson: Lesson, into report: inout Report) throws(LabError) {
        let blocks = lesson.introduction + lesson.steps.flatMap(\.body)
        guard blocks.contains(where: { if case .transcript = $0 { true } else { false } }) else {
            return
        }
        let cluster = try lesson.start.begin(on: backend)
        defer { cluster.shutDown() }
        let observer = ClusterObserver(cluster: cluster)
        defer { observer.writer.end() }
        var player = TranscriptPlayer(
            cluster: cluster, observer: observer, prompts: prompts)
        try lesson.start.prepare(&player)
        for case .transcript(let transcript) in blocks {
            report.add(try player.play(transcript), in: lesson.file)
        }
    }

    private func solve(_ lesson: Lesson, into report: inout Report) throws(LabError) {
        let cluster = try lesson.start.begin(on: backend)
        defer { cluster.shutDown() }
        let observer = ClusterObserver(cluster: cluster)
        defer { observer.writer.end() }
        var player = TranscriptPlayer(
            cluster: cluster, observer: observer, prompts: prompts)
        try lesson.start.prepare(&player)
        for (index, step) in lesson.steps.enumerated() {
            report.steps += 1
            try player.beginStep(step)
            if try CheckEvaluator(observer: observer, journal: player.journal).report(on: step)
                .isDone
            {
                report.fail(
                    lesson.file, step.line, "'\(step.title)' passes before anything is done")
            }
            guard let solution = course.solution(of: lesson, step: index),
                let file = course.solutions[lesson.path]?.file
            else { continue }
            for attempt in solution.wrong {
                try refuse(attempt, of: step, in: file, player.fork(), observer, into: &report)
            }
            try pass(solution, step, in: file, &player, observer, into: &report)
        }
    }

    private func refuse(
        _ attempt: Solution.WrongAttempt, of step: Step, in file: String, _ start: TranscriptPlayer,
        _ observer: ClusterObserver, into report: inout Report
    ) throws(LabError) {
        report.wrongAttempts += 1
        var player = start
        report.add(try player.play(attempt.transcript), in: file)
        let result = try CheckEvaluator(observer: observer, journal: player.journal).report(
            on: step)
        if result.isDone {
            report.fail(file, attempt.line, "this wrong attempt passes '\(step.title)'")
        } else if !result.sentences.contains(where: { $0.firstRange(of: attempt.sentence) != nil })
        {
            let said =
                result.sentences.isEmpty ? "nothing" : result.sentences.joined(separator: " / ")
            report.fail(
                file, attempt.line,
                "this wrong attempt is not answered '\(attempt.sentence)' but: \(said)")
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
            report.fail(file, solution.line, "the solution leaves open: \(item.label)\(item.now)")
        }
    }
}

extension LessonVerifier.Report {
    /// Every problem on its line, then the sum.
    package var text: String {
        var lines = problems.map(\.description)
        let counted = [
            Self.count(lessons, "lesson"), Self.count(steps, "step"),
            Self.count(exercises, "exercise"), Self.count(wrongAttempts, "wrong attempt"),
        ].joined(separator: ", ")
        let verdict = isClean ? "all as they should be" : Self.count(problems.count, "problem")
        lines.append("\(counted): \(verdict)")
        return lines.joined(separator: "\n")
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    mutating func fail(_ file: String, _ line: Int, _ message: String) {
        problems.append(LessonError(file: file, line: line, message: message))
    }

    mutating func add(_ differences: [TranscriptPlayer.Difference], in file: String) {
        for difference in differences { fail(file, difference.line, difference.message) }
    }
}

extension StepReport {
    /// What the check says about known wrong attempts.
    package var sentences: [String] {
        requirements.compactMap { item in
            if case .lost(let why) = item.verdict {
                "\(why) Type `restart step`."
            } else {
                item.remark
            }
        }
    }
}

extension StepReport.Item {
    /// ` (line 33, now: 5)` for a requirement that does not hold: its first such condition, and the live value.
    package var now: String {
        let place = line.map { "line \($0)" }
        let value: String? =
            switch verdict {
            case .open(let now?), .waiting(let now?): "now: \(now)"
            case .holds, .open, .waiting, .lost: nil
            }
        let parts = [place, value].compactMap(\.self)
        return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    }
}
