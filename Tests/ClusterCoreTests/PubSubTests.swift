import ClusterCore
import Keyspace
import Testing

struct PubSubTests {
    private let served = ServedNode()

    @Test func `each subscription is confirmed with the number of channels and patterns`() {
        let client = served.connect()
        #expect(
            served.send("SUBSCRIBE a b a", from: client)
                == push("subscribe", "a", ":1") + push("subscribe", "b", ":2")
                + push("subscribe", "a", ":2"))
        #expect(served.send("PSUBSCRIBE p*", from: client) == push("psubscribe", "p*", ":3"))
        #expect(served.send("SSUBSCRIBE s", from: client) == push("ssubscribe", "s", ":1"))
        #expect(
            served.send("UNSUBSCRIBE x a", from: client)
                == push("unsubscribe", "x", ":3") + push("unsubscribe", "a", ":2"))
        #expect(served.send("UNSUBSCRIBE", from: client) == push("unsubscribe", "b", ":1"))
        #expect(served.send("UNSUBSCRIBE", from: client) == "*3\n$11\nunsubscribe\n$-1\n:1".wire)
        #expect(served.send("PUNSUBSCRIBE", from: client) == push("punsubscribe", "p*", ":0"))
        #expect(served.send("SUNSUBSCRIBE s", from: client) == push("sunsubscribe", "s", ":0"))
        #expect(served.send("HELLO 3", from: client).hasPrefix("%7"))
        let nothing = push("sunsubscribe", "_", ":0", resp: 3)
        #expect(served.send("SUNSUBSCRIBE", from: client) == nothing)
    }

    @Test(arguments: [
        "GET a", "PUBLISH a b", "SPUBLISH a b", "HELLO 3", "MULTI", "pubsub channels",
    ])
    func `a client of RESP2 that is subscribed may do little else`(line: String) {
        let client = served.connect()
        _ = served.send("SUBSCRIBE a", from: client)
        let words = line.lowercased().split(separator: " ")
        let name = words[0] == "pubsub" ? "pubsub|\(words[1])" : String(words[0])
        #expect(
            served.send(line, from: client)
                == "-ERR Can't execute '\(name)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / "
                + "QUIT / RESET are allowed in this context\r\n")
        _ = served.send("UNSUBSCRIBE", from: client)
        #expect(!served.send(line, from: client).contains("allowed in this context"))
    }

    @Test func `PING answers in the form of a message to a subscriber of RESP2 only`() {
        let client = served.connect()
        _ = served.send("SUBSCRIBE a", from: client)
        #expect(served.send("PING", from: client) == push("pong", ""))
        #expect(served.send("PING hi", from: client) == push("pong", "hi"))
        _ = served.send("RESET", from: client)
        _ = served.send("HELLO 3", from: client)
        _ = served.send("SUBSCRIBE a", from: client)
        #expect(served.send("PING", from: client) == "+PONG\r\n")
        #expect(served.send("GET a", from: client) == "_\r\n")
    }

    @Test func `a message goes to each subscriber in its protocol, and to patterns besides`() {
        let (old, new, other) = (served.connect(), served.connect(), served.connect())
        _ = served.send("HELLO 3", from: new)
        _ = served.send("PSUBSCRIBE n?ws *", from: new)
        _ = served.send("SUBSCRIBE news", from: old)
        _ = served.send("SUBSCRIBE news", from: new)
        _ = served.takeActions()
        #expect(served.send("PUBLISH news hello", from: other) == ":4\r\n")
        let messages = served.takeMessages()
        #expect(messages.map(\.client) == [old, new, new, new])
        #expect(
            messages.map(\.text) == [
                push("message", "news", "hello"), push("message", "news", "hello", resp: 3),
                push("pmessage", "n?ws", "news", "hello", resp: 3),
                push("pmessage", "*", "news", "hello", resp: 3),
            ])
        #expect(served.send("SPUBLISH news hello", from: other) == ":0\r\n")
        #expect(served.takeMessages().isEmpty)
    }

    @Test func `who publishes to itself gets the message before the reply`() {
        let client = served.connect()
        _ = served.send("HELLO 3", from: client)
        _ = served.send("SUBSCRIBE a", from: client)
        let message = push("message", "a", "x", resp: 3)
        #expect(served.send("PUBLISH a x", from: client) == message + ":1\r\n")
        _ = served.send("MULTI", from: client)
        _ = served.send("SET k v", from: client)
        _ = served.send("PUBLISH a x", from: client)
        #expect(served.send("EXEC", from: client) == "*2\r\n+OK\r\n" + message + ":1\r\n")
    }

    @Test func `who wants no replies gets messages all the same`() {
        let client = served.connect()
        _ = served.send("HELLO 3", from: client)
        _ = served.send("CLIENT REPLY OFF", from: client)
        #expect(served.send("SUBSCRIBE a", from: client) == "")
        #expect(served.takeMessages(of: client) == push("subscribe", "a", ":1", resp: 3))
        #expect(served.send("PUBLISH a x", from: client) == "")
        #expect(served.takeMessages(of: client) == push("message", "a", "x", resp: 3))
    }

    @Test func `SSUBSCRIBE and MONITOR are no part of a transaction, SUBSCRIBE is`() {
        let client = served.connect()
        for line in ["MULTI", "SSUBSCRIBE a", "MONITOR", "SUBSCRIBE a", "UNSUBSCRIBE"] {
            _ = served.send(line, from: client)
        }
        #expect(
            served.send("EXEC", from: client)
                == "*4\r\n-ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client\r\n"
                + "-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n"
                + push("subscribe", "a", ":1") + push("unsubscribe", "a", ":0"))
    }

    @Test(arguments: ["RESET", "QUIT", "gone", "CLIENT KILL TYPE pubsub"])
    func `nothing is left of a subscriber`(end: String) {
        let (client, other) = (served.connect(), served.connect())
        for line in ["SUBSCRIBE a b", "PSUBSCRIBE *", "SSUBSCRIBE s"] {
            _ = served.send(line, from: client)
        }
        if end.hasPrefix("CLIENT") {
            #expect(served.send(end, from: other) == ":1\r\n")
        } else if end != "gone" {
            _ = served.send(end, from: client)
        }
        if end == "gone" || end == "QUIT" { served.step(.clientGone(client)) }
        _ = served.takeActions()
        #expect(served.send("PUBLISH a x", from: other) == ":0\r\n")
        #expect(served.send("SPUBLISH s x", from: other) == ":0\r\n")
        #expect(served.takeMessages().isEmpty)
        #expect(served.send("PUBSUB CHANNELS", from: other) == "*0\r\n")
        #expect(served.send("PUBSUB SHARDCHANNELS", from: other) == "*0\r\n")
        #expect(served.send("PUBSUB NUMPAT", from: other) == ":0\r\n")
        if end == "RESET" { #expect(served.send("GET a", from: client) == "$-1\r\n") }
    }

    @Test func `PUBSUB, INFO and CLIENT LIST tell who listens to what`() {
        let (client, other) = (served.connect(), served.connect())
        _ = served.send("SUBSCRIBE b a", from: client)
        _ = served.send("PSUBSCRIBE x* y* z*", from: client)
        _ = served.send("SSUBSCRIBE s", from: client)
        #expect(served.send("PUBSUB CHANNELS", from: other) == push("a", "b"))
        #expect(served.send("PUBSUB CHANNELS b*", from: other) == push("b"))
        #expect(served.send("PUBSUB NUMSUB a x", from: other) == push("a", ":1", "x", ":0"))
        #expect(served.send("PUBSUB NUMPAT", from: other) == ":3\r\n")
        #expect(served.send("PUBSUB SHARDCHANNELS", from: other) == push("s"))
        #expect(served.send("PUBSUB SHARDNUMSUB s", from: other) == push("s", ":1"))
        #expect(
            served.send("PUBSUB CHANNELS a b", from: other)
                == "-ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. "
                + "Try PUBSUB HELP.\r\n")
        let info = served.send("INFO stats", from: other)
        for field in ["pubsub_channels:2", "pubsub_patterns:3", "pubsubshard_channels:1"] {
            #expect(info.contains("\(field)\r\n"))
        }
        let list = served.send("CLIENT LIST TYPE pubsub", from: other)
        #expect(list.contains("flags=P db=0 sub=2 psub=3 ssub=1 multi=-1 "))
    }

    @Test func `a subscriber is not idle`() {
        let (client, other) = (served.connect(), served.connect())
        _ = served.send("CONFIG SET timeout 10", from: other)
        _ = served.send("SUBSCRIBE a", from: client)
        _ = served.takeActions()
        served.step(.timer(.cron), after: .seconds(60))
        #expect(served.takeActions().contains(.drop(other)))
        #expect(served.send("PING", from: client) == push("pong", ""))
    }
}

/// Messages between nodes.
struct ClusterPubSubTests {
    @Test func `PUBLISH reaches subscribers at every node, SPUBLISH those of its shard`() throws {
        let network = BusNetwork(masters: 2, replicas: 1)
        #expect(network.run(for: .seconds(3)) { network.isLinked })
        let listeners = network.nodes.indices.map { node in
            let connection = network.connect(to: node)
            network.send("SUBSCRIBE news", over: connection)
            return connection
        }
        #expect(network.send("PUBLISH news x", to: 3) == ":1\r\n")
        let message = push("message", "news", "x")
        let haveAll = network.run(for: .seconds(1)) {
            listeners.allSatisfy { $0.received.count == message.utf8.count }
        }
        #expect(haveAll)
        for listener in listeners { #expect(listener.take() == message) }

        // `b` is in a slot of node 0.
        let replica = try #require(network.nodes.indices.first { network.master(of: $0) == 0 })
        for node in network.nodes.indices {
            let reply = network.send("SSUBSCRIBE b", over: listeners[node])
            if node == 0 || node == replica {
                #expect(reply == push("ssubscribe", "b", ":1"))
            } else {
                #expect(reply == "-MOVED 3300 127.0.0.1:7000\r\n")
            }
        }
        #expect(network.send("SPUBLISH b x", to: replica) == ":1\r\n")
        #expect(network.send("SPUBLISH b x", to: 1) == "-MOVED 3300 127.0.0.1:7000\r\n")
        let sharded = push("smessage", "b", "x")
        #expect(network.run(for: .seconds(1)) { listeners[0].received.count == sharded.utf8.count })
        #expect(listeners[0].take() == sharded)
        #expect(listeners[replica].take() == sharded)
    }

    @Test func `who takes over keeps the subscribers of its shard, its sibling lets them go`() {
        let network = BusNetwork(masters: 3, replicas: 2)
        #expect(network.run(for: .seconds(3)) { network.isLinked })
        let replicas = network.nodes.indices.filter { network.master(of: $0) == 0 }
        let listeners = replicas.map { node in
            let connection = network.connect(to: node)
            network.send("SSUBSCRIBE b", over: connection)
            return connection
        }
        network.stop(0)
        let hasSuccessor = network.run(for: .seconds(20)) {
            replicas.contains { network.master(of: $0) == nil } && network.agree(except: [0])
        }
        #expect(hasSuccessor)
        for (node, listener) in zip(replicas, listeners) {
            let isMaster = network.master(of: node) == nil
            #expect(listener.take() == (isMaster ? "" : push("sunsubscribe", "b", ":0")))
        }
    }

    @Test func `outside a cluster the replication stream takes messages to replicas`() {
        let network = BusNetwork(
            BusNetwork.nodes(masters: 2, replicas: 0, isEmpty: true) {
                $0.clusterEnabled = false
                $0.replDisklessSyncDelay = 0
            })
        network.send("REPLICAOF 127.0.0.1 7000", to: 1)
        #expect(network.run(for: .seconds(10)) { network.isInSync(1) })
        let listener = network.connect(to: 1)
        network.send("SUBSCRIBE news", over: listener)
        network.send("SSUBSCRIBE shard", over: listener)
        let writer = network.connect(to: 0)
        for line in [
            "PUBLISH news x", "SPUBLISH shard y", "MULTI", "SET a 1", "PUBLISH news z", "EXEC",
        ] {
            network.send(line, over: writer)
        }
        let expected =
            push("message", "news", "x") + push("smessage", "shard", "y")
            + push("message", "news", "z")
        let hasAll = network.run(for: .seconds(2)) {
            listener.received.count >= expected.utf8.count
        }
        #expect(hasAll)
        #expect(listener.take() == expected)
        #expect(network.send("GET a", to: 1) == "$1\r\n1\r\n")
    }

    @Test func `packets of strangers are not delivered, those of members are`() {
        let served = ServedNode(masters: 2)
        let client = served.connect()
        _ = served.send("SUBSCRIBE news", from: client)
        _ = served.send("SSUBSCRIBE b", from: client)
        _ = served.takeActions()
        let body = BusMessage.Body.publish(channel: Array("news".utf8), message: Array("x".utf8))
        let sharded = BusMessage.Body.publishShard(
            channel: Array("b".utf8), message: Array("y".utf8))
        let stranger = served.acceptLink()
        served.receive(body, from: PeerIndex(1), over: stranger) { header in
            var random = SplitMix64(seed: 99)
            header.sender = .random(using: &random)
        }
        #expect(served.takeMessages().isEmpty)
        let link = served.acceptLink()
        served.receive(body, from: PeerIndex(1), over: link)
        served.receive(sharded, from: PeerIndex(1), over: link)
        #expect(
            served.takeMessages(of: client)
                == push("message", "news", "x") + push("smessage", "b", "y"))
    }
}

extension BusNetwork {
    /// Whether every node can send to every other one.
    fileprivate var isLinked: Bool {
        nodes.allSatisfy { node in
            node.cluster.peers.dropFirst().allSatisfy { $0.link != nil && $0.isConnected }
        }
    }
}

/// Sharded channels and the slots that they belong to; node 0 of two masters owns slots 0 to 8191.
struct ShardChannelTests {
    private let served = ServedNode(masters: 2)
    private let client: ClientID
    private let other: ClientID
    private let peer: String

    init() {
        client = served.connect()
        other = served.connect()
        peer = served.node.cluster.peers[1].id.description
    }

    @Test func `channels are routed as keys are`() {
        let refusal = "-MOVED 15495 127.0.0.1:7001\r\n"
        for line in ["SSUBSCRIBE a", "SUNSUBSCRIBE a", "SPUBLISH a x"] {
            #expect(served.send(line, from: client) == refusal)
        }
        #expect(
            served.send("SSUBSCRIBE b {b}1 c", from: client)
                == "-CROSSSLOT Keys in request don't hash to the same slot\r\n")
        #expect(served.send("SUNSUBSCRIBE", from: client) == "*3\n$12\nsunsubscribe\n$-1\n:0".wire)
    }

    @Test func `a replica takes part without READONLY`() {
        let replica = ServedNode(isReplica: true)
        let client = replica.connect()
        #expect(replica.send("SSUBSCRIBE b", from: client) == push("ssubscribe", "b", ":1"))
        #expect(replica.send("GET b", from: replica.connect()).hasPrefix("-MOVED"))
    }

    @Test func `subscribers are told when the slot goes to another node`() {
        _ = served.send("SSUBSCRIBE {b}2 {b}1 b", from: client)
        _ = served.send("SSUBSCRIBE {b}1", from: other)
        _ = served.send("SUBSCRIBE b", from: other)
        _ = served.takeActions()
        let third = served.connect()
        _ = served.send("CLUSTER SETSLOT 3300 MIGRATING \(peer)", from: third)
        // Until it has moved the source serves them, although it has no such key.
        #expect(served.send("SPUBLISH {b}1 x", from: third) == ":2\r\n")
        _ = served.takeActions()
        #expect(served.send("CLUSTER SETSLOT 3300 NODE \(peer)", from: third) == "+OK\r\n")
        let messages = served.takeMessages()
        #expect(messages.count == 4)
        #expect(
            messages.filter { $0.client == client }.map(\.text) == [
                push("sunsubscribe", "b", ":2"), push("sunsubscribe", "{b}1", ":1"),
                push("sunsubscribe", "{b}2", ":0"),
            ])
        #expect(
            messages.filter { $0.client == other }.map(\.text) == [
                push("sunsubscribe", "{b}1", ":0")
            ])
        // One is an ordinary client again, the other one has a channel left.
        #expect(served.send("PING", from: client) == "+PONG\r\n")
        #expect(served.send("PING", from: other) == push("pong", ""))
        #expect(served.send("PUBSUB SHARDCHANNELS", from: third) == "*0\r\n")
    }

    @Test func `who moves the slot itself is told before the reply`() {
        _ = served.send("HELLO 3", from: client)
        _ = served.send("SSUBSCRIBE b", from: client)
        #expect(
            served.send("CLUSTER DELSLOTS 3300", from: client)
                == push("sunsubscribe", "b", ":0", resp: 3) + "+OK\r\n")
        #expect(
            served.send("SSUBSCRIBE b", from: client) == "-CLUSTERDOWN Hash slot not served\r\n")
    }

    @Test func `a cluster that is down serves channels unless it is told not to`() {
        _ = served.send("CLUSTER DELSLOTS 0", from: other)
        served.step(.timer(.cron), after: .seconds(1))
        #expect(served.send("GET b", from: client) == "-CLUSTERDOWN The cluster is down\r\n")
        #expect(served.send("SPUBLISH b x", from: client) == ":0\r\n")
        _ = served.send("CONFIG SET cluster-allow-pubsubshard-when-down no", from: client)
        #expect(served.send("SPUBLISH b x", from: client) == "-CLUSTERDOWN The cluster is down\r\n")
        #expect(served.send("PUBLISH b x", from: client) == ":0\r\n")
    }
}
