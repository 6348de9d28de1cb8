import ClusterCore
import Testing

@Suite struct ClientPauseTests {
    @Test func `CLIENT PAUSE holds all commands, until its time is over`() {
        let network = BusNetwork(masters: 1, replicas: 0)
        let client = network.connect(to: 0)
        let pauser = network.connect(to: 0)
        #expect(network.send("CLIENT PAUSE 1000", over: pauser) == "+OK\r\n")
        #expect(network.send("GET a", over: client) == "")
        #expect(network.send("PING", over: client) == "")
        #expect(!network.run(for: .milliseconds(990)) { !client.received.isEmpty })
        #expect(network.run(for: .milliseconds(20)) { !client.received.isEmpty })
        #expect(client.take() == "$-1\r\n+PONG\r\n")
    }

    @Test func `CLIENT PAUSE WRITE lets reads go on, and UNPAUSE ends it`() {
        let network = BusNetwork(masters: 1, replicas: 0)
        let client = network.connect(to: 0)
        let other = network.connect(to: 0)
        #expect(network.send("CLIENT PAUSE 100000 WRITE", over: other) == "+OK\r\n")
        #expect(network.send("GET a", over: client) == "$-1\r\n")
        #expect(network.send("SET a 1", over: client) == "")
        #expect(network.send("SET a 2", over: client) == "")
        #expect(network.send("GET a", over: other) == "$-1\r\n")
        #expect(network.send("CLIENT UNPAUSE", over: other) == "+OK\r\n")
        #expect(client.take() == "+OK\r\n+OK\r\n")
        #expect(network.send("GET a", over: other) == "$1\r\n2\r\n")
    }

    @Test func `a longer pause of the same kind wins, and wrong words are refused`() {
        let network = BusNetwork(masters: 1, replicas: 0)
        let client = network.connect(to: 0)
        let other = network.connect(to: 0)
        network.send("CLIENT PAUSE 1000 WRITE", over: other)
        network.send("CLIENT PAUSE 10 WRITE", over: other)
        network.send("SET a 1", over: client)
        #expect(!network.run(for: .milliseconds(500)) { !client.received.isEmpty })
        #expect(
            network.send("CLIENT PAUSE 1 SOME", over: other)
                == "-ERR CLIENT PAUSE mode must be WRITE or ALL\r\n")
        #expect(
            network.send("CLIENT PAUSE x", over: other)
                == "-ERR timeout is not an integer or out of range\r\n")
        #expect(network.send("CLIENT PAUSE -1", over: other) == "-ERR timeout is negative\r\n")
    }

    @Test func `nothing expires while writes are paused`() {
        let network = BusNetwork(masters: 1, replicas: 0)
        let client = network.connect(to: 0)
        network.send("SET a 1 PX 100", over: client)
        network.send("CLIENT PAUSE 2000 WRITE", over: client)
        _ = network.run(for: .seconds(1))
        #expect(network.send("GET a", over: client) == "$-1\r\n")
        #expect(network.send("DBSIZE", over: client) == ":1\r\n")
        _ = network.run(for: .seconds(2))
        #expect(network.send("DBSIZE", over: client) == ":0\r\n")
    }

    @Test func `a client that is gone while it waits is forgotten`() {
        let network = BusNetwork(masters: 1, replicas: 0)
        let other = network.connect(to: 0)
        network.send("CLIENT PAUSE 100 WRITE", over: other)
        let client = network.connect(to: 0)
        network.send("SET a 1", over: client)
        network.dropConnections(of: 0)
        _ = network.run(for: .seconds(1))
        #expect(network.send("GET a", to: 0) == "$-1\r\n")
    }
}
