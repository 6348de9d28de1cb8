import Lab

// What does not fit together inside a lesson and its solution.
extension LessonLinter {
    /// Lessons of one folder with the same number have no order.
    static func sharedNumbers(in course: Course) -> [LessonError] {
        let files = course.lessons.map(\.file) + course.exercises.map(\.sample.file)
        var first: [String: String] = [:]
        return files.sorted().compactMap { file in
            let parts = file.split(separator: "/")
            let number = (parts.last ?? "").prefix { $0.isNumber }
            let place = parts.dropLast().joined(separator: "/") + "/" + number
            guard let other = first[place] else {
                first[place] = file
                return nil
            }
            return LessonError(
                file: file, line: 1, message: "the number \(number) is also that of \(other)")
        }
    }

    /// Commands that prepare the cluster are for nodes that it has, and only these ports move with the lab's.
    static func strayPorts(in course: Course) -> [LessonError] {
        let starts =
            course.lessons.map { ($0.file, $0.start) }
            + course.exercises.map { ($0.sample.file, $0.sample.start) }
        return starts.flatMap { file, start -> [LessonError] in
            let nodes = start.plan.port..<start.plan.port + start.plan.nodeCount
            var problems = start.deeds.compactMap { deed -> LessonError? in
                guard case .command(let port?, let line) = deed, !nodes.contains(port) else {
                    return nil
                }
                return LessonError(
                    file: file, line: line.line,
                    message: "'run \(port)': the cluster has no such node, only "
                        + "\(nodes.lowerBound) to \(nodes.upperBound - 1)")
            }
            if nodes.count > PortShift.count {
                problems.append(
                    LessonError(
                        file: file, line: 1,
                        message: "\(nodes.count) nodes; a lesson has \(PortShift.count) at most: "
                            + "7000 to \(7000 + PortShift.count - 1) move with the lab's ports"))
            }
            return problems
        }
    }

    /// Wrong attempts that no sentence can answer, whatever the cluster does.
    static func unanswered(in course: Course) -> [LessonError] {
        var problems: [LessonError] = []
        for lesson in course.lessons {
            guard let solution = course.solutions[lesson.path] else { continue }
            for step in solution.steps {
                guard let task = lesson.steps.first(where: { $0.title == step.title }) else {
                    continue
                }
                problems += unanswered(step.wrong, by: task.requirements, in: solution.file)
            }
        }
        let exercises =
            course.exercises.map(\.sample) + course.lessons.compactMap { course.challenge(of: $0) }
        for exercise in exercises {
            guard let solution = exercise.solution, let file = exercise.solutionFile else {
                continue
            }
            problems += unanswered(solution.wrong, by: exercise.requirements, in: file)
        }
        return problems
    }

    private static func unanswered(
        _ attempts: [Solution.WrongAttempt], by requirements: [Requirement], in file: String
    ) -> [LessonError] {
        let sentences = requirements.flatMap { requirement in
            (requirement.wrong + requirement.lost).map(\.sentence)
                + [requirement.lacks].compactMap(\.self)
        }
        // What has live values may say anything: that is for `verify`.
        let isFixed = sentences.allSatisfy { $0.parts.allSatisfy(\.isText) }
        let written = sentences.map(\.written)
        guard isFixed else { return [] }
        let own = [LessonLinter.notYet] + written
        return attempts.flatMap { attempt in
            let wanted = [attempt.sentence] + attempt.exceptions.compactMap(\.sentence)
            return wanted.filter { words in !own.contains { $0.firstRange(of: words) != nil } }
                .map { words in
                    let advice =
                        written.isEmpty
                        ? "the check has no 'wrong' line" : nearest(words, written)
                    return LessonError(
                        file: file, line: attempt.line,
                        message: "no sentence of the check answers '\(words)'; \(advice)")
                }
        }
    }

    /// What is said of an exercise where only kept things hold.
    private static let notYet = "So it was at the start. It counts together with another one."

    private static func nearest(_ sentence: String, _ written: [String]) -> String {
        let begun = written.map { String($0.prefix(sentence.count)) }
        guard let meant = Nearest.match(to: sentence, among: begun),
            let place = begun.firstIndex(of: meant)
        else { return "there are: \(written.joined(separator: " / "))" }
        return "did you mean '\(written[place])'?"
    }
}

extension Template.Part {
    fileprivate var isText: Bool { if case .text = self { true } else { false } }
}
