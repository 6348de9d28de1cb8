package import Lab
package import Lessons

/// The lessons at the prompt: shows steps, watches what the learner does, and checks by itself.
///
/// The shell hands it every lab word of `words` and every exchange with a node; it answers with what
/// became of the cluster and of the check.
package struct LessonMode {
    let course: Course
    let terminal: Terminal
    let markdown: MarkdownText
    private let backend: any LabBackend
    /// What the shell was asked to start; lessons take their port, seed and timeout from it.
    private let plan: ClusterPlan
    private var cluster: any LabCluster
    private(set) var observer: ClusterObserver
    /// Nobody has changed the cluster since it was started, so that a lesson may begin on it.
    private var isFresh = true
    private var runningPlan: ClusterPlan
    /// Nil until a lesson is opened.
    var runner: LessonRunner?
    private var startProgress: ProgressStore
    /// Requirements that held when last looked at, and sentences already said in this step.
    private(set) var held: Set<String> = []
    private var said: Set<String> = []
    /// The introduction is on the screen, and not yet the first step.
    private var isIntroduction = false

    /// What became of a line.
    package enum Outcome {
        case done
        /// A check failed or the word could not be followed: a script then ends non-zero.
        case failed
        /// The lesson began on a new cluster: the session starts anew at its first node, without -c.
        case clusterReplaced(any LabCluster)
    }

    /// The lab's words that lessons answer.
    package static let words = [
        "lessons", "goto", "next", "back", "step", "hint", "check", "status", "solution", "skip",
        "restart", "progress", "answer", "predict",
    ]

    /// `plan` is what the running cluster was started with.
    package init(
        course: Course, progress: ProgressStore, backend: any LabBackend, cluster: any LabCluster,
        plan: ClusterPlan, terminal: Terminal
    ) {
        self.course = course
        self.backend = backend
        self.cluster = cluster
        self.plan = plan
        self.terminal = terminal
        runningPlan = plan
        startProgress = progress
        observer = ClusterObserver(cluster: cluster)
        markdown = MarkdownText(width: terminal.width, hasColour: terminal.hasColour)
    }

    /// The place for the line above the prompt: `lesson 2, step 1/4`; nil when no lesson is open.
    package var label: String? {
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
            showLessons()
            return .done
        case "progress":
            showProgress()
            return .done
        case "goto": return try go(to: arguments)
        default: break
        }
        guard runner != nil else {
            return refuse("No lesson is open. Type `lessons` to see them, `goto 1` to begin.")
        }
        switch word {
        case "next": return try next()
        case "back": return back()
        case "step": return showStep()
        case "hint": return showHint()
        case "check": return try check()
        case "status": return try status()
        case "solution": return showSolution()
        case "skip": return try skip()
        case "restart": return try restart(arguments)
        case "answer": return try take(arguments) { $0.answer = $1 }
        case "predict": return predict(arguments)
        default: return refuse("'\(word)' is no word of the lessons.")
        }
    }

    /// Looks at the step after a Redis command, and prints what newly holds.
    package mutating func observe(_ exchange: Exchange, currentNode: NodeAddress) -> Outcome {
        isFresh = false
        runner?.journal.record(exchange, currentNode: currentNode)
        look()
        return .done
    }

    /// Tells where the learner's prompt is when it moves without a command.
    package mutating func moved(to node: NodeAddress) {
        guard runner?.journal.currentNode != node else { return }
        runner?.journal.currentNode = node
        look()
    }

    /// Words that may follow `word`, beginning with `argument`.
    package func completions(for word: String, argument: String) -> [String] {
        let candidates: [String] =
            switch word {
            case "goto": course.lessons.map(\.id)
            case "restart": ["step"]
            default: []
            }
        return candidates.filter { $0.hasPrefix(argument) }
    }

    var progress: ProgressStore { runner?.progress ?? startProgress }

    func number(of lesson: Lesson) -> Int? {
        course.lessons.firstIndex { $0.id == lesson.id }.map { $0 + 1 }
    }

    func evaluator(_ runner: LessonRunner) -> CheckEvaluator {
        CheckEvaluator(observer: observer, journal: runner.journal)
    }
}

// MARK: - Going from place to place

extension LessonMode {
    private mutating func go(to arguments: [String]) throws(LabError) -> Outcome {
        guard let name = arguments.first, let lesson = course.lesson(named: name) else {
            return refuse("`goto` wants a lesson's number or id: `goto 2`, or `goto 2 3` for its third step.")
        }
        guard arguments.count > 1 else { return try begin(lesson, at: 0) }
        guard let step = Int(arguments[1]), lesson.steps.indices.contains(step - 1) else {
            return refuse("Lesson \(name) has steps 1 to \(lesson.steps.count).")
        }
        return try begin(lesson, at: step - 1)
    }

    private mutating func next() throws(LabError) -> Outcome {
        guard let runner else { return .failed }
        guard let step = runner.step else {
            guard let lesson = runner.nextLesson else {
                return refuse("That was the last lesson. Type `lessons` to choose one again.")
            }
            return try begin(lesson, at: 0)
        }
        if isIntroduction, !runner.isStepDone {
            isIntroduction = false
            return showStep()
        }
        guard runner.isStepDone || runner.mark(of: runner.stepIndex, in: runner.lesson) == .done else {
            let report = try evaluator(runner).report(on: step)
            showTicks(report)
            return refuse("This step is not done yet. Type `hint` for help, or `skip` to leave it open.")
        }
        return moveOn()
    }

    private mutating func back() -> Outcome {
        guard let stepIndex = runner?.stepIndex, stepIndex > 0 else {
            return refuse("This is the lesson's first step. Type `goto` and a number for another lesson.")
        }
        runner?.move(to: stepIndex - 1)
        enterStep()
        return .done
    }

    /// A skipped step's solution is typed by the lab, so that the steps after it find what they need.
    private mutating func skip() throws(LabError) -> Outcome {
        guard let runner, runner.step != nil else {
            return refuse("The lesson is at its end. Type `next`.")
        }
        isFresh = false
        try replay(runner.stepIndex..<runner.stepIndex + 1, of: runner.lesson)
        say(
            runner.isStepDone
                ? "On to the next step."
                : "Skipped, and marked so. The lab typed its solution: the next step builds on it.")
        self.runner?.skip()
        enterStep()
        return .done
    }

    private mutating func restart(_ arguments: [String]) throws(LabError) -> Outcome {
        guard let runner else { return .failed }
        isFresh = false
        let isStep = arguments.first == "step"
        return try begin(runner.lesson, at: isStep ? runner.stepIndex : 0)
    }

    private mutating func moveOn() -> Outcome {
        guard let runner else { return .failed }
        self.runner?.move(to: runner.stepIndex + 1)
        enterStep()
        return .done
    }

    /// Puts the cluster into the state in which the step begins, and shows the step.
    private mutating func begin(_ lesson: Lesson, at step: Int) throws(LabError) -> Outcome {
        let wanted = startPlan(of: lesson)
        var isReplaced = false
        if !isFresh || wanted != runningPlan {
            cluster.shutDown()
            cluster = try backend.start(wanted)
            runningPlan = wanted
            observer = ClusterObserver(cluster: cluster)
            isFresh = true
            isReplaced = true
        }
        if !lesson.start.fills.isEmpty || step > 0 { isFresh = false }
        try lesson.start.fill(cluster)
        try replay(0..<step, of: lesson)
        runner = LessonRunner(
            course: course, progress: progress, lesson: lesson, step: step, at: firstNode)
        if step == 0 {
            enterStep(isShown: false)
            showTitle(lesson)
            isIntroduction = true
        } else {
            showLine(lesson)
            enterStep()
        }
        return isReplaced ? .clusterReplaced(cluster) : .done
    }

    private func startPlan(of lesson: Lesson) -> ClusterPlan {
        let usual = ClusterPlan()
        var wanted = lesson.start.plan
        wanted.port = plan.port
        if wanted.seed == usual.seed { wanted.seed = plan.seed }
        if wanted.nodeTimeout == usual.nodeTimeout { wanted.nodeTimeout = plan.nodeTimeout }
        return wanted
    }

    private func replay(_ steps: Range<Int>, of lesson: Lesson) throws(LabError) {
        var player = TranscriptPlayer(cluster: cluster, observer: observer, at: firstNode)
        for index in steps {
            for transcript in course.solution(of: lesson, step: index)?.transcripts ?? [] {
                _ = try player.play(transcript)
            }
        }
    }

    private mutating func enterStep(isShown: Bool = true) {
        isIntroduction = false
        held = []
        said = []
        if let runner, let step = runner.step,
            let report = try? evaluator(runner).report(on: step)
        {
            held = Set(report.requirements.filter { $0.verdict == .holds }.map(\.label))
        }
        if let problem = runner?.takeProgressProblem() { say(problem) }
        if isShown { _ = showStep() }
    }

    private var firstNode: NodeAddress { cluster.nodes.first ?? NodeAddress(port: plan.port) }
}

// MARK: - Checking

extension LessonMode {
    /// Looks at the step, unless it is done already.
    private mutating func look() {
        guard let runner, let step = runner.step, !runner.isStepDone else { return }
        do throws(LabError) {
            show(try evaluator(runner).report(on: step), of: step)
        } catch {
            say("The step could not be checked: \(error)")
        }
    }

    /// Prints what newly holds and what newly went wrong; the step's end when all holds.
    private mutating func show(_ report: StepReport, of step: Step, again: Bool = false) {
        let holding = Set(report.requirements.filter { $0.verdict == .holds }.map(\.label))
        let news = holding.subtracting(held)
        for item in report.requirements where step.requirements.count > 1 && news.contains(item.label) {
            tick("x", item.label)
        }
        held = holding
        for sentence in report.sentences where again || !said.contains(sentence) {
            say("")
            prose(sentence)
            said.insert(sentence)
        }
        guard report.isDone else { return }
        runner?.markDone()
        showDone(report, step)
        if let problem = runner?.takeProgressProblem() { say(problem) }
    }

    private mutating func check() throws(LabError) -> Outcome {
        guard let runner, let step = runner.step else { return refuse("The lesson is at its end. Type `next`.") }
        if runner.isStepDone { return refuse("This step is done. Type `next` to go on.", .done) }
        let report = try evaluator(runner).report(on: step, isAsked: true)
        guard !report.isDone else {
            show(report, of: step)
            return .done
        }
        showTicks(report)
        for sentence in report.sentences { prose(sentence) }
        return .failed
    }

    private func status() throws(LabError) -> Outcome {
        guard let runner, let step = runner.step else { return refuse("The lesson is at its end. Type `next`.") }
        say("Step \(runner.stepIndex + 1) of \(runner.lesson.steps.count): \(step.title)")
        showTicks(try evaluator(runner).report(on: step))
        return .done
    }

    /// Takes what the learner hands in, and looks at the step.
    private mutating func take(
        _ arguments: [String], into place: (inout Journal, String) -> Void
    ) throws(LabError) -> Outcome {
        guard !arguments.isEmpty else { return refuse("`answer` wants a value: `answer 42`") }
        guard var runner, let step = runner.step else { return refuse("The lesson is at its end. Type `next`.") }
        place(&runner.journal, arguments.joined(separator: " "))
        self.runner = runner
        if runner.isStepDone { return .done }
        guard step.requirements.contains(where: \.asksForAnswer) else {
            return refuse("This step asks for no answer. Type `status` to see what it asks for.")
        }
        let report = try evaluator(runner).report(on: step)
        show(report, of: step, again: true)
        let open = zip(step.requirements, report.requirements).filter {
            $0.asksForAnswer && $1.verdict != .holds
        }
        if open.contains(where: { $0.1.remark == nil }) {
            prose("`\(arguments.joined(separator: " "))` is not it. Look once more, or type `hint`.")
        }
        return open.isEmpty ? .done : .failed
    }

    private mutating func predict(_ arguments: [String]) -> Outcome {
        guard runner?.step?.prediction != nil else { return refuse("This step asks for no prediction.") }
        guard !arguments.isEmpty else { return refuse("`predict` wants a value: `predict 42`") }
        runner?.journal.prediction = arguments.joined(separator: " ")
        say("Noted. Now find out.")
        return .done
    }

    func refuse(_ text: String, _ outcome: Outcome = .failed) -> Outcome {
        prose(text)
        return outcome
    }
}
