import NodeServer

/// What docker says when it cannot do something, and the exit code that goes with it.
struct DockerFailure: Error, Hashable {
    var text: String
    var status: Int32 = 1

    /// From the daemon, in its words.
    static func daemon(_ reason: String) -> DockerFailure {
        DockerFailure(text: "Error response from daemon: \(reason)")
    }

    /// A command of its own wrong use: options that it does not have.
    static func usage(_ reason: String, of command: String) -> DockerFailure {
        DockerFailure(
            text:
                "\(reason)\n\nUsage:  \(DockerUsage.synopsis(of: command))\n\nRun 'docker \(command) "
                + "--help' for more information", status: 125)
    }

    /// Words in the wrong number; docker words the hint otherwise where more would be right.
    static func count(_ wanted: String, of command: String) -> DockerFailure {
        let verb =
            wanted.hasPrefix("requires at least") && !wanted.contains("at most") ? "See" : "Run"
        return DockerFailure(
            text: "docker: 'docker \(command)' \(wanted)\n\nUsage:  "
                + "\(DockerUsage.synopsis(of: command))\n\n\(verb) 'docker \(command) --help' for more "
                + "information")
    }

    /// Something that docker has and the lab's docker has not.
    static func missing(_ what: String) -> DockerFailure {
        DockerFailure(text: "docker: the lab's docker has no \(what)", status: 125)
    }

    static let noAddress = daemon("no available IPv4 addresses on this network's address pools")

    static let crowded = daemon(
        "\(LoopbackBlock.all.count) labs run on this machine, and each has a block of addresses for its "
            + "containers: there is none left. Leave one of them, or use --network host")

    static func noSuchContainer(_ name: String) -> DockerFailure {
        .daemon("No such container: \(name)")
    }

    static func noSuchNetwork(_ name: String) -> DockerFailure {
        .daemon("network \(name) not found")
    }

    /// `docker run` puts its own name in front, and has an exit code for it.
    var ofRun: DockerFailure {
        DockerFailure(
            text: "docker: \(text)\n\nRun 'docker run --help' for more information", status: 125)
    }
}
