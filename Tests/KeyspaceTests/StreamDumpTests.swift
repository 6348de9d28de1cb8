import Keyspace
import RESP
import Testing

/// Streams in dumps: there and back, of older versions, and broken.
struct StreamDumpTests {
    @Test func `a stream comes back from a dump as it was`() throws {
        var runner = Self.filled()
        let dump = RDBWriter.dump(runner.database, auxiliary: [])
        var loaded = CommandRunner()
        try RDBReader.load(dump, into: &loaded.database)
        for line in ["XINFO STREAM s FULL COUNT 0", "XRANGE s - +", "XINFO STREAM e FULL"] {
            #expect(loaded.run(line) == runner.run(line), "\(line)")
        }
        #expect(RDBWriter.dump(loaded.database, auxiliary: []) == dump)
        #expect(loaded.run("XADD s 5000 a 1") == runner.run("XADD s 5000 a 1"))
        #expect(loaded.run("DUMP s") == runner.run("DUMP s"))
    }

    /// A stream of many nodes with two groups, and an empty one.
    private static func filled() -> CommandRunner {
        var runner = CommandRunner()
        runner.database.encodingLimits.streamNodeEntries = 5
        for number in 1...200 {
            _ = runner.run("XADD s \(number)-7 a \(number) b text")
            if number % 3 == 0 { _ = runner.run("XADD s \(number)-8 other \(number)") }
        }
        for number in 1...40 { _ = runner.run("XDEL s \(number * 4)-7") }
        _ = runner.run("XTRIM s MAXLEN 150")
        for group in ["g", "h"] {
            _ = runner.run("XGROUP CREATE s \(group) 0")
            _ = runner.run("XREADGROUP GROUP \(group) c COUNT 30 STREAMS s >")
            _ = runner.run("XREADGROUP GROUP \(group) d COUNT 30 STREAMS s >")
            _ = runner.run("XCLAIM s \(group) e 0 190-7 FORCE")
        }
        _ = runner.run("XGROUP CREATE e g $ MKSTREAM")
        return runner
    }

    @Test func `a broken stream is refused, or is one that commands can work on`() {
        var runner = CommandRunner()
        runner.database.encodingLimits.streamNodeEntries = 2
        for number in 1...5 { _ = runner.run("XADD s \(number) a \(number)") }
        _ = runner.run("XADD s 6 other text")
        _ = runner.run("XDEL s 2")
        _ = runner.run("XGROUP CREATE s g 0")
        _ = runner.run("XREADGROUP GROUP g c COUNT 3 STREAMS s >")
        let body = runner.payload(of: "s").dropLast(10)
        var random = SplitMix64(seed: 11)
        var taken = 0
        for _ in 0..<20_000 {
            var broken = Array(body)
            for _ in 0..<1 + random.next(below: 3) {
                broken[1 + random.next(below: broken.count - 1)] =
                    random.next(below: 3) == 0
                    ? [0, 1, 2, 3, 0x7F, 0x80, 0xFF][random.next(below: 7)]
                    : UInt8(random.next(below: 256))
            }
            if random.next(below: 10) == 0 {
                broken.removeLast(1 + random.next(below: broken.count - 1))
            }
            guard runner.restore(broken, as: "k") == "+OK\r\n" else { continue }
            taken += 1
            for line in Self.lines { _ = runner.run(line) }
        }
        #expect(taken > 100)
    }

    /// Commands that look into every part of a stream, and change it.
    private static let lines = [
        "XINFO STREAM k FULL COUNT 0", "XRANGE k - +", "XREVRANGE k + -", "XPENDING k g",
        "XPENDING k g - + 10", "DUMP k", "XREADGROUP GROUP g d STREAMS k 0",
        "XREADGROUP GROUP g d COUNT 2 STREAMS k >", "XAUTOCLAIM k g e 0 -", "XACK k g 1 2 3",
        "XDEL k 3 4", "XTRIM k MINID 4", "XADD k * a 1", "XADD k MAXLEN ~ 3 * b 2",
        "XTRIM k MAXLEN 1", "XINFO GROUPS k", "XTRIM k MAXLEN 0", "XADD k * a 1",
        "COPY k l REPLACE",
    ]
}

extension CommandRunner {
    /// The payload of a key.
    fileprivate mutating func payload(of key: String) -> [UInt8] {
        let reply = reply(to: [Array("DUMP".utf8), Array(key.utf8)])
        let start = reply.firstIndex(of: 10).map { $0 + 1 } ?? 0
        return Array(reply[start...].dropLast(2))
    }

    /// The reply to a RESTORE of a payload that still lacks its version and checksum.
    fileprivate mutating func restore(_ body: [UInt8], as key: String) -> String {
        var payload = body + [10, 0]
        let checksum = payload.withUnsafeBytes { CRC64.checksum($0) }
        withUnsafeBytes(of: checksum.littleEndian) { payload += $0 }
        let words = ["RESTORE", key, "0"].map { Array($0.utf8) }
        return String(
            decoding: reply(to: words + [payload, Array("REPLACE".utf8)]), as: UTF8.self)
    }
}
