import ClusterCore
import Simulation
import Testing

struct SimulationRunTests {
    @Test func `a seed gives the same run twice, to the last line`() {
        var one = SimulationRun(SimulationSettings(nodes: 6, seed: 7), isTraced: true)
        var other = SimulationRun(SimulationSettings(nodes: 6, seed: 7), isTraced: true)
        let (first, second) = (one.run(), other.run())
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.trace == second.trace)
        #expect(first.trace.count > 50)
    }

    @Test(arguments: 6...12) func `clusters keep what they promise under any faults`(_ nodes: Int) {
        let failures = (0..<12).map { UInt64(200_000 + nodes * 100 + $0) }.compactMap { seed in
            var run = SimulationRun(SimulationSettings(nodes: nodes, seed: seed))
            let report = run.run()
            return report.violation == nil ? nil : report.text
        }
        #expect(failures == [])
    }

    /// Two where a former owner took a slot back by an old epoch, one with a collision of epochs, one with a failover
    /// to a replica that has never had any data, one with an INCR at a stale master, one with a crash between
    /// what a thawed node has to catch up with, one with a replica that came from another master just before,
    /// two with slots moved to or from a master that did not know its successor, one with WAIT for a write that
    /// has no offset, and one with a manual failover at the offset of an earlier one.
    @Test(
        arguments: [
            (12, 12_000_004), (7, 10_197), (10, 500_002), (9, 600_173), (11, 7_011_127),
            (12, 7_012_256), (12, 40_120_141),
            (6, 60_060_193), (6, 80_060_033), (8, 50_080_147), (10, 60_100_109),
        ] as [(Int, UInt64)])
    func `what was wrong once stays right`(_ nodes: Int, _ seed: UInt64) {
        var run = SimulationRun(SimulationSettings(nodes: nodes, seed: seed))
        let report = run.run()
        #expect(report.violation == nil, "\(report.text)")
    }

    @Test func `moving slots loses nothing on a bad network`() {
        for seed in 1...20 {
            let settings = SimulationSettings(
                nodes: 8, seed: UInt64(seed), faults: [.reshard, .slow, .stall])
            var run = SimulationRun(settings)
            let report = run.run()
            #expect(report.violation == nil, "\(report.text)")
            #expect(report.acknowledged > 0)
        }
    }

    @Test func `manual failovers lose nothing`() {
        for seed in 1...20 {
            var settings = SimulationSettings(
                nodes: 8, seed: UInt64(seed), faults: [])
            settings.faultInterval = .seconds(3)
            let orders = (1...10).map { step in
                (
                    Duration.seconds(5 * step),
                    Fault.administer(.failover(host: (step * seed) % 8, kind: .agreed))
                )
            }
            var run = SimulationRun(settings, plan: FaultPlan(orders))
            let report = run.run()
            #expect(report.violation == nil, "\(report.text)")
            #expect(report.excused == 0)
        }
    }

    @Test func `a cut-off master loses what it accepted, and no more`() {
        let plan = FaultPlan([
            (.seconds(10), .partition(hosts: [0], clients: [0, 1], isOneWay: false)),
            (.seconds(30), .reconnect),
        ])
        let reports = (1...10).map { seed in
            var run = SimulationRun(
                SimulationSettings(nodes: 6, seed: UInt64(seed), faults: []), plan: plan)
            return run.run()
        }
        #expect(reports.compactMap(\.violation) == [])
        #expect(reports.contains { $0.excused > 0 })
    }

    @Test func `without faults nothing is lost`() {
        var run = SimulationRun(SimulationSettings(nodes: 6, seed: 1, faults: []))
        let report = run.run()
        #expect(report.violation == nil)
        #expect(report.acknowledged > 500)
        #expect(report.excused == 0)
    }
}
