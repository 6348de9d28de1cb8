import ClusterCore
import Keyspace
import Testing

@Suite struct FailoverTests {
    /// The replica of node 0 in a cluster of three masters with one replica each.
    private func replica(of master: Int, in network: BusNetwork) -> Int {
        network.nodes.indices.first { network.master(of: $0) == master } ?? -1
    }

    @Test func `a master that dies is suspected, failed and replaced, and returns as a replica`()
        throws
    {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        let replica = replica(of: 0, in: network)
        let died = network.now
        network.stop(0)
        #expect(network.run(for: .seconds(10)) { network.master(of: replica) == nil })
        let isBack = network.run(for: .seconds(10)) {
            (1..<6).allSatisfy { network.nodes[$0].cluster.isOK } && network.agree(except: [0])
        }
        #expect(isBack)
        #expect(network.nodes[replica].cluster.myself.slots.count == 5461)
        #expect(network.nodes[replica].cluster.myself.configEpoch == 7)
        // Suspicion after the node timeout, the election half a second to a second after the failure.
        let suspected = try #require(
            network.time { if case .suspected = $0 { true } else { false } })
        let failed = try #require(network.time { if case .failed = $0 { true } else { false } })
        let won = try #require(network.time { if case .electionWon = $0 { true } else { false } })
        #expect(died.duration(to: suspected) >= .milliseconds(500))
        #expect(died.duration(to: suspected) <= .milliseconds(1800))
        #expect(failed >= suspected)
        #expect(failed.duration(to: won) >= .milliseconds(500))
        #expect(failed.duration(to: won) <= .milliseconds(1400))

        let again = BusNetwork.nodes(masters: 3, replicas: 1, isEmpty: true) { _ in }[0]
        try network.start(0, as: again)
        #expect(network.run(for: .seconds(10)) { network.master(of: 0) == replica })
        #expect(network.run(for: .seconds(5)) { network.agree() })
    }

    @Test func `refused connections do not hasten a suspicion`() throws {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        let dead = network.nodes[0].cluster.myself.id
        let views = network.nodes.map { node in node.cluster.peer(dead).map { node.cluster[$0] } }
        network.stop(0)
        _ = network.run(for: .seconds(4))
        let suspicions = network.events.filter { $0.event == .suspected(dead) }
        #expect(suspicions.count >= 3)
        for suspicion in suspicions {
            let view = try #require(views[suspicion.node])
            // A PING that was under way counts; else one is due half a node timeout after the last PONG.
            let pinged = view.pingSent != 0 ? view.pingSent : view.pongReceived + 500
            let milliseconds = suspicion.at.milliseconds + 1_700_000_000_000 - pinged
            #expect((1000...1250).contains(milliseconds))
        }
    }

    @Test func `of two replicas one wins, and the other one follows it`() {
        let network = BusNetwork(masters: 3, replicas: 2)
        _ = network.run(for: .seconds(3))
        let replicas = network.nodes.indices.filter { network.master(of: $0) == 0 }
        network.stop(0)
        let isSettled = network.run(for: .seconds(20)) {
            let masters = replicas.filter { network.master(of: $0) == nil }
            return masters.count == 1
                && replicas.contains { network.master(of: $0) == masters[0] }
        }
        #expect(isSettled)
        let winners = network.events.filter {
            if case .electionWon = $0.event { true } else { false }
        }
        #expect(winners.count == 1)
    }

    @Test func `a minority stops serving, and rejoins when the partition heals`() {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        let replica = replica(of: 0, in: network)
        network.cutOff([0])
        #expect(network.run(for: .seconds(5)) { !network.nodes[0].cluster.isOK })
        #expect(network.send("SET a 1", to: 0).hasPrefix("-"))
        #expect(network.run(for: .seconds(10)) { network.master(of: replica) == nil })
        network.cutOff([])
        #expect(network.run(for: .seconds(20)) { network.master(of: 0) == replica })
        #expect(network.run(for: .seconds(10)) { network.agree() })
    }

    @Test func `without a majority nobody fails, and nobody is elected`() {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        network.stop(0)
        network.stop(1)
        _ = network.run(for: .seconds(30))
        #expect(network.time { if case .failed = $0 { true } else { false } } == nil)
        #expect(network.time { if case .electionStarted = $0 { true } else { false } } == nil)
        #expect(!network.nodes[2].cluster.isOK)
        // An operator may still take over.
        let replica = replica(of: 0, in: network)
        #expect(network.send("CLUSTER FAILOVER TAKEOVER", to: replica) == "+OK\r\n")
        #expect(network.master(of: replica) == nil)
        #expect(network.nodes[replica].cluster.myself.configEpoch == 7)
    }

    @Test func `a manual failover is done within a tenth of a second`() throws {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        let replica = replica(of: 0, in: network)
        let asked = network.now
        #expect(network.send("CLUSTER FAILOVER", to: replica) == "+OK\r\n")
        #expect(network.run(for: .seconds(3)) { network.master(of: 0) == replica })
        #expect(asked.duration(to: network.now) < .milliseconds(100))
        #expect(network.run(for: .seconds(5)) { network.agree() })
        #expect(network.nodes.allSatisfy { $0.cluster.isOK })
    }

    @Test func `a manual failover begins as soon as the last write is there`() throws {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        let replica = replica(of: 0, in: network)
        network.streamLatency = .milliseconds(20)
        // Slot 3300.
        #expect(network.send("SET b 1", to: 0) == "+OK\r\n")
        let asked = network.now
        network.send("CLUSTER FAILOVER", to: replica)
        #expect(network.run(for: .seconds(3)) { network.master(of: 0) == replica })
        let ready = try #require(
            network.time { if case .manualFailoverReady = $0 { true } else { false } })
        #expect(asked.duration(to: ready) == .milliseconds(20))
        #expect(network.nodes[replica].database.count == 1)
    }

    @Test func `a master deletes the keys of a slot that it loses, its replicas keep them`() {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        let replica = replica(of: 0, in: network)
        let ids = network.nodes.map(\.cluster.myself.id)
        #expect(network.send("SET b 1", to: 0) == "+OK\r\n")
        _ = network.run(for: .milliseconds(50))
        #expect(network.nodes[replica].database.count == 1)
        // An operator says that the slot has moved, without having moved the key.
        network.send("CLUSTER SETSLOT 3300 IMPORTING \(ids[0])", to: 1)
        network.send("CLUSTER SETSLOT 3300 NODE \(ids[1])", to: 1)
        _ = network.run(for: .milliseconds(50))
        #expect(network.nodes[0].database.count == 0)
        #expect(network.nodes[replica].database.count == 1)
    }

    @Test func `a second failover has to wait until all know of the first`() {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(3))
        let replica = replica(of: 0, in: network)
        network.send("CLUSTER FAILOVER", to: replica)
        #expect(network.run(for: .seconds(3)) { network.master(of: 0) == replica })
        // OK means that it is tried: the new master does not know yet whose replica this is.
        #expect(network.send("CLUSTER FAILOVER", to: 0) == "+OK\r\n")
        #expect(!network.run(for: .seconds(6)) { network.master(of: 0) == nil })
        #expect(network.send("CLUSTER FAILOVER", to: 0) == "+OK\r\n")
        #expect(network.run(for: .seconds(1)) { network.master(of: 0) == nil })
    }

    @Test func `an orphaned master gets the replica that another one can spare`() {
        // Three masters, and a fourth node that makes two replicas of the first.
        let network = BusNetwork(masters: 3, replicas: 2)
        _ = network.run(for: .seconds(3))
        for replica in network.nodes.indices where network.master(of: replica) == 1 {
            network.stop(replica)
        }
        let isMended = network.run(for: .seconds(30)) {
            network.nodes.indices.contains { index in
                network.master(of: index) == 1
                    && network.time(index) { if case .migrating = $0 { true } else { false } }
                        != nil
            }
        }
        #expect(isMended)
    }

    @Test func `a replica that may not fail over does not`() {
        let network = BusNetwork(masters: 3, replicas: 1) { $0.clusterReplicaNoFailover = true }
        _ = network.run(for: .seconds(3))
        let replica = replica(of: 0, in: network)
        #expect(network.send("CLUSTER NODES", to: 0).contains("nofailover"))
        network.stop(0)
        #expect(!network.run(for: .seconds(20)) { network.master(of: replica) == nil })
    }

    @Test func `one that was failed and comes back unreplaced serves again`() throws {
        let network = BusNetwork(masters: 3, replicas: 0)
        _ = network.run(for: .seconds(3))
        network.cutOff([0])
        #expect(network.run(for: .seconds(10)) { !network.nodes[1].cluster.isOK })
        network.cutOff([])
        #expect(
            network.run(for: .seconds(30)) { network.nodes.allSatisfy { $0.cluster.isOK } })
    }
}
