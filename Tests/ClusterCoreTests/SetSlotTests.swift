import ClusterCore
import Keyspace
import Testing

/// CLUSTER SETSLOT, and what an open slot does to commands; node 0 of two masters owns slots 0 to 8191.
struct SetSlotTests {
    private let served = ServedNode(masters: 2)
    private let client: ClientID
    private let other: String
    /// `{a}` is in a slot of the other node, `{b}` in one of this one.
    private let otherSlot = HashSlot(of: Array("a".utf8))
    private let slot = HashSlot(of: Array("b".utf8))

    init() {
        client = served.connect()
        other = served.node.cluster.peers[1].id.description
    }

    @Test func `only the owner migrates a slot, and only to a master that it knows`() {
        let replica = served.node.cluster.peers[2].id.description
        let nobody = String(repeating: "0", count: 40)
        for (line, reply) in [
            ("\(otherSlot) MIGRATING \(other)", "-ERR I'm not the owner of hash slot \(otherSlot)"),
            ("\(slot) MIGRATING \(nobody)", "-ERR I don't know about node \(nobody)"),
            ("\(slot) MIGRATING \(replica)", "-ERR Target node is not a master"),
            ("\(slot) IMPORTING \(other)", "-ERR I'm already the owner of hash slot \(slot)"),
            ("\(otherSlot) IMPORTING \(nobody)", "-ERR I don't know about node \(nobody)"),
            ("\(otherSlot) IMPORTING \(replica)", "-ERR Target node is not a master"),
            ("\(slot) NODE \(nobody)", "-ERR Unknown node \(nobody)"),
            ("\(slot) NODE \(replica)", "-ERR Target node is not a master"),
        ] {
            #expect(send("CLUSTER SETSLOT \(line)") == reply)
        }
        #expect(served.node.cluster.migrating.isEmpty && served.node.cluster.importing.isEmpty)
    }

    @Test func `a replica refuses SETSLOT`() {
        let replica = ServedNode(isReplica: true)
        let client = replica.connect()
        #expect(
            replica.send("CLUSTER SETSLOT 0 STABLE", from: client)
                == "-ERR Please use SETSLOT only with masters.\r\n")
    }

    @Test func `CLUSTER NODES shows the open slots of the node itself, in their order`() {
        for slot in [100, 7] { send("CLUSTER SETSLOT \(slot) MIGRATING \(other)") }
        send("CLUSTER SETSLOT 9000 IMPORTING \(other)")
        let open = "[7->-\(other)] [100->-\(other)] [9000-<-\(other)]"
        #expect(myLine.hasSuffix("0-8191 \(open)"))
        send("CLUSTER SETSLOT 100 STABLE")
        send("CLUSTER SETSLOT 9000 STABLE")
        #expect(myLine.hasSuffix("0-8191 [7->-\(other)]"))
    }

    // MARK: - Routing

    @Test func `a migrating slot serves the keys that are here and asks for the others`() {
        send("SET {b}here 1")
        send("CLUSTER SETSLOT \(slot) MIGRATING \(other)")
        #expect(send("GET {b}here") == "$1")
        #expect(send("GET {b}gone") == "-ASK \(slot) 127.0.0.1:7001")
        #expect(send("SET {b}gone 1") == "-ASK \(slot) 127.0.0.1:7001")
        #expect(send("EXISTS {b}gone {b}gone2") == "-ASK \(slot) 127.0.0.1:7001")
        #expect(
            send("EXISTS {b}here {b}gone")
                == "-TRYAGAIN Multiple keys request during rehashing of slot")
        #expect(
            send("EXISTS {b}here a") == "-CROSSSLOT Keys in request don't hash to the same slot")
        #expect(send("EXISTS {b}here {b}here") == ":2")
    }

    @Test func `an expired key counts as gone from a migrating slot`() {
        send("SET {b}short 1 PX 5")
        send("CLUSTER SETSLOT \(slot) MIGRATING \(other)")
        served.step(.timer(.wake), after: .milliseconds(10))
        #expect(send("GET {b}short") == "-ASK \(slot) 127.0.0.1:7001")
    }

    @Test func `an importing slot serves those who asked, for one command`() {
        let moved = "-MOVED \(otherSlot) 127.0.0.1:7001"
        send("CLUSTER SETSLOT \(otherSlot) IMPORTING \(other)")
        #expect(send("SET {a}1 v") == moved)
        #expect(send("ASKING") == "+OK")
        #expect(send("SET {a}1 v") == "+OK")
        #expect(send("GET {a}1") == moved)
        send("ASKING")
        #expect(send("PING") == "+PONG")
        #expect(send("GET {a}1") == moved, "any command uses it up")
        send("ASKING")
        send("ASKING")
        #expect(send("GET {a}1") == "$1")
        send("ASKING")
        #expect(
            send("EXISTS {a}1 {a}2") == "-TRYAGAIN Multiple keys request during rehashing of slot")
        send("ASKING")
        #expect(send("GET {a}2") == "$-1", "a single missing key is served")
        send("CLUSTER SETSLOT \(otherSlot) STABLE")
        send("ASKING")
        #expect(send("GET {a}1") == moved, "ASKING is for open slots only")
        send("ASKING")
        send("RESET")
        send("CLUSTER SETSLOT \(otherSlot) IMPORTING \(other)")
        #expect(send("GET {a}1") == moved)
    }

    // MARK: - The new owner

    @Test func `a slot with keys is not given away, an empty one is`() {
        send("SET {b}here 1")
        send("CLUSTER SETSLOT \(slot) MIGRATING \(other)")
        let refused =
            "-ERR Can't assign hashslot \(slot) to a different node while I still hold keys for "
            + "this hash slot."
        #expect(send("CLUSTER SETSLOT \(slot) NODE \(other)") == refused)
        send("DEL {b}here")
        #expect(send("CLUSTER SETSLOT \(slot) NODE \(other)") == "+OK")
        #expect(served.node.cluster.owner(of: slot) == PeerIndex(1))
        #expect(served.node.cluster.migrating.isEmpty)
        #expect(send("GET {b}here") == "-MOVED \(slot) 127.0.0.1:7001")
    }

    @Test func `the importing node takes a new epoch when the slot is its own`() {
        send("CLUSTER SETSLOT \(otherSlot) IMPORTING \(other)")
        let id = served.node.cluster.myself.id
        let before = served.node.cluster.currentEpoch
        #expect(send("CLUSTER SETSLOT \(otherSlot) NODE \(id)") == "+OK")
        #expect(served.node.cluster.owner(of: otherSlot) == .myself)
        #expect(served.node.cluster.importing.isEmpty)
        #expect(served.node.cluster.currentEpoch == before + 1)
        #expect(served.node.cluster.myself.configEpoch == before + 1)
        #expect(send("SET {a}1 v") == "+OK")
    }

    @Test func `a master that gives its last slot away becomes a replica of who has it`() {
        for slot in 0..<8192 { send("CLUSTER SETSLOT \(slot) NODE \(other)") }
        #expect(served.node.isReplica)
        #expect(served.node.cluster.myMaster == PeerIndex(1))
    }

    @Test func `without replica migration it stays a master`() {
        send("CONFIG SET cluster-allow-replica-migration no")
        for slot in 0..<8192 { send("CLUSTER SETSLOT \(slot) NODE \(other)") }
        #expect(!served.node.isReplica)
    }

    @Test func `a slot that is taken over by ADDSLOTS is no longer imported`() {
        send("CLUSTER SETSLOT \(otherSlot) IMPORTING \(other)")
        send("CLUSTER DELSLOTS \(otherSlot)")
        #expect(served.node.cluster.importing.isEmpty)
        #expect(send("GET {a}1") == "-CLUSTERDOWN Hash slot not served")
        #expect(send("GET {b}1") == "-CLUSTERDOWN The cluster is down")
        send("CONFIG SET cluster-allow-reads-when-down yes")
        #expect(send("GET {b}1") == "$-1")
        #expect(
            send("SET {b}1 v") == "-CLUSTERDOWN The cluster is down and only accepts read commands")
    }

    // MARK: -

    /// The first line of a reply.
    @discardableResult
    private func send(_ line: String) -> String {
        let reply = served.send(line, from: client)
        return reply.split(separator: "\r\n").first.map(String.init) ?? ""
    }

    private var myLine: Substring {
        served.send("CLUSTER NODES", from: client).split(whereSeparator: \.isNewline)
            .first { $0.contains("myself") } ?? ""
    }
}
