import Lab
import LabBackends
import RESP
import Shell
import TestSupport
import Testing

/// `why` on clusters that run.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct WhyLiveTests {
    private func start(
        masters: Int = 3, replicas: Int = 0, isEmpty: Bool = false, timeout: Duration = .seconds(5)
    ) throws -> any LabCluster {
        let plan = ClusterPlan(
            masters: masters, replicas: replicas,
            port: try FreePorts(count: masters * (1 + replicas)).first, isEmpty: isEmpty,
            nodeTimeout: timeout)
        return try InProcessLab().start(plan)
    }

    /// What the last `why` says after the lines, its blanks made one.
    private func why(_ lines: [String], on cluster: any LabCluster) -> String {
        let shell = ScriptedShell(isInteractive: false)
        var session = shell.session(on: cluster)
        for line in lines { session.run(line) }
        shell.clear()
        session.run("why")
        return shell.screen.replacing(#/\s+/#, with: " ")
    }

    @Test func `a key of another node`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let ports = cluster.nodes.map(\.port)
        let said = why(["SET user:1 Alice"], on: cluster)
        #expect(said.contains("The key user:1 hashes to slot 10778: CRC16(user:1) is 27162"))
        #expect(said.contains("Slot 10778 belongs to 127.0.0.1:\(ports[1]) (master of 5461-10922)"))
        #expect(said.contains("connect \(ports[1]) go there, then SET user:1 Alice"))
    }

    @Test func `a slot on its way`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let (a, b) = (cluster.nodes[0], cluster.nodes[1])
        let open = [
            "SET {b}1 x",
            "@\(b.port) CLUSTER SETSLOT 3300 IMPORTING \(try id(of: a, in: cluster))",
            "@\(a.port) CLUSTER SETSLOT 3300 MIGRATING \(try id(of: b, in: cluster))",
        ]
        let asked = why(open + ["GET b"], on: cluster)
        #expect(asked.contains("Slot 3300 is being moved from \(a) to \(b)"))
        #expect(!asked.contains("open no more"))
        let moved = why(["connect \(b.port)", "GET b"], on: cluster)
        #expect(moved.contains("\(b) is importing slot 3300 from \(a)"))
        let again = why(["MGET {b}1 {b}2"], on: cluster)
        #expect(again.contains("others have gone to \(b)"))
    }

    @Test func `nodes that are no cluster yet`() throws {
        let cluster = try start(isEmpty: true)
        defer { cluster.shutDown() }
        let said = why(["SET a 1"], on: cluster)
        #expect(said.contains("these nodes run in cluster mode, but are no cluster yet"))
        #expect(said.contains("redis-cli --cluster create \(cluster.nodes[0])"))
    }

    @Test func `a slot that was taken out of one node's map`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let said = why(["CLUSTER DELSLOTS 1", "GET b"], on: cluster)
        #expect(said.contains("1 of 16384 slots have no owner"))
        #expect(said.contains("CLUSTER ADDSLOTS 1 take back what it owned"))
        #expect(said.contains("\(cluster.nodes[1]) ok 16384 slots"))
    }

    @Test func `a master that failed without a replica, and then the majority`() throws {
        let cluster = try start(timeout: .milliseconds(200))
        defer { cluster.shutDown() }
        let nodes = cluster.nodes
        let refused = why(
            ["@\(nodes[2].port) SHUTDOWN NOSAVE", "connect \(nodes[2].port)"], on: cluster)
        #expect(refused.contains("no program listens at that port"))
        try wait(at: nodes[0], in: cluster) { $0.contains("cluster_slots_fail:5461") }
        let failed = why(["GET b"], on: cluster)
        #expect(failed.contains("\(nodes[2]), owner of 10923-16383, has failed"))
        #expect(failed.contains("It has no replica"))
        #expect(failed.contains("cluster-require-full-coverage no"))
        _ = why(["@all CONFIG SET cluster-require-full-coverage no"], on: cluster)
        try wait(at: nodes[0], in: cluster) { $0.contains("cluster_state:ok") }
        let moved = why(["GET a"], on: cluster)
        #expect(moved.contains("knows that") || moved.contains("does not answer"))
        _ = why(["@\(nodes[1].port) SHUTDOWN NOSAVE"], on: cluster)
        try wait(at: nodes[0], in: cluster) { $0.contains("cluster_state:fail") }
        #expect(why(["GET b"], on: cluster).contains("It reaches 1 of 3 masters with slots"))
    }

    @Test func `a replica is asked`() throws {
        let cluster = try start(masters: 1, replicas: 1)
        defer { cluster.shutDown() }
        let (master, replica) = (cluster.nodes[0], cluster.nodes[1])
        let moved = why(["connect \(replica.port)", "GET a"], on: cluster)
        #expect(moved.contains("A replica holds a copy of slot 15495"))
        #expect(moved.contains("READONLY"))
        let written = why(["connect \(replica.port)", "FLUSHALL"], on: cluster)
        #expect(written.contains("Its master is \(master)"))
        let read = why(["connect \(replica.port)", "READONLY", "GET a"], on: cluster)
        #expect(read.contains("answered from its copy"))
    }

    @Test func `a node with a password is there`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let port = cluster.nodes[0].port
        let refused = why(
            [
                "CONFIG SET requirepass x", "connect \(cluster.nodes[1].port)", "connect \(port)",
                "GET b",
            ],
            on: cluster)
        #expect(refused.contains("has a password"))
        let shell = ScriptedShell(isInteractive: false)
        _ = shell.run(["why node \(port)"], on: cluster)
        #expect(shell.screen.contains("NOAUTH Authentication required."))
        #expect(!shell.screen.contains("do not miss it"))
    }

    @Test func `OK is not all`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        #expect(why(["CLUSTER MEET 127.0.0.1 1"], on: cluster).contains("OK is not all"))
        #expect(why(["PING"], on: cluster).contains("answered for itself"))
        #expect(why(["GET b"], on: cluster).contains("it holds no such key"))
    }

    private func id(of node: NodeAddress, in cluster: any LabCluster) throws -> String {
        let connection = try cluster.connect(to: node)
        defer { connection.close() }
        return try #require(try connection.send("CLUSTER", "MYID").text)
    }

    /// Asks until CLUSTER INFO is as wanted; the suite's time limit ends it.
    private func wait(
        at node: NodeAddress, in cluster: any LabCluster, until isSo: (String) -> Bool
    ) throws {
        let connection = try cluster.connect(to: node)
        defer { connection.close() }
        while !isSo(try connection.send("CLUSTER", "INFO").text ?? "") {}
    }
}
