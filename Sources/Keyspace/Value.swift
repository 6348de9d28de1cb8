package import RESP

/// What a key holds.
package enum Value: Hashable, Sendable {
    /// A string that is a 64-bit number, kept as one (encoding `int`).
    case integer(Int64)
    /// A string as it was given (encoding `embstr` up to 44 bytes, else `raw`).
    case string(ByteString)
    /// A string that was changed in place; Redis keeps it `raw` whatever its length.
    case raw(ByteString)

    /// The kind of a value, as TYPE names it.
    package enum Kind: String, Sendable {
        case string
    }

    package var kind: Kind {
        switch self {
        case .integer, .string, .raw: .string
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
        }
    }
}
