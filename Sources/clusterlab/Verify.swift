import ArgumentParser
import Lab
import LabBackends
import LabHost
import Lessons
import Shell
import Synchronization

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
        let events = EventLog()
        let servers = HostedServers(events: events)
        let host = self.backend == .inprocess ? HostedLab.open(servers: servers, port: port) : nil
        defer {
            host?.shutDown()
            servers.shutDown()
        }
        let backend = self.backend.backend(
            dir: host?.place.nodes, isScratch: true, events: events, hosted: servers)
        let report = LessonVerifier(
            course: course, backend: backend,
            prompts: .shell(programs: host.map(Self.programs))
        ).verify(lesson)
        StandardOutput.output.write(report.text + "\n")
        guard report.isClean else { throw ExitCode(ExitStatus.failure.rawValue) }
    }

    /// Each lesson has a workspace of its own, which nothing has touched yet.
    private static func programs(of lab: HostedLab) -> @Sendable () -> ShellPrograms {
        let count = WorkspaceCount()
        return {
            let number = count.next()
            let workspace = "\(lab.place.folder)/workspace-\(number)"
            return WorkspaceOptions.programs(
                of: lab, in: workspace, stateFile: "\(workspace).shell")
        }
    }
}

/// Numbers for workspaces.
private final class WorkspaceCount: Sendable {
    private let last = Atomic(0)

    func next() -> Int { last.add(1, ordering: .relaxed).newValue }
}
