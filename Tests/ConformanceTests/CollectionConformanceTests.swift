import ClusterCore
import Keyspace
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Collections between a lab node and a real redis-server 7.0: payloads, dumps and replication both ways.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct CollectionConformanceTests {
    @Test(.timeLimit(.minutes(2)), arguments: [-2, -1, 3, 100])
    func `payloads of compact collections are those of redis-server, byte for byte`(
        fill: Int
    ) throws {
        let pair = try Pair()
        defer { pair.close() }
        _ = try pair.send("CONFIG SET list-max-listpack-size \(fill)")
        var generator = RandomCommands(seed: UInt64(fill + 100), kind: .collections)
        var compared = 0
        for number in 0..<6000 {
            // What is drawn at random leaves the two with different members.
            let command = generator.next()
            _ = try pair.send(words: command)
            guard number % 10 == 0, command.count > 1 else { continue }
            let encoding = try pair.send(words: ["OBJECT", "ENCODING", command[1]])
            #expect(encoding.lab == encoding.redis)
            guard let name = encoding.lab.text, name != "hashtable" else { continue }
            let dump = try pair.send(words: ["DUMP", command[1]])
            try #require(dump.lab == dump.redis, "command \(number): \(command)")
            compared += 1
        }
        #expect(compared > 100)
    }

    @Test(.timeLimit(.minutes(1)))
    func `each restores what the other has dumped, in every encoding`() throws {
        let pair = try Pair()
        defer { pair.close() }
        for (key, lines) in Self.keys {
            for line in lines { _ = try pair.send(line) }
            let dumps = try pair.send("DUMP \(key)")
            guard case .bulkString(let mine) = dumps.lab, case .bulkString(let theirs) = dumps.redis
            else {
                Issue.record("no payload of \(key)")
                continue
            }
            for payload in [mine, theirs] {
                let restore = ["RESTORE", "copy", "0"].map { Array($0.utf8) }
                let replies = try pair.send(
                    arguments: restore + [payload, Array("REPLACE".utf8)])
                #expect(replies.lab == .simpleString("OK") && replies.redis == replies.lab)
                for line in ["OBJECT ENCODING copy", "TYPE copy"] {
                    let replies = try pair.send(line)
                    #expect(replies.lab == replies.redis, "\(key): \(line)")
                }
                let contents = try Self.contents(of: "copy", pair.send)
                #expect(contents.lab == contents.redis, "\(key)")
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `each loads the file that the other has saved`() throws {
        let source = try RedisServer(inCluster: false)
        let redis = try source.connect()
        var runner = Database(seed: 1)
        for (_, lines) in Self.keys {
            for line in lines {
                _ = try redis.send(line.split(separator: " ").map { Array($0.utf8) })
            }
        }
        _ = try redis.send("SAVE")
        let contents = try RDBReader.load(try source.file("dump.rdb"), into: &runner)
        #expect(contents.loadedKeys == Self.keys.count)
        let written = RDBWriter.dump(runner, auxiliary: contents.auxiliary)
        let target = try RedisServer(inCluster: false, files: ["dump.rdb": written])
        let copy = try target.connect()
        for (key, _) in Self.keys {
            let replies = try Self.contents(of: key) { line in
                let words = line.split(separator: " ").map { Array($0.utf8) }
                return (try copy.send(words), try redis.send(words))
            }
            #expect(replies.lab == replies.redis, "\(key)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `fingerprints of values and of all data are those of redis-server`()
        throws
    {
        let server = try LabServer {
            $0.enableDebugCommand = "local"
            $0.clusterEnabled = false
        }
        let real = try RedisServer(inCluster: false)
        let (lab, redis) = (try server.connect(), try real.connect())
        let digest = { (words: [String]) throws in
            let words = words.map { Array($0.utf8) }
            let replies = (lab: try lab.send(words), redis: try redis.send(words))
            #expect(replies.lab == replies.redis, "\(words)")
        }
        try digest(["DEBUG", "DIGEST"])
        for (key, lines) in Self.keys {
            for line in lines {
                let words = line.split(separator: " ").map { Array($0.utf8) }
                _ = (try lab.send(words), try redis.send(words))
            }
            try digest(["DEBUG", "DIGEST-VALUE", key])
        }
        let others = [
            "SET empty \"\"", "SET number 42", "APPEND number 7",
            "SET soon v EX 1000", "SET float 3.0e3", "HINCRBY counts a 5", "RPUSH order b a b",
        ]
        for line in others {
            let words = line.split(separator: " ").map { Array($0.utf8) }
            _ = (try lab.send(words), try redis.send(words))
        }
        try digest(
            ["DEBUG", "digest-value"]
                + ["empty", "number", "soon", "float", "counts", "order", "none"])
        try digest(["DEBUG", "DIGEST-VALUE"])
        try digest(["DEBUG", "DIGEST"])
        try digest(["DEBUG", "DIGEST", "more"])
        withExtendedLifetime((server, real)) {}
    }

    @Test(.timeLimit(.minutes(1))) func `DEBUG OBJECT tells what redis-server tells`() throws {
        let server = try LabServer { $0.enableDebugCommand = "local" }
        let real = try RedisServer(inCluster: false)
        let (lab, redis) = (try server.connect(), try real.connect())
        for (key, lines) in Self.keys {
            for line in lines {
                let words = line.split(separator: " ").map { Array($0.utf8) }
                _ = (try lab.send(words), try redis.send(words))
            }
            let replies = (
                lab: try lab.send("DEBUG", "OBJECT", key),
                redis: try redis.send("DEBUG", "OBJECT", key)
            )
            // Addresses and times are each server's own, and so is how the order of members compresses.
            let masks = { (reply: RESPValue) in
                (reply.text ?? "").replacing(/at:0x[0-9a-f]+/, with: "")
                    .replacing(/lru:\d+ lru_seconds_idle:\d+/, with: "")
            }
            #expect(masks(replies.lab) == masks(replies.redis), "\(key)")
        }
        #expect(try lab.send("DEBUG", "OBJECT", "none") == redis.send("DEBUG", "OBJECT", "none"))
        withExtendedLifetime((server, real)) {}
    }

    // MARK: - Replication

    @Test(.timeLimit(.minutes(2)), arguments: [true, false])
    func `a replica has the collections of its master, whichever is real`(
        isMasterReal: Bool
    ) throws {
        let server = try LabServer { $0.replDisklessSyncDelay = 0 }
        let real = try RedisServer(
            inCluster: false, arguments: ["--repl-diskless-sync-delay", "0"])
        let (lab, redis) = (try server.connect(), try real.connect())
        let (master, replica) = isMasterReal ? (redis, lab) : (lab, redis)
        let port = isMasterReal ? real.address.port : server.address.port
        var generator = RandomCommands(seed: isMasterReal ? 21 : 22, kind: .collections)
        for _ in 0..<2000 { _ = try master.send(generator.next().map { Array($0.utf8) }) }
        _ = try replica.send("REPLICAOF", "127.0.0.1", "\(port)")
        try waitUntil("the replica's link") {
            try replica.send("INFO", "replication").text?.contains("master_link_status:up") == true
        }
        for number in 0..<4000 {
            _ = try master.send(generator.next().map { Array($0.utf8) })
            if number % 7 == 0 { _ = try master.send("SPOP", "{t}s\(number % 4 + 1)", "2") }
            if number % 11 == 0 { _ = try master.send("SPOP", "{t}s\(number % 4 + 1)") }
        }
        try waitUntil("the replica has it all") {
            try master.send("WAIT", "1", "1000") == .integer(1)
        }
        for key in [
            "h1", "h2", "h3", "l1", "l2", "l3", "s1", "s2", "s3", "s4", "z1", "z2", "z3", "z4",
            "x1", "x2",
            "g1", "g2", "d1",
        ] {
            let replies = try Self.contents(of: "{t}" + key) { line in
                let words = line.split(separator: " ").map { Array($0.utf8) }
                return (try master.send(words), try replica.send(words))
            }
            #expect(replies.lab == replies.redis, "\(key)")
        }
        withExtendedLifetime((server, real)) {}
    }

    /// All that a key holds, whatever it is, in an order of its own.
    private static func contents(
        of key: String, _ send: (String) throws -> (lab: RESPValue, redis: RESPValue)
    ) rethrows -> (lab: [String], redis: [String]) {
        var contents: (lab: [String], redis: [String]) = ([], [])
        let list = try send("LRANGE \(key) 0 -1")
        contents.lab.append("\(list.lab)")
        contents.redis.append("\(list.redis)")
        let scores = try send("ZRANGE \(key) 0 -1 WITHSCORES")
        contents.lab.append("\(scores.lab)")
        contents.redis.append("\(scores.redis)")
        for line in [
            "SMEMBERS \(key)", "HKEYS \(key)", "HVALS \(key)", "GET \(key)", "TYPE \(key)",
            "XRANGE \(key) - +", "XINFO STREAM \(key) FULL",
        ] {
            let replies = try send(line)
            contents.lab += (replies.lab.elements ?? [replies.lab]).map { "\($0)" }.sorted()
            contents.redis += (replies.redis.elements ?? [replies.redis]).map { "\($0)" }.sorted()
        }
        return contents
    }

    /// Collections of every encoding, and how they are made.
    private static let keys: [(String, [String])] = [
        ("small", ["HSET small a 1 b -70000 c text d 99999999999 e \(long)"]),
        ("table", (0..<600).map { "HSET table field:\($0) value:\($0)" }),
        ("longvalue", ["HSET longvalue a \(long)\(long) b 2"]),
        ("list", ["RPUSH list a 1 -5 4000 -70000 9999999999 \(long)"]),
        ("nodes", (0..<500).map { "RPUSH nodes \(long)\($0)" }),
        ("short", ["SADD short 1 2 -3"]), ("middle", ["SADD middle 1 2 -70000"]),
        ("wide", ["SADD wide 1 2 -99999999999"]),
        ("many", (0..<600).map { "SADD many \($0 * 7)" }),
        ("members", (0..<20).map { "SADD members member:\($0)" }),
        (
            "entries",
            ["XADD entries 1-1 a 1 b \(long)", "XADD entries 1-* a 2 b x", "XADD entries 5 c d"]
        ),
        (
            "stream",
            (1...500).map { "XADD stream \($0)-\($0) a \($0) b \(long)" }
                + (1...90).map { "XDEL stream \($0 * 5)-\($0 * 5)" }
                + ["XGROUP CREATE stream g 0", "XGROUP CREATE stream empty $", "XSETID stream 900"]
        ),
        (
            "scores",
            ["ZADD scores 1 a 2.5 b -inf c inf d 0.1 70000 1e300 e 99999999999999999 f -0 g"]
        ),
        ("ranks", (0..<300).map { "ZADD ranks \(Double($0 * 7 % 50) / 3) member:\($0)" }),
        ("longmember", ["ZADD longmember 1 \(long)\(long) -0 zero inf 5"]),
    ]
    private static let long = String(repeating: "long", count: 12)

    // MARK: - Waiting

    @Test(.timeLimit(.minutes(1))) func `clients that wait are served as by redis-server`() throws {
        let server = try LabServer()
        let real = try RedisServer(inCluster: false)
        let lab = try Self.replies { try server.connect() }
        let redis = try Self.replies { try real.connect() }
        #expect(lab == redis)
        withExtendedLifetime((server, real)) {}
    }

    /// Steps of several clients: `n: line` is sent by client n, which waits; `n<` reads what it gets.
    private static let steps = [
        "1: BLPOP a 0", "2: BRPOP b a 0", "0: RPUSH a 1", "1<", "0: RPUSH b 2 3", "2<",
        "0: LRANGE b 0 -1", "1: BLMOVE a c LEFT RIGHT 0", "2: BLMPOP 0 2 d c LEFT COUNT 3",
        "0: RPUSH a x", "1<", "2<", "0: DBSIZE", "1: BRPOPLPUSH a s 0", "2: BLPOP a 0",
        "0: SET s 1",
        "0: RPUSH a y", "1<", "2<", "0: BLPOP none 0.05", "0: BLMOVE none n LEFT LEFT 0.05",
        "0: BLMPOP 0.05 1 none LEFT", "1: BLPOP e e 0", "0: DEL s", "0: MULTI",
        "0: RPUSH e 1 2", "0: LPOP e", "0: BLPOP none 0", "0: BLMOVE none e LEFT LEFT 0", "0: EXEC",
        "1<", "0: EXISTS e", "1: BLPOP f 0", "0: SADD f x", "0: DEL f", "0: LPUSH g z",
        "0: RENAME g f", "1<", "0: BLPOP s x", "0: BLPOP s -1", "0: BLMOVE a b LEFT UP 0",
        "0: BLMPOP 0 0 a LEFT", "0: BLMPOP x 1 a LEFT", "0: BLPOP", "0: BLMOVE a b LEFT LEFT",
        "1: BZPOPMIN z y 0", "2: BZPOPMAX y 0", "0: ZADD y 1 a 2 b 3.5 c", "1<", "2<",
        "1: BZMPOP 0 2 x z MIN COUNT 2", "0: ZADD z 1.5 p 2.5 q 3 r", "1<", "0: DEL z",
        "1: BZPOPMIN z 0", "2: BLPOP z 0", "0: RPUSH z v", "2<", "0: SADD z m", "0: DEL z",
        "0: ZUNIONSTORE z 1 y", "1<", "1: BZPOPMAX z 0", "0: GEOADD z 13 38 home", "1<",
        "1: BZPOPMAX z 0", "0: MULTI", "0: ZADD z 1 m", "0: ZREM z m", "0: ZADD z 2 n",
        "0: BZPOPMIN z 0", "0: BZPOPMIN z 0", "0: BZMPOP 0 1 z MIN", "0: EXEC", "0: ZADD z 3 o",
        "1<", "0: BZPOPMIN none 0.05", "0: BZMPOP 0.05 1 none MAX", "0: BZPOPMIN none x",
    ]

    private static func replies(_ connect: () throws -> RESPConnection) throws -> [String] {
        let clients = [try connect(), try connect(), try connect()]
        let numbers = try clients.map { try $0.send("CLIENT", "ID").integer ?? 0 }
        var replies: [String] = []
        for step in steps {
            guard let client = step.first?.wholeNumberValue.map({ clients[$0] }) else { continue }
            let words = step.dropFirst(2).split(separator: " ").map { Array($0.utf8) }
            if step.hasSuffix("<") {
                replies.append("\(step) \(try client.receive())")
            } else if client === clients[0] {
                replies.append("\(step) \(try client.send(words))")
            } else {
                try client.write(encodeRequest(words))
                try awaitWait(of: numbers[clients.firstIndex { $0 === client } ?? 0], clients[0])
            }
        }
        return replies
    }

    /// Returns once a client waits, so that those that wait do so in a known order.
    private static func awaitWait(of number: Int64, _ observer: RESPConnection) throws {
        try waitUntil("client \(number) waits") {
            try observer.send("CLIENT", "LIST", "ID", "\(number)").text?.contains("flags=b") == true
        }
    }
}
