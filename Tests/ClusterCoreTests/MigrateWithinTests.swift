import ClusterCore
import Keyspace
import RESP
import Testing

/// MIGRATE within EXEC and within scripts, against a target that the test plays.
struct MigrateWithinTests {
    private let served = ServedNode()
    private let client: ClientID

    init() {
        client = served.connect()
        _ = served.send("MSET {k}1 one {k}2 two {k}3 three", from: client)
        _ = served.takeActions()
    }

    @Test func `EXEC waits for the target, and nobody sees what it has done so far`() throws {
        let other = served.connect()
        exec(["SET {k}2 new", "MIGRATE 127.0.0.1 7009 {k}1 0 500", "EXISTS {k}1", "INCR {k}n"])
        let stream = try connected()
        #expect(served.send("GET {k}2", from: other) == "")
        answer(stream, "+OK\r\n")
        #expect(served.takeMessages(of: client) == "")
        answer(stream, "+OK\r\n")
        #expect(served.takeMessages(of: client) == "*4\r\n+OK\r\n+OK\r\n:0\r\n:1\r\n")
        #expect(served.send([], from: other) == "$3\r\nnew\r\n")
    }

    @Test func `an EXEC may wait for several targets, and one error does not end it`() throws {
        exec(["MIGRATE 127.0.0.1 7009 {k}1 0 500", "MIGRATE 127.0.0.1 7009 {k}2 0 500", "PING"])
        let stream = try connected()
        answer(stream, "+OK\r\n-BUSYKEY Target key name already exists.\r\n")
        answer(stream, "+OK\r\n+OK\r\n")
        #expect(
            served.takeMessages(of: client)
                == "*3\r\n-ERR Target instance replied with error: BUSYKEY Target key name already "
                + "exists.\r\n+OK\r\n+PONG\r\n")
        #expect(served.send("EXISTS {k}1 {k}2 {k}3", from: client) == ":2\r\n")
    }

    @Test func `a script gets the reply of MIGRATE, and goes on`() throws {
        eval("local r = redis.call('migrate', '127.0.0.1', 7009, KEYS[1], 0, 500) "
            + "return {r, redis.call('exists', KEYS[1])}")
        let stream = try connected()
        answer(stream, "+OK\r\n+OK\r\n")
        #expect(served.takeMessages(of: client) == "*2\r\n+OK\r\n:0\r\n")
        #expect(served.send("PING", from: client) == "+PONG\r\n")
    }

    @Test func `a target that is silent is an error that a script can catch`() throws {
        eval("return redis.pcall('migrate', '127.0.0.1', 7009, KEYS[1], 0, 500)['err']")
        _ = try connected()
        served.step(.timer(.migration), after: .milliseconds(500))
        #expect(
            served.takeMessages(of: client)
                == "$49\r\nIOERR error or timeout reading to target instance\r\n")
        #expect(served.node.database.count == 3)
    }

    @Test func `a script may be interrupted by its time and by a target, within EXEC too`() throws {
        let script =
            "for i = 1, 3e6 do end redis.call('migrate', '127.0.0.1', 7009, KEYS[1], 0, 500) "
            + "for i = 1, 3e6 do end return redis.call('incr', '{k}n')"
        _ = served.send("MULTI", from: client)
        eval(script)
        _ = served.send("INCR {k}n", from: client)
        #expect(served.send("EXEC", from: client) == "")
        pass()
        let stream = try connected()
        pass()
        #expect(served.takeMessages(of: client) == "")
        answer(stream, "+OK\r\n+OK\r\n")
        pass()
        #expect(served.takeMessages(of: client) == "*2\r\n:1\r\n:2\r\n")
    }

    @Test func `where scripts never become busy, they still wait for a target`() throws {
        _ = served.send("CONFIG SET busy-reply-threshold 0", from: client)
        eval("local r = redis.call('migrate', '127.0.0.1', 7009, KEYS[1], 0, 500) "
            + "for i = 1, 3e6 do end return r")
        answer(try connected(), "+OK\r\n+OK\r\n")
        #expect(served.takeMessages(of: client) == "+OK\r\n")
    }

    @Test func `a client that leaves does not end its EXEC`() throws {
        exec(["MIGRATE 127.0.0.1 7009 {k}1 0 500", "SET {k}2 new"])
        let stream = try connected()
        served.step(.clientGone(client))
        answer(stream, "+OK\r\n+OK\r\n")
        #expect(!served.isConnected(client))
        #expect(served.send("MGET {k}1 {k}2", from: served.connect()) == "*2\r\n$-1\r\n$3\r\nnew\r\n")
    }

    @Test func `nothing expires and no packet is taken while an EXEC waits`() throws {
        _ = served.send("PEXPIRE {k}3 100", from: client)
        exec(["MIGRATE 127.0.0.1 7009 {k}1 0 500", "EXISTS {k}3"])
        let stream = try connected()
        served.step(.timer(.cron), after: .milliseconds(200))
        answer(stream, "+OK\r\n+OK\r\n")
        #expect(served.takeMessages(of: client) == "*2\r\n+OK\r\n:1\r\n")
        #expect(served.send("EXISTS {k}3", from: client) == ":0\r\n")
    }

    @Test func `an EXEC that has waited is a command that took long, and those in it are counted`() throws {
        _ = served.send("CONFIG SET slowlog-log-slower-than 100000", from: client)
        exec(["MIGRATE 127.0.0.1 7009 {k}1 0 500", "GET {k}2"])
        let stream = try connected()
        served.step(.timer(.cron), after: .milliseconds(200))
        answer(stream, "+OK\r\n+OK\r\n")
        let log = served.send("SLOWLOG GET", from: client)
        #expect(log.hasPrefix("*1\r\n") && log.contains("MIGRATE"))
        for command in ["exec", "migrate", "get"] {
            let histogram = served.send("LATENCY HISTOGRAM \(command)", from: client)
            #expect(histogram.contains("$5\r\ncalls\r\n:1\r\n"), "\(command)")
        }
    }

    // MARK: -

    private func exec(_ lines: [String]) {
        for line in ["MULTI"] + lines { _ = served.send(line, from: client) }
        #expect(served.send("EXEC", from: client) == "")
    }

    private func eval(_ script: String) {
        let words = ["EVAL", script, "1", "{k}1"]
        let reply = served.send(words.map { Array($0.utf8) }.request, from: client)
        #expect(reply == "" || reply == "+QUEUED\r\n")
    }

    /// Gives a script a few turns.
    private func pass() {
        for _ in 0..<20 { served.step(.timer(.script), after: .milliseconds(10)) }
    }

    /// Lets the connection come about that the node has just asked for.
    private func connected() throws -> StreamID {
        let stream = try #require(served.takeActions().openedStream)
        served.step(.streamUp(stream))
        return stream
    }

    private func answer(_ stream: StreamID, _ text: String) {
        served.step(.streamBytes(stream, Array(text.utf8)))
    }
}
