import Dispatch
import LabBackends
import NodeServer
import Synchronization

/// The containers and networks of the lab: what docker's daemon keeps.
final class ContainerEngine: Sendable {
    let servers: HostedServers
    /// Where containers have their data, and volumes are.
    let folder: String
    private let held = HeldBlock()
    let state = Mutex(State())

    struct State {
        /// In the order in which they were made.
        var containers: [Container] = []
        var networks: [ContainerNetwork]

        init() {
            networks = [
                ContainerNetwork(
                    id: DockerID.random(), name: "bridge", driver: "bridge",
                    number: ContainerNetwork.numbers.lowerBound),
                ContainerNetwork(
                    id: DockerID.random(), name: "host", driver: "host", number: nil),
                ContainerNetwork(id: DockerID.random(), name: "none", driver: "null", number: nil),
            ]
        }
    }

    init(servers: HostedServers, folder: String) {
        self.servers = servers
        self.folder = folder
    }

    // MARK: - Looking

    var containers: [Container] { state.withLock(\.containers) }
    var networks: [ContainerNetwork] { state.withLock(\.networks) }

    func container(_ name: String) throws(DockerFailure) -> Container {
        guard let found = containers.first(where: { $0.isCalled(name) }) else {
            throw .noSuchContainer(name)
        }
        return found
    }

    func network(_ name: String) throws(DockerFailure) -> ContainerNetwork {
        guard let found = networks.first(where: { $0.name == name || $0.id.hasPrefix(name) })
        else { throw .noSuchNetwork(name) }
        return found
    }

    // MARK: - Where clients are

    /// Where the containers really listen.
    var block: LoopbackBlock { held.block }

    /// Other labs on this machine leave no room for containers with addresses of their own.
    var isCrowded: Bool { held.isCrowded }

    /// The machine: every container is reached from it, as on Linux.
    var machine: ContainerPlace {
        let containers = containers.compactMap(\.address)
        return ContainerPlace(
            besides: Set(containers + networks.map(\.gateway).filter { !$0.isEmpty }), block)
    }

    /// A container that runs, or one that is to run on a network for a moment.
    func place(of container: Container) throws(DockerFailure) -> ContainerPlace {
        guard let address = container.address, let network = container.network else {
            return machine
        }
        return ContainerPlace(in: address, block, names: names(on: network))
    }

    /// A place for a client that is a container of its own.
    func freePlace(on name: String) throws(DockerFailure) -> ContainerPlace {
        let network = try network(name)
        let taken = Set(containers.compactMap(\.address))
        guard network.number != nil else { return machine }
        guard !isCrowded else { throw .crowded }
        guard let address = network.freeAddress(besides: taken) else { throw .noAddress }
        return ContainerPlace(in: address, block, names: names(on: network.name))
    }

    /// Docker's name server serves the networks that were made, and not `bridge`.
    private func names(on network: String) -> [String: String] {
        guard network != "bridge" else { return [:] }
        let pairs = containers.filter { $0.network == network }.flatMap { container in
            let names = [container.name, container.shortID] + container.settings.aliases
            return names.map { ($0.lowercased(), container.address ?? "") }
        }
        return Dictionary(pairs.filter { !$0.1.isEmpty }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: - Making

    /// Makes a container that does not run yet.
    func create(_ settings: ContainerSettings) throws(DockerFailure) -> Container {
        let network = try network(settings.network)
        if let address = settings.address { try require(address, on: network) }
        let id = DockerID.random()
        let container = Container(
            id: id, name: settings.name ?? DockerID.randomName(), settings: settings,
            network: network.number == nil ? nil : network.name, mounts: mounts(of: settings, id),
            created: .now)
        let conflict: Container? = state.withLock { state in
            if let other = state.containers.first(where: { $0.name == container.name }) {
                return other
            }
            state.containers.append(container)
            return nil
        }
        if let conflict {
            throw .daemon(
                "Conflict. The container name \"/\(conflict.name)\" is already in use by container "
                    + "\"\(conflict.id)\". You have to remove (or rename) that container to be able to "
                    + "reuse that name.")
        }
        return container
    }

    /// An address may be chosen on a network that was made, among its own.
    private func require(
        _ address: String, on network: ContainerNetwork
    ) throws(DockerFailure) {
        guard network.isMade else {
            throw .daemon(
                "invalid config for network \(network.name): invalid endpoint settings:\nuser specified IP "
                    + "address is supported on user defined networks only")
        }
        guard network.has(address) else {
            throw .daemon(
                "invalid config for network \(network.name): invalid endpoint settings:\nno configured subnet "
                    + "contains IP address \(address)")
        }
    }

    /// The data folder is always there, as the image says; without a mount it lasts as long as the container.
    private func mounts(
        of settings: ContainerSettings, _ id: String
    ) -> [ContainerSettings.Mount] {
        let named = settings.mounts.map { mount in
            mount.source.hasPrefix("/")
                ? mount
                : ContainerSettings.Mount(
                    source: "\(folder)/volumes/\(mount.source)", target: mount.target)
        }
        let own = "\(folder)/\(id.prefix(12))"
        let data =
            named.contains { $0.target == "/data" }
            ? [] : [ContainerSettings.Mount(source: "\(own)/data", target: "/data")]
        return named + data + [ContainerSettings.Mount(source: own, target: "/")]
    }

    /// Takes a container away that does not run.
    func remove(_ container: Container) {
        state.withLock { state in state.containers.removeAll { $0.id == container.id } }
        FileTree.remove("\(folder)/\(container.shortID)")
    }

    /// Makes a network.
    /// - Parameter wanted: the second part of its addresses; nil for any.
    func createNetwork(
        _ name: String, number wanted: Int? = nil
    ) throws(DockerFailure) -> ContainerNetwork {
        let made: Result<ContainerNetwork, DockerFailure> = state.withLock { state in
            guard !state.networks.contains(where: { $0.name == name }) else {
                return .failure(.daemon("network with name \(name) already exists"))
            }
            let taken = Set(state.networks.compactMap(\.number))
            if let wanted, taken.contains(wanted) {
                return .failure(
                    .daemon(
                        "invalid pool request: Pool overlaps with other one on this address space"))
            }
            guard
                let number = wanted
                    ?? ContainerNetwork.numbers.first(where: { !taken.contains($0) })
            else {
                return .failure(
                    .daemon(
                        "could not find an available, non-overlapping IPv4 address pool among the "
                            + "defaults to assign to the network"))
            }
            let network = ContainerNetwork(
                id: DockerID.random(), name: name, driver: "bridge", number: number)
            state.networks.append(network)
            return .success(network)
        }
        return try made.get()
    }

    /// Takes a network away that nobody is on.
    func removeNetwork(_ name: String) throws(DockerFailure) {
        let network = try network(name)
        guard network.isMade else {
            throw .daemon("\(network.name) is a pre-defined network and cannot be removed")
        }
        let present = containers.filter { $0.isRunning && $0.network == network.name }
        guard present.isEmpty else {
            let names = present.map { "name:\"\($0.name)\" id:\"\($0.shortID)\"" }
            throw .daemon(
                "error while removing network: network \(network.name) has active endpoints ("
                    + "\(names.joined(separator: ", ")))")
        }
        state.withLock { state in state.networks.removeAll { $0.id == network.id } }
    }

    /// Takes all containers away, also those that run, with their data, the volumes, and all networks that were made.
    func removeAll() {
        let gone = state.withLock { state in
            defer {
                // None of them starts again by itself: it is not known any more.
                state.containers = []
                state.networks.removeAll(where: \.isMade)
            }
            return state.containers
        }
        for container in gone { container.server?.crash() }
        FileTree.remove(folder)
    }

    /// Changes what is kept of a container, if it is there still.
    func update(_ id: String, _ body: (inout Container) -> Void) {
        state.withLock { state in
            guard let index = state.containers.firstIndex(where: { $0.id == id }) else { return }
            body(&state.containers[index])
        }
    }
}
