import Keyspace
import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Dumps of values and of whole databases: what a real redis-server 7.0 writes is read here, and what is
/// written here is read there.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct DumpConformanceTests {
    @Test(.timeLimit(.minutes(1))) func `payloads are those of redis-server, byte for byte`() throws
    {
        let pair = try Pair()
        defer { pair.close() }
        for (index, value) in Self.values.enumerated() {
            let key = Array("k\(index)".utf8)
            _ = try pair.send(arguments: ["SET".utf8Bytes, key, value])
            let (lab, redis) = try pair.send(arguments: ["DUMP".utf8Bytes, key])
            try #require(lab == redis, "value \(index) of \(value.count) bytes")
            guard case .bulkString(let payload) = redis else { continue }
            let restored = try pair.send(
                arguments: ["RESTORE".utf8Bytes, "r".utf8Bytes, "0".utf8Bytes, payload]
                    + ["REPLACE".utf8Bytes])
            #expect(restored.lab == .simpleString("OK"))
            #expect(restored.redis == .simpleString("OK"))
            #expect(try pair.send("GET r").lab == .bulkString(value))
            let encodings = try pair.send("OBJECT ENCODING r")
            #expect(encodings.lab == encodings.redis)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a broken payload gets the reply of redis-server`() throws {
        let pair = try Pair()
        defer { pair.close() }
        var random = SplitMix64(seed: 6)
        for index in 0..<4000 {
            var body = Array(
                DumpPayload.bytes(of: .string("abcdefabcdefabcdefabcdef")).dropLast(10))
            if random.next(below: 3) == 0 {
                body = (0..<1 + random.next(below: 12)).map { _ in UInt8(random.next(below: 256)) }
                body[0] = 0
            } else {
                for _ in 0..<1 + random.next(below: 3) {
                    body[1 + random.next(below: body.count - 1)] = UInt8(random.next(below: 256))
                }
            }
            // Versions up to its own: of later ones this node takes some, as the next test has it.
            var payload = body + [UInt8(random.next(below: 11)), 0]
            let checksum = payload.withUnsafeBytes { CRC64.checksum($0) }
            withUnsafeBytes(of: checksum.littleEndian) { payload += $0 }
            if random.next(below: 20) == 0 { payload[random.next(below: payload.count)] ^= 1 }
            // What Redis would take gigabytes for is refused here at once.
            guard !body.contains(0x80), !body.contains(0x81) else { continue }
            let replies = try pair.send(
                arguments: ["RESTORE".utf8Bytes, "k".utf8Bytes, "0".utf8Bytes, payload]
                    + ["REPLACE".utf8Bytes])
            try #require(replies.lab == replies.redis, "payload \(index): \(payload)")
            let values = try pair.send("GET k")
            try #require(values.lab == values.redis, "payload \(index): \(payload)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `payloads of servers after 7.0 are taken here, and only here`() throws {
        let pair = try Pair()
        defer { pair.close() }
        let refusal = RESPValue.error("ERR DUMP payload version or checksum are wrong")
        for version: UInt8 in 10...14 {
            var payload: [UInt8] = [0, 1, 97, version, 0]
            let checksum = payload.withUnsafeBytes { CRC64.checksum($0) }
            withUnsafeBytes(of: checksum.littleEndian) { payload += $0 }
            let replies = try pair.send(
                arguments: ["RESTORE".utf8Bytes, "k".utf8Bytes, "0".utf8Bytes, payload]
                    + ["REPLACE".utf8Bytes])
            #expect(replies.lab == (version > 12 ? refusal : .simpleString("OK")))
            #expect(replies.redis == (version > 10 ? refusal : .simpleString("OK")))
        }
    }

    @Test(.timeLimit(.minutes(1))) func `redis-server loads a dump of ours`() throws {
        var database = Database(seed: 1)
        // In 2100; what has expired would not be loaded.
        database.now = 4_102_444_800_000
        for (index, value) in Self.values.enumerated() {
            let command = ["SET".utf8Bytes, Array("k\(index)".utf8), value]
            run(
                index % 2 == 0 ? command : command + ["PX".utf8Bytes, "123456".utf8Bytes],
                on: &database)
        }
        let dump = RDBWriter.dump(
            database, auxiliary: [("redis-ver", "7.0.15"), ("redis-bits", "64")])
        let server = try RedisServer(inCluster: false, files: ["dump.rdb": dump])
        let redis = try server.connect()
        #expect(try redis.send("DBSIZE") == .integer(Int64(Self.values.count)))
        for (index, value) in Self.values.enumerated() {
            #expect(try redis.send("GET", "k\(index)") == .bulkString(value))
            let expiry = index % 2 == 0 ? -1 : database.now + 123_456
            #expect(try redis.send("PEXPIRETIME", "k\(index)") == .integer(expiry))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["noeviction", "allkeys-lru", "allkeys-lfu"])
    func `a dump of redis-server is loaded, and written again as it was`(policy: String) throws {
        let server = try RedisServer(
            inCluster: false, arguments: ["--maxmemory-policy", policy])
        let redis = try server.connect()
        for (index, value) in Self.values.enumerated() {
            _ = try redis.send([
                "SET".utf8Bytes, Array("k\(index)".utf8), value, "PXAT".utf8Bytes,
                Array("\(4_102_444_800_000 + index)".utf8),
            ])
        }
        #expect(try redis.send("SAVE") == .simpleString("OK"))
        let dump = try server.file("dump.rdb")
        var database = Database(seed: 1)
        database.usesLRU = policy == "allkeys-lru"
        database.usesLFU = policy == "allkeys-lfu"
        let contents = try RDBReader.load(dump, into: &database)
        #expect(contents.loadedKeys == Self.values.count)
        #expect(contents.length == dump.count)
        #expect(contents.field("redis-ver")?.hasPrefix("7.") == true)
        // The order of the keys is each server's own, all else is the same.
        let written = RDBWriter.dump(database, auxiliary: contents.auxiliary)
        #expect(written.count == dump.count)
        let cut = dump.count - 8
        #expect(written[..<cut].sorted() == dump[..<cut].sorted())
        for (index, value) in Self.values.enumerated() {
            #expect(
                run(["GET".utf8Bytes, Array("k\(index)".utf8)], on: &database) == .bulkString(value)
            )
        }
    }

    /// Strings of every encoding, and around the borders between them.
    private static let values: [[UInt8]] = {
        var random = SplitMix64(seed: 7)
        let numbers: [Int64] = [
            0, 1, -1, 9999, 10_000, 127, 128, -128, -129, 32767, 32768, -32768, -32769,
            2_147_483_647,
            2_147_483_648, -2_147_483_648, -2_147_483_649, 99_999_999_999, .max, .min,
        ]
        var values = numbers.map { Array("\($0)".utf8) }
        values += ["", "007", "+1", " 1", "-0", "1e5", "99999999999999999999"].map {
            Array($0.utf8)
        }
        for length in [11, 19, 20, 21, 22, 44, 45, 63, 64, 255, 264, 265, 16_383, 16_384, 70_000] {
            values.append([UInt8](repeating: 97, count: length))
            values.append((0..<length).map { _ in UInt8(random.next(below: 256)) })
            values.append((0..<length).map { UInt8($0 % 37) })
        }
        for _ in 0..<300 {
            let alphabet = 1 + random.next(below: 30)
            values.append(
                (0..<random.next(below: 1200)).map { _ in UInt8(97 + random.next(below: alphabet)) }
            )
        }
        return values
    }()

    /// The reply of a database to a command.
    @discardableResult
    private func run(_ command: [[UInt8]], on database: inout Database) -> RESPValue? {
        let name = String(decoding: command[0], as: UTF8.self).lowercased()
        guard let spec = databaseCommands.first(where: { $0.info.name == name }) else { return nil }
        var reply = ReplyBuffer()
        database.slot = nil
        Arguments.withArguments(command) { arguments in
            do throws(ReplyError) {
                try spec.run(&database, arguments, &reply)
            } catch {
                reply.error(error.message)
            }
        }
        var parser = RESPParser()
        parser.append(Array(reply.bytes))
        return try? parser.next()
    }
}

extension String {
    fileprivate var utf8Bytes: [UInt8] { Array(utf8) }
}
