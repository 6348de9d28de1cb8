import ClusterCore
import Keyspace
import Lab
import LabBackends
import NodeServer
import RESP
import TestSupport
import Testing

/// The bus port of a node, and nodes that end and come again.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct BusListenerTests {
    @Test func `a bus port in use is named, and nothing stays behind`() throws {
        let squatter = try BusListener()
        let port = squatter.port - 10_000
        #expect(throws: ClusterServer.Failure.portInUse(squatter.port)) {
            try ClusterServer([member(port: port)], conditions: Conditions())
        }
        // The client port was bound first; it is free again.
        let server = try ClusterServer(
            [member(port: port) { $0.clusterPort = try FreePorts(count: 1).first }],
            conditions: Conditions())
        server.shutDown()
    }

    @Test func `a node without a cluster has no bus`() throws {
        let port = try FreePorts(count: 1).first
        let server = try ClusterServer(
            [member(port: port) { $0.clusterEnabled = false }], conditions: Conditions())
        defer { server.shutDown() }
        #expect(throws: BusSocket.Failure.self) { try BusSocket(port: port + 10_000) }
    }

    @Test func `malformed frames end their link and nothing else`() throws {
        let served = try ServedCluster()
        let client = try served.connect()
        let other = try BusSocket(port: served.port + 10_000)
        for bytes in HostileFrames.all {
            let link = try BusSocket(port: served.port + 10_000)
            link.send(bytes)
            #expect(link.hasEnded)
        }
        let fine = try BusSocket(port: served.port + 10_000)
        fine.send(HostileFrames.ofModules)
        fine.send(Array("RCmb".utf8))
        fine.send(Array("nonsense".utf8))
        #expect(try client.send("PING") == .simpleString("PONG"))
        #expect(fine.hasEnded)
        other.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(other.hasEnded)
        #expect(try client.send("PING") == .simpleString("PONG"))
    }

    @Test func `a link that cannot be made is told in the log`() async throws {
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        let port = try FreePorts(count: 2).first
        let server = try ClusterServer(
            [member(port: port)], conditions: Conditions(), log: NodeLog { sink.yield($0) })
        defer { server.shutDown() }
        let client = try RawClient(port: port)
        client.send("CLUSTER MEET 127.0.0.1 \(port + 1)\r\n")
        for await line in lines where line.contains("Connection with Node") {
            #expect(line.hasSuffix(" at 127.0.0.1:\(port + 10_001) failed: Connection refused"))
            break
        }
    }

    @Test func `many links at once, with noise on each, end without harm`() throws {
        let served = try ServedCluster()
        var random = SplitMix64(seed: 4)
        for _ in 0..<20 {
            let links = try (0..<20).map { _ in try BusSocket(port: served.port + 10_000) }
            for link in links {
                var frame = HostileFrames.ofModules
                for _ in 0..<3 { frame[random.next(below: 16)] = UInt8(random.next(below: 256)) }
                link.send(frame)
            }
        }
        #expect(try served.isServing())
    }

    @Test func `a node that sleeps reads no link until it wakes`() throws {
        let served = try ServedCluster()
        let sleeper = try served.client()
        sleeper.send("PING\r\nDEBUG SLEEP 0.3\r\nPING\r\n")
        // Sent when the whole input has been taken: the node sleeps by now.
        #expect(sleeper.text(like: "+PONG\r\n") == "+PONG\r\n")
        let link = try BusSocket(port: served.port + 10_000)
        link.send(Array("nonsense of at least sixteen bytes".utf8))
        let start = ContinuousClock.now
        #expect(link.hasEnded)
        #expect(sleeper.text(like: "+OK\r\n+PONG\r\n") == "+OK\r\n+PONG\r\n")
        #expect(ContinuousClock.now - start > .milliseconds(100))
    }

    @Test func `a node that crashed comes again on its port`() throws {
        let port = try FreePorts(count: 3).first
        let server = try ClusterServer(
            [member(port: port), member(port: port + 1)], conditions: Conditions())
        defer { server.shutDown() }
        for _ in 0..<20 {
            let client = try RawClient(port: port)
            client.send("PING\r\n")
            #expect(client.text(like: "+PONG\r\n") == "+PONG\r\n")
            let link = try BusSocket(port: port + 10_000)
            server.crash(port: port)
            #expect(client.rest() == "")
            #expect(link.hasEnded)
            #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
            #expect(throws: ClusterServer.Failure.portInUse(port + 1)) {
                try server.start(member(port: port + 1))
            }
            try server.start(member(port: port))
        }
        try server.start(member(port: port + 2))
        let last = try RawClient(port: port + 2)
        last.send("PING\r\n")
        #expect(last.text(like: "+PONG\r\n") == "+PONG\r\n")
    }

    @Test func `a server whose nodes all crashed goes on`() throws {
        let port = try FreePorts(count: 1).first
        let server = try ClusterServer([member(port: port)], conditions: Conditions())
        server.crash(port: port)
        server.crash(port: port)
        try server.start(member(port: port))
        let client = try RawClient(port: port)
        client.send("SHUTDOWN NOSAVE\r\n")
        #expect(client.rest() == "")
        server.waitUntilAllNodesEnded()
        server.shutDown()
    }

    private func member(
        port: Int, _ configure: (inout Configuration) throws -> Void = { _ in }
    ) rethrows -> ClusterServer.Member {
        var configuration = Configuration()
        try configure(&configuration)
        let layout = ClusterLayout(masters: 1, replicas: 0, port: port, isEmpty: true, seed: 1)
        return ClusterServer.Member(
            node: layout.node(0, configuration: configuration, wallClockAtStart: 0, at: .start))
    }
}

/// Frames that no node can go on after.
private enum HostileFrames {
    static let all: [[UInt8]] = [
        Array("nonsense".utf8),
        Array("RCmb".utf8) + [0, 0, 0, 1] + Array(repeating: 0, count: 8),
        Array("RCmb".utf8) + [255, 255, 255, 255] + Array(repeating: 0, count: 8),
        // Another version, and a PING longer than its entries.
        Array("RCmb".utf8) + [0, 0, 8, 208, 0, 2] + Array(repeating: 0, count: 2246),
        Array("RCmb".utf8) + [16, 0, 0, 0, 0, 1] + Array(repeating: 0, count: 2246),
        // Nobody as its sender.
        Array("RCmb".utf8) + [0, 0, 8, 208, 0, 1] + Array(repeating: 0, count: 2246),
    ]

    /// A message of type 9, which is passed over.
    static let ofModules: [UInt8] =
        Array("RCmb".utf8) + [0, 0, 8, 208, 0, 1, 0, 0, 0, 9] + Array(repeating: 0, count: 2242)
}
