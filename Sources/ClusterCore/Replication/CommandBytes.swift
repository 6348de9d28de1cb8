import Keyspace
import RESP

extension [UInt8] {
    /// Begins a command of so many arguments, as RESP.
    @inline(__always)
    mutating func appendCommand(of count: Int) {
        appendHeader(UInt8(ascii: "*"), count)
    }

    /// Adds an argument.
    @inline(__always)
    mutating func appendBulk(_ bytes: UnsafeBufferPointer<UInt8>) {
        appendHeader(UInt8(ascii: "$"), bytes.count)
        append(contentsOf: bytes)
        append(13)
        append(10)
    }

    @inline(__always)
    mutating func appendBulk(_ argument: Argument) {
        appendBulk(argument.buffer)
    }

    /// Adds an argument that is ASCII.
    mutating func appendWord(_ text: StaticString) {
        appendBulk(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func appendBulk(_ bytes: ByteString) {
        bytes.withBuffer { appendBulk($0) }
    }

    /// Adds a number as an argument.
    mutating func appendBulk(_ number: Int64) {
        withDecimal(of: number) { digits, count in
            appendBulk(UnsafeBufferPointer(start: digits, count: count))
        }
    }

    /// A whole command of texts.
    mutating func appendCommand(_ arguments: String...) { appendCommand(arguments) }

    /// The same for a list of them.
    mutating func appendCommand(_ arguments: [String]) {
        appendCommand(of: arguments.count)
        for var argument in arguments { argument.withUTF8 { appendBulk($0) } }
    }

    @inline(__always)
    private mutating func appendHeader(_ type: UInt8, _ count: Int) {
        append(type)
        if count < 10 {
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: count))
        } else {
            withDecimal(of: Int64(count)) { digits, length in
                append(contentsOf: UnsafeBufferPointer(start: digits, count: length))
            }
        }
        append(13)
        append(10)
    }
}
