import Lab

/// Where a new lesson or exercise goes: a name that sorts behind those that are there, and an id that is free.
package struct LessonPlace: Sendable, Hashable {
    /// The folder that has `Lessons` and `Solutions`.
    package var folder: String
    /// The path inside both of them, such as `01-cluster/02-looking.md`.
    package var path: String

    /// The lesson's id, as the file's name has it.
    package var id: String {
        let name = path.split(separator: "/").last ?? ""
        return String(name.drop { $0.isNumber }.drop { $0 == "-" }.dropLast(3))
    }

    package var lesson: String { "\(folder)/Lessons/\(path)" }
    package var solution: String { "\(folder)/Solutions/\(path)" }

    /// Why there is no place for it.
    package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String

        package init(description: String) {
            self.description = description
        }
    }

    /// - Parameters:
    ///   - topic: a folder of `Lessons`, with its number or without; nil is the last one.
    package init(
        for id: String, in course: Course, folder: String, topic: String?, isPractice: Bool
    ) throws(Refusal) {
        if let problem = Self.problem(with: id, in: course) { throw Refusal(description: problem) }
        self.folder = folder
        let files: [String]
        do throws(LabError) {
            let lessons = "\(folder)/Lessons"
            files = TextFile.isFolder(lessons) ? try TextFile.list(lessons) : []
        } catch {
            throw Refusal(description: "\(error)")
        }
        let topics = Set(files.compactMap(Self.topic)).subtracting([Self.practice]).sorted()
        let name =
            isPractice ? Self.practice : try Self.folder(named: topic, among: topics)
        let inside = files.filter { Self.topic($0) == name }.map { $0.dropFirst(name.count + 1) }
        let number = Self.number(behind: inside)
        path = "\(name)/\(number)-\(id).md"
    }

    /// At a path that somebody chose: `DIR/Lessons/01-topic/01-name.md`.
    package init(at file: String) throws(Refusal) {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let place = parts.lastIndex(of: "Lessons"), parts.count == place + 3,
            file.hasSuffix(".md"), parts[(place + 1)...].allSatisfy({ $0.first?.isNumber == true })
        else {
            throw Refusal(
                description:
                    "\(file): a lesson's file is DIR/Lessons/01-topic/01-name.md; its solution goes to "
                    + "DIR/Solutions")
        }
        folder = place == 0 ? "." : parts[..<place].joined(separator: "/")
        path = parts[(place + 1)...].joined(separator: "/")
    }

    private static let practice = "practice"

    /// Why a lesson cannot have this id; nil when it can.
    package static func problem(with id: String, in course: Course) -> String? {
        if let form = LessonLinter.formProblem(ofID: id) { return form }
        if let lesson = course.lessons.first(where: { $0.id == id }) {
            return "the id '\(id)' is that of \(lesson.file)"
        }
        if let exercise = course.exercises.first(where: { $0.sample.id == id }) {
            return "the id '\(id)' is that of \(exercise.sample.file)"
        }
        return nil
    }

    /// The folder of a file; nil for one that lies in none.
    private static func topic(_ path: String) -> String? {
        path.firstIndex(of: "/").map { String(path[..<$0]) }
    }

    private static func folder(
        named topic: String?, among topics: [String]
    ) throws(Refusal) -> String {
        guard let topic else { return topics.last ?? "01-lessons" }
        if topics.contains(topic) { return topic }
        let named = topics.filter { $0.drop { $0.isNumber }.dropFirst() == topic }
        if let found = named.first { return found }
        let name = topic.drop { $0.isNumber }
        let isNumbered = name.count < topic.count && name.first == "-"
        guard
            LessonLinter.formProblem(ofID: String(isNumbered ? name.dropFirst() : topic[...]))
                == nil
        else {
            throw Refusal(
                description:
                    "a folder is named such as 02-failover, or failover for the next number; not '\(topic)'"
            )
        }
        return isNumbered ? topic : "\(number(behind: topics.map { $0[...] }))-\(topic)"
    }

    /// `05` behind `04-x`.
    private static func number(behind names: [Substring]) -> String {
        let highest = names.compactMap { Int($0.prefix { $0.isNumber }) }.max() ?? 0
        return (highest < 9 ? "0" : "") + "\(highest + 1)"
    }

    /// Writes both files, and never over one that is there.
    package func write(lesson text: String, solution: String) throws(Refusal) {
        for path in [lesson, self.solution] where TextFile.exists(path) {
            throw Refusal(description: "\(path) is there already")
        }
        do throws(LabError) {
            try TextFile.replace(lesson, with: text, isPrivate: false)
            try TextFile.replace(self.solution, with: solution, isPrivate: false)
        } catch {
            throw Refusal(description: "\(error)")
        }
    }
}
