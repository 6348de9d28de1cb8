package import ClusterCore
import Keyspace

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process that is one node: what redis-server is, with its arguments, its configuration file and its log.
package struct ServerProcess {
    private let settings: ServerSettings
    private let log: ServerLog

    /// The process cannot do what it is told.
    package enum Failure: Error {
        case configuration(RedisConf.Failure)
        /// What the log has said already.
        case logged
    }

    /// Reads the configuration: the file, then standard input, then the options.
    package init(_ arguments: ServerArguments) throws(Failure) {
        let file = arguments.configFile.map(absolutePath)
        do throws(RedisConf.Failure) {
            settings = try Self.settings(arguments, file)
        } catch .unreadable(let file) {
            // Redis says this in the log, which is standard output still.
            ServerLog(ServerSettings()).write(
                .warning, RedisConf.Failure.unreadable(file).description, role: "C")
            throw .logged
        } catch {
            throw .configuration(error)
        }
        log = ServerLog(settings)
    }

    private static func settings(
        _ arguments: ServerArguments, _ file: String?
    ) throws(RedisConf.Failure) -> ServerSettings {
        let surroundings = RedisConf.Surroundings.process
        var conf = RedisConf(surroundings)
        var text: [UInt8] = []
        if let file {
            do throws(RedisConf.Unreadable) {
                text = try surroundings.read(file)
            } catch {
                throw .unreadable(error)
            }
        }
        if arguments.readsStandardInput { text += RedisConf.Surroundings.standardInput() }
        try conf.read(text + Array("\n\(arguments.options)".utf8))
        var settings = conf.settings
        settings.configuration.configFile = file ?? ""
        settings.configuration.dir = workingFolder()
        return settings
    }

    /// Whether the process is to go on in the background (`daemonize`).
    package var isDaemon: Bool { settings.isDaemon }

    /// Where the process id is written; empty for nowhere.
    package var pidFile: String { settings.pidFile }

    /// Serves until the node ends.
    /// - Parameter serving: called as soon as the node serves, to let signals of the system end it.
    package func run(_ serving: (ClusterServer) -> Void) throws(Failure) {
        announce()
        let clock = ClusterClock()
        let node = try node(at: clock.now)
        let server: ClusterServer
        do throws(ClusterServer.Failure) {
            server = try ClusterServer(
                [ClusterServer.Member(node: node, folder: settings.configuration.dir)],
                clock: clock, log: NodeLog(lines: log.write))
        } catch {
            report(error)
            throw .logged
        }
        writePIDFile()
        serving(server)
        log.write(.notice, "Ready to accept connections")
        server.waitUntilAllNodesEnded()
        if !settings.pidFile.isEmpty {
            log.write(.notice, "Removing the pid file.")
            unlink(settings.pidFile)
        }
        server.shutDown()
    }

    // MARK: - The start

    private func announce() {
        let configuration = settings.configuration
        log.write(.warning, "oO0OoO0OoO0Oo clusterlab is starting oO0OoO0OoO0Oo", role: "C")
        log.write(
            .warning,
            "Redis version=7.0.15, bits=64, commit=00000000, modified=0, pid=\(getpid()), just started",
            role: "C")
        log.write(.warning, "Configuration loaded", role: "C")
        let mode = configuration.clusterEnabled ? "cluster" : "standalone"
        log.write(.notice, "Running mode=\(mode), port=\(configuration.port).")
        if !settings.hasBind {
            log.write(
                .notice,
                "Listening on 127.0.0.1 only, as no 'bind' says otherwise; redis-server would listen on all "
                    + "addresses.")
        }
        if !settings.ignored.isEmpty {
            log.write(
                .notice,
                "These directives change nothing here: \(settings.ignored.joined(separator: ", "))")
        }
    }

    private func node(at now: Instant) throws(Failure) -> Node {
        let configuration = settings.configuration
        guard configuration.port > 0, !configuration.bind.isEmpty else {
            log.write(.warning, "Configured to not listen anywhere, exiting.")
            throw .logged
        }
        guard !configuration.clusterEnabled || configuration.busPort <= 65535 else {
            log.write(
                .warning,
                "Redis port number too high. Cluster communication port is 10,000 port numbers higher than "
                    + "your Redis port. Your Redis port number must be 55535 or less.")
            throw .logged
        }
        var random = SplitMix64(seed: .random(in: .min ... .max))
        let identity = Peer(
            id: .random(using: &random), host: "", port: configuration.port,
            busPort: configuration.busPort)
        var node = Node(
            identity: identity, configuration: configuration, seed: random.next(),
            wallClockAtStart: wallClockMilliseconds(), at: now)
        if let master = settings.master { node.replicate(master) }
        return node
    }

    private func report(_ failure: ClusterServer.Failure) {
        switch failure {
        case .portInUse(let port):
            refuse(port: port, reason: "Address already in use")
        case .cannotListen(let port, let reason): refuse(port: port, reason: reason)
        case .folder(_, let reason): log.write(.warning, reason)
        case .locked(let reason): log.write(.warning, reason)
        }
    }

    private func refuse(port: Int, reason: String) {
        let host = settings.configuration.bind.joined(separator: " ")
        log.write(
            .warning,
            "Warning: Could not create server TCP listening socket \(host):\(port): bind: \(reason)"
        )
        let kind = port == settings.configuration.port ? "TCP" : "cluster"
        log.write(.warning, "Failed listening on port \(port) (\(kind)), aborting.")
    }

    private func writePIDFile() {
        guard !settings.pidFile.isEmpty, let file = fopen(settings.pidFile, "w") else { return }
        fputs("\(getpid())\n", file)
        fclose(file)
    }
}
