import ClusterCore
import NodeServer

/// One node in a process of its own, with redis-server's arguments.
package struct StandaloneServer {
    private let process: ServerProcess
    private let arguments: [String]
    private let folder: String

    /// Why it does not serve.
    package enum Failure: Error {
        /// For standard error, in redis-server's words where it has any.
        case refused(String)
        /// The log has said it.
        case logged
    }

    /// Hands the node the signals of the system while it serves.
    package final class Signals: Sendable {
        private let server: ClusterServer
        private let interrupts = SignalCount()

        fileprivate init(_ server: ClusterServer) {
            self.server = server
        }

        /// SIGTERM: the node ends as by SHUTDOWN.
        package func terminate() {
            server.signal("SIGTERM")
        }

        /// SIGINT: the same.
        /// - Returns: whether it has come before. Who insists does not want to wait.
        package func interrupt() -> Bool {
            server.signal("SIGINT")
            return interrupts.next() > 1
        }
    }

    /// Reads the configuration.
    package init(arguments: [String]) throws(Failure) {
        folder = workingFolder()
        self.arguments = arguments
        do throws(ServerProcess.Failure) {
            process = try ServerProcess(ServerArguments(arguments))
        } catch {
            throw Self.failure(error)
        }
    }

    /// Whether another process is to serve (`daemonize`).
    package var isDaemon: Bool { process.isDaemon }

    /// Serves until the node ends. With `daemonize` another process does, and this returns at once.
    package func run(_ serving: (Signals) -> Void) throws(Failure) {
        if process.isDaemon { return try runInBackground() }
        do throws(ServerProcess.Failure) {
            try process.run { serving(Signals($0)) }
        } catch {
            throw Self.failure(error)
        }
    }

    /// Starts the same again, without `daemonize`. The configuration has been found to be right.
    private func runInBackground() throws(Failure) {
        guard !arguments.contains("-") else {
            throw .refused(
                "clusterlab: daemonize cannot go with a configuration from standard input: put it into a file"
            )
        }
        let pidFile = process.pidFile.isEmpty ? "/var/run/redis.pid" : process.pidFile
        let program = CommandLine.arguments.first ?? "clusterlab"
        let failure = Daemon.start(
            arguments: [program, "server"] + arguments
                + ["--daemonize", "no", "--pidfile", pidFile], in: folder)
        if let failure {
            throw .refused("clusterlab: cannot go on in the background: \(failure)")
        }
    }

    static func failure(_ failure: ServerProcess.Failure) -> Failure {
        switch failure {
        case .configuration(let failure): .refused(failure.description)
        case .logged: .logged
        }
    }
}
