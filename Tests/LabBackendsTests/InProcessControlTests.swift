import Lab
import LabBackends
import RESP
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Faults, time and snapshots of a cluster of this process.
@Suite(.serialized, .timeLimit(.minutes(2))) struct InProcessControlTests {
    /// A cluster of three masters and three replicas whose time runs at 25 times everybody's.
    private final class Lab {
        let cluster: InProcessCluster
        let control: any LabControl
        let port: Int

        init(isFast: Bool = true, folder: String? = nil) throws {
            port = try FreePorts(count: 6).first
            cluster = try InProcessLab(dir: folder, isScratch: true, events: EventLog())
                .startServer(ClusterPlan(port: port))
            control = try #require(cluster.control)
            if isFast { try control.setSpeed(25) }
        }

        deinit { cluster.shutDown() }

        func node(_ ordinal: Int) -> NodeAddress { NodeAddress(port: port + ordinal) }

        func ask(_ ordinal: Int, _ words: String...) throws -> RESPValue {
            let connection = try cluster.connectInTest(to: node(ordinal))
            defer { connection.close() }
            return try connection.send(words.map { Array($0.utf8) })
        }

        /// Waits for something that comes with the cluster's time.
        func await(_ what: String, within limit: Duration = .seconds(60), _ holds: () throws -> Bool)
            throws
        {
            try cluster.waitUntil(what, within: limit, step: .milliseconds(100), holds)
        }

        func isMaster(_ ordinal: Int) throws -> Bool {
            try ask(ordinal, "ROLE").elements?.first?.text == "master"
        }

        func state(_ ordinal: Int) throws -> String {
            let info = try ask(ordinal, "CLUSTER", "INFO").text ?? ""
            return String(info.prefix { !$0.isNewline })
        }

        /// The replicas of the first master, from what it says itself.
        func replica() throws -> Int {
            try #require((3..<6).first { ordinal in
                try ask(ordinal, "ROLE").elements?[2] == .integer(Int64(port))
            })
        }
    }

    @Test func `who only looks reaches a node that clients are cut off from`() throws {
        let lab = try Lab()
        var faults = NetworkFaults()
        faults.partition([[.node(lab.node(0)), .client], [.node(lab.node(1))]])
        try lab.control.setNetwork(faults)
        let ping = [Array("PING".utf8)]
        let client = try lab.cluster.connectInTest(to: lab.node(1))
        defer { client.close() }
        #expect(throws: LabError.silent(lab.node(1), for: .milliseconds(50))) {
            try client.send(ping, within: .milliseconds(50))
        }
        let observer = try lab.cluster.observeInTest(of: lab.node(1))
        #expect(try observer.send(ping, within: .seconds(30)) == .simpleString("PONG"))
        observer.close()
    }

    @Test func `a frozen master is replaced, and is a replica when it thaws`() throws {
        let lab = try Lab()
        let replica = try lab.replica()
        try lab.control.freeze(lab.node(0))
        #expect(lab.control.state(of: lab.node(0)) == .frozen)
        try lab.await("promotion") { try lab.isMaster(replica) }
        try lab.await("state") { try lab.state(1) == "cluster_state:ok" }
        try lab.control.thaw(lab.node(0))
        #expect(lab.control.state(of: lab.node(0)) == .running)
        try lab.await("demotion") { try !lab.isMaster(0) }
    }

    @Test func `a crashed node comes back as itself with what it had on its disk`() throws {
        let folder = try TemporaryFolder()
        let lab = try Lab(folder: folder.path)
        let id = try lab.ask(0, "CLUSTER", "MYID").text
        // Slot 3300 is the first master's.
        #expect(try lab.ask(0, "SET", "b", "1") == .simpleString("OK"))
        #expect(try lab.ask(0, "SAVE") == .simpleString("OK"))
        #expect(try lab.ask(0, "SET", "b", "2") == .simpleString("OK"))
        try lab.control.crash(lab.node(0))
        #expect(lab.control.state(of: lab.node(0)) == .down)
        #expect(throws: LabError.self) { try lab.control.crash(lab.node(0)) }
        try lab.control.boot(lab.node(0))
        #expect(try lab.ask(0, "CLUSTER", "MYID").text == id)
        try lab.await("b") { try lab.ask(0, "GET", "b").text == "1" }
        #expect(throws: LabError.self) { try lab.control.boot(lab.node(0)) }
    }

    @Test func `a stopped node saves, and says that it goes`() throws {
        let folder = try TemporaryFolder()
        let lab = try Lab(folder: folder.path)
        #expect(try lab.ask(0, "SET", "b", "2") == .simpleString("OK"))
        try lab.control.stop(lab.node(0))
        #expect(lab.control.state(of: lab.node(0)) == .down)
        try lab.control.boot(lab.node(0))
        try lab.await("b") { try lab.ask(0, "GET", "b").text == "2" }
    }

    @Test func `the minority of a partition stops serving, and gives in when it is healed`() throws {
        let lab = try Lab()
        let replica = try lab.replica()
        var faults = NetworkFaults()
        faults.partition([
            [.node(lab.node(0)), .client], Set((1..<6).map { .node(lab.node($0)) }),
        ])
        try lab.control.setNetwork(faults)
        // Its client still writes, until the node notices that it is alone.
        #expect(try lab.ask(0, "SET", "b", "lost") == .simpleString("OK"))
        try lab.await("minority") { try lab.state(0) == "cluster_state:fail" }
        #expect(try lab.ask(0, "SET", "b", "2").errorCode == "CLUSTERDOWN")
        var open = NetworkFaults()
        open.partition([[.node(lab.node(0))], Set((1..<6).map { .node(lab.node($0)) })])
        try lab.control.setNetwork(open)
        try lab.await("promotion") { try lab.isMaster(replica) }
        try lab.control.setNetwork(NetworkFaults())
        try lab.await("demotion") { try !lab.isMaster(0) }
        try lab.await("the lost write is gone") { try lab.ask(replica, "GET", "b") == .null }
        try lab.await("agreement") { try lab.state(0) == "cluster_state:ok" }
    }

    @Test func `a replica lags by what its link is delayed`() throws {
        let lab = try Lab(isFast: false)
        let replica = try lab.replica()
        var faults = NetworkFaults()
        faults.add(
            .init(
                from: [.node(lab.node(0))], to: [.node(lab.node(replica))], traffic: [.replication],
                effect: .delayed(.milliseconds(400))))
        try lab.control.setNetwork(faults)
        let reader = try lab.cluster.connectInTest(to: lab.node(replica))
        defer { reader.close() }
        #expect(try reader.send("READONLY") == .simpleString("OK"))
        let start = lab.cluster.time
        #expect(try lab.ask(0, "SET", "b", "new") == .simpleString("OK"))
        #expect(try reader.send("GET", "b") == .null)
        try lab.cluster.waitUntil("the write", step: .milliseconds(5)) {
            try reader.send("GET", "b").text == "new"
        }
        let lag = lab.cluster.time - start
        #expect(lag >= .milliseconds(390) && lag < .seconds(2))
    }

    @Test func `time stands still, and commands are answered`() throws {
        let lab = try Lab()
        try lab.control.setSpeed(0)
        #expect(try lab.ask(0, "SET", "b", "1", "PX", "1000") == .simpleString("OK"))
        let time = lab.cluster.time
        try RealTime.pass(.milliseconds(100))
        #expect(try lab.ask(0, "PTTL", "b") == .integer(1000))
        #expect(lab.cluster.time == time)
        #expect(throws: LabError.self) { try lab.cluster.pass(.seconds(1)) }
        try lab.control.advance(.milliseconds(400))
        #expect(try lab.ask(0, "PTTL", "b") == .integer(600))
        try lab.control.advance(.milliseconds(700))
        #expect(try lab.ask(0, "GET", "b") == .null)
    }

    @Test func `advancing lets exactly so much time pass`() throws {
        let lab = try Lab(isFast: false)
        try lab.control.setSpeed(0)
        let start = lab.cluster.time
        let real = ContinuousClock.now
        try lab.control.advance(.seconds(10))
        #expect(lab.cluster.time - start == .seconds(10))
        #expect(real.duration(to: .now) < .seconds(2))
    }

    @Test func `a cluster is made what it was, with its data, roles and time`() throws {
        let folder = try TemporaryFolder()
        let lab = try Lab(folder: folder.path)
        let replica = try lab.replica()
        #expect(try lab.ask(0, "SET", "b", "before") == .simpleString("OK"))
        try lab.await("copy") {
            try lab.ask(replica, "DBSIZE") == .integer(1)
        }
        try lab.control.setSpeed(0)
        let snapshot = try lab.control.snapshot()
        try lab.control.setSpeed(25)
        #expect(try lab.ask(0, "SET", "b", "after") == .simpleString("OK"))
        try lab.control.crash(lab.node(0))
        try lab.await("promotion") { try lab.isMaster(replica) }
        try lab.control.setSpeed(0)
        try lab.control.restore(snapshot)
        #expect(lab.cluster.time == snapshot.time)
        #expect(lab.control.state(of: lab.node(0)) == .running)
        #expect(try lab.ask(0, "GET", "b").text == "before")
        #expect(try lab.isMaster(0))
        #expect(try !lab.isMaster(replica))
        #expect(lab.cluster.events?.events.allSatisfy { $0.time <= snapshot.time } == true)
        // And it goes on from there.
        try lab.control.setSpeed(25)
        try lab.await("links") {
            try lab.ask(replica, "INFO", "replication").text?.contains("master_link_status:up")
                == true
        }
        #expect(try lab.ask(0, "SET", "b", "again") == .simpleString("OK"))
        try lab.await("copy") {
            let connection = try lab.cluster.connectInTest(to: lab.node(replica))
            defer { connection.close() }
            _ = try connection.send("READONLY")
            return try connection.send("GET", "b").text == "again"
        }
        for ordinal in 0..<6 { #expect(try lab.state(ordinal) == "cluster_state:ok") }
    }

    @Test func `what a frozen node has not read is gone with the future that it came from`() throws {
        let lab = try Lab(isFast: false)
        let snapshot = try lab.control.snapshot()
        try lab.control.freeze(lab.node(0))
        let address = lab.node(0)
        let stream = try lab.cluster.openStream(to: .tcp(host: address.host, port: address.port))
        defer { stream.close() }
        let request = encodeRequest(["SET", "b", "late"].map { Array($0.utf8) })
        #expect(try stream.send(request[...]) == request.count)
        try lab.control.restore(snapshot)
        #expect(lab.control.state(of: address) == .running)
        _ = try stream.wait(for: .readable, timeout: .seconds(10))
        let end = Result { try stream.receive(atMost: 100) }
        switch end {
        case .success(let bytes): #expect(bytes == [])
        case .failure(let error): #expect((error as? StreamFailure)?.kind == .reset)
        }
        #expect(try lab.ask(0, "GET", "b") == .null)
    }

    @Test func `a frozen node is given up again each time that the cluster is made what it was`()
        throws
    {
        let lab = try Lab()
        let replica = try lab.replica()
        let snapshot = try lab.control.snapshot()
        for _ in 0..<3 {
            try lab.control.restore(snapshot)
            try lab.control.freeze(lab.node(0))
            try lab.await("promotion") { try lab.isMaster(replica) }
            try lab.await("state") { try lab.state(1) == "cluster_state:ok" }
        }
    }

    @Test func `what a delay holds up comes when the delay ends`() throws {
        let lab = try Lab(isFast: false)
        let replica = try lab.replica()
        let reader = try lab.cluster.connectInTest(to: lab.node(replica))
        defer { reader.close() }
        #expect(try reader.send("READONLY") == .simpleString("OK"))
        var faults = NetworkFaults()
        faults.add(
            .init(
                from: [.node(lab.node(0))], to: [.node(lab.node(replica))], traffic: [.replication],
                effect: .delayed(.seconds(30))))
        for round in 1...20 {
            try lab.control.setNetwork(faults)
            #expect(try lab.ask(0, "SET", "b", "\(round)") == .simpleString("OK"))
            try RealTime.pass(.milliseconds(5))
            #expect(try reader.send("GET", "b").text != "\(round)", "round \(round)")
            try lab.control.setNetwork(NetworkFaults())
            try lab.await("the write", within: .seconds(5)) {
                try reader.send("GET", "b").text == "\(round)"
            }
        }
    }

    @Test func `a writer that follows the cluster's clock writes as much as was advanced`() throws {
        let lab = try Lab(isFast: false)
        let writer = LabWriter(lab.cluster)
        defer { writer.end() }
        writer.start(WriterPlan(pace: 100))
        for round in 1...2 {
            try lab.control.advance(.seconds(2))
            let log = try #require(writer.log)
            let count = log.records.count + log.heldBack
            // What everybody's time adds, too.
            let limit = Int((lab.cluster.time - log.start) / .milliseconds(10)) + 2
            #expect((round * 200...limit).contains(count))
            #expect(log.heldBack <= 4)
        }
    }

    @Test func `one key is written and read, and nothing else`() throws {
        let lab = try Lab(isFast: false)
        let writer = LabWriter(lab.cluster)
        defer { writer.end() }
        let reader = try #require(writer.reader)
        writer.start(WriterPlan(pace: 100, key: "deal:7"))
        reader.start(WriterPlan(.reads, pace: 100, key: "deal:7"))
        try lab.control.advance(.seconds(1))
        writer.stop()
        reader.stop()
        let written = try #require(try writer.report())
        #expect(written.log.records.count >= 99 && written.lost.isEmpty && written.isComplete)
        #expect(written.log.records.allSatisfy { $0.key == "deal:7" })
        let read = try #require(try reader.report())
        #expect(read.log.acknowledged >= 99 && read.latency(0.5) != nil)
        let sizes = try (0..<3).map { try lab.ask($0, "DBSIZE") }
        #expect(sizes.filter { $0 == .integer(1) }.count == 1)
        let owner = try #require(read.log.records.last).node
        #expect(read.lines.last == "    \(owner)       \(read.log.acknowledged)")
    }
}
