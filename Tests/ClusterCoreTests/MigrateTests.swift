import ClusterCore
import Keyspace
import Testing

/// MIGRATE against a target that the test plays.
struct MigrateTests {
    private let served = ServedNode()
    private let client: ClientID

    init() {
        client = served.connect()
        _ = served.send("MSET {k}1 one {k}2 two {k}3 three", from: client)
        _ = served.takeActions()
    }

    @Test func `a key is sent to the target, and deleted once it is there`() throws {
        #expect(served.send("MIGRATE 127.0.0.1 7009 {k}1 0 500", from: client) == "")
        let stream = try #require(served.takeActions().openedStream)
        served.step(.streamUp(stream))
        let sent = served.takeActions().transmittedText
        #expect(sent.hasPrefix("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*4\r\n$14\r\nRESTORE-ASKING\r\n"))
        #expect(sent.contains("$4\r\n{k}1\r\n$1\r\n0\r\n"))
        answer(stream, "+OK\r\n")
        #expect(reply == nil)
        #expect(served.node.database.count == 3)
        answer(stream, "+OK\r\n")
        #expect(reply == "+OK\r\n")
        #expect(served.send("EXISTS {k}1 {k}2", from: client) == ":1\r\n")
    }

    @Test func `nobody is served while the target is awaited`() throws {
        let other = served.connect()
        _ = served.send("MIGRATE 127.0.0.1 7009 {k}1 0 500", from: client)
        let stream = try #require(served.takeActions().openedStream)
        #expect(served.send("PING", from: other) == "")
        #expect(served.send("PING", from: client) == "")
        served.step(.timer(.cron), after: .milliseconds(100))
        served.step(.streamUp(stream))
        answer(stream, "+OK\r\n+OK\r\n")
        let actions = served.takeActions()
        #expect(actions.contains(.resumeAll))
        #expect(served.send([], from: other) == "+PONG\r\n")
    }

    @Test func `keys are told apart by their own answers`() throws {
        _ = served.send(
            "MIGRATE 127.0.0.1 7009 \"\" 0 500 REPLACE KEYS {k}1 {k}0 {k}2 {k}3", from: client)
        let stream = try connected()
        let sent = served.takeActions().transmittedText
        #expect(sent.split(separator: "RESTORE-ASKING").count == 4)
        #expect(sent.split(separator: "$7\r\nREPLACE\r\n").count >= 3)
        answer(stream, "+OK\r\n+OK\r\n-BUSYKEY Target key name already exists.\r\n-ERR second\r\n")
        #expect(
            reply
                == "-ERR Target instance replied with error: "
                + "BUSYKEY Target key name already exists.\r\n")
        #expect(served.send("EXISTS {k}1 {k}2 {k}3", from: client) == ":2\r\n")
    }

    @Test func `COPY keeps the keys`() throws {
        _ = served.send("MIGRATE 127.0.0.1 7009 \"\" 0 500 COPY KEYS {k}1 {k}2", from: client)
        answer(try connected(), "+OK\r\n+OK\r\n+OK\r\n")
        #expect(reply == "+OK\r\n")
        #expect(served.node.database.count == 3)
    }

    @Test func `a login that is refused is what the client is told`() throws {
        _ = served.send("MIGRATE 127.0.0.1 7009 {k}1 0 500 AUTH2 me secret", from: client)
        let stream = try connected()
        #expect(
            served.takeActions().transmittedText
                .hasPrefix("*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT"))
        answer(stream, "-WRONGPASS no\r\n+OK\r\n+OK\r\n")
        #expect(reply == "-ERR Target instance replied with error: WRONGPASS no\r\n")
        #expect(served.node.database.count == 3)
    }

    @Test func `a time to live goes along`() throws {
        _ = served.send("PEXPIRE {k}1 5000", from: client)
        _ = served.send("MIGRATE 127.0.0.1 7009 {k}1 0 500", from: client)
        _ = try connected()
        #expect(served.takeActions().transmittedText.contains("{k}1\r\n$4\r\n5000\r\n"))
    }

    // MARK: - Connections

    @Test func `a connection is used again, and its database is not selected again`() throws {
        _ = served.send("MIGRATE 127.0.0.1 7009 {k}1 0 500", from: client)
        let stream = try connected()
        answer(stream, "+OK\r\n+OK\r\n")
        _ = served.takeActions()
        _ = served.send("MIGRATE 127.0.0.1 7009 {k}2 0 500", from: client)
        let actions = served.takeActions()
        #expect(actions.openedStream == nil)
        #expect(actions.transmittedText.hasPrefix("*4\r\n$14\r\nRESTORE-ASKING"))
        answer(stream, "+OK\r\n")
        #expect(reply == "+OK\r\n")
        // Ten seconds later it is closed.
        served.step(.timer(.cron), after: .seconds(10))
        #expect(!served.takeActions().contains(.shut(stream)))
        served.step(.timer(.cron), after: .seconds(1))
        #expect(served.takeActions().contains(.shut(stream)))
    }

    @Test func `a kept connection that turns out to be dead is replaced once`() throws {
        _ = served.send("MIGRATE 127.0.0.1 7009 {k}1 0 500", from: client)
        let first = try connected()
        served.step(.streamDown(first, reason: "Connection reset by peer"))
        let second = try connected()
        #expect(second != first)
        #expect(served.takeActions().transmittedText.hasPrefix("*2\r\n$6\r\nSELECT"))
        served.step(.streamDown(second, reason: "Connection reset by peer"))
        #expect(reply == "-IOERR error or timeout reading to target instance\r\n")
        #expect(served.node.database.count == 3)
    }

    @Test func `a connection that ends in the middle leaves the keys that were not acknowledged`()
        throws
    {
        _ = served.send("MIGRATE 127.0.0.1 7009 \"\" 0 500 KEYS {k}1 {k}2", from: client)
        let stream = try connected()
        answer(stream, "+OK\r\n+OK\r\n")
        served.step(.streamDown(stream, reason: "Connection reset by peer"))
        #expect(reply == "-IOERR error or timeout reading to target instance\r\n")
        #expect(served.send("EXISTS {k}1 {k}2", from: client) == ":1\r\n")
    }

    @Test func `where nobody listens the client is told so`() throws {
        _ = served.send("MIGRATE 127.0.0.1 7009 {k}1 0 500", from: client)
        for _ in 0..<2 {
            let stream = try #require(served.takeActions().openedStream)
            served.step(.streamDown(stream, reason: "Connection refused"))
        }
        #expect(reply == "-IOERR error or timeout writing to target instance\r\n")
        for port in ["-5", "3000000000"] {
            #expect(
                served.send("MIGRATE 127.0.0.1 \(port) {k}1 0 500", from: client)
                    == "-IOERR error or timeout connecting to the client\r\n")
        }
        #expect(served.send("PING", from: client) == "+PONG\r\n")
    }

    @Test func `a target that is silent for the timeout is given up`() throws {
        _ = served.send("MIGRATE 127.0.0.1 7009 \"\" 0 500 KEYS {k}1 {k}2", from: client)
        let stream = try connected()
        served.step(.timer(.cron), after: .milliseconds(400))
        answer(stream, "+OK\r\n+OK\r\n")
        served.step(.timer(.migration), after: .milliseconds(400))
        #expect(reply == nil, "every answer gives it more time")
        served.step(.timer(.migration), after: .milliseconds(100))
        #expect(served.takeActions().contains(.shut(stream)))
        #expect(served.send("EXISTS {k}1 {k}2", from: client) == ":1\r\n")
    }

    @Test func `bytes that are no RESP end the connection`() throws {
        _ = served.send("MIGRATE 127.0.0.1 7009 {k}1 0 500", from: client)
        for _ in 0..<2 { answer(try connected(), "HTTP/1.1 400\r\n") }
        #expect(reply == "-IOERR error or timeout reading to target instance\r\n")
    }

    @Test func `a client that leaves does not end the move`() throws {
        _ = served.send("MIGRATE 127.0.0.1 7009 {k}1 0 500", from: client)
        let stream = try connected()
        served.step(.clientGone(client))
        answer(stream, "+OK\r\n+OK\r\n")
        #expect(served.node.database.count == 2)
        #expect(served.send("PING", from: served.connect()) == "+PONG\r\n")
    }

    // MARK: -

    /// Lets the connection come about that the node has just asked for.
    private func connected() throws -> StreamID {
        let stream = try #require(served.takeActions().openedStream)
        served.step(.streamUp(stream))
        return stream
    }

    private func answer(_ stream: StreamID, _ text: String) {
        served.step(.streamBytes(stream, Array(text.utf8)))
    }

    /// What the node has written to the client since the actions were last taken.
    private var reply: String? {
        for action in served.actions {
            if case .write(client, let bytes) = action {
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        return nil
    }
}
