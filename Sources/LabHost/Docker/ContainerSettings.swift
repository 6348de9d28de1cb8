import NodeServer

/// What `docker run` was told of a container.
struct ContainerSettings: Hashable, Sendable {
    var name: String?
    var network = "bridge"
    /// `--ip`.
    var address: String?
    /// Names of its own on a network that was made.
    var aliases: [String] = []
    var ports: [Port] = []
    var mounts: [Mount] = []
    var isDetached = false
    var isRemovedAtEnd = false
    var restart = Restart.no
    var image = ""
    /// The program and its arguments; empty for the image's own.
    var command: [String] = []
    /// The program that stands in for the image's entry point.
    var entryPoint: String?

    /// `-p`: a port of the machine that leads to one of the container.
    struct Port: Hashable, Sendable {
        /// As it was typed; nil for all.
        var address: String?
        /// 0 for any that is free.
        var host: Int
        var container: Int
    }

    /// `-v`: a folder or file of the machine, or a volume by its name, seen in the container.
    struct Mount: Hashable, Sendable {
        var source: String
        var target: String
    }

    /// What becomes of a container that ended by itself.
    enum Restart: Hashable, Sendable {
        case no, always, onFailure
    }

    /// What runs in the container: the image's entry point puts redis-server before options and files.
    var program: [String] {
        if let entryPoint, !entryPoint.isEmpty {
            let name = entryPoint.split(separator: "/").last.map(String.init) ?? entryPoint
            return [name] + command
        }
        guard let first = command.first else { return ["redis-server"] }
        return first.hasPrefix("-") || first.hasSuffix(".conf")
            ? ["redis-server"] + command : command
    }
}

extension ContainerSettings.Port {
    /// Reads `6379`, `7000:6379`, `127.0.0.1:7000:6379`, ranges and `/tcp` included.
    static func read(_ text: String) throws(DockerFailure) -> [ContainerSettings.Port] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var words = parts[0].split(separator: ":", omittingEmptySubsequences: false)
            .map(String.init)
        guard let last = words.popLast(), let container = range(last) else {
            let port = parts[0].split(separator: ":").last ?? parts[0]
            throw DockerFailure(text: "invalid containerPort: \(port)").ofRun
        }
        guard let hostText = words.popLast(), !hostText.isEmpty else {
            return container.map { .init(address: words.first, host: 0, container: $0) }
        }
        guard let host = range(hostText) else {
            throw DockerFailure(text: "invalid hostPort: \(hostText)").ofRun
        }
        guard host.count == container.count else {
            throw DockerFailure(
                text:
                    "invalid ranges specified for container and host Ports: \(last) and \(hostText)"
            ).ofRun
        }
        return zip(host, container).map { .init(address: words.first, host: $0, container: $1) }
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-").map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
            first <= last, first > 0, last <= 65535
        else { return nil }
        return first...last
    }
}
