import LabBackends

/// `redis-server`, asked for by a launcher of a lab on real servers: the launcher becomes the engine, and the lab
/// takes the process in.
struct EngineProgram {
    private let processes: RedisProcesses
    private let executable: String

    /// - Parameter executable: this program, for whoever has to wait for a server in the background.
    init(_ processes: RedisProcesses, executable: String) {
        self.processes = processes
        self.executable = executable
    }

    private var engine: RedisEngine { processes.engines[0] }

    /// What the engine only tells, without serving.
    private static let telling: Set = [
        "-v", "--version", "-h", "--help", "--test-memory", "--check-system",
    ]

    func run(_ session: ControlSession) -> ControlSession.Ending {
        let arguments = Array(session.request.arguments.dropFirst())
        guard !arguments.contains("-") else {
            session.writeError(
                "clusterlab: with real servers the configuration has to be in a file: redis-server redis.conf\n"
            )
            return .exit(1)
        }
        if let first = arguments.first, Self.telling.contains(first) { return become(arguments) }
        let daemon = processes.admitGuest(
            arguments, in: session.request.folder, process: session.request.processID)
        guard let daemon else { return become(arguments) }
        // The next line is to find it: redis-server's parent leaves before its child listens.
        let script =
            "\"$@\" && exec \(Launchers.quoted(executable)) launch \(Self.awaiting) \(daemon)"
        return .become(
            ["/bin/sh", "-c", script, "sh"] + engine.command + arguments, container: nil)
    }

    /// What a launcher asks for that waits.
    static let awaiting = "await"

    /// Waits until the server of a port is in the background, or has failed to get there.
    func awaitDaemon(_ session: ControlSession) -> ControlSession.Ending {
        if let port = session.request.arguments.last.flatMap({ Int($0) }) {
            processes.awaitMoving(port: port)
        }
        return .exit(0)
    }

    private func become(_ arguments: [String]) -> ControlSession.Ending {
        .become(engine.command + arguments, container: nil)
    }
}
