import ArgumentParser
import LabBackends

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `clusterlab server`: one node in a process of its own, with redis-server's arguments.
struct Server: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one node as redis-server runs: redis.conf, options, log and signals.",
        usage: "clusterlab server [redis.conf] [--option value ...] [-]")

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("What redis-server takes.", valueName: "argument"))
    var arguments: [String] = []

    func run() throws {
        switch arguments.first {
        case "-v", "--version":
            StandardOutput.output.write(StandaloneServer.version)
        case "-h", "--help":
            StandardOutput.error.write(StandaloneServer.usage(of: "clusterlab server"))
            throw ExitCode(ExitStatus.failure.rawValue)
        default:
            guard let refusal = StandaloneServer.refusal(of: arguments) else { return try serve() }
            StandardOutput.error.write(refusal)
            throw ExitCode(ExitStatus.failure.rawValue)
        }
    }

    private func serve() throws {
        do {
            let server = try StandaloneServer(arguments: arguments)
            let signals = server.isDaemon ? nil : TerminationSignals()
            try server.run { node in signals?.handle { Self.end(node, by: $0) } }
        } catch StandaloneServer.Failure.refused(let text) {
            StandardOutput.error.write(text + "\n")
            throw ExitCode(ExitStatus.failure.rawValue)
        } catch StandaloneServer.Failure.logged {
            throw ExitCode(ExitStatus.failure.rawValue)
        }
    }

    /// SIGTERM and SIGINT end the node as SHUTDOWN does; a second SIGINT ends the process at once.
    private static func end(_ node: StandaloneServer.Signals, by signal: Int32) {
        if signal == SIGTERM {
            node.terminate()
        } else if node.interrupt() {
            ExitStatus.failure.leave(saying: "")
        }
    }
}
