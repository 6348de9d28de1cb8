import ClusterCore
import Testing

/// What TLS changes in what a node says: to clients with and without it, and to its peers.
struct TLSParametersTests {
    /// A node with a peer that serves TLS at its port, and plain clients at 7101.
    private static func served() -> (ServedNode, secure: ClientID, plain: ClientID) {
        var configuration = Configuration()
        configuration.port = 0
        configuration.tls.cluster = true
        let served = ServedNode(configuration, masters: 2)
        let body = BusMessage.Body.ping(BusMessage.Gossip())
        served.receive(body, from: PeerIndex(1), over: served.acceptLink()) {
            $0.plainPort = 7101
        }
        return (served, served.connect(isSecure: true), served.connect())
    }

    @Test func `a client without TLS is told the plain ports, one with it the others`() {
        let (served, secure, plain) = Self.served()
        #expect(served.send("GET a", from: secure).hasPrefix("-MOVED 15495 127.0.0.1:7001\r\n"))
        #expect(served.send("GET a", from: plain).hasPrefix("-MOVED 15495 127.0.0.1:7101\r\n"))
        #expect(served.send("CLUSTER NODES", from: secure).contains(" 127.0.0.1:7001@17001 "))
        #expect(served.send("CLUSTER NODES", from: plain).contains(" 127.0.0.1:7101@17001 "))
        #expect(served.send("CLUSTER SLOTS", from: secure).contains(":7001\r\n"))
        #expect(served.send("CLUSTER SLOTS", from: plain).contains(":7101\r\n"))
        for client in [secure, plain] {
            let shards = served.send("CLUSTER SHARDS", from: client)
            #expect(shards.contains("$4\r\nport\r\n:7101\r\n$8\r\ntls-port\r\n:7001\r\n"))
        }
    }

    @Test func `nodes.conf keeps the port of TLS only`() {
        let (served, _, _) = Self.served()
        #expect(served.node.clusterConfiguration().contains("127.0.0.1:7001@17001 "))
        #expect(!served.node.clusterConfiguration().contains(":7101@"))
    }

    @Test func `what others are told follows tls-cluster and what is announced`() {
        var configuration = Configuration()
        configuration.port = 6379
        configuration.tls.port = 6390
        #expect(configuration.announced == [6379, 0, 16379])
        configuration.tls.cluster = true
        #expect(configuration.announced == [6390, 6379, 16390])
        configuration.clusterAnnouncePort = 1
        #expect(configuration.announced == [6390, 6379, 16390])
        configuration.tls.announcePort = 2
        configuration.clusterAnnounceBusPort = 3
        #expect(configuration.announced == [2, 1, 3])
        configuration.tls.cluster = false
        #expect(configuration.announced == [1, 0, 3])
    }

    @Test func `a plain port goes over the bus as Redis puts it there`() throws {
        var message = BusMessage.example(.ping(BusMessage.Gossip(entries: [.example])))
        message.header.plainPort = 0x1234
        let bytes = BusCodec.bytes(of: message)
        #expect(bytes[2246...2247] == [0x12, 0x34])
        #expect(read(bytes) == .message(message, length: bytes.count))
    }

    @Test func `CONFIG SET without a network refuses what needs certificates`() {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send("CONFIG SET tls-cert-file a.crt", from: client) == "+OK\r\n")
        #expect(
            served.send("CONFIG SET tls-port 7001", from: client)
                == "-ERR CONFIG SET failed (possibly related to argument 'tls-port') - "
                + "Unable to update TLS configuration. Check server logs.\r\n")
        #expect(
            served.send("CONFIG SET tls-auth-clients maybe", from: client)
                == "-ERR CONFIG SET failed (possibly related to argument 'tls-auth-clients') - "
                + "argument(s) must be one of the following: no, yes, optional\r\n")
    }
}

extension Configuration {
    /// The port that others are told, the plain one, and that of the bus.
    fileprivate var announced: [Int] { [announcedPort, announcedPlainPort, announcedBusPort] }
}
