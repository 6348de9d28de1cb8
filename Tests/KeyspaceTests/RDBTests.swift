import Keyspace
import RESP
import Testing

struct RDBTests {
    @Test func `the checksum is CRC-64 of Jones`() {
        let checksum = Array("123456789".utf8).withUnsafeBytes { CRC64.checksum($0) }
        #expect(checksum == 0xE9C6_D914_C4B8_D9CA)
        var random = SplitMix64(seed: 3)
        let bytes = random.text(length: 1000)
        var parts = CRC64()
        for start in stride(from: 0, to: 1000, by: 13) {
            bytes[start..<min(1000, start + 13)].withUnsafeBytes { parts.update($0) }
        }
        #expect(parts.value == bytes.withUnsafeBytes { CRC64.checksum($0) })
    }

    @Test func `a database comes back from its dump`() throws {
        let database = sample()
        let dump = RDBWriter.dump(
            database, auxiliary: [("redis-ver", "7.0.15"), ("repl-offset", "7")])
        var loaded = Database(seed: 2)
        loaded.now = database.now
        let contents = try RDBReader.load(dump, into: &loaded)
        #expect(loaded.contents == database.contents)
        #expect(loaded.volatileCount == database.volatileCount)
        #expect(contents.loadedKeys == database.count)
        #expect(contents.length == dump.count)
        #expect(contents.field("redis-ver") == "7.0.15")
        #expect(contents.field("repl-offset") == "7")
        #expect(contents.field("repl-id") == nil)
    }

    @Test func `a dump in chunks is the dump, whatever happens to the database meanwhile`() {
        var database = sample()
        let dump = RDBWriter.dump(database, auxiliary: [])
        var writer = RDBWriter(database, auxiliary: [])
        var chunks: [[UInt8]] = []
        while let chunk = writer.next(limit: 1000) {
            chunks.append(chunk)
            database.removeAll()
        }
        #expect(chunks.count > 10)
        #expect(Array(chunks.joined()) == dump)
    }

    @Test func `a master drops what has expired, a replica and a follower of writes keep it`()
        throws
    {
        var database = Database(seed: 1)
        database.now = 1000
        database.store("gone", "v", expiry: 5000)
        database.store("there", "v", expiry: 50_000)
        let dump = RDBWriter.dump(database, auxiliary: [])
        var master = Database(seed: 1)
        master.now = 10_000
        let contents = try RDBReader.load(dump, into: &master)
        #expect(master.count == 1)
        #expect(contents.expiredKeys == ["gone"])
        var replica = Database(seed: 1)
        replica.now = 10_000
        replica.isReplica = true
        try RDBReader.load(dump, into: &replica)
        #expect(replica.count == 2)
        var follower = Database(seed: 1)
        follower.now = 10_000
        try RDBReader.load(dump, into: &follower, keepsExpired: true)
        #expect(follower.count == 2)
    }

    @Test func `a dump keeps for how long keys were idle, or how often they were used`() throws {
        var runner = CommandRunner()
        runner.database.usesLRU = true
        _ = runner.run("SET a v")
        runner.database.now += 60_000
        let idle = RDBWriter.dump(runner.database, auxiliary: [])
        runner.database.removeAll()
        try RDBReader.load(idle, into: &runner.database)
        #expect(runner.run("OBJECT IDLETIME a") == ":60")

        runner = CommandRunner()
        runner.database.usesLFU = true
        _ = runner.run("SET a v")
        for _ in 0..<500 { _ = runner.run("GET a") }
        let frequency = runner.run("OBJECT FREQ a")
        let used = RDBWriter.dump(runner.database, auxiliary: [])
        runner.database.removeAll()
        try RDBReader.load(used, into: &runner.database)
        #expect(frequency != ":5")
        #expect(runner.run("OBJECT FREQ a") == frequency)
    }

    @Test(arguments: [
        Refusal([], .truncated),
        Refusal("REDIS", .truncated),
        Refusal("RADIS0010", .wrongSignature),
        Refusal("REDIS0013", .unknownVersion(13)),
        // Valkey 9 has numbers of its own.
        Refusal("REDIS0080", .unknownVersion(80)),
        Refusal("REDIS00x0", .unknownVersion(0)),
        Refusal("REDIS0010", .truncated),
        Refusal("REDIS0010\u{0}\u{1}k", .truncated),
        Refusal("REDIS0010\u{1}\u{1}k\u{1}", .truncated),
        Refusal("REDIS0010\u{10}\u{1}k\u{0}", .brokenCollection("Listpack")),
        Refusal("REDIS0010\u{11}\u{1}k\u{0}", .brokenCollection("Listpack")),
        Refusal("REDIS0010\u{7}\u{1}k\u{0}", .unsupportedType("module")),
        Refusal("REDIS0010\u{1A}\u{1}k\u{0}", .unknownType(26)),
        Refusal(Array("REDIS0010".utf8) + [245, 1, 65], .truncated),
        Refusal(Array("REDIS0010".utf8) + [247, 1], .unsupported("data of a module")),
        Refusal(Array("REDIS0010".utf8) + [254, 3], .otherDatabase(3)),
        Refusal(Array("REDIS0010".utf8) + [0, 0xC4], .unknownStringEncoding(4)),
        Refusal(Array("REDIS0010".utf8) + [0, 0x82], .unknownLength(0x82)),
        Refusal(
            Array("REDIS0010".utf8) + [0, 0x81, 255, 255, 255, 255, 255, 255, 255, 255], .truncated),
        Refusal(
            Array("REDIS0010".utf8) + [
                0, 0xC3, 1, 0x81, 127, 255, 255, 255, 255, 255, 255, 255, 0,
            ],
            .brokenCompression),
        Refusal("REDIS0010\u{0}\u{1}k\u{1}v\u{0}\u{1}k\u{1}v", .duplicateKey("k")),
        Refusal(
            Array("REDIS0010".utf8) + [255, 1, 0, 0, 0, 0, 0, 0, 0],
            .wrongChecksum(expected: 0xEB7E_A789_FE37_FDA9, found: 1)),
    ])
    func `what cannot be loaded is refused with its reason`(_ refusal: Refusal) {
        var database = Database(seed: 1)
        #expect(throws: refusal.error) {
            try RDBReader.load(refusal.bytes, into: &database)
        }
    }

    @Test func `libraries of functions come back from a dump, those of the first drafts too`()
        throws
    {
        let code: ByteString = "#!lua name=a\nredis.register_function('f', print)"
        let dump = RDBWriter.dump(Database(seed: 1), auxiliary: [], functions: [code])
        var database = Database(seed: 1)
        #expect(try RDBReader.load(dump, into: &database).functions == [code])
        let early = Array("REDIS0010".utf8) + [246, 1, 97, 3] + Array("LUA".utf8) + [0, 1, 120]
        let file = early + [255, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(
            try RDBReader.load(file, into: &database).functions == ["#!LUA name=a\nx"])
    }

    @Test func `no broken dump does more than fail to load`() {
        let dump = RDBWriter.dump(sample(), auxiliary: [("redis-ver", "7.0.15")])
        var random = SplitMix64(seed: 4)
        var failures = 0
        for _ in 0..<5000 {
            var broken = dump
            if random.next(below: 3) == 0 { broken.removeLast(random.next(below: dump.count)) }
            for _ in 0..<1 + random.next(below: 4) {
                broken[random.next(below: broken.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            // Without its checksum the dump is believed up to the first thing that cannot be.
            if broken.count == dump.count, random.next(below: 2) == 0 {
                broken.replaceSubrange(dump.count - 8..<dump.count, with: [0, 0, 0, 0, 0, 0, 0, 0])
            }
            var database = Database(seed: 1)
            do { try RDBReader.load(broken, into: &database) } catch { failures += 1 }
        }
        #expect(failures > 3000)
    }

    /// Strings of all encodings, some of which expire.
    private func sample() -> Database {
        var database = Database(seed: 1)
        database.now = 1_700_000_000_000
        var random = SplitMix64(seed: 5)
        let numbers: [Int64] = [
            0, -1, 127, -128, 128, 32767, -32769, 2_147_483_647, -2_147_483_649, .max, .min,
        ]
        for number in numbers { database.store(ByteString("n\(number)"), ByteString("\(number)")) }
        for index in 0..<200 {
            let value = ByteString(random.text(length: random.next(below: 300)))
            let expiry = index % 3 == 0 ? database.now + 9999 : nil
            database.store(ByteString("key:\(index)"), value, expiry: expiry)
        }
        database.store("", "")
        database.store(ByteString([UInt8](repeating: 107, count: 70)), "00012")
        database.store("big", ByteString([UInt8](repeating: 65, count: 20_000)))
        return database
    }
}

/// Bytes that are no dump, and the reason.
struct Refusal: CustomTestStringConvertible {
    let bytes: [UInt8]
    let error: RDBError

    init(_ bytes: [UInt8], _ error: RDBError) {
        self.bytes = bytes
        self.error = error
    }

    init(_ text: String, _ error: RDBError) {
        self.init(Array(text.utf8), error)
    }

    var testDescription: String { "\(error)" }
}

extension Database {
    /// Stores a string under a key, as SET would.
    mutating func store(_ key: ByteString, _ value: ByteString, expiry: Int64? = nil) {
        slot = nil
        key.withBuffer { key in
            value.withBuffer { value in
                guard let keyStart = key.baseAddress else { return }
                let bytes = Array(value) + [0]
                bytes.withUnsafeBufferPointer { bytes in
                    guard let start = bytes.baseAddress else { return }
                    set(
                        Argument(start: keyStart, count: key.count),
                        to: Value(Argument(start: start, count: value.count)), expiry: expiry)
                }
            }
        }
    }

    /// Every key with what it holds.
    var contents: [ByteString: Value] {
        var contents: [ByteString: Value] = [:]
        var cursor: UInt64 = 0
        repeat {
            cursor = scan(from: cursor, limit: 100) { key, value in contents[key] = value }
        } while cursor != 0
        return contents
    }
}
