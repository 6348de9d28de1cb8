import ClusterCore
import Keyspace
import Testing

/// The bus has no password: whoever reaches the port can say anything in anybody's name.
struct HostileBusTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `well-formed messages that say anything do not hurt the node`(seed: UInt64) throws {
        let served = ServedNode(isReplica: seed.isMultiple(of: 2), masters: 3)
        var noise = BusNoise(seed: seed)
        var links = (0..<4).map { _ in served.acceptLink() }
        let client = served.connect()
        for round in 0..<20_000 {
            noise.learn(served.node.cluster)
            served.step(.bus(noise.pick(links), noise.message()))
            if round.isMultiple(of: 7) { served.step(.timer(.cron), after: noise.delay()) }
            if round.isMultiple(of: 50) { _ = served.send(noise.command(), from: client) }
            for action in served.takeActions() {
                switch action {
                case .connect(let link, _, let port) where port.isMultiple(of: 3):
                    served.step(.linkDown(link))
                case .connect(let link, _, _):
                    served.step(.linkUp(link, localHost: "127.0.0.1"))
                    links.append(link)
                case .disconnect(let link): links.removeAll { $0 == link }
                case .open(let stream, _, _):
                    served.step(.streamDown(stream, reason: "Connection refused"))
                default: break
                }
            }
            if links.count < 4 { links.append(served.acceptLink()) }
        }
        #expect(served.node.cluster.messageCounts.received.allSatisfy { $0 > 100 || $0 == 0 })
        #expect(served.node.cluster.messageCounts.received.reduce(0, +) > 15_000)
        #expect(served.send("PING", from: client) == "+PONG\r\n")
        for view in ["NODES", "SLOTS", "SHARDS", "INFO", "LINKS"] {
            #expect(!served.send("CLUSTER \(view)", from: client).hasPrefix("-"))
        }
        // What it saves can be read again.
        var again = BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) { _ in }[0]
        try again.restore(clusterConfiguration: served.node.clusterConfiguration())
        #expect(again.cluster.myself.id == served.node.cluster.myself.id)
        #expect(again.cluster.owners.count == HashSlot.count)
    }
}

/// Messages and commands with fields drawn from what hurts most.
private struct BusNoise {
    private var random: SplitMix64
    private var names: [NodeID] = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// Takes over the names that the node knows, its own among them.
    mutating func learn(_ cluster: ClusterState) {
        names = cluster.peers.prefix(60).map(\.id)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[random.next(below: elements.count)]
    }

    mutating func delay() -> Duration { .milliseconds(random.next(below: 4000)) }

    mutating func message() -> BusMessage {
        let header = BusMessage.Header(
            sender: name(), currentEpoch: epoch(), configEpoch: epoch(),
            offset: pick([0, 1, -1, .max, .min]), slots: slots(),
            master: random.next(below: 3) == 0 ? name() : nil, host: host(), port: port(),
            busPort: port(), flags: flags(), isClusterOK: random.next(below: 2) == 0,
            marks: BusMessage.Marks(rawValue: UInt8(random.next(below: 4))))
        return BusMessage(header: header, body: body())
    }

    mutating func command() -> String {
        let name = name()
        return pick([
            "CLUSTER FORGET \(name)", "CLUSTER REPLICATE \(name)", "CLUSTER BUMPEPOCH",
            "CLUSTER FAILOVER", "CLUSTER FAILOVER FORCE", "CLUSTER FAILOVER TAKEOVER",
            "CLUSTER MEET 127.0.0.1 7100", "CLUSTER SETSLOT 5 NODE \(name)",
            "CLUSTER SETSLOT 6 IMPORTING \(name)", "CLUSTER SETSLOT 7 MIGRATING \(name)",
            "CLUSTER DELSLOTSRANGE 0 99", "CLUSTER ADDSLOTSRANGE 0 99",
            "CLUSTER COUNT-FAILURE-REPORTS \(name)", "CLUSTER FLUSHSLOTS",
        ])
    }

    private mutating func body() -> BusMessage.Body {
        switch random.next(below: 12) {
        case 0: .fail(name())
        case 1: .failoverAuthRequest
        case 2: .failoverAuthAck
        case 3: .manualFailoverStart
        case 4: .update(owner: name(), configEpoch: epoch(), slots: slots())
        case 5: .publish(channel: [], message: [0])
        case 6: .meet(gossip())
        case 7, 8: .pong(gossip())
        default: .ping(gossip())
        }
    }

    private mutating func gossip() -> BusMessage.Gossip {
        var gossip = BusMessage.Gossip(
            hostname: pick(["", "", "host.example"]), shard: pick([.none, .untold, .id(name())]))
        for _ in 0..<random.next(below: 4) {
            gossip.entries.append(
                GossipEntry(
                    id: name(), pingSent: pick([0, 1, .max]), pongReceived: pick([0, 1, .max]),
                    host: host(), port: port(), busPort: port(), flags: flags()))
        }
        return gossip
    }

    private mutating func name() -> NodeID {
        random.next(below: 20) == 0 || names.isEmpty ? .random(using: &random) : pick(names)
    }

    private mutating func epoch() -> UInt64 {
        random.next(below: 500) == 0 ? .max - 1 : UInt64(random.next(below: 9))
    }

    private mutating func slots() -> SlotSet {
        var slots = SlotSet()
        let first = random.next(below: HashSlot.count)
        for slot in first..<min(first + random.next(below: 300), HashSlot.count) {
            slots.insert(HashSlot(unchecked: slot))
        }
        return slots
    }

    private mutating func flags() -> Peer.Flags {
        Peer.Flags(rawValue: UInt16(random.next(below: 1 << 16)))
    }

    private mutating func host() -> String { pick(["", "127.0.0.1", "10.0.0.1", "::1"]) }

    private mutating func port() -> Int { pick([0, 1, 7000, 7001, 55_536, 65_535]) }
}
