import ArgumentParser
import Lab
import LabBackends

/// `--backend`: where the cluster of a prompt, or of `verify`, runs.
enum BackendOption: String, ExpressibleByArgument, CaseIterable {
    /// In this process, in everybody's time, on TCP ports.
    case inprocess
    /// In virtual time, reachable from here only.
    case simulated
    /// Real servers, each a process of its own.
    case redis

    static let help: ArgumentHelp =
        "inprocess: in this process, on TCP ports; simulated: in virtual time, without ports; redis: real redis-server or valkey-server processes."

    /// What a learner has to know before the first line; nil where there is nothing.
    var greeting: String? {
        switch self {
        case .inprocess: nil
        case .simulated:
            """
            This cluster is simulated: its time passes when you wait or send a command, and
            stands still while you think. It has no ports: only this prompt reaches it, no
            redis-cli in another terminal and no other program.
            """
        case .redis:
            """
            These nodes are real servers, each a process of its own. What takes the lab's own
            nodes is not here: speed, pause, undo and rewind, and faults of the network.
            """
        }
    }
}

/// `--engine`: which real server.
struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "With --backend redis: the redis-server or valkey-server to start; without it the first on PATH. Several, with commas between them, are taken in turn, node by node; `lab` is the lab's own node, in a process of its own.",
            valueName: "path"),
        completion: .file())
    var engine: String?

    /// Finds the engines; says so where one is a version that the lab was not made for.
    func found() throws -> [RedisEngine] {
        let found = try RedisEngine.list(engine, executable: Executable.path)
        let mixing = RedisEngine.warning(mixing: found)
        for warning in Set(found.compactMap(\.warning)).sorted() + [mixing].compactMap(\.self) {
            StandardOutput.error.write("clusterlab: \(warning)\n")
        }
        return found
    }

    /// Refuses an engine where no cluster would be one.
    func validate(with backend: BackendOption?) throws {
        guard engine != nil, backend != .redis else { return }
        throw ValidationError("--engine names a real server: it goes with --backend redis.")
    }
}
