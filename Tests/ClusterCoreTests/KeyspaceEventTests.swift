import ClusterCore
import Keyspace
import RESP
import Testing

/// What notify-keyspace-events publishes.
struct KeyspaceEventTests {
    /// A command, what comes before it, and the events of it as `event key`.
    struct Example: CustomStringConvertible {
        let before: [String]
        let line: String
        let events: [String]
        var description: String { (before + [line]).joined(separator: "; ") }

        /// - Parameter events: nil among them for none.
        init(_ lines: String..., events: String?...) {
            before = lines.dropLast()
            line = lines.last ?? ""
            self.events = events.compactMap { $0 }
        }
    }

    @Test(arguments: [
        Example("SET a 1", events: "new a", "set a"),
        Example("SET a 1", "SET a 2 EX 10", events: "set a", "expire a"),
        Example("SET a 1", "SET a 2 NX", events: nil),
        Example("SET a 1 GET", events: "keymiss a", "new a", "set a"),
        Example("SETEX a 10 1", events: "new a", "set a", "expire a"),
        Example("SETNX a 1", events: "new a", "set a"),
        Example("GETSET a 1", events: "keymiss a", "new a", "set a"),
        Example("MSET a 1 {a}2 2", events: "new a", "set a", "new {a}2", "set {a}2"),
        Example("SET a 1", "MSETNX a 1 {a}2 2", events: nil),
        Example("MGET a {a}2", events: "keymiss a", "keymiss {a}2"),
        Example("APPEND a 1", events: "new a", "append a"),
        Example("SETRANGE a 1 x", events: "new a", "setrange a"),
        Example("SET a 1", "SETRANGE a 1 \"\"", events: nil),
        Example("INCR a", events: "new a", "incrby a"),
        Example("SET a x", "INCR a", events: nil),
        Example("SET a 1", "INCRBYFLOAT a 0.5", events: "incrbyfloat a"),
        Example("SET a 1", "GETDEL a", events: "del a"),
        Example("SET a 1", "GETEX a EX 10", events: "expire a"),
        Example("SET a 1 EX 10", "GETEX a PERSIST", events: "persist a"),
        Example("SET a 1", "GETEX a PXAT 1", events: "del a"),
        Example("GET a", events: "keymiss a"),
        Example("OBJECT ENCODING a", events: nil),
        Example("TTL a", events: "keymiss a"),
        Example("EXISTS a {a}2", events: "keymiss a", "keymiss {a}2"),
        Example("SET a 1", "DEL a {a}2", events: "del a"),
        Example("SET a 1", "EXPIRE a 10", events: "expire a"),
        Example("SET a 1", "EXPIRE a -1", events: "del a"),
        Example("EXPIRE a 10", events: nil),
        Example("SET a 1 EX 10", "PERSIST a", events: "persist a"),
        Example("SET a 1", "PERSIST a", events: nil),
        Example("SET a 1", "RENAME a {a}2", events: "new {a}2", "rename_from a", "rename_to {a}2"),
        Example(
            "SET a 1", "SET {a}2 2", "RENAME a {a}2",
            events: "new {a}2", "rename_from a", "rename_to {a}2"),
        Example("SET a 1", "RENAME a a", events: nil),
        Example("SET a 1", "SET {a}2 2", "RENAMENX a {a}2", events: nil),
        Example("SET a 1", "COPY a {a}2", events: "new {a}2", "copy_to {a}2"),
        Example("SET a 1", "SET {a}2 2", "COPY a {a}2 REPLACE", events: "new {a}2", "copy_to {a}2"),
        Example("SET a 1", "FLUSHALL", events: nil),
        Example("RPUSH a 1 2", events: "new a", "rpush a"),
        Example("LPUSHX a 1", events: nil),
        Example("RPUSH a 1", "LPOP a", events: "lpop a", "del a"),
        Example("RPUSH a 1 2", "RPOP a 1", events: "rpop a"),
        Example("RPUSH a 1", "LSET a 0 2", events: "lset a"),
        Example("RPUSH a 1", "LINSERT a AFTER 1 2", events: "linsert a"),
        Example("RPUSH a 1", "LREM a 0 1", events: "lrem a", "del a"),
        Example("RPUSH a 1", "LTRIM a 0 -1", events: "ltrim a"),
        Example(
            "RPUSH a 1", "LMOVE a {a}2 LEFT RIGHT",
            events: "new {a}2", "rpush {a}2", "lpop a", "del a"),
        Example("RPUSH a 1", "BLPOP a 0", events: "lpop a", "del a"),
        Example("HSET a f 1", events: "new a", "hset a"),
        Example("HSET a f 1", "HSETNX a f 1", events: nil),
        Example("HSET a f 1", "HINCRBY a f 1", events: "hincrby a"),
        Example("HINCRBYFLOAT a f 1", events: "new a", "hincrbyfloat a"),
        Example("HSET a f 1", "HDEL a f", events: "hdel a", "del a"),
        Example("SADD a 1", events: "new a", "sadd a"),
        Example("SADD a 1", "SADD a 1", events: nil),
        Example("SADD a 1", "SREM a 1", events: "srem a", "del a"),
        Example("SADD a 1", "SPOP a", events: "spop a", "del a"),
        Example(
            "SADD a 1", "SMOVE a {a}2 1", events: "srem a", "del a", "new {a}2", "sadd {a}2"),
        Example(
            "SADD a 1", "SUNIONSTORE {a}2 a", events: "new {a}2", "sunionstore {a}2"),
        Example("SADD a 1", "SINTERSTORE a a {a}2", events: "keymiss {a}2", "del a"),
        Example("ZADD a 1 m", events: "new a", "zadd a"),
        Example("ZADD a 1 m", "ZADD a 1 m", events: nil),
        Example("ZADD a 1 m", "ZINCRBY a 1 m", events: "zincr a"),
        Example("ZADD a 1 m", "ZREM a m", events: "zrem a", "del a"),
        Example("ZADD a 1 m", "ZPOPMAX a", events: "zpopmax a", "del a"),
        Example("ZADD a 1 m", "BZPOPMIN a 0", events: "zpopmin a", "del a"),
        Example("ZADD a 1 m", "ZREMRANGEBYSCORE a 1 1", events: "zremrangebyscore a", "del a"),
        Example("ZADD a 1 m", "ZUNIONSTORE {a}2 1 a", events: "new {a}2", "zunionstore {a}2"),
        Example("ZADD a 1 m", "ZRANGESTORE a a 1 2", events: "del a"),
        Example("GEOADD a 1 1 m", events: "new a", "zadd a"),
        Example(
            "GEOADD a 1 1 m", "GEOSEARCHSTORE {a}2 a FROMLONLAT 1 1 BYRADIUS 1 km",
            events: "new {a}2", "geosearchstore {a}2"),
        Example(
            "GEOADD a 1 1 m", "GEORADIUS a 1 1 1 km STORE {a}2",
            events: "new {a}2", "georadiusstore {a}2"),
    ])
    func `a command tells what it does to keys, as in Redis`(_ example: Example) {
        let served = ServedNode()
        let (client, listener) = (served.connect(), served.connect())
        _ = served.send("CONFIG SET notify-keyspace-events AEmn", from: client)
        for line in example.before { _ = served.send(line, from: client) }
        _ = served.send("PSUBSCRIBE __key*__:*", from: listener)
        _ = served.takeActions()
        _ = served.send(example.line, from: client)
        #expect(served.takeMessages(of: listener) == example.events.map(keyevent).joined())
    }

    /// How a subscriber of all keyspace channels gets an event and its key.
    private func keyevent(_ event: String) -> String {
        let words = event.split(separator: " ").map(String.init)
        return push("pmessage", "__key*__:*", "__keyevent@0__:\(words[0])", words[1])
    }

    @Test func `K tells by key, E by event, and only the classes that are chosen`() {
        let served = ServedNode()
        let (client, listener) = (served.connect(), served.connect())
        _ = served.send("SUBSCRIBE __keyspace@0__:a __keyevent@0__:set", from: listener)
        _ = served.takeActions()
        for (classes, expected) in [
            ("K$", push("message", "__keyspace@0__:a", "set")),
            ("E$", push("message", "__keyevent@0__:set", "a")),
            (
                "KEA",
                push("message", "__keyspace@0__:a", "set")
                    + push("message", "__keyevent@0__:set", "a")
            ),
            ("KEg", ""), ("A", ""), ("", ""),
        ] {
            _ = served.send("CONFIG SET notify-keyspace-events \"\(classes)\"", from: client)
            _ = served.send("SET a 1", from: client)
            #expect(served.takeMessages(of: listener) == expected)
        }
    }

    @Test func `keys that expire are told, whether somebody meets them or not`() {
        let served = ServedNode()
        let (client, listener) = (served.connect(), served.connect())
        _ = served.send("CONFIG SET notify-keyspace-events Exm", from: client)
        _ = served.send("PSUBSCRIBE *", from: listener)
        for key in ["a", "b"] { _ = served.send("SET \(key) 1 PX 10", from: client) }
        _ = served.takeActions()
        served.step(.timer(.unpause), after: .milliseconds(20))
        _ = served.send("GET a", from: client)
        #expect(
            served.takeMessages(of: listener)
                == push("pmessage", "*", "__keyevent@0__:expired", "a")
                + push("pmessage", "*", "__keyevent@0__:keymiss", "a"))
        served.step(.timer(.cron))
        #expect(
            served.takeMessages(of: listener)
                == push("pmessage", "*", "__keyevent@0__:expired", "b"))
    }

    @Test func `a client of RESP3 hears of its own changes around the reply, as in Redis`() {
        let served = ServedNode()
        let client = served.connect()
        _ = served.send("HELLO 3", from: client)
        _ = served.send("CONFIG SET notify-keyspace-events EA", from: client)
        _ = served.send("SUBSCRIBE __keyevent@0__:set __keyevent@0__:expire", from: client)
        let set = push("message", "__keyevent@0__:set", "a", resp: 3)
        let expire = push("message", "__keyevent@0__:expire", "a", resp: 3)
        #expect(served.send("SET a 1", from: client) == set + "+OK\r\n")
        #expect(served.send("GETSET a 2", from: client) == "$1\r\n1\r\n" + set)
        #expect(served.send("EXPIRE a 10", from: client) == ":1\r\n" + expire)
        _ = served.send("MULTI", from: client)
        _ = served.send("SET a 1", from: client)
        #expect(served.send("EXEC", from: client) == "*1\r\n" + set + "+OK\r\n")
    }

    @Test func `a replica tells of what its master does`() {
        let network = BusNetwork(masters: 1, replicas: 1) {
            $0.notifyKeyspaceEvents = [.keyevent, .string, .new]
        }
        #expect(network.run(for: .seconds(3)) { network.isInSync(1) })
        let listener = network.connect(to: 1)
        network.send("PSUBSCRIBE *", over: listener)
        network.send("SET b 1", to: 0)
        let expected =
            push("pmessage", "*", "__keyevent@0__:new", "b")
            + push("pmessage", "*", "__keyevent@0__:set", "b")
        #expect(network.run(for: .seconds(2)) { listener.received.count >= expected.utf8.count })
        #expect(listener.take() == expected)
    }

    @Test(arguments: [
        ("KEA", "AKE"), ("AKEmn", "AKEm"), ("g$lshzxetdnKEm", "AKEm"),
        ("mnEKztshl$g", "g$lshztnKEm"), ("", ""), ("Ex", "xE"),
    ])
    func `CONFIG GET shows the classes in Redis' order`(given: String, shown: String) {
        #expect(KeyspaceEvents(given)?.letters == shown)
    }

    @Test func `a letter that is no class is refused`() {
        let served = ServedNode()
        #expect(
            served.send("CONFIG SET notify-keyspace-events KEq", from: served.connect())
                == "-ERR CONFIG SET failed (possibly related to argument 'notify-keyspace-events') - "
                + "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.\r\n")
    }
}
