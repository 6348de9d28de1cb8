/// How docker's commands are written, and how many words each takes: what its help and its refusals say.
enum DockerUsage {
    /// A command.
    struct Row: Sendable {
        let command: String
        let words: String
        let summary: String
        /// How many words may stand behind the options.
        let count: ClosedRange<Int>

        init(_ command: String, _ words: String, _ summary: String, _ count: ClosedRange<Int>) {
            self.command = command
            self.words = words
            self.summary = summary
            self.count = count
        }
    }

    static let rows: [Row] = [
        Row(
            "run", "[OPTIONS] IMAGE [COMMAND] [ARG...]",
            "Create and run a new container from an image", many(1)),
        Row(
            "exec", "[OPTIONS] CONTAINER COMMAND [ARG...]",
            "Execute a command in a running container", many(2)),
        Row("ps", "[OPTIONS]", "List containers", 0...0),
        Row(
            "start", "[OPTIONS] CONTAINER [CONTAINER...]", "Start one or more stopped containers",
            many(1)),
        Row(
            "stop", "[OPTIONS] CONTAINER [CONTAINER...]", "Stop one or more running containers",
            many(1)),
        Row(
            "restart", "[OPTIONS] CONTAINER [CONTAINER...]", "Restart one or more containers",
            many(1)),
        Row(
            "kill", "[OPTIONS] CONTAINER [CONTAINER...]", "Kill one or more running containers",
            many(1)),
        Row("rm", "[OPTIONS] CONTAINER [CONTAINER...]", "Remove one or more containers", many(1)),
        Row("logs", "[OPTIONS] CONTAINER", "Fetch the logs of a container", 1...1),
        Row(
            "inspect", "[OPTIONS] NAME|ID [NAME|ID...]",
            "Return low-level information on Docker objects", many(1)),
        Row(
            "port", "CONTAINER [PRIVATE_PORT[/PROTO]]",
            "List port mappings or a specific mapping for the container", 1...2),
        Row("network", "COMMAND", "Manage networks", many(0)),
        Row("network create", "[OPTIONS] NETWORK", "Create a network", 1...1),
        Row("network ls", "[OPTIONS]", "List networks", 0...0),
        Row("network rm", "NETWORK [NETWORK...]", "Remove one or more networks", many(1)),
        Row(
            "network inspect", "[OPTIONS] NETWORK [NETWORK...]",
            "Display detailed information on one or more networks", many(1)),
        Row("images", "[OPTIONS] [REPOSITORY[:TAG]]", "List images", 0...1),
        Row("pull", "[OPTIONS] NAME[:TAG|@DIGEST]", "Download an image from a registry", 1...1),
        Row("version", "[OPTIONS]", "Show the Docker version information", 0...0),
    ]

    private static func many(_ first: Int) -> ClosedRange<Int> { first...Int.max }

    static func row(of command: String) -> Row? { rows.first { $0.command == command } }

    /// `docker stop [OPTIONS] CONTAINER [CONTAINER...]`.
    static func synopsis(of command: String) -> String {
        "docker \(command) \(row(of: command)?.words ?? "")"
    }

    /// Refuses words in the wrong number.
    static func check(_ count: Int, of command: String) throws(DockerFailure) {
        guard let row = row(of: command), !row.count.contains(count) else { return }
        let (first, last) = (row.count.lowerBound, row.count.upperBound)
        let wanted =
            switch (first, last) {
            case (0, 0): "accepts no arguments"
            case (0, _): "requires at most \(words(last))"
            case (_, first): "requires \(words(first))"
            case (_, Int.max): "requires at least \(words(first))"
            default: "requires at least \(first) and at most \(words(last))"
            }
        throw .count(wanted, of: command)
    }

    private static func words(_ count: Int) -> String {
        "\(count) argument\(count == 1 ? "" : "s")"
    }
}
