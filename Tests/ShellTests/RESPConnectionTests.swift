import Lab
import LabBackends
import RESP
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1)))
struct RESPConnectionTests {
    @Test func `replies come one by one, in whatever pieces they arrive`() throws {
        let server = try OneClientServer()
        let connection = try testConnection(to: server.address)
        let client = try server.accept()
        client.write("+PO")
        client.write("NG\r\n$3\r\nab")
        client.write("c\r\n>1\r\n+message\r\n:7\r\n")
        #expect(try connection.send("PING") == .simpleString("PONG"))
        #expect(try connection.send("GET", "a") == .bulkString(Array("abc".utf8)))
        #expect(try connection.send("INCR", "n") == .integer(7))
        let sent =
            "*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n"
        #expect(client.read(sent.utf8.count) == sent)
    }

    @Test func `a closed connection is lost, and stays so`() throws {
        let server = try OneClientServer()
        let connection = try testConnection(to: server.address)
        try server.accept().end()
        #expect(throws: LabError.connectionLost(server.address)) { try connection.send("PING") }
        #expect(throws: LabError.connectionLost(server.address)) { try connection.send("PING") }
    }

    @Test func `what is no RESP ends the connection`() throws {
        let server = try OneClientServer()
        let connection = try testConnection(to: server.address)
        try server.accept().write("HTTP/1.1 400\r\n")
        #expect(throws: LabError.malformedReply(server.address)) { try connection.send("PING") }
        #expect(throws: LabError.connectionLost(server.address)) { try connection.send("PING") }
    }

    @Test(arguments: [true, false])
    func `where replies have a limit a silent node ends the wait, and is named`(
        isAsked: Bool
    ) throws {
        let server = try OneClientServer()
        let connection = try testConnection(to: server.address)
        connection.replyLimit = .milliseconds(20)
        let client = try server.accept()
        // Half of a reply, and messages, are none.
        client.write(">1\r\n+message\r\n$5\r\nab")
        if !isAsked { #expect(try connection.receive() == .push([.simpleString("message")])) }
        #expect(throws: LabError.silent(server.address, for: .milliseconds(20))) {
            try isAsked ? connection.send("GET", "a") : connection.receive()
        }
        #expect(throws: LabError.connectionLost(server.address)) { try connection.send("PING") }
    }

    @Test func `what a command may take comes before the limit of all`() throws {
        let server = try OneClientServer()
        let connection = try testConnection(to: server.address)
        connection.replyLimit = .seconds(60)
        #expect(throws: LabError.silent(server.address, for: .milliseconds(20))) {
            try connection.send([Array("PING".utf8)], within: .milliseconds(20))
        }
    }

    @Test func `nobody at the door is refused with the system's words`() throws {
        let server = try OneClientServer()
        server.end()
        #expect(throws: LabError.refused(server.address, reason: "Connection refused")) {
            try testConnection(to: server.address)
        }
    }
}

#if canImport(Glibc)
    private let systemAccept = Glibc.accept
    private let streamType = Int32(SOCK_STREAM.rawValue)
#else
    private let systemAccept = Darwin.accept
    private let streamType = SOCK_STREAM
#endif

/// A listening socket on a port that the system chose. It accepts one client.
private final class OneClientServer {
    let address: NodeAddress
    private let descriptor: Int32

    struct SystemError: Error {
        let code = errno
    }

    /// The accepted side of a connection.
    struct Client {
        let descriptor: Int32

        func write(_ text: String) {
            _ = Array(text.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
        }

        func read(_ count: Int) -> String {
            var bytes = [UInt8](repeating: 0, count: count)
            let received = recv(descriptor, &bytes, count, Int32(MSG_WAITALL))
            return String(decoding: bytes.prefix(max(0, received)), as: UTF8.self)
        }

        func end() { close(descriptor) }
    }

    init() throws {
        descriptor = socket(AF_INET, streamType, 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isListening else { throw SystemError() }
        limitWaits(on: descriptor)
        address = NodeAddress(port: Int(in_port_t(bigEndian: name.sin_port)))
    }

    func accept() throws -> Client {
        let client = systemAccept(descriptor, nil, nil)
        guard client >= 0 else { throw SystemError() }
        limitWaits(on: client)
        return Client(descriptor: client)
    }

    func end() { close(descriptor) }
}

/// Who reads or accepts there gives up after half a minute.
private func limitWaits(on descriptor: Int32) {
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(
        descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
}
