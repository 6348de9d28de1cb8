import ClusterCore
import Lab
import LabBackends
import NodeServer
import RESP
import Synchronization
import TestSupport
import Testing

/// Nodes of one process that reach one another over TCP.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct NodesOverTCPTests {
    @Test func `a node that crashed is missed, and is back when it is started again`() throws {
        let events = Events()
        let cluster = try ThreeMasters(log: NodeLog(trace: { events.add($0.port, $2) }))
        defer { cluster.server.shutDown() }
        try cluster.await(0) { $0.hasPrefix("cluster_state:ok") }
        cluster.server.crash(port: cluster.port + 2)
        try cluster.await(0) { $0.hasPrefix("cluster_state:fail") }
        #expect(events.contains { $0 == cluster.port && $1.isFailure })
        try cluster.server.start(cluster.member(2))
        try cluster.await(0) { $0.hasPrefix("cluster_state:ok") }
        #expect(events.contains { $1.isRecovery })
    }

    @Test func `a node that slept takes up again what its peers sent meanwhile`() throws {
        let cluster = try ThreeMasters()
        defer { cluster.server.shutDown() }
        let client = try testConnection(to: NodeAddress(port: cluster.port + 1))
        #expect(try client.send("DEBUG", "SLEEP", "0.3") == .simpleString("OK"))
        for node in 0..<3 { try cluster.await(node) { $0.hasPrefix("cluster_state:ok") } }
        try waitUntil("all links") {
            try client.send("CLUSTER", "NODES").text?.contains("disconnected") == false
        }
        try cluster.await(1) { $0.contains("cluster_known_nodes:3") }
    }
}

/// Three masters that know each other, with a short node timeout.
private struct ThreeMasters {
    let port: Int
    let server: ClusterServer
    private let layout: ClusterLayout
    private let conditions = Conditions()

    init(log: NodeLog = NodeLog()) throws {
        port = try FreePorts(count: 3).first
        let layout = ClusterLayout(masters: 3, replicas: 0, port: port, isEmpty: false, seed: 1)
        self.layout = layout
        let conditions = conditions
        server = try ClusterServer(
            (0..<3).map { Self.member($0, of: layout, conditions) }, conditions: conditions, log: log)
    }

    func member(_ index: Int) -> ClusterServer.Member { Self.member(index, of: layout, conditions) }

    /// Asks a node for CLUSTER INFO until it says what is expected.
    func await(_ node: Int, _ isExpected: (String) -> Bool) throws {
        let client = try testConnection(to: NodeAddress(port: port + node))
        try waitUntil("CLUSTER INFO of node \(node) as expected") {
            isExpected(try client.send("CLUSTER", "INFO").text ?? "")
        }
    }

    private static func member(
        _ index: Int, of layout: ClusterLayout, _ conditions: Conditions
    ) -> ClusterServer.Member {
        var configuration = Configuration()
        configuration.clusterNodeTimeout = .milliseconds(500)
        configuration.enableDebugCommand = "local"
        return ClusterServer.Member(
            node: layout.node(
                index, configuration: configuration,
                wallClockAtStart: wallClockMilliseconds() - conditions.now.milliseconds, at: conditions.now))
    }
}

/// What the nodes told, with their ports.
private final class Events: Sendable {
    private let all = Mutex<[(Int, NodeEvent)]>([])

    func add(_ port: Int, _ event: NodeEvent) {
        all.withLock { $0.append((port, event)) }
    }

    func contains(where isWanted: (Int, NodeEvent) -> Bool) -> Bool {
        all.withLock { $0.contains { isWanted($0.0, $0.1) } }
    }
}

extension NodeEvent {
    fileprivate var isFailure: Bool {
        switch self {
        case .failed, .failureAnnounced: true
        default: false
        }
    }

    fileprivate var isRecovery: Bool {
        switch self {
        case .failureEnded, .suspicionEnded: true
        default: false
        }
    }
}
