import Lab
import LabBackends
import RESP
import Shell
import TestSupport
import Testing

/// The screens of clusters that run.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct SeeingLiveTests {
    private func start(
        masters: Int = 3, replicas: Int = 1, timeout: Duration = .seconds(5)
    ) throws -> any LabCluster {
        try InProcessLab(events: EventLog()).start(
            ClusterPlan(
                masters: masters, replicas: replicas,
                port: try FreePorts(count: masters * (1 + replicas)).first, nodeTimeout: timeout))
    }

    /// What the last line shows, its blanks made one.
    private func screen(
        _ lines: [String], on cluster: any LabCluster, width: Int = 80
    ) -> String {
        let shell = ScriptedShell(isInteractive: false)
        var session = shell.session(on: cluster, width: width)
        for line in lines.dropLast() { session.run(line) }
        shell.clear()
        if let last = lines.last { session.run(last) }
        return shell.screen.replacing(#/ +/#, with: " ")
    }

    @Test func `six nodes fit on a screen`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let ports = cluster.nodes.map(\.port)
        let said = screen(["map"], on: cluster)
        #expect(said.split(separator: "\n").count <= 22)
        #expect(said.contains("cluster_state ok on all 6, epoch 6, 16384 slots\n"))
        #expect(said.contains("A \(ports[0]) master 5461 0 1 "))
        #expect(said.contains("replica 0 "))
        let narrow = ScriptedShell(isInteractive: false)
        _ = narrow.run(["map", "views"], on: cluster, width: 60)
        #expect(narrow.screen.split(separator: "\n").allSatisfy { $0.count <= 60 })
        // The links of the bus come about a moment after the start.
        try waitUntil("agreement") {
            screen(["views"], on: cluster).contains("All that answer agree about every node.")
        }
    }

    @Test func `a failover is seen on every screen`() throws {
        let cluster = try start(timeout: .milliseconds(300))
        defer { cluster.shutDown() }
        let ports = cluster.nodes.map(\.port)
        let crash = "@\(ports[0]) SHUTDOWN NOSAVE NOW"
        _ = screen([crash], on: cluster)
        let log = try #require(cluster.events)
        try waitUntil("a promotion") {
            log.events.contains { if case .promoted = $0.kind { true } else { false } }
        }
        let told = screen(["timeline 100"], on: cluster).replacing(#/\s+/#, with: " ")
        #expect(told.contains("marks \(ports[0]) as FAIL: a majority of the masters"))
        #expect(told.contains(#/votes? for/#))
        #expect(told.contains("is a master now, with config epoch 7"))
        let map = screen(["connect \(ports[1])", "map"], on: cluster)
        #expect(map.contains("\(ports[0]) master"))
        #expect(map.contains("FAIL, down"))
        let views = screen(["connect \(ports[1])", "views"], on: cluster)
        #expect(views.contains("1 \(ports[0]) - down\n"))
        #expect(views.contains("hold it for failed (FAIL)"))
        let lines = screen(["log \(ports[1]) 50"], on: cluster)
        #expect(lines.contains("Failover auth granted to "))
    }

    @Test func `a slot on its way, and a node that no other agrees with`() throws {
        let cluster = try start(replicas: 0)
        defer { cluster.shutDown() }
        let (a, b) = (cluster.nodes[0].port, cluster.nodes[1].port)
        let ids = try [0, 1].map { index in
            let connection = try cluster.connectInTest(to: cluster.nodes[index])
            defer { connection.close() }
            return try #require(try connection.send("CLUSTER", "MYID").text)
        }
        let map = screen(
            [
                "SET {b}1 x", "@\(b) CLUSTER SETSLOT 3300 IMPORTING \(ids[0])",
                "CLUSTER SETSLOT 3300 MIGRATING \(ids[1])", "map",
            ], on: cluster)
        #expect(map.contains("> \(a) -> \(b): slot 3300\n"))
        let peek = screen(["peek {b}2"], on: cluster)
        #expect(peek.contains("\(a) sends whoever asks to \(b): the slot is on its way"))
        let views = screen(["@\(a) CLUSTER DELSLOTS 1", "views"], on: cluster)
        #expect(views.contains("slots assigned: 16383 at \(a); 16384 at"))
    }

    @Test func `peek reads from the replica`() throws {
        let cluster = try start(masters: 1)
        defer { cluster.shutDown() }
        let said = screen(["SET k Alice", "WAIT 1 1000", "peek k"], on: cluster)
        #expect(said.contains("value \"Alice\" \"Alice\""))
        #expect(!said.contains("differ"))
    }
}
