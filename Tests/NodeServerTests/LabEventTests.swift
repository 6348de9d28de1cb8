import Lab
import LabBackends
import RESP
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct LabEventTests {
    /// The events of a cluster from the end of its first master to the state ok on every other node.
    private func failover() throws -> [LabEvent] {
        let events = EventLog()
        let port = try FreePorts(count: 6).first
        let plan = ClusterPlan(port: port, nodeTimeout: .milliseconds(500))
        let cluster = try InProcessLab(events: events).startServer(plan)
        defer { cluster.shutDown() }
        let connection = try cluster.connectInTest(to: NodeAddress(port: port))
        #expect(throws: LabError.self) { try connection.send("SHUTDOWN", "NOSAVE", "NOW") }
        var serving: Set<NodeAddress> = []
        try cluster.waitUntil("the others serve", step: .milliseconds(10)) {
            for event in events.events {
                if case .stateChanged(true, _) = event.kind { serving.insert(event.node) }
            }
            return serving.count == 5
        }
        return events.events
    }

    @Test func `a failover is told from the first suspicion to the last vote, with reasons`()
        async throws
    {
        let events = try failover()
        let kinds = events.map(\.kind)
        #expect(events.map(\.time).allSatisfy { $0 > .zero && $0 < .seconds(30) })
        let suspected = kinds.firstIndex { if case .suspected = $0 { true } else { false } }
        let failed = kinds.firstIndex { if case .failed = $0 { true } else { false } }
        let won = kinds.firstIndex { if case .electionWon = $0 { true } else { false } }
        #expect(try #require(suspected) < #require(failed))
        #expect(try #require(failed) < #require(won))
        // Two of the three masters agree that it has failed, and both vote.
        let reports = kinds.compactMap { kind -> [String]? in
            if case .failed(_, let reports) = kind { reports } else { nil }
        }
        #expect(reports.allSatisfy { $0.count >= 2 })
        let voters = events.filter { if case .voteGranted = $0.kind { true } else { false } }
        #expect(Set(voters.map(\.node)).count == 2)
        #expect(
            kinds.contains(.stateChanged(isOK: false, reason: "the owner of a slot has failed")))
        #expect(kinds.contains(.promoted(epoch: 7)))
    }
}
