import Lab
import Lessons

// What the lab types so that a step finds what it needs, and how a step comes on the screen.
extension LessonMode {
    // MARK: - What steps leave behind

    /// What came of bringing about what a step leaves behind.
    enum Settled {
        /// It was there already.
        case there
        case typed
        /// It was typed on a cluster that it does not fit any more.
        case vain
        /// The machine has not what it takes.
        case impossible
    }

    /// Brings about what the steps before leave behind.
    mutating func settle(stepsBefore step: Int, of lesson: Lesson) throws(LabError) {
        for earlier in 0..<step where isPossible(earlier, of: lesson) {
            guard case .impossible = try settle(earlier, of: lesson, isLast: earlier == step - 1) else { continue }
            return prose(passedOver(lesson))
        }
    }

    /// Brings about what the step leaves behind, by typing its solution.
    mutating func settle(
        _ step: Int, of lesson: Lesson, isEntered: Bool = false, isLast: Bool = false
    ) throws(LabError) -> Settled {
        guard lesson.tools.allSatisfy(prompts.has) else { return .impossible }
        guard settled.insert(step).inserted else { return .there }
        isFresh = false
        var player = self.player(since: isEntered ? runner?.journal.begin : nil)
        if isEntered {
            player.watch(lesson.steps[step], heldOnce: runner?.journal.heldOnce ?? [])
        } else {
            do throws(LabError) {
                var (time, follows) = (cluster.time, false)
                try player.beginStep(lesson.steps[step]) { input in
                    note(input, at: firstNode, time, follows: &follows)
                    time = cluster.time
                }
            } catch {
                throw inLesson(error)
            }
        }
        guard let solution = course.solution(of: lesson, step: step) else { return .typed }
        if solution.takesTime || lesson.needsPrograms {
            prose(
                "The lab types the solution of '\(lesson.steps[step].title)', which takes a while …"
            )
        }
        var (time, follows) = (cluster.time, false)
        for transcript in solution.transcripts {
            _ = try player.play(transcript) { line, _ throws(LabError) in
                note(line, at: time, follows: &follows)
                time = cluster.time
            }
        }
        if isLast { try awaitOutcome(of: lesson.steps[step], player.journal) }
        guard isEntered else { return .typed }
        return try brings(about: lesson.steps[step], player) ? .typed : .vain
    }

    /// What was typed has to have come round, or the next step begins while nodes still hear of it.
    private func awaitOutcome(of step: Step, _ journal: Journal) throws(LabError) {
        let evaluator = CheckEvaluator(observer: observer, journal: journal)
        let limit = cluster.time + .seconds(8)
        while cluster.time < limit, try evaluator.reportNow(on: step).isComing {
            try cluster.pass(.milliseconds(100))
        }
    }

    /// Whether the step holds behind its solution: what the learner has done in it may have led elsewhere.
    private func brings(about step: Step, _ player: TranscriptPlayer) throws(LabError) -> Bool {
        // Nobody can begin such a cluster anew.
        guard !lacks.contains(.processes), var runner else { return true }
        runner.journal = player.journal
        return try evaluator(runner).report(on: step, isAsked: true).isDone
    }

    /// Says that a solution was not typed, and why.
    func passedOver(_ lesson: Lesson) -> String {
        let lacking = lesson.tools.filter { !prompts.has($0) }.joined(separator: ", ")
        return
            "Its solution wants \(lacking), which this machine has not: nothing was typed, and the next step "
            + "begins on the cluster as it is. The hints say how to go without."
    }

    /// What the next step finds.
    func afterSkipping(_ settled: Settled, _ runner: LessonRunner) -> String {
        guard runner.stepIndex < runner.lesson.steps.count - 1 else { return "" }
        switch settled {
        case .there: return ""
        case .typed: return " The lab typed its solution: the next step builds on it."
        case .vain:
            return " What was done in it leaves no way for its solution, so the next step begins on a new cluster."
        case .impossible: return " \(passedOver(runner.lesson))"
        }
    }

    // MARK: - The step on the screen

    /// Nothing has been done in the step yet.
    mutating func beginStep() {
        (isIntroduction, hasTyped) = (false, false)
        (said, saidTemplates) = ([], [])
        standing = nil
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
    mutating func enterStep() throws(LabError) {
        passOver()
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
        observer.writer.stopAll()
        if try cluster.control?.heal(cluster.nodes) == true {
            prose(
                "The lab has healed the network, thawed what was frozen, and time passes as always."
            )
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
        var player = self.player(since: runner?.journal.begin)
        var follows = false
        for fault in step.faults {
            let time = cluster.time
            let done = try player.obey(fault.line)
            note(done.input, at: firstNode, time, follows: &follows)
            if !fault.isHidden { typed.append(done) }
        }
    }

    private func show(typed input: String, _ lines: [String]) {
        say("")
        say(terminal.broken("lab> \(input)"))
        for line in ShellPrompt.sentences(lines) {
            for part in Explanation.wrapped(line, width: terminal.width - 2) { say("  \(part)") }
        }
    }
}
