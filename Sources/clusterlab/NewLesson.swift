import ArgumentParser
import Lab
import Lessons

/// `clusterlab lessons new`: a lesson or exercise to begin with, and its solution.
struct NewLesson: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a lesson and its solution, or an exercise, that hold already.",
        discussion: """
            The files go to the next number of a folder. What they say is to be replaced; \
            `clusterlab lessons check` and `clusterlab verify ID` tell whether they still hold.
            """)

    @Argument(help: "The id: small letters, digits and hyphens. It never changes.")
    var id: String

    @Option(help: "The title; without it, it is made of the id.")
    var title: String?

    @Option(
        help: ArgumentHelp(
            "The folder inside Lessons, such as 02-failover, or failover; without it the last one.",
            valueName: "topic"))
    var folder: String?

    @Flag(help: "An exercise, which is graded in points.")
    var practice = false

    @Option(
        help:
            "The folder with Lessons and Solutions, which are made where they are not. Without it: as for learn.",
        completion: .directory)
    var lessons: String?

    func validate() throws {
        guard !practice || folder == nil else {
            throw ValidationError("--folder is for lessons: exercises are in Lessons/practice.")
        }
        guard title?.contains(where: \.isNewline) != true else {
            throw ValidationError("--title is one line.")
        }
    }

    func run() throws {
        let root = try lessons ?? Course.locate(named: nil, executable: Executable.path)
        guard TextFile.isFolder(root) || !TextFile.exists(root) else {
            throw LabError.file(path: root, reason: "Not a directory")
        }
        let course = try Course(folder: root)
        let place: LessonPlace
        do throws(LessonPlace.Refusal) {
            place = try LessonPlace(
                for: id, in: course, folder: root, topic: folder, isPractice: practice)
            let title = title ?? LessonDraft.title(of: id)
            let form =
                practice
                ? LessonForm.exercise(id: id, title: title)
                : LessonForm.lesson(id: id, title: title)
            try place.write(lesson: form.text, solution: form.solution)
        } catch {
            throw LabError.unsupported("\(error)")
        }
        let option = lessons.map { " --lessons \($0)" } ?? ""
        StandardOutput.output.write(
            """
            \(place.lesson)
            \(place.solution)
            Change them, then: clusterlab lessons check\(option); clusterlab verify \(id)\(option)

            """)
    }
}
