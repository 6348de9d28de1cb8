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
            isIntroduction = false
            _ = showStep()
            try bringFaults()
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
        if try settle(runner.stepIndex, of: runner.lesson, isEntered: true) {
            prose(
                "You did this step before. The lab typed its solution: the next step builds on it.")
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
            isIntroduction = false
            _ = showStep()
            try bringFaults()
            prose("This is what `skip` would leave open. Type it once more to go on.")
            return .done
        }
        if !runner.isStepDone {
            let isTyped = try settle(runner.stepIndex, of: runner.lesson, isEntered: true)
            let isLast = runner.stepIndex == runner.lesson.steps.count - 1
            let isMarked = runner.mark(of: runner.stepIndex, in: runner.lesson) != .done
            prose(
                "Skipped\(isMarked ? ", and marked so" : "; it stays done")."
                    + (isTyped && !isLast ? " The lab typed its solution: the next step builds on it." : ""))
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
        let wanted = startPlan(of: lesson)
        var isReplaced = false
        if !isFresh || wanted != runningPlan {
            // It would go on writing to whatever comes to listen there.
            observer.writer.end()
            cluster.shutDown()
            cluster = try backend.start(wanted)
            runningPlan = wanted
            observer = ClusterObserver(cluster: cluster)
            isFresh = true
            isReplaced = true
        }
        if !lesson.start.isPlain || step > 0 { isFresh = false }
        var start = lesson.start
        start.plan = wanted
        recorder.begin(start)
        try lesson.start.fill(cluster)
        var player = player
        try lesson.start.prepare(&player)
        settled = []
        practice = nil
        for earlier in 0..<step { try settle(earlier, of: lesson) }
        runner = LessonRunner(
            course: course, progress: progress, lesson: lesson, step: step, at: firstNode)
        if step == 0 {
            try enterStep(isShown: false)
            showTitle(lesson)
            isIntroduction = true
        } else {
            showLine(lesson)
            try enterStep()
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

    /// Brings about what the step leaves behind, by typing its solution. False when it is there already.
    @discardableResult
    private mutating func settle(
        _ step: Int, of lesson: Lesson, isEntered: Bool = false
    ) throws(LabError) -> Bool {
        guard settled.insert(step).inserted else { return false }
        isFresh = false
        var player = player
        if !isEntered { try player.beginStep(lesson.steps[step]) }
        if course.solution(of: lesson, step: step)?.takesTime == true {
            prose("The lab types the solution of '\(lesson.steps[step].title)', which takes a while …")
        }
        var (time, follows) = (cluster.time, false)
        for transcript in course.solution(of: lesson, step: step)?.transcripts ?? [] {
            _ = try player.play(transcript) { line, _ throws(LabError) in
                note(line, at: time, follows: &follows)
                time = cluster.time
            }
        }
        return true
    }

    private mutating func enterStep(isShown: Bool = true) throws(LabError) {
        isIntroduction = false
        held = []
        said = []
        runner?.journal.begin = observer.now
        if let runner, let step = runner.step,
            let report = try? evaluator(runner).report(on: step)
        {
            held = Set(report.requirements.filter { $0.verdict == .holds }.map(\.label))
        }
        if let problem = runner?.takeProgressProblem() { say(problem) }
        guard isShown else { return }
        _ = showStep()
        try bringFaults()
    }

    /// What the lab does when the step begins; and at the lesson's end it takes back what is wrong.
    private mutating func bringFaults() throws(LabError) {
        guard let step = runner?.step else {
            observer.writer.stopAll()
            if try cluster.control?.heal(cluster.nodes) == true {
                prose("The lab has healed the network, thawed what was frozen, and time passes as always.")
            }
            return
        }
        runner?.journal.begin = observer.now
        guard !step.faults.isEmpty else { return }
        isFresh = false
        var player = player
        for fault in step.faults {
            let (input, lines) = try player.obey(fault.line)
            guard !fault.isHidden else { continue }
            say("lab> \(input)")
            for line in lines {
                for part in Explanation.wrapped(line, width: terminal.width - 2) { say("  \(part)") }
            }
        }
        look()
    }

    /// Types for the lab itself.
    var player: TranscriptPlayer {
        TranscriptPlayer(cluster: cluster, observer: observer, at: firstNode, prompts: prompts)
    }

    static let programsAreMissing =
        "This starts programs of the machine, which need nodes with ports: leave the lab and come back without "
        + "`--backend simulated`."

    var firstNode: NodeAddress { cluster.nodes.first ?? NodeAddress(port: plan.port) }
}
