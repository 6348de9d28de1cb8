import Keyspace
import RESP
import Testing

/// Collections in dumps: there and back, in the encodings of older versions, and broken.
struct CollectionDumpTests {
    @Test func `collections of every encoding come back from a dump as they were`() throws {
        var runner = CommandRunner()
        Self.fill(&runner)
        let dump = RDBWriter.dump(runner.database, auxiliary: [])
        var loaded = CommandRunner()
        try RDBReader.load(dump, into: &loaded.database)
        for key in Self.keys {
            let encoding = runner.run("OBJECT ENCODING \(key)")
            #expect(loaded.run("OBJECT ENCODING \(key)") == encoding, "\(key)")
            for line in [
                "LRANGE \(key) 0 -1", "HGETALL \(key)", "SMEMBERS \(key)",
                "ZRANGE \(key) 0 -1 WITHSCORES",
            ] {
                #expect(loaded.run(line) == runner.run(line), "\(line)")
            }
        }
        #expect(RDBWriter.dump(loaded.database, auxiliary: []) == dump)
    }

    private static let keys = [
        "small:hash", "large:hash", "list", "long:list", "integers", "members", "scores",
        "many:scores",
    ]

    private static func fill(_ runner: inout CommandRunner) {
        _ = runner.run("HSET small:hash a 1 b -70000 c text")
        _ = runner.run("SADD integers 1 -2 300 70000")
        _ = runner.run("ZADD scores 1 one 2.5 two -inf low 1e300 high 7 7")
        _ = runner.run(
            "RPUSH list a 1 -5 4000 -70000 9999999999 \(String(repeating: "x", count: 100))")
        for number in 0..<600 {
            _ = runner.run("HSET large:hash field\(number) \(number)")
            _ = runner.run("SADD members member\(number)")
            _ = runner.run("ZADD many:scores \(number % 50).5 member\(number)")
            _ = runner.run("RPUSH long:list element-\(number) \(number * 77)")
        }
    }

    @Test func `a hash and a set become compact again where a dump has few of them`() throws {
        var runner = CommandRunner()
        runner.database.encodingLimits.hashEntries = 1
        runner.database.encodingLimits.setIntegers = 1
        _ = runner.run("HSET h a 1 b 2")
        _ = runner.run("SADD s 1 2")
        #expect(runner.run("OBJECT ENCODING h") == "$9\nhashtable")
        let dump = RDBWriter.dump(runner.database, auxiliary: [])
        var loaded = CommandRunner()
        try RDBReader.load(dump, into: &loaded.database)
        #expect(loaded.run("OBJECT ENCODING h") == "$8\nlistpack")
        #expect(loaded.run("OBJECT ENCODING s") == "$6\nintset")
    }

    // MARK: - Older encodings

    @Test func `lists of older versions are read`() {
        let ziplist = Self.ziplist([.text("a"), .number(5), .text("bc")])
        let elements = "*3\n$1\na\n$1\n5\n$2\nbc"
        // A plain list, a ziplist, a quicklist of one.
        #expect(restored([1, 3, 1, 97, 0xC0, 5, 2, 98, 99], "LRANGE k 0 -1") == elements)
        #expect(restored([10] + Self.string(ziplist), "LRANGE k 0 -1") == elements)
        #expect(restored([14, 1] + Self.string(ziplist), "LRANGE k 0 -1") == elements)
        #expect(restored([10] + Self.string(ziplist), "OBJECT ENCODING k") == "$9\nquicklist")
    }

    @Test func `a list's node may be one plain element`() {
        #expect(restored([18, 1, 1, 3, 97, 98, 99], "LRANGE k 0 -1") == "*1\n$3\nabc")
    }

    @Test func `hashes of older versions are read`() {
        let ziplist = Self.ziplist([.text("a"), .number(5), .text("b"), .text("x")])
        let fields = "*4\n$1\na\n$1\n5\n$1\nb\n$1\nx"
        #expect(restored([4, 2, 1, 97, 0xC0, 5, 1, 98, 1, 120], "HGETALL k") == fields)
        #expect(restored([13] + Self.string(ziplist), "HGETALL k") == fields)
        // With two bytes behind the first value free.
        let zipmap: [UInt8] = [2, 1, 97, 1, 2, 53, 0, 0, 1, 98, 1, 0, 120, 0xFF]
        #expect(restored([9] + Self.string(zipmap), "HGETALL k") == fields)
        #expect(restored([9] + Self.string(zipmap), "OBJECT ENCODING k") == "$8\nlistpack")
    }

    @Test func `sorted sets of older versions are read`() {
        let ziplist = Self.ziplist([.text("b"), .text("1.5"), .text("a"), .number(5)])
        let members = "*4\n$1\nb\n$3\n1.5\n$1\na\n$1\n5"
        let line = "ZRANGE k 0 -1 WITHSCORES"
        // Scores in digits, or in eight bytes; in any order.
        #expect(restored([3, 2, 1, 97, 1, 53, 1, 98, 3, 49, 46, 53], line) == members)
        #expect(
            restored(
                [5, 2, 1, 97, 0, 0, 0, 0, 0, 0, 0x14, 0x40, 1, 98, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F],
                line) == members)
        #expect(restored([12] + Self.string(ziplist), line) == members)
        #expect(restored([12] + Self.string(ziplist), "OBJECT ENCODING k") == "$8\nlistpack")
        let infinite = "*4\n$1\nb\n$4\n-inf\n$1\na\n$3\ninf"
        #expect(restored([3, 2, 1, 97, 254, 1, 98, 255], line) == infinite)
    }

    @Test func `numbers of every width of a ziplist are read`() {
        let numbers: [Int64] = [
            0, 12, 13, -1, 127, -128, 128, 32767, -32768, 32768, 8_388_607, -8_388_608, 8_388_608,
            2_147_483_647, -2_147_483_648, 2_147_483_648, .max, .min,
        ]
        let ziplist = Self.ziplist(numbers.map { .number($0) })
        let reply = restored([10] + Self.string(ziplist), "LRANGE k 0 -1")
        let shown = reply.split(separator: "\n").dropFirst().filter { !$0.hasPrefix("$") }
        #expect(shown.map(String.init) == numbers.map { "\($0)" })
    }

    // MARK: - Broken payloads

    @Test(
        arguments: [
            // Fields that come twice, a field without a value, nothing at all, a set with a member twice.
            [4, 2, 1, 97, 1, 98, 1, 97, 1, 98], [4, 0], [1, 0], [2, 0], [2, 2, 1, 97, 1, 97],
            [16, 7, 7, 0, 0, 0, 0, 0, 0xFF], [18, 1, 3, 1, 97], [18, 0],
            // A member that comes twice, scores that are no numbers, no members at all.
            [5, 2, 1, 97, 0, 0, 0, 0, 0, 0, 0, 0, 1, 97, 0, 0, 0, 0, 0, 0, 0, 0],
            [5, 1, 1, 97, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F], [3, 1, 1, 97, 253], [5, 0],
            [17, 7, 7, 0, 0, 0, 0, 0, 0xFF],
            // A set of numbers in the wrong order.
            [11, 12, 2, 0, 0, 0, 2, 0, 0, 0, 5, 0, 1, 0],
        ] as [[UInt8]])
    func `a collection that cannot be is refused`(body: [UInt8]) {
        var runner = CommandRunner()
        let reply = runner.reply(to: Self.restore(body))
        #expect(String(decoding: reply, as: UTF8.self) == "-ERR Bad data format\r\n")
    }

    @Test func `no payload, however broken, does harm`() {
        var random = SplitMix64(seed: 11)
        var runner = CommandRunner()
        Self.fill(&runner)
        let payloads = ["small:hash", "list", "integers", "scores"].map { key in
            let reply = runner.reply(to: [Array("DUMP".utf8), Array(key.utf8)])
            return Array(reply.drop { $0 != 10 }.dropFirst().dropLast(12))
        }
        let old = [10, 12, 13, 14].map { type in
            let items: [Item] = [.text("a"), .number(300), .text("b"), .text("c")]
            return [UInt8(type)] + (type == 14 ? [1] : []) + Self.string(Self.ziplist(items))
        }
        for _ in 0..<20_000 {
            var body = (payloads + old)[random.next(below: 8)]
            for _ in 0..<1 + random.next(below: 4) {
                body[random.next(below: body.count)] = UInt8(random.next(below: 256))
            }
            guard ![0x80, 0x81].contains(body[1]) else { continue }
            let reply = runner.reply(to: Self.restore(body))
            guard reply.first == UInt8(ascii: "+") else { continue }
            // What was taken can be worked with.
            for line in [
                "LRANGE k 0 -1", "HGETALL k", "SMEMBERS k", "LPUSH k x", "HSET k f v", "SADD k 5 x",
                "LREM k 0 a", "LINSERT k AFTER x y", "RPOP k", "HDEL k a", "SREM k 1", "DUMP k",
                "ZADD k 1 x 2 one", "ZRANGEBYSCORE k 1 5", "ZRANGEBYLEX k [a (z", "ZRANK k one",
                "SORT k ALPHA", "ZREM k low", "ZPOPMAX k 2", "ZREMRANGEBYRANK k 0 -2",
            ] {
                _ = runner.run(line)
            }
        }
    }

    // MARK: - Payloads

    /// The reply to a line about `k`, which is restored from a body.
    private func restored(_ body: [UInt8], _ line: String) -> String {
        var runner = CommandRunner()
        let reply = runner.reply(to: Self.restore(body))
        #expect(reply == Array("+OK\r\n".utf8))
        return runner.run(line)
    }

    private static func restore(_ body: [UInt8]) -> [[UInt8]] {
        var payload = body + [6, 0]
        let checksum = payload.withUnsafeBytes { CRC64.checksum($0) }
        withUnsafeBytes(of: checksum.littleEndian) { payload += $0 }
        return ["RESTORE", "k", "0"].map { Array($0.utf8) } + [payload, Array("REPLACE".utf8)]
    }

    /// A string as a dump has it.
    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        bytes.count < 64
            ? [UInt8(bytes.count)] + bytes
            : [0x40 | UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
    }

    private enum Item {
        case text(String)
        case number(Int64)

        /// How the item is kept, and its bytes.
        var encoded: [UInt8] {
            switch self {
            case .text(let text): return [UInt8(text.utf8.count)] + Array(text.utf8)
            case .number(let number):
                if (0...12).contains(number) { return [0xF1 + UInt8(number)] }
                let (mark, width): (UInt8, Int) =
                    if Int8(exactly: number) != nil {
                        (0xFE, 1)
                    } else if Int16(exactly: number) != nil {
                        (0xC0, 2)
                    } else if (-8_388_608...8_388_607).contains(number) {
                        (0xF0, 3)
                    } else if Int32(exactly: number) != nil {
                        (0xD0, 4)
                    } else {
                        (0xE0, 8)
                    }
                return [mark]
                    + (0..<width).map { UInt8(truncatingIfNeeded: number >> Int64(8 * $0)) }
            }
        }
    }

    private static func ziplist(_ items: [Item]) -> [UInt8] {
        var body: [UInt8] = []
        var previous = 0
        var tail = 10
        for item in items {
            tail = 10 + body.count
            let element = [UInt8(previous)] + item.encoded
            body += element
            previous = element.count
        }
        let total = body.count + 11
        let header = [total, tail].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        return header + [UInt8(items.count), 0] + body + [0xFF]
    }
}
