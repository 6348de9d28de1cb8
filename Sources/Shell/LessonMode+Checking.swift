import Lab
import Lessons

// Looking whether a step is done.
extension LessonMode {
    /// Why the step is looked at.
    enum Occasion {
        /// The learner has typed something.
        case line
        /// He has gone somewhere, or wants to see how it stands.
        case word
        /// Something has happened in the cluster: nobody waits for more of it.
        case event
    }

    /// Looks at the step, unless it is done already.
    mutating func look(after occasion: Occasion = .word) {
        if practice != nil { return lookAtExercise() }
        guard let runner, let step = runner.step, !runner.isStepDone else { return }
        do throws(LabError) {
            let evaluator = evaluator(runner)
            let report = try occasion == .event
                ? evaluator.reportNow(on: step) : evaluator.report(on: step, unlike: standing)
            if occasion != .event { standing = report.requirements }
            show(report, of: step, repeats: occasion == .line)
        } catch .interrupted {
            // The learner goes on; what was waited for is not waited for again before something changes.
            standing = try? evaluator(runner).reportNow(on: step).requirements
        } catch {
            say("The step could not be checked: \(error)")
        }
    }

    /// Looks while nobody types, if something has happened in the cluster.
    /// - Returns: what there is to tell; nil for nothing.
    mutating func glance() -> String? {
        guard runner != nil || practice != nil, let events = cluster.events else { return nil }
        let count = events.count
        guard count != glanced else { return nil }
        glanced = count
        // Asking a frozen node takes its time, in which nobody could type.
        if let control = cluster.control,
            cluster.nodes.contains(where: { control.state(of: $0) == .frozen })
        {
            return nil
        }
        var text = ""
        let screen = terminal
        terminal.write = { text += $0 }
        look(after: .event)
        terminal = screen
        return text.isEmpty ? nil : text
    }

    /// Prints what newly holds and what newly went wrong; the step's end when all holds.
    /// - Parameters:
    ///   - answer: what was handed in: sentences about it are said again.
    ///   - repeats: so are those about what the last line did.
    private mutating func show(
        _ report: StepReport, of step: Step, again answer: [String]? = nil, repeats: Bool = false
    ) {
        runner?.journal.heldOnce.formUnion(report.heldOnce)
        let holding = Set(report.requirements.filter { $0.verdict == .holds }.map(\.label))
        let news = holding.subtracting(held)
        for item in report.requirements
        where step.requirements.count > 1 && news.contains(item.label) {
            tick("x", item.label)
        }
        held = holding
        let repeated = Set(
            Self.about(answer, report, step).compactMap(\.remark)
                + report.requirements.filter { repeats && $0.isOfLastLine }.compactMap(\.remark))
        let late = Set(
            report.requirements.filter { item in
                let isKnown = item.template.map(saidTemplates.contains) ?? false
                // What only other numbers have changed is news for whoever has typed something.
                return item.isStale || isKnown && !repeats && answer == nil
            }.compactMap(\.remark))
        for sentence in hasTyped ? report.sentences : []
        where repeated.contains(sentence) || !said.contains(sentence) && !late.contains(sentence) {
            say("")
            prose(sentence)
            said.insert(sentence)
        }
        saidTemplates.formUnion(report.requirements.filter { !$0.isStale }.compactMap(\.template))
        guard report.isDone else {
            if !news.isEmpty { runner?.markPartial() }
            return
        }
        runner?.markDone()
        if let place = runner?.stepIndex { settled.insert(place) }
        showDone(report, step)
        if let problem = runner?.takeProgressProblem() { say(problem) }
    }

    /// The requirements with a sentence about what was handed in. A value without a name is none about those that
    /// want one.
    private static func about(
        _ answer: [String]?, _ report: StepReport, _ step: Step
    ) -> [StepReport.Item] {
        guard let answer else { return [] }
        return zip(step.requirements, report.requirements).filter { requirement, item in
            requirement.isAbout(answer, in: step) && !item.isStale
                && (answer.count > 1 || item.answerNames.isEmpty)
        }.map(\.1)
    }

    /// `check`: looks again, and waits for what comes true by itself.
    mutating func check() throws(LabError) -> Outcome {
        guard let runner, let step = runner.step else {
            return refuse("The lesson is at its end. Type `next`.")
        }
        if runner.isStepDone { return refuse("This step is done. Type `next` to go on.", .done) }
        let report = try evaluator(runner).report(on: step, isAsked: true)
        guard !report.isDone else {
            show(report, of: step)
            return .done
        }
        showTicks(report)
        for remark in report.requirements.compactMap(\.remark) where hasTyped { prose(remark) }
        return .failed
    }

    /// `status`: every requirement with its tick and live value.
    mutating func status() throws(LabError) -> Outcome {
        guard let runner, let step = runner.step else {
            return refuse("The lesson is at its end. Type `next`.")
        }
        say("Step \(runner.stepIndex + 1) of \(runner.lesson.steps.count): \(step.title)")
        let report = try evaluator(runner).report(on: step)
        showTicks(report)
        // Those are on the screen already.
        let holding = Set(report.requirements.filter { $0.verdict == .holds }.map(\.label))
        if !report.isDone, !holding.isSubset(of: held) { self.runner?.markPartial() }
        held.formUnion(holding)
        look()
        return .done
    }

    /// Takes what the learner hands in, and looks at the step.
    mutating func take(
        _ arguments: [String], into place: (inout Journal, String) -> Void
    ) throws(LabError) -> Outcome {
        guard !arguments.isEmpty else { return refuse("`answer` wants a value: `answer 42`") }
        guard var runner, let step = runner.step else {
            return refuse("The lesson is at its end. Type `next`.")
        }
        if runner.isStepDone { return refuse("This step is done. Type `next` to go on.", .done) }
        hasTyped = true
        runner.journal.beginLine()
        place(&runner.journal, arguments.joined(separator: " "))
        self.runner = runner
        guard step.requirements.contains(where: \.asksForAnswer) else {
            return refuse("This step asks for no answer. Type `status` to see what it asks for.")
        }
        let report = try evaluator(runner).report(on: step, unlike: standing)
        standing = report.requirements
        show(report, of: step, again: arguments)
        let open = zip(step.requirements, report.requirements).filter {
            $0.asksForAnswer && $1.verdict != .holds && $0.isAbout(arguments, in: step)
        }
        let answered = Self.about(arguments, report, step).filter { $0.remark != nil }.map(\.label)
        let unanswered = open.filter { !answered.contains($0.1.label) }
        if answered.isEmpty || (arguments.count > 1 && !unanswered.isEmpty), !open.isEmpty {
            refuseAnswer(arguments, to: open.map(\.0))
        }
        return open.isEmpty ? .done : .failed
    }

    /// Says that a value is not the right one, or that it lacks the name under which the step wants it.
    func refuseAnswer(_ words: [String], to requirements: [Requirement]) {
        let value = MarkdownText.literal(words.joined(separator: " "))
        let names = requirements.flatMap(\.answerNames).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        guard words.count == 1, requirements.allSatisfy({ !$0.answerNames.isEmpty }) else {
            return prose("`\(value)` is not it. Look once more, or type `hint`.")
        }
        let ways = names.map { "`answer \($0) \(value)`" }.joined(separator: " or ")
        prose("Which of them is that? Put the word before it: \(ways).")
    }

    /// `predict`: notes a guess.
    mutating func predict(_ arguments: [String]) -> Outcome {
        guard runner?.step?.prediction != nil else {
            return refuse("This step asks for no prediction.")
        }
        guard !arguments.isEmpty else { return refuse("`predict` wants a value: `predict 42`") }
        if let runner, runner.isStepDone, let truth = runner.step?.prediction?.truth {
            let known = try? evaluator(runner).value(truth)
            return refuse(
                "This step is done, and the answer is known"
                    + (known.map { ": \(MarkdownText.literal("\($0)"))." } ?? "."), .done)
        }
        runner?.journal.prediction = arguments.joined(separator: " ")
        say("Noted. Now find out.")
        return .done
    }

    /// Says why a word is not followed, and what to type instead.
    func refuse(_ text: String, _ outcome: Outcome = .failed) -> Outcome {
        prose(text)
        return outcome
    }
}
