import ClusterCore
import Keyspace
import Testing

@Suite struct RestartTests {
    private static let myself = "07c37dfeb235213a872192d90877d0cd55635b91"
    private static let other = "67ed2db8d677e59ec4a4cefb06858cf2a1a89fa1"

    /// A dump of a node with keys of slots 15495, 3300 and 7365.
    private func dump() -> [UInt8] {
        let network = BusNetwork(masters: 1, replicas: 0)
        for key in ["a", "b", "c"] { network.send("SET \(key) 1", to: 0) }
        return RDBWriter.dump(network.nodes[0].database, auxiliary: [])
    }

    private func node() -> Node {
        BusNetwork.nodes(masters: 1, replicas: 1, isEmpty: false) { _ in }[0]
    }

    @Test
    func `slots of loaded keys are taken where nobody owns them, and marked where another does`()
        throws
    {
        var node = node()
        // Slot 15495 is this node's, 3300 another one's, 7365 nobody's.
        try node.restore(
            clusterConfiguration: """
                \(Self.myself) 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 15000-16383
                \(Self.other) 127.0.0.1:7001@17001 master - 0 0 2 connected 0-4000
                vars currentEpoch 2 lastVoteEpoch 0

                """)
        let truncation = try node.restore(.dump(dump()))
        #expect(truncation == nil)
        var actions: [Action] = []
        node.start(into: &actions)
        let other = try #require(node.cluster.peers.firstIndex { $0.id.description == Self.other })
        #expect(node.cluster.importing == [HashSlot(unchecked: 3300): PeerIndex(other)])
        #expect(node.cluster.owner(of: HashSlot(unchecked: 7365)) == .myself)
        #expect(
            actions.contains(
                .log(
                    .warning,
                    "I have keys for slot 3300, but the slot is assigned to another node. "
                        + "Setting it to importing state.")))
    }

    @Test func `a node that was here before has another history, and another with each start`()
        throws
    {
        let network = BusNetwork(masters: 1, replicas: 1)
        let saved = try #require(network.savedConfigurations[0])
        let first = node()
        var second = node()
        #expect(first.replication.id == second.replication.id)
        try second.restore(clusterConfiguration: saved)
        #expect(second.replication.id != first.replication.id)
        #expect(second.runID != first.runID)
        #expect(second.cluster.myself.id == first.cluster.myself.id)
    }

    @Test func `a vote is on the disk before it leaves`() {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        network.stop(0)
        let hasWinner = network.run(for: .seconds(10)) {
            network.time { if case .electionWon = $0 { true } else { false } } != nil
        }
        #expect(hasWinner)
        #expect(network.votes.count >= 2)
        #expect(!network.votes.contains { !$0.isOnDisk })
    }
}
