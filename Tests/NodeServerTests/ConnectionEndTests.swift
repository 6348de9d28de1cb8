import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// How connections end, from either side.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ConnectionEndTests {
    @Test func `who says that nothing more comes still gets the replies`() throws {
        let served = try ServedCluster()
        let client = try served.client()
        client.send("SET a 1\r\nGET a\r\nDEBUG SLEEP 0.01\r\nPING\r\nGE")
        client.endInput()
        #expect(client.rest() == "+OK\r\n$1\r\n1\r\n+OK\r\n+PONG\r\n")
        try served.awaitNoOthers(served.connect())
    }

    @Test func `replies to a half-closed connection may be many`() throws {
        let served = try ServedCluster()
        let client = try served.client()
        let value = [UInt8](repeating: UInt8(ascii: "v"), count: 1 << 20)
        client.send(request(Array("SET".utf8), Array("big".utf8), value))
        client.send(String(repeating: "GET big\r\n", count: 40))
        client.endInput()
        #expect(client.rest().utf8.count == 5 + 40 * (value.count + 12))
    }

    @Test(arguments: [
        "*2\r\n$3\r\nGET\r\n$5\r\nab", "*3\r\n$3", "PIN", "DEBUG SLEEP 1000\r\nPING\r\n",
    ])
    func `who disappears is forgotten`(bytes: String) throws {
        let served = try ServedCluster(masters: 2)
        let witness = try served.connect(to: 1)
        let asking = try served.connect()
        for _ in 0..<20 { try served.client(of: 1).send(bytes) }
        if !bytes.hasPrefix("DEBUG") { try served.awaitNoOthers(witness) }
        #expect(try asking.send("PING") == .simpleString("PONG"))
    }

    @Test func `who disappears while its file is written is forgotten`() throws {
        let folder = try TemporaryFolder()
        let served = try ServedCluster(dir: folder.path)
        let asking = try served.connect()
        for line in ["CONFIG REWRITE", "CLUSTER SAVECONFIG"] {
            for _ in 0..<20 { try served.client().send(request(line)) }
        }
        try served.awaitNoOthers(asking)
    }

    @Test func `5,000 connections come and go`() throws {
        let served = try ServedCluster()
        let asking = try served.connect()
        for _ in 0..<50 {
            let clients = try (0..<100).map { _ in try served.client() }
            for client in clients { client.send(request("PING")) }
            for client in clients { #expect(client.text(like: "+PONG\r\n") == "+PONG\r\n") }
        }
        try served.awaitNoOthers(asking)
        let stats = try asking.send("INFO", "stats").text ?? ""
        #expect(
            stats.contains("total_connections_received:5001\r\n")
                || stats.contains("total_connections_received:5002\r\n"))
    }

    @Test func `a client too many is told so`() throws {
        let served = try ServedCluster()
        let asking = try served.connect()
        #expect(try asking.send("CONFIG", "SET", "maxclients", "1") == .simpleString("OK"))
        for _ in 0..<3 {
            #expect(try served.client().rest() == "-ERR max number of clients reached\r\n")
        }
        let stats = try asking.send("INFO", "stats").text ?? ""
        #expect(stats.contains("rejected_connections:3\r\n"))
        #expect(try asking.send("CONFIG", "SET", "maxclients", "2") == .simpleString("OK"))
        #expect(try served.isServing())
    }

    @Test func `QUIT ends the connection after all that was asked before`() throws {
        let served = try ServedCluster()
        let client = try served.client()
        let value = [UInt8](repeating: UInt8(ascii: "v"), count: 3 << 20)
        client.send(request(Array("SET".utf8), Array("big".utf8), value))
        client.send("GET big\r\nQUIT\r\nPING\r\n")
        let received = client.rest()
        #expect(received.utf8.count == 5 + value.count + 12 + 5)
        #expect(received.hasSuffix("\r\n+OK\r\n"))
    }

    @Test func `CLIENT KILL ends the own connection after its reply, another's at once`() throws {
        let served = try ServedCluster()
        let killer = try served.client()
        let victim = try served.client()
        let value = [UInt8](repeating: UInt8(ascii: "v"), count: 1 << 20)
        victim.send(request(Array("SET".utf8), Array("big".utf8), value))
        #expect(victim.text(like: "+OK\r\n") == "+OK\r\n")
        // It has more replies to come than the system takes for it.
        victim.send(String(repeating: "GET big\r\n", count: 100))
        _ = victim.read(1)
        killer.send(request("CLIENT KILL TYPE normal"))
        #expect(killer.text(like: ":1\r\n") == ":1\r\n")
        #expect(victim.rest().utf8.count < 100 << 20)
        killer.send("CLIENT KILL TYPE normal SKIPME no\r\nPING\r\n")
        #expect(killer.rest() == ":1\r\n")
        #expect(try served.isServing())
    }

    @Test func `SHUTDOWN ends the node's connections, and no other node's`() throws {
        // More nodes than most machines have cores: some share an event loop.
        let count = 6
        let served = try ServedCluster(masters: count)
        let others = try (1..<count).map { try served.connect(to: $0) }
        let idle = try served.client()
        let ender = try served.client()
        ender.send("SHUTDOWN NOSAVE\r\nPING\r\n")
        #expect(ender.rest() == "")
        #expect(idle.rest() == "")
        #expect(throws: RawClient.Failure.self) { try served.client() }
        for other in others { #expect(try other.send("PING") == .simpleString("PONG")) }
    }
}
