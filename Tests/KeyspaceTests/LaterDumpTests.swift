import Keyspace
import RESP
import Testing

/// What servers after Redis 7.0 write, in the bytes of real ones: payloads of DUMP, and files.
struct LaterDumpTests {
    @Test(arguments: [setOf72, setOf74])
    func `a small set of Redis 7.2 and later is taken`(_ payload: String) throws {
        var runner = CommandRunner()
        #expect(try runner.restore(payload) == "+OK")
        #expect(runner.run("SORT k ALPHA") == "*3\n$1\n7\n$1\na\n$1\nb")
        #expect(runner.run("OBJECT ENCODING k") == "$9\nhashtable")
    }

    @Test func `a set that is all numbers by now is one of numbers`() throws {
        var runner = CommandRunner()
        #expect(runner.restore(body: [20, 11, 11, 0, 0, 0, 2, 0, 7, 1, 5, 1, 0xFF]) == "+OK")
        #expect(runner.run("SMEMBERS k") == "*2\n$1\n5\n$1\n7")
        #expect(runner.run("OBJECT ENCODING k") == "$6\nintset")
    }

    @Test(arguments: [streamOf72, streamOf74])
    func `a stream of Redis 7.2 and later is taken, without when consumers last got something`(
        _ payload: String
    ) throws {
        var runner = CommandRunner()
        #expect(try runner.restore(payload) == "+OK")
        #expect(runner.run("XRANGE k - +") == "*1\n*2\n$3\n1-1\n*2\n$1\nf\n$1\nv")
        #expect(runner.run("XPENDING k g") == "*4\n:1\n$3\n1-1\n$3\n1-1\n*1\n*2\n$1\nc\n$1\n1")
        let consumers = runner.run("XINFO CONSUMERS k g").split(separator: "\n").map(String.init)
        #expect(consumers.filter { ["c", "d"].contains($0) } == ["c", "d"])
        // Nothing of it is left out, and what is written is what 7.0 reads.
        #expect(runner.run("DUMP k").contains(#"\x13\x01\x10"#))
    }

    @Test(arguments: [lastingHashOf74, lastingTableOf74])
    func `a hash of Redis 7.4 whose fields do not expire any more is taken`(_ payload: String) throws {
        var runner = CommandRunner()
        #expect(try runner.restore(payload) == "+OK")
        #expect(runner.run("HGET k a") == "$1\n1")
        #expect(runner.run("HGET k b") == "$1\n2")
        #expect(runner.run("HLEN k") == ":2")
        #expect(runner.run("OBJECT ENCODING k") == "$8\nlistpack")
    }

    @Test(arguments: [expiringHashOf74, expiringTableOf74])
    func `a hash with a field that expires is refused`(_ payload: String) throws {
        var runner = CommandRunner()
        #expect(try runner.restore(payload) == "-ERR Bad data format")
        #expect(runner.run("EXISTS k") == ":0")
    }

    /// The forms of the release candidates have no earliest time in front.
    @Test func `hashes of the release candidates of 7.4 are told apart by their times, too`() {
        var runner = CommandRunner()
        #expect(runner.restore(body: [22, 2, 0, 1, 97, 1, 49, 0, 1, 98, 1, 50]) == "+OK")
        #expect(runner.run("HGETALL k") == "*4\n$1\na\n$1\n1\n$1\nb\n$1\n2")
        #expect(runner.restore(body: [22, 1, 9, 1, 97, 1, 49]) == "-ERR Bad data format")
        let pack: [UInt8] = [14, 14, 0, 0, 0, 3, 0, 0x81, 97, 2, 1, 1]
        #expect(runner.restore(body: [23] + pack + [0, 1, 0xFF]) == "+OK")
        #expect(runner.run("HGETALL k") == "*2\n$1\na\n$1\n1")
        #expect(runner.restore(body: [23] + pack + [9, 1, 0xFF]) == "-ERR Bad data format")
    }

    @Test func `a table of fields none of which expires is taken, whoever wrote it so`() {
        var runner = CommandRunner()
        let body: [UInt8] = [24, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 97, 1, 49, 0, 1, 98, 1, 50]
        #expect(runner.restore(body: body) == "+OK")
        #expect(runner.run("HGETALL k") == "*4\n$1\na\n$1\n1\n$1\nb\n$1\n2")
    }

    @Test(
        arguments: [
            // A set without members, with one twice; hashes without fields, with a field twice,
            // with a time too few.
            [20, 7, 7, 0, 0, 0, 0, 0, 0xFF], [20, 11, 11, 0, 0, 0, 2, 0, 5, 1, 5, 1, 0xFF],
            [22, 0], [22, 2, 0, 1, 97, 1, 49, 0, 1, 97, 1, 50], [24, 0, 0, 0], [25, 0, 0, 0],
            [24, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [23, 7, 7, 0, 0, 0, 0, 0, 0xFF], [23, 11, 11, 0, 0, 0, 2, 0, 5, 1, 5, 1, 0xFF],
            [
                23, 19, 19, 0, 0, 0, 6, 0, 5, 1, 5, 1, 0, 1, 5, 1, 5, 1, 0, 1, 0xFF,
            ],
        ] as [[UInt8]])
    func `a later collection that cannot be is refused`(body: [UInt8]) {
        var runner = CommandRunner()
        #expect(runner.restore(body: body) == "-ERR Bad data format")
    }

    @Test(arguments: [
        (10, "+OK"), (11, "+OK"), (12, "+OK"),
        (13, "-ERR DUMP payload version or checksum are wrong"),
        (80, "-ERR DUMP payload version or checksum are wrong"),
    ])
    func `versions of payloads up to that of Redis 8 are taken`(_ version: UInt8, reply: String) {
        var runner = CommandRunner()
        #expect(runner.restore(body: [0, 1, 97], version: version) == reply)
    }

    @Test func `no later payload, however broken, does harm`() throws {
        var random = SplitMix64(seed: 21)
        let payloads = try [
            Self.setOf72, Self.lastingHashOf74, Self.lastingTableOf74, Self.expiringHashOf74,
            Self.streamOf74,
        ].map { Array(try bytes($0).dropLast(10)) }
        var runner = CommandRunner()
        for _ in 0..<20_000 {
            var body = payloads[random.next(below: payloads.count)]
            for _ in 0..<1 + random.next(below: 4) {
                body[random.next(below: body.count)] = UInt8(random.next(below: 256))
            }
            guard ![0x80, 0x81].contains(body[1]), runner.restore(body: body) == "+OK" else {
                continue
            }
            for line in [
                "HGETALL k", "SMEMBERS k", "HSET k f v", "SADD k x", "HDEL k a", "SREM k 7",
                "XINFO STREAM k FULL", "XREADGROUP GROUP g c STREAMS k >", "DUMP k",
            ] {
                _ = runner.run(line)
            }
        }
    }

    // MARK: - Files

    @Test(arguments: [fileOfRedis72, fileOfRedis74, fileOfRedis82, fileOfValkey81])
    func `a file of a later server is loaded whole`(_ file: LaterFile) throws {
        var runner = CommandRunner()
        let contents = try RDBReader.load(try bytes(file.hex), into: &runner.database)
        #expect(contents.loadedKeys == file.keys)
        #expect(contents.field(file.versionField) == file.version)
        #expect(contents.functions.count == 1)
        #expect(contents.length * 2 == file.hex.utf8.count)
        #expect(runner.run("SORT s ALPHA") == "*3\n$1\n7\n$1\na\n$1\nb")
        #expect(runner.run("XLEN st") == ":1")
        #expect(runner.run("PEXPIRETIME e") == ":4000000000000")
        // Slots of which the file tells beforehand are not mistaken for keys.
        #expect(runner.run("DBSIZE") == ":\(file.keys)")
    }

    @Test func `a file with a field that expires is refused, and says why`() throws {
        let header = Array("REDIS0012".utf8) + [0xFE, 0, 0xFB, 1, 0]
        let value = try bytes(Self.expiringHashOf74).dropLast(10)
        let file = header + [value[0], 1, 104] + value.dropFirst() + [UInt8](repeating: 0, count: 9)
        var database = Database(seed: 1)
        #expect(throws: RDBError.unsupported("a hash with fields that expire")) {
            try RDBReader.load(file, into: &database)
        }
    }

    @Test func `FUNCTION RESTORE takes what a later server gives out`() throws {
        let payload = try bytes(Self.functionsOf74) + [0]
        let codes = try payload.withUnsafeBufferPointer { buffer in
            let start = try #require(buffer.baseAddress)
            return try FunctionPayload.codes(of: Argument(start: start, count: buffer.count - 1))
        }
        #expect(codes.count == 1)
    }
}

/// A file that a real server saved, in hexadecimal digits.
struct LaterFile: CustomTestStringConvertible {
    let version: String
    let versionField: String
    let keys: Int
    let hex: String

    var testDescription: String { "\(versionField) \(version)" }
}

private struct OddDigits: Error {}

/// Bytes from hexadecimal digits.
private func bytes(_ hex: String) throws -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue }
    guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { throw OddDigits() }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

extension CommandRunner {
    /// The reply to a RESTORE of a payload as a server gave it out.
    fileprivate mutating func restore(_ payload: String) throws -> String {
        restore(payload: try bytes(payload))
    }

    /// The reply to a RESTORE of a value that still lacks its version and checksum.
    fileprivate mutating func restore(body: [UInt8], version: UInt8 = 12) -> String {
        var payload = body + [version, 0]
        let checksum = payload.withUnsafeBytes { CRC64.checksum($0) }
        withUnsafeBytes(of: checksum.littleEndian) { payload += $0 }
        return restore(payload: payload)
    }

    private mutating func restore(payload: [UInt8]) -> String {
        let words = ["RESTORE", "k", "0"].map { Array($0.utf8) }
        let reply = reply(to: words + [payload, Array("REPLACE".utf8)])
        return String(decoding: reply.dropLast(2), as: UTF8.self)
    }
}

// MARK: - What real servers wrote

extension LaterDumpTests {
    fileprivate static let setOf72 = "140f0f00000003008161028162020701ff0b006a750918eeda17da"
    fileprivate static let setOf74 = "140f0f00000003008161028162020701ff0c00c8dc80abe96f601a"
    fileprivate static let streamOf72 =
        "150110000000000000000100000000000000011d1d0000000a0001010001010181660200010201000100"
        + "018176020401ff010101010100000101016701010101000000000000000100000000000000015bacf119"
        + "a2010000010201635bacf119a20100005bacf119a2010000010000000000000001000000000000000101"
        + "645bacf119a2010000ffffffffffffffff000b0034913698a20afcaa"
    fileprivate static let streamOf74 =
        "150110000000000000000100000000000000011d1d0000000a0001010001010181660200010201000100"
        + "018176020401ff0101010101000001010167010101010000000000000001000000000000000159b6f119"
        + "a20100000102016359b6f119a201000059b6f119a2010000010000000000000001000000000000000101"
        + "6459b6f119a2010000ffffffffffffffff000c00176d8fe6d4ccb358"
    /// Of two fields the first expires in 2096: in a listpack, and in a table.
    fileprivate static let expiringHashOf74 =
        "1900409452a30300001d1d00000006008161020101f400409452a30300000981620202010001ff0c007e"
        + "68574060828b47"
    fileprivate static let expiringTableOf74 = "1800409452a303000002010161c001000162c0020c008c734ed7e57f5ba4"
    /// The same after HPERSIST.
    fileprivate static let lastingHashOf74 =
        "1900409452a3030000151500000006008162020201000181610201010001ff0c00d158842bdd33cad2"
    fileprivate static let lastingTableOf74 = "04020161c0010162c0020c00dc620e56118dc315"
    fileprivate static let functionsOf74 =
        "f5404223216c7561206e616d653d6c0a72656469732e72656769737465725f66756e6374696f6e282266"
        + "222c2066756e6374696f6e28292072657475726e203120656e64290c003f0db71e8af79bff"

    /// Each with a library of functions, a set, a stream, and a string that expires in 2096; those
    /// of Redis 7.4 and later with a hash, too, and with how many keys a slot has.
    fileprivate static let fileOfRedis72 = LaterFile(
        version: "7.2.6", versionField: "redis-ver", keys: 3,
        hex:
            "524544495330303131fa0972656469732d76657205372e322e36fa0a72656469732d62697473c040fa05"
            + "6374696d65c28eb0086bfa08757365642d6d656dc2088f1d00fa08616f662d62617365c000f540422321"
            + "6c7561206e616d653d6c0a72656469732e72656769737465725f66756e6374696f6e282266222c206675"
            + "6e6374696f6e28292072657475726e203120656e6429fe00fb0301150273740110000000000000000100"
            + "000000000000011d1d0000000a0001010001010181660200010201000100018176020401ff0101010101"
            + "00000101016701010101000000000000000100000000000000015bacf119a2010000010201635bacf119"
            + "a20100005bacf119a2010000010000000000000001000000000000000101645bacf119a2010000ffffff"
            + "ffffffffff001401730f0f00000003008161028162020701fffc00409452a30300000001650176ffe24b"
            + "f0812d0a6c31")
    fileprivate static let fileOfRedis74 = LaterFile(
        version: "7.4.1", versionField: "redis-ver", keys: 4,
        hex:
            "524544495330303132fa0972656469732d76657205372e342e31fa0a72656469732d62697473c040fa05"
            + "6374696d65c290b0086bfa08757365642d6d656dc2e8192700fa08616f662d62617365c000f540422321"
            + "6c7561206e616d653d6c0a72656469732e72656769737465725f66756e6374696f6e282266222c206675"
            + "6e6374696f6e28292072657475726e203120656e6429fe00fb0401f44ef401001401730f0f0000000300"
            + "8161028162020701fff45dcd010004016b020161c0010162c002f4631901001502737401100000000000"
            + "00000100000000000000011d1d0000000a0001010001010181660200010201000100018176020401ff01"
            + "01010101000001010167010101010000000000000001000000000000000159b6f119a201000001020163"
            + "59b6f119a201000059b6f119a20100000100000000000000010000000000000001016459b6f119a20100"
            + "00ffffffffffffffff00f47c030101fc00409452a30300000001650176ff81387b9f5d0ed17c")
    fileprivate static let fileOfRedis82 = LaterFile(
        version: "8.2.3", versionField: "redis-ver", keys: 4,
        hex:
            "524544495330303132fa0972656469732d76657205382e322e33fa0a72656469732d62697473c040fa05"
            + "6374696d65c293b0086bfa08757365642d6d656dc240ef2a00fa08616f662d62617365c000f540422321"
            + "6c7561206e616d653d6c0a72656469732e72656769737465725f66756e6374696f6e282266222c206675"
            + "6e6374696f6e28292072657475726e203120656e6429fe00fb0401f44ef401001401730f0f0000000300"
            + "8161028162020701fff45dcd010004016b020162c0020161c001f4631901001502737401100000000000"
            + "00000100000000000000011d1d0000000a0001010001010181660200010201000100018176020401ff01"
            + "0101010100000101016701010101000000000000000100000000000000015dc0f119a201000001020163"
            + "5dc0f119a20100005dc0f119a2010000010000000000000001000000000000000101645dc0f119a20100"
            + "00ffffffffffffffff00f47c030101fc00409452a30300000001650176ffd37d398de67b7774")
    fileprivate static let fileOfValkey81 = LaterFile(
        version: "8.1.8", versionField: "valkey-ver", keys: 3,
        hex:
            "524544495330303131fa0a76616c6b65792d76657205382e312e38fa0a72656469732d62697473c040fa"
            + "056374696d65c29bb0086bfa08757365642d6d656dc218c52b00fa08616f662d62617365c000f5404223"
            + "216c7561206e616d653d6c0a72656469732e72656769737465725f66756e6374696f6e282266222c2066"
            + "756e6374696f6e28292072657475726e203120656e6429fe00fb0301fa09736c6f742d696e666f083338"
            + "32382c312c301401730f0f00000003008161028162020701fffa09736c6f742d696e666f08383938352c"
            + "312c30150273740110000000000000000100000000000000011d1d0000000a0001010001010181660200"
            + "010201000100018176020401ff0101010101000001010167010101010000000000000001000000000000"
            + "000165def119a20100000102016365def119a201000065def119a2010000010000000000000001000000"
            + "0000000001016465def119a2010000ffffffffffffffff00fa09736c6f742d696e666f0931353336332c"
            + "312c31fc00409452a30300000001650176ffebd0876feaec6ec3")
}
