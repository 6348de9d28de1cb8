import ArgumentParser
import Lab
import LabBackends
import Lessons
import Shell

/// `clusterlab verify`: every lesson and exercise against its solution and its wrong answers.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run lessons and exercises against their solutions and wrong answers.",
        discussion: """
            Fails when a check passes before its step is done, when a solution does not pass, or when a \
            wrong answer is not refused with its own sentence.
            """)

    @Argument(help: "Lessons by number or id, exercises by id; all without.")
    var lesson: [String] = []

    @Option(help: "The first of the ports to use.")
    var port = ClusterOptions.firstPort

    @Option(help: BackendOption.help)
    var backend = BackendOption.inprocess

    @OptionGroup var lessons: LessonOptions

    func run() throws {
        let course = try lessons.course(firstPort: port)
        let report = LessonVerifier(
            course: course, backend: backend.backend(), verbs: .redisCLI
        ).verify(lesson)
        StandardOutput.output.write(report.text + "\n")
        guard report.isClean else { throw ExitCode(ExitStatus.failure.rawValue) }
    }
}
