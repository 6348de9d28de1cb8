package import ClusterCore
import Keyspace

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process that is one node: what redis-server is, with its arguments, its configuration file and its log. It may
/// also share its process with other nodes, and then only looks like one.
package struct ServerProcess: Sendable {
    private let settings: ServerSettings
    private let log: ServerLog
    private let processID: Int
    /// Where the process id is written; empty for nowhere.
    private let pidPath: String

    /// The process cannot do what it is told.
    package enum Failure: Error {
        case configuration(RedisConf.Failure)
        /// What the log has said already.
        case logged
    }

    /// Reads the configuration: the file, then standard input, then the options.
    package init(
        _ arguments: ServerArguments, in system: ServerSystem = .process
    ) throws(Failure) {
        processID = system.processID
        do throws(RedisConf.Failure) {
            settings = try Self.settings(arguments, system)
        } catch .unreadable(let file) {
            // Redis says this in the log, which is standard output still.
            ServerLog(ServerSettings(), in: system).write(
                .warning, RedisConf.Failure.unreadable(file).description, role: "C")
            throw .logged
        } catch {
            throw .configuration(error)
        }
        // One that goes into the background has no standard output any more.
        pidPath =
            settings.configuration.pidFile.isEmpty
            ? "" : system.path(settings.configuration.pidFile)
        log = ServerLog(settings, in: settings.configuration.isDaemon ? system.muted : system)
    }

    private static func settings(
        _ arguments: ServerArguments, _ system: ServerSystem
    ) throws(RedisConf.Failure) -> ServerSettings {
        var conf = RedisConf(system.files)
        var text: [UInt8] = []
        let file = arguments.configFile.map { (name: $0, path: system.path($0)) }
        if let file {
            do throws(RedisConf.Unreadable) {
                text = try system.files.read(file.name)
            } catch {
                let path = file.name.hasPrefix("/") ? file.name : file.path
                throw .unreadable(RedisConf.Unreadable(path: path, reason: error.reason))
            }
        }
        if arguments.readsStandardInput { text += system.input() }
        try conf.read(text + Array("\n\(arguments.options)".utf8))
        var settings = conf.settings
        settings.configuration.configFile = file?.path ?? ""
        settings.configuration.dir = system.folder()
        return settings
    }

    /// Whether the process is to go on in the background (`daemonize`).
    package var isDaemon: Bool { settings.configuration.isDaemon }

    /// Whether clients without TLS are not served at all.
    package var isSecureOnly: Bool {
        settings.configuration.port == 0 && settings.configuration.tls.port != 0
    }

    /// What is said about TLS, with whole paths.
    package var tls: TLSParameters {
        var tls = settings.configuration.tls
        for file in [\TLSParameters.certFile, \.keyFile] where !tls[keyPath: file].isEmpty {
            if !tls[keyPath: file].hasPrefix("/") {
                tls[keyPath: file] = "\(settings.configuration.dir)/\(tls[keyPath: file])"
            }
        }
        return tls
    }

    /// Where the log goes; empty for standard output.
    package var logFile: String { settings.configuration.logFile }

    /// Where the process id is written; empty for nowhere.
    package var pidFile: String { settings.configuration.pidFile }

    /// Serves until the node ends.
    /// - Parameter serving: called as soon as the node serves, to let signals of the system end it.
    package func run(_ serving: (ClusterServer) -> Void) throws(Failure) {
        let conditions = Conditions()
        let member = try prepare(under: conditions)
        let server: ClusterServer
        do throws(ClusterServer.Failure) {
            server = try ClusterServer([member], conditions: conditions)
        } catch {
            report(error)
            throw .logged
        }
        writePIDFile()
        serving(server)
        log.write(.notice, "Ready to accept connections")
        server.waitUntilAllNodesEnded()
        hasEnded()
        server.shutDown()
    }

    /// Starts the node among others of this process.
    /// - Parameters:
    ///   - network: where it lives.
    ///   - whenEnded: called when it has ended, however that came about.
    /// - Returns: where it serves.
    package func start(
        on server: ClusterServer, conditions: Conditions, network: NetworkView,
        whenEnded: @escaping @Sendable () -> Void
    ) throws(Failure) -> ClusterServer.Place {
        let member = try prepare(under: conditions, network: network, whenEnded: whenEnded)
        do throws(ClusterServer.Failure) {
            try server.start(member)
        } catch {
            report(error)
            throw .logged
        }
        writePIDFile()
        log.write(.notice, "Ready to accept connections")
        return member.place
    }

    /// Leaves as a server leaves that has ended in good order.
    package func hasEnded() {
        guard !pidPath.isEmpty else { return }
        log.write(.notice, "Removing the pid file.")
        unlink(pidPath)
    }

    // MARK: - The start

    private func prepare(
        under conditions: Conditions, network: NetworkView = .machine,
        whenEnded: (@Sendable () -> Void)? = nil
    ) throws(Failure) -> ClusterServer.Member {
        announce(on: network)
        // Who names addresses gets these and no others.
        let network = settings.hasBind && network.address == nil ? .machine : network
        return ClusterServer.Member(
            node: try node(under: conditions), folder: settings.configuration.dir, network: network,
            log: log.write, whenEnded: whenEnded)
    }

    private func announce(on network: NetworkView) {
        let configuration = settings.configuration
        log.write(.warning, "oO0OoO0OoO0Oo clusterlab is starting oO0OoO0OoO0Oo", role: "C")
        log.write(
            .warning,
            "Redis version=7.0.15, bits=64, commit=00000000, modified=0, pid=\(processID), just started",
            role: "C")
        log.write(.warning, "Configuration loaded", role: "C")
        let mode = configuration.clusterEnabled ? "cluster" : "standalone"
        log.write(.notice, "Running mode=\(mode), port=\(configuration.mainPort).")
        if !settings.hasBind, network.address == nil {
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

    private func node(under conditions: Conditions) throws(Failure) -> Node {
        let configuration = settings.configuration
        guard configuration.mainPort > 0, !configuration.bind.isEmpty else {
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
            id: .random(using: &random), host: "", port: configuration.announcedPort,
            busPort: configuration.busPort)
        var node = Node(
            identity: identity, configuration: configuration, seed: random.next(),
            wallClockAtStart: conditions.wallClockAtStart, at: conditions.now)
        if let master = settings.master { node.replicate(master) }
        return node
    }

    private func report(_ failure: ClusterServer.Failure) {
        switch failure {
        case .portInUse(let port):
            refuse(port: port, reason: "Address already in use")
        case .cannotListen(let port, let reason): refuse(port: port, reason: reason)
        case .tls: log.write(.warning, "Failed to configure TLS. Check logs for more info.")
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
        let kind =
            switch port {
            case settings.configuration.port: "TCP"
            case settings.configuration.tls.port: "TLS"
            default: "cluster"
            }
        log.write(.warning, "Failed listening on port \(port) (\(kind)), aborting.")
    }

    private func writePIDFile() {
        guard !pidPath.isEmpty, let file = fopen(pidPath, "w") else { return }
        fputs("\(processID)\n", file)
        fclose(file)
    }
}
