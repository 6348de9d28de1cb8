import Lab
import LabBackends
import RESP
import Testing

/// What only a simulated cluster does.
struct SimulatedClusterTests {
    private func start(
        masters: Int = 3, replicas: Int = 1, seed: UInt64 = 1,
        nodeTimeout: Duration = .milliseconds(500)
    ) throws -> TestedCluster {
        TestedCluster(
            try SimulatedLab().start(
                ClusterPlan(
                    masters: masters, replicas: replicas, nodeTimeout: nodeTimeout, seed: seed)))
    }

    // MARK: - Time

    @Test func `time stands still but for commands and waits`() throws {
        let cluster = try start()
        let start = cluster.lab.time
        #expect(cluster.lab.time == start)
        try cluster.lab.pass(.seconds(1))
        #expect(cluster.lab.time == start + .seconds(1))
        try cluster.send("PING")
        let connected = cluster.lab.time
        try cluster.send("PING")
        // To the node and back, a tenth to a third of a millisecond each.
        let needed = cluster.lab.time - connected
        #expect(needed >= .microseconds(200) && needed <= .microseconds(600))
    }

    @Test func `what was not asked for comes to who looks on, as time passes for everybody`() throws {
        let cluster = try start()
        let stream = try cluster.lab.openStream(to: .tcp(host: "127.0.0.1", port: 7000))
        defer { stream.close() }
        func read() throws -> String {
            try #require(stream.wait(for: .readable, timeout: .seconds(10)) == .readable)
            return String(decoding: try stream.receive(atMost: 1 << 16) ?? [], as: UTF8.self)
        }
        _ = try stream.send(Array("*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n".utf8)[...])
        #expect(try read().contains("subscribe"))
        #expect(try stream.wait(for: .readable, timeout: .milliseconds(30)).isEmpty)
        try #expect(cluster.send("PUBLISH news hello", to: 1) == .integer(0))
        #expect(try read().contains("hello"))
        let monitor = try cluster.lab.openStream(to: .tcp(host: "127.0.0.1", port: 7001))
        defer { monitor.close() }
        _ = try monitor.send(Array("*1\r\n$7\r\nMONITOR\r\n".utf8)[...])
        #expect(try monitor.receive(atMost: 100) == Array("+OK\r\n".utf8))
        let writer = LabWriter(cluster.lab)
        writer.start(WriterPlan(pace: 100))
        var seen = ""
        while !seen.contains("\"SET\"") {
            try #require(monitor.wait(for: .readable, timeout: .seconds(10)) == .readable)
            seen += String(decoding: try monitor.receive(atMost: 1 << 16) ?? [], as: UTF8.self)
        }
        writer.stop()
    }

    @Test func `an hour passes in no time, and WAIT takes what it is told of it`() throws {
        let cluster = try start()
        let begun = ContinuousClock.now
        let start = cluster.lab.time
        try #expect(cluster.send("WAIT 5 100000") == .integer(1))
        #expect(cluster.lab.time - start >= .seconds(100))
        try cluster.lab.control?.advance(.seconds(3500))
        #expect(cluster.lab.time - start >= .seconds(3600))
        #expect(begun.duration(to: .now) < .seconds(30))
    }

    @Test func `at speed 0 commands are answered and no time passes`() throws {
        let cluster = try start()
        let control = try #require(cluster.lab.control)
        try control.setSpeed(0)
        let start = cluster.lab.time
        try #expect(cluster.send("SET {a}:1 one", to: 2) == .simpleString("OK"))
        try #expect(cluster.send("GET {a}:1", to: 2) == .bulk("one"))
        #expect(cluster.lab.time == start)
        #expect(throws: LabError.self) { try cluster.lab.pass(.seconds(1)) }
        let refusal = #expect(throws: LabError.self) { try cluster.send("WAIT 5 100", to: 2) }
        #expect(refusal?.description.contains("speed 1") == true)
        try control.advance(.seconds(1))
        #expect(cluster.lab.time == start + .seconds(1))
        try control.setSpeed(1)
        try #expect(cluster.send("WAIT 1 100", to: 2) == .integer(1))
        #expect(cluster.lab.time > start + .seconds(1))
        #expect(throws: LabError.self) { try control.setSpeed(-1) }
    }

    @Test func `whoever waits longer than anything lasts is told so`() throws {
        let cluster = try start()
        let refusal = #expect(throws: LabError.self) { try cluster.send("WAIT 5 0") }
        #expect(
            refusal?.description
                == "No reply from 127.0.0.1:7000 within 3600.0 seconds of the cluster's time.")
        try #expect(cluster.send("PING") == .simpleString("PONG"))
    }

    // MARK: - The same again

    /// What clients were told, and the timeline, of a day with faults.
    private func script(seed: UInt64) throws -> (replies: [String], events: [LabEvent]) {
        let cluster = try start(seed: seed)
        let control = try #require(cluster.lab.control)
        var replies: [String] = []
        func ask(_ line: String, _ node: Int) {
            do {
                replies.append(try cluster.send(line, to: node).terminalText)
            } catch {
                replies.append("\(error)")
            }
        }
        for key in 0..<30 { ask("SET key:\(key) \(key)", key % 6) }
        var faults = NetworkFaults()
        faults.add(
            NetworkFaults.Rule(
                from: [.node(cluster[1])], to: Set(cluster.lab.nodes.map { .node($0) }),
                effect: .lossy(percent: 30)))
        try control.setNetwork(faults)
        try control.crash(cluster[0])
        try cluster.lab.pass(.seconds(10))
        for node in 0...5 { ask("CLUSTER NODES", node) }
        try control.boot(cluster[0])
        try control.setNetwork(NetworkFaults())
        try cluster.lab.pass(.seconds(10))
        for node in 0...5 {
            for section in ["INFO", "CLUSTER NODES", "CLUSTER SHARDS", "CLIENT LIST", "TIME"] {
                ask(section, node)
            }
        }
        return (replies, cluster.lab.events?.events ?? [])
    }

    @Test func `the same seed and input give the same replies and timeline, byte for byte`() throws
    {
        let (one, other) = (try script(seed: 5), try script(seed: 5))
        #expect(one.replies == other.replies)
        #expect(one.events == other.events)
        #expect(one.events.count > 20)
        try #expect(script(seed: 6).replies != one.replies)
    }

    @Test func `nodes have the names that those of other labs have from the same seed`() throws {
        let simulated = try start(seed: 3)
        let other = try TestedLab.inProcess.start()
        let again = try start(seed: 1)
        #expect(try simulated.id(of: 0) != other.id(of: 0))
        #expect(try again.id(of: 0) == other.id(of: 0))
    }

    // MARK: - Connections

    @Test func `bytes can be sent and had as they are`() throws {
        let cluster = try start()
        let connection = try #require(cluster.lab.connect(to: cluster[0]) as? any ByteConnection)
        try connection.write(Array("PI".utf8))
        try connection.write(Array("NG\r\n".utf8))
        try #expect(connection.readBytes() == Array("+PONG\r\n".utf8))
        try connection.write(Array("SYNC\r\n".utf8))
        var bytes: [UInt8] = []
        while !bytes.contains(Array("REDIS0010".utf8)) { bytes += try connection.readBytes() }
        connection.close()
        #expect(throws: LabError.connectionLost(cluster[0])) { try connection.send("PING") }
    }

    @Test func `several connections have a state of their own`() throws {
        let cluster = try start()
        let one = try cluster.lab.connect(to: cluster[0])
        let other = try cluster.lab.connect(to: cluster[0])
        _ = try one.send("CLIENT", "SETNAME", "learner")
        try #expect(one.send("HELLO", "3").elements?.isEmpty == false)
        try #expect(other.send("CLIENT", "GETNAME") == .null)
        try #expect(one.send("CLIENT", "GETNAME") == .bulk("learner"))
        try #expect(other.send("CLIENT", "KILL", "SKIPME", "yes", "TYPE", "normal") == .integer(1))
        #expect(throws: LabError.connectionLost(cluster[0])) { try one.send("PING") }
        try #expect(other.send("PING") == .simpleString("PONG"))
    }

    @Test func `who connects where nobody listens is refused`() throws {
        let cluster = try start()
        #expect(throws: LabError.refused(NodeAddress(port: 6999), reason: "Connection refused")) {
            _ = try cluster.lab.connect(to: NodeAddress(port: 6999))
        }
        try cluster.lab.control?.crash(cluster[1])
        #expect(throws: LabError.refused(cluster[1], reason: "Connection refused")) {
            _ = try cluster.lab.connect(to: cluster[1])
        }
        let connection = try cluster.lab.connect(to: cluster[0])
        cluster.lab.shutDown()
        #expect(throws: LabError.self) { try connection.send("PING") }
        #expect(throws: LabError.self) { _ = try cluster.lab.connect(to: cluster[0]) }
        #expect(throws: LabError.self) { try cluster.lab.control?.advance(.seconds(1)) }
    }

    @Test func `plans say how many nodes there are, and where`() throws {
        let lab = SimulatedLab()
        let many = try lab.start(ClusterPlan(masters: 2, replicas: 3, port: 9000))
        #expect(many.nodes.map(\.port) == Array(9000...9007))
        try #expect(
            many.connect(to: many.nodes[7]).send("CONFIG", "GET", "port").elements?.last
                == .bulk("9007"))
        let none = try lab.start(ClusterPlan(masters: 0, isEmpty: true))
        #expect(none.nodes == [])
        let single = try lab.start(ClusterPlan(masters: 1, replicas: 0))
        try #expect(
            single.connect(to: single.nodes[0]).send("SET", "a", "1") == .simpleString("OK"))
    }

    // MARK: - Snapshots

    @Test func `a cluster becomes what it was, again and again`() throws {
        let cluster = try start()
        let control = try #require(cluster.lab.control)
        try cluster.send("SET {a}:1 before", to: 2)
        let snapshot = try control.snapshot()
        let replica = try cluster.replica(of: 2)

        func failover() throws -> [LabEvent] {
            try control.crash(cluster[2])
            try cluster.await("the replica is a master") { cluster.role(of: replica) == "master" }
            try cluster.send("SET {a}:1 after", to: replica)
            return cluster.lab.events?.events ?? []
        }
        _ = try failover()
        let connection = try cluster.lab.connect(to: cluster[0])
        try control.setSpeed(0)
        try control.setNetwork(NetworkFaults())
        try control.restore(snapshot)
        #expect(cluster.lab.time == snapshot.time)
        #expect(control.speed == 1)
        #expect(cluster.lab.events?.events.allSatisfy { $0.time <= snapshot.time } == true)
        #expect(throws: LabError.connectionLost(cluster[0])) { try connection.send("PING") }
        cluster.reconnect()
        try #expect(cluster.send("GET {a}:1", to: 2) == .bulk("before"))

        try control.restore(snapshot)
        cluster.reconnect()
        let first = try failover()
        try control.restore(snapshot)
        cluster.reconnect()
        #expect(try failover() == first)
    }

    @Test func `a snapshot of another cluster is refused`() throws {
        let (one, other) = (try start(), try start())
        let snapshot = try #require(one.lab.control).snapshot()
        #expect(throws: LabError.unsupported("That snapshot is of another cluster.")) {
            try other.lab.control?.restore(snapshot)
        }
    }

    // MARK: - The timeline

    @Test func `the timeline tells of a failover, with names for all nodes`() throws {
        let cluster = try start()
        let replica = try cluster.replica(of: 0)
        let name = try cluster.id(of: 0)
        let log = try #require(cluster.lab.events)
        let start = cluster.lab.time
        let count = log.count
        try cluster.lab.control?.crash(cluster[0])
        try cluster.await("the replica is a master") { cluster.role(of: replica) == "master" }
        let events = log.events(since: count)
        #expect(events.allSatisfy { $0.time >= start && $0.time <= cluster.lab.time })
        #expect(events.contains { $0.kind == .suspected(name) })
        #expect(events.contains { $0.node == cluster[replica] && $0.kind == .promoted(epoch: 7) })
        #expect(log.address(of: name) == cluster[0])
        try cluster.send("CLUSTER RESET HARD", to: 1)
        let other = try cluster.id(of: 1)
        #expect(log.address(of: other) == cluster[1])
    }

    @Test func `a node that is shut down has ended, whoever did it`() throws {
        let cluster = try start()
        _ = try? cluster.send("SHUTDOWN NOSAVE", to: 3)
        try #require(cluster.lab.control).stop(cluster[4])
        let ends = cluster.lab.events?.events.filter { $0.kind == .process(.ended) } ?? []
        #expect(ends.map(\.node) == [cluster[3], cluster[4]])
    }

    @Test func `who hears of a node by gossip tells from whom`() throws {
        let cluster = TestedCluster(
            try SimulatedLab().start(
                ClusterPlan(masters: 3, replicas: 0, isEmpty: true, nodeTimeout: .seconds(1))))
        for node in 1...2 { try cluster.send("CLUSTER MEET 127.0.0.1 \(cluster[node].port)") }
        try cluster.await("all know all") {
            try (0...2).allSatisfy { node in
                try (0...2).allSatisfy { try !cluster.flags(of: $0, seenBy: node).isEmpty }
            }
        }
        try cluster.lab.pass(.seconds(2))
        let events = cluster.lab.events?.events ?? []
        let first = try LabEvent.NodeName(cluster.id(of: 0))
        #expect(
            events.contains { event in
                if case .introduced(_, by: first) = event.kind { event.node != cluster[0] } else {
                    false
                }
            })
    }
}
