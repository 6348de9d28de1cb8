import ClusterCore
import Keyspace
import Testing

/// What comes over the bus to the first of three masters.
struct GossipTests {
    private let served = ServedNode(masters: 3)
    private let link: LinkID
    private let second = PeerIndex(1)
    private let third = PeerIndex(2)

    init() {
        link = served.acceptLink()
    }

    /// A gossip section with one entry.
    private func gossip(
        about id: NodeID, flags: Peer.Flags = .master, pongReceived: Int64
    ) -> BusMessage.Body {
        .ping(
            BusMessage.Gossip(entries: [
                GossipEntry(
                    id: id, pingSent: 0, pongReceived: UInt32(pongReceived / 1000),
                    host: "127.0.0.1", port: 7002, busPort: 17002, flags: flags)
            ]))
    }

    @Test func `a node hears from others when it was last heard`() {
        let now = served.node.unixMilliseconds
        served.receive(
            gossip(about: served.node.cluster.myself.id, pongReceived: now), from: second,
            over: link)
        #expect(served.node.cluster.myself.pongReceived == now / 1000 * 1000)
        #expect(served.node.cluster.myself.failureReports.isEmpty)
    }

    @Test func `reports that nobody repeats do not stand against the word of others`() {
        let start = served.node.unixMilliseconds
        let id = served.node.cluster[third].id
        served.receive(
            gossip(about: id, flags: [.master, .pfail], pongReceived: start), from: second,
            over: link)
        #expect(served.node.cluster[third].failureReports.count == 1)
        served.step(.timer(.unpause), after: .seconds(31))
        let replica = PeerIndex(3)
        let other = served.acceptLink()
        served.receive(gossip(about: id, pongReceived: start + 31_000), from: replica, over: other)
        #expect(served.node.cluster[third].pongReceived == (start + 31_000) / 1000 * 1000)
    }

    @Test func `who tells of more nodes than there can be does not hurt the node`() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<2 {
            let entries = (0..<40_000).map { index in
                GossipEntry(
                    id: .random(using: &random), pingSent: 0, pongReceived: 0, host: "10.0.0.1",
                    port: index, busPort: index, flags: .master)
            }
            served.receive(
                .ping(BusMessage.Gossip(entries: entries)), from: second, over: link)
        }
        #expect(served.node.cluster.peers.count == 32_768)
        let client = served.connect()
        #expect(served.send("CLUSTER MEET 127.0.0.1 7100", from: client) == "+OK\r\n")
        #expect(served.node.cluster.peers.count == 32_768)
    }

    @Test func `after the last epoch comes 0`() {
        served.receive(.ping(BusMessage.Gossip()), from: second, over: link) {
            $0.currentEpoch = .max
        }
        let client = served.connect()
        #expect(served.send("CLUSTER BUMPEPOCH", from: client) == "+BUMPED 0\r\n")
    }

    @Test func `a node timeout may have any length`() {
        let replica = ServedNode(isReplica: true)
        let client = replica.connect()
        let line = "CONFIG SET cluster-node-timeout 9223372036854775807"
        #expect(replica.send(line, from: client) == "+OK\r\n")
        for _ in 0..<20 { replica.step(.timer(.cron), after: .milliseconds(100)) }
        #expect(replica.send("PING", from: client) == "+PONG\r\n")
    }

    @Test func `a peer for whom this node itself answers has lost its address`() throws {
        let link = try #require(served.makeLink(to: second))
        let myself = served.node.cluster.myself
        served.receive(.pong(BusMessage.Gossip()), from: second, over: link) {
            $0.sender = myself.id
        }
        #expect(served.node.cluster[second].flags.contains(.noAddress))
        #expect(served.node.cluster[second].link == nil)
        let client = served.connect()
        let nodes = served.send("CLUSTER NODES", from: client)
        #expect(nodes.contains(" :0@0 master,noaddr - "))
        // Five nodes have a port, and it has none.
        let shards = served.send("CLUSTER SHARDS", from: client)
        #expect(shards.ranges(of: "$4\r\nport\r\n").count == served.node.cluster.peers.count - 1)
    }

    @Test func `a link that the driver ends for what waits on it is counted`() {
        served.noteOverflow(of: link)
        served.noteOverflow(of: LinkID(number: 5))
        let client = served.connect()
        #expect(
            served.send("CLUSTER INFO", from: client)
                .contains("total_cluster_links_buffer_limit_exceeded:1\r\n"))
    }
}
