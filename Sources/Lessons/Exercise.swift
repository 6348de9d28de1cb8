import Lab

/// A task without steps, graded in points: a file below `Lessons/practice`, or the challenge of a
/// lesson.
package struct Exercise: Sendable {
    /// The progress key.
    package var id: String
    package var title: String
    package var minutes: Int
    /// Lines are programs of the machine: it takes nodes with ports.
    package var needsPrograms = false
    /// Programs of the machine without which its solution cannot be typed: `redis-py`.
    package var tools: [String] = []
    package var file: String
    package var start: StartState
    package var task: [Lesson.Block] = []
    package var requirements: [Requirement] = []
    package var hints: [Hint] = []
    /// Fewer points than all may do.
    package var pass: Int
    /// Where the header says so.
    var passLine = 1
    /// What it is this time.
    package var variation = Variation(values: [])
    package var solution: Solution.Step?
    package var solutionFile: String?
    /// The lesson that is done when this is passed.
    package var lessonID: String?

    /// Help, and the points that it costs.
    package struct Hint: Sendable {
        package var text: Template
        package var cost: Int
    }

    /// The points of all requirements.
    package var points: Int { requirements.reduce(0) { $0 + $1.points } }
}

/// An exercise as it is written: each go draws another variation of it.
package struct ExerciseFile: Sendable {
    /// The path inside the course, such as `practice/01-create.md`.
    package var path: String
    /// One variation, for lists.
    package let sample: Exercise
    private let text: String
    private let solution: String?
    private let ports: PortShift

    /// Reads the exercise and, where there is one, its solution.
    package init(
        path: String, text: String, solution: String?, ports: PortShift = PortShift(first: 7000)
    ) throws(LessonError) {
        self.path = path
        self.text = text
        self.solution = solution
        self.ports = ports
        sample = try Self.read(path, text, solution, ports, seed: 1)
    }

    /// The variation of a seed.
    package func exercise(seed: UInt64) throws(LessonError) -> Exercise {
        try Self.read(path, text, solution, ports, seed: seed)
    }

    private static func read(
        _ path: String, _ text: String, _ solution: String?, _ ports: PortShift, seed: UInt64
    ) throws(LessonError) -> Exercise {
        var parser = LessonParser(path: path, folder: "Lessons", ports: ports)
        let variation = try Variations(of: text, file: parser.file).variation(seed: seed)
        parser.names = variation.values.map(\.name)
        var exercise = try parser.exercise(variation(text))
        exercise.variation = variation
        exercise.start.plan.seed = seed
        if let solution {
            var parser = LessonParser(path: path, folder: "Solutions", ports: ports)
            parser.names = variation.values.map(\.name)
            exercise.solution = try parser.exerciseSolution(variation(solution))
            exercise.solutionFile = parser.file
        }
        return exercise
    }
}
