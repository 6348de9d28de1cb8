/// One reply of a Redis node, as a client receives it.
///
/// It covers RESP2 and RESP3 (Redis protocol specification, "RESP protocol description"). The node
/// itself never builds these: it encodes straight into the client's output buffer.
package indirect enum RESPValue: Hashable, Sendable {
    case simpleString(String)
    /// The text without the leading `-`: `MOVED 10778 127.0.0.1:7001`.
    case error(String)
    case integer(Int64)
    /// Binary safe.
    case bulkString([UInt8])
    /// RESP2's null bulk string and null array, and RESP3's null.
    case null
    case array([RESPValue])
    /// Key and value in turn, in the order in which the node sent them.
    case map([RESPValue])
    case set([RESPValue])
    /// Out-of-band data; it answers no command.
    case push([RESPValue])
    /// The digits as they were sent: redis-cli prints them unchanged.
    case double(String)
    case boolean(Bool)
    case bigNumber(String)
    /// `format` has three characters, such as `txt`.
    case verbatimString(format: String, [UInt8])
}

extension RESPValue {
    /// The text of a simple, bulk or verbatim string; nil for anything else. Bytes that are no UTF-8
    /// become replacement characters.
    package var text: String? {
        switch self {
        case .simpleString(let text): text
        case .bulkString(let bytes), .verbatimString(_, let bytes):
            String(decoding: bytes, as: UTF8.self)
        case .error, .integer, .null, .array, .map, .set, .push, .double, .boolean, .bigNumber: nil
        }
    }

    /// The elements of an array, set, push or map (keys and values in turn); nil for anything else.
    package var elements: [RESPValue]? {
        switch self {
        case .array(let elements), .map(let elements), .set(let elements), .push(let elements):
            elements
        case .simpleString, .error, .integer, .bulkString, .null, .double, .boolean, .bigNumber,
            .verbatimString:
            nil
        }
    }

    /// The number of an integer reply, or of a string that holds one.
    package var integer: Int64? {
        if case .integer(let number) = self { return number }
        return text.flatMap { Int64($0) }
    }

    /// The first word of an error, such as `MOVED` or `ERR`; nil for anything else.
    package var errorCode: String? {
        guard case .error(let message) = self else { return nil }
        return message.split(separator: " ", maxSplits: 1).first.map(String.init) ?? ""
    }
}
