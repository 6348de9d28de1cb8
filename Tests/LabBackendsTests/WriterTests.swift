import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// The writer in clusters of this process, whose time runs at 25 times everybody's.
@Suite(.serialized, .timeLimit(.minutes(3))) struct WriterTests {
    /// Three masters, three replicas, and a writer.
    private final class Lab {
        let cluster: InProcessCluster
        let control: any LabControl
        let writer: LabWriter

        init() throws {
            let port = try FreePorts(count: 6).first
            cluster = try InProcessLab(isScratch: true, events: EventLog())
                .startServer(ClusterPlan(port: port))
            control = try #require(cluster.control)
            writer = LabWriter(cluster)
            try control.setSpeed(25)
            for node in cluster.nodes.dropFirst(3) {
                try self.await("link of \(node.port)") {
                    try ask(node, "INFO", "replication").text?.contains("master_link_status:up")
                        == true
                }
            }
        }

        deinit {
            writer.end()
            cluster.shutDown()
        }

        var master: NodeAddress { cluster.nodes[0] }

        /// All nodes but the first master.
        var others: Set<NetworkFaults.Party> { Set(cluster.nodes.dropFirst().map { .node($0) }) }

        func ask(_ node: NodeAddress, _ words: String...) throws -> RESPValue {
            let connection = try cluster.connect(to: node)
            defer { connection.close() }
            // A node that does not answer is to fail the test, not to hold it up.
            return try connection.send(words.map { Array($0.utf8) }, within: .seconds(10))
        }

        /// Waits for something that comes with the cluster's time.
        func await(
            _ what: String, within limit: Duration = .seconds(60), _ holds: () throws -> Bool
        )
            throws
        {
            try cluster.waitUntil(what, within: limit, step: .milliseconds(100), holds)
        }

        /// The first master's replica.
        func replica() throws -> NodeAddress {
            try #require(
                cluster.nodes.dropFirst(3).first {
                    try ask($0, "ROLE").elements?[2] == .integer(Int64(master.port))
                })
        }

        func isMaster(_ node: NodeAddress) throws -> Bool {
            try ask(node, "ROLE").elements?.first?.text == "master"
        }

        /// Waits until the writer has so many acknowledgements of a node, from now on.
        func awaitWrites(_ count: Int, at node: NodeAddress) throws {
            let start = acknowledged(at: node)
            try self.await("writes") { acknowledged(at: node) >= start + count }
        }

        func acknowledged(at node: NodeAddress) -> Int {
            writer.log?.records.count { $0.node == node && $0.outcome == .acknowledged } ?? 0
        }

        func report() throws -> WriterReport { try #require(try writer.report()) }

        /// Which acknowledged writes of the report a client does not find at a node.
        func missing(_ report: WriterReport, at node: NodeAddress) throws -> [WriteRecord] {
            let owned = report.log.records.filter {
                $0.outcome == .acknowledged && $0.slot <= 5460
            }
            return try owned.filter {
                try ask(node, "GET", $0.key).text != report.log.value(of: $0)
            }
        }

        func delayReplication(_ effect: NetworkFaults.Effect) throws {
            var faults = NetworkFaults()
            faults.add(
                .init(
                    from: [.node(master)], to: [.node(try replica())], traffic: [.replication],
                    effect: effect))
            try control.setNetwork(faults)
        }
    }

    @Test func `a healthy cluster loses nothing and refuses nothing`() throws {
        let lab = try Lab()
        lab.writer.start(WriterPlan(pace: 100))
        try lab.awaitWrites(200, at: lab.master)
        lab.writer.stop()
        let report = try lab.report()
        #expect(report.log.acknowledged == report.log.records.count)
        #expect(report.lost.isEmpty && report.isComplete && report.longestOutage == .zero)
        #expect(report.log.ranges.map(\.slots) == [0...5460, 5461...10922, 10923...16383])
        #expect(try lab.missing(report, at: lab.master).isEmpty)
    }

    @Test func `of a crashed master whose replica lags the report names exactly what is gone`()
        throws
    {
        let lab = try Lab()
        let replica = try lab.replica()
        lab.writer.start(WriterPlan(pace: 60))
        try lab.awaitWrites(40, at: lab.master)
        try lab.delayReplication(.delayed(.seconds(2)))
        try lab.awaitWrites(80, at: lab.master)
        try lab.control.crash(lab.master)
        try lab.await("promotion") { try lab.isMaster(replica) }
        try lab.awaitWrites(20, at: replica)
        lab.writer.stop()
        let report = try lab.report()
        #expect(report.isComplete)
        #expect(!report.lost.isEmpty)
        #expect(report.lost.map(\.record) == (try lab.missing(report, at: replica)))
        #expect(report.lost.allSatisfy { $0.record.node == lab.master })
        // The last ones, and all of them.
        let atMaster = report.log.records.filter {
            $0.node == lab.master && $0.outcome == .acknowledged
        }
        #expect(report.lost.map(\.record) == atMaster.suffix(report.lost.count))
        let outage = report.outages[0]
        #expect(outage.owners == [replica] && !outage.isOngoing)
        #expect(outage.longest > .seconds(5) && outage.longest < .seconds(20))
        #expect(report.log.refusals.contains { $0.reason == "Connection refused" })
        let events = lab.cluster.events?.events.compactMap { event in
            if case .writeLost(let key, _) = event.kind { key } else { nil }
        }
        #expect(events == report.lost.map(\.record.key))
    }

    @Test func `with wait 1 a crashed master takes no acknowledged write along`() throws {
        let lab = try Lab()
        let replica = try lab.replica()
        lab.writer.start(WriterPlan(pace: 60, replicas: 1))
        try lab.awaitWrites(40, at: lab.master)
        try lab.control.crash(lab.master)
        try lab.await("promotion") { try lab.isMaster(replica) }
        // It has no replica now, and so no acknowledgements.
        try lab.await("unconfirmed writes") {
            lab.writer.log?.records.contains {
                $0.node == replica && $0.outcome == .unconfirmed(replicas: 0)
            } == true
        }
        lab.writer.stop()
        let report = try lab.report()
        #expect(report.isComplete && report.lost.isEmpty)
        #expect(try lab.missing(report, at: replica).isEmpty)
        #expect(report.outages[0].isOngoing)
    }

    @Test func `a client on the minority's side loses what that side took`() throws {
        let lab = try Lab()
        let replica = try lab.replica()
        lab.writer.start(WriterPlan(pace: 60))
        try lab.awaitWrites(40, at: lab.master)
        var faults = NetworkFaults()
        faults.partition([[.node(lab.master), .client], lab.others])
        try lab.control.setNetwork(faults)
        try lab.awaitWrites(20, at: lab.master)
        try lab.await("refusal") {
            lab.writer.log?.refusals.contains { $0.reason == "CLUSTERDOWN" } == true
        }
        // The other side elects a master meanwhile.
        try lab.cluster.pass(.seconds(15))
        try lab.control.setNetwork(NetworkFaults())
        try lab.await("demotion") { try !lab.isMaster(lab.master) }
        try lab.awaitWrites(20, at: replica)
        lab.writer.stop()
        let report = try lab.report()
        #expect(report.isComplete)
        #expect(report.lost.count >= 20)
        #expect(report.lost.map(\.record) == (try lab.missing(report, at: replica)))
        #expect(report.lost.allSatisfy { $0.record.node == lab.master })
        // Writes to the other side were sent, and nobody answered.
        #expect(report.log.unknown > 0)
        #expect(report.outages[1].longest > .seconds(5))
    }

    @Test func `a frozen master stops only its own slots`() throws {
        let lab = try Lab()
        lab.writer.start(WriterPlan(pace: 60))
        try lab.awaitWrites(20, at: lab.master)
        try lab.control.freeze(lab.master)
        try lab.awaitWrites(60, at: lab.cluster.nodes[1])
        try lab.control.thaw(lab.master)
        try lab.awaitWrites(20, at: lab.master)
        lab.writer.stop()
        let report = try lab.report()
        #expect(report.lost.isEmpty && report.isComplete)
        #expect(report.outages[1].longest == .zero && report.outages[2].longest == .zero)
    }

    @Test func `a run goes on when the cluster is rewound, and ends while time stands still`()
        throws
    {
        let lab = try Lab()
        lab.writer.start(WriterPlan(pace: 60))
        try lab.awaitWrites(20, at: lab.master)
        let snapshot = try lab.control.snapshot()
        try lab.awaitWrites(40, at: lab.master)
        try lab.control.restore(snapshot)
        try lab.await("writes again") {
            lab.writer.log?.records.last.map {
                $0.sent > snapshot.time && $0.outcome == .acknowledged
            } == true
        }
        try lab.control.setSpeed(0)
        lab.writer.stop()
        let report = try #require(try lab.writer.report())
        #expect(report.isComplete && report.lost.isEmpty)
    }
}
