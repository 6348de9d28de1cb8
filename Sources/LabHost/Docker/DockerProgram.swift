/// `docker`, asked for by a launcher: enough of it for Redis, with containers that live in the lab.
struct DockerProgram: Sendable {
    let engine: ContainerEngine

    /// What one command does. It prints, and says how it ended.
    typealias Command =
        @Sendable (DockerProgram, [String], ControlSession) throws(DockerFailure) ->
        ControlSession.Ending

    /// A row of the commands.
    struct Row: Sendable {
        let name: String
        let summary: String
        let command: Command
    }

    init(_ engine: ContainerEngine) {
        self.engine = engine
    }

    static let rows: [Row] = [
        Row(name: "run", summary: "Create and run a new container from an image") {
            docker, words, session throws(DockerFailure) in try docker.run(words, session)
        },
        Row(name: "exec", summary: "Execute redis-cli in a running container") {
            docker, words, session throws(DockerFailure) in try docker.exec(words, session)
        },
        Row(name: "ps", summary: "List containers") {
            docker, words, session throws(DockerFailure) in try docker.list(words, session)
        },
        Row(name: "start", summary: "Start one or more stopped containers") {
            docker, words, session throws(DockerFailure) in try docker.start(words, session)
        },
        Row(name: "stop", summary: "Stop one or more running containers") {
            docker, words, session throws(DockerFailure) in try docker.stop(words, session)
        },
        Row(name: "restart", summary: "Restart one or more containers") {
            docker, words, session throws(DockerFailure) in try docker.restart(words, session)
        },
        Row(name: "kill", summary: "Kill one or more running containers") {
            docker, words, session throws(DockerFailure) in try docker.kill(words, session)
        },
        Row(name: "rm", summary: "Remove one or more containers") {
            docker, words, session throws(DockerFailure) in try docker.remove(words, session)
        },
        Row(name: "logs", summary: "Fetch the logs of a container") {
            docker, words, session throws(DockerFailure) in try docker.logs(words, session)
        },
        Row(name: "inspect", summary: "Return low-level information on Docker objects") {
            docker, words, session throws(DockerFailure) in try docker.inspect(words, session)
        },
        Row(name: "port", summary: "List port mappings of a container") {
            docker, words, session throws(DockerFailure) in try docker.port(words, session)
        },
        Row(name: "network", summary: "Manage networks: create, ls, rm, inspect") {
            docker, words, session throws(DockerFailure) in try docker.network(words, session)
        },
        Row(name: "images", summary: "List images") {
            _, _, session throws(DockerFailure) in DockerImages.list(session)
        },
        Row(name: "pull", summary: "Download an image from a registry") {
            _, words, session throws(DockerFailure) in try DockerImages.pull(words, session)
        },
        Row(name: "version", summary: "Show the Docker version information") {
            _, _, session throws(DockerFailure) in DockerImages.version(session)
        },
    ]

    /// Runs one command.
    func run(_ session: ControlSession) -> ControlSession.Ending {
        var words = Array(session.request.arguments.dropFirst())
        if words.count > 1, words[0] == "container" { words.removeFirst() }
        if words.first == "ls" { words[0] = "ps" }
        guard let name = words.first, name != "help", name != "--help", name != "-h" else {
            session.write(Self.help)
            return .exit(0)
        }
        if name == "--version" || name == "-v" {
            session.write("Docker version 27.0.0, build clusterlab\n")
            return .exit(0)
        }
        guard let row = Self.rows.first(where: { $0.name == name }) else {
            session.writeError(Self.refusal(of: name))
            return .exit(1)
        }
        if words.count == 2, words[1] == "--help", name != "network" {
            session.write(
                "\nUsage:  \(DockerUsage.synopsis(of: name))\n\n\(DockerUsage.row(of: name)?.summary ?? "")\n"
            )
            return .exit(0)
        }
        do throws(DockerFailure) {
            return try row.command(self, Array(words.dropFirst()), session)
        } catch {
            session.writeError(error.text + "\n")
            return .exit(error.status)
        }
    }

    /// Commands of docker that the lab's docker does without.
    private static let missing: Set = [
        "attach", "build", "builder", "buildx", "checkpoint", "commit", "compose", "config",
        "context", "cp",
        "create", "diff", "events", "export", "history", "image", "import", "info", "load", "login",
        "logout", "manifest", "node", "pause", "plugin", "push", "rename", "rmi", "save", "search",
        "secret", "service", "stack", "stats", "swarm", "system", "tag", "top", "trust", "unpause",
        "update", "volume", "wait",
    ]

    private static func refusal(of name: String) -> String {
        if name == "compose" {
            return
                "docker: the lab's docker has no compose: start each container by docker run, on a network of "
                + "docker network create where they are to know each other by name.\n"
        }
        return missing.contains(name)
            ? "docker: the lab's docker has no \(name). What it has: docker --help\n"
            : "docker: unknown command: docker \(name)\n\nRun 'docker --help' for more information\n"
    }

    private static var help: String {
        let width = rows.map(\.name.count).max() ?? 0
        let lines = rows.map { row in
            "  \(row.name)\(String(repeating: " ", count: width - row.name.count + 3))\(row.summary)"
        }
        return """

            Usage:  docker COMMAND

            The lab's own docker: containers are Redis nodes in the lab's process, each with an address of
            its own. The one image is redis.

            Commands:
            \(lines.joined(separator: "\n"))

            """
    }

    /// Does something with each of several containers, and fails where one of them failed.
    func each(
        _ names: [String], _ session: ControlSession,
        _ body: (Container) throws(DockerFailure) -> Void
    ) -> ControlSession.Ending {
        var status: Int32 = 0
        for name in names {
            do throws(DockerFailure) {
                try body(try engine.container(name))
                session.write("\(name)\n")
            } catch {
                session.writeError(error.text + "\n")
                status = 1
            }
        }
        return .exit(status)
    }
}
