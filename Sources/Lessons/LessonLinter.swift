/// What is wrong with the course as files, without a cluster.
package enum LessonLinter {
    /// Mistakes of single files first, then what does not fit together.
    package static func problems(of course: Course) -> [LessonError] {
        course.problems + duplicates(in: course) + incompleteSteps(in: course)
            + unpaired(in: course) + incompleteExercises(in: course) + strayPorts(in: course)
            + strayLines(in: course) + strayNodes(in: course)
            + unanswered(in: course) + sharedNumbers(in: course)
    }

    /// What is wrong with the form of an id; nil where nothing is. It is a word of the prompt, a part of a file's
    /// name, and a number means a place in the list.
    package static func formProblem(ofID id: String) -> String? {
        if id.contains(where: \.isWhitespace) { return "the id '\(id)' has a blank in it" }
        let isPlain = id.allSatisfy {
            $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-")
        }
        guard isPlain, let first = id.first, first != "-", id.last != "-" else {
            return "the id '\(id)' may have small letters, digits and hyphens between them"
        }
        guard id.contains(where: \.isLetter) else {
            return "the id '\(id)' has no letter; a number means a place in the list"
        }
        return nil
    }

    private static func duplicates(in course: Course) -> [LessonError] {
        var problems: [LessonError] = []
        var seen: [String: Lesson] = [:]
        for lesson in course.lessons {
            if let problem = formProblem(ofID: lesson.id) {
                problems.append(mistake(lesson.file, 1, problem))
            }
            if let other = seen[lesson.id] {
                problems.append(
                    mistake(lesson.file, 1, "the id '\(lesson.id)' is also that of \(other.file)"))
            }
            seen[lesson.id] = lesson
            var titles: Set<String> = []
            for step in lesson.steps where !titles.insert(step.id).inserted {
                problems.append(
                    mistake(lesson.file, step.line, "two steps are called '\(step.title)'"))
            }
        }
        return problems
    }

    private static func incompleteSteps(in course: Course) -> [LessonError] {
        var problems: [LessonError] = []
        for lesson in course.lessons {
            if lesson.recap.isEmpty {
                problems.append(mistake(lesson.file, 1, "the lesson has no ## Recap"))
            }
            for step in lesson.steps {
                if step.requirements.isEmpty {
                    problems.append(mistake(lesson.file, step.line, "'\(step.title)' has no check"))
                }
                if step.hints.isEmpty {
                    problems.append(mistake(lesson.file, step.line, "'\(step.title)' has no hint"))
                }
            }
        }
        return problems
    }

    private static func unpaired(in course: Course) -> [LessonError] {
        var problems: [LessonError] = []
        for lesson in course.lessons {
            guard let solution = course.solutions[lesson.path] else {
                // One that could not be read has its own line already.
                guard !course.problems.contains(where: { $0.file == "Solutions/\(lesson.path)" })
                else { continue }
                problems.append(mistake(lesson.file, 1, "no solution: Solutions/\(lesson.path)"))
                continue
            }
            let titles = lesson.steps.map(\.title)
            for step in lesson.steps
            where !solution.steps.contains(where: { $0.title == step.title }) {
                problems.append(
                    mistake(solution.file, 1, "no solution of the step '\(step.title)'"))
            }
            let challenge = lesson.challenge == nil ? nil : LessonParser.challengeTitle
            var seen: Set<String> = []
            for step in solution.steps where !seen.insert(step.title).inserted {
                problems.append(
                    mistake(solution.file, step.line, "'\(step.title)' is solved twice"))
            }
            for step in solution.steps where step.title != challenge {
                if !titles.contains(step.title) {
                    problems.append(
                        mistake(
                            solution.file, step.line,
                            "no step '\(step.title)'"
                                + Nearest.advice(for: step.title, among: titles)))
                } else if step.transcripts.isEmpty {
                    problems.append(
                        mistake(solution.file, step.line, "'\(step.title)' types nothing"))
                }
            }
        }
        // A lesson that could not be read has its own line already.
        let paths = Set(course.lessons.map(\.path)).union(
            course.problems.map { pathInside($0.file) })
        for path in course.solutions.keys.sorted() where !paths.contains(path) {
            problems.append(mistake("Solutions/\(path)", 1, "no lesson: Lessons/\(path)"))
        }
        return problems
    }

    private static func incompleteExercises(in course: Course) -> [LessonError] {
        let challenges = course.lessons.compactMap { course.challenge(of: $0) }
        let exercises = course.exercises.map(\.sample)
        var problems = (exercises + challenges).flatMap { incomplete($0) }
        var seen = Set(course.lessons.map(\.id))
        for exercise in exercises {
            if !seen.insert(exercise.id).inserted {
                problems.append(mistake(exercise.file, 1, "the id '\(exercise.id)' is taken"))
            }
            if let problem = formProblem(ofID: exercise.id) {
                problems.append(mistake(exercise.file, 1, problem))
            }
            if exercise.pass > exercise.points {
                problems.append(
                    mistake(
                        exercise.file, exercise.passLine,
                        "'pass: \(exercise.pass)' is more than the \(exercise.points) points that there are"))
            }
            if exercise.hints.count != 3 {
                problems.append(
                    mistake(exercise.file, 1, "\(exercise.hints.count) hints; there are to be 3"))
            }
        }
        return problems
    }

    private static func incomplete(_ exercise: Exercise) -> [LessonError] {
        var problems: [LessonError] = []
        if exercise.requirements.isEmpty {
            problems.append(mistake(exercise.file, 1, "'\(exercise.title)' has no check"))
        }
        for requirement in exercise.requirements where requirement.points == 0 {
            problems.append(
                mistake(exercise.file, requirement.line, "'\(requirement.label)' has no points"))
        }
        if exercise.requirements.allSatisfy(\.isKept), !exercise.requirements.isEmpty {
            problems.append(mistake(exercise.file, 1, "nothing is to be brought about"))
        }
        guard let solution = exercise.solution, let file = exercise.solutionFile else {
            let path = pathInside(exercise.file)
            return problems + [mistake(exercise.file, 1, "no solution: Solutions/\(path)")]
        }
        let name = exercise.lessonID == nil ? "" : "the challenge: "
        if solution.transcripts.isEmpty {
            problems.append(mistake(file, solution.line, "\(name)types nothing"))
        }
        if solution.wrong.isEmpty {
            problems.append(mistake(file, solution.line, "\(name)no wrong attempt"))
        }
        return problems
    }

    private static func pathInside(_ file: String) -> String {
        file.split(separator: "/").dropFirst().joined(separator: "/")
    }

    private static func mistake(_ file: String, _ line: Int, _ message: String) -> LessonError {
        LessonError(file: file, line: line, message: message)
    }
}
