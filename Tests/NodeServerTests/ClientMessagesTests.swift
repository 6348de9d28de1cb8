import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// What the node sends to clients besides replies, over TCP.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ClientMessagesTests {
    private static let megabyte = 1 << 20

    @Test func `no message comes after the confirmation that the subscription has ended`() throws {
        let served = try ServedCluster()
        let publisher = try served.client()
        let listener = try served.client()
        for round in 0..<200 {
            listener.send(request("SUBSCRIBE a"))
            let confirmed = "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
            #expect(listener.text(like: confirmed) == confirmed)
            publisher.send(request("PUBLISH a x") + request("PUBLISH a y"))
            listener.send(request("UNSUBSCRIBE a") + request("PING round:\(round)"))
            let text = listener.text(endingWith: "round:\(round)\r\n")
            let end = "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n"
            let messages = ["x", "y"].map { "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n\($0)\r\n" }
            let pong = "$\("round:\(round)".utf8.count)\r\nround:\(round)\r\n"
            let possible = (0...2).map { messages.prefix($0).joined() + end + pong }
            #expect(possible.contains(text))
            #expect(publisher.read(8).count == 8)
        }
    }

    @Test(arguments: ["8mb 0 0", "0 1mb 1"])
    func `a subscriber that does not take its messages is dropped`(limit: String) throws {
        let served = try ServedCluster()
        let publisher = try served.connect()
        let reply = try publisher.send(
            "CONFIG", "SET", "client-output-buffer-limit", "pubsub \(limit)")
        #expect(reply == .simpleString("OK"))
        let slow = try served.client()
        slow.send(request("SUBSCRIBE a"))
        #expect(slow.read(30).count == 30)
        let message = [UInt8](repeating: UInt8(ascii: "m"), count: Self.megabyte)
        for _ in 0..<48 {
            _ = try publisher.send([Array("PUBLISH".utf8), Array("a".utf8), message])
        }
        // A soft limit ends the connection although nothing more is published.
        try waitUntil("the subscriber is dropped") {
            try publisher.send("PUBSUB", "NUMSUB", "a").elements?.last == .integer(0)
        }
        #expect(try served.clientCount(publisher) == 1)
    }

    @Test func `a client that monitors gets every command of many clients, each whole`() throws {
        let served = try ServedCluster()
        let monitor = try served.client()
        monitor.send(request("MONITOR"))
        #expect(monitor.text(like: "+OK\r\n") == "+OK\r\n")
        let clients = try (0..<4).map { _ in try served.client() }
        for number in 0..<500 { clients[number % 4].send(request("ECHO n:\(number)")) }
        let replies = (0..<500).map { "$\("n:\($0)".utf8.count)\r\nn:\($0)\r\n" }
        for (index, client) in clients.enumerated() {
            let expected = stride(from: index, to: 500, by: 4).map { replies[$0] }.joined()
            #expect(client.text(like: expected) == expected)
        }
        clients[0].send(request("ECHO last"))
        let lines = monitor.text(endingWith: "\"last\"\r\n").split(separator: "\r\n")
        let shown = lines.dropLast().compactMap { $0.split(separator: " ").last }
        #expect(Set(shown) == Set((0..<500).map { "\"n:\($0)\"" }))
        #expect(lines.count == 501)
    }
}

extension RawClient {
    /// What comes up to a text that is the last that is expected.
    fileprivate func text(endingWith end: String) -> String {
        var bytes: [UInt8] = []
        while !bytes.suffix(end.utf8.count).elementsEqual(end.utf8) {
            let next = read(1)
            guard !next.isEmpty else { break }
            bytes += next
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
