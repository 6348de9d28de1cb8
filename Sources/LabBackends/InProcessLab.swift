import ClusterCore
package import Lab
import NodeServer
import RESP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Clusters that run inside this process, each node on a TCP port of its own.
package struct InProcessLab: LabBackend {
    private let folder: String?
    private let isScratch: Bool
    private let log: NodeLog
    private let events: EventLog?
    private let hosted: HostedServers?

    /// - Parameters:
    ///   - dir: where each node gets a folder named after its port; nil for nodes that keep nothing.
    ///   - log: takes the log lines of all nodes; nil to keep quiet.
    ///   - isScratch: the folders begin empty with each cluster, and the nodes go by redis-server's defaults: they
    ///     save at their end, and now and then, and have no append-only file.
    ///   - events: takes what the nodes do and notice; nil where nobody wants it.
    ///   - hosted: servers that the learner starts beside the cluster. They, and what is kept for
    ///     them, are gone when another cluster begins.
    package init(
        dir: String? = nil, isScratch: Bool = false, log: (@Sendable (String) -> Void)? = nil,
        events: EventLog? = nil, hosted: HostedServers? = nil
    ) {
        self.hosted = hosted
        self.isScratch = isScratch
        self.events = events
        folder = dir.map(absolutePath)
        self.log = NodeLog(log, trace: events.map { events in Self.trace { events.add($0) } })
    }

    /// Hands the events of nodes on as the learner's side knows them.
    static func trace(to events: @escaping @Sendable (LabEvent) -> Void) -> NodeLog.Trace {
        { place, instant, event in
            let node =
                place.address.map { NodeAddress(host: $0, port: place.port) }
                ?? NodeAddress(port: place.port)
            events(
                LabEvent(
                    time: Instant.start.duration(to: instant), node: node,
                    kind: LabEvent.Kind(event)))
        }
    }

    package func start(_ plan: ClusterPlan) throws(LabError) -> any LabCluster {
        try startServer(plan)
    }

    /// `start`, for callers that also wait for the nodes to end.
    /// - Parameter serving: called as soon as the nodes listen, before they agree that all is well.
    package func startServer(
        _ plan: ClusterPlan, serving: (InProcessCluster) -> Void = { _ in }
    ) throws(LabError) -> InProcessCluster {
        hosted?.reset()
        let layout = ClusterLayout(
            masters: plan.masters, replicas: plan.replicas, spares: plan.spares, port: plan.port,
            isEmpty: plan.isEmpty, seed: plan.seed)
        let conditions = hosted?.conditions ?? Conditions()
        let certificates = try plan.tls.map { tls throws(LabError) in
            try NodeCertificates(in: tls.certificates)
        }
        try certificates?.makeIfMissing()
        let lines = LogLines()
        beginAnew(conditions)
        let processes = ProcessLog(events: events, conditions: conditions)
        let members = try (0..<layout.count).map { ordinal throws(LabError) in
            let port = layout.ports[ordinal]
            let node = layout.node(
                ordinal, configuration: try configuration(plan, port),
                wallClockAtStart: conditions.wallClockAtStart, at: conditions.now)
            events?.name(node.cluster.myself.id.description, NodeAddress(port: port))
            return ClusterServer.Member(
                node: node, folder: folder(of: port), log: { lines.add($0) },
                whenEnded: { processes.ended(NodeAddress(port: port)) })
        }
        let server: ClusterServer
        do throws(ClusterServer.Failure) {
            server = try ClusterServer(members, conditions: conditions, log: log)
        } catch {
            throw LabError(error, folder: folder)
        }
        let control = InProcessControl(
            own: server, hosted: hosted, conditions: conditions, events: events,
            processes: processes
        ) { port throws(LabError) in
            try stranger(plan, at: port, conditions, lines, processes)
        }
        let cluster = InProcessCluster(
            server: server, nodes: layout.ports.map { NodeAddress(port: $0) }, port: plan.port, hosted: hosted,
            control: control, events: events, lines: lines, tls: certificates?.clientOptions)
        serving(cluster)
        if !plan.isEmpty {
            let members = cluster.nodes.prefix(plan.nodeCount - plan.spares)
            try cluster.awaitOK(of: members, within: plan.nodeTimeout * 2 + .seconds(10))
        }
        return cluster
    }
}

extension InProcessLab {
    /// Time begins again, and nothing is wrong with the network.
    private func beginAnew(_ conditions: Conditions) {
        conditions.begin()
        events?.removeAll()
        if isScratch, let folder { FolderImage.empty(folder) }
    }

    private func folder(of port: Int) -> String? { folder.map { "\($0)/\(port)" } }

    private func configuration(
        _ plan: ClusterPlan, _ port: Int
    ) throws(LabError) -> Configuration {
        var configuration = try Configuration(
            plan, keptIn: folder(of: port), isScratch: isScratch)
        if let tls = plan.tls {
            configuration.port = 0
            configuration.tls = try NodeCertificates(in: tls.certificates).parameters(
                authClients: tls.authClients)
            configuration.tls.port = port
        } else {
            configuration.port = port
        }
        return configuration
    }

    /// A node that knows nobody, until it reads what its folder has.
    private func stranger(
        _ plan: ClusterPlan, at port: Int, _ conditions: Conditions, _ lines: LogLines,
        _ processes: ProcessLog
    ) throws(LabError) -> ClusterServer.Member {
        let alone = ClusterLayout(
            masters: 1, replicas: 0, port: port, isEmpty: true, seed: .random(in: .min ... .max))
        let node = alone.node(
            0, configuration: try configuration(plan, port),
            wallClockAtStart: conditions.wallClockAtStart, at: conditions.now)
        return ClusterServer.Member(
            node: node, folder: folder(of: port), log: { lines.add($0) },
            whenEnded: { processes.ended(NodeAddress(port: port)) })
    }
}

/// A cluster of this process. Clients, the lab's own among them, reach it over TCP only.
package final class InProcessCluster: LabCluster {
    package let events: EventLog?
    private let server: ClusterServer
    /// The nodes that it began with.
    private let ownNodes: [NodeAddress]
    /// The lab's first port, also where it has no node of its own.
    private let port: Int
    private let hosted: HostedServers?
    private let inProcess: InProcessControl
    private let lines: LogLines
    /// How its own nodes are spoken to; nil for no TLS.
    private let tls: TLSOptions?

    init(
        server: ClusterServer, nodes: [NodeAddress], port: Int, hosted: HostedServers?,
        control: InProcessControl, events: EventLog?, lines: LogLines,
        tls: TLSOptions? = nil
    ) {
        self.server = server
        self.lines = lines
        self.tls = tls
        ownNodes = nodes
        self.port = port
        self.hosted = hosted
        self.events = events
        inProcess = control
    }

    private let own = OwnConnections()

    package var control: (any LabControl)? { inProcess }

    package var time: Duration { inProcess.time }

    package func admit(_ writer: WriterShare) { inProcess.admit(writer) }

    package func pass(_ duration: Duration) throws(LabError) {
        let speed = inProcess.speed
        guard speed > 0 else {
            throw .unsupported("Time stands still: advance 5s lets some pass, speed 1 all.")
        }
        try RealTime.pass(duration / speed)
    }

    package var nodes: [NodeAddress] {
        let others = hosted?.addresses(aroundPort: port) ?? []
        return others.isEmpty ? ownNodes : Set(ownNodes + others).sorted()
    }

    package func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        try connect(to: address, within: .seconds(5))
    }

    package func openStream(
        to endpoint: StreamEndpoint
    ) throws(StreamFailure) -> any ByteStream {
        var endpoint = endpoint
        if case .tcp(let host, let port) = endpoint.address, endpoint.tlsOptions == nil {
            // Whoever does not ask for TLS gets to the lab's own nodes all the same.
            endpoint.tlsOptions = options(for: NodeAddress(host: host, port: port))
        }
        return try SocketStream(endpoint) { host, port throws(ClientSocket.Failure) in
            own.take(try ClientSocket(host: realHost(of: host), port: port, timeout: nil))
        }
    }

    package func isOwn(client: String) -> Bool { own.contains(client) }

    package func connect(
        to address: NodeAddress, within limit: Duration
    ) throws(LabError) -> any LabConnection {
        try RESPConnection(to: address) { () throws(ClientSocket.Failure) in
            var socket = own.take(
                try ClientSocket(
                    host: realHost(of: address.host), port: address.port, timeout: limit))
            if let options = options(for: address) {
                try socket.secure(by: options, timeout: limit)
            }
            return socket
        }
    }

    package func observe(_ address: NodeAddress) throws(LabError) -> any LabConnection {
        try observe(address, within: .seconds(5))
    }

    package func observe(
        _ address: NodeAddress, within limit: Duration
    ) throws(LabError) -> any LabConnection {
        try RESPConnection(to: address) { () throws(ClientSocket.Failure) in
            try inProcess.observing { onBound throws(ClientSocket.Failure) in
                var socket = own.take(
                    try ClientSocket(
                        host: realHost(of: address.host), port: address.port, timeout: limit,
                        onBound: onBound))
                if let options = options(for: address) {
                    try socket.secure(by: options, timeout: limit)
                }
                return socket
            }
        }
    }

    /// How a node is spoken to that has no port without TLS; nil for any other.
    private func options(for address: NodeAddress) -> TLSOptions? {
        if let tls, ownNodes.contains(address) { return tls }
        return hosted?.tlsOptions(of: address)
    }

    /// A container's own address is reached, too, as from a Linux machine with Docker. What a container of the lab has
    /// left is not looked for in the machine's real networks.
    private func realHost(of host: String) throws(ClientSocket.Failure) -> String {
        switch hosted?.route(to: host) ?? .direct {
        case .direct: return host
        case .elsewhere(let real): return real
        case .nowhere: throw ClientSocket.Failure(code: EHOSTUNREACH)
        }
    }

    package func log(of node: NodeAddress) -> [String]? {
        ownNodes.contains(node) ? lines.lines(of: node.port) : nil
    }

    package func shutDown() {
        server.shutDown()
    }

    /// Ends every node, and so the wait of `waitUntilAllNodesEnded`.
    package func endNodes() {
        server.endNodes()
    }

    /// Blocks until every node has ended, by SHUTDOWN or by `shutDown`.
    package func waitUntilAllNodesEnded() {
        server.waitUntilAllNodesEnded()
    }
}

extension InProcessCluster {
    /// Asks every node for its state until it is ok. New clusters are set up in agreement; those that come back
    /// from their files first have to find one another.
    fileprivate func awaitOK(
        of nodes: some Collection<NodeAddress>, within limit: Duration
    ) throws(LabError) {
        let deadline = ContinuousClock.now + limit
        for node in nodes {
            let connection = try connect(to: node)
            defer { connection.close() }
            while try connection.send("CLUSTER", "INFO").text?.hasPrefix("cluster_state:ok") != true
            {
                guard ContinuousClock.now < deadline else {
                    throw .refused(node, reason: "its cluster_state is not ok after \(limit)")
                }
                usleep(Self.pollInterval)
            }
        }
    }

    /// Microseconds.
    private static let pollInterval: UInt32 = 20_000
}
