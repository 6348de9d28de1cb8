import LabBackends

/// `redis-server`, asked for by a launcher of a lab on real servers: the launcher becomes the engine, and the lab
/// takes the process in.
struct EngineProgram {
    private let processes: RedisProcesses

    init(_ processes: RedisProcesses) {
        self.processes = processes
    }

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
        processes.admitGuest(
            arguments, in: session.request.folder, process: session.request.processID)
        return become(arguments)
    }

    private func become(_ arguments: [String]) -> ControlSession.Ending {
        .become([processes.engine.path] + arguments, container: nil)
    }
}
