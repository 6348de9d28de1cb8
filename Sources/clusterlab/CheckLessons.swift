import ArgumentParser
import Lessons

/// `clusterlab lessons`: what authors of lessons need.
struct LessonsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lessons", abstract: "Help for authors of lessons.",
        subcommands: [NewLesson.self, CheckLessons.self])
}

/// `clusterlab lessons check`: the mistakes in the files, without a cluster.
struct CheckLessons: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Print the mistakes in lesson and solution files, each with its file and line.",
        discussion:
            "Needs no cluster and takes no time; `clusterlab verify` also types every solution.")

    @OptionGroup var lessons: LessonOptions

    func run() throws {
        let course = try lessons.course(firstPort: ClusterOptions.firstPort)
        let problems = LessonLinter.problems(of: course)
        for problem in problems { StandardOutput.output.write("\(problem)\n") }
        guard problems.isEmpty else { throw ExitCode(ExitStatus.failure.rawValue) }
        let count = course.lessons.count
        let exercises = course.exercises.count
        StandardOutput.output.write(
            "\(count) lesson\(count == 1 ? "" : "s"), \(exercises) exercise\(exercises == 1 ? "" : "s"): all as they should be\n"
        )
    }
}
