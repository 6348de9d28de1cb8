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
        #expect(shell.screen.contains("\(port) is node "))
        #expect(!shell.screen.contains("do not miss it"))
    }

    @Test func `a node that is frozen keeps nobody waiting`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let node = cluster.nodes[0]
        let sleeping = try #require(try cluster.connectInTest(to: node) as? any ByteConnection)
        defer { sleeping.close() }
        try sleeping.write(Array("*3\r\n$5\r\nDEBUG\r\n$5\r\nSLEEP\r\n$1\r\n4\r\n".utf8))
        let shell = ScriptedShell(isInteractive: false)
        _ = shell.run(["@\(node.port) PING"], on: cluster)
        #expect(shell.words.contains("\(node): does not answer (it takes connections, but gave"))
        _ = try sleeping.readBytes()
        let said = why(["connect \(node.port)", "PING"], on: cluster)
        #expect(said.contains("answered for itself"))
    }

    struct Refusal: CustomTestStringConvertible {
        var line: String
        var saying: String
        var testDescription: String { line }

        init(_ line: String, _ saying: String) {
            self.line = line
            self.saying = saying
        }
    }

    @Test(arguments: [
        Refusal("CLUSTER ADDSLOTS 0", "Slot 0 has an owner"),
        Refusal("CLUSTER DELSLOTS 0 0", "stands twice"),
        Refusal("CLUSTER FAILOVER", "goes to the replica that is to take over"),
        Refusal("AUTH nosuch wrong", "knows no enabled user"),
        Refusal("MGET a b", "one command for one node"),
        Refusal("CLUSTR NODES", "Did you mean CLUSTER?"),
        Refusal("port 7000", "It is a line of redis.conf"),
        Refusal("CLUSTER FORGET 0123", "has no node with this id"),
        Refusal("SELECT 1", "one database, number 0"),
        Refusal("CLUSTER MEET localhost 7001", "takes an IP address and a port"),
    ])
    func `what a node refuses`(_ refusal: Refusal) throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        #expect(why([refusal.line], on: cluster).contains(refusal.saying))
    }

    @Test func `a master that wants replicas, and a replica that lacks its master`() throws {
        let cluster = try start(masters: 1, replicas: 1)
        defer { cluster.shutDown() }
        let (master, replica) = (cluster.nodes[0], cluster.nodes[1])
        let wanting = why(["CONFIG SET min-replicas-to-write 2", "SET a 1"], on: cluster)
        #expect(wanting.contains("takes a write only while at least 2 replica(s)"))
        _ = why(["CONFIG SET min-replicas-to-write 0"], on: cluster)
        let lines = [
            "@\(replica.port) CONFIG SET replica-serve-stale-data no",
            "@\(master.port) SHUTDOWN NOSAVE",
        ]
        _ = why(lines, on: cluster)
        let connection = try cluster.connectInTest(to: replica)
        defer { connection.close() }
        _ = try connection.send("READONLY")
        try waitUntil("MASTERDOWN") {
            try connection.send("GET", "a").errorCode == "MASTERDOWN"
        }
        let down = why(["connect \(replica.port)", "READONLY", "GET a"], on: cluster)
        #expect(down.contains("a replica whose link to its master is down"))
        #expect(down.contains("why node \(master.port)"))
    }

    @Test func `keys, slots and nodes by all their names`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let node = cluster.nodes[1]
        let id = try id(of: node, in: cluster)
        let shell = ScriptedShell(isInteractive: false)
        for name in ["\(node.port)", "\(node)", id, String(id.prefix(8))] {
            shell.clear()
            _ = shell.run(["why node \(name)"], on: cluster)
            #expect(shell.words.contains("\(node) is node \(id), master of 5461-10922"))
        }
        shell.clear()
        _ = shell.run(["why key user:1", "why slot 10778"], on: cluster)
        #expect(shell.words.contains("Slot 10778 belongs to \(node)"))
        #expect(shell.words.contains("Slot 10778 is one of 16384"))
    }

    @Test(arguments: [
        ("redis.exceptions.MovedError: 10778 127.0.0.1:{second}", "Slot 10778 belongs to"),
        ("redis.exceptions.ClusterDownError: The cluster is down", "says cluster_state:ok"),
        (
            "redis.exceptions.ConnectionError: Error 111 connecting to 127.0.0.1:1. Connection refused.",
            "no program listens at that port"
        ),
        (
            "redis.exceptions.RedisClusterException: MSET - all keys must map to the same key slot",
            "mset_nonatomic"
        ),
        (
            "redis.exceptions.CrossSlotTransactionError: All keys involved in a cluster transaction must "
                + "map to the same slot", "one hash tag"
        ),
        ("AttributeError: 'dict' object has no attribute 'name'", "wants nodes as ClusterNode"),
        ("ModuleNotFoundError: No module named 'redis.cluster'", "too old to know clusters"),
        (
            "redis.exceptions.ResponseError: WRONGTYPE Operation against a key",
            "another kind of value"
        ),
        ("ZeroDivisionError: division by zero", "line 3 of app.py"),
    ])
    func `what Python ends with`(_ exception: String, _ saying: String) throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let shell = ScriptedShell(isInteractive: false)
        var session = shell.session(on: cluster)
        let line = exception.replacing("{first}", with: "\(cluster.nodes[0].port)")
            .replacing("{second}", with: "\(cluster.nodes[1].port)")
        session.note(
            output:
                "Traceback (most recent call last):\n  File \"app.py\", line 3, in <module>\n\(line)\n",
            of: "python3 app.py")
        session.run("why")
        #expect(shell.screen.replacing(#/\s+/#, with: " ").contains(saying))
    }

    @Test func `pip that puts an old redis-py in place`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let shell = ScriptedShell(isInteractive: false)
        var session = shell.session(on: cluster)
        session.note(output: "", of: "pip install redis-py-cluster")
        session.run("why")
        #expect(shell.screen.contains("3.5.3"))
    }

    @Test func `OK is not all`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let all = why(["@all DBSIZE"], on: cluster)
        #expect(all.contains("You asked 3 nodes: DBSIZE"))
        #expect(!all.contains("@all DBSIZE"))
        #expect(why(["CLUSTER MEET 127.0.0.1 1"], on: cluster).contains("OK is not all"))
        #expect(why(["PING"], on: cluster).contains("answered for itself"))
        #expect(why(["GET b"], on: cluster).contains("it holds no such key"))
    }

    @Test func `what is to be typed for another node than that of the prompt names it`() throws {
        let cluster = try start(masters: 1, replicas: 1)
        defer { cluster.shutDown() }
        let replica = cluster.nodes[1].port
        #expect(why(["@\(replica) GET a"], on: cluster).contains("@\(replica) READONLY reads of"))
    }

    @Test func `no replica is promised to take over that is dead, too`() throws {
        let cluster = try start(masters: 3, replicas: 1)
        defer { cluster.shutDown() }
        let connection = try cluster.connect(to: cluster.nodes[1])
        defer { connection.close() }
        let owner = cluster.nodes[0]
        let told = try connection.send("CLUSTER", "REPLICAS", id(of: owner, in: cluster))
        let line = try #require(told.elements?.first?.text)
        let replica = try #require(cluster.nodes.first { line.contains(":\($0.port)@") })
        let said = why(
            [
                "connect \(cluster.nodes[1].port)", "@\(replica.port) SHUTDOWN NOSAVE",
                "@\(owner.port) SHUTDOWN NOSAVE", "GET hello",
            ], on: cluster)
        #expect(said.contains("No replica of it answers either"))
    }

    private func id(of node: NodeAddress, in cluster: any LabCluster) throws -> String {
        let connection = try cluster.connectInTest(to: node)
        defer { connection.close() }
        return try #require(try connection.send("CLUSTER", "MYID").text)
    }

    /// Asks until CLUSTER INFO is as wanted.
    private func wait(
        at node: NodeAddress, in cluster: any LabCluster, until isSo: (String) -> Bool
    ) throws {
        let connection = try cluster.connectInTest(to: node)
        defer { connection.close() }
        try waitUntil("CLUSTER INFO as wanted") {
            isSo(try connection.send("CLUSTER", "INFO").text ?? "")
        }
    }
}

extension ScriptedShell {
    /// The screen with its blanks made one.
    fileprivate var words: String { screen.replacing(#/\s+/#, with: " ") }
}
