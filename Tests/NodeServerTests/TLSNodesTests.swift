import Foundation
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Nodes that speak TLS, and clients that do or do not.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct TLSNodesTests {
    private let files: TestCertificates

    init() throws {
        files = try TestCertificates()
    }

    private func start(
        masters: Int = 1, authClients: String = "yes"
    ) throws -> InProcessCluster {
        let count = masters * 2
        return try InProcessLab().startServer(
            ClusterPlan(
                masters: masters, replicas: masters == 1 ? 0 : 1,
                port: try FreePorts(count: count).first,
                tls: ClusterPlan.TLS(certificates: files.folder, authClients: authClients)))
    }

    @Test func `the lab's own connections and replicas speak TLS by themselves`() throws {
        let cluster = try start(masters: 3)
        defer { cluster.shutDown() }
        let client = try cluster.connectInTest(to: cluster.nodes[0])
        #expect(try client.send("CONFIG", "GET", "port").elements?[1].text == "0")
        let nodes = try client.send("CLUSTER", "NODES").text ?? ""
        #expect(nodes.contains("127.0.0.1:\(cluster.nodes[1].port)@"))
        let value = String(repeating: "0123456789abcdef", count: 1 << 17)
        #expect(try client.send("SET", "{06S}", value) == .simpleString("OK"))
        #expect(try client.send("GET", "{06S}").text == value)
        #expect(try client.send("WAIT", "1", "20000") == .integer(1))
    }

    @Test func `the bytes of the prompt's connections are secure, too`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let stream = try cluster.openStream(
            to: .tcp(host: "127.0.0.1", port: cluster.nodes[0].port))
        defer { stream.close() }
        let command = Array("PING\r\n".utf8)
        #expect(try stream.send(command[...]) == command.count)
        var reply: [UInt8]?
        while reply == nil {
            try #require(try !stream.wait(for: .readable, timeout: .seconds(20)).isEmpty)
            reply = try stream.receive(atMost: 100)
        }
        #expect(reply == Array("+PONG\r\n".utf8))
    }

    @Test func `many commands at once are answered at once, in their order`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let client = try files.connect(to: cluster.nodes[0])
        let commands = (0..<20_000).map { number in
            ["SET", "key:\(number % 100)", "\(number)"].map { Array($0.utf8) }
        }
        let replies = try client.send(commands, within: .seconds(60))
        #expect(replies.allSatisfy { $0 == .simpleString("OK") })
        #expect(try client.send("GET", "key:99").text == "19999")
    }

    @Test func `whom a node does not know it does not take, and its log says why`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let node = cluster.nodes[0]
        #expect(throws: LabError.self) {
            let client = try files.connect(to: node) {
                $0.certificateFile = nil; $0.keyFile = nil
            }
            _ = try client.send("PING")
        }
        let others = try TestCertificates()
        let refusal = #expect(throws: LabError.self) { try others.connect(to: node) }
        #expect(
            refusal == .refused(node, reason: "SSL_connect failed: certificate verify failed"))
        #expect(throws: LabError.self) { try testConnection(to: node).send("PING") }
        #expect(try files.connect(to: node).send("PING") == .simpleString("PONG"))
        let log = cluster.log(of: node)?.joined(separator: "\n") ?? ""
        for reason in [
            "error:0A0000C7:SSL routines::peer did not return a certificate",
            "error:0A000418:SSL routines::tlsv1 alert unknown ca",
            "error:0A00010B:SSL routines::wrong version number",
        ] {
            #expect(log.contains("# Error accepting a client connection: \(reason)"), "\(log)")
        }
    }

    @Test(arguments: ["no", "optional"])
    func `a client needs no certificate where none is asked for`(authClients: String) throws {
        let cluster = try start(authClients: authClients)
        defer { cluster.shutDown() }
        let client = try files.connect(to: cluster.nodes[0]) {
            $0.certificateFile = nil
            $0.keyFile = nil
        }
        #expect(try client.send("PING") == .simpleString("PONG"))
    }

    @Test func `CONFIG SET opens, moves and closes the port of TLS`() throws {
        let ports = try FreePorts(count: 3)
        let plain = NodeAddress(port: ports.first)
        let cluster = try InProcessLab().startServer(
            ClusterPlan(masters: 1, replicas: 0, port: plain.port))
        defer { cluster.shutDown() }
        let client = try testConnection(to: plain)
        let place = try NodeCertificates(in: files.folder).directives.flatMap {
            $0.split(separator: " ").map(String.init)
        }
        #expect(
            try client.set("tls-port", "\(ports.first + 1)")
                == .error(
                    "ERR CONFIG SET failed (possibly related to argument 'tls-port') - "
                        + "Unable to update TLS configuration. Check server logs."))
        #expect(try client.set(place) == .simpleString("OK"))
        for port in [ports.first + 1, ports.first + 2] {
            #expect(try client.set("tls-port", "\(port)") == .simpleString("OK"))
            let secure = try files.connect(to: NodeAddress(port: port))
            #expect(try secure.send("PING") == .simpleString("PONG"))
        }
        #expect(throws: LabError.self) {
            try files.connect(to: NodeAddress(port: ports.first + 1))
        }
        #expect(
            try client.set("tls-cert-file", "/missing.crt")
                == .error(
                    "ERR CONFIG SET failed (possibly related to argument 'tls-cert-file') - "
                        + "Unable to update TLS configuration. Check server logs."))
        #expect(try client.send("CONFIG", "GET", "tls-cert-file").elements?[1].text == place[1])
        #expect(
            try client.set("tls-port", "\(plain.port)")
                == .error(
                    "ERR CONFIG SET failed (possibly related to argument 'tls-port') - "
                        + "Unable to listen on this port. Check server logs."))
        #expect(try client.set("tls-port", "0") == .simpleString("OK"))
        #expect(throws: LabError.self) {
            try files.connect(to: NodeAddress(port: ports.first + 2))
        }
    }
}

extension RESPConnection {
    fileprivate func set(_ words: String...) throws -> RESPValue { try set(words) }

    fileprivate func set(_ words: [String]) throws -> RESPValue {
        try send((["CONFIG", "SET"] + words).map { Array($0.utf8) })
    }
}
