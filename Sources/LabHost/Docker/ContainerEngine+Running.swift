import Dispatch
import LabBackends
import NodeServer
import Synchronization

// Starting and stopping.
extension ContainerEngine {
    /// Starts a container. What its server says goes to its log; one whose server does not start has exited.
    func start(_ id: String) throws(DockerFailure) {
        let container = try container(id)
        guard !container.isRunning else { return }
        let network = try view(of: container)
        update(id) { container in
            container.isStopping = false
            container.state = .running(since: .now)
        }
        let arguments = Array(container.settings.program.dropFirst())
        do throws(StandaloneServer.Failure) {
            // The image is built with protected mode off, as it could not be reached else.
            let server = try servers.prepare(
                Self.withoutProtection(arguments), in: system(of: container))
            // Known before it listens: who finds it running may stop it at once.
            update(id) { $0.server = server }
            server.whenEnded { [weak self, weak server] in
                self?.hasEnded(id, status: 0, of: server)
            }
            try server.start(network: network)
        } catch {
            if case .refused(let text) = error { container.log.write(text + "\n") }
            hasEnded(id, status: 1)
        }
    }

    /// Ends a container as `docker stop` does: by a signal, and after a while the hard way.
    func stop(_ id: String, by signal: String, within limit: Duration) throws(DockerFailure) {
        guard signal != "SIGKILL" else { return try kill(id, signal) }
        guard let server = try halting(id) else { return }
        server.signal(signal)
        let ended = DispatchSemaphore(value: 0)
        server.whenEnded { ended.signal() }
        let nanoseconds = Int(limit / .nanoseconds(1))
        if ended.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .timedOut {
            try kill(id, "SIGKILL")
        }
        // Others who wait for the end may be told later; whoever asks now is to see it.
        hasEnded(id, status: 0, of: server)
    }

    /// Sends a signal to a container.
    func kill(_ id: String, _ signal: String) throws(DockerFailure) {
        guard let server = try halting(id) else { return }
        guard signal == "SIGKILL" else { return server.signal(signal) }
        hasEnded(id, status: 137, of: server)
        server.crash()
    }

    private func halting(_ id: String) throws(DockerFailure) -> HostedServer? {
        let container = try container(id)
        guard container.isRunning else { return nil }
        update(id) { $0.isStopping = true }
        return container.server
    }

    /// Notes an end, once, and does what was asked for that case.
    /// - Parameter server: the one that ended; by now the container may have been started again, with another.
    func hasEnded(_ id: String, status: Int32, of server: HostedServer? = nil) {
        let ended: Container? = state.withLock { state in
            guard let index = state.containers.firstIndex(where: { $0.id == id }),
                state.containers[index].isRunning,
                server.map({ $0 === state.containers[index].server }) ?? true
            else { return nil }
            state.containers[index].state = .exited(status, at: .now)
            state.containers[index].address = nil
            state.containers[index].server = nil
            state.containers[index].ports = []
            return state.containers[index]
        }
        guard let container = ended else { return }
        if container.settings.isRemovedAtEnd { return remove(container) }
        let isAgain =
            switch container.settings.restart {
            case .no: false
            case .always: !container.isStopping
            case .onFailure: !container.isStopping && status != 0
            }
        guard isAgain else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.restartDelay) { [weak self] in
            try? self?.start(id)
        }
    }

    /// Docker's own, the first time.
    private static let restartDelay = DispatchTimeInterval.milliseconds(100)

    // MARK: - What it has around it

    private func system(of container: Container) -> ServerSystem {
        for mount in container.mounts where mount.target == "/data" || mount.target == "/" {
            FileTree.make(mount.source)
        }
        return .guest(
            in: "/data", mounts: container.mounts.map { ($0.target, $0.source) }, processID: 1,
            input: { [] }, output: container.log.write)
    }

    private static func withoutProtection(_ arguments: [String]) -> [String] {
        let option = ["--protected-mode", "no"]
        guard let first = arguments.first, !first.hasPrefix("-") else { return option + arguments }
        return [first] + option + arguments.dropFirst()
    }

    /// Gives the container its address and its ports.
    private func view(of container: Container) throws(DockerFailure) -> NetworkView {
        guard let name = container.network else { return .machine(of: block) }
        guard !isCrowded else { throw .crowded }
        let network = try network(name)
        let outcome: Result<(String, [ContainerSettings.Port]), DockerFailure> = state.withLock {
            state in
            let others = state.containers.filter { $0.isRunning && $0.id != container.id }
            let taken = Set(others.compactMap(\.address))
            let wanted = container.settings.address
            if let wanted, taken.contains(wanted) {
                return .failure(
                    .daemon("failed to set up container networking: Address already in use"))
            }
            guard let address = wanted ?? network.freeAddress(besides: taken) else {
                return .failure(.noAddress)
            }
            do throws(DockerFailure) {
                let ports = try Self.ports(of: container, besides: others)
                guard let index = state.containers.firstIndex(where: { $0.id == container.id })
                else { return .failure(.noSuchContainer(container.name)) }
                state.containers[index].address = address
                state.containers[index].ports = ports
                return .success((address, ports))
            } catch {
                return .failure(error)
            }
        }
        let (address, ports) = try outcome.get()
        let machine = Machine.addresses
        return NetworkView(
            address: address, in: block,
            published: ports.flatMap { port in
                Self.places(of: port, machine, block).map {
                    NetworkView.PublishedPort(
                        host: port.host, container: port.container, address: $0)
                }
            }, machineAddresses: Set(machine))
    }

    /// Where a port is published: everywhere on this machine, unless `-p` names an address. Other containers reach what
    /// is published at loopback alone as little as other machines do.
    private static func places(
        of port: ContainerSettings.Port, _ machine: [String], _ block: LoopbackBlock
    ) -> [String] {
        guard let address = port.address, address != "0.0.0.0" else {
            return ["127.0.0.1", block.machine] + machine
        }
        return address.hasPrefix("127.") ? [address] : [address, block.machine]
    }

    /// The ports to publish, none of which anybody else has.
    private static func ports(
        of container: Container, besides others: [Container]
    ) throws(DockerFailure) -> [ContainerSettings.Port] {
        var taken = Set(others.flatMap(\.ports).map(\.host))
        var ports: [ContainerSettings.Port] = []
        for port in container.settings.ports {
            var port = port
            if port.host == 0 {
                port.host = ephemeral.first { !taken.contains($0) && LocalPort.isFree($0) } ?? 0
            }
            let place = "\(port.address ?? "0.0.0.0"):\(port.host)"
            let beginning =
                "driver failed programming external connectivity on endpoint \(container.name) "
                + "(\(DockerID.random())): "
            guard !taken.contains(port.host) else {
                throw .daemon("\(beginning)Bind for \(place) failed: port is already allocated.")
            }
            guard LocalPort.isFree(port.host) else {
                throw .daemon(
                    "\(beginning)Error starting userland proxy: listen tcp4 \(place): bind: address "
                        + "already in use.")
            }
            taken.insert(port.host)
            ports.append(port)
        }
        return ports
    }

    /// What docker chooses from.
    private static let ephemeral = 32_768...60_999
}
