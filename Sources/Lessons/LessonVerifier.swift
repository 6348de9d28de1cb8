package import Lab

/// Takes every lesson and exercise as a learner would: a step's check must be false before the step is done, each
/// wrong attempt must be refused with its own sentence, and the solution must pass.
package struct LessonVerifier {
    let lanes: [Lane]

    /// A place where one cluster at a time runs: what starts it, and the course with its ports. Lanes go side by side.
    package struct Lane: Sendable {
        package var course: Course
        package var backend: any LabBackend
        /// Follow what is no plain command of Redis; nil where no solution needs it.
        package var prompts: PromptMaker?
        /// The port that lessons call 7000.
        package var firstPort: Int
        /// What its clusters cannot do.
        package var lacks: Set<LabAbility> = []

        package init(course: Course, backend: any LabBackend, prompts: PromptMaker? = nil, firstPort: Int = 7000) {
            self.course = course
            self.backend = backend
            self.prompts = prompts
            self.firstPort = firstPort
        }
    }

    /// - Parameter lanes: at least one; all have the same course but for the ports.
    package init(lanes: [Lane]) {
        precondition(!lanes.isEmpty, "a verifier needs a lane")
        self.lanes = lanes
    }

    /// A verifier with one lane.
    package init(course: Course, backend: any LabBackend, prompts: PromptMaker? = nil) {
        self.init(lanes: [Lane(course: course, backend: backend, prompts: prompts)])
    }

    private var course: Course { lanes[0].course }

    /// Verifies the lessons and exercises named by id or number, or all, and the course's files as a whole. What is
    /// found comes in the course's order, however many lanes there are.
    /// - Parameter onProgress: is called whenever something begins or ends, by one thread at a time.
    package func verify(
        _ names: [String] = [], onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) -> Report {
        var report = Report(problems: LessonLinter.problems(of: course))
        if course.lessons.isEmpty, course.exercises.isEmpty, course.problems.isEmpty {
            report.fail("Lessons", 1, "there are no lessons")
        }
        let tasks = tasks(for: names, &report)
        let queue = TaskQueue(tasks, onProgress: onProgress)
        queue.run(on: lanes) { task, lane in run(task, in: lane) }
        for (task, outcome) in queue.outcomes {
            report.add(outcome, of: task)
        }
        return report
    }

    private func tasks(for names: [String], _ report: inout Report) -> [VerifierTask] {
        guard !names.isEmpty else {
            return course.lessons.flatMap { self.tasks(of: $0, &report) }
                + course.exercises.flatMap { self.tasks(of: $0, &report) }
        }
        var (lessons, exercises): ([VerifierTask], [VerifierTask]) = ([], [])
        for name in names {
            // A whole id comes before the beginning of one.
            let isExercise =
                course.exercises.contains { $0.sample.id == name }
                && !course.lessons.contains { $0.id == name }
            if !isExercise, let lesson = course.lesson(named: name) {
                lessons += self.tasks(of: lesson, &report)
            } else if let exercise = course.exercise(named: name) {
                exercises += self.tasks(of: exercise, &report)
            } else if !course.problems.contains(where: { $0.file.hasSuffix("-\(name).md") }) {
                // One that cannot be read has its own line already.
                let advice = Nearest.advice(
                    for: name,
                    among: course.lessons.map(\.id) + course.exercises.map(\.sample.id))
                report.fail("Lessons", 1, "no lesson '\(name)'\(advice)")
            }
        }
        return lessons + exercises
    }

    private func canPlay(_ needsPrograms: Bool, _ tools: [String]) -> Bool {
        guard needsPrograms else { return true }
        guard let prompts = lanes[0].prompts, prompts.runsPrograms else { return false }
        return tools.allSatisfy(prompts.has)
    }

    /// Whether the clusters can do what a part takes; notes it where they cannot.
    func can(_ needs: Set<LabAbility>, _ part: String, _ report: inout Report) -> Bool {
        let missing = needs.intersection(lanes[0].lacks)
        guard !missing.isEmpty else { return true }
        report.impossible.append("\(part) (\(missing.list))")
        return false
    }

    private func tasks(of lesson: Lesson, _ report: inout Report) -> [VerifierTask] {
        guard canPlay(lesson.needsPrograms, lesson.tools) else {
            report.passedOver.append(lesson.id)
            return []
        }
        guard can(course.needs(of: lesson), lesson.id, &report) else { return [] }
        return VerifierTask.all(of: lesson, in: course)
    }

    private func tasks(of exercise: ExerciseFile, _ report: inout Report) -> [VerifierTask] {
        guard canPlay(exercise.sample.needsPrograms, exercise.sample.tools) else {
            report.passedOver.append(exercise.sample.id)
            return []
        }
        guard can(exercise.sample.needs, exercise.sample.id, &report) else { return [] }
        return VerifierTask.all(of: exercise)
    }

    private func run(_ task: VerifierTask, in lane: Lane) -> Report {
        var report = Report()
        do {
            switch task.kind {
            case .reading:
                report.lessons += 1
                if let lesson = lane.course.lesson(at: task.path) {
                    try readAlong(lesson, in: lane, into: &report)
                }
            case .steps:
                if let lesson = lane.course.lesson(at: task.path) {
                    try solve(lesson, in: lane, into: &report)
                }
            case .refusal(let step, let number):
                if let lesson = lane.course.lesson(at: task.path) {
                    try refuse(number, atStep: step, of: lesson, in: lane, into: &report)
                }
            case .variation(let seed):
                if let exercise = try lane.course.exercise(at: task.path, seed: seed) {
                    try solve(exercise, seed: seed, in: lane, into: &report)
                }
            case .attempt(let seed, let number):
                if let exercise = try lane.course.exercise(at: task.path, seed: seed) {
                    try refuse(number, of: exercise, in: lane, into: &report)
                }
            }
        } catch let error as LessonError {
            report.problems.append(error)
        } catch let failure as Failure {
            report.fail(task.file, failure.line ?? 1, "\(task.place)\(failure.error)")
        } catch {
            report.fail(task.file, 1, "\(task.place)\(error)")
        }
        report.takeBack(lane.firstPort)
        return report
    }
}

extension LessonVerifier {
    /// What has ended a task, and the line of the lesson that the lab was typing then.
    struct Failure: Error {
        var error: LabError
        var line: Int?
    }

    /// How far it is.
    package struct Progress: Sendable {
        package var done: Int
        package var total: Int
        /// The lessons and exercises at work, each once, in the course's order.
        package var running: [String]
    }

    /// What was found.
    package struct Report: Sendable {
        package var problems: [LessonError] = []
        package var lessons = 0
        package var steps = 0
        package var exercises = 0
        package var wrongAttempts = 0
        /// Lessons and exercises that need programs, where none run.
        package var passedOver: [String] = []
        /// Lessons, steps and exercises that take what the clusters cannot do, with what that is.
        package var impossible: [String] = []
        /// Wrong attempts that take it, or that would have to be taken back.
        package var attemptsPassedOver = 0
        /// How long each lesson and exercise took, in the course's order.
        package var times: [Time] = []

        package var isClean: Bool { problems.isEmpty }

        /// How long a lesson or exercise took, all that belongs to it together.
        package struct Time: Sendable {
            package var id: String
            package var duration: Duration
            package var steps = 0
            package var wrongAttempts = 0
        }
    }
}
