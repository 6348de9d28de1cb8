import LabBackends

// From `docker start` to `docker rm`.
extension DockerProgram {
    private static func grammar(
        _ command: String, flags: [String] = [], valued: [String] = [], missing: String = ""
    ) -> DockerOptions.Grammar {
        DockerOptions.Grammar(command: command, flags: flags, valued: valued, missing: missing)
    }

    /// Starts containers that have ended.
    func start(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments,
            Self.grammar(
                "start", missing: "attach checkpoint checkpoint-dir detach-keys interactive"))
        let names = options.rest
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
        let limit = try Self.limit(options, of: "stop")
        let signal = try Self.signal(options.value("signal") ?? "TERM")
        return each(options.rest, session) { container throws(DockerFailure) in
            try engine.stop(container.id, by: signal, within: limit)
        }
    }

    /// Ends containers in good order, and starts them again.
    func restart(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments, Self.grammar("restart", valued: ["t|time|timeout", "s|signal"]))
        let limit = try Self.limit(options, of: "restart")
        let signal = try Self.signal(options.value("signal") ?? "TERM")
        return each(options.rest, session) { container throws(DockerFailure) in
            try engine.stop(container.id, by: signal, within: limit)
            try engine.start(container.id)
        }
    }

    /// As long as docker waits for a container to end; below 0 for ever.
    private static func limit(
        _ options: DockerOptions, of command: String
    ) throws(DockerFailure) -> Duration {
        let seconds = try options.number("timeout", shown: "-t, --timeout", of: command) ?? 10
        return .seconds(seconds < 0 ? 1_000_000 : min(seconds, 1_000_000))
    }

    /// Ends containers at once, or sends them another signal.
    func kill(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(arguments, Self.grammar("kill", valued: ["s|signal"]))
        let signal = try Self.signal(options.value("signal") ?? "KILL")
        return each(options.rest, session) { container throws(DockerFailure) in
            guard container.isRunning else {
                throw .daemon(
                    "cannot kill container: \(container.name): container \(container.id) is not running"
                )
            }
            try engine.kill(container.id, signal)
        }
    }

    /// `SIGKILL` for `9`, `KILL` and `kill`: those that end redis-server.
    private static func signal(_ text: String) throws(DockerFailure) -> String {
        switch text.uppercased() {
        case "9", "KILL", "SIGKILL": return "SIGKILL"
        case "2", "INT", "SIGINT": return "SIGINT"
        case "15", "TERM", "SIGTERM": return "SIGTERM"
        case "1", "3", "10", "12", "18", "19", "HUP", "QUIT", "USR1", "USR2", "CONT", "STOP",
            "SIGHUP",
            "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGSTOP":
            throw .missing("signal but KILL, INT and TERM")
        default: throw .daemon("invalid signal: \(text)")
        }
    }

    /// Takes containers away.
    func remove(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments, Self.grammar("rm", flags: ["f|force", "v|volumes"], missing: "link"))
        let isForced = options.has("force")
        let ending = each(options.rest, session) { container throws(DockerFailure) in
            guard isForced || !container.isRunning else {
                throw .daemon(
                    "cannot remove container \"/\(container.name)\": container is running: stop the "
                        + "container before removing or force remove")
            }
            try engine.kill(container.id, "SIGKILL")
            engine.remove(container)
        }
        // What is not there need not be taken away.
        return isForced ? .exit(0) : ending
    }

    /// What a container printed; with -f also what it goes on to print, until it ends.
    func logs(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments,
            Self.grammar(
                "logs", flags: ["f|follow"], valued: ["n|tail"],
                missing: "details since timestamps until"))
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
