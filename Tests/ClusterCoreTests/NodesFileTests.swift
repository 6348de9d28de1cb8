import ClusterCore
import Testing

@Suite struct NodesFileTests {
    private static let myself = "07c37dfeb235213a872192d90877d0cd55635b91"
    private static let other = "67ed2db8d677e59ec4a4cefb06858cf2a1a89fa1"

    private func node() -> Node {
        BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) { _ in }[0]
    }

    @Test func `a file of redis-server is taken over`() throws {
        var node = node()
        try node.restore(
            clusterConfiguration: """
                \(Self.other) 127.0.0.1:30004@31004,hostname4 slave \(Self.myself) 0 1426238317239 4 connected
                \(Self.myself) 127.0.0.1:30001@31001 myself,master - 0 0 5 connected 0-5460 7000 [93-<-\(Self.other)] [77->-\(Self.other)]
                vars currentEpoch 9 lastVoteEpoch 8

                """)
        let cluster = node.cluster
        #expect(cluster.myself.id.description == Self.myself)
        #expect(cluster.myself.slots.count == 5462)
        #expect(cluster.peers[1].hostname == "hostname4")
        #expect(cluster.replicas(of: .myself).count == 1)
        #expect(cluster.currentEpoch == 9)
        #expect(cluster.lastVoteEpoch == 8)
        #expect(cluster.migrating.count == 1)
        #expect(cluster.importing.count == 1)
    }

    @Test func `of a file of Redis 7.2 or Valkey the hostname is taken, and nothing that 7.0 has no place for`()
        throws
    {
        var node = node()
        let shard = String(Self.myself.reversed())
        try node.restore(
            clusterConfiguration: """
                \(Self.other) 127.0.0.1:2@3,host2,nodename=n,shard-id=\(shard) slave \(Self.myself) 0 1 4 connected
                \(Self.myself) 127.0.0.1:1@2,,tls-port=0,shard-id=\(shard) myself,master - 0 0 5 connected 7
                vars currentEpoch 9 lastVoteEpoch 8

                """)
        #expect(node.cluster.peers.map(\.hostname) == ["", "host2"])
        #expect(!node.clusterConfiguration().contains("shard-id"))
    }

    @Test func `a file that an editor or a later version has been at is taken, too`() throws {
        var node = node()
        try node.restore(
            clusterConfiguration: "\(Self.myself) 127.0.0.1:1@2\tMyself,MASTER - 0 0 5 connected 7\r\n"
                + "  \r\nVARS currentepoch 9 shardEpoch x lastVoteEpoch 8\r\n")
        #expect(node.cluster.myself.slots.count == 1)
        #expect(node.cluster.currentEpoch == 9)
        #expect(node.cluster.lastVoteEpoch == 8)
        var actions: [Action] = []
        node.start(into: &actions)
        #expect(
            actions.contains(
                .log(.warning, "Skipping unknown cluster config variable 'shardEpoch'")))
    }

    @Test func `what a node saves it reads back`() throws {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(2))
        network.send("CLUSTER BUMPEPOCH", to: 0)
        let saved = try #require(network.savedConfigurations[0])
        var node = node()
        try node.restore(clusterConfiguration: saved)
        #expect(node.cluster.peers.map(\.id) == network.nodes[0].cluster.peers.map(\.id))
        #expect(node.cluster.owners == network.nodes[0].cluster.owners)
        #expect(node.cluster.currentEpoch == network.nodes[0].cluster.currentEpoch)
        #expect(node.cluster.myself.configEpoch == network.nodes[0].cluster.myself.configEpoch)
    }

    @Test(arguments: [
        ("rubbish", "line 1: a node has eight fields"),
        ("nobody 127.0.0.1:1@2 myself,master - 0 0 0 connected", "line 1: 'nobody' is no node id"),
        (
            "\(myself) 127.0.0.1 myself,master - 0 0 0 connected",
            "line 1: '127.0.0.1' is no address"
        ),
        ("\(myself) 127.0.0.1:1@2 myself,boss - 0 0 0 connected", "line 1: unknown flag 'boss'"),
        ("\(myself) 127.0.0.1:1@2 myself,master - 0 0 x connected", "line 1: 'x' is no epoch"),
        (
            "\(myself) 127.0.0.1:1@2 myself,master - 0 0 0 connected 5-16384",
            "line 1: '5-16384' are no slots"
        ),
        (
            "\(myself) 127.0.0.1:1@2 myself,master - 0 0 0 connected [5-<-x]",
            "line 1: '[5-<-x]' is no open slot"
        ),
        ("\(myself) 127.0.0.1:1@2 master - 0 0 0 connected", "no line is about the node itself"),
        ("vars currentEpoch", "line 1: a variable has no value"),
    ])
    func `a torn or foreign file is refused with its line`(text: String, reason: String) {
        var node = node()
        do {
            try node.restore(clusterConfiguration: text)
            Issue.record("it was taken")
        } catch {
            #expect(error.description == reason)
        }
    }
}
