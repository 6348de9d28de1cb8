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
    /// Mistakes in files; the lessons concerned are left out.
    package var problems: [LessonError]

    package init(lessons: [Lesson] = [], solutions: [String: Solution] = [:], problems: [LessonError] = []) {
        self.lessons = lessons
        self.solutions = solutions
        self.problems = problems
    }

    /// Reads `Lessons` and `Solutions` below the folder; the ports of the text move with `firstPort`.
    package init(folder: String, firstPort: Int = 7000) throws(LabError) {
        self.init()
        let ports = PortShift(first: firstPort)
        for path in try TextFile.list("\(folder)/Lessons") {
            let parser = LessonParser(path: path, folder: "Lessons", ports: ports)
            let text = try TextFile.read("\(folder)/Lessons/\(path)")
            read(path, isIn: "Lessons") { () throws(LessonError) in
                lessons.append(try parser.lesson(text))
            }
        }
        guard TextFile.isFolder("\(folder)/Solutions") else { return }
        for path in try TextFile.list("\(folder)/Solutions") {
            let parser = LessonParser(path: path, folder: "Solutions", ports: ports)
            let text = try TextFile.read("\(folder)/Solutions/\(path)")
            read(path, isIn: "Solutions") { () throws(LessonError) in
                solutions[path] = try parser.solution(text)
            }
        }
    }

    /// The folder that holds `Lessons`: the one named, else beside the executable, else upward from the
    /// working folder and from the executable.
    package static func locate(named folder: String?, executable: String) throws(LabError) -> String {
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
        throw .file(path: "Lessons", reason: "no such folder here or above; name one with --lessons DIR")
    }

    /// The lesson that someone means: by id, by its number in the list, or by the beginning of its id.
    package func lesson(named name: String) -> Lesson? {
        if let lesson = lessons.first(where: { $0.id == name }) { return lesson }
        if let number = Int(name) { return lessons.indices.contains(number - 1) ? lessons[number - 1] : nil }
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

    private mutating func read(
        _ path: String, isIn folder: String, _ body: () throws(LessonError) -> Void
    ) {
        guard path.hasSuffix(".md"), path.split(separator: "/").allSatisfy({ $0.first?.isNumber == true })
        else {
            problems.append(
                LessonError(
                    file: "\(folder)/\(path)", line: 1,
                    message: "a stray file; lessons and solutions are named 01-topic/01-name.md"))
            return
        }
        do throws(LessonError) { try body() } catch { problems.append(error) }
    }
}
