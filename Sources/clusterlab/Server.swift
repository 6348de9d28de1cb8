import ArgumentParser
import ClusterCore
import NodeServer

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
        let folder = workingFolder()
        do {
            let process = try ServerProcess(ServerArguments(arguments))
            guard process.isDaemon else { return try process.run() }
            try runInBackground(process, from: folder)
        } catch ServerProcess.Failure.configuration(let failure) {
            StandardOutput.error.write(failure.description + "\n")
            throw ExitCode(ExitStatus.failure.rawValue)
        } catch ServerProcess.Failure.logged {
            throw ExitCode(ExitStatus.failure.rawValue)
        }
    }

    /// Starts the same again, without `daemonize`. The configuration has been found to be right.
    private func runInBackground(_ process: ServerProcess, from folder: String) throws {
        guard !arguments.contains("-") else {
            StandardOutput.error.write(
                "clusterlab: daemonize cannot go with a configuration from standard input: put it into a file\n"
            )
            throw ExitCode(ExitStatus.failure.rawValue)
        }
        chdir(folder)
        let pidFile = process.pidFile.isEmpty ? "/var/run/redis.pid" : process.pidFile
        let program = CommandLine.arguments.first ?? "clusterlab"
        let failure = Daemon.start(
            arguments: [program, "server"] + arguments + [
                "--daemonize", "no", "--pidfile", pidFile,
            ])
        if let failure {
            StandardOutput.error.write("clusterlab: cannot go on in the background: \(failure)\n")
            throw ExitCode(ExitStatus.failure.rawValue)
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
