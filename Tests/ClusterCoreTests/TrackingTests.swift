import ClusterCore
import RESP
import Testing

/// CLIENT TRACKING, by what goes over the wire.
struct TrackingTests {
    private static func invalidation(_ keys: String...) -> String {
        ">2\r\n$10\r\ninvalidate\r\n*\(keys.count)\r\n"
            + keys.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }

    private static func client(of served: ServedNode, _ line: String) -> ClientID {
        let client = served.connect()
        _ = served.send("HELLO 3", from: client)
        #expect(served.send(line, from: client) == "+OK\r\n")
        return client
    }

    @Test func `who has read a key is told once when it changes`() {
        let served = ServedNode()
        let reader = Self.client(of: served, "CLIENT TRACKING ON")
        let writer = served.connect()
        _ = served.send("GET a", from: reader)
        _ = served.send("SET a 1", from: writer)
        _ = served.send("SET a 2", from: writer)
        #expect(served.takeMessages(of: reader) == Self.invalidation("a"))
        _ = served.send("GET a", from: reader)
        #expect(served.send("SET a 3", from: reader) == "+OK\r\n" + Self.invalidation("a"))
    }

    @Test func `an expired key and a flush are told of as well`() {
        let served = ServedNode()
        let reader = Self.client(of: served, "CLIENT TRACKING ON")
        _ = served.send("SET a 1 PX 10", from: reader)
        _ = served.send("GET a", from: reader)
        _ = served.takeActions()
        served.step(.timer(.cron), after: .milliseconds(200))
        #expect(served.takeMessages(of: reader) == Self.invalidation("a"))
        #expect(
            served.send("FLUSHALL", from: reader)
                == "+OK\r\n>2\r\n$10\r\ninvalidate\r\n_\r\n")
    }

    @Test func `prefixes are told of all their keys, at the end of the step`() {
        let served = ServedNode()
        let reader = Self.client(of: served, "CLIENT TRACKING ON BCAST PREFIX {x}a NOLOOP")
        let writer = served.connect()
        _ = served.send("MSET {x}ab 1 {x}b 2 {x}a 3", from: writer)
        #expect(served.takeMessages(of: reader) == Self.invalidation("{x}a", "{x}ab"))
        _ = served.send("SET {x}a 4", from: reader)
        #expect(served.takeMessages(of: reader).isEmpty)
    }

    @Test func `a subscriber of RESP2 is told in place of the client`() {
        let served = ServedNode()
        let subscriber = served.connect()
        let number = served.send("CLIENT ID", from: subscriber).dropFirst().dropLast()
        _ = served.send("SUBSCRIBE __redis__:invalidate", from: subscriber)
        let reader = Self.client(of: served, "CLIENT TRACKING ON REDIRECT \(number)")
        #expect(served.send("CLIENT GETREDIR", from: reader) == ":\(number)\r\n")
        _ = served.send("GET a", from: reader)
        _ = served.takeActions()
        _ = served.send("SET a 1", from: reader)
        #expect(
            served.takeMessages(of: subscriber)
                == "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\na\r\n")
        served.step(.clientGone(subscriber))
        _ = served.send("GET a", from: reader)
        #expect(
            served.send("SET a 2", from: reader)
                == "+OK\r\n>2\r\n$21\r\ntracking-redir-broken\r\n:\(number)\r\n")
        #expect(served.send("CLIENT LIST", from: reader).contains(" flags=tR "))
    }

    @Test func `the table has its limit`() {
        let served = ServedNode()
        let reader = Self.client(of: served, "CLIENT TRACKING ON")
        _ = served.send("CONFIG SET tracking-table-max-keys 2", from: reader)
        for key in ["a", "b", "c"] { _ = served.send("GET \(key)", from: reader) }
        #expect(served.send("PING", from: reader).hasPrefix(">2\r\n$10\r\ninvalidate\r\n"))
        #expect(served.send("INFO stats", from: reader).contains("tracking_total_keys:2\r\n"))
    }
}
