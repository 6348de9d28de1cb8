import ArgumentParser
import Lab
import LabBackends
import LabHost
import Lessons
import Shell

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The options of everything that has a prompt, and what they make.
struct ShellOptions: ParsableArguments {
    @OptionGroup var cluster: ClusterOptions

    @Option(
        help: "Keep each node's files in DIR/PORT. Without it nothing is kept.",
        completion: .directory)
    var dir: String?

    @Option(name: .customLong("backend"), help: BackendOption.help)
    var chosenBackend: BackendOption?

    @OptionGroup var engine: EngineOptions

    @OptionGroup var visit: ConnectOptions

    @OptionGroup var workspace: WorkspaceOptions

    @OptionGroup var lessons: LessonOptions

    @Flag(help: "No colour and no bold; so does the environment variable NO_COLOR.")
    var noColor = false

    @Flag(
        help:
            "Take standard input as one pasted block: stop at the first line that fails, and pass over printed output."
    )
    var pasted = false

    @Flag(name: .customShort("c"), help: "Follow redirects, as redis-cli -c does.")
    var followRedirects = false

    func validate() throws {
        try engine.validate(with: chosenBackend)
        guard visit.connect == nil || (chosenBackend == nil && dir == nil) else {
            throw ValidationError("--connect visits a cluster that runs: leave out --backend and --dir.")
        }
        if let chosenBackend, chosenBackend != .inprocess, cluster.tls {
            throw ValidationError(
                "--tls is for nodes of this process; leave it out with --backend \(chosenBackend.rawValue).")
        }
        guard chosenBackend == .simulated, dir != nil else { return }
        throw ValidationError(
            "--dir keeps files of real nodes; leave it out with --backend simulated.")
    }

    /// Starts the cluster, runs the prompt until it ends, and ends the program with its status.
    func runShell(opening lesson: LessonChoice) throws {
        if let settings = try visit.settings(usesTLS: cluster.tls) {
            return try runShell(visiting: ConnectedLab(settings), opening: lesson)
        }
        let plan = try lesson.replay?.start.plan ?? cluster.plan()
        let backendOption = backend(for: lesson)
        let course = try lessons.course(firstPort: plan.port)
        if case .named(let name) = lesson { try course.require(name) }
        if case .exercise(let name?) = lesson { try course.require(exercise: name) }
        let events = EventLog()
        let servers = HostedServers(events: events)
        let (host, backend) = try backend(backendOption, servers, events, port: plan.port)
        let running: any LabCluster
        do {
            running = try backend.start(plan)
        } catch {
            host?.shutDown()
            throw error
        }
        let terminal = self.terminal
        let mode = LessonMode(
            course: course, progress: ProgressStore(path: ProgressStore.defaultPath()),
            backend: backend, cluster: running, plan: plan, terminal: terminal,
            prompts: .shell(programs: host.map(programs)))
        mode.recorder.backend = backendOption.rawValue
        var shell = ShellSession(
            cluster: running, address: NodeAddress(port: plan.port),
            followsRedirects: followRedirects, lessonMode: mode,
            programs: host.map { workspace.programs(of: $0) },
            lines: lines(terminal), terminal: terminal,
            now: backendOption == .simulated ? clock(of: running) : { .now })
        if isatty(0) == 1, let greeting = backendOption.greeting { terminal.writeLine(greeting) }
        open(lesson, in: &shell)
        let status = shell.run()
        shell.cluster.shutDown()
        host?.shutDown()
        servers.shutDown()
        guard status == 0 else { throw ExitCode(status) }
    }

    private func open(_ lesson: LessonChoice, in shell: inout ShellSession) {
        switch lesson {
        case .none: break
        case .whereLeft: shell.open(lesson: nil)
        case .named(let name): shell.open(lesson: name)
        case .exercise(let name): shell.open(exercise: name, seed: cluster.seed)
        case .replay(let replay, let isFast):
            shell.play(replay, isFast: isFast, isRunning: true)
        case .recording(let name): shell.beginRecording(name)
        }
    }

    /// Runs the prompt on a cluster that is not the lab's, and leaves it as it is.
    private func runShell(visiting lab: ConnectedLab, opening lesson: LessonChoice) throws {
        let visited = try lab.connect()
        var plan = try cluster.plan()
        plan.port = visited.nodes.first?.port ?? plan.port
        let course = try lessons.course(firstPort: plan.port)
        if case .named(let name) = lesson { try course.require(name) }
        let terminal = self.terminal
        for line in visited.unreachable() { StandardOutput.error.write("clusterlab: \(line)\n") }
        let mode = LessonMode(
            course: course, progress: ProgressStore(path: ProgressStore.defaultPath()),
            backend: lab, cluster: visited, plan: plan, terminal: terminal, prompts: .shell())
        var shell = ShellSession(
            cluster: visited, address: visited.entrance, followsRedirects: followRedirects,
            lessonMode: mode, programs: nil, lines: lines(terminal), terminal: terminal)
        if isatty(0) == 1 { terminal.writeLine(visit.greeting(of: visited)) }
        open(lesson, in: &shell)
        let status = shell.run()
        guard status == 0 else { throw ExitCode(status) }
    }

    /// What starts the clusters, and lets other terminals in. Without a folder of its own a node has one for as long as
    /// the lab runs: a crashed one comes back.
    private func backend(
        _ option: BackendOption, _ servers: HostedServers, _ events: EventLog, port: Int
    ) throws -> (HostedLab?, any LabBackend) {
        switch option {
        case .simulated: return (nil, SimulatedLab())
        case .inprocess:
            let host = HostedLab.open(servers: servers, port: port)
            let lab = InProcessLab(
                dir: dir ?? host?.place.nodes, isScratch: dir == nil, events: events,
                hosted: servers)
            return (host, lab)
        case .redis:
            let (host, processes) = try HostedLab.open(
                engines: try engine.found(), servers: servers, events: events, port: port)
            endsWithTerminal(host)
            let progress = StartProgress()
            let lab = RedisProcessLab(
                processes: processes, dir: dir ?? host.place.nodes, isScratch: dir == nil
            ) { progress.show($0) }
            return (host, lab)
        }
    }

    /// Real servers would go on without the lab.
    private func endsWithTerminal(_ host: HostedLab) {
        let signals = TerminationSignals([SIGTERM, SIGHUP])
        signals.handle { signal in
            host.shutDown()
            Programs.leave(128 + signal)
        }
    }

    /// The programs of the learner's workspace, for lines that the lab types itself.
    private func programs(of lab: HostedLab) -> @Sendable () -> ShellPrograms {
        let folder = workspace.path
        return {
            WorkspaceOptions.programs(
                of: lab, in: folder, stateFile: "\(lab.place.folder)/shell")
        }
    }

    /// The one that was asked for; else a replay's, as far as there is one, and nodes in this process.
    private func backend(for choice: LessonChoice) -> BackendOption {
        chosenBackend ?? choice.replay?.backend.flatMap(BackendOption.init) ?? .inprocess
    }

    /// What a command has taken is told by the time that passes for its cluster.
    private func clock(of cluster: any LabCluster) -> () -> ContinuousClock.Instant {
        let start = ContinuousClock.now
        return { start + cluster.time }
    }

    private var terminal: Terminal { .standard(noColor: noColor) }

    private func lines(_ terminal: Terminal) -> any LineSource {
        guard isatty(0) == 1,
            let reader = LineReader(history: HistoryFile(), warn: { terminal.writeLine($0) })
        else { return PlainLineReader(isBlock: pasted) }
        return reader
    }
}

extension Terminal {
    /// Standard output, wrapped and coloured as what is there allows.
    static func standard(noColor: Bool) -> Terminal {
        let isTerminal = isatty(1) == 1
        var size = winsize()
        let isSized = isTerminal && ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let isDumb = getenv("TERM").map { strcmp($0, "dumb") == 0 } ?? true
        let isPlain = noColor || getenv("NO_COLOR") != nil || isDumb
        return Terminal(
            width: isSized ? min(Int(size.ws_col), 100) : 80,
            height: isSized && size.ws_row > 0 ? Int(size.ws_row) : 24,
            hasColour: isTerminal && !isPlain, isScreen: isTerminal && !isDumb, write: { StandardOutput.output.write($0) },
            writeBytes: { StandardOutput.output.write($0) })
    }
}

extension Course {
    /// Refuses the name of a lesson that is not there, with those that are.
    fileprivate func require(_ name: String) throws {
        guard lesson(named: name) == nil else { return }
        for problem in problems { StandardOutput.error.write("\(problem)\n") }
        let there = lessons.map(\.id)
        throw ValidationError(
            "There is no lesson or command '\(name)'\(Nearest.advice(for: name, among: there))")
    }
}

extension Course {
    /// Refuses the name of an exercise that is not there, with those that are.
    fileprivate func require(exercise name: String) throws {
        guard exercise(named: name) == nil else { return }
        let there = exercises.map(\.sample.id)
        throw ValidationError(
            "There is no exercise '\(name)'\(Nearest.advice(for: name, among: there))")
    }
}

/// Which lesson the prompt begins with.
enum LessonChoice {
    case none
    /// Where the learner was, or the first.
    case whereLeft
    case named(String)
    /// An exercise, or their list.
    case exercise(String?)
    /// What somebody shared.
    case replay(Replay, isFast: Bool)
    /// Nothing, and a lesson is made of what is typed: its id or file.
    case recording(String)

    /// What is replayed, if anything is.
    var replay: Replay? { if case .replay(let replay, _) = self { replay } else { nil } }
}

/// Where the lessons are.
struct LessonOptions: ParsableArguments {
    @Option(
        help:
            "The folder with Lessons and Solutions. Without it: beside the program, or upward from here.",
        completion: .directory)
    var lessons: String?

    /// Reads the course; the ports in its text begin at `firstPort`.
    func course(firstPort: Int) throws -> Course {
        let folder = try Course.locate(named: lessons, executable: Executable.path)
        return try Course(folder: folder, firstPort: firstPort)
    }
}
