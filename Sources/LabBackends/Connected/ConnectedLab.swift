package import Lab
import RESP
import Synchronization

/// A cluster on whatever machines, which the lab only visits.
package struct ConnectedLab: LabBackend {
    private let settings: Settings

    /// How to get there.
    package struct Settings: Sendable {
        /// Nodes to ask, in turn: one that answers is enough.
        package var seeds: [NodeAddress]
        package var user: String?
        package var password: String?
        /// nil for nodes without TLS.
        package var tls: TLSOptions?
        package var map = AddressMap()
        package var allowsChanges = false

        package init(seeds: [NodeAddress]) {
            self.seeds = seeds
        }
    }

    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// Finds the nodes from one that answers.
    package func connect() throws(LabError) -> ConnectedCluster {
        var failure = LabError.unsupported("--connect wants HOST:PORT")
        for seed in settings.seeds {
            do throws(LabError) {
                return try ConnectedCluster(settings, seed: seed)
            } catch .interrupted {
                throw .interrupted
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// A visitor starts no clusters.
    package func start(_ plan: ClusterPlan) throws(LabError) -> any LabCluster {
        throw .unsupported(
            "This begins on a cluster of its own, and the one that you are connected to is not the lab's to replace: "
                + "leave the lab and come back without --connect.")
    }
}

/// A cluster that is not the lab's: it can be looked at, and with leave be written to.
package final class ConnectedCluster: LabCluster {
    /// The node that was asked, as the others know it.
    package let entrance: NodeAddress
    private let settings: ConnectedLab.Settings
    private let guardian: ChangeGuard
    private let own = OwnConnections()
    private let state: Mutex<State>

    private struct State {
        var found: Discovery
        var map: AddressMap
        /// When to look again, which one caller does while others go on with what is known.
        var nextLook = ContinuousClock.now + ConnectedCluster.freshness
        var isLooking = false
    }

    /// So long the list of nodes is taken for what the cluster is.
    private static let freshness = Duration.seconds(1)
    /// So long a list is that nobody could bring up to date: to ask nodes that do not answer takes time.
    private static let staleness = Duration.seconds(5)
    /// What a node gets that is asked for all others.
    private static let patience = Duration.milliseconds(500)

    fileprivate init(_ settings: ConnectedLab.Settings, seed: NodeAddress) throws(LabError) {
        self.settings = settings
        guardian = ChangeGuard(allowsChanges: settings.allowsChanges)
        let connection = try Self.open(
            seed, at: settings.map[seed], settings, within: .seconds(5), OwnConnections())
        defer { connection.close() }
        let found: Discovery
        do throws(LabError) {
            found = try Discovery(connection)
        } catch .connectionLost(let address) {
            throw Self.lostAtOnce(address, settings.tls)
        }
        entrance = found.asked
        var map = settings.map
        // Where the first node was reached it is reached, however it is announced.
        map.note(found.asked, at: map[seed])
        state = Mutex(State(found: found, map: map))
    }

    /// What to try where a node hangs up before it has said a word.
    private static func lostAtOnce(_ address: NodeAddress, _ tls: TLSOptions?) -> LabError {
        let advice =
            switch tls {
            case nil: "A node that speaks TLS wants --tls"
            case let options? where options.certificateFile == nil:
                "It may want a client's certificate: --cert FILE and --key FILE"
            case .some: "Its log says why"
            }
        return .refused(address, reason: "it hangs up at once. \(advice)")
    }

    /// As the cluster is now: nodes join, leave, and come back elsewhere.
    package var nodes: [NodeAddress] {
        lookAgain()
        return state.withLock(\.found.nodes)
    }

    package func place(of told: NodeAddress) -> NodeAddress {
        state.withLock { $0.found.places[told] ?? told }
    }

    package var lacks: Set<LabAbility> { Set(LabAbility.allCases) }
    package var changeRefusal: String? {
        settings.allowsChanges
            ? nil
            : "This cluster is not the lab's, and nothing may change it: --allow-changes lets it."
    }

    /// Nodes that cannot be reached where they are announced, with what to type.
    package func unreachable() -> [String] {
        nodes.filter { node in
            do throws(LabError) {
                try connect(to: node, within: .seconds(1)).close()
                return false
            } catch {
                return true
            }
        }.map {
            "\($0) cannot be reached as it is announced: --map \($0)=HOST:PORT tells where it is."
        }
    }

    package func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        try connect(to: address, within: .seconds(5))
    }

    package func connect(
        to address: NodeAddress, within limit: Duration
    ) throws(LabError) -> any LabConnection {
        let connection = try Self.open(address, at: real(address), settings, within: limit, own)
        return GuardedConnection(connection, at: address, guardian)
    }

    package func openStream(
        to endpoint: StreamEndpoint
    ) throws(StreamFailure) -> any ByteStream {
        guard case .tcp(let host, let port) = endpoint.address else {
            return GuardedStream(try SocketStream(endpoint)) { [guardian] in
                guardian.refusal(of: $0) { _ in nil }
            }
        }
        let address = NodeAddress(host: host, port: port)
        let target = real(address)
        let place = StreamEndpoint(
            .tcp(host: target.host, port: target.port), tlsOptions: settings.tls)
        let stream = try SocketStream(place) { host, port throws(ClientSocket.Failure) in
            own.take(try ClientSocket(host: host, port: port, timeout: nil))
        }
        try StreamLogin(settings.login).run(on: stream)
        return GuardedStream(stream) { [self] in
            guardian.refusal(of: $0) { try? self.connect(to: address).send($0) }
        }
    }

    package func isOwn(client: String) -> Bool { own.contains(client) }

    /// It goes on without the lab.
    package func shutDown() {}

    /// Where a node is reached, by whichever of its addresses it is called.
    private func real(_ address: NodeAddress) -> NodeAddress {
        state.withLock { state in
            let place = state.found.places[address] ?? address
            let names = [place, address] + state.found.names(of: place)
            return names.map { state.map[$0] }.first { !names.contains($0) } ?? place
        }
    }

    // MARK: - Looking again

    /// Asks a node who is there, where that was long ago. What no node tells stays as it was.
    private func lookAgain() {
        let isDue = state.withLock { state in
            guard !state.isLooking, ContinuousClock.now >= state.nextLook else { return false }
            state.isLooking = true
            return true
        }
        guard isDue else { return }
        let found = discover()
        state.withLock { state in
            state.isLooking = false
            state.nextLook = .now + (found == nil ? Self.staleness : Self.freshness)
            if let found { state.found = found }
        }
    }

    /// What the first node tells that answers, of those that are known and those that were named at the beginning. One
    /// that knows nobody any more has left the cluster: then it is the others'.
    private func discover() -> Discovery? {
        let known = state.withLock(\.found)
        var alone: Discovery?
        let others = known.nodes.filter { $0 != known.asked }
        for node in [known.asked] + others + settings.seeds {
            do throws(LabError) {
                let connection = try Self.open(
                    node, at: real(node), settings, within: Self.patience, own)
                defer { connection.close() }
                let found = try Discovery(connection, within: Self.patience)
                guard found.nodes.count == 1, known.nodes.count > 1 else { return found }
                alone = alone ?? found
            } catch .interrupted {
                return nil
            } catch {
                continue
            }
        }
        return alone
    }

    private static func open(
        _ address: NodeAddress, at real: NodeAddress, _ settings: ConnectedLab.Settings,
        within limit: Duration, _ own: OwnConnections
    ) throws(LabError) -> RESPConnection {
        let connection = try RESPConnection(to: address) { () throws(ClientSocket.Failure) in
            var socket = own.take(
                try ClientSocket(host: real.host, port: real.port, timeout: limit))
            if let tls = settings.tls { try socket.secure(by: tls, timeout: limit) }
            return socket
        }
        guard let login = settings.login else { return connection }
        if case .error(let message) = try connection.send(login, within: limit) {
            throw .unsupported("\(address): AUTH failed: \(message)")
        }
        return connection
    }
}

extension ConnectedLab.Settings {
    /// AUTH with what there is; nil where no password is given.
    fileprivate var login: [[UInt8]]? {
        guard let password else { return nil }
        return (["AUTH"] + (user.map { [$0] } ?? []) + [password]).map { Array($0.utf8) }
    }
}

/// AUTH on a stream, before somebody else has it.
private struct StreamLogin {
    private let command: [[UInt8]]?

    private static let patience = Duration.seconds(5)

    init(_ command: [[UInt8]]?) {
        self.command = command
    }

    func run(on stream: any ByteStream) throws(StreamFailure) {
        guard let command else { return }
        var unsent = encodeRequest(command)[...]
        while !unsent.isEmpty {
            unsent = unsent.dropFirst(try stream.send(unsent))
            if !unsent.isEmpty { _ = try stream.wait(for: .writable, timeout: Self.patience) }
        }
        var reply: [UInt8] = []
        while reply.last != UInt8(ascii: "\n") {
            guard try !stream.wait(for: .readable, timeout: Self.patience).isEmpty else {
                throw StreamFailure(reason: "no reply to AUTH")
            }
            let bytes = try stream.receive(atMost: 1024) ?? []
            guard !bytes.isEmpty else { throw StreamFailure(reason: "closed at AUTH") }
            reply += bytes
        }
        guard reply.first == UInt8(ascii: "+") else {
            let text = String(decoding: reply.dropFirst().dropLast(2), as: UTF8.self)
            throw StreamFailure(reason: "AUTH failed: \(text)")
        }
    }
}
