// Exercises and challenges: what lessons have, without steps.
extension LessonParser {
    /// Reads an exercise whose variation has been filled in.
    func exercise(_ text: String) throws(LessonError) -> Exercise {
        let sections = try sections(of: text)
        let header = sections.header
        guard header.fields["kind"]?.value == "practice" else {
            let kind = header.fields["kind"]
            throw mistake(
                kind?.line ?? 1,
                "the header of an exercise has 'kind: practice'"
                    + (kind.map { ", not '\($0.value)'" } ?? ""))
        }
        let head = try header.head()
        var exercise = Exercise(
            id: head.id, title: head.title, minutes: head.minutes,
            needsPrograms: head.needsPrograms, tools: head.tools, file: file, start: emptyStart,
            pass: 0)
        for piece in sections.introduction {
            if piece.kind == .block("cluster") {
                try readStart(piece, into: &exercise.start)
            } else if piece.kind == .block("file") {
                exercise.start.files.append(try file(piece))
            } else {
                try add(piece, to: &exercise)
            }
        }
        if let section = sections.steps.first {
            throw mistake(section.line, "an exercise has no ## steps")
        }
        exercise.pass = try header.number("pass") ?? (exercise.points * 7 + 9) / 10
        exercise.passLine = header.fields["pass"]?.line ?? 1
        return exercise
    }

    /// Reads the solution of an exercise: prose, transcripts and wrong attempts, without steps.
    func exerciseSolution(_ text: String) throws(LessonError) -> Solution.Step {
        let pieces = try sections(of: text, needsHeader: false).introduction
        return try solutionStep(Section(title: "", line: 1, pieces: pieces))
    }

    /// The `## Challenge` of a lesson: what the lesson leads to, all at once.
    func challenge(
        _ section: Section, of lesson: Lesson
    ) throws(LessonError) -> Exercise {
        var exercise = Exercise(
            id: "challenge-\(lesson.id)", title: lesson.title, minutes: lesson.minutes,
            needsPrograms: lesson.needsPrograms, tools: lesson.tools, file: file,
            start: lesson.start, pass: 0, lessonID: lesson.id)
        for piece in section.pieces { try add(piece, to: &exercise) }
        for index in exercise.requirements.indices
        where exercise.requirements[index].points == 0 {
            exercise.requirements[index].points = 1
        }
        exercise.pass = exercise.points
        return exercise
    }

    private func add(_ piece: Piece, to exercise: inout Exercise) throws(LessonError) {
        switch piece.kind {
        case .block("check"):
            var parser = checkParser
            exercise.requirements += try parser.requirements(piece.lines)
        case .block("hint"):
            exercise.hints.append(.init(text: try template(piece), cost: try cost(of: piece)))
        case .block("vary"): break
        default: exercise.task.append(try reading(piece))
        }
    }

    /// `costs 2` behind the block's name; a hint is free without it.
    private func cost(of piece: Piece) throws(LessonError) -> Int {
        guard !piece.options.isEmpty else { return 0 }
        guard piece.options.count == 2, let cost = Int(piece.options[1]), cost >= 0 else {
            throw mistake(piece.line, "a hint's price is written 'hint costs 1'")
        }
        return cost
    }
}
