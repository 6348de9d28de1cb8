import ClusterCore
import Testing

@Suite struct MembershipTests {
    /// Six nodes that know nobody, with slots as `redis-cli --cluster create` gives them.
    private func strangers() -> BusNetwork {
        let network = BusNetwork(
            BusNetwork.nodes(masters: 6, replicas: 0, isEmpty: true) { _ in })
        for (node, range) in ["0 5460", "5461 10922", "10923 16383"].enumerated() {
            network.send("CLUSTER ADDSLOTSRANGE \(range)", to: node)
        }
        for node in 0..<6 { network.send("CLUSTER SET-CONFIG-EPOCH \(node + 1)", to: node) }
        return network
    }

    private func met() -> BusNetwork {
        let network = strangers()
        for node in 1..<6 { network.send("CLUSTER MEET 127.0.0.1 \(7000 + node)", to: 0) }
        let areAllKnown = network.run(for: .seconds(30)) {
            network.nodes.allSatisfy { node in
                node.cluster.peers.count == 6 && node.cluster.isOK
                    && node.cluster.peers.allSatisfy { !$0.isInHandshake }
            }
        }
        #expect(areAllKnown)
        return network
    }

    @Test func `strangers that one node meets all know each other, and agree`() {
        let network = met()
        #expect(network.agree())
        for node in network.nodes {
            #expect(node.cluster.currentEpoch == 6)
            #expect(node.cluster.assignedCount == 16384)
            #expect(node.cluster.myself.host == "127.0.0.1")
        }
    }

    @Test func `a replica is known as one everywhere, by gossip`() {
        let network = met()
        let master = network.nodes[0].cluster.myself.id
        #expect(network.send("CLUSTER REPLICATE \(master)", to: 3) == "+OK\r\n")
        let isKnown = network.run(for: .seconds(5)) {
            network.nodes.allSatisfy { node in
                node.cluster.peer(master).map { node.cluster.replicas(of: $0).count } == 1
            }
        }
        #expect(isKnown)
    }

    @Test func `a forgotten node is not taken back for a minute, and then is`() {
        let network = met()
        let id = network.nodes[5].cluster.myself.id
        #expect(network.send("CLUSTER FORGET \(id)", to: 0) == "+OK\r\n")
        // The others still gossip about it.
        #expect(!network.run(for: .seconds(59)) { network.nodes[0].cluster.peer(id) != nil })
        #expect(network.run(for: .seconds(5)) { network.nodes[0].cluster.peer(id) != nil })
    }

    @Test func `a node that is reset hard has another name and knows nobody`() {
        let network = met()
        let id = network.nodes[5].cluster.myself.id
        #expect(network.send("CLUSTER RESET HARD", to: 5) == "+OK\r\n")
        #expect(network.nodes[5].cluster.peers.count == 1)
        #expect(network.nodes[5].cluster.myself.id != id)
        #expect(network.nodes[5].cluster.currentEpoch == 0)
        #expect(network.send("CLUSTER RESET", to: 0) == "+OK\r\n")
        #expect(network.nodes[0].cluster.assignedCount == 0)
    }

    @Test func `a handshake with nobody is given up`() {
        let network = strangers()
        network.send("CLUSTER MEET 127.0.0.1 7999", to: 0)
        #expect(network.nodes[0].cluster.peers.count == 2)
        #expect(network.run(for: .seconds(2)) { network.nodes[0].cluster.peers.count == 1 })
    }

    @Test func `a node that meets itself stays alone`() {
        let network = strangers()
        network.send("CLUSTER MEET 127.0.0.1 7000", to: 0)
        _ = network.run(for: .seconds(3))
        #expect(network.nodes[0].cluster.peers.count == 1)
        // It has learnt its address all the same.
        #expect(network.nodes[0].cluster.myself.host == "127.0.0.1")
    }

    @Test func `a node that is met again stays the same, and the log says so`() {
        let network = met()
        let id = network.nodes[1].cluster.myself.id
        network.send("CLUSTER MEET 127.0.0.1 7001", to: 0)
        #expect(network.run(for: .seconds(3)) { network.nodes[0].cluster.peers.count == 6 })
        let line = "Handshake: we already know node \(id), updating the address if needed."
        #expect(network.logs[0]?.contains(line) == true)
    }

    @Test func `a master that is reset has no replicas any more`() {
        let network = BusNetwork(masters: 3, replicas: 1)
        _ = network.run(for: .seconds(1))
        #expect(network.nodes[0].cluster.myself.replicaCount == 1)
        network.send("CLUSTER RESET", to: 0)
        #expect(network.nodes[0].cluster.myself.replicaCount == 0)
        #expect(network.nodes[0].cluster.myself.flags == [.myself, .master])
    }

    @Test func `an announced address counts at once, and without one the node learns its own`() {
        let network = met()
        network.send("CONFIG SET cluster-announce-ip 10.0.0.9", to: 0)
        #expect(network.nodes[0].cluster.myself.host == "10.0.0.9")
        network.send("CONFIG SET cluster-announce-ip \"\"", to: 0)
        #expect(network.nodes[0].cluster.myself.host == "")
        #expect(
            network.run(for: .seconds(5)) {
                network.nodes[0].cluster.myself.host == "127.0.0.1"
            })
    }

    @Test(arguments: [
        ("::1", "::1"), ("0:0:0:0:0:0:0:1", "::1"), ("FE80::0012", "fe80::12"),
        ("2001:db8:0:0:1:0:0:0", "2001:db8:0:0:1::"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("::FFFF:1.2.3.4", "::ffff:1.2.3.4"), ("::ffff:102:304", "::ffff:1.2.3.4"),
        ("1::2:0", "1::2:0"), ("127.0.0.1", "127.0.0.1"),
    ])
    func `an address is noted as the system writes it`(text: String, address: String) {
        let network = strangers()
        #expect(network.send("CLUSTER MEET \(text) 7999", to: 0) == "+OK\r\n")
        #expect(network.nodes[0].cluster.peers[1].host == address)
    }

    @Test(arguments: [
        "", ":", ":::", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "::+1", "::12345",
        "::g", "1.2.3.4::", "1:2:3:4:5:6:7::8", "1.2.3", "1.2.3.256", "01.2.3.4", "+1.2.3.4",
    ])
    func `what is no address is not met`(text: String) {
        let line = "CLUSTER MEET \"\(text)\" 7999"
        #expect(
            strangers().send(line, to: 0)
                == "-ERR Invalid node address specified: \(text):7999\r\n")
    }

    @Test func `masters with one epoch end with different ones`() {
        let network = BusNetwork(
            BusNetwork.nodes(masters: 4, replicas: 0, isEmpty: true) { _ in })
        for node in 1..<4 { network.send("CLUSTER MEET 127.0.0.1 \(7000 + node)", to: 0) }
        let areDistinct = network.run(for: .seconds(30)) {
            network.nodes.allSatisfy { node in
                Set(node.cluster.peers.map(\.configEpoch)).count == 4
            }
        }
        #expect(areDistinct)
    }

    @Test(arguments: [
        ("CLUSTER MEET localhost 7001", "-ERR Invalid node address specified: localhost:7001"),
        ("CLUSTER MEET 127.0.0.1 port", "-ERR Invalid TCP base port specified: port"),
        ("CLUSTER MEET 127.0.0.1 7001 bus", "-ERR Invalid TCP bus port specified: bus"),
        ("CLUSTER MEET 127.0.0.1 60000", "-ERR Invalid node address specified: 127.0.0.1:60000"),
        ("CLUSTER FORGET nobody", "-ERR Unknown node nobody"),
        ("CLUSTER FAILOVER", "-ERR You should send CLUSTER FAILOVER to a replica"),
        ("CLUSTER FAILOVER NOW", "-ERR syntax error"),
        ("CLUSTER RESET NOW", "-ERR syntax error"),
        ("CLUSTER SET-CONFIG-EPOCH -1", "-ERR Invalid config epoch specified: -1"),
        ("CLUSTER SET-CONFIG-EPOCH 9", "-ERR Node config epoch is already non-zero"),
        ("CLUSTER BUMPEPOCH", "+STILL 1"),
        ("CLUSTER ADDSLOTSRANGE 0 1 99999 1", "-ERR Slot 0 is already busy"),
        ("CLUSTER DELSLOTSRANGE 0 9 5 9 99999 1", "-ERR Slot 5 specified multiple times"),
    ])
    func `a command that cannot be done says why`(command: String, reply: String) {
        #expect(strangers().send(command, to: 0) == reply + "\r\n")
    }
}
