import Lab
import Lessons

// From step to step, and from lesson to lesson.
extension LessonMode {
    /// `goto`: another lesson, perhaps in its middle.
    mutating func go(to arguments: [String]) throws(LabError) -> Outcome {
        guard let name = arguments.first else {
            return refuse(
                "`goto` wants a lesson's number or id: `goto 2`, or `goto 2 3` for its third step.")
        }
        guard let lesson = course.lesson(named: name) else {
            return refuse("There is no lesson '\(name)'. Type `lessons` to see them all.")
        }
        guard arguments.count > 1 else { return try begin(lesson, at: 0) }
        guard let step = Int(arguments[1]), lesson.steps.indices.contains(step - 1) else {
            return refuse("Lesson \(name) has steps 1 to \(lesson.steps.count).")
        }
        return try begin(lesson, at: step - 1)
    }

    /// `next`: the next step, once this one is done; at the end the next lesson.
    mutating func next() throws(LabError) -> Outcome {
        guard let runner else { return .failed }
        guard let step = runner.step else {
            guard let lesson = runner.nextLesson else {
                return refuse("That was the last lesson. Type `lessons` to choose one again.")
            }
            return try begin(lesson, at: 0)
        }
        if isIntroduction, !runner.isStepDone {
            try enterStep()
            return .done
        }
        guard runner.isStepDone || runner.mark(of: runner.stepIndex, in: runner.lesson) == .done
        else {
            let report = try evaluator(runner).report(on: step)
            // What was done in another window shows only now: its end is read before the next step.
            guard !report.isDone else {
                look()
                return .done
            }
            showTicks(report)
            return refuse(
                "This step is not done yet. Type `hint` for help, or `skip` to leave it open.")
        }
        switch try settle(runner.stepIndex, of: runner.lesson, isEntered: true) {
        case .there: break
        case .typed:
            prose(
                "You did this step before. The lab typed its solution: the next step builds on it.")
        case .impossible: prose("You did this step before. \(passedOver(runner.lesson))")
        }
        return try moveOn()
    }

    /// `back`: the step before.
    mutating func back() throws(LabError) -> Outcome {
        guard let stepIndex = runner?.stepIndex, stepIndex > 0 else {
            return refuse(
                "This is the lesson's first step. Type `goto` and a number for another lesson.")
        }
        runner?.move(to: stepIndex - 1)
        try enterStep()
        return .done
    }

    /// A skipped step's solution is typed by the lab, so that the steps after it find what they
    /// need.
    mutating func skip() throws(LabError) -> Outcome {
        guard let runner, runner.step != nil else {
            return refuse("The lesson is at its end. Type `next`.")
        }
        if isIntroduction, !runner.isStepDone {
            try enterStep()
            prose("This is what `skip` would leave open. Type it once more to go on.")
            return .done
        }
        if !runner.isStepDone {
            let settled = try settle(runner.stepIndex, of: runner.lesson, isEntered: true)
            let isMarked = runner.mark(of: runner.stepIndex, in: runner.lesson) != .done
            prose(
                "Skipped\(isMarked ? ", and marked so" : "; it stays done")."
                    + afterSkipping(settled, runner))
        }
        self.runner?.skip()
        try enterStep()
        return .done
    }

    /// `restart`: the lesson, or with `step` this step, on a new cluster.
    mutating func restart(_ arguments: [String]) throws(LabError) -> Outcome {
        guard let runner else { return .failed }
        isFresh = false
        let isStep = arguments.first == "step"
        return try begin(runner.lesson, at: isStep ? runner.stepIndex : 0)
    }

    private mutating func moveOn() throws(LabError) -> Outcome {
        guard let runner else { return .failed }
        self.runner?.move(to: runner.stepIndex + 1)
        try enterStep()
        return .done
    }

    /// Puts the cluster into the state in which the step begins, and shows the step.
    mutating func begin(_ lesson: Lesson, at step: Int) throws(LabError) -> Outcome {
        guard !lesson.needsPrograms || prompts.runsPrograms else {
            return refuse(Self.programsAreMissing)
        }
        if step > 0 {
            prose("Bringing the cluster to step \(step + 1) of '\(lesson.title)' …")
        }
        var start = lesson.start
        start.plan = startPlan(of: lesson)
        let isReplaced = !isFresh || start.plan != runningPlan
        if isReplaced {
            try replaceCluster(by: start.plan)
            isFresh = true
        }
        if !start.isPlain || step > 0 { isFresh = false }
        try prepare(start)
        settled = []
        practice = nil
        try settle(stepsBefore: step, of: lesson)
        runner = LessonRunner(
            course: course, progress: progress, lesson: lesson, step: step, at: firstNode)
        if step == 0 {
            beginStep()
            showTitle(lesson)
            isIntroduction = true
        } else {
            showLine(lesson)
            try enterStep()
        }
        return isReplaced ? .clusterReplaced(cluster) : .done
    }

    /// Another cluster for the old one, and for whoever asks it.
    mutating func replaceCluster(by plan: ClusterPlan) throws(LabError) {
        // It would go on writing to whatever comes to listen there.
        observer.writer.end()
        cluster.shutDown()
        cluster = try backend.start(plan)
        runningPlan = plan
        observer = ClusterObserver(cluster: cluster)
    }

    /// Brings about what somebody finds on the cluster.
    mutating func prepare(_ start: StartState) throws(LabError) {
        recorder.begin(start)
        try start.fill(cluster)
        var player = player
        do throws(LabError) {
            try start.prepare(&player)
        } catch {
            throw inLesson(error)
        }
    }

    /// The error with the line of the lesson that was being typed.
    private func inLesson(_ error: LabError) -> LabError {
        guard let line = observer.obeyed, error != .interrupted else { return error }
        observer.obeyed = nil
        return .unsupported("Line \(line.line) of the lesson: \(error)")
    }

    private func startPlan(of lesson: Lesson) -> ClusterPlan {
        let usual = ClusterPlan()
        var wanted = lesson.start.plan
        wanted.port = plan.port
        if wanted.seed == usual.seed { wanted.seed = plan.seed }
        if wanted.nodeTimeout == usual.nodeTimeout { wanted.nodeTimeout = plan.nodeTimeout }
        return wanted
    }

    // MARK: - What steps leave behind

    /// What came of bringing about what a step leaves behind.
    private enum Settled {
        /// It was there already.
        case there
        case typed
        /// The machine has not what it takes.
        case impossible
    }

    private mutating func settle(stepsBefore step: Int, of lesson: Lesson) throws(LabError) {
        for earlier in 0..<step {
            guard case .impossible = try settle(earlier, of: lesson) else { continue }
            return prose(passedOver(lesson))
        }
    }

    /// Brings about what the step leaves behind, by typing its solution.
    private mutating func settle(
        _ step: Int, of lesson: Lesson, isEntered: Bool = false
    ) throws(LabError) -> Settled {
        guard lesson.tools.allSatisfy(prompts.has) else { return .impossible }
        guard settled.insert(step).inserted else { return .there }
        isFresh = false
        var player = player
        if !isEntered {
            do throws(LabError) {
                try player.beginStep(lesson.steps[step])
            } catch {
                throw inLesson(error)
            }
        }
        guard let solution = course.solution(of: lesson, step: step) else { return .typed }
        if solution.takesTime || lesson.needsPrograms {
            prose("The lab types the solution of '\(lesson.steps[step].title)', which takes a while …")
        }
        var (time, follows) = (cluster.time, false)
        for transcript in solution.transcripts {
            _ = try player.play(transcript) { line, _ throws(LabError) in
                note(line, at: time, follows: &follows)
                time = cluster.time
            }
        }
        return .typed
    }

    private func passedOver(_ lesson: Lesson) -> String {
        let lacking = lesson.tools.filter { !prompts.has($0) }.joined(separator: ", ")
        return "Its solution wants \(lacking), which this machine has not: nothing was typed, and the next step "
            + "begins on the cluster as it is. The hints say how to go without."
    }

    private func afterSkipping(_ settled: Settled, _ runner: LessonRunner) -> String {
        guard runner.stepIndex < runner.lesson.steps.count - 1 else { return "" }
        switch settled {
        case .there: return ""
        case .typed: return " The lab typed its solution: the next step builds on it."
        case .impossible: return " \(passedOver(runner.lesson))"
        }
    }

    // MARK: - The step on the screen

    /// Nothing has been done in the step yet.
    private mutating func beginStep() {
        (isIntroduction, hasTyped) = (false, false)
        said = []
        runner?.journal.begin = observer.begin
        takeHeld()
        if let problem = runner?.takeProgressProblem() { say(problem) }
    }

    /// Notes what holds already.
    private mutating func takeHeld() {
        held = []
        guard let runner, let step = runner.step,
            let report = try? evaluator(runner).reportNow(on: step)
        else { return }
        held = Set(report.requirements.filter { $0.verdict == .holds }.map(\.label))
    }

    /// Shows the step, or the lesson's end. What the lab does when it begins is done before: the text and the boxes
    /// tell of the cluster behind that.
    private mutating func enterStep() throws(LabError) {
        beginStep()
        guard let step = runner?.step else {
            _ = showStep()
            return try healAll()
        }
        var typed: [(input: String, lines: [String])] = []
        do throws(LabError) {
            try bringFaults(of: step, &typed)
        } catch {
            showText(of: step)
            throw inLesson(error)
        }
        showText(of: step)
        for (input, lines) in typed { show(typed: input, lines) }
        if !step.faults.isEmpty { takeHeld() }
        showBoxes(of: step)
        look()
    }

    /// At a lesson's end all is well again.
    private func healAll() throws(LabError) {
        observer.writer.stop()
        if try cluster.control?.heal(cluster.nodes) == true {
            prose("The lab has healed the network, thawed what was frozen, and time passes as always.")
        }
    }

    /// Types what the lab does when the step begins.
    /// - Parameter typed: gets what the learner is to see of it.
    private mutating func bringFaults(
        of step: Step, _ typed: inout [(input: String, lines: [String])]
    ) throws(LabError) {
        guard !step.faults.isEmpty else { return }
        isFresh = false
        if step.faultsTakeTime { prose("The lab prepares the step …") }
        var player = player
        for fault in step.faults {
            let done = try player.obey(fault.line)
            if !fault.isHidden { typed.append(done) }
        }
    }

    private func show(typed input: String, _ lines: [String]) {
        say("")
        say("lab> \(input)")
        for line in lines {
            for part in Explanation.wrapped(line, width: terminal.width - 2) { say("  \(part)") }
        }
    }

    /// Types for the lab itself.
    var player: TranscriptPlayer {
        TranscriptPlayer(cluster: cluster, observer: observer, at: firstNode, prompts: prompts)
    }

    static let programsAreMissing =
        "This starts programs of the machine, which need nodes with ports: leave the lab and come back without "
        + "`--backend simulated`."

    /// Where a learner begins: a node that runs, if one does.
    var firstNode: NodeAddress { cluster.firstToTalkTo ?? NodeAddress(port: plan.port) }
}

extension LabCluster {
    /// The first node that runs; where none does, the first; nil where there is none.
    var firstToTalkTo: NodeAddress? {
        nodes.first { control?.state(of: $0) ?? .running == .running } ?? nodes.first
    }
}
