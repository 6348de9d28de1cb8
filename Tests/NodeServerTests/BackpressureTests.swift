import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Clients that send more than they take, and values that do not fit into one read.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct BackpressureTests {
    private static let megabyte = 1 << 20

    @Test(.enabled(if: ServerProgram.labPath != nil, "the clusterlab program is not built"))
    func `who does not take replies holds up nobody, costs little, and gets all of them later`()
        throws
    {
        let server = try MeasuredServer()
        let other = try server.connect()
        let value = [UInt8](repeating: UInt8(ascii: "v"), count: Self.megabyte)
        #expect(
            try other.send([Array("SET".utf8), Array("big".utf8), value]) == .simpleString("OK"))
        let before = try server.residentBytes
        let slow = try server.client()
        let count = 200
        for _ in 0..<count { slow.send(request("GET big")) }
        slow.send(request("PING"))
        for _ in 0..<100 { #expect(try other.send("PING") == .simpleString("PONG")) }
        #expect(try server.residentBytes - before < 64 * Self.megabyte)
        let reply = Array("$\(Self.megabyte)\r\n".utf8) + value + [13, 10]
        for _ in 0..<count {
            let isWhole = slow.read(reply.count) == reply
            #expect(isWhole)
        }
        #expect(slow.text(like: "+PONG\r\n") == "+PONG\r\n")
    }

    @Test(.enabled(if: ServerProgram.labPath != nil, "the clusterlab program is not built"))
    func `a replica that does not take its snapshot does not make the node hold it`() throws {
        let server = try MeasuredServer()
        let other = try server.connect()
        _ = try other.send("CONFIG", "SET", "repl-diskless-sync-delay", "0")
        _ = try other.send("CONFIG", "SET", "client-output-buffer-limit", "replica 8mb 8mb 1")
        var random = SystemRandomNumberGenerator()
        for number in 0..<40 {
            let value = (0..<2 * Self.megabyte / 8).flatMap { _ in
                withUnsafeBytes(of: random.next()) { Array($0) }
            }
            let set = [Array("SET".utf8), Array("key:\(number)".utf8), value]
            #expect(try other.send(set) == .simpleString("OK"))
        }
        let before = try server.residentBytes
        let slow = try server.client()
        slow.send(request("REPLCONF capa eof"))
        slow.send(request("PSYNC ? -1"))
        for _ in 0..<5000 { #expect(try other.send("PING") == .simpleString("PONG")) }
        #expect(try server.residentBytes - before < 32 * Self.megabyte)
        #expect(try other.send("INFO", "replication").text?.contains("state=wait_bgsave") == true)
        #expect(slow.read(80 * Self.megabyte).count == 80 * Self.megabyte)
    }

    @Test func `what a client sends while the node sleeps stays with the client`() throws {
        let served = try ServedCluster()
        let sleeper = try served.client()
        sleeper.send(request("DEBUG SLEEP 1000"))
        let flood = try served.client()
        let pings = [UInt8](String(repeating: "PING\r\n", count: 10_000).utf8)
        var sent = 0
        var refusals = 0
        // That the system takes no more is no momentary state once it says so often.
        while refusals < 10_000, sent < 128 * Self.megabyte {
            let taken = flood.sendWithoutWaiting(pings)
            sent += taken
            refusals = taken == 0 ? refusals + 1 : 0
        }
        #expect(sent < 64 * Self.megabyte)
    }

    @Test func `100 MB go in and out in one piece`() throws {
        let served = try ServedCluster()
        let client = try served.client()
        let value = (0..<100 * Self.megabyte / 8).withEachAsBytes()
        client.send(request(Array("SET".utf8), Array("huge".utf8), value))
        #expect(client.text(like: "+OK\r\n") == "+OK\r\n")
        client.send(request("GET huge"))
        #expect(client.text(like: "$104857600\r\n") == "$104857600\r\n")
        let isSame = client.read(value.count) == value
        #expect(isSame)
        #expect(client.text(like: "\r\n") == "\r\n")
    }

    @Test func `a request may come in pieces of any size`() throws {
        let served = try ServedCluster()
        let client = try served.client()
        for byte in request(Array("ECHO".utf8), Array("hello".utf8)) + request("PING") {
            client.send([byte])
        }
        #expect(client.text(like: "$5\r\nhello\r\n+PONG\r\n") == "$5\r\nhello\r\n+PONG\r\n")
    }
}

/// A node in a process of its own, whose memory no other test has a part in.
private final class MeasuredServer {
    private let folder: TemporaryFolder
    private let port: Int
    private let program: ServerProgram

    init() throws {
        folder = try TemporaryFolder()
        port = try FreePorts(count: 1).first
        program = try ServerProgram(.lab, ["--port", "\(port)", "--save", ""], in: folder.path)
        _ = try program.connect(port: port)
    }

    var residentBytes: Int { get throws { try #require(program.residentBytes) } }

    func connect() throws -> RESPConnection {
        try testConnection(to: NodeAddress(port: port))
    }

    func client() throws -> RawClient { try RawClient(port: port) }
}

extension Range<Int> {
    /// The numbers, eight bytes each: no two places alike.
    fileprivate func withEachAsBytes() -> [UInt8] {
        Array(self).withUnsafeBytes { Array($0) }
    }
}
