import LabBackends

// From `docker start` to `docker rm`.
extension DockerProgram {
    private static func grammar(
        _ command: String, flags: [String] = [], valued: [String] = []
    ) -> DockerOptions.Grammar {
        DockerOptions.Grammar(command: command, flags: flags, valued: valued)
    }

    /// Starts containers that have ended.
    func start(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments, Self.grammar("start", flags: ["a|attach", "i|interactive"]))
        let names = try names(options, of: "start")
        let ending = each(names, session) { container throws(DockerFailure) in
            try engine.start(container.id)
        }
        if ending != .exit(0) {
            let failed = names.filter { name in
                !engine.containers.contains { $0.isCalled(name) && $0.isRunning }
            }
            session.writeError(
                "Error: failed to start containers: \(failed.joined(separator: ", "))\n")
        }
        return ending
    }

    /// Ends containers in good order.
    func stop(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments, Self.grammar("stop", valued: ["t|time|timeout", "s|signal"]))
        let limit = Self.limit(options)
        return each(try names(options, of: "stop"), session) { container throws(DockerFailure) in
            try engine.stop(container.id, within: limit)
        }
    }

    /// Ends containers in good order, and starts them again.
    func restart(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments, Self.grammar("restart", valued: ["t|time|timeout", "s|signal"]))
        let limit = Self.limit(options)
        return each(try names(options, of: "restart"), session) {
            container throws(DockerFailure) in
            try engine.stop(container.id, within: limit)
            try engine.start(container.id)
        }
    }

    /// As long as docker waits for a container to end.
    private static func limit(_ options: DockerOptions) -> Duration {
        let text = options.value("timeout") ?? options.value("time")
        return .seconds(text.flatMap { Int($0) } ?? 10)
    }

    /// Ends containers at once, or sends them another signal.
    func kill(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(arguments, Self.grammar("kill", valued: ["s|signal"]))
        let signal = Self.signal(options.value("signal") ?? "KILL")
        return each(try names(options, of: "kill"), session) { container throws(DockerFailure) in
            guard container.isRunning else {
                throw .daemon(
                    "cannot kill container: \(container.name): container \(container.id) is not running"
                )
            }
            try engine.kill(container.id, signal)
        }
    }

    /// `SIGKILL` for `9`, `KILL` and `kill`.
    private static func signal(_ text: String) -> String {
        switch text.uppercased() {
        case "9", "KILL", "SIGKILL": "SIGKILL"
        case "2", "INT", "SIGINT": "SIGINT"
        default: "SIGTERM"
        }
    }

    /// Takes containers away.
    func remove(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments, Self.grammar("rm", flags: ["f|force", "v|volumes", "l|link"]))
        let isForced = options.has("force")
        return each(try names(options, of: "rm"), session) { container throws(DockerFailure) in
            guard isForced || !container.isRunning else {
                throw .daemon(
                    "cannot remove container \"/\(container.name)\": container is running: stop the "
                        + "container before removing or force remove")
            }
            try engine.kill(container.id, "SIGKILL")
            engine.remove(container)
        }
    }

    /// What a container printed; with -f also what it goes on to print, until it ends.
    func logs(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments,
            Self.grammar(
                "logs", flags: ["f|follow", "t|timestamps", "details"],
                valued: ["n|tail", "since", "until"]))
        guard options.rest.count == 1 else {
            throw .usage("docker: 'docker logs' requires 1 argument", of: "logs")
        }
        let container = try engine.container(options.rest[0])
        let count = options.value("tail").flatMap { Int($0) }
        guard options.has("follow"), let server = container.server else {
            container.log.read(last: count, session.write)
            return .exit(0)
        }
        let reader = container.log.follow(last: count, session.write)
        defer { container.log.stop(reader) }
        let wait = EndOfWait()
        session.handleSignals { _ in wait.end(130) }
        server.whenEnded { wait.end(0) }
        return .exit(wait.status())
    }
}
