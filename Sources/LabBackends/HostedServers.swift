import ClusterCore
import Dispatch
package import Lab
package import NodeServer
import Synchronization

/// The servers that somebody starts beside the lab's own cluster, by `redis-server` or in a container. They live in
/// this process, and end with it.
package final class HostedServers: Sendable {
    private let state = Mutex(State())
    private let events: NodeLog
    private let processes: ProcessLog
    /// What they live under; the lab's own cluster does, too.
    let conditions: Conditions

    private struct State {
        var server: ClusterServer?
        /// In the order in which they were started; one that has ended stays for as long as the lab runs.
        var addresses: [NodeAddress] = []
        var running: [ObjectIdentifier: (server: HostedServer, network: NetworkView)] = [:]
        var isOver = false
        /// The machine's addresses in the networks that containers were started in, with where it really listens: who is
        /// at no other address there cannot be reached.
        var gateways: [String: String] = [:]
        /// What was started last at each address, whether or not it has ended.
        var latest: [NodeAddress: Recipe] = [:]
        /// Whoever keeps more than the servers for a cluster, such as containers.
        var keepers: [@Sendable () -> Void] = []
    }

    /// What it takes to start a server again.
    private struct Recipe {
        let server: HostedServer
        let network: NetworkView
    }

    /// Nodes that are expected to run side by side, at least: enough to use all cores.
    private static let expectedCount = 6

    /// A little more than a master waits for its replicas (`shutdown-timeout`).
    private static let patience = DispatchTimeInterval.seconds(12)

    /// - Parameter events: takes what the nodes do and notice.
    package init(
        conditions: Conditions = Conditions(), events: EventLog? = nil
    ) {
        self.conditions = conditions
        processes = ProcessLog(events: events, conditions: conditions)
        self.events = NodeLog(
            trace: events.map { events in InProcessLab.trace { events.add($0) } })
    }

    /// Where clients of this machine find them, by ascending port.
    package var addresses: [NodeAddress] {
        state.withLock { $0.addresses.sorted() }
    }

    /// The same for whoever looks at all of them. One that has ended is still looked for where it may be
    /// wanted: at the lab's ports. What ran by mistake at another port is gone with its end.
    /// - Parameter port: the first of the lab's.
    package func addresses(aroundPort port: Int) -> [NodeAddress] {
        state.withLock { state in
            state.addresses.filter { address in
                address.host != NodeAddress(port: port).host
                    || (port..<port + Self.labPorts).contains(address.port)
                    || state.latest[address]?.server.hasEnded == false
            }.sorted()
        }
    }

    /// As many as lessons may name.
    private static let labPorts = 20

    /// Where a client on the machine really connects to: a container that runs listens elsewhere, the machine's own
    /// address in its network is the machine, and nobody is at the network's other addresses.
    func route(to host: String) -> MachineRoute {
        state.withLock { state in
            let networks = state.running.values.lazy.filter { !$0.server.hasEnded }.map(\.network)
            if let real = networks.first(where: { $0.address == host })?.realAddress {
                return .elsewhere(real)
            }
            if let real = state.gateways[host] { return .elsewhere(real) }
            return state.gateways[NetworkView.gateway(of: host)] != nil ? .nowhere : .direct
        }
    }

    /// How a client speaks to a server that has no port without TLS: with what the server itself shows. nil for any
    /// other.
    func tlsOptions(of address: NodeAddress) -> TLSOptions? {
        guard let server = state.withLock({ $0.latest[address]?.server }),
            server.process.isSecureOnly
        else { return nil }
        let tls = server.process.tls
        var options = TLSOptions()
        options.skipsVerification = true
        options.certificateFile = tls.certFile.isEmpty ? nil : tls.certFile
        options.keyFile = tls.keyFile.isEmpty ? nil : tls.keyFile
        return options
    }

    /// Where a connection from the machine leads.
    enum MachineRoute {
        /// As it is written.
        case direct
        case elsewhere(String)
        case nowhere
    }

    /// Reads what a server is told, by redis-server's arguments.
    /// - Parameter system: what it has around it.
    package func prepare(
        _ arguments: [String], in system: ServerSystem
    ) throws(StandaloneServer.Failure) -> HostedServer {
        do throws(ServerProcess.Failure) {
            let process = try ServerProcess(ServerArguments(arguments), in: system)
            return HostedServer(process, of: self)
        } catch {
            throw StandaloneServer.failure(error)
        }
    }

    fileprivate func start(
        _ hosted: HostedServer, _ network: NetworkView
    ) throws(StandaloneServer.Failure) {
        do throws(ServerProcess.Failure) {
            let (server, conditions) = try running()
            try hosted.start(on: server, conditions: conditions, network: network) { [weak self] in
                self?.hasEnded(hosted)
            }
        } catch {
            throw StandaloneServer.failure(error)
        }
        note(hosted, network)
    }

    private func hasEnded(_ hosted: HostedServer) {
        let addresses = state.withLock { state in
            state.running[ObjectIdentifier(hosted)] = nil
            return state.latest.filter { $0.value.server === hosted }.map(\.key)
        }
        for address in addresses.sorted() { processes.ended(address) }
    }

    /// The server at an address ends by a crash, if it ends.
    func expectCrash(of address: NodeAddress) { processes.expectCrash(of: address) }

    /// Makes the lab what it was before anybody started something in it: all servers end, and what others keep for
    /// them, such as containers and their networks, goes. Whoever begins another cluster does that first; others may be
    /// started afterwards. Returns when everything is gone and its ports are free.
    package func reset() {
        for keeper in state.withLock(\.keepers) { keeper() }
        endAll()
    }

    /// Calls in `reset`, before the servers end.
    package func whenReset(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.keepers.append(body) }
    }

    /// Ends all as SIGTERM does, and those that do not end, such as one that cannot save, the hard way. Others may be
    /// started afterwards.
    package func endAll() {
        let running = state.withLock { $0.running.values.map(\.server) }
        for server in running {
            if canEnd(server) { server.signal("SIGTERM") } else { server.crash() }
        }
        let deadline = DispatchTime.now() + Self.patience
        for server in running where !server.waitUntilEnded(by: deadline) { server.crash() }
        state.withLock { state in
            state.addresses = []
            state.latest = [:]
            state.gateways = [:]
        }
    }

    /// Whether a server can end in good order: not while it is frozen, and not while no time passes in which it could
    /// wait for its replicas.
    private func canEnd(_ hosted: HostedServer) -> Bool {
        guard conditions.clock.speed > 0, let place = hosted.place else { return false }
        return server?.isFrozen(place) != true
    }

    /// What they are served by; nil before the first.
    var server: ClusterServer? { state.withLock(\.server) }

    /// Where the server at an address lives, or lived.
    func find(_ address: NodeAddress) -> (ClusterServer, ClusterServer.Place)? {
        state.withLock { state -> (ClusterServer, ClusterServer.Place)? in
            guard let server = state.server, let place = state.latest[address]?.server.place else {
                return nil
            }
            return (server, place)
        }
    }

    /// Starts the server that was at an address again, with the same arguments. A container is docker's to start, which
    /// else would not know that it runs.
    /// - Returns: whether there was one.
    func boot(_ address: NodeAddress) throws(LabError) -> Bool {
        guard let recipe = state.withLock({ $0.latest[address] }) else { return false }
        guard recipe.network.address == nil else {
            throw .unsupported(
                "\(address) is a container: docker start NAME, with its name from docker ps -a.")
        }
        do throws(StandaloneServer.Failure) {
            try recipe.server.again().start(network: recipe.network)
        } catch {
            throw .refused(address, reason: "its log says why it did not start")
        }
        return true
    }

    /// Ends all at once and for good.
    package func shutDown() {
        let server = state.withLock { state in
            state.isOver = true
            defer { state.server = nil }
            return state.server
        }
        server?.shutDown()
    }

    private func running() throws(ServerProcess.Failure) -> (ClusterServer, Conditions) {
        let found: (ClusterServer, Conditions)? = state.withLock {
            state -> (ClusterServer, Conditions)? in
            guard !state.isOver else { return nil }
            if let server = state.server { return (server, conditions) }
            let server = try? ClusterServer(
                [], expecting: Self.expectedCount, conditions: conditions, log: events)
            state.server = server
            return server.map { ($0, conditions) }
        }
        guard let found else { throw .logged }
        return found
    }

    private func note(_ hosted: HostedServer, _ network: NetworkView) {
        let port = hosted.place?.port ?? 0
        let addresses = Self.addresses(of: port, in: network)
        state.withLock { state in
            if let gateway = network.gateway { state.gateways[gateway] = network.block.machine }
            for address in addresses {
                if !state.addresses.contains(address) { state.addresses.append(address) }
                state.latest[address] = Recipe(server: hosted, network: network)
            }
            if !hosted.hasEnded { state.running[ObjectIdentifier(hosted)] = (hosted, network) }
        }
        for address in addresses { processes.tell(.started, address) }
    }

    /// Where clients of this machine find a server: at its published ports; a container without any at its own address.
    private static func addresses(of port: Int, in network: NetworkView) -> [NodeAddress] {
        guard let own = network.address else { return [NodeAddress(port: port)] }
        let published = network.published.filter { $0.container == port }
        return published.isEmpty
            ? [NodeAddress(host: own, port: port)]
            : published.map { NodeAddress(port: $0.host) }
    }
}

/// One server among those that this process hosts.
package final class HostedServer: Sendable {
    fileprivate let process: ServerProcess
    private let servers: HostedServers
    private let state = Mutex(State())

    private struct State {
        var server: ClusterServer?
        var place: ClusterServer.Place?
        var hasEnded = false
        var waiting: [@Sendable () -> Void] = []
        /// Signals that came before it had its place.
        var early: [String] = []
    }

    fileprivate init(_ process: ServerProcess, of servers: HostedServers) {
        self.process = process
        self.servers = servers
    }

    /// Another one that goes by the same settings.
    fileprivate func again() -> HostedServer { HostedServer(process, of: servers) }

    /// Starts it, once, in the place where it lives.
    package func start(network: NetworkView = .machine) throws(StandaloneServer.Failure) {
        try servers.start(self, network)
    }

    fileprivate func start(
        on server: ClusterServer, conditions: Conditions, network: NetworkView,
        whenEnded: @escaping @Sendable () -> Void
    ) throws(ServerProcess.Failure) {
        let place = try process.start(on: server, conditions: conditions, network: network) {
            [self] in
            end()
            whenEnded()
        }
        let early = state.withLock { state in
            state.place = place
            state.server = server
            defer { state.early = [] }
            return state.early
        }
        for name in early { signal(name) }
    }

    /// Where it serves; nil before it does.
    package var place: ClusterServer.Place? { state.withLock(\.place) }

    /// Whether `daemonize` asks that whoever started it need not wait.
    package var isDaemon: Bool { process.isDaemon }

    package var hasEnded: Bool { state.withLock(\.hasEnded) }

    /// Hands it a signal of the system, upon which it ends in good order. One that comes early is kept.
    package func signal(_ name: String) {
        let (server, place) = state.withLock { state in
            if state.place == nil { state.early.append(name) }
            return (state.server, state.place)
        }
        if let place, !hasEnded { server?.signal(name, to: place) }
    }

    /// Ends it at once, as `kill -9` does.
    package func crash() {
        let (server, place) = state.withLock { ($0.server, $0.place) }
        if let place, !hasEnded { server?.crash(place) }
    }

    /// Calls when it has ended, or now if it has.
    package func whenEnded(_ body: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if !state.hasEnded { state.waiting.append(body) }
            return state.hasEnded
        }
        if isOver { body() }
    }

    /// Blocks until it has ended.
    package func waitUntilEnded() { _ = waitUntilEnded(by: .distantFuture) }

    /// Blocks until it has ended, or until then.
    /// - Returns: whether it has.
    func waitUntilEnded(by deadline: DispatchTime) -> Bool {
        let ended = DispatchSemaphore(value: 0)
        whenEnded { ended.signal() }
        return ended.wait(timeout: deadline) == .success
    }

    private func end() {
        process.hasEnded()
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for body in waiting { body() }
    }
}
