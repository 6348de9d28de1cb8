package import Lab
package import Lessons

/// The lessons at the prompt: shows steps, watches what the learner does, and checks by itself.
///
/// The shell hands it every lab word of `words` and every exchange with a node; it answers with
/// what became of the cluster and of the check.
package struct LessonMode {
    let course: Course
    var terminal: Terminal
    let markdown: MarkdownText
    let backend: any LabBackend
    /// Types solutions, and what a lesson does itself.
    let prompts: PromptMaker
    /// What the shell was asked to start; lessons take their port, seed and timeout from it.
    let plan: ClusterPlan
    var cluster: any LabCluster
    /// Takes down what is typed on the cluster.
    package let recorder: SessionRecorder
    var observer: ClusterObserver
    /// Nobody has changed the cluster since it was started, so that a lesson may begin on it.
    var isFresh = true
    var runningPlan: ClusterPlan
    /// Nil until a lesson is opened.
    var runner: LessonRunner?
    /// What is kept while no lesson is open.
    var startProgress: ProgressStore
    /// The exercise or challenge that is open; no lesson is then.
    var practice: PracticeRunner?
    /// Asked for by `--seed`; the first exercise begins with it.
    var wantedSeed: UInt64?
    /// Steps whose outcome is in the cluster: done, skipped or typed by the lab since it began.
    var settled: Set<Int> = []
    /// Requirements that held when last looked at, and sentences already said in this step.
    var held: Set<String> = []
    var said: Set<String> = []
    /// The same as their authors wrote them, without live values.
    var saidTemplates: Set<String> = []
    /// The learner has typed something in this step: before that no sentence is about a wrong attempt.
    var hasTyped = false
    /// How the requirements of the step stood when last looked at.
    var standing: [StepReport.Item]?
    /// How many events there had been when the step was last looked at while nobody typed.
    var glanced = 0
    /// The introduction is on the screen, and not yet the first step.
    var isIntroduction = false

    /// Lessons that were asked for on a cluster that is not the lab's: the second time they begin.
    var asked: Set<String> = []

    /// What became of a line.
    package enum Outcome {
        case done
        /// A check failed or the word could not be followed: a script then ends non-zero.
        case failed
        /// The lesson began on a new cluster: the session starts anew at its first node, without
        /// -c.
        case clusterReplaced(any LabCluster)
    }

    /// The lab's words that lessons answer.
    package static let words = [
        "lessons", "goto", "next", "back", "step", "hint", "check", "status", "solution", "skip",
        "restart", "progress", "answer", "predict", "practice", "start", "grade", "again",
        "challenge",
    ]

    /// Words that only exercises answer.
    static let practiceWords = ["grade", "again"]

    /// `plan` is what the running cluster was started with.
    package init(
        course: Course, progress: ProgressStore, backend: any LabBackend, cluster: any LabCluster,
        plan: ClusterPlan, terminal: Terminal, prompts: PromptMaker = .shell()
    ) {
        self.course = course
        self.backend = backend
        self.prompts = prompts
        self.cluster = cluster
        self.plan = plan
        self.terminal = terminal
        runningPlan = plan
        recorder = SessionRecorder(plan)
        startProgress = progress
        observer = ClusterObserver(cluster: cluster)
        markdown = MarkdownText(width: terminal.width, hasColour: terminal.hasColour)
    }

    /// The place for the line above the prompt: `lesson 2, step 1/4`; nil when no lesson is open.
    package var label: String? {
        if let practice { return label(of: practice) }
        guard let runner, let number = number(of: runner.lesson) else { return nil }
        guard runner.step != nil else { return "lesson \(number), end" }
        let place = "lesson \(number), step \(runner.stepIndex + 1)/\(runner.lesson.steps.count)"
        return runner.isStepDone ? "\(place), done" : place
    }

    /// Opens a lesson by id or number, or where the learner was, and prints its screen.
    package mutating func open(lesson name: String?) throws(LabError) -> Outcome {
        for problem in course.problems { say(problem.description) }
        guard let name else {
            guard let place = LessonRunner.resume(course, progress) else {
                return refuse("There are no lessons here. Name their folder with --lessons DIR.")
            }
            return try begin(place.lesson, at: place.step)
        }
        guard let lesson = course.lesson(named: name) else {
            return refuse("There is no lesson '\(name)'. Type `lessons` to see them all.")
        }
        return try begin(lesson, at: 0)
    }

    /// Follows one of `words`.
    package mutating func run(_ word: String, _ arguments: [String]) throws(LabError) -> Outcome {
        switch word {
        case "lessons":
            guard arguments.isEmpty else { return findLessons(arguments) }
            showLessons()
            return .done
        case "progress": return showProgress(arguments)
        case "goto": return try go(to: arguments)
        case "practice":
            showExercises()
            return .done
        case "start": return try start(arguments)
        case "challenge": return try challenge(arguments)
        default: break
        }
        if practice != nil { return try practise(word, arguments) }
        guard runner != nil else {
            return refuse(
                LessonMode.practiceWords.contains(word)
                    ? "No exercise is open. Type `practice` to see them, `start 1` to begin."
                    : "No lesson is open. Type `lessons` to see them, `goto 1` to begin.")
        }
        switch word {
        case "next": return try next()
        case "back": return try back()
        case "step": return showStep()
        case "hint": return showHint()
        case "check": return try check()
        case "status": return try status()
        case "solution": return showSolution()
        case "skip": return try skip()
        case "restart": return try restart(arguments)
        case "answer": return try take(arguments) { $0.answer = $1 }
        case "predict": return predict(arguments)
        case _ where LessonMode.practiceWords.contains(word):
            return refuse("This is a lesson. Type `practice` to see the exercises.")
        default: return refuse("'\(word)' is no word of the lessons.")
        }
    }

    /// Looks at the step after Redis commands of one line, and prints what newly holds.
    package mutating func observe(_ exchanges: [Exchange], currentNode: NodeAddress) -> Outcome {
        beginLine()
        for exchange in exchanges {
            runner?.journal.record(exchange, currentNode: currentNode)
            practice?.journal.record(exchange, currentNode: currentNode)
        }
        look(after: .line)
        return .done
    }

    /// Something was typed.
    private mutating func beginLine() {
        (isFresh, hasTyped) = (false, true)
        runner?.journal.beginLine()
        practice?.journal.beginLine()
    }

    /// Tells where the learner's prompt is when it moves without a command.
    package mutating func moved(to node: NodeAddress) {
        runner?.journal.currentNode = node
        practice?.journal.currentNode = node
        hasTyped = true
        look()
    }

    /// Looks at the step after a line that was no command of Redis, which may have done anything.
    /// - Parameter isRefused: the lab did not follow it.
    package mutating func followed(
        _ line: String, printed: String = "", isRefused: Bool = false
    ) {
        beginLine()
        runner?.journal.note(line, printed: printed, isRefused: isRefused)
        practice?.journal.note(line, printed: printed, isRefused: isRefused)
        look(after: .line)
    }

    /// Words that may follow `word`, beginning with `argument`.
    package func completions(for word: String, argument: String) -> [String] {
        let candidates: [String] =
            switch word {
            case "goto": course.lessons.map(\.id)
            case "restart": ["step"]
            case "lessons": ["record"]
            case "progress": ["--name", "--report", "json", "markdown"]
            case "start": course.exercises.map(\.sample.id)
            case "challenge": course.lessons.filter { $0.challenge != nil }.map(\.id)
            case "solution" where practice != nil: ["run"]
            default: []
            }
        return candidates.filter { $0.hasPrefix(argument) }
    }

    /// What is kept of an exercise.
    package func progress(of exercise: String) -> PracticeRecord {
        progress.record(of: exercise)
    }

    var progress: ProgressStore { runner?.progress ?? startProgress }

    /// The lesson's place in the list, from 1.
    func number(of lesson: Lesson) -> Int? {
        course.lessons.firstIndex { $0.id == lesson.id }.map { $0 + 1 }
    }

    /// What decides this learner's checks now.
    func evaluator(_ runner: LessonRunner) -> CheckEvaluator {
        var evaluator = CheckEvaluator(observer: observer, journal: runner.journal)
        evaluator.mark = MarkdownText.literal
        evaluator.onWait = { labels, limit in
            prose("Waiting, up to \(limit.shown), for: \(Self.joined(labels))")
        }
        return evaluator
    }

    /// What is waited for, and the way out.
    static func joined(_ labels: [String]) -> String {
        "\(labels.joined(separator: "; ")). Ctrl-C ends it."
    }
}
