import Lab
import Lessons

// What exercises look like.
extension LessonMode {
    /// `exercise 3` or `challenge 2`.
    func label(of practice: PracticeRunner) -> String? {
        let exercise = practice.exercise
        if let lesson = course.lessons.firstIndex(where: { $0.id == exercise.lessonID }) {
            return "challenge \(lesson + 1)"
        }
        return course.exercises.firstIndex { $0.sample.id == exercise.id }
            .map { "exercise \($0 + 1)" }
    }

    /// The task, what it asks for, and what help costs.
    func showTask() -> Outcome {
        guard let practice else { return .failed }
        let exercise = practice.exercise
        say("")
        let label = label(of: practice) ?? "exercise"
        // A challenge is always the same, and its minutes are those of the whole lesson.
        let length =
            exercise.lessonID == nil
            ? " (about \(exercise.minutes) minutes, seed \(practice.seed))" : ""
        prose("**\(label.prefix(1).uppercased() + label.dropFirst()): \(exercise.title)**\(length)")
        say("")
        show(exercise.task)
        say("")
        for requirement in exercise.requirements {
            let mark = held.contains(requirement.label) ? "x" : " "
            line(mark, "\(requirement.points)", requirement.label)
        }
        say("")
        prose(
            "\(exercise.pass) of \(exercise.points) points are enough. \(hintPrices(exercise))"
                + "Type `grade` whenever you like.")
        return .done
    }

    /// `3 hints: free, 1 point, 3 points. `
    private func hintPrices(_ exercise: Exercise) -> String {
        guard !exercise.hints.isEmpty else { return "" }
        let prices = exercise.hints.map { price($0.cost) }.joined(separator: ", ")
        let noun = exercise.hints.count == 1 ? "hint" : "hints"
        return "\(exercise.hints.count) \(noun): \(prices). "
    }

    private func price(_ cost: Int) -> String {
        cost == 0 ? "free" : "\(cost) point\(cost == 1 ? "" : "s")"
    }

    private func line(_ mark: String, _ points: String, _ text: String) {
        for line in markdown.item("  [\(mark)] \(points)  ", text) { say(line) }
    }

    /// `status`: what holds now, without a score.
    mutating func showStatus() throws(LabError) -> Outcome {
        guard let grade = try practice?.grade(by: observer, waits: false) else { return .failed }
        for item in grade.items {
            let holds = item.tick.verdict == .holds
            line(holds ? "x" : " ", "\(item.points)", item.tick.label + item.tick.now)
        }
        return .done
    }

    /// Every requirement with its points and the reason for those that are lacking.
    func show(_ grade: ExerciseGrade, of practice: PracticeRunner) {
        for item in grade.items {
            let mark = item.got == item.points ? "x" : " "
            line(mark, "\(item.got)/\(item.points)", item.tick.label + item.tick.now)
            if let reason = item.reason {
                for line in markdown.item("           ", reason) { say(line) }
            }
        }
        let exercise = practice.exercise
        if practice.hintsShown > 0 {
            say(
                "Hints: \(practice.hintsShown) of \(exercise.hints.count) read, "
                    + "\(practice.hintCost == 0 ? "free" : "minus " + price(practice.hintCost))")
        }
        let seconds = Int((cluster.time - practice.began).components.seconds)
        let time = ProgressReport.ExercisePart.clock(seconds)
        say("Score: \(grade.score) of \(grade.points) after \(time) minutes")
        prose(verdict(grade, practice))
    }

    private func verdict(_ grade: ExerciseGrade, _ practice: PracticeRunner) -> String {
        if practice.isSolutionShown { return "Not scored: the solution was shown. Type `again`." }
        guard grade.isPassed else {
            let help = practice.nextHint == nil ? "`solution`" : "`hint`"
            return "\(grade.pass) points are needed. The exercise stays open: go on, or type \(help)."
        }
        guard practice.exercise.lessonID == nil else {
            let rest = grade.isFull ? "" : " It stays open for the rest."
            return "**Passed.** All of the lesson is done.\(rest) `next` goes on, `lessons` lists all."
        }
        let rest = grade.isFull ? "" : " The exercise stays open for the rest."
        return "**Passed.**\(rest) `again` begins another variation, `practice` lists all."
    }

    /// `hint`: the next level of help, and what the one after it costs.
    mutating func showExerciseHint() -> Outcome {
        guard let hint = practice?.takeHint(), let practice else {
            let isBare = practice?.exercise.hints.isEmpty == true
            return refuse(
                (isBare ? "There are no hints here." : "Those were all the hints.")
                    + " Type `solution` for the worked answer.")
        }
        let count = practice.exercise.hints.count
        prose(
            "**Hint \(practice.hintsShown) of \(count) (\(price(hint.cost))):** "
                + words(of: hint.text))
        if let next = practice.nextHint { prose("The next hint costs: \(price(next.cost)).") }
        return .done
    }

    /// `solution`: the worked answer with its reasons.
    mutating func showExerciseSolution() -> Outcome {
        guard let solution = practice?.exercise.solution else {
            return refuse("No solution is written for this exercise.")
        }
        show(solution: solution)
        say("")
        prose(markSolutionShown() + " `solution run` types it.")
        return .done
    }

    /// Every exercise with its best score.
    func showExercises() {
        guard !course.exercises.isEmpty else {
            return prose("There are no exercises here. Name their folder with --lessons DIR.")
        }
        let parts = report.exercises
        for (part, file) in zip(parts, course.exercises) {
            let isOpen = practice?.exercise.id == part.id
            let gap = String(repeating: " ", count: max(0, 2 - "\(part.number)".count))
            let marker = "\(isOpen ? ">" : " ") \(gap)\(part.number)  [\(part.state.mark)] "
            let text = "\(part.title) (\(file.sample.minutes) minutes)\(part.score)"
            for line in markdown.item(marker, text) { say(line) }
        }
        if parts.contains(where: { $0.state == .partial }) {
            say("[x] passed, [~] begun, [ ] not begun")
        }
        prose("Type `start` and a number.")
    }
}
