import ClusterCore
import Keyspace
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// What a real redis-server sends over the cluster bus, and how it takes what `BusCodec` writes.
@Suite(
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)),
    .timeLimit(.minutes(1)), .serialized)
struct BusConformanceTests {
    @Test func `packets of a real server are read, and written again byte for byte`() throws {
        let server = try RedisServer()
        let client = try server.connect()
        _ = try client.send("CONFIG", "SET", "cluster-announce-hostname", "host.example")
        let id = try #require(NodeID(try client.send("CLUSTER", "MYID").text ?? ""))
        let peers = try (1...3).map { try FakePeer(number: $0) }
        var links: [BusSocket] = []
        for peer in peers {
            let reply = try client.send(
                "CLUSTER", "MEET", "127.0.0.1", "\(peer.port)", "\(peer.listener.port)")
            #expect(reply == .simpleString("OK"))
            let link = try peer.listener.accept()
            let (meet, bytes) = try #require(link.next())
            #expect(meet.kind == .meet)
            #expect(meet.header.sender == id)
            #expect(meet.header.port == server.address.port)
            #expect(meet.header.busPort == server.address.port + 10_000)
            #expect(meet.header.flags == [.master, .myself])
            #expect(meet.header.slots.count == HashSlot.count)
            #expect(meet.header.isClusterOK && meet.header.marks == [])
            #expect(meet.header.master == nil && meet.header.host == "")
            #expect(BusCodec.bytes(of: meet) == bytes)
            link.send(peer.message(.pong(.init())))
            links.append(link)
        }
        // As the server gets to know them, it tells each of the others.
        var told: Set<NodeID> = []
        while told.count < 2 {
            let (ping, bytes) = try #require(links[0].next())
            guard case .ping(let gossip) = ping.body else { continue }
            #expect(gossip.hostname == "host.example")
            for entry in gossip.entries where told.insert(entry.id).inserted {
                let peer = try #require(peers.first { $0.id == entry.id })
                #expect(entry.host == "127.0.0.1" && entry.flags == .master)
                #expect(entry.port == peer.port && entry.busPort == peer.listener.port)
                #expect(entry.pongReceived > 1_600_000_000)
            }
            #expect(BusCodec.bytes(of: ping) == bytes)
            links[0].send(peers[0].message(.pong(.init())))
        }
    }

    @Test func `a real server takes part with who speaks so`() throws {
        let server = try RedisServer()
        let client = try server.connect()
        let peer = try FakePeer(number: 7)
        let link = try BusSocket(port: server.address.port + 10_000)
        link.send(peer.message(.meet(.init())))
        #expect(link.next()?.message.kind == .pong)
        // It calls back, and believes the name that it is told there.
        let back = try peer.listener.accept()
        #expect([.ping, .meet].contains(back.next()?.message.kind))
        back.send(peer.message(.pong(.init())))
        #expect(back.next()?.message.kind == .ping)
        link.send(peer.message(.ping(.init(hostname: "seven.example"))))
        #expect(link.next()?.message.kind == .pong)
        let nodes = try client.send("CLUSTER", "NODES").text ?? ""
        #expect(
            nodes.contains(
                "\(peer.id) 127.0.0.1:\(peer.port)@\(peer.listener.port),seven.example master"))
        // Each kind in turn; the answer to the PING after it shows that the link has survived.
        for body: BusMessage.Body in [
            .publish(channel: Array("c".utf8), message: Array("m".utf8)),
            .publishShard(channel: Array("c".utf8), message: Array("m".utf8)),
            .fail(peer.id), .failoverAuthRequest, .failoverAuthAck, .manualFailoverStart,
            .update(owner: peer.id, configEpoch: 0, slots: SlotSet()),
        ] {
            link.send(peer.message(body))
            link.send(peer.message(.ping(.init())))
            #expect(link.next()?.message.kind == .pong)
        }
        let info = try client.send("CLUSTER", "INFO").text ?? ""
        for kind in BusMessage.Kind.allCases where kind != .meet && kind != .pong {
            #expect(info.contains("cluster_stats_messages_\(kind.name)_received:"))
        }
    }
}

/// A node that only the test plays.
private struct FakePeer {
    let listener: BusListener
    let id: NodeID
    /// Where nobody listens.
    let port: Int

    init(number: Int) throws {
        listener = try BusListener()
        id = try #require(NodeID(String(repeating: "\(number)", count: 40)))
        port = 1000 + number
    }

    func message(_ body: BusMessage.Body) -> BusMessage {
        BusMessage(
            header: BusMessage.Header(
                sender: id, currentEpoch: 0, configEpoch: 0, offset: 0, slots: SlotSet(),
                master: nil, host: "", port: port, busPort: listener.port,
                flags: [.master, .myself], isClusterOK: true),
            body: body)
    }
}
