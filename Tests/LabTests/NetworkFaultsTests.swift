import Lab
import Testing

struct NetworkFaultsTests {
    private static func node(_ port: Int) -> NetworkFaults.Party { .node(NodeAddress(port: port)) }

    @Test func `the sides of a partition do not reach each other, and everybody else reaches both`() {
        var faults = NetworkFaults()
        faults.partition([[Self.node(7000), .client], [Self.node(7001), Self.node(7002)]])
        for traffic in NetworkFaults.Traffic.allCases {
            #expect(faults.fate(from: Self.node(7000), to: Self.node(7001), traffic).isBlocked)
            #expect(faults.fate(from: Self.node(7002), to: .client, traffic).isBlocked)
            #expect(faults.fate(from: Self.node(7001), to: Self.node(7002), traffic) == .fine)
            #expect(faults.fate(from: Self.node(7003), to: Self.node(7000), traffic) == .fine)
        }
    }

    @Test func `what is wrong in one direction leaves the other alone`() {
        var faults = NetworkFaults()
        faults.add(
            .init(
                from: [Self.node(7000)], to: [Self.node(7001)], traffic: [.replication],
                effect: .delayed(.milliseconds(300))))
        faults.add(
            .init(
                from: [Self.node(7000)], to: [Self.node(7001)], traffic: [.replication, .bus],
                effect: .delayed(.milliseconds(100))))
        let there = faults.fate(from: Self.node(7000), to: Self.node(7001), .replication)
        #expect(there.delay == .milliseconds(400))
        #expect(
            faults.fate(from: Self.node(7000), to: Self.node(7001), .bus).delay
                == .milliseconds(100))
        #expect(faults.fate(from: Self.node(7001), to: Self.node(7000), .replication) == .fine)
    }

    @Test func `of two losses the greater counts, and rules can be taken back`() {
        var faults = NetworkFaults()
        for percent in [20, 5] {
            faults.add(
                .init(from: [.client], to: [Self.node(7000)], effect: .lossy(percent: percent)))
        }
        let fate = faults.fate(from: .client, to: Self.node(7000), .commands)
        #expect(fate.lossPercent == 20)
        faults.remove { $0.effect == .lossy(percent: 20) }
        #expect(faults.fate(from: .client, to: Self.node(7000), .commands).lossPercent == 5)
        faults.remove { _ in true }
        #expect(faults.isEmpty)
    }
}
