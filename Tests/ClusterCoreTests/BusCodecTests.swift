import ClusterCore
import Keyspace
import Testing

struct BusCodecTests {
    @Test(arguments: BusMessage.examples)
    func `a message comes back as it was sent`(_ message: BusMessage) {
        let bytes = BusCodec.bytes(of: message)
        #expect(read(bytes) == .message(message, length: bytes.count))
        #expect(read(bytes + [1, 2, 3]) == .message(message, length: bytes.count))
    }

    @Test(arguments: BusMessage.examples)
    func `a message without its end waits for more`(_ message: BusMessage) {
        let bytes = BusCodec.bytes(of: message)
        for count in [0, 1, 4, 8, 15, 16, 2255, bytes.count - 1] where count < bytes.count {
            #expect(read(Array(bytes.prefix(count))) == .needMore)
        }
    }

    @Test func `fields stand where Redis has them`() {
        let bytes = BusCodec.bytes(of: .example(.ping(.init(entries: [.example], hostname: "h.x"))))
        #expect(bytes.count == 2256 + 104 + 16)
        #expect(
            Array(bytes[0..<16]) == Array("RCmb".utf8) + [0, 0, 9, 72, 0, 1, 27, 88, 0, 0, 0, 1])
        #expect(Array(bytes[16..<40]) == number(7) + number(5) + number(1234))
        #expect(text(bytes[40..<80]) == String(repeating: "0a", count: 20))
        #expect(bytes[80] == 0b1000_0001 && bytes[80 + 2047] == 0b1000_0000)
        #expect(text(bytes[2128..<2168]) == String(repeating: "b", count: 40))
        #expect(text(bytes[2168..<2179]) == "10.20.30.40")
        #expect(Array(bytes[2214..<2216]) == [0, 1])
        #expect(Array(bytes[2248..<2256]) == [66, 104, 2, 17, 1, 0b101, 0, 0])
        let entry = Array(bytes[2256..<2360])
        #expect(text(entry[0..<40]) == String(repeating: "c", count: 40))
        #expect(Array(entry[40..<48]) == [0, 0, 0, 3, 0, 0, 0, 4])
        #expect(text(entry[48..<51]) == "::1")
        #expect(Array(entry[94..<104]) == [27, 89, 66, 105, 0, 9, 0, 0, 0, 0])
        #expect(
            Array(bytes[2360...]) == [0, 0, 0, 16, 0, 0, 0, 0] + Array("h.x".utf8)
                + number(0).prefix(5))
    }

    @Test func `a name of zeros is nobody`() {
        var message = BusMessage.example(.failoverAuthAck)
        message.header.master = nil
        let bytes = BusCodec.bytes(of: message)
        #expect(bytes[2128..<2168].allSatisfy { $0 == 0 })
        #expect(read(bytes) == .message(message, length: 2256))
    }

    @Test func `messages of modules and of later versions are passed over`() {
        for type in [9, 11, 200] as [UInt8] {
            var bytes = BusCodec.bytes(of: .example(.fail(.c)))
            bytes[13] = type
            #expect(read(Array(bytes.dropLast())) == .needMore)
            #expect(read(bytes) == .unknown(length: 2296))
        }
    }

    @Test func `of what Redis 7.2, 8 and Valkey 8 say besides the hostname and the shard are taken`()
        throws
    {
        let message = BusMessage.example(.ping(.init(entries: [.example], hostname: "")))
        var bytes = BusCodec.bytes(of: message)
        // Hostname, human name, forgotten node with its time, shard; a secret or an address; one of tomorrow.
        let extensions: [(type: UInt8, body: [UInt8])] = [
            (0, Array("h.x".utf8) + number(0).prefix(5)),
            (1, Array("name".utf8) + number(0).prefix(4)),
            (2, [UInt8](repeating: 0x63, count: 40) + number(60)),
            (3, [UInt8](repeating: 0x64, count: 40)), (4, [UInt8](repeating: 0xFF, count: 40)),
            (200, []),
        ]
        for (type, body) in extensions {
            bytes += [0, 0, 0, UInt8(8 + body.count), 0, type, 0, 0] + body
        }
        bytes.replaceSubrange(4..<8, with: number(UInt64(bytes.count)).suffix(4))
        bytes[2215] = UInt8(extensions.count)
        bytes[2253] |= 1 << 2
        // The flags that say that their sender reads extensions, and light messages.
        bytes[2250] |= 0b1100
        guard case .message(let read, let length) = read(bytes) else {
            Issue.record("not read: \(read(bytes))")
            return
        }
        #expect(length == bytes.count)
        let shard = try #require(NodeID(String(repeating: "d", count: 40)))
        #expect(read.body == .ping(.init(entries: [.example], hostname: "h.x", shard: .id(shard))))
        #expect(read.header.sender == message.header.sender)
    }

    @Test func `a mark without extensions says that its sender reads them, a hostname alone does not`() {
        var bytes = BusCodec.bytes(of: .example(.ping(.init())))
        bytes[2253] |= 1 << 2
        #expect(
            read(bytes) == .message(.example(.ping(.init(shard: .untold))), length: bytes.count))
        let named = BusMessage.example(.ping(.init(hostname: "h.x")))
        #expect(read(BusCodec.bytes(of: named)) == .message(named, length: 2256 + 16))
    }

    @Test func `an extension of another type is passed over`() {
        var bytes = BusCodec.bytes(of: .example(.pong(.init(hostname: "name"))))
        bytes[2256 + 5] = 3
        #expect(
            read(bytes)
                == .message(.example(.pong(.init(shard: .untold))), length: bytes.count))
    }

    @Test(arguments: Damage.all)
    func `what is malformed is told from its first bytes`(_ damage: Damage) {
        var bytes = BusCodec.bytes(of: .example(damage.body))
        for (position, byte) in damage.changes { bytes[position] = byte }
        #expect(read(bytes) == .malformed(damage.fault))
        if let enough = damage.enough {
            #expect(read(Array(bytes.prefix(enough))) == .malformed(damage.fault))
        }
    }

    @Test func `a hostname without an end and lengths that lie are malformed`() {
        for length in [0, 4, 12, 24, 1 << 20] as [UInt32] {
            var bytes = BusCodec.bytes(of: .example(.ping(.init(hostname: "name"))))
            withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(2256..<2260, with: $0) }
            #expect(read(bytes) == .malformed(.extension(kind: "ping")))
        }
        var bytes = BusCodec.bytes(of: .example(.ping(.init(hostname: "name"))))
        bytes[2215] = 9
        #expect(read(bytes) == .malformed(.extension(kind: "ping")))
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `20,000 damaged frames are read without harm`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let originals = BusMessage.examples.map(BusCodec.bytes)
        var seen = [0, 0, 0, 0]
        for _ in 0..<20_000 {
            var bytes = originals[random.next(below: originals.count)]
            for _ in 0...random.next(below: 4) {
                // Mostly where lengths, types and marks are.
                let isHeader = random.next(below: 2) == 0
                let position =
                    isHeader
                    ? random.next(below: 16) : 2120 + random.next(below: bytes.count - 2120)
                bytes[position] = UInt8(random.next(below: 256))
            }
            if random.next(below: 3) == 0 { bytes.removeLast(random.next(below: bytes.count)) }
            switch read(bytes) {
            case .needMore: seen[0] += 1
            case .message(let message, let length):
                #expect(length <= bytes.count)
                // What is not kept, such as unknown extensions, is gone; what is kept reads the same again.
                let again = BusCodec.bytes(of: message)
                #expect(read(again) == .message(message, length: again.count))
                seen[1] += 1
            case .unknown(let length):
                #expect(length <= bytes.count)
                seen[2] += 1
            case .malformed: seen[3] += 1
            }
        }
        #expect(seen.allSatisfy { $0 > 100 }, "\(seen)")
    }

    private func number(_ value: UInt64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

/// A frame that is wrong in one way.
struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: BusMessage.Body
    let changes: [(Int, UInt8)]
    let fault: BusCodec.Fault
    /// So many bytes tell it; nil where all are needed.
    let enough: Int?

    static let all: [Damage] = [
        Damage(
            testDescription: "signature", body: .fail(.c), changes: [(3, 99)],
            fault: .signatureOrLength, enough: 4),
        Damage(
            testDescription: "shorter than a header", body: .fail(.c), changes: [(6, 8), (7, 207)],
            fault: .signatureOrLength, enough: 8),
        Damage(
            testDescription: "absurd length", body: .publish(channel: [1], message: [2]),
            changes: [(4, 255)], fault: .signatureOrLength, enough: 8),
        Damage(
            testDescription: "version", body: .fail(.c), changes: [(9, 2)], fault: .version(2),
            enough: 16),
        Damage(
            testDescription: "longer than its type", body: .fail(.c), changes: [(7, 249)],
            fault: .length(kind: "fail", actual: 2297, expected: 2296), enough: 16),
        Damage(
            testDescription: "too many entries", body: .ping(.init(entries: [.example])),
            changes: [(15, 2)],
            fault: .length(kind: "ping", actual: 2360, expected: 2464), enough: 16),
        Damage(
            testDescription: "too few entries", body: .ping(.init(entries: [.example])),
            changes: [(15, 0)],
            fault: .length(kind: "ping", actual: 2360, expected: 2256), enough: nil),
        Damage(
            testDescription: "channel longer than the packet",
            body: .publishShard(channel: [1], message: [2]), changes: [(2256, 255)],
            fault: .length(
                kind: "publishshard", actual: 2266, expected: 2266 + 255 << 24), enough: nil),
        Damage(
            testDescription: "sender", body: .failoverAuthAck, changes: [(40, 0)], fault: .name,
            enough: nil),
        Damage(
            testDescription: "upper case name", body: .fail(.c), changes: [(2256, 67)],
            fault: .name, enough: nil),
        Damage(
            testDescription: "nodes.conf breaker", body: .failoverAuthAck, changes: [(2168, 10)],
            fault: .address, enough: nil),
    ]
}

extension NodeID {
    static let a = id("0a", 20)
    static let b = id("b", 40)
    static let c = id("c", 40)

    private static func id(_ digits: String, _ times: Int) -> NodeID {
        guard let id = NodeID(String(repeating: digits, count: times)) else {
            preconditionFailure("\(digits) is no part of a name")
        }
        return id
    }
}

extension GossipEntry {
    static let example = GossipEntry(
        id: .c, pingSent: 3, pongReceived: 4, host: "::1", port: 7001, busPort: 17001,
        flags: [.master, .fail])
}

extension BusMessage {
    static func example(_ body: Body) -> BusMessage {
        var slots = SlotSet()
        for slot in [0, 7, 16383] { slots.insert(HashSlot(unchecked: slot)) }
        return BusMessage(
            header: Header(
                sender: .a, currentEpoch: 7, configEpoch: 5, offset: 1234, slots: slots, master: .b,
                host: "10.20.30.40", port: 7000, busPort: 17000,
                flags: [.noFailover, .myself, .master], isClusterOK: false, marks: .paused),
            body: body)
    }

    /// One of each kind, and gossip of every shape.
    static let examples: [BusMessage] = [
        example(.ping(Gossip())),
        example(.pong(Gossip(entries: [.example, .example], hostname: "a-host.example"))),
        example(.meet(Gossip(entries: Array(repeating: .example, count: 100)))),
        example(.ping(Gossip(hostname: "1234567"))),
        example(.ping(Gossip(hostname: "a-host.example", shard: .id(.c)))),
        example(.pong(Gossip(entries: [.example], shard: .id(.b)))),
        example(.meet(Gossip(shard: .untold))),
        example(.fail(.b)),
        example(.publish(channel: Array("news".utf8), message: [0, 13, 10, 255])),
        example(.publishShard(channel: [], message: [])),
        example(.failoverAuthRequest),
        example(.failoverAuthAck),
        example(.update(owner: .c, configEpoch: .max, slots: SlotSet())),
        example(.manualFailoverStart),
    ]
}

/// What `BusCodec` finds at the beginning of bytes.
func read(_ bytes: [UInt8]) -> BusCodec.Frame {
    bytes.withUnsafeBytes { BusCodec.read($0) }
}
