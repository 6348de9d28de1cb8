package import RESP

/// What a key holds.
package enum Value: Hashable, Sendable {
    /// A string that is a 64-bit number, kept as one (encoding `int`).
    case integer(Int64)
    /// A string as it was given (encoding `embstr` up to 44 bytes, else `raw`).
    case string(ByteString)
    /// A string that was changed in place; Redis keeps it `raw` whatever its length.
    case raw(ByteString)
    case list(ListValue)
    case set(SetValue)
    case hash(HashValue)
    case stream(StreamValue)
    case sortedSet(SortedSetValue)

    /// The kind of a value, as TYPE names it.
    package enum Kind: String, Sendable {
        case string, list, set, hash
        case stream
        case sortedSet = "zset"
    }

    package var kind: Kind {
        switch self {
        case .integer, .string, .raw: .string
        case .list: .list
        case .set: .set
        case .hash: .hash
        case .stream: .stream
        case .sortedSet: .sortedSet
        }
    }

    /// A string value as SET stores it: a number where the bytes are one.
    @inline(__always)
    package init(_ argument: Argument) {
        if argument.count <= 20, let first = argument.buffer.first, first <= UInt8(ascii: "9"),
            let number = argument.integer
        {
            self = .integer(number)
        } else {
            self = .string(ByteString(argument))
        }
    }

    /// The bytes of a string value; nil for other kinds.
    package var bytes: ByteString? {
        switch self {
        case .integer(let number):
            withDecimal(of: number) { digits, count in
                ByteString(UnsafeBufferPointer(start: digits, count: count))
            }
        case .string(let bytes), .raw(let bytes): bytes
        case .list, .set, .hash, .sortedSet, .stream: nil
        }
    }

    /// The length of a string value; nil for other kinds.
    package var stringLength: Int? {
        switch self {
        case .integer(let number): withDecimal(of: number) { _, count in count }
        case .string(let bytes), .raw(let bytes): bytes.count
        case .list, .set, .hash, .sortedSet, .stream: nil
        }
    }

    /// Changes the bytes of a string value in place; from then on it is `raw`.
    package mutating func modifyBytes(_ body: (inout [UInt8]) -> Void) {
        var bytes: ByteString
        switch self {
        case .integer: bytes = self.bytes ?? ByteString()
        case .string(let held), .raw(let held): bytes = held
        case .list, .set, .hash, .sortedSet, .stream: preconditionFailure("a \(kind) has no bytes")
        }
        // Lets go of the value's own hold on the bytes, so that they are not copied.
        self = .integer(0)
        bytes.modify(body)
        self = .raw(bytes)
    }

    /// What OBJECT ENCODING answers.
    package var encoding: StaticString {
        switch self {
        case .integer: "int"
        case .string(let bytes): bytes.count <= Self.embeddedLimit ? "embstr" : "raw"
        case .raw: "raw"
        case .list: "quicklist"
        case .set(let set): set.encoding
        case .hash(let hash): hash.encoding
        case .stream: "stream"
        case .sortedSet(let sortedSet): sortedSet.encoding
        }
    }

    /// What OBJECT REFCOUNT answers: Redis shares the numbers below 10000 among all keys.
    package var referenceCount: Int64 {
        if case .integer(0..<10_000) = self { Int64(Int32.max) } else { 1 }
    }

    /// The longest string that Redis keeps in one piece with its object
    /// (OBJ_ENCODING_EMBSTR_SIZE_LIMIT).
    private static let embeddedLimit = 44
}
