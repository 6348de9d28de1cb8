import Lab
import LabBackends
import RESP
import Testing

/// The disks, processes and network of a simulated cluster.
struct SimulatedFaultsTests {
    private let cluster: TestedCluster
    private let control: any LabControl

    init() throws {
        cluster = TestedCluster(
            try SimulatedLab().start(ClusterPlan(nodeTimeout: .milliseconds(500))))
        control = try #require(cluster.lab.control)
    }

    // MARK: - Disks

    /// Takes all nodes down and up again, and waits until they have found one another.
    private func restart(_ end: (NodeAddress) throws -> Void) throws {
        for node in cluster.lab.nodes { try end(node) }
        for node in cluster.lab.nodes { try control.boot(node) }
        cluster.reconnect()
        try cluster.await("all is well again") { (0...5).allSatisfy(cluster.isOK) }
    }

    @Test func `a crash takes what was not saved`() throws {
        try cluster.send("SET {a}:1 saved", to: 2)
        try #expect(cluster.send("SAVE", to: 2) == .simpleString("OK"))
        try cluster.send("SET {a}:2 unsaved", to: 2)
        try restart(control.crash)
        try #expect(cluster.send("GET {a}:1", to: 2) == .bulk("saved"))
        try #expect(cluster.send("GET {a}:2", to: 2) == .null)
    }

    @Test func `what FLUSHALL threw away does not come back after a crash`() throws {
        try cluster.send("SET {a}:1 saved", to: 2)
        try cluster.send("SAVE", to: 2)
        try #expect(cluster.send("FLUSHALL", to: 2) == .simpleString("OK"))
        try restart(control.crash)
        try #expect(cluster.send("GET {a}:1", to: 2) == .null)
    }

    @Test func `a dump on the side takes its time, and is on the disk then`() throws {
        try cluster.send("SET {a}:1 saved", to: 2)
        try #expect(
            cluster.send("BGSAVE", to: 2) == .simpleString("Background saving started"))
        #expect(
            cluster.field("rdb_bgsave_in_progress", of: "INFO persistence", at: 2) == "1")
        try cluster.await("it is written") {
            cluster.field("rdb_bgsave_in_progress", of: "INFO persistence", at: 2) == "0"
        }
        #expect(cluster.field("rdb_last_bgsave_status", of: "INFO persistence", at: 2) == "ok")
        try restart(control.crash)
        try #expect(cluster.send("GET {a}:1", to: 2) == .bulk("saved"))
    }

    @Test func `a crash in the middle of a dump leaves the last one`() throws {
        try cluster.send("SET {a}:1 old", to: 2)
        try cluster.send("SAVE", to: 2)
        try cluster.send("SET {a}:1 new", to: 2)
        try cluster.send("BGSAVE", to: 2)
        try restart(control.crash)
        try #expect(cluster.send("GET {a}:1", to: 2) == .bulk("old"))
    }

    @Test func `the append-only file keeps every write, through rewrites too`() throws {
        try cluster.send("SET {a}:1 before", to: 2)
        try cluster.send("CONFIG SET appendonly yes", to: 2)
        try cluster.await("the file is begun") {
            cluster.field("aof_rewrite_in_progress", of: "INFO persistence", at: 2) == "0"
        }
        for key in 2...20 { try cluster.send("SET {a}:\(key) \(key)", to: 2) }
        try cluster.send("BGREWRITEAOF", to: 2)
        try cluster.send("SET {a}:during rewrite", to: 2)
        try cluster.lab.pass(.seconds(1))
        try cluster.send("INCR {a}:20", to: 2)
        try cluster.send("CONFIG REWRITE", to: 2)
        try restart(control.crash)
        try #expect(cluster.send("DBSIZE", to: 2) == .integer(21))
        try #expect(cluster.send("GET {a}:20", to: 2) == .bulk("21"))
        try #expect(cluster.send("GET {a}:during", to: 2) == .bulk("rewrite"))
        try #expect(
            cluster.send("CONFIG GET appendonly", to: 2).elements?.last == .bulk("yes"))
    }

    @Test func `a node that ends saves, unless it is told not to`() throws {
        try cluster.send("SET {a}:1 one", to: 2)
        try cluster.send("SET {b} two", to: 0)
        try cluster.send("SET {c} three", to: 1)
        for (line, node) in [("SHUTDOWN", 2), ("SHUTDOWN NOSAVE", 0)] {
            #expect(throws: LabError.connectionLost(cluster[node])) {
                try cluster.send(line, to: node)
            }
        }
        for node in [1, 3, 4, 5] { try control.stop(cluster[node]) }
        try restart { _ in }
        try #expect(cluster.send("GET {a}:1", to: 2) == .bulk("one"))
        try #expect(cluster.send("GET {b}", to: 0) == .null)
        try #expect(cluster.send("GET {c}", to: 1) == .bulk("three"))
    }

    @Test func `what CONFIG REWRITE wrote holds after a start, what CONFIG SET said does not`()
        throws
    {
        try cluster.send("CONFIG SET maxclients 77", to: 1)
        try cluster.send("CONFIG REWRITE", to: 1)
        try cluster.send("CONFIG SET repl-timeout 33", to: 1)
        try control.crash(cluster[1])
        try control.boot(cluster[1])
        cluster.reconnect()
        try #expect(cluster.send("CONFIG GET maxclients", to: 1).elements?.last == .bulk("77"))
        try #expect(cluster.send("CONFIG GET repl-timeout", to: 1).elements?.last == .bulk("60"))
        try #expect(
            cluster.send("CONFIG GET cluster-node-timeout", to: 1).elements?.last == .bulk("500"))
    }

    @Test func `a save point saves by itself`() throws {
        let connection = try cluster.lab.connect(to: cluster[2])
        _ = try connection.send("CONFIG", "SET", "save", "1 1")
        try cluster.send("SET {a}:1 one", to: 2)
        try cluster.lab.pass(.seconds(3))
        #expect(
            cluster.field("rdb_changes_since_last_save", of: "INFO persistence", at: 2) == "0")
        try control.stop(cluster[2])
        try control.boot(cluster[2])
        cluster.reconnect()
        try #expect(cluster.send("DBSIZE", to: 2) == .integer(1))
    }

    // MARK: - Processes

    @Test func `a frozen node keeps connections, and answers when it goes on`() throws {
        let early = try cluster.lab.connect(to: cluster[3])
        try control.freeze(cluster[3])
        let late = try cluster.lab.connect(to: cluster[3])
        let start = cluster.lab.time
        #expect(
            throws: LabError.unsupported(
                "No reply from 127.0.0.1:7003 within 5.0 seconds of the cluster's time: its process is "
                    + "frozen, and thaw 7003 lets it go on.")
        ) { try late.send("PING") }
        #expect(cluster.lab.time - start >= .seconds(5))
        #expect(throws: LabError.self) { try control.stop(cluster[3]) }
        try control.thaw(cluster[3])
        try #expect(early.send("PING") == .simpleString("PONG"))
    }

    @Test func `who asks with a limit takes no time of a cluster that cannot answer`() throws {
        let connection = try #require(cluster.lab.connect(to: cluster[3]) as? SimulatedConnection)
        let other = try #require(cluster.lab.connect(to: cluster[2]) as? SimulatedConnection)
        try control.freeze(cluster[3])
        let start = cluster.lab.time
        #expect(throws: LabError.self) {
            try connection.send([Array("PING".utf8)], within: .seconds(2))
        }
        #expect(cluster.lab.time == start)
        #expect(throws: LabError.self) {
            try other.send(["WAIT", "5", "0"].map { Array($0.utf8) }, within: .seconds(2))
        }
        #expect(cluster.lab.time == start + .seconds(2))
    }

    @Test func `what cannot be done to a node is refused with a sentence`() throws {
        #expect(
            throws: LabError.unsupported("7003 is there already: it is running.")
        ) { try control.boot(cluster[3]) }
        try control.thaw(cluster[3])
        try control.crash(cluster[3])
        let isDown = LabError.unsupported("7003 is down already: boot 7003 starts it again.")
        for action in [control.crash, control.stop, control.freeze, control.thaw] {
            #expect(throws: isDown) { try action(cluster[3]) }
        }
        let stranger = NodeAddress(port: 1)
        #expect(control.state(of: stranger) == .down)
        #expect(throws: LabError.refused(stranger, reason: "the lab has started no node there")) {
            try control.boot(stranger)
        }
    }

    @Test func `a node that sleeps ends at once`() throws {
        let connection = try #require(cluster.lab.connect(to: cluster[5]) as? any ByteConnection)
        try connection.write(Array("DEBUG SLEEP 100\r\n".utf8))
        try cluster.lab.pass(.seconds(1))
        let start = cluster.lab.time
        try control.stop(cluster[5])
        #expect(cluster.lab.time - start < .seconds(1))
        #expect(throws: LabError.connectionLost(cluster[5])) { try connection.readBytes() }
    }

    @Test func `a node waits for its replica before it ends`() throws {
        let replica = try cluster.replica(of: 2)
        let ends: Set<NetworkFaults.Party> = [.node(cluster[2]), .node(cluster[replica])]
        try set(.blocked, from: ends, to: ends, [.replication])
        try cluster.send("SET {a}:1 one", to: 2)
        let start = cluster.lab.time
        try control.stop(cluster[2])
        let waited = cluster.lab.time - start
        #expect(waited >= .seconds(9) && waited <= .seconds(12))
    }

    // MARK: - The network

    private func set(
        _ effect: NetworkFaults.Effect, from: Set<NetworkFaults.Party>,
        to: Set<NetworkFaults.Party>, _ traffic: Set<NetworkFaults.Traffic>
    ) throws {
        var faults = NetworkFaults()
        faults.add(NetworkFaults.Rule(from: from, to: to, traffic: traffic, effect: effect))
        try control.setNetwork(faults)
        #expect(control.network == faults)
    }

    @Test func `commands take as long as the network lets them`() throws {
        try cluster.send("PING")
        try set(.delayed(.milliseconds(70)), from: [.client], to: [.node(cluster[0])], [.commands])
        let start = cluster.lab.time
        try cluster.send("PING")
        #expect(cluster.lab.time - start >= .milliseconds(70))
        #expect(cluster.lab.time - start < .milliseconds(80))
        try control.setNetwork(NetworkFaults())
        let healed = cluster.lab.time
        try cluster.send("PING")
        #expect(cluster.lab.time - healed < .milliseconds(1))
    }

    @Test func `what is lost is sent again, and arrives once`() throws {
        try set(
            .lossy(percent: 60), from: [.client, .node(cluster[2])],
            to: [.client, .node(cluster[2])], [.commands])
        let start = cluster.lab.time
        for count in 1...20 {
            try #expect(cluster.send("INCR {a}:1", to: 2) == .integer(Int64(count)))
        }
        #expect(cluster.lab.time - start > .seconds(1))
    }

    @Test func `replies that are blocked wait until the heal`() throws {
        let connection = try #require(cluster.lab.connect(to: cluster[2]) as? any ByteConnection)
        try set(.blocked, from: [.node(cluster[2])], to: [.client], [.commands])
        try connection.write(Array("SET {a}:1 one\r\n".utf8))
        try cluster.lab.pass(.seconds(1))
        try control.setNetwork(NetworkFaults())
        try #expect(connection.readBytes() == Array("+OK\r\n".utf8))
    }

    @Test func `who is cut off cannot connect, and is not answered`() throws {
        try cluster.send("PING", to: 1)
        try set(.blocked, from: [.client], to: [.node(cluster[1])], [.commands])
        #expect(
            throws: LabError.unsupported(
                "No reply from 127.0.0.1:7001 within 5.0 seconds of the cluster's time: the network between "
                    + "you is blocked, and heal ends that.")
        ) { try cluster.send("PING", to: 1) }
        #expect(throws: LabError.refused(cluster[1], reason: "Connection timed out")) {
            try cluster.send("PING", to: 1)
        }
        // The cluster itself does not notice.
        try #expect(cluster.flags(of: 1, seenBy: 0) == ["master"])
    }

    @Test func `a node whose bus is cut is failed, though its clients reach it`() throws {
        let others = Set(cluster.lab.nodes.map { NetworkFaults.Party.node($0) })
        try set(.blocked, from: [.node(cluster[4])], to: others, [.bus])
        try cluster.await("it is failed") {
            try cluster.flags(of: 4, seenBy: 0).contains("fail")
        }
        try #expect(cluster.send("PING", to: 4) == .simpleString("PONG"))
        try control.setNetwork(NetworkFaults())
        try cluster.await("it is back") { try cluster.flags(of: 4, seenBy: 0) == ["slave"] }
    }

    @Test func `what a delay holds up comes when the delay ends, and in its order`() throws {
        let replica = try cluster.replica(of: 2)
        var faults = NetworkFaults()
        faults.add(
            .init(
                from: [.node(cluster[2])], to: [.node(cluster[replica])], traffic: [.replication],
                effect: .delayed(.seconds(30))))
        try control.setNetwork(faults)
        try cluster.send("READONLY", to: replica)
        for number in 1...3 { try cluster.send("SET {a} \(number)", to: 2) }
        try cluster.lab.pass(.milliseconds(100))
        try #expect(cluster.send("GET {a}", to: replica) == .null)
        try control.setNetwork(NetworkFaults())
        try cluster.send("SET {b} after", to: 0)
        try cluster.lab.pass(.milliseconds(2))
        try #expect(cluster.send("GET {a}", to: replica) == .bulk("3"))
        try cluster.send("APPEND {a} 4", to: 2)
        try cluster.lab.pass(.milliseconds(2))
        try #expect(cluster.send("GET {a}", to: replica) == .bulk("34"))
    }
}
