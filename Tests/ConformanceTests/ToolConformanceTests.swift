import RESP
import TestSupport
import Testing

/// What graphical tools send when they are pointed at a cluster, as it stands in their public sources: each on
/// one connection, in that order and in their letters. The replies are of the same make as redis-server's.
@Suite(
    .serialized, .timeLimit(.minutes(1)),
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct ToolConformanceTests {
    /// A tool, and what it sends.
    struct Opening: CustomTestStringConvertible {
        var name: String
        var lines: [String]

        init(_ name: String, _ text: String) {
            self.name = name
            lines = text.split(separator: "\n").map(String.init)
        }

        var testDescription: String { name }
    }

    static let openings = [
        // ioredis 5: name and library, the ready check, then the cluster's table and its own check.
        Opening(
            "RedisInsight 3.8: a database is added and opened",
            """
            client setname redisinsight-common-d1-0-u1----
            client setinfo LIB-NAME ioredis
            client setinfo LIB-VER 5.2.2
            info
            cluster info
            cluster slots
            cluster nodes
            module list
            command info ft.info ft.search ft.create
            command info json.get json.set
            command info ts.add ts.info
            hello
            info server
            dbsize
            config get databases
            config get io-threads
            acl cat dangerous
            command info arget
            client list
            readonly
            readwrite
            """),
        Opening(
            "RedisInsight 3.8: keys, cluster and profiler",
            """
            cluster shards
            info
            scan 0 match * count 500
            scan 0 match * count 500 type hash
            type {t}h
            ttl {t}h
            memory usage {t}h samples 0
            hlen {t}h
            hscan {t}h 0 match * count 500
            object encoding {t}h
            strlen {t}s
            getrange {t}s 0 4999
            llen {t}l
            lrange {t}l 0 499
            lindex {t}l 0
            scard {t}set
            sscan {t}set 0 match * count 500
            zcard {t}z
            zrange {t}z 0 499 WITHSCORES
            zscan {t}z 0 match * count 500
            xinfo stream {t}x
            xrevrange {t}x + - count 500
            xinfo groups {t}x
            type {t}none
            ft._list
            json.get {t}h .
            slowlog get 50
            slowlog len
            config get slowlog*
            pubsub channels *
            pubsub shardchannels
            publish channel message
            quit
            """),
        Opening(
            "redis-commander 0.9: a server is added, turns out a cluster, and is looked at",
            """
            client setname redis-commander
            info
            command
            module list
            info cluster
            cluster slots
            cluster info
            info keyspace
            config get databases
            cluster nodes
            keys *
            scan 0 match * count 200
            type {t}s
            get {t}s
            ttl {t}s
            hkeys {t}h
            hgetall {t}h
            lrange {t}l 0 19
            llen {t}l
            smembers {t}set
            zrevrange {t}z 0 19 WITHSCORES
            zcount {t}z -inf +inf
            XRANGE {t}x - + COUNT 20
            xlen {t}x
            eval "return redis.call('hstrlen', KEYS[1], KEYS[2])" 2 {t}h {t}h
            JSON.GET {t}h
            quit
            """),
    ]

    @Test(arguments: openings) func `a tool is answered as by redis-server`(
        opening: Opening
    ) throws {
        let pair = try Pair()
        defer { pair.close() }
        for line in Self.keys { _ = try pair.send(line) }
        for line in opening.lines {
            let (lab, redis) = try pair.send(line)
            // Younger than 7.0, and taken from clients that say it without asking.
            if line.hasPrefix("client setinfo") {
                #expect(lab == .simpleString("OK"))
                continue
            }
            #expect(ReplyOutline(lab, to: line) == ReplyOutline(redis, to: line), "\(line)")
        }
    }

    private static let keys = [
        "SET {t}s value", "HSET {t}h a 1 b 2", "RPUSH {t}l a b c", "SADD {t}set x y",
        "ZADD {t}z 1 a 2 b", "XADD {t}x 5-1 f v",
    ]
}

/// What is left of a reply when the machine, the clock and the build are taken out of it.
private indirect enum ReplyOutline: Equatable {
    /// An error, a word, or something that is the same every time.
    case text(String)
    case number
    case anything
    case fields(Set<String>)
    case list([ReplyOutline])

    /// Their texts are lines of `name:value` or columns of `name=value`.
    private static let tables = ["info", "cluster info", "client list"]
    /// Their lists are of what one server has and another has not, or are long.
    private static let loose = ["command", "acl cat", "config get slowlog", "slowlog", "memory usage"]

    init(_ reply: RESPValue, to line: String) {
        let command = line.lowercased()
        if Self.loose.contains(where: { command == $0 || command.hasPrefix("\($0) ") }),
            reply.errorCode == nil, !command.hasPrefix("command info")
        {
            self = .anything
        } else if Self.tables.contains(where: { command == $0 || command.hasPrefix("\($0) ") }) {
            self = .fields(Self.names(in: reply.text ?? "\(reply)"))
        } else {
            self.init(reply)
        }
    }

    private init(_ reply: RESPValue) {
        switch reply {
        case .error(let message): self = .text("-\(message)")
        case .integer: self = .number
        default:
            if let elements = reply.elements {
                // Sets and keys come in an order of their own.
                self = .list(elements.map(ReplyOutline.init).sorted { "\($0)" < "\($1)" })
            } else {
                self = .text(Self.masked(reply.text ?? "null"))
            }
        }
    }

    /// Without names of nodes, ports and numbers. A redis-server that nobody has met does not know its address.
    private static func masked(_ text: String) -> String {
        text.replacing("127.0.0.1", with: "").replacing(/[0-9a-f]{40}/, with: "ID")
            .replacing(/\d+(\.\d+)*/, with: "N")
    }

    private static func names(in text: String) -> Set<String> {
        let words = text.split { $0.isWhitespace }.map(String.init)
        let names = words.compactMap { word in
            word.firstIndex { $0 == ":" || $0 == "=" }.map { String(word[..<$0]) }
        }
        // Of calls, of messages, of databases with keys; and what the library is came after 7.0.
        let passing = /^(cmdstat_|errorstat_|latency_percentiles_|cluster_stats_messages_|db\d|lib-)/
        return Set(names.filter { $0.firstMatch(of: passing) == nil })
    }
}
