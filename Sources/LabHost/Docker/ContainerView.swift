import Lab

/// A container as docker shows it.
struct ContainerView {
    private let container: Container
    private let now: ContinuousClock.Instant
    private let isWhole: Bool

    static let heading = [
        "CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES",
    ]

    /// - Parameter isWhole: nothing is cut short.
    init(_ container: Container, now: ContinuousClock.Instant, isWhole: Bool) {
        self.container = container
        self.now = now
        self.isWhole = isWhole
    }

    var id: String { isWhole ? container.id : container.shortID }

    /// The cells under `heading`.
    var row: [String] {
        [id, container.settings.image, command, created, status, ports, container.name]
    }

    /// `--format` of `docker ps`.
    func filled(_ format: String) throws(DockerFailure) -> String {
        let names = ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"]
        let members = zip(names, row).map { JSONValue.Member($0, .text($1)) }
        let more = [
            JSONValue.Member("State", .text(container.status)),
            JSONValue.Member("Networks", .text(container.network ?? container.settings.network)),
        ]
        let text = format.hasPrefix("table ") ? String(format.dropFirst(6)) : format
        return try DockerTemplate.fill(text, from: .object(members + more))
    }

    private var command: String {
        let text = "docker-entrypoint.sh " + container.settings.program.joined(separator: " ")
        return "\"" + (isWhole || text.count <= 20 ? text : text.prefix(19) + "…") + "\""
    }

    private var created: String {
        DockerTime.words(container.created.duration(to: now)) + " ago"
    }

    private var status: String {
        switch container.state {
        case .created: "Created"
        case .running(let since): "Up \(DockerTime.words(since.duration(to: now)))"
        case .exited(let status, let time):
            "Exited (\(status)) \(DockerTime.words(time.duration(to: now))) ago"
        }
    }

    private var ports: String {
        guard container.isRunning, container.network != nil else { return "" }
        let published = container.ports.sorted { $0.container < $1.container }
        let places = published.flatMap { port in
            (port.address.map { [$0] } ?? ["0.0.0.0", "[::]"]).map {
                "\($0):\(port.host)->\(port.container)/tcp"
            }
        }
        // The image says that Redis' own port is used.
        let isPublished = published.contains { $0.container == 6379 }
        return (isPublished ? places : ["6379/tcp"] + places).joined(separator: ", ")
    }

    /// What `docker inspect` tells.
    var details: JSONValue {
        let settings = container.settings
        let state: JSONValue = .object([
            .init("Status", .text(container.status)), .init("Running", .flag(container.isRunning)),
            .init("ExitCode", .number(container.exitCode)),
        ])
        return .object([
            .init("Id", .text(container.id)), .init("Name", .text("/\(container.name)")),
            .init("Path", .text("docker-entrypoint.sh")),
            .init("Args", .list(settings.program.map { .text($0) })), .init("State", state),
            .init("Image", .text("sha256:\(DockerImages.identifier)")),
            .init("Config", .object([.init("Image", .text(settings.image))])),
            .init("HostConfig", .object([.init("NetworkMode", .text(settings.network))])),
            .init(
                "Mounts",
                .list(
                    container.mounts.filter { $0.target != "/" }.map { mount in
                        .object([
                            .init("Source", .text(mount.source)),
                            .init("Destination", .text(mount.target)),
                        ])
                    })), .init("NetworkSettings", networkSettings),
        ])
    }

    private var networkSettings: JSONValue {
        let address = container.address ?? ""
        let gateway =
            address.lastIndex(of: ".").map { String(address[..<$0]) + ".1" } ?? ""
        let isBridge = container.network == "bridge"
        let endpoint: JSONValue = .object([
            .init("IPAddress", .text(address)), .init("Gateway", .text(gateway)),
        ])
        let ports = container.ports.map { port in
            JSONValue.Member(
                "\(port.container)/tcp",
                .list([
                    .object([
                        .init("HostIp", .text(port.address ?? "0.0.0.0")),
                        .init("HostPort", .text("\(port.host)")),
                    ])
                ]))
        }
        return .object([
            .init("IPAddress", .text(isBridge ? address : "")),
            .init("Gateway", .text(isBridge ? gateway : "")), .init("Ports", .object(ports)),
            .init(
                "Networks",
                .object([.init(container.network ?? container.settings.network, endpoint)])),
        ])
    }
}

extension Container {
    /// `created`, `running` or `exited`.
    var status: String {
        switch state {
        case .created: "created"
        case .running: "running"
        case .exited: "exited"
        }
    }

    var exitCode: Int {
        if case .exited(let status, _) = state { Int(status) } else { 0 }
    }
}

extension ContainerNetwork {
    /// What `docker network inspect` tells.
    func details(_ containers: [Container]) -> JSONValue {
        let members = containers.filter { $0.isRunning && $0.network == name }.map { container in
            JSONValue.Member(
                container.id,
                .object([
                    .init("Name", .text(container.name)),
                    .init("IPv4Address", .text("\(container.address ?? "")/16")),
                ]))
        }
        let configuration: [JSONValue] =
            number == nil
            ? []
            : [.object([.init("Subnet", .text(subnet)), .init("Gateway", .text(gateway))])]
        return .object([
            .init("Name", .text(name)), .init("Id", .text(id)), .init("Scope", .text("local")),
            .init("Driver", .text(driver)),
            .init("IPAM", .object([.init("Config", .list(configuration))])),
            .init("Containers", .object(members)),
        ])
    }
}
