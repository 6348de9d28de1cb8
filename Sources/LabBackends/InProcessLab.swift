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
    private let sink: (@Sendable (String) -> Void)?
    private let trace: NodeLog.Trace?
    private let hosted: HostedServers?

    /// - Parameters:
    ///   - dir: where each node gets a folder named after its port; nil for nodes that keep nothing.
    ///   - log: takes the log lines of all nodes; nil to keep quiet.
    ///   - events: takes what the nodes do and notice, on the threads that serve them; nil where nobody wants it.
    ///   - hosted: servers that the learner starts beside the cluster. They end when another cluster begins.
    package init(
        dir: String? = nil, log: (@Sendable (String) -> Void)? = nil,
        events: (@Sendable (LabEvent) -> Void)? = nil, hosted: HostedServers? = nil
    ) {
        self.hosted = hosted
        folder = dir.map(absolutePath)
        sink = log
        trace = events.map(Self.trace)
    }

    /// Hands the events of nodes on as the learner's side knows them.
    static func trace(to events: @escaping @Sendable (LabEvent) -> Void) -> NodeLog.Trace {
        { port, instant, event in
            events(
                LabEvent(
                    time: Instant.start.duration(to: instant), node: NodeAddress(port: port),
                    kind: LabEvent.Kind(event)))
        }
    }

    /// Where a cluster's log lines and events go.
    private func log(into events: EventLog) -> NodeLog {
        let keep = Self.trace { events.add($0) }
        let trace = trace
        return NodeLog(sink) { port, instant, event in
            keep(port, instant, event)
            trace?(port, instant, event)
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
        hosted?.endAll()
        let layout = ClusterLayout(
            masters: plan.masters, replicas: plan.replicas, port: plan.port, isEmpty: plan.isEmpty,
            seed: plan.seed)
        let clock = ClusterClock()
        let events = EventLog()
        let lines = LogLines()
        let members = try (0..<layout.count).map { ordinal throws(LabError) in
            let folder = folder.map { "\($0)/\(layout.ports[ordinal])" }
            let node = layout.node(
                ordinal, configuration: try Configuration(plan, keptIn: folder),
                wallClockAtStart: wallClockMilliseconds(), at: clock.now)
            events.name(
                "\(node.cluster.myself.id)", NodeAddress(port: layout.ports[ordinal]))
            return ClusterServer.Member(
                node: node, folder: folder, log: { lines.add($0) })
        }
        let server: ClusterServer
        do throws(ClusterServer.Failure) {
            server = try ClusterServer(members, clock: clock, log: log(into: events))
        } catch {
            switch error {
            case .portInUse(let port): throw .portInUse(port)
            case .cannotListen(let port, let reason):
                throw .refused(NodeAddress(port: port), reason: reason)
            case .folder(let path, let reason): throw .file(path: path, reason: reason)
            case .locked(let reason): throw .file(path: folder ?? "", reason: reason)
            }
        }
        let cluster = InProcessCluster(
            server: server, nodes: layout.ports.map { NodeAddress(port: $0) }, clock: clock,
            events: events, lines: lines, hosted: hosted)
        serving(cluster)
        if !plan.isEmpty { try cluster.awaitOK(within: plan.nodeTimeout * 2 + .seconds(10)) }
        return cluster
    }
}

/// A cluster of this process. Clients, the lab's own among them, reach it over TCP only.
package final class InProcessCluster: LabCluster {
    private let server: ClusterServer
    /// The nodes that it began with.
    private let ownNodes: [NodeAddress]
    private let hosted: HostedServers?
    private let clock: ClusterClock
    private let eventLog: EventLog
    private let lines: LogLines

    init(
        server: ClusterServer, nodes: [NodeAddress], clock: ClusterClock, events: EventLog,
        lines: LogLines, hosted: HostedServers? = nil
    ) {
        self.server = server
        self.clock = clock
        eventLog = events
        self.lines = lines
        ownNodes = nodes
        self.hosted = hosted
    }

    package var nodes: [NodeAddress] {
        let others = hosted?.addresses ?? []
        return others.isEmpty ? ownNodes : Set(ownNodes + others).sorted()
    }

    package func connect(to address: NodeAddress) throws(LabError) -> any LabConnection {
        try RESPConnection(to: address)
    }

    package func connect(
        to address: NodeAddress, within limit: Duration
    ) throws(LabError) -> any LabConnection {
        try RESPConnection(to: address, timeout: limit)
    }

    package var events: EventLog? { eventLog }

    package var time: Duration { Instant.start.duration(to: clock.now) }

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
    fileprivate func awaitOK(within limit: Duration) throws(LabError) {
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
