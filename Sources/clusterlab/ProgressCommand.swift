import ArgumentParser
import Lab
import Lessons

/// `clusterlab progress`: what was done, for the learner and for a teacher.
struct ProgressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "progress",
        abstract: "Tell what is done, partly done and skipped, by lesson, step and exercise.",
        discussion: """
            --report writes all of it as Markdown, or as JSON for a program; the JSON's members are \
            written down in Sources/Lessons/Lessons.docc/Progress.md.
            """)

    @Option(help: "markdown or json; without it a summary.")
    var report: ProgressReport.Form?

    @Option(
        help: "A progress file; without it the learner's own.", completion: .file())
    var state: String?

    @Option(help: "The learner's name, for the report.")
    var name: String?

    @OptionGroup var lessons: LessonOptions

    func run() throws {
        let course = try lessons.course(firstPort: ClusterOptions.firstPort)
        let path = state ?? ProgressStore.defaultPath()
        if let state, !TextFile.exists(state) {
            throw LabError.file(path: state, reason: "No such file or directory")
        }
        var progress = ProgressStore(path: path)
        if let problem = progress.takeProblem() {
            guard progress.path != nil else { throw LabError.unsupported(problem) }
            StandardOutput.error.write("\(problem)\n")
        }
        let found = ProgressReport(of: course, progress, learner: name)
        if let form = report ?? (name == nil ? nil : .markdown) {
            return StandardOutput.output.write(form.text(of: found))
        }
        let kept = path.map { "Kept in \($0)" }
        let lines = found.lines + [kept].compactMap(\.self)
        StandardOutput.output.write(lines.map { "\($0)\n" }.joined())
    }
}

extension ProgressReport.Form: ExpressibleByArgument {}
