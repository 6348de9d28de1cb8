import ClusterCore
import Keyspace
import RESP
import Testing

/// Loading what a node left in its folder.
struct RestoreTests {
    @Test func `a file that ends anywhere gives what was whole, and says where to cut`() throws {
        let commands = ["SELECT 0", "SET a 1", "INCR a", "SET b \"x y\"", "DEL b", "PEXPIREAT a 1"]
        let whole = commands.map(\.asRequest)
        let bytes = Array(whole.joined())
        var ends = [0]
        for command in whole { ends.append((ends.last ?? 0) + command.count) }
        for length in 0...bytes.count {
            var node = emptyNode()
            let truncation = try node.restore(.incremental(Array(bytes[..<length])))
            let end = ends.last { $0 <= length } ?? 0
            #expect(truncation?.length == (end == length ? nil : end))
            let value: Value? =
                end >= ends[3] ? .integer(2) : end >= ends[2] ? .integer(1) : nil
            #expect(node.database.value(of: "a", ignoringExpiry: true) == value)
        }
    }

    @Test func `a transaction without its end is cut off whole`() throws {
        let before = Array("SET a 1".asRequest)
        let open = ["MULTI", "DEL a", "SET b 1"].flatMap(\.asRequest)
        var node = emptyNode()
        #expect(try node.restore(.incremental(before + open))?.length == before.count)
        #expect(node.database.value(of: "a") == .integer(1))
        #expect(node.database.value(of: "b") == nil)
        node = emptyNode()
        #expect(try node.restore(.incremental(before + open + "EXEC".asRequest)) == nil)
        #expect(node.database.value(of: "a") == nil)
        #expect(node.database.value(of: "b") == .integer(1))
    }

    @Test func `a base with its increments is loaded in order, and comments are passed over`()
        throws
    {
        var base = Database(seed: 1)
        base.setString("a", "7")
        let dump = RDBWriter.dump(base, auxiliary: [("aof-base", "1")])
        var node = emptyNode()
        let truncation = try node.restore(
            .appendOnly(
                [
                    .init(name: "base", bytes: dump),
                    .init(name: "1", bytes: "INCR a".asRequest),
                    .init(name: "2", bytes: Array("#TS:1\r\n".utf8) + "INCR a".asRequest),
                ], hasBase: true))
        #expect(truncation == nil)
        #expect(node.database.value(of: "a") == .integer(9))
        // An old append-only file: a dump, and commands behind it.
        node = emptyNode()
        _ = try node.restore(.incremental(dump + "INCR a".asRequest))
        #expect(node.database.value(of: "a") == .integer(8))
    }

    @Test func `subcommands are repeated, and trims that were limited once are not limited again`()
        throws
    {
        let commands = [
            "XADD s 1-1 a b", "XADD s 1-2 a b", "XGROUP CREATE s g 0",
            "XGROUP SETID s g 1 ENTRIESREAD 1",
            "XADD s MAXLEN = 1 LIMIT 7 2-0 a b", "XTRIM s MINID = 2 LIMIT 1",
        ]
        var node = emptyNode()
        #expect(try node.restore(.incremental(commands.flatMap(\.asRequest))) == nil)
        let network = BusNetwork(masters: 1, replicas: 0)
        for command in commands.dropLast(2) { network.send(command, to: 0) }
        network.send("XADD s MAXLEN 1 2-0 a b", to: 0)
        let reply = network.send("DUMP s", to: 0)
        let held = node.database.value(of: "s")
        let value = try #require(held)
        #expect(
            reply.hasSuffix(String(decoding: DumpPayload.bytes(of: value), as: UTF8.self) + "\r\n"))
    }

    @Test func `no key expires while its writes are repeated`() throws {
        var node = emptyNode()
        let lines = ["SET a 1 PXAT 1000", "INCR a", "PERSIST a"].flatMap(\.asRequest)
        _ = try node.restore(.incremental(lines))
        #expect(node.database.value(of: "a") == .integer(2))
    }

    @Test func `what Redis 8 writes for HINCRBYFLOAT is understood`() throws {
        var node = emptyNode()
        let lines = ["HSET h f 1 g x", "HSETEX h KEEPTTL FIELDS 1 f 2.5"].flatMap(\.asRequest)
        #expect(try node.restore(.incremental(lines)) == nil)
        let network = BusNetwork(masters: 1, replicas: 0)
        network.send("HSET h f 2.5 g x", to: 0)
        let reply = network.send("DUMP h", to: 0)
        let held = node.database.value(of: "h")
        let value = try #require(held)
        #expect(
            reply.hasSuffix(String(decoding: DumpPayload.bytes(of: value), as: UTF8.self) + "\r\n"))
    }

    @Test(arguments: [
        ("HSETEX h EX 9 FIELDS 1 f v", "Unknown command 'HSETEX' reading the append only file 1.incr"),
        ("NOSUCH z 1 a", "Unknown command 'NOSUCH' reading the append only file 1.incr"),
        ("SELECT 1", "Unknown command 'SELECT' reading the append only file 1.incr"),
        ("SHUTDOWN", "Unknown command 'SHUTDOWN' reading the append only file 1.incr"),
        ("GET", "Unknown command 'GET' reading the append only file 1.incr"),
    ])
    func `a command that this node does not have stops the start`(line: String, reason: String) {
        var node = emptyNode()
        #expect(throws: StoredData.Failure(reason: reason)) {
            try node.restore(.incremental(line.asRequest))
        }
    }

    @Test func `a truncated file stops the start where it is not to be cut, or is not the last`() {
        var configuration = Configuration()
        configuration.aofLoadTruncated = false
        let torn = Array("SET a 1".asRequest.dropLast())
        var node = emptyNode(configuration)
        #expect(throws: StoredData.Failure.self) { try node.restore(.incremental(torn)) }
        node = emptyNode()
        let files = [StoredData.File(name: "1", bytes: torn), .init(name: "2", bytes: [])]
        #expect(throws: StoredData.Failure.self) {
            try node.restore(.appendOnly(files, hasBase: false))
        }
    }

    @Test func `no broken file does more than fail to load`() {
        let lines = ["SET a 1", "MULTI", "SET b 2", "EXEC", "RESTORE c 0 x", "EXPIRE a 10"]
        let bytes = lines.flatMap(\.asRequest)
        var random = SplitMix64(seed: 8)
        var failures = 0
        for _ in 0..<5000 {
            var broken = bytes
            for _ in 0..<1 + random.next(below: 3) {
                broken[random.next(below: broken.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            var node = emptyNode()
            do { _ = try node.restore(.incremental(broken)) } catch { failures += 1 }
        }
        #expect(failures > 1000)
    }

    @Test func `a replica goes on from where its dump was made, a master's replicas too`() throws {
        let dump = RDBWriter.dump(
            Database(seed: 1),
            auxiliary: [
                ("repl-id", String(repeating: "a", count: 40)), ("repl-offset", "1234"),
            ])
        var node = emptyNode()
        _ = try node.restore(.dump(dump))
        #expect(node.replication.secondID == String(repeating: "a", count: 40))
        #expect(node.replication.secondOffset == 1235)
        #expect(node.replication.offset == 1234)
    }

    @Test func `a replica outside a cluster goes on where its dump was made, and keeps its role`()
        throws
    {
        let id = String(repeating: "a", count: 40)
        let empty = RDBWriter.dump(
            Database(seed: 1),
            auxiliary: [("repl-stream-db", "0"), ("repl-id", id), ("repl-offset", "1234")])
        // In place of the end and its checksum a key that has long expired, and an end without one.
        let expired: [UInt8] = [0xFE, 0, 0xFC, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x6B, 0xC0, 1]
        let end: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0]
        let dump: [UInt8] = Array(empty[..<(empty.count - 9)]) + expired + end
        var configuration = Configuration()
        configuration.clusterEnabled = false
        var node = BusNetwork.nodes(masters: 1, replicas: 0, isEmpty: true) { $0 = configuration }[
            0]
        node.replicate(.init(host: "127.0.0.1", port: 9999))
        _ = try node.restore(.dump(dump))
        #expect(node.isReplica)
        #expect(node.replication.id == id)
        #expect(node.database.count == 1, "what has expired goes by the master's word")
        let network = BusNetwork([node])
        var link: StreamID?
        network.onOpen = { link = $0 }
        #expect(network.run(for: .seconds(2)) { link != nil })
        let stream = try #require(link)
        network.step(.streamUp(stream), of: 0)
        network.deliver(Array("+PONG\r\n+OK\r\n+OK\r\n".utf8), of: stream, to: 0)
        #expect(
            network.logs[0]?.last
                == "Trying a partial resynchronization (request \(id):1235).")
        #expect(network.send("DBSIZE", to: 0) == ":1\r\n")
        #expect(network.send("HELLO", to: 0).contains("role\r\n$7\r\nreplica"))
    }

    @Test func `a manifest comes back as it was, and grows as Redis lets it`() throws {
        var manifest = AppendOnlyManifest()
        #expect(manifest.isEmpty)
        #expect(manifest.replaceBase(of: "a.aof", isDump: true) == "a.aof.1.base.rdb")
        #expect(manifest.addIncrement(to: "a.aof") == "a.aof.1.incr.aof")
        #expect(manifest.addIncrement(to: "a.aof") == "a.aof.2.incr.aof")
        #expect(manifest.replaceBase(of: "a.aof", isDump: true) == "a.aof.2.base.rdb")
        manifest.retireIncrements(keeping: 1)
        #expect(
            manifest.text == """
                file a.aof.2.base.rdb seq 2 type b
                file a.aof.1.incr.aof seq 1 type h
                file a.aof.1.base.rdb seq 1 type h
                file a.aof.2.incr.aof seq 2 type i

                """)
        var read = try AppendOnlyManifest(manifest.text)
        #expect(read == manifest)
        #expect(read.files.map(\.name) == ["a.aof.2.base.rdb", "a.aof.2.incr.aof"])
        read.forgetHistory()
        #expect(read.addIncrement(to: "a.aof") == "a.aof.3.incr.aof")
    }

    @Test(arguments: [
        ("", "Found an empty AOF manifest"),
        ("file a seq 1", "Invalid AOF manifest file format"),
        ("file a seq x type b", "Invalid AOF manifest file format"),
        ("file ../a seq 1 type b", "File can't be a path, just a filename"),
        ("file a seq 1 type b\nfile b seq 2 type b", "Found duplicate base file information"),
        ("file a seq 2 type i\nfile b seq 2 type i", "Found a non-monotonic sequence number"),
        ("file a seq 1 type x", "Unknown AOF file type"),
    ])
    func `a manifest that is none is refused`(text: String, reason: String) {
        let error = #expect(throws: AppendOnlyManifest.Failure.self) {
            try AppendOnlyManifest(text)
        }
        #expect(error?.reason == reason)
    }

    private func emptyNode(_ configuration: Configuration = Configuration()) -> Node {
        ClusterLayout(masters: 1, replicas: 0, port: 7000, isEmpty: false, seed: 1).node(
            0, configuration: configuration, wallClockAtStart: 1_700_000_000_000, at: .start)
    }
}

extension StoredData {
    /// One file of commands.
    fileprivate static func incremental(_ bytes: [UInt8]) -> StoredData {
        .appendOnly([File(name: "1.incr", bytes: bytes)], hasBase: false)
    }
}

extension Database {
    /// Stores a string.
    fileprivate mutating func setString(_ key: String, _ value: String) {
        slot = nil
        Arguments.withArguments([Array(key.utf8), Array(value.utf8)]) { arguments in
            set(arguments[0], to: Value(arguments[1]))
        }
    }

    /// What a key holds, whether or not it has expired.
    fileprivate mutating func value(of key: String, ignoringExpiry: Bool) -> Value? {
        slot = nil
        return Arguments.withArguments([Array(key.utf8)]) { arguments in
            (ignoringExpiry ? peek(arguments[0]) : find(arguments[0])).map { self[$0] }
        }
    }
}
