import ClusterCore
import Testing

/// Clients that wait for entries of streams.
@Suite struct StreamBlockingTests {
    private let network = BusNetwork(masters: 1, replicas: 0)
    private let first: BusNetwork.Connection
    private let second: BusNetwork.Connection
    private let other: BusNetwork.Connection

    init() {
        first = network.connect(to: 0)
        second = network.connect(to: 0)
        other = network.connect(to: 0)
    }

    @Test func `everybody who reads gets an entry, and of a group one after the other`() {
        network.send("XREAD BLOCK 0 STREAMS s $", over: first)
        network.send("XREAD BLOCK 0 STREAMS s $", over: second)
        network.send("XADD s 1-1 a b", over: other)
        let entry = "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n"
        #expect(first.take() == entry)
        #expect(second.take() == entry)
        network.send("XGROUP CREATE s g $", over: other)
        network.send("XREADGROUP GROUP g c BLOCK 0 STREAMS s >", over: first)
        network.send("XREADGROUP GROUP g d BLOCK 0 STREAMS s >", over: second)
        network.send("XADD s 1-2 a b", over: other)
        #expect(first.take().contains("1-2"))
        #expect(second.take() == "")
        network.send("XADD s 1-3 a b", over: other)
        #expect(second.take().contains("1-3"))
    }

    @Test func `a wait ends when its time is over`() {
        network.send("XREAD BLOCK 500 STREAMS s 0", over: first)
        #expect(!network.run(for: .milliseconds(490)) { !first.received.isEmpty })
        #expect(network.run(for: .milliseconds(20)) { !first.received.isEmpty })
        #expect(first.take() == "*-1\r\n")
    }

    @Test(arguments: ["DEL s", "SET s 1", "FLUSHALL", "RENAME s {s}t", "PEXPIRE s 5"])
    func `who reads for a group is told that the stream is gone`(line: String) {
        network.send("XADD s 1-1 a b", over: other)
        network.send("XGROUP CREATE s g $", over: other)
        network.send("XREADGROUP GROUP g c BLOCK 0 STREAMS s >", over: first)
        network.send("XREAD BLOCK 0 STREAMS s $", over: second)
        network.send(line, over: other)
        #expect(network.run(for: .milliseconds(500)) { !first.received.isEmpty })
        #expect(first.take() == "-UNBLOCKED the stream key no longer exists\r\n")
        #expect(second.take() == "")
    }

    @Test func `who reads for a group is told that it is gone`() {
        network.send("XGROUP CREATE s g $ MKSTREAM", over: other)
        network.send("XREADGROUP GROUP g c BLOCK 0 STREAMS s >", over: first)
        network.send("XGROUP DESTROY s g", over: other)
        #expect(
            first.take()
                == "-NOGROUP the consumer group this client was blocked on no longer exists\r\n")
        #expect(network.send("INFO commandstats", over: other).contains("failed_calls=1"))
    }

    @Test func `a stream that is emptied again within a transaction serves nobody of a group`() {
        network.send("XGROUP CREATE s g $ MKSTREAM", over: other)
        network.send("XREAD BLOCK 0 STREAMS s 0", over: first)
        for line in ["MULTI", "XADD s 1-1 a b", "DEL s", "EXEC"] { network.send(line, over: other) }
        #expect(first.take() == "")
    }

    @Test func `replicas are told of what was delivered to who had waited`() {
        let network = BusNetwork(
            BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) {
                $0.clusterEnabled = false
                $0.replDisklessSync = false
            })
        let replica = network.connect(to: 0)
        network.send("PSYNC ? -1", over: replica)
        _ = network.run(for: .milliseconds(10)) { replica.received.contains(0xFF) }
        _ = network.run(for: .milliseconds(10))
        let client = network.connect(to: 0)
        network.send("XGROUP CREATE s g $ MKSTREAM", to: 0)
        network.send("XREADGROUP GROUP g c BLOCK 0 NOACK STREAMS s >", over: client)
        _ = replica.take()
        network.send("XADD s 1-1 a b", to: 0)
        let words = replica.take().split(separator: "\r\n").filter { !"*$".contains($0.prefix(1)) }
        #expect(
            words == [
                "XADD", "s", "1-1", "a", "b", "MULTI", "XGROUP", "CREATECONSUMER", "s", "g", "c",
                "XGROUP", "SETID", "s", "g", "1-1", "ENTRIESREAD", "1", "EXEC",
            ])
    }

    // MARK: - The cluster

    @Test func `a replica serves who reads there when its master's entry arrives`() {
        let network = BusNetwork(masters: 1, replicas: 1)
        let reader = network.connect(to: 1)
        #expect(network.send("READONLY", over: reader) == "+OK\r\n")
        network.send("XADD s 1-1 a b", to: 0)
        #expect(
            network.run(for: .seconds(30)) {
                network.send("XLEN s", over: reader) == ":1\r\n"
            })
        #expect(network.send("XREAD BLOCK 0 STREAMS s $", over: reader) == "")
        _ = network.run(for: .seconds(1))
        #expect(reader.take() == "")
        network.send("XADD s 1-2 a b", to: 0)
        #expect(network.run(for: .seconds(1)) { !reader.received.isEmpty })
        #expect(reader.take().contains("1-2"))
    }
}
