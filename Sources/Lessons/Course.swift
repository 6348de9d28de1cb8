package import Lab

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// All lessons with their solutions, in the order of their paths.
package struct Course: Sendable {
    package var lessons: [Lesson]
    /// By the lesson's path.
    package var solutions: [String: Solution]
    /// The exercises of `Lessons/practice`, in the order of their paths.
    package var exercises: [ExerciseFile] = []
    /// Mistakes in files; the lessons concerned are left out.
    package var problems: [LessonError]
    /// The folder that has `Lessons` and `Solutions`; nil for a course that was not read from one.
    package private(set) var folder: String?

    package init(
        lessons: [Lesson] = [], solutions: [String: Solution] = [:],
        exercises: [ExerciseFile] = [], problems: [LessonError] = []
    ) {
        self.exercises = exercises
        self.lessons = lessons
        self.solutions = solutions
        self.problems = problems
    }

    /// Reads `Lessons` and `Solutions` below the folder; the ports of the text move with
    /// `firstPort`.
    package init(folder: String, firstPort: Int = 7000) throws(LabError) {
        self.init()
        self.folder = folder
        let ports = PortShift(first: firstPort)
        let texts = try files(in: "Lessons", of: folder)
        let answers = try files(in: "Solutions", of: folder)
        readExercises(texts, answers, ports)
        for (path, text) in texts where !Self.isExercise(path) {
            do throws(LessonError) {
                lessons.append(
                    try LessonParser(path: path, folder: "Lessons", ports: ports).lesson(text))
            } catch {
                problems.append(error)
            }
        }
        for (path, text) in answers where !Self.isExercise(path) {
            do throws(LessonError) {
                solutions[path] =
                    try LessonParser(path: path, folder: "Solutions", ports: ports).solution(text)
            } catch {
                problems.append(error)
            }
        }
    }

    private static let practiceFolder = "practice/"

    private static func isExercise(_ path: String) -> Bool { path.hasPrefix(practiceFolder) }

    /// Pairs exercises with their solutions; an exercise without one is the linter's.
    private mutating func readExercises(
        _ texts: [(path: String, text: String)], _ answers: [(path: String, text: String)],
        _ ports: PortShift
    ) {
        for (path, text) in texts where Self.isExercise(path) {
            let solution = answers.first { $0.path == path }?.text
            do throws(LessonError) {
                exercises.append(
                    try ExerciseFile(path: path, text: text, solution: solution, ports: ports))
            } catch {
                problems.append(error)
            }
        }
        let paths = Set(texts.map(\.path))
        for (path, _) in answers where Self.isExercise(path) && !paths.contains(path) {
            problems.append(
                LessonError(
                    file: "Solutions/\(path)", line: 1, message: "no exercise: Lessons/\(path)"))
        }
    }

    /// The exercise that someone means: by id, by its number in the list, or by the beginning of its
    /// id.
    package func exercise(named name: String) -> ExerciseFile? {
        if let exercise = exercises.first(where: { $0.sample.id == name }) { return exercise }
        if let number = Int(name) {
            return exercises.indices.contains(number - 1) ? exercises[number - 1] : nil
        }
        let matches = exercises.filter { $0.sample.id.hasPrefix(name.lowercased()) }
        return matches.count == 1 ? matches[0] : nil
    }

    /// The challenge of a lesson with its solution, where it has one.
    package func challenge(of lesson: Lesson) -> Exercise? {
        guard var challenge = lesson.challenge else { return nil }
        let solution = solutions[lesson.path]
        challenge.solution = solution?.steps.first { $0.title == LessonParser.challengeTitle }
        challenge.solutionFile = solution?.file
        return challenge
    }

    /// The folder that holds `Lessons`: the one named, else beside the executable, else upward from
    /// the working folder and from the executable.
    package static func locate(named folder: String?, executable: String) throws(LabError) -> String
    {
        if let folder {
            if TextFile.isFolder("\(folder)/Lessons") { return folder }
            throw .file(path: folder, reason: "no folder 'Lessons' in it")
        }
        let beside = executable.lastIndex(of: "/").map { String(executable[..<$0]) } ?? "."
        for start in [beside, "."] {
            guard let resolved = realpath(start, nil) else { continue }
            defer { free(resolved) }
            var place = String(cString: resolved)
            while true {
                if TextFile.isFolder("\(place)/Lessons") { return place }
                guard let slash = place.lastIndex(of: "/") else { break }
                place = String(place[..<slash])
            }
        }
        throw .file(
            path: "Lessons", reason: "no such folder here or above; name one with --lessons DIR")
    }

    /// The lesson that someone means: by id, by its number in the list, or by the beginning of its
    /// id.
    package func lesson(named name: String) -> Lesson? {
        if let lesson = lessons.first(where: { $0.id == name }) { return lesson }
        if let number = Int(name) {
            return lessons.indices.contains(number - 1) ? lessons[number - 1] : nil
        }
        let matches = lessons.filter { $0.id.hasPrefix(name.lowercased()) }
        return matches.count == 1 ? matches[0] : nil
    }

    /// The worked answer of a step, if its author wrote one.
    package func solution(of lesson: Lesson, step: Int) -> Solution.Step? {
        guard let steps = solutions[lesson.path]?.steps, lesson.steps.indices.contains(step) else {
            return nil
        }
        return steps.first { $0.title == lesson.steps[step].title }
    }

    /// The course's files below a folder; one that is none of them is noted as stray.
    private mutating func files(
        in name: String, of folder: String
    ) throws(LabError) -> [(path: String, text: String)] {
        guard TextFile.isFolder("\(folder)/\(name)") else { return [] }
        var files: [(path: String, text: String)] = []
        for path in try TextFile.list("\(folder)/\(name)") {
            let inside =
                Self.isExercise(path) ? path.dropFirst(Self.practiceFolder.count) : path[...]
            let isNumbered = inside.split(separator: "/").allSatisfy { $0.first?.isNumber == true }
            let depth = Self.isExercise(path) ? 1 : 2
            guard path.hasSuffix(".md"), isNumbered, inside.split(separator: "/").count == depth
            else {
                let message =
                    "a stray file; lessons and solutions are named 01-topic/01-name.md, "
                    + "exercises practice/01-name.md"
                problems.append(LessonError(file: "\(name)/\(path)", line: 1, message: message))
                continue
            }
            files.append((path, try TextFile.read("\(folder)/\(name)/\(path)")))
        }
        return files
    }
}
