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
        return try begin(lesson, at: step - 1, isIntroduced: true)
    }

    /// `next`: the next step, once this one is done; at the end the next lesson.
    mutating func next() throws(LabError) -> Outcome {
        guard let runner else { return .failed }
        guard let step = runner.step else {
            guard let lesson = runner.nextLesson else {
                return refuse(Self.lastLesson)
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
            for remark in report.requirements.filter({ !$0.isStale }).compactMap(\.remark)
            where hasTyped { prose(remark) }
            return refuse(
                "This step is not done yet. Type `hint` for help, or `skip` to leave it open.")
        }
        let settled = try settle(runner.stepIndex, of: runner.lesson, isEntered: true)
        switch settled {
        case .there: break
        case .vain:
            guard runner.stepIndex + 1 < runner.lesson.steps.count else { break }
            return try begin(runner.lesson, at: runner.stepIndex + 1, isIntroduced: true)
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
        let earlier = (0..<stepIndex).last {
            guard let lesson = runner?.lesson else { return true }
            return isPossible($0, of: lesson)
        }
        guard let earlier else {
            return refuse("All steps before this one are passed over: they take what real servers lack.")
        }
        runner?.move(to: earlier)
        try enterStep()
        prose(
            "The cluster is what later steps have made of it: `restart step` brings it to where this one begins.")
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
            if case .vain = settled, runner.stepIndex + 1 < runner.lesson.steps.count {
                self.runner?.skip()
                return try begin(runner.lesson, at: runner.stepIndex + 1, isIntroduced: true)
            }
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
        return try begin(
            runner.lesson, at: isStep ? runner.stepIndex : 0, isIntroduced: isStep && !isIntroduction)
    }

    /// What follows the course.
    static let lastLesson =
        "That was the last lesson. `practice` lists the exercises, `lessons` all lessons."

    private mutating func moveOn() throws(LabError) -> Outcome {
        guard let runner else { return .failed }
        self.runner?.move(to: runner.stepIndex + 1)
        if let step = self.runner?.step, !isWritten(for: step) {
            prose(
                "What was done before leaves another cluster than the next step is about, so it begins on a new one.")
            return try begin(runner.lesson, at: runner.stepIndex + 1, isIntroduced: true)
        }
        try enterStep()
        return .done
    }

    /// Whether every value in the step's text is there: a replica that is named has to be one.
    private func isWritten(for step: Step) -> Bool {
        guard let runner, step.faults.isEmpty, !lacks.contains(.processes) else { return true }
        let templates = step.body.map { block in
            switch block {
            case .prose(let text): text
            case .transcript(let transcript): transcript.text
            }
        }
        let evaluator = evaluator(runner)
        return templates.flatMap(\.parts).allSatisfy { part in
            guard case .value(let expression) = part, let value = try? evaluator.value(expression)
            else { return true }
            return !value.description.isEmpty
        }
    }

    /// Puts the cluster into the state in which the step begins, and shows the step.
    /// - Parameter isIntroduced: the lesson's introduction is not what the learner wants to see.
    mutating func begin(
        _ lesson: Lesson, at step: Int, isIntroduced: Bool = false
    ) throws(LabError) -> Outcome {
        guard !lesson.needsPrograms || prompts.runsPrograms else {
            return refuse(Self.programsAreMissing)
        }
        let impossible = course.needs(of: lesson).intersection(lacks)
        guard impossible.isEmpty else { return refuse(Self.refusal(of: "lesson", impossible)) }
        var start = lesson.start
        start.plan = startPlan(of: lesson)
        if let refusal = visitorsRefusal(of: lesson, start.plan) { return refuse(refusal) }
        if step > 0 {
            let place = step < lesson.steps.count ? "step \(step + 1)" : "the end"
            prose("Bringing the cluster to \(place) of '\(lesson.title)' …")
        }
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
        if step == 0, !isIntroduced {
            beginStep()
            showTitle(lesson)
            isIntroduction = true
        } else {
            showLine(lesson)
            try enterStep()
        }
        // What was typed may have ended the node of the prompt, also on the cluster that was there.
        return isReplaced || !isFresh ? .clusterReplaced(cluster) : .done
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
        var player = self.player()
        do throws(LabError) {
            try start.prepare(&player)
        } catch {
            throw inLesson(error)
        }
    }

    /// The error with the line of the lesson that was being typed.
    func inLesson(_ error: LabError) -> LabError {
        guard let line = observer.obeyed, error != .interrupted else { return error }
        observer.obeyed = nil
        return .unsupported("Line \(line.line) of the lesson: \(error)")
    }

    /// Why a lesson cannot begin on a cluster that is not the lab's; it may on the second asking where only its lines would
    /// change something.
    private mutating func visitorsRefusal(of lesson: Lesson, _ wanted: ClusterPlan) -> String? {
        guard cluster.lacks.contains(.processes) else { return nil }
        let ports = (0..<wanted.nodeCount).map { NodeAddress(port: wanted.port + $0) }
        guard lesson.start.isPlain, !wanted.isEmpty, cluster.nodes == ports else {
            return "This lesson begins on a cluster of its own, and the one that you are connected to is not the lab's to "
                + "replace: leave the lab and come back without `--connect`."
        }
        isFresh = true
        runningPlan = wanted
        guard asked.insert(lesson.id).inserted else { return nil }
        return (cluster.changeRefusal.map { "\($0) Steps that would change it stay open." }
            ?? "The lines of this lesson change a cluster that is not the lab's.")
            + " Say it once more to begin."
    }

    private func startPlan(of lesson: Lesson) -> ClusterPlan {
        let usual = ClusterPlan()
        var wanted = lesson.start.plan
        wanted.port = plan.port
        if wanted.seed == usual.seed { wanted.seed = plan.seed }
        if wanted.nodeTimeout == usual.nodeTimeout { wanted.nodeTimeout = plan.nodeTimeout }
        return wanted
    }

    /// Goes on to the next step that can be done on this cluster, and says which cannot.
    mutating func passOver() {
        while let runner, let step = runner.step, !isPossible(runner.stepIndex, of: runner.lesson) {
            let needs = course.needs(of: runner.lesson, step: runner.stepIndex).intersection(lacks)
            prose(
                "Step \(runner.stepIndex + 1), '\(step.title)', is passed over: it, or a step that it builds on, takes "
                    + "\(needs.list), which this cluster has not.")
            self.runner?.move(to: runner.stepIndex + 1)
        }
    }

    /// What the cluster cannot do.
    var lacks: Set<LabAbility> { cluster.lacks }

    func isPossible(_ step: Int, of lesson: Lesson) -> Bool {
        course.needs(of: lesson, step: step).isDisjoint(with: lacks)
    }

    /// Why a part of the course cannot be opened.
    static func refusal(of part: String, _ needs: Set<LabAbility>) -> String {
        "This \(part) takes \(needs.list), which this cluster has not: leave the lab and come back on its own nodes, "
            + "without `--backend` and `--connect`."
    }

    /// Types for the lab itself.
    /// - Parameter begin: when the step began in which it does.
    func player(since begin: Journal.Begin? = nil) -> TranscriptPlayer {
        TranscriptPlayer(
            cluster: cluster, observer: observer, at: firstNode, since: begin, prompts: prompts)
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
