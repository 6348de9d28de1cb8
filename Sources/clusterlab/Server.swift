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
            StandardOutput.output.write(
                "Redis server v=7.0.15 sha=00000000:0 malloc=libc bits=64 build=clusterlab\n")
        case "-h", "--help":
            StandardOutput.error.write(Self.usage)
            throw ExitCode(ExitStatus.failure.rawValue)
        default: try serve()
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

    private static let usage = """
        Usage: clusterlab server [/path/to/redis.conf] [options] [-]
               clusterlab server - (read config from stdin)
               clusterlab server -v or --version
               clusterlab server -h or --help

        Examples:
               clusterlab server (run the server with default conf)
               echo 'maxmemory 128mb' | clusterlab server -
               clusterlab server /etc/redis/6379.conf
               clusterlab server --port 7777
               clusterlab server --port 7777 --cluster-enabled yes --cluster-node-timeout 5000
               clusterlab server /etc/myredis.conf --loglevel verbose

        """
}
