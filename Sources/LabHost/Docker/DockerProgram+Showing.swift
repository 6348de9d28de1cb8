// `docker ps`, `port`, `inspect` and `network`.
extension DockerProgram {
    /// `docker ps`.
    func list(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments,
            DockerOptions.Grammar(
                command: "ps", flags: ["a|all", "q|quiet", "l|latest", "no-trunc", "s|size"],
                valued: ["f|filter", "format", "n|last"]))
        let filters = options.all("filter")
        let shown = engine.containers.reversed().filter { container in
            (options.has("all") || container.isRunning)
                && filters.allSatisfy { Self.matches(container, $0) }
        }
        let views = shown.map { ContainerView($0, now: .now, isWhole: options.has("no-trunc")) }
        if options.has("quiet") {
            session.write(views.map { "\($0.id)\n" }.joined())
        } else if let format = options.value("format") {
            for view in views { session.write(try view.filled(format) + "\n") }
        } else {
            session.write(DockerTable(ContainerView.heading, views.map(\.row)).text)
        }
        return .exit(0)
    }

    private static func matches(_ container: Container, _ filter: String) -> Bool {
        let parts = filter.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return true }
        switch parts[0] {
        case "name": return container.name.contains(parts[1])
        case "status": return container.status == parts[1]
        case "network": return (container.network ?? container.settings.network) == parts[1]
        default: return true
        }
    }

    /// `docker port`.
    func port(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        guard let name = arguments.first else {
            throw .usage("docker: 'docker port' requires at least 1 argument", of: "port")
        }
        let container = try engine.container(name)
        let wanted = arguments.dropFirst().first.map { $0.prefix { $0 != "/" } }
        let ports = container.ports.filter { wanted == nil || "\($0.container)" == wanted ?? "" }
        if ports.isEmpty, let wanted {
            throw DockerFailure(
                text: "Error: No public port '\(wanted)/tcp' published for \(container.name)")
        }
        for port in ports.sorted(by: { $0.container < $1.container }) {
            for place in port.address.map({ [$0] }) ?? ["0.0.0.0", "[::]"] {
                let source = wanted == nil ? "\(port.container)/tcp -> " : ""
                session.write("\(source)\(place):\(port.host)\n")
            }
        }
        return .exit(0)
    }

    /// `docker inspect`, of containers and networks.
    func inspect(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments,
            DockerOptions.Grammar(
                command: "inspect", flags: ["s|size"], valued: ["f|format", "type"]))
        return try show(
            try names(options, of: "inspect"), format: options.value("format"), session
        ) { name in
            if let container = try? engine.container(name) {
                return ContainerView(container, now: .now, isWhole: true).details
            }
            return (try? engine.network(name)).map { $0.details(engine.containers) }
        }
    }

    private func show(
        _ names: [String], format: String?, _ session: ControlSession,
        _ details: (String) -> JSONValue?
    ) throws(DockerFailure) -> ControlSession.Ending {
        var found: [JSONValue] = []
        var missing: [String] = []
        for name in names {
            if let value = details(name) { found.append(value) } else { missing.append(name) }
        }
        if let format {
            for value in found {
                session.write(try DockerTemplate.fill(format, from: value) + "\n")
            }
        } else {
            session.write(JSONValue.list(found).text + "\n")
        }
        for name in missing { session.writeError("Error: No such object: \(name)\n") }
        return .exit(missing.isEmpty ? 0 : 1)
    }

    /// `docker network`.
    func network(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let verb = arguments.first ?? ""
        let options = try DockerOptions(
            Array(arguments.dropFirst()),
            DockerOptions.Grammar(
                command: "network \(verb)",
                flags: ["q|quiet", "attachable", "internal", "v|verbose"],
                valued: ["d|driver", "f|format", "subnet", "gateway", "ip-range", "filter"]))
        switch verb {
        case "create":
            let name = try names(options, of: "network create")[0]
            session.write(try engine.createNetwork(name).id + "\n")
            return .exit(0)
        case "ls", "list":
            listNetworks(options.has("quiet"), session)
            return .exit(0)
        case "rm", "remove":
            var status: Int32 = 0
            for name in try names(options, of: "network rm") {
                do throws(DockerFailure) {
                    try engine.removeNetwork(name)
                    session.write("\(name)\n")
                } catch {
                    session.writeError(error.text + "\n")
                    status = 1
                }
            }
            return .exit(status)
        case "inspect":
            return try show(
                try names(options, of: "network inspect"), format: options.value("format"), session
            ) { name in (try? engine.network(name)).map { $0.details(engine.containers) } }
        default:
            throw DockerFailure(
                text:
                    "docker: 'network \(verb)' is not a command of the lab's docker: network create, "
                    + "ls, rm and inspect are")
        }
    }

    private func listNetworks(_ isQuiet: Bool, _ session: ControlSession) {
        let rows = engine.networks.sorted { $0.name < $1.name }.map {
            [String($0.id.prefix(12)), $0.name, $0.driver, "local"]
        }
        session.write(
            isQuiet
                ? rows.map { "\($0[0])\n" }.joined()
                : DockerTable(["NETWORK ID", "NAME", "DRIVER", "SCOPE"], rows).text)
    }
}
