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
            "p|publish", "name", "net|network", "v|volume", "e|env", "env-file", "restart",
            "h|hostname", "ip", "m|memory", "cpus", "l|label", "entrypoint",
            "log-driver", "log-opt", "ulimit", "sysctl", "pull", "platform", "mount",
            "network-alias", "expose",
        ],
        missing:
            "add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent "
            + "cgroupns cidfile cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpuset-cpus "
            + "cpuset-mems detach-keys device device-cgroup-rule device-read-bps device-read-iops "
            + "device-write-bps device-write-iops disable-content-trust dns dns-option dns-search domainname "
            + "gpus group-add health-cmd health-interval health-retries health-start-interval "
            + "health-start-period health-timeout ip6 ipc isolation kernel-memory label-file link "
            + "link-local-ip mac-address memory-reservation memory-swap memory-swappiness no-healthcheck "
            + "oom-kill-disable oom-score-adj pid pids-limit read-only runtime security-opt shm-size "
            + "sig-proxy stop-signal stop-timeout storage-opt tmpfs use-api-socket user userns uts "
            + "volume-driver volumes-from workdir", stopsAtWord: true)

    /// What docker knows as `--restart`, behind its colon left away.
    private static let restartPolicies: [String: ContainerSettings.Restart] = [
        "no": .no, "": .no, "always": .always, "unless-stopped": .always, "on-failure": .onFailure,
    ]

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
        if program[0] == "redis-cli" { return try runCLI(settings, options) }
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
        var settings = ContainerSettings()
        settings.image = options.rest[0]
        settings.command = Array(options.rest.dropFirst())
        settings.name = options.value("name")
        settings.entryPoint = options.value("entrypoint")
        settings.network = options.value("network") ?? "bridge"
        settings.address = options.value("ip")
        settings.aliases =
            options.all("network-alias") + [options.value("hostname")].compactMap { $0 }
        settings.isDetached = options.has("detach")
        settings.isRemovedAtEnd = options.has("rm")
        for text in options.all("publish") {
            settings.ports += try ContainerSettings.Port.read(text)
        }
        if options.has("publish-all") {
            let exposed = ["6379"] + options.all("expose")
            for text in exposed { settings.ports += try ContainerSettings.Port.read(text) }
        }
        for text in options.all("volume") { settings.mounts.append(mount(text, in: folder)) }
        for text in options.all("mount") {
            settings.mounts.append(try mount(fields: text, in: folder))
        }
        let policy = options.value("restart").map { String($0.prefix { $0 != ":" }) } ?? "no"
        guard let restart = restartPolicies[policy] else {
            throw DockerFailure.daemon(
                "invalid restart policy: unknown policy '\(policy)'; use one of 'no', 'always', "
                    + "'on-failure', or 'unless-stopped'"
            ).ofRun
        }
        guard restart == .no || !settings.isRemovedAtEnd else {
            throw DockerFailure(text: "conflicting options: cannot specify both --restart and --rm")
                .ofRun
        }
        settings.restart = restart
        return settings
    }

    /// `--mount type=bind,source=./data,target=/data`.
    private static func mount(
        fields text: String, in folder: String
    ) throws(DockerFailure) -> ContainerSettings.Mount {
        var values: [String: String] = [:]
        for field in text.split(separator: ",") {
            let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
            let isFlag = ["readonly", "ro"].contains(parts[0])
            guard parts.count == 2 || isFlag else {
                throw .usage(
                    "invalid argument \"\(text)\" for \"--mount\" flag: invalid field '\(field)' must be a "
                        + "key=value pair", of: "run")
            }
            values[parts[0]] = parts.last
        }
        guard let target = values["target"] ?? values["destination"] ?? values["dst"] else {
            throw .usage(
                "invalid argument \"\(text)\" for \"--mount\" flag: target is required", of: "run")
        }
        let source = values["source"] ?? values["src"] ?? DockerID.random()
        return mount("\(source):\(target)", in: folder)
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
        engine.hasEnded(id, status: 0, of: server)
        return 0
    }

    private func runCLI(
        _ settings: ContainerSettings, _ options: DockerOptions
    ) throws(DockerFailure) -> ControlSession.Ending {
        do throws(DockerFailure) {
            return become(settings.program, at: try engine.freePlace(on: settings.network), options)
        } catch {
            throw error.ofRun
        }
    }

    /// Without -i there is no input, and without -t no terminal, as many a line that hangs or prints plainly has shown.
    private func become(
        _ program: [String], at place: ContainerPlace, _ options: DockerOptions
    ) -> ControlSession.Ending {
        var place = place
        place.hasInput = options.has("interactive")
        place.hasTerminal = options.has("tty")
        return .become(program, container: place.text)
    }

    static let execGrammar = DockerOptions.Grammar(
        command: "exec", flags: ["i|interactive", "t|tty", "privileged"],
        valued: ["e|env", "u|user", "w|workdir"], missing: "detach detach-keys env-file",
        stopsAtWord: true)

    /// Lets the launcher become redis-cli in a container's network.
    func exec(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(arguments, Self.execGrammar)
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
        return become(program, at: try engine.place(of: container), options)
    }
}
