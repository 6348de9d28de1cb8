import LabBackends

// `docker run` and `docker exec`.
extension DockerProgram {
    static let runGrammar = DockerOptions.Grammar(
        command: "run",
        flags: [
            "d|detach", "i|interactive", "t|tty", "rm", "init", "privileged", "P|publish-all",
            "q|quiet",
        ],
        valued: [
            "p|publish", "name", "network", "net", "v|volume", "e|env", "env-file", "restart",
            "w|workdir", "h|hostname", "ip", "m|memory", "cpus", "u|user", "l|label", "entrypoint",
            "add-host", "log-driver", "log-opt", "ulimit", "sysctl", "pull", "platform", "mount",
            "network-alias", "expose",
        ], stopsAtWord: true)

    /// Makes a container and starts it. Without -d its output is shown until it ends.
    func run(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(arguments, Self.runGrammar)
        let settings = try Self.settings(options, in: session.request.folder)
        try DockerImages.require(settings.image, session)
        if settings.network == "host", !settings.ports.isEmpty {
            session.writeError(
                "WARNING: Published ports are discarded when using host network mode\n")
        }
        let program = settings.program
        if program[0] == "redis-cli" { return try runCLI(settings) }
        guard program[0] == "redis-server" else {
            throw DockerFailure(
                text: "docker: the lab's containers run redis-server and redis-cli, not "
                    + "\(program[0])", status: 127)
        }
        do throws(DockerFailure) {
            let container = try engine.create(settings)
            if settings.isDetached {
                session.write("\(container.id)\n")
                try engine.start(container.id)
                return .exit(0)
            }
            return .exit(try attach(container, session))
        } catch {
            throw error.ofRun
        }
    }

    private static func settings(
        _ options: DockerOptions, in folder: String
    ) throws(DockerFailure) -> ContainerSettings {
        guard let image = options.rest.first else {
            throw .usage("docker: 'docker run' requires at least 1 argument", of: "run")
        }
        var settings = ContainerSettings()
        settings.image = image
        settings.command = Array(options.rest.dropFirst())
        settings.name = options.value("name")
        settings.network = options.value("network") ?? options.value("net") ?? "bridge"
        settings.isDetached = options.has("detach")
        settings.isRemovedAtEnd = options.has("rm")
        for text in options.all("publish") {
            settings.ports += try ContainerSettings.Port.read(text)
        }
        for text in options.all("volume") { settings.mounts.append(mount(text, in: folder)) }
        switch options.value("restart")?.split(separator: ":").first {
        case "always", "unless-stopped": settings.restart = .always
        case "on-failure": settings.restart = .onFailure
        default: settings.restart = .no
        }
        return settings
    }

    private static func mount(_ text: String, in folder: String) -> ContainerSettings.Mount {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return .init(source: DockerID.random(), target: parts[0]) }
        let source = parts[0].hasPrefix(".") ? "\(folder)/\(parts[0])" : parts[0]
        return .init(source: source, target: parts[1])
    }

    /// Shows what a container prints until it ends; signals are handed on.
    private func attach(
        _ container: Container, _ session: ControlSession
    ) throws(DockerFailure) -> Int32 {
        let reader = container.log.follow(session.write)
        defer { container.log.stop(reader) }
        try engine.start(container.id)
        guard let server = engine.containers.first(where: { $0.id == container.id })?.server else {
            return 1
        }
        let (engine, id) = (engine, container.id)
        session.handleSignals { signal in
            switch signal {
            case .named(let name): try? engine.kill(id, name)
            case .gone: break
            }
        }
        server.waitUntilEnded()
        return 0
    }

    private func runCLI(
        _ settings: ContainerSettings
    ) throws(DockerFailure) -> ControlSession.Ending {
        let network = try engine.network(settings.network)
        let taken = Set(engine.containers.compactMap(\.address))
        return .become(settings.program, container: network.freeAddress(besides: taken))
    }

    static let execGrammar = DockerOptions.Grammar(
        command: "exec", flags: ["d|detach", "i|interactive", "t|tty", "privileged"],
        valued: ["e|env", "u|user", "w|workdir"], stopsAtWord: true)

    /// Lets the launcher become redis-cli in a container's network.
    func exec(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(arguments, Self.execGrammar)
        guard options.rest.count > 1 else {
            throw .usage("docker: 'docker exec' requires at least 2 arguments", of: "exec")
        }
        let container = try engine.container(options.rest[0])
        guard container.isRunning else {
            throw .daemon("container \(container.id) is not running")
        }
        let program = Array(options.rest.dropFirst())
        guard program[0] == "redis-cli" else {
            throw DockerFailure(
                text: "docker: the lab's containers have redis-cli, and no \(program[0])",
                status: 127)
        }
        return .become(program, container: container.address)
    }
}
