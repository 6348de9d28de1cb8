import ArgumentParser
import Lab
import LabBackends
import LabHost
import Lessons
import Shell
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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

    @Option(
        help:
            "The first of the ports to use: each cluster has 20 of its own. Where one is taken, the next 20 serve."
    )
    var port = ClusterOptions.firstPort

    @Option(help: BackendOption.help)
    var backend = BackendOption.inprocess

    @OptionGroup var engine: EngineOptions

    @Option(
        help:
            "How many clusters run side by side. Without it: \(Self.clusters) in process, for they wait most of the time; as many as there are cores when simulated."
    )
    var jobs: Int?

    @Flag(help: "Tell how long each lesson and exercise took.")
    var times = false

    @OptionGroup var lessons: LessonOptions

    /// More of them, and the timings that checks compare suffer.
    private static let clusters = 8

    private static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    func validate() throws {
        try engine.validate(with: backend)
        guard (1...64).contains(jobs ?? 1) else {
            throw ValidationError("--jobs takes 1 to 64; got \(jobs ?? 1).")
        }
        guard (1...LanePorts.last).contains(port) else {
            throw ValidationError("--port takes 1 to \(LanePorts.last); got \(port).")
        }
    }

    func run() throws {
        let signals = TerminationSignals()
        let scratch = try LabPlaces.inMemory.make(port: port)
        defer { scratch.remove() }
        let hosts = VerifyHosts()
        defer { hosts.end() }
        let lanes = try lanes(scratch, hosts)
        let progress = VerifyProgress()
        signals.handle { signal in
            hosts.end()
            scratch.remove()
            progress.interrupt()
            Self.leave(128 + signal)
        }
        let report = LessonVerifier(lanes: lanes)
            .verify(lesson) { progress.show($0) }
        progress.clear()
        if times { StandardOutput.output.write(report.timesText + "\n") }
        StandardOutput.output.write(report.text + "\n")
        guard report.isClean else { throw ExitCode(ExitStatus.failure.rawValue) }
    }

    private static func leave(_ status: Int32) -> Never {
        #if canImport(Glibc)
            Glibc.exit(status)
        #else
            Darwin.exit(status)
        #endif
    }

    private func lanes(_ scratch: LabPlace, _ hosts: VerifyHosts) throws -> [LessonVerifier.Lane] {
        switch backend {
        case .simulated:
            let course = try lessons.course(firstPort: port)
            let lane = LessonVerifier.Lane(
                course: course, backend: SimulatedLab(), prompts: .shell(), firstPort: port)
            return Array(repeating: lane, count: jobs ?? Self.coreCount)
        case .redis:
            let engines = try engine.found()
            return try LanePorts.free(jobs ?? Self.clusters, from: port).map { port in
                let (processes, programs) = try hosts.open(engines, port: port)
                let lab = RedisProcessLab(
                    processes: processes, dir: "\(scratch.nodes)/\(port)", isScratch: true)
                var lane = LessonVerifier.Lane(
                    course: try lessons.course(firstPort: port), backend: lab,
                    prompts: .shell(programs: programs), firstPort: port)
                lane.lacks = RedisProcessLab.lacks
                return lane
            }
        case .inprocess:
            return try LanePorts.free(jobs ?? Self.clusters, from: port).map { port in
                // As at the prompt: nodes have folders, and what is started again is there again.
                let events = EventLog()
                let servers = HostedServers(events: events)
                let lab = InProcessLab(
                    dir: "\(scratch.nodes)/\(port)", isScratch: true, events: events,
                    hosted: servers)
                return LessonVerifier.Lane(
                    course: try lessons.course(firstPort: port), backend: lab,
                    prompts: .shell(programs: hosts.open(servers, port: port)), firstPort: port)
            }
        }
    }
}

/// The labs of all lanes, for their programs.
private final class VerifyHosts: Sendable {
    private let labs = Mutex<[(lab: HostedLab, servers: HostedServers)]>([])
    private let workspaces = Atomic(0)

    /// Lets programs reach a lane's nodes. Each prompt has a workspace of its own, which nothing has touched yet.
    func open(_ servers: HostedServers, port: Int) -> (@Sendable () -> ShellPrograms)? {
        guard let lab = HostedLab.open(servers: servers, port: port) else { return nil }
        return programs(of: lab, servers)
    }

    /// The same for a lane of real servers.
    func open(
        _ engines: [RedisEngine], port: Int
    ) throws(LabError) -> (RedisProcesses, @Sendable () -> ShellPrograms) {
        let servers = HostedServers()
        let (lab, processes) = try HostedLab.open(
            engines: engines, servers: servers, events: EventLog(), port: port)
        return (processes, programs(of: lab, servers))
    }

    private func programs(
        of lab: HostedLab, _ servers: HostedServers
    ) -> @Sendable () -> ShellPrograms {
        labs.withLock { $0.append((lab, servers)) }
        return { [self] () -> ShellPrograms in
            let number = workspaces.add(1, ordering: .relaxed).newValue
            let workspace = "\(lab.place.folder)/workspace-\(number)"
            return WorkspaceOptions.programs(
                of: lab, in: workspace, stateFile: "\(workspace).shell")
        }
    }

    /// Ends all that was started.
    func end() {
        let ending = labs.withLock { labs in
            defer { labs = [] }
            return labs
        }
        for (lab, servers) in ending {
            lab.shutDown()
            servers.shutDown()
        }
    }
}

/// Runs of ports for clusters side by side.
private enum LanePorts {
    /// The last port that a node may have, so that its bus, 10000 above, has one, too.
    static let last = 65_535 - 10_000 - PortShift.count

    /// So many first ports; runs in which somebody listens already are passed over.
    static func free(_ count: Int, from first: Int) throws -> [Int] {
        var found: [Int] = []
        var next = first
        while found.count < count {
            guard next <= last else {
                throw ValidationError(
                    "From \(first) on there are ports for \(found.count) clusters and not for \(count): --port \(ClusterOptions.firstPort) or --jobs \(max(1, found.count)) may do."
                )
            }
            let isFree = (next..<next + PortShift.count).allSatisfy {
                LocalPort.isFree($0) && LocalPort.isFree($0 + 10_000)
            }
            if isFree { found.append(next) }
            next += PortShift.count
        }
        return found
    }
}
