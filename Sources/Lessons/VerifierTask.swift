/// A part of the course that is verified by itself, on a cluster of its own.
struct VerifierTask: Sendable {
    /// The lesson or exercise, as the course names it.
    var id: String
    /// Its path in the course.
    var path: String
    /// What errors are reported under.
    var file: String
    var kind: Kind

    /// What there is to do.
    enum Kind: Sendable {
        /// A lesson's own transcripts have to show the real replies.
        case reading
        /// A lesson's steps, with their solutions and wrong attempts.
        case steps
        /// A wrong attempt at a step, with a cluster for itself.
        case refusal(step: Int, number: Int)
        /// An exercise, or a lesson's challenge, of one seed, with its solution.
        case variation(seed: UInt64)
        /// One of its wrong attempts.
        case attempt(seed: UInt64, number: Int)
    }

    /// An exercise is verified with each of these.
    private static let seeds: [UInt64] = [1, 2, 3]

    /// A lesson with its challenge.
    static func all(of lesson: Lesson, in course: Course) -> [VerifierTask] {
        func task(_ kind: Kind) -> VerifierTask {
            VerifierTask(id: lesson.id, path: lesson.path, file: lesson.file, kind: kind)
        }
        let steps = [task(.reading), task(.steps)] + refusals(lesson, in: course).map(task)
        guard let challenge = course.challenge(of: lesson) else { return steps }
        return steps + [task(.variation(seed: seeds[0]))] + attempts(challenge).map(task)
    }

    /// What programs start and write cannot be made what it was: there each attempt begins on a cluster of its own.
    private static func refusals(_ lesson: Lesson, in course: Course) -> [Kind] {
        guard lesson.needsPrograms else { return [] }
        return lesson.steps.indices.flatMap { step in
            (course.solution(of: lesson, step: step)?.wrong ?? []).indices.map {
                .refusal(step: step, number: $0)
            }
        }
    }

    /// An exercise in its variations.
    static func all(of exercise: ExerciseFile) -> [VerifierTask] {
        (seeds.map { Kind.variation(seed: $0) } + attempts(exercise.sample)).map { kind in
            VerifierTask(
                id: exercise.sample.id, path: exercise.path, file: exercise.sample.file, kind: kind)
        }
    }

    private static func attempts(_ exercise: Exercise) -> [Kind] {
        (exercise.solution?.wrong ?? []).indices.map { .attempt(seed: seeds[0], number: $0) }
    }

    /// Where in the file an error without a line of its own came up.
    var place: String {
        switch kind {
        case .reading, .steps, .refusal: ""
        case .variation(let seed), .attempt(let seed, _): "seed \(seed): "
        }
    }
}

extension Course {
    /// The lesson of that path.
    func lesson(at path: String) -> Lesson? { lessons.first { $0.path == path } }

    /// The exercise of that path in the variation of a seed, or the challenge of the lesson that has it.
    func exercise(at path: String, seed: UInt64) throws(LessonError) -> Exercise? {
        if let lesson = lesson(at: path) { return challenge(of: lesson) }
        guard let file = exercises.first(where: { $0.path == path }) else { return nil }
        return try file.exercise(seed: seed)
    }
}
