package import Lab
import Lessons

// Exercises: a task, a cluster that is ready for it, and a score.
extension LessonMode {
    /// Opens an exercise, or shows which there are.
    package mutating func open(exercise name: String?, seed: UInt64?) throws(LabError) -> Outcome {
        for problem in course.problems { say(problem.description) }
        guard let name else {
            showExercises()
            wantedSeed = seed
            return .done
        }
        return try start([name] + (seed.map { ["\($0)"] } ?? []))
    }

    /// `start N`, or `start N SEED` for the variation of that seed.
    mutating func start(_ arguments: [String]) throws(LabError) -> Outcome {
        guard let name = arguments.first else {
            return refuse("`start` wants an exercise's number or id. Type `practice` to see them.")
        }
        guard let file = course.exercise(named: name) else {
            return refuse("There is no exercise '\(name)'. Type `practice` to see them all.")
        }
        guard arguments.count < 3, arguments.count == 1 || UInt64(arguments[1]) != nil else {
            return refuse("Behind the exercise may stand a seed, which is a number: `start 1 7`.")
        }
        let seed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? wantedSeed
        wantedSeed = nil
        return try begin(file, seed: seed ?? nextSeed(of: file))
    }

    /// `challenge N`: what a lesson leads to, without its steps.
    mutating func challenge(_ arguments: [String]) throws(LabError) -> Outcome {
        guard let name = arguments.first else {
            return refuse("`challenge` wants a lesson's number or id: `challenge 1`.")
        }
        guard let lesson = course.lesson(named: name) else {
            return refuse("There is no lesson '\(name)'. Type `lessons` to see them all.")
        }
        guard let challenge = course.challenge(of: lesson) else {
            return refuse("'\(lesson.title)' has no challenge. `goto \(name)` opens its steps.")
        }
        return try begin(challenge, seed: plan.seed)
    }

    /// Follows a word while an exercise is open.
    mutating func practise(_ word: String, _ arguments: [String]) throws(LabError) -> Outcome {
        switch word {
        case "grade", "check": return try grade()
        case "status": return try showStatus()
        case "step": return showTask()
        case "hint": return showExerciseHint()
        case "solution" where arguments.first == "run": return try runExerciseSolution()
        case "solution": return showExerciseSolution()
        case "again": return try another()
        case "restart": return try restartExercise()
        case "answer": return try handIn(arguments)
        case "next" where practice?.exercise.lessonID != nil: return try goOnFromChallenge()
        default:
            return refuse(
                "An exercise has no steps: `grade` scores it, `again` begins another go, "
                    + "`goto 1` opens a lesson.")
        }
    }

    /// The lesson whose challenge is open.
    var challengedLesson: Lesson? {
        course.lessons.first { $0.id == practice?.exercise.lessonID }
    }

    /// `next` behind a challenge: the lesson after the one that it belongs to.
    private mutating func goOnFromChallenge() throws(LabError) -> Outcome {
        guard let lesson = challengedLesson, let number = number(of: lesson) else { return .failed }
        guard practice?.isPassed == true else {
            return refuse(
                "The challenge is open: `grade` scores it, `goto \(number)` leaves it for the lesson's steps.")
        }
        guard course.lessons.indices.contains(number) else { return refuse(Self.lastLesson) }
        return try begin(course.lessons[number], at: 0)
    }

    /// `again`: another variation of the exercise.
    private mutating func another() throws(LabError) -> Outcome {
        guard let practice else { return .failed }
        guard let file = course.exercise(named: practice.exercise.id) else {
            return try begin(practice.exercise, seed: practice.seed)
        }
        return try begin(file, seed: nextSeed(of: file, after: practice.exercise.variation))
    }

    /// `restart`: the same variation from its start.
    private mutating func restartExercise() throws(LabError) -> Outcome {
        guard let practice else { return .failed }
        return try begin(practice.exercise, seed: practice.seed)
    }

    /// A seed that was not tried, and where there is one, that of another variation.
    private func nextSeed(of file: ExerciseFile, after last: Variation? = nil) -> UInt64 {
        let tried = progress.record(of: file.sample.id).seeds
        let first = (tried.max() ?? 0) &+ 1
        let enough: UInt64 = 50
        let differing = (first..<first + enough).first { seed in
            guard let exercise = try? file.exercise(seed: seed),
                exercise.needs.isDisjoint(with: lacks)
            else { return false }
            return exercise.variation != last
        }
        return differing ?? first
    }

    private mutating func begin(_ file: ExerciseFile, seed: UInt64) throws(LabError) -> Outcome {
        let exercise: Exercise
        do throws(LessonError) {
            exercise = try file.exercise(seed: seed)
        } catch {
            return refuse("\(error)")
        }
        return try begin(exercise, seed: seed)
    }

    /// Starts the exercise's cluster and shows the task.
    private mutating func begin(
        _ exercise: Exercise, seed: UInt64
    ) throws(LabError) -> Outcome {
        guard !exercise.needsPrograms || prompts.runsPrograms else {
            return refuse(Self.programsAreMissing)
        }
        let impossible = exercise.needs.intersection(lacks)
        guard impossible.isEmpty else { return refuse(Self.refusal(of: "exercise", impossible)) }
        guard !lacks.contains(.processes) else {
            return refuse(
                "An exercise begins on a cluster of its own: leave the lab and come back without `--connect`.")
        }
        var start = exercise.start
        start.plan.port = plan.port
        try replaceCluster(by: start.plan)
        try prepare(start)
        isFresh = false
        startProgress = progress
        runner = nil
        (settled, said) = ([], [])
        practice = PracticeRunner(
            exercise: exercise, seed: seed, at: firstNode, began: cluster.time)
        practice?.mark = { MarkdownText.literal($0) }
        practice?.journal.begin = observer.begin
        startProgress.begin(exercise.id, seed: seed)
        held = try holding(practice?.grade(by: observer, waits: false))
        if let problem = startProgress.takeProblem() { say(problem) }
        _ = showTask()
        return .clusterReplaced(cluster)
    }

    /// Looks after a command, and ticks what newly holds.
    mutating func lookAtExercise() {
        do throws(LabError) {
            let grade = try practice?.grade(by: observer, waits: false)
            let news = holding(grade).subtracting(held)
            held = holding(grade)
            for item in grade?.items ?? [] where news.contains(item.tick.label) {
                tick("x", item.tick.label)
            }
            if let grade, grade.isFull, !news.isEmpty { prose("That is all. Type `grade`.") }
        } catch {
            say("The exercise could not be looked at: \(error)")
        }
    }

    private func holding(_ grade: ExerciseGrade?) -> Set<String> {
        Set((grade?.items ?? []).filter { $0.tick.verdict == .holds }.map(\.tick.label))
    }

    private mutating func handIn(_ arguments: [String]) throws(LabError) -> Outcome {
        guard let practice else { return .failed }
        guard practice.exercise.requirements.contains(where: \.asksForAnswer) else {
            return refuse(
                "This exercise asks for no answer. Type `status` to see what it asks for.")
        }
        guard !arguments.isEmpty else { return refuse("`answer` wants a value: `answer 42`") }
        self.practice?.journal.answer = arguments.joined(separator: " ")
        let asking = practice.exercise.requirements.filter(\.asksForAnswer)
        if arguments.count == 1, asking.allSatisfy({ !$0.answerNames.isEmpty }) {
            refuseAnswer(arguments, to: asking)
            return .failed
        }
        say("Noted.")
        lookAtExercise()
        return .done
    }

    /// `grade`: the score so far. The exercise stays open.
    private mutating func grade() throws(LabError) -> Outcome {
        let screen = self
        let grade = try practice?.grade(by: observer, waits: true) { labels, limit in
            screen.prose("Looking, up to \(limit.shown): \(Self.joined(labels))")
        }
        guard let grade, let practice else {
            return .failed
        }
        held = holding(grade)
        if grade.isPassed { self.practice?.isPassed = true }
        show(grade, of: practice)
        keep(grade, of: practice)
        return grade.isPassed ? .done : .failed
    }

    private mutating func keep(_ grade: ExerciseGrade, of practice: PracticeRunner) {
        guard !practice.isSolutionShown else { return }
        let seconds = Int((cluster.time - practice.began).components.seconds)
        startProgress.add(
            PracticeRecord.Score(
                score: grade.score, points: grade.points, seconds: seconds,
                hints: practice.hintsShown, seed: practice.seed),
            of: practice.exercise.id)
        if grade.isPassed,
            let lesson = course.lessons.first(where: {
                $0.id == practice.exercise.lessonID
            })
        {
            for step in lesson.steps {
                startProgress.set(.done, for: .init(lesson: lesson.id, step: step.id))
            }
        }
        if let problem = startProgress.takeProblem() { say(problem) }
    }

    private mutating func runExerciseSolution() throws(LabError) -> Outcome {
        guard let solution = practice?.exercise.solution else {
            return refuse("No solution is written for this exercise.")
        }
        let unscored = markSolutionShown()
        var player = TranscriptPlayer(
            cluster: cluster, observer: observer, at: firstNode, since: practice?.journal.begin,
            prompts: prompts)
        for block in solution.body {
            switch block {
            case .prose(let text):
                say("")
                prose(filled(text))
            case .transcript(let transcript): try play(transcript, &player)
            }
        }
        practice?.journal = player.journal
        say("")
        prose(unscored)
        return .done
    }

    private mutating func play(
        _ transcript: Transcript, _ player: inout TranscriptPlayer
    ) throws(LabError) {
        var runner = practice
        _ = try player.play(transcript) { line, journal throws(LabError) in
            show(code: ["\(line.prompt)> \(line.input)"])
            for reply in line.reply { say("    " + reply) }
            runner?.journal = journal
            _ = try runner?.grade(by: observer, waits: false)
        }
        practice = runner
    }

    /// Whoever reads the solution has no score for this go.
    mutating func markSolutionShown() -> String {
        practice?.isSolutionShown = true
        return "This go is not scored any more: `again` begins another one. "
            + "`grade` still shows how it stands."
    }
}
