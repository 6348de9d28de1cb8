import Lab

// `docker ps`, `port`, `inspect` and `network`.
extension DockerProgram {
    /// `docker ps`.
    func list(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            arguments,
            DockerOptions.Grammar(
                command: "ps", flags: ["a|all", "q|quiet", "l|latest", "no-trunc"],
                valued: ["f|filter", "format", "n|last"], missing: "size"))
        let filters = try options.all("filter").map(Self.filter)
        let last =
            options.has("latest") ? 1 : try options.number("last", shown: "-n, --last", of: "ps")
        // A filter by what is over looks at those that have ended, too.
        let isAll =
            options.has("all") || last != nil
            || filters.contains { ["status", "exited"].contains($0.name) }
        let found = engine.containers.reversed().filter { container in
            (isAll || container.isRunning) && filters.allSatisfy { $0.admits(container) }
        }
        let shown = last.map { $0 < 0 ? found : Array(found.prefix($0)) } ?? found
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

    /// `--filter name=value`.
    private struct Filter {
        let name: String
        let value: String

        func admits(_ container: Container) -> Bool {
            switch name {
            case "name": container.name.contains(value)
            case "id": container.id.hasPrefix(value)
            case "status": container.status == value
            case "exited": container.status == "exited" && "\(container.exitCode)" == value
            case "ancestor": container.settings.image == value
            default: (container.network ?? container.settings.network) == value
            }
        }
    }

    private static func filter(_ text: String) throws(DockerFailure) -> Filter {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw .usage(
                "invalid argument \"\(text)\" for \"-f, --filter\" flag: invalid filter '\(text)' "
                    + "(should be of the form \"name=value\")", of: "ps")
        }
        let known = ["name", "id", "status", "exited", "ancestor", "network"]
        let others = [
            "before", "expose", "health", "is-task", "isolation", "label", "publish", "since",
            "volume",
        ]
        if others.contains(parts[0]) { throw .missing("filter '\(parts[0])'") }
        guard known.contains(parts[0]) else { throw .daemon("invalid filter '\(parts[0])'") }
        return Filter(name: parts[0], value: parts[1])
    }

    /// `docker port`.
    func port(
        _ arguments: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        try DockerUsage.check(arguments.count, of: "port")
        let container = try engine.container(arguments[0])
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
                command: "inspect", flags: [], valued: ["f|format", "type"], missing: "size"))
        let type = options.value("type") ?? ""
        return try show(options.rest, format: options.value("format"), session) { name in
            if type != "network", let container = try? engine.container(name) {
                return ContainerView(container, now: .now, isWhole: true).details
            }
            guard type != "container" else { return nil }
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
        let words = Array(arguments.dropFirst())
        switch arguments.first ?? "" {
        case "create": return try createNetwork(words, session)
        case "ls", "list":
            let options = try DockerOptions(
                words,
                DockerOptions.Grammar(
                    command: "network ls", flags: ["q|quiet"], valued: [],
                    missing: "filter format no-trunc"))
            listNetworks(options.has("quiet"), session)
            return .exit(0)
        case "rm", "remove":
            let options = try DockerOptions(
                words,
                DockerOptions.Grammar(command: "network rm", flags: ["f|force"], valued: []))
            return removeNetworks(options.rest, session)
        case "inspect":
            let options = try DockerOptions(
                words,
                DockerOptions.Grammar(
                    command: "network inspect", flags: ["v|verbose"], valued: ["f|format"]))
            return try show(options.rest, format: options.value("format"), session) { name in
                (try? engine.network(name)).map { $0.details(engine.containers) }
            }
        case "", "help", "--help", "-h":
            session.write(
                "\nUsage:  docker network COMMAND\n\nThe lab's: create, ls, rm, inspect\n")
            return .exit(0)
        case let verb where ["connect", "disconnect", "prune"].contains(verb):
            throw .missing("network \(verb): a container keeps the one network that run gave it")
        case let verb:
            throw DockerFailure(
                text:
                    "docker: unknown command: docker network \(verb)\n\nUsage:  docker network\n\n"
                    + "Run 'docker network --help' for more information")
        }
    }

    private func createNetwork(
        _ words: [String], _ session: ControlSession
    ) throws(DockerFailure) -> ControlSession.Ending {
        let options = try DockerOptions(
            words,
            DockerOptions.Grammar(
                command: "network create", flags: ["attachable"],
                valued: ["d|driver", "subnet", "label"],
                missing:
                    "aux-address config-from config-only gateway ingress internal ip-range ipam-driver "
                    + "ipam-opt ipv4 ipv6 opt scope"))
        let driver = options.value("driver") ?? "bridge"
        guard driver == "bridge" else { throw .missing("network driver \(driver), only bridge") }
        let subnet = options.value("subnet")
        let number = subnet.flatMap(ContainerNetwork.number)
        if let subnet, number == nil {
            throw .missing("subnet \(subnet): its networks are 172.17.0.0/16 to 172.31.0.0/16")
        }
        session.write(try engine.createNetwork(options.rest[0], number: number).id + "\n")
        return .exit(0)
    }

    private func removeNetworks(
        _ names: [String], _ session: ControlSession
    ) -> ControlSession.Ending {
        var status: Int32 = 0
        for name in names {
            do throws(DockerFailure) {
                try engine.removeNetwork(name)
                session.write("\(name)\n")
            } catch {
                session.writeError(error.text + "\n")
                status = 1
            }
        }
        return .exit(status)
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
