/// Reads the replies of a node from bytes that arrive in any pieces: the client's side of RESP2 and RESP3.
///
/// Append what was received, then take replies until `next` is nil, which means that more bytes are
/// needed. Aggregates that are still growing are kept, so no byte of a long reply is read twice.
package struct RESPParser: Sendable {
    /// The bytes are no RESP, or beyond a limit. The connection cannot be used any further.
    package struct Malformed: Error, Hashable {
        package init() {}
    }

    /// Aggregates within aggregates; Redis' own replies stay below ten.
    package static let depthLimit = 64
    /// Bytes of one string: Redis' proto-max-bulk-len.
    package static let stringLimit = 512 * 1024 * 1024
    /// Bytes of a line: a simple string, an error, a number.
    package static let lineLimit = 1024 * 1024

    private var buffer: [UInt8] = []
    private var position = 0
    private var open: [OpenAggregate] = []
    private let knowsAttributes: Bool
    /// The type byte that made the bytes malformed; nil when it was something else.
    package private(set) var unknownType: UInt8?

    private struct OpenAggregate {
        var kind: Kind
        var remaining: Int
        var elements: [RESPValue] = []

        enum Kind {
            case array, map, set, push
            /// Said about the reply that follows; no command of Redis 7 sends any.
            case attribute
        }
    }

    /// - Parameter knowsAttributes: whether attributes are passed over. redis-cli 7.0 takes them for malformed.
    package init(knowsAttributes: Bool = true) {
        self.knowsAttributes = knowsAttributes
    }

    /// Takes in what was received.
    package mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer.removeFirst(position)
        position = 0
        buffer.append(contentsOf: bytes)
    }

    /// The next whole reply; nil when more bytes are needed.
    package mutating func next() throws(Malformed) -> RESPValue? {
        while let value = try takeScalar() {
            if let value, let reply = close(with: value) { return reply }
        }
        return nil
    }

    /// Puts a value into the aggregates that wait for it; returns the reply that it completes.
    private mutating func close(with element: RESPValue) -> RESPValue? {
        var value = element
        while var aggregate = open.popLast() {
            aggregate.elements.append(value)
            aggregate.remaining -= 1
            guard aggregate.remaining == 0 else {
                open.append(aggregate)
                return nil
            }
            guard let whole = Self.whole(aggregate) else { return nil }
            value = whole
        }
        return value
    }

    private static func whole(_ aggregate: OpenAggregate) -> RESPValue? {
        switch aggregate.kind {
        case .array: .array(aggregate.elements)
        case .map: .map(aggregate.elements)
        case .set: .set(aggregate.elements)
        case .push: .push(aggregate.elements)
        case .attribute: nil
        }
    }

    /// A value without elements; `.some(nil)` when an aggregate was opened instead, nil when bytes are missing.
    private mutating func takeScalar() throws(Malformed) -> RESPValue?? {
        let start = position
        guard let line = try takeLine() else { return nil }
        guard let type = line.first else { throw Malformed() }
        let rest = line.dropFirst()
        switch type {
        case UInt8(ascii: "+"): return .simpleString(Self.text(rest))
        case UInt8(ascii: "-"): return .error(Self.text(rest))
        case UInt8(ascii: ":"): return .integer(try Self.integer(rest))
        case UInt8(ascii: ","): return .double(Self.text(rest))
        case UInt8(ascii: "("): return .bigNumber(Self.text(rest))
        case UInt8(ascii: "_"): return RESPValue.null
        case UInt8(ascii: "#"): return .boolean(try Self.boolean(rest))
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            return try takeString(type, length: rest, lineStart: start)
        case UInt8(ascii: "*"): return try openAggregate(.array, count: rest)
        case UInt8(ascii: "~"): return try openAggregate(.set, count: rest)
        case UInt8(ascii: ">"): return try openAggregate(.push, count: rest)
        case UInt8(ascii: "%"): return try openAggregate(.map, count: rest)
        case UInt8(ascii: "|") where knowsAttributes:
            return try openAggregate(.attribute, count: rest)
        default:
            unknownType = type
            throw Malformed()
        }
    }

    private mutating func takeLine() throws(Malformed) -> ArraySlice<UInt8>? {
        let pending = buffer[position...]
        guard let end = pending.firstIndex(of: UInt8(ascii: "\n")) else {
            if pending.count > Self.lineLimit { throw Malformed() }
            return nil
        }
        guard end > position, buffer[end - 1] == UInt8(ascii: "\r"),
            end - position <= Self.lineLimit
        else { throw Malformed() }
        defer { position = end + 1 }
        return buffer[position..<(end - 1)]
    }

    /// When the string is not there yet, goes back to its first line, which is short.
    private mutating func takeString(
        _ type: UInt8, length: ArraySlice<UInt8>, lineStart: Int
    ) throws(Malformed) -> RESPValue?? {
        let count = try Self.integer(length)
        if count == -1, type == UInt8(ascii: "$") { return RESPValue.null }
        guard (0...Int64(Self.stringLimit)).contains(count) else { throw Malformed() }
        let end = position + Int(count)
        guard buffer.count >= end + 2 else {
            position = lineStart
            return nil
        }
        guard buffer[end] == UInt8(ascii: "\r"), buffer[end + 1] == UInt8(ascii: "\n") else {
            throw Malformed()
        }
        defer { position = end + 2 }
        let bytes = buffer[position..<end]
        switch type {
        case UInt8(ascii: "$"): return .bulkString(Array(bytes))
        case UInt8(ascii: "!"): return .error(Self.text(bytes))
        default: return try Self.verbatimString(bytes)
        }
    }

    private mutating func openAggregate(
        _ kind: OpenAggregate.Kind, count: ArraySlice<UInt8>
    ) throws(Malformed) -> RESPValue?? {
        let count = try Self.integer(count)
        if count == -1, kind == .array { return RESPValue.null }
        let isPaired = kind == .map || kind == .attribute
        guard (0...Int64(Int32.max)).contains(count), open.count < Self.depthLimit else {
            throw Malformed()
        }
        let aggregate = OpenAggregate(kind: kind, remaining: Int(count) * (isPaired ? 2 : 1))
        if count == 0 { return .some(Self.whole(aggregate)) }
        open.append(aggregate)
        return .some(nil)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> Int64 {
        guard let number = Int64(text(bytes)) else { throw Malformed() }
        return number
    }

    private static func boolean(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> Bool {
        switch text(bytes) {
        case "t": return true
        case "f": return false
        default: throw Malformed()
        }
    }

    /// `txt:` and then the text.
    private static func verbatimString(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> RESPValue {
        guard bytes.count >= 4, bytes[bytes.startIndex + 3] == UInt8(ascii: ":") else {
            throw Malformed()
        }
        return .verbatimString(format: text(bytes.prefix(3)), Array(bytes.dropFirst(4)))
    }
}
