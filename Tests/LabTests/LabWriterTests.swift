import Lab
import RESP
import Testing

/// The writer with its reports, step by step in a cluster whose time stands still by itself.
struct LabWriterTests {
    private let cluster = SteppedCluster()
    private let writer: LabWriter

    init() {
        writer = LabWriter(cluster)
    }

    private func say(_ words: String...) throws -> [String] {
        var lines: [String] = []
        try writer.follow(words) { lines.append($0) }
        return lines
    }

    private func report() throws -> WriterReport { try #require(try writer.report()) }

    @Test func `a healthy run has lost nothing`() throws {
        writer.start(WriterPlan(pace: 10))
        try cluster.pass(.seconds(3))
        writer.stop()
        let report = try report()
        #expect((30...32).contains(report.log.records.count))
        #expect(report.log.acknowledged == report.log.records.count)
        #expect(report.lost.isEmpty && report.isComplete && report.longestOutage == .zero)
        #expect(report.latency(0.5) == .milliseconds(1))
        let count = report.log.records.count
        #expect(
            report.lines == [
                "\(count) writes in \(text(report.duration)) of the cluster's time, 10 a second",
                "acknowledged  \(count), in 1.0 ms (p50) to 1.0 ms (p99)", "refused       0",
                "unknown       0", "LOST          0",
                "outages, from the last write before to the first after:",
                "    0-5460        7000                none",
                "    5461-10922    7001                none",
                "    10923-16383   7002                none",
            ])
        #expect(cluster.log.events.isEmpty)
    }

    private func text(_ duration: Duration) -> String {
        let milliseconds = Int(duration / .milliseconds(1))
        return "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst()) s"
    }

    @Test func `lost writes are named with key, moment and node, ten at most`() throws {
        writer.start(WriterPlan(pace: 10))
        try cluster.pass(.milliseconds(3200))
        writer.stop()
        let gone = try report().log.records.filter { $0.node.port == 7001 }
        #expect(gone.count == 10)
        cluster.change { state in for record in gone { state.keys[record.key] = nil } }
        let first = try report()
        #expect(first.lost.map(\.record) == gone)
        #expect(first.lost.allSatisfy { $0.instead == .nothing })
        let named = first.lines.filter { $0.contains("acknowledged at") }
        #expect(named.count == 10)
        let line = try #require(named.first)
        let time = text(try #require(gone[0].replied))
        #expect(line.contains("\(gone[0].key) = \(first.log.value(of: gone[0]))"))
        #expect(line.hasSuffix("acknowledged at \(time) by 7001  is missing"))
        // The timeline has each of them once, at the moment of its acknowledgement.
        _ = try report()
        let events = cluster.log.events
        #expect(events.count == 10)
        #expect(events.map(\.time) == gone.map(\.replied))
        #expect(
            events[0].kind == .writeLost(key: gone[0].key, value: first.log.value(of: gone[0])))
        cluster.change { $0.keys = [:] }
        let all = try report().lines
        #expect(all.count { $0.contains("acknowledged at") } == 10)
        #expect(all.contains { $0 == "    and \(first.log.records.count - 10) more" })
    }

    @Test func `an older or another's value in a key's place is a loss, too`() throws {
        writer.start(WriterPlan(pace: 10))
        try cluster.pass(.seconds(1))
        writer.stop()
        let log = try report().log
        let (one, two) = (log.records[3], log.records[4])
        cluster.change { state in
            state.keys[one.key] = log.value(of: log.records[0])
            state.keys[two.key] = "mine"
        }
        let lost = try report().lost
        #expect(lost.map(\.record) == [one, two])
        #expect(lost.map(\.instead) == [.older(serial: 1), .foreign("mine")])
        let lines = try report().lines
        #expect(
            lines.contains { $0.hasSuffix("has the older \(log.value(of: log.records[0]))") })
        #expect(lines.contains { $0.hasSuffix("has another's mine") })
    }

    @Test func `refused and unknown writes that are there are told apart from lost ones`() throws {
        cluster.change { state in
            state.answer = { node, words in
                words[0] == "SET" && node.port == 7002 ? .error("CLUSTERDOWN down") : nil
            }
        }
        writer.start(WriterPlan(pace: 10))
        try cluster.pass(.seconds(2))
        writer.stop()
        let log = try report().log
        let refused = log.records.filter { $0.outcome == .refused("CLUSTERDOWN") }
        #expect((6...8).contains(refused.count))
        #expect(log.refusals.map(\.reason) == ["CLUSTERDOWN"])
        cluster.change { $0.keys[refused[1].key] = log.value(of: refused[1]) }
        let report = try report()
        #expect(report.resurrected == [refused[1]])
        #expect(report.lost.isEmpty)
        #expect(report.lines.contains { $0.hasPrefix("RESURRECTED   1: refused") })
        #expect(
            report.lines.contains("refused       \(refused.count): \(refused.count) CLUSTERDOWN"))
        let outage = try #require(report.outages.last)
        #expect(outage.isOngoing && outage.longest == report.duration)
        #expect(report.outages.dropLast().allSatisfy { $0.longest == .zero })
    }

    @Test func `an outage lasts from the last acknowledgement before to the first after`() throws {
        writer.start(WriterPlan(pace: 30))
        try cluster.pass(.seconds(2))
        cluster.change { $0.down = [cluster.nodes[0]] }
        try cluster.pass(.seconds(5))
        cluster.change { $0.down = [] }
        try cluster.pass(.seconds(2))
        writer.stop()
        let report = try report()
        let outage = report.outages[0]
        #expect(outage.longest > .milliseconds(4900) && outage.longest < .milliseconds(5300))
        #expect(!outage.isOngoing)
        #expect(report.outages[1].longest == .zero && report.outages[2].longest == .zero)
        // The first one was on its way when the connection broke.
        #expect(report.log.unknown == 1)
        #expect(report.log.refusals.map(\.reason) == ["Connection refused"])
        #expect(report.lost.isEmpty)
    }

    @Test func `keys that cannot be read are no lost ones`() throws {
        writer.start(WriterPlan(pace: 10))
        try cluster.pass(.seconds(2))
        writer.stop()
        cluster.change { $0.down = [cluster.nodes[1]] }
        var notices = 0
        let report = try #require(
            try writer.report(within: .seconds(1)) { notices += 1 })
        #expect(notices == 1)
        #expect(report.lost.isEmpty && !report.isComplete)
        #expect(report.lines.contains { $0.hasPrefix("NOT READ") })
        #expect(report.lines.contains("LOST          0 of those that were read"))
    }

    @Test func `a report waits until all nodes are well, and follows redirects`() throws {
        writer.start(WriterPlan(pace: 10))
        try cluster.pass(.seconds(2))
        writer.stop()
        let keys = cluster.change { state in
            state.answer = { node, words in
                words == ["CLUSTER", "INFO"] && node.port == 7002
                    ? .bulkString(Array("cluster_state:fail\r\n".utf8)) : nil
            }
            return state.keys
        }
        let report = try #require(
            try writer.report(onWait: {
                cluster.change { state in
                    state.keys = [:]
                    state.answer = { node, words in
                        guard words[0] == "GET", let value = keys[words[1]] else { return nil }
                        // 7001 has given its slots away, as one hears when one asks it for them.
                        return node.port == 7001
                            ? .error("MOVED 5461 127.0.0.1:7002")
                            : .bulkString(Array(value.utf8))
                    }
                }
            }))
        #expect(report.isComplete && report.lost.isEmpty)
        #expect(cluster.change(\.keys).isEmpty)
    }

    @Test func `with wait a write that too few replicas confirm is not acknowledged`() throws {
        cluster.change { state in
            state.answer = { node, words in
                words[0] == "WAIT" && node.port == 7000 ? .integer(0) : nil
            }
        }
        #expect(
            try say("start", "10", "wait", "1") == [
                "The writer sends 10 writes a second to all slots, each followed by WAIT 1. "
                    + "writer report tells what became of them."
            ])
        try cluster.pass(.seconds(2))
        writer.stop()
        let report = try report()
        #expect((6...8).contains(report.log.unconfirmed))
        #expect(report.surprises.count == report.log.unconfirmed)
        #expect(report.lines[0].hasSuffix("10 a second, each followed by WAIT 1"))
        #expect(
            report.lines.contains(
                "unconfirmed   \(report.log.unconfirmed) (done, but fewer than 1 replica confirmed)"
            ))
    }

    @Test func `rewinding a stopped run forgets what was written since`() throws {
        writer.start(WriterPlan(pace: 10))
        try cluster.pass(.seconds(2))
        let (moment, keys) = (cluster.time, cluster.change(\.keys))
        try cluster.pass(.seconds(2))
        writer.stop()
        cluster.change { ($0.time, $0.keys) = (moment, keys) }
        cluster.log.restore(cluster.log.record, to: moment)
        // Later than what was written and undone.
        try cluster.pass(.seconds(5))
        let report = try report()
        #expect(report.lost.isEmpty)
        #expect(report.log.records.count == keys.count)
    }

    @Test func `a cluster of before the run leaves a run of no time`() throws {
        try cluster.pass(.seconds(3))
        writer.start(WriterPlan(pace: 10))
        try cluster.pass(.seconds(2))
        writer.stop()
        cluster.change { $0.time = .seconds(1) }
        cluster.log.restore(cluster.log.record, to: .seconds(1))
        #expect(try report().duration == .zero)
    }

    @Test func `writer alone says how it stands`() throws {
        #expect(try say() == ["The writer has not written yet: writer start lets it."])
        _ = try say("start", "1")
        try cluster.pass(.milliseconds(10))
        #expect(try say() == ["The writer is at work. 1 write: 1 acknowledged."])
        #expect(try say("stop") == ["The writer has stopped. 1 write: 1 acknowledged."])
        #expect(throws: LabError.unsupported("The writer does not write: writer start lets it.")) {
            try say("stop")
        }
    }

    @Test(arguments: [
        (["strat"], "writer wants start, stop, report or nothing: \(LabWriter.usage)"),
        (["report", "now"], "writer wants start, stop, report or nothing: \(LabWriter.usage)"),
        (["report"], "The writer has not written yet: writer start lets it."),
        (
            ["start", "0"],
            "writer start wants 1 to 1000 writes a second: writer start 50"
        ),
        (["start", "50", "wait"], "wait wants a number of replicas: writer start wait 1"),
        (["start", "wait", "x"], "wait wants a number of replicas: writer start wait 1"),
    ])
    func `words that cannot be followed are told`(words: [String], sentence: String) throws {
        #expect(throws: LabError.unsupported(sentence)) { try writer.follow(words) { _ in } }
        #expect(!writer.hasRun)
    }
}
