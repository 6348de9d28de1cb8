import ClusterCore
import Testing

/// What a node tells of its shard, and to whom: those who read it are later servers than Redis 7.0,
/// and nodes here that have met such.
@Suite struct ShardIDTests {
    private static let shard = NodeID("00112233445566778899aabbccddeeff00112233")

    /// What the node answers to a PING of a peer over a link.
    private func answer(
        of served: ServedNode, to peer: PeerIndex, over link: LinkID, saying said: BusMessage.Shard,
        readsExtensions: Bool = false
    ) throws -> (shard: BusMessage.Shard, flags: Peer.Flags) {
        _ = served.takeActions()
        served.receive(.ping(.init(shard: said)), from: peer, over: link) {
            if readsExtensions { $0.flags.insert(.readsExtensions) }
        }
        for case .send(link, let message) in served.takeActions() {
            guard case .pong(let gossip) = message.body else { continue }
            return (gossip.shard, message.header.flags)
        }
        throw NoAnswer()
    }

    private struct NoAnswer: Error {}

    @Test func `among nodes of 7.0 nobody speaks of shards`() throws {
        let served = ServedNode(masters: 3)
        let answer = try answer(
            of: served, to: PeerIndex(1), over: served.acceptLink(), saying: .none)
        #expect(answer.shard == .none)
        #expect(!answer.flags.contains(.readsExtensions))
        #expect(!served.node.clusterConfiguration().contains("shard"))
    }

    @Test func `a later server is told the shard, and only such a one`() throws {
        let served = ServedNode(masters: 3)
        let (later, other) = (served.acceptLink(), served.acceptLink())
        let own = served.node.cluster.myself.id.ofFirstShard
        let first = try answer(of: served, to: PeerIndex(1), over: later, saying: .untold)
        #expect(first.shard == .id(own))
        #expect(first.flags.contains(.readsExtensions))
        #expect(own.description == String(served.node.cluster.myself.id.description.reversed()))
        // One of 7.0 is sent nothing that it does not know; another one of these nodes tells itself by a flag.
        #expect(try answer(of: served, to: PeerIndex(2), over: other, saying: .none).shard == .none)
        let like = try answer(
            of: served, to: PeerIndex(2), over: other, saying: .none, readsExtensions: true)
        #expect(like.shard == .id(own))
    }

    @Test func `a replica is in the shard that its master tells, and stays there as a master`() throws {
        let served = ServedNode(isReplica: true, masters: 3)
        let master = try #require(served.node.cluster.myself.master)
        let other = try #require(
            served.node.cluster.peers.indices.map { PeerIndex($0) }.first {
                $0 != .myself && $0 != master && served.node.cluster[$0].isMaster
            })
        let (fromMaster, fromOther) = (served.acceptLink(), served.acceptLink())
        let shard = try #require(Self.shard)
        // It reads such things, and has nothing to tell yet.
        #expect(
            try answer(of: served, to: other, over: fromOther, saying: .id(other.id(in: served)))
                .shard == .untold)
        #expect(
            try answer(of: served, to: master, over: fromMaster, saying: .id(shard)).shard
                == .id(shard))
        #expect(
            try answer(of: served, to: other, over: fromOther, saying: .untold).shard == .id(shard))
        let client = served.connect()
        #expect(served.send("CLUSTER FAILOVER TAKEOVER", from: client) == "+OK\r\n")
        #expect(served.node.cluster.myself.isMaster)
        #expect(
            try answer(of: served, to: other, over: fromOther, saying: .untold).shard == .id(shard))
    }

    @Test func `the shard outlasts a restart, in a variable that 7.0 passes over`() throws {
        let served = ServedNode(isReplica: true, masters: 3)
        let master = try #require(served.node.cluster.myself.master)
        let shard = try #require(Self.shard)
        _ = try answer(of: served, to: master, over: served.acceptLink(), saying: .id(shard))
        #expect(served.send("CLUSTER FAILOVER TAKEOVER", from: served.connect()) == "+OK\r\n")
        let saved = served.node.clusterConfiguration()
        #expect(saved.hasSuffix(" shardID \(shard)\n"))
        #expect(!saved.contains("shard-id"))
        var again = BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) { _ in }[0]
        try again.restore(clusterConfiguration: saved)
        #expect(again.clusterConfiguration().hasSuffix(" shardID \(shard)\n"))
        var actions: [Action] = []
        again.start(into: &actions)
        #expect(!actions.contains { "\($0)".contains("Skipping unknown cluster config variable") })
    }

    @Test func `a node that leaves its cluster is in another shard afterwards`() throws {
        let served = ServedNode(isReplica: true, masters: 3)
        let master = try #require(served.node.cluster.myself.master)
        let shard = try #require(Self.shard)
        _ = try answer(of: served, to: master, over: served.acceptLink(), saying: .id(shard))
        #expect(served.send("CLUSTER RESET", from: served.connect()) == "+OK\r\n")
        let saved = served.node.clusterConfiguration()
        #expect(saved.contains(" shardID "))
        #expect(!saved.contains(shard.description))
        #expect(!saved.contains(served.node.cluster.myself.id.ofFirstShard.description))
    }
}

extension PeerIndex {
    /// The shard that the peer would be the first master of.
    fileprivate func id(in served: ServedNode) -> NodeID {
        served.node.cluster[self].id.ofFirstShard
    }
}
