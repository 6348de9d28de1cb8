import ClusterCore
import Testing

/// Clients that wait for elements of lists or members of sorted sets.
@Suite struct BlockingTests {
    private let network = BusNetwork(masters: 1, replicas: 0)
    private let first: BusNetwork.Connection
    private let second: BusNetwork.Connection
    private let other: BusNetwork.Connection

    init() {
        first = network.connect(to: 0)
        second = network.connect(to: 0)
        other = network.connect(to: 0)
    }

    @Test func `who waits longest is served first, and everybody in turn`() {
        #expect(network.send("BLPOP {t}a {t}b 0", over: first) == "")
        #expect(network.send("BRPOP {t}b 0", over: second) == "")
        #expect(network.send("RPUSH {t}b 1 2 3", over: other) == ":3\r\n")
        #expect(first.take() == "*2\r\n$4\r\n{t}b\r\n$1\r\n1\r\n")
        #expect(second.take() == "*2\r\n$4\r\n{t}b\r\n$1\r\n3\r\n")
        #expect(network.send("LRANGE {t}b 0 -1", over: other) == "*1\r\n$1\r\n2\r\n")
    }

    @Test func `what was sent after a wait is done after it`() {
        network.send("BLPOP a 0", over: first)
        #expect(network.send("PING", over: first) == "")
        network.send("LPUSH a x", over: other)
        #expect(first.take() == "*2\r\n$1\r\na\r\n$1\r\nx\r\n+PONG\r\n")
        #expect(network.send("EXISTS a", over: other) == ":0\r\n")
    }

    @Test func `a wait ends when its time is over`() {
        network.send("BLPOP a 0.5", over: first)
        network.send("BLMOVE {t}a {t}b LEFT RIGHT 1", over: second)
        #expect(!network.run(for: .milliseconds(490)) { !first.received.isEmpty })
        #expect(network.run(for: .milliseconds(20)) { !first.received.isEmpty })
        #expect(first.take() == "*-1\r\n")
        #expect(second.take() == "")
        #expect(network.run(for: .milliseconds(600)) { !second.received.isEmpty })
        #expect(second.take() == "*-1\r\n")
        network.send("LPUSH a x", over: other)
        #expect(network.send("LLEN a", over: other) == ":1\r\n")
    }

    @Test func `an element that is moved serves who waits where it goes`() {
        network.send("BLMOVE {t}a {t}b LEFT RIGHT 0", over: first)
        network.send("BLMPOP 0 2 {t}b {t}c LEFT COUNT 5", over: second)
        #expect(network.send("RPUSH {t}a x", over: other) == ":1\r\n")
        #expect(first.take() == "$1\r\nx\r\n")
        #expect(second.take() == "*2\r\n$4\r\n{t}b\r\n*1\r\n$1\r\nx\r\n")
        #expect(network.send("DBSIZE", over: other) == ":0\r\n")
    }

    @Test func `a destination of another kind is the waiting client's error, and nothing moves`() {
        network.send("BRPOPLPUSH {t}a {t}s 0", over: first)
        network.send("BLPOP {t}a 0", over: second)
        network.send("SET {t}s 1", over: other)
        network.send("RPUSH {t}a x", over: other)
        #expect(first.take().hasPrefix("-WRONGTYPE "))
        #expect(second.take() == "*2\r\n$4\r\n{t}a\r\n$1\r\nx\r\n")
    }

    @Test func `nothing waits within a transaction, and it serves others when it is done`() {
        network.send("BLPOP {t}a 0", over: second)
        network.send("MULTI", over: first)
        for line in ["BLPOP {t}a 0", "BLMOVE {t}a {t}b LEFT LEFT 0", "RPUSH {t}a 1", "LPOP {t}a"] {
            #expect(network.send(line, over: first) == "+QUEUED\r\n")
        }
        #expect(network.send("EXEC", over: first) == "*4\r\n*-1\r\n$-1\r\n:1\r\n$1\r\n1\r\n")
        #expect(second.take() == "")
        network.send("RPUSH {t}a 2", over: first)
        #expect(second.take() == "*2\r\n$4\r\n{t}a\r\n$1\r\n2\r\n")
    }

    @Test(arguments: ["RENAME {t}b {t}a", "COPY {t}b {t}a", "LMOVE {t}b {t}a LEFT LEFT"])
    func `whatever makes a list serves who waits for it`(line: String) {
        network.send("RPUSH {t}b x", over: other)
        network.send("BLPOP {t}a 0", over: first)
        network.send(line, over: other)
        #expect(first.take() == "*2\r\n$4\r\n{t}a\r\n$1\r\nx\r\n")
    }

    @Test(arguments: [
        "ZADD {t}a 1 x", "RENAME {t}b {t}a", "COPY {t}b {t}a", "ZUNIONSTORE {t}a 1 {t}b",
        "ZRANGESTORE {t}a {t}b 0 -1",
    ])
    func `whatever makes a sorted set serves who waits for it`(line: String) {
        network.send("ZADD {t}b 1 x", over: other)
        network.send("BZPOPMIN {t}none {t}a 0", over: first)
        network.send(line, over: other)
        #expect(first.take() == "*3\r\n$4\r\n{t}a\r\n$1\r\nx\r\n$1\r\n1\r\n")
    }

    @Test func `each gets a value of the kind that it waits for`() {
        network.send("BZMPOP 0 1 {t}a MAX COUNT 2", over: first)
        network.send("BLPOP {t}a 0", over: second)
        network.send("RPUSH {t}a l", over: other)
        #expect(second.take() == "*2\r\n$4\r\n{t}a\r\n$1\r\nl\r\n")
        #expect(first.take() == "")
        network.send("SADD {t}a m", over: other)
        network.send("DEL {t}a", over: other)
        network.send("ZADD {t}a 1 x 2 y 3 z", over: other)
        #expect(
            first.take() == "*2\r\n$4\r\n{t}a\r\n*2\r\n*2\r\n$1\r\nz\r\n$1\r\n3\r\n"
                + "*2\r\n$1\r\ny\r\n$1\r\n2\r\n")
        #expect(network.send("ZCARD {t}a", over: other) == ":1\r\n")
    }

    @Test func `CLIENT UNBLOCK ends a wait as if its time were over, or with an error`() {
        let number = first.client.number
        network.send("BLPOP a 0", over: first)
        #expect(network.send("CLIENT LIST ID \(number)", over: other).contains("flags=b"))
        #expect(network.send("CLIENT UNBLOCK \(number)", over: other) == ":1\r\n")
        #expect(first.take() == "*-1\r\n")
        network.send("BLPOP a 0", over: first)
        #expect(network.send("CLIENT UNBLOCK \(number) ERROR", over: other) == ":1\r\n")
        #expect(first.take() == "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")
        #expect(network.send("CLIENT UNBLOCK \(number) TIMEOUT", over: other) == ":0\r\n")
        #expect(network.send("CLIENT UNBLOCK 999", over: other) == ":0\r\n")
        network.send("WAIT 1 0", over: first)
        #expect(network.send("CLIENT UNBLOCK \(number)", over: other) == ":1\r\n")
        #expect(first.take() == ":0\r\n")
        #expect(
            network.send("CLIENT UNBLOCK \(number) NOW", over: other)
                == "-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR\r\n")
    }

    @Test func `who is gone, or on the way out, gets no element`() {
        network.send("BLPOP a 0", over: first)
        network.send("BLPOP a 0", over: second)
        network.send("CLIENT KILL ID \(first.client.number)", over: other)
        network.send("LPUSH a x", over: other)
        #expect(second.take() == "*2\r\n$1\r\na\r\n$1\r\nx\r\n")
    }

    @Test func `replicas are told of what was taken, in their own words`() {
        let network = BusNetwork(
            BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) {
                $0.clusterEnabled = false
                $0.replDisklessSync = false
            })
        let replica = network.connect(to: 0)
        network.send("PSYNC ? -1", over: replica)
        _ = network.run(for: .milliseconds(10)) { replica.received.contains(0xFF) }
        _ = network.run(for: .milliseconds(10))
        _ = replica.take()
        let client = network.connect(to: 0)
        network.send("BLPOP a 0", over: client)
        network.send("RPUSH a x", to: 0)
        let stream = replica.take()
        #expect(stream.contains("RPUSH\r\n$1\r\na\r\n$1\r\nx\r\n*2\r\n$4\r\nLPOP\r\n$1\r\na\r\n"))
    }

    // MARK: - The cluster

    @Test(arguments: [
        "BLPOP b 0", "BLMOVE b b LEFT LEFT 0", "BLMPOP 0 1 b LEFT", "BRPOPLPUSH b b 0",
        "BZPOPMIN b 0", "BZPOPMAX b 0", "BZMPOP 0 1 b MIN", "XREAD BLOCK 0 STREAMS b 0",
    ])
    func `a slot that another node has got sends its clients there`(line: String) {
        let served = ServedNode(masters: 2)
        let (client, other) = (served.connect(), served.connect())
        let id = served.node.cluster.peers[1].id
        #expect(served.send(line, from: client) == "")
        #expect(served.send("CLUSTER SETSLOT 3300 NODE \(id)", from: other) == "+OK\r\n")
        _ = served.takeActions()
        served.step(.timer(.cron), after: .milliseconds(100))
        let expected = Array("-MOVED 3300 127.0.0.1:7001\r\n".utf8)
        #expect(served.takeActions().contains(.write(client, expected)))
    }

    @Test(arguments: [
        "BLPOP a 0", "BLMOVE a a LEFT LEFT 0", "BLMPOP 0 1 a LEFT", "BZPOPMIN a 0",
        "BZMPOP 0 1 a MIN", "XREAD BLOCK 0 STREAMS a $", "XREADGROUP GROUP g c BLOCK 0 STREAMS a >",
    ])
    func `a master that becomes a replica lets its clients go`(line: String) {
        let server = BusNetwork(
            BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) { $0.clusterEnabled = false })
        let client = server.connect(to: 0)
        server.send("XGROUP CREATE a g $ MKSTREAM", to: 0)
        if !line.hasPrefix("X") { server.send("DEL a", to: 0) }
        server.send(line, over: client)
        server.send("REPLICAOF 127.0.0.1 1", to: 0)
        #expect(
            client.take()
                == "-UNBLOCKED force unblock from blocking operation, "
                + "instance state changed (master -> replica?)\r\n")
        #expect(!client.isOpen)
    }
}
