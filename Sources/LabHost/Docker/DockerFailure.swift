/// What docker says when it cannot do something, and the exit code that goes with it.
struct DockerFailure: Error, Hashable {
    var text: String
    var status: Int32 = 1

    /// From the daemon, in its words.
    static func daemon(_ reason: String) -> DockerFailure {
        DockerFailure(text: "Error response from daemon: \(reason)")
    }

    /// A command of its own wrong use.
    static func usage(_ reason: String, of command: String) -> DockerFailure {
        DockerFailure(
            text: "\(reason)\n\nRun 'docker \(command) --help' for more information", status: 1)
    }

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
