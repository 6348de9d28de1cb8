import Lab
import Lessons

// What lessons look like.
extension LessonMode {
    /// One line of the lab's own.
    func say(_ line: String) { terminal.writeLine(line) }

    /// Markdown, wrapped.
    func prose(_ text: String) {
        for line in markdown.lines(of: text) { say(line) }
    }

    /// A tick with its text.
    func tick(_ mark: String, _ text: String) {
        for line in markdown.item("  [\(mark)] ", text) { say(line) }
    }

    /// The lesson's first screen: what it is about.
    func showTitle(_ lesson: Lesson) {
        showLine(lesson)
        say("")
        show(lesson.introduction)
        say("")
        prose("Type `next` for the first of \(lesson.steps.count) steps.")
    }

    /// The lesson's number, title and length.
    func showLine(_ lesson: Lesson) {
        let number = number(of: lesson) ?? 0
        say("")
        prose("**Lesson \(number): \(lesson.title)** (about \(lesson.minutes) minutes)")
    }

    /// The step's text, or the lesson's end.
    func showStep() -> Outcome {
        guard let runner else { return .failed }
        guard let step = runner.step else {
            showEnd(of: runner.lesson)
            return .done
        }
        showText(of: step)
        showBoxes(of: step)
        return .done
    }

    /// The step's title and prose, and what it asks to predict.
    func showText(of step: Step) {
        guard let runner else { return }
        say("")
        say(
            markdown.bold(
                "Step \(runner.stepIndex + 1) of \(runner.lesson.steps.count): \(step.title)"))
        say("")
        show(step.body)
        if let prediction = step.prediction {
            say("")
            prose(
                "**Predict:** \(filled(prediction.question)) Type `predict` and your guess; it is not graded."
            )
        }
    }

    /// What the step asks for.
    func showBoxes(of step: Step) {
        guard let runner else { return }
        say("")
        for requirement in step.requirements {
            tick(held.contains(requirement.label) ? "x" : " ", requirement.label)
        }
        if !runner.isStepDone, runner.mark(of: runner.stepIndex, in: runner.lesson) == .done {
            prose("You did this step before: do it again, or type `next`.")
        }
    }

    /// Prose and transcripts, with live values.
    func show(_ blocks: [Lesson.Block]) {
        for (index, block) in blocks.enumerated() {
            if index > 0 { say("") }
            switch block {
            case .prose(let text): prose(filled(text))
            case .transcript(let transcript): show(transcript)
            }
        }
    }

    /// With live values, none of which is taken for Markdown; as it is written where no node answers.
    func filled(_ template: Template) -> String { filled(template, MarkdownText.literal) }

    private func filled(_ template: Template, _ mark: @escaping (String) -> String) -> String {
        guard var evaluator = readingEvaluator else { return template.written }
        evaluator.mark = mark
        return (try? evaluator.text(template)) ?? template.written
    }

    private func show(_ transcript: Transcript) {
        let text = filled(transcript.text) { $0 }
        show(code: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }

    func show(code lines: [String]) {
        for line in lines {
            say("    " + markdown.code(String(terminal.broken("    " + line).dropFirst(4))))
        }
    }

    /// The worked answer; values that its own lines change are words.
    func show(solution: Solution.Step) {
        guard let evaluator = readingEvaluator else { return }
        var text = SolutionText(evaluator)
        for (index, block) in solution.body.enumerated() {
            if index > 0 { say("") }
            switch block {
            case .prose(let prose): self.prose(text.prose(prose))
            case .transcript(let transcript): show(code: text.lines(transcript))
            }
        }
    }

    /// A hint: what is not known yet is words.
    func words(of hint: Template) -> String {
        guard let evaluator = readingEvaluator else { return hint.written }
        return SolutionText(evaluator).prose(hint)
    }

    /// Fills in what is shown.
    private var readingEvaluator: CheckEvaluator? {
        guard let journal = practice?.journal ?? runner?.journal else { return nil }
        var evaluator = CheckEvaluator(observer: observer, journal: journal)
        evaluator.mark = MarkdownText.literal
        return evaluator
    }

    /// The step is proven: what was, and what the learner had thought.
    func showDone(_ report: StepReport, _ step: Step) {
        guard let runner else { return }
        say("")
        say(markdown.bold("Step \(runner.stepIndex + 1) is done."))
        for sentence in report.proven { prose("- \(sentence)") }
        if let prediction = step.prediction, let guess = runner.journal.prediction,
            let truth = try? evaluator(runner).value(prediction.truth)
        {
            let isRight =
                (try? evaluator(runner).holds(.compare(.prediction, .equal, prediction.truth)))
                ?? false
            let guess = MarkdownText.literal(guess)
            prose(
                isRight
                    ? "You predicted \(guess), and so it is."
                    : "You predicted \(guess); it is \(MarkdownText.literal("\(truth)")).")
        }
        if let why = step.why {
            say("")
            prose(filled(why))
        }
        say("")
        prose("Type `next` to go on.")
    }

    /// Every requirement with its tick.
    func showTicks(_ report: StepReport) {
        for item in report.requirements {
            switch item.verdict {
            case .holds: tick("x", item.label)
            case .open: tick(" ", item.label + item.now)
            case .waiting: tick(" ", item.label + item.now + ", this may take a moment")
            case .lost(let why): tick("!", "\(item.label): \(why) Type `restart step`.")
            }
        }
        let expected = cluster.nodes.filter { cluster.control?.state(of: $0) ?? .running == .running }
        let silent = expected.filter { (try? observer.ask($0, ["PING"])) == nil }
        guard !silent.isEmpty else { return }
        prose(
            "No answer from \(silent.map { "\($0.port)" }.joined(separator: ", ")). "
                + "If that was not meant, `restart step` begins the step on a new cluster.")
    }

    /// A lesson may lead to something to be done without its steps.
    private func tellChallenge(of lesson: Lesson) {
        guard lesson.challenge != nil, let number = number(of: lesson) else { return }
        prose("`challenge \(number)` is what this lesson leads to, without its steps.")
    }

    /// `hint`: the next level of help.
    mutating func showHint() -> Outcome {
        guard let step = runner?.step else {
            return refuse("The lesson is at its end. Type `next`.")
        }
        guard let hint = runner?.takeHint(), let shown = runner?.hintsShown else {
            return refuse("Those were all the hints. Type `solution` for the worked answer.")
        }
        prose("**Hint \(shown) of \(step.hints.count):** \(words(of: hint))")
        if shown == step.hints.count - 1 { say("The next hint is the exact line.") }
        return .done
    }

    /// `solution`: the worked answer and why.
    func showSolution() -> Outcome {
        guard let runner, let step = runner.step else {
            return refuse("The lesson is at its end. Type `next`.")
        }
        guard let solution = course.solution(of: runner.lesson, step: runner.stepIndex) else {
            return refuse("No solution is written for '\(step.title)'.")
        }
        show(solution: solution)
        return .done
    }

    private func showEnd(of lesson: Lesson) {
        say("")
        say(markdown.bold("Lesson \(number(of: lesson) ?? 0) is behind you: \(lesson.title)"))
        say("")
        show(lesson.recap)
        say("")
        guard let next = runner?.nextLesson else {
            tellChallenge(of: lesson)
            return prose(Self.lastLesson)
        }
        tellChallenge(of: lesson)
        prose("Next: \(next.title) (about \(next.minutes) minutes). Type `next` to begin.")
    }
}
