import Lab
import LabBackends
import RESP
import Testing

/// The writer in a simulated cluster: it writes in the cluster's time, whoever makes that pass.
struct SimulatedWriterTests {
    private let cluster: TestedCluster
    private let control: any LabControl
    private let writer: LabWriter

    init() throws {
        (cluster, control, writer) = try Self.start(seed: 1)
    }

    private static func start(seed: UInt64) throws -> (TestedCluster, any LabControl, LabWriter) {
        let plan = ClusterPlan(nodeTimeout: .milliseconds(500), seed: seed)
        let cluster = TestedCluster(try SimulatedLab().start(plan))
        return (cluster, try #require(cluster.lab.control), LabWriter(cluster.lab))
    }

    private static func faults(
        from: NetworkFaults.Party, to: NetworkFaults.Party, _ effect: NetworkFaults.Effect
    ) -> NetworkFaults {
        var faults = NetworkFaults()
        faults.add(.init(from: [from], to: [to], traffic: [.commands], effect: effect))
        return faults
    }

    private var count: Int { writer.log?.records.count ?? 0 }

    private func report() throws -> WriterReport { try #require(try writer.report()) }

    @Test func `nothing is written while time stands still`() {
        writer.start(WriterPlan(pace: 50))
        #expect(count == 0 && writer.isWriting)
    }

    @Test func `it writes in time that is advanced, and in time that is waited`() throws {
        writer.start(WriterPlan(pace: 50))
        try control.advance(.seconds(2))
        #expect((99...101).contains(count))
        try cluster.lab.pass(.seconds(2))
        #expect((199...201).contains(count))
        writer.stop()
        let report = try report()
        #expect(report.log.acknowledged == count)
        #expect(report.lost.isEmpty && report.isComplete && report.longestOutage == .zero)
        try control.advance(.seconds(1))
        #expect(report.log.records.count == count)
    }

    @Test func `it writes while a command takes its time`() throws {
        writer.start(WriterPlan(pace: 50))
        try cluster.send("BLPOP nothing{a} 2", to: 2)
        #expect((99...101).contains(count))
    }

    @Test func `the last replies are waited for when it stops`() throws {
        writer.start(WriterPlan(pace: 1000))
        try control.advance(.milliseconds(500))
        writer.stop()
        #expect(writer.log?.unknown == 0)
        #expect(writer.log?.acknowledged == count)
    }

    @Test func `a failover is an outage of one master's slots`() throws {
        let replica = try cluster.replica(of: 0)
        writer.start(WriterPlan(pace: 50))
        try control.advance(.seconds(2))
        try control.crash(cluster[0])
        try cluster.await("a replica takes over") { cluster.role(of: replica) == "master" }
        try control.advance(.seconds(2))
        writer.stop()
        let report = try report()
        #expect(report.isComplete && report.log.refused > 0)
        #expect(report.log.refusals.map(\.reason).contains("Connection refused"))
        let outage = report.outages[0]
        #expect(outage.owner == cluster[0] && outage.owners == [cluster[replica]])
        #expect(outage.longest > .milliseconds(500) && outage.longest < .seconds(5))
        #expect(!outage.isOngoing)
    }

    @Test func `what a slow network still carries is lost with the master that sent it`() throws {
        let replica = try cluster.replica(of: 0)
        var faults = NetworkFaults()
        faults.add(
            .init(
                from: [.node(cluster[0])], to: [.node(cluster[replica])], traffic: [.replication],
                effect: .delayed(.milliseconds(500))))
        try control.setNetwork(faults)
        writer.start(WriterPlan(pace: 50))
        try control.advance(.seconds(3))
        try control.crash(cluster[0])
        try cluster.await("a replica takes over") { cluster.role(of: replica) == "master" }
        try control.advance(.seconds(1))
        writer.stop()
        let report = try report()
        #expect(report.isComplete)
        // Every third write is one of that master's.
        #expect((6...11).contains(report.lost.count))
        #expect(report.lost.allSatisfy { $0.record.node == cluster[0] })
    }

    @Test func `a cut network leaves writes refused or unknown, and costs nobody else time`() throws
    {
        writer.start(WriterPlan(pace: 50))
        try control.advance(.seconds(1))
        try control.setNetwork(
            Self.faults(from: .client, to: .node(cluster[0]), .blocked))
        try control.advance(.seconds(6))
        try control.setNetwork(NetworkFaults())
        try control.advance(.seconds(6))
        writer.stop()
        let report = try report()
        #expect(report.log.unknown > 0)
        #expect(report.outages[0].longest > .seconds(5))
        #expect(report.outages[1].longest == .zero && report.outages[2].longest == .zero)
        #expect(report.isComplete)
    }

    @Test func `WAIT confirms writes, and does not while a replica is frozen`() throws {
        writer.start(WriterPlan(pace: 20, replicas: 1))
        try control.advance(.seconds(2))
        #expect(writer.log?.unconfirmed == 0 && writer.log?.acknowledged ?? 0 > 30)
        for node in 3...5 { try control.freeze(cluster[node]) }
        try control.advance(.seconds(3))
        #expect(writer.log?.unconfirmed ?? 0 > 0)
        for node in 3...5 { try control.thaw(cluster[node]) }
    }

    @Test func `a restored cluster has the writes of its moment, and the writer goes on`() throws {
        writer.start(WriterPlan(pace: 50))
        try control.advance(.seconds(1))
        let moment = try control.snapshot()
        let before = count
        try control.advance(.seconds(3))
        try control.restore(moment)
        #expect(abs(count - before) <= 1)
        try control.advance(.seconds(1))
        #expect((before + 48...before + 51).contains(count))
        writer.stop()
        let report = try report()
        #expect(report.lost.isEmpty && report.isComplete)
    }

    @Test func `another writer goes on where one was`() throws {
        writer.start(WriterPlan(pace: 50))
        try control.advance(.seconds(1))
        let (snapshot, moment, before) = (try control.snapshot(), writer.moment, count)
        try control.advance(.seconds(1))
        writer.end()
        try control.restore(snapshot)
        let other = LabWriter(cluster.lab, resuming: moment)
        try control.advance(.seconds(1))
        other.stop()
        let report = try #require(try other.report())
        #expect((before + 48...before + 52).contains(report.log.records.count))
        #expect(report.lost.isEmpty && report.log.refused == 0)
    }

    @Test func `at speed 0 it stops without its time`() throws {
        writer.start(WriterPlan(pace: 50))
        try control.advance(.seconds(1))
        try control.setSpeed(0)
        let time = cluster.lab.time
        writer.stop()
        #expect(!writer.isWriting && cluster.lab.time == time)
    }

    /// Replies, timeline and report of one run.
    private static func story(seed: UInt64) throws -> [String] {
        let (cluster, control, writer) = try start(seed: seed)
        var lines: [String] = []
        try writer.follow(["start", "100", "wait", "1"]) { lines.append($0) }
        try control.advance(.seconds(1))
        try control.crash(cluster[0])
        try control.setNetwork(
            faults(from: .node(cluster[1]), to: .client, .lossy(percent: 30)))
        try control.advance(.seconds(3))
        lines.append("\(try cluster.send("CLUSTER NODES", to: 1))")
        try control.boot(cluster[0])
        try control.setNetwork(NetworkFaults())
        try control.advance(.seconds(3))
        try writer.follow(["stop"]) { lines.append($0) }
        try writer.follow(["report"]) { lines.append($0) }
        return lines + (cluster.lab.events?.events.map { "\($0)" } ?? [])
    }

    @Test func `the same seed and the same input give the same timeline and report`() throws {
        let story = try Self.story(seed: 3)
        #expect(story == (try Self.story(seed: 3)))
        #expect(story != (try Self.story(seed: 4)))
        #expect(story.contains { $0.hasPrefix("acknowledged ") })
    }

    @Test func `one key is written and read, at both paces and in one time`() throws {
        let reader = try #require(writer.reader)
        writer.start(WriterPlan(pace: 200, key: "deal:7"))
        reader.start(WriterPlan(.reads, pace: 50, key: "deal:7"))
        try control.advance(.seconds(2))
        writer.stop()
        reader.stop()
        #expect((399...402).contains(count))
        #expect(writer.log?.records.allSatisfy { $0.key == "deal:7" } == true)
        #expect(try report().lost.isEmpty)
        let read = try #require(try reader.report())
        #expect((99...101).contains(read.log.acknowledged))
        #expect(try (0...2).map { try cluster.send("DBSIZE", to: $0) }.contains(.integer(1)))
        try control.advance(.seconds(1))
        #expect((99...101).contains(reader.log?.records.count ?? 0))
    }
}
