import RESP

/// An element of a listpack where it lies: a number that was recognised as one, or bytes.
///
/// It borrows the bytes and is valid as long as they are.
enum ListpackItem {
    case number(Int64)
    case bytes(UnsafeBufferPointer<UInt8>)

    /// What a listpack makes of an argument.
    @inline(__always)
    init(_ argument: Argument) {
        if argument.count <= 20, argument.count > 0, argument[0] <= UInt8(ascii: "9"),
            let number = argument.integer
        {
            self = .number(number)
        } else {
            self = .bytes(argument.buffer)
        }
    }

    /// The element as a listpack has it: what a table has as bytes may be a number there.
    @inline(__always)
    var asInListpack: ListpackItem {
        switch self {
        case .number: self
        case .bytes: withArgument { ListpackItem($0) }
        }
    }

    /// A copy of the element that stays valid.
    var copied: ByteString {
        switch self {
        case .number(let number):
            withDecimal(of: number) { digits, count in
                ByteString(UnsafeBufferPointer(start: digits, count: count))
            }
        case .bytes(let buffer): ByteString(buffer)
        }
    }

    /// How many bytes the element has as a string.
    var length: Int {
        switch self {
        case .number(let number): withDecimal(of: number) { _, count in count }
        case .bytes(let buffer): buffer.count
        }
    }

    /// Lends the element as bytes.
    func withBuffer<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        switch self {
        case .number(let number):
            withDecimal(of: number) { body(UnsafeBufferPointer(start: $0, count: $1)) }
        case .bytes(let buffer): body(buffer)
        }
    }

    /// Lends the element as if a client had sent it.
    @inline(__always)
    func withArgument<Result>(_ body: (Argument) -> Result) -> Result {
        switch self {
        case .number(let number):
            return withDecimal(of: number) { body(Argument(start: $0, count: $1)) }
        case .bytes(let buffer):
            guard let start = buffer.baseAddress else {
                preconditionFailure("an element lies somewhere")
            }
            return body(Argument(start: start, count: buffer.count))
        }
    }

    /// Whether the two are the same string.
    @inline(__always)
    func equals(_ other: ListpackItem) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)): left == right
        case (.bytes(let left), .bytes(let right)):
            left.count == right.count && haveEqualBytes(left, right)
        case (.number, .bytes), (.bytes, .number): false
        }
    }
}

@inline(__always)
private func haveEqualBytes(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
) -> Bool {
    var index = 0
    while index < left.count {
        if left[index] != right[index] { return false }
        index += 1
    }
    return true
}

extension ByteString {
    /// Lends the bytes as an element of a listpack.
    func withItem<Result>(_ body: (ListpackItem) -> Result) -> Result {
        withBuffer { buffer in
            if let number = integer { return body(.number(number)) }
            return body(.bytes(buffer))
        }
    }
}

extension ReplyBuffer {
    /// Answers with an element of a listpack.
    @inline(__always)
    mutating func bulkString(_ item: ListpackItem) {
        switch item {
        case .number(let number): bulkString(number)
        case .bytes(let buffer): bulkString(buffer)
        }
    }
}

extension ListpackItem {
    /// How an element is laid out: the first byte, what follows it and the length of all that, again, at
    /// the end, so that a listpack can be walked from both sides (listpack.c).
    struct Layout {
        let item: ListpackItem
        /// Bytes of the first byte and the lengths or digits behind it.
        let headerCount: Int
        /// Bytes without the length at the end.
        let bodyCount: Int
        let tailCount: Int

        var count: Int { bodyCount + tailCount }

        @inline(__always)
        init(_ item: ListpackItem) {
            self.item = item
            switch item {
            case .number(let number):
                headerCount = Self.headerCount(of: number)
                bodyCount = headerCount
            case .bytes(let buffer):
                headerCount = buffer.count < 64 ? 1 : buffer.count < 4096 ? 2 : 5
                bodyCount = headerCount + buffer.count
            }
            tailCount = Self.tailCount(of: bodyCount)
        }

        private static func headerCount(of number: Int64) -> Int {
            if number >= 0 && number <= 127 { return 1 }
            if number >= -4096 && number <= 4095 { return 2 }
            if number >= -32768 && number <= 32767 { return 3 }
            if number >= -8_388_608 && number <= 8_388_607 { return 4 }
            return Int32(exactly: number) == nil ? 9 : 5
        }

        static func tailCount(of bodyCount: Int) -> Int {
            if bodyCount <= 127 { return 1 }
            if bodyCount < 16_383 { return 2 }
            if bodyCount < 2_097_151 { return 3 }
            return bodyCount < 268_435_455 ? 4 : 5
        }

        /// Writes the element; there is room for `count` bytes.
        @inline(__always)
        func write(to start: UnsafeMutablePointer<UInt8>) {
            switch item {
            case .number(let number): writeNumber(number, to: start)
            case .bytes(let buffer):
                writeLength(buffer.count, to: start)
                if let source = buffer.baseAddress {
                    (start + headerCount).update(from: source, count: buffer.count)
                }
            }
            writeTail(to: start + bodyCount)
        }

        private func writeNumber(_ number: Int64, to start: UnsafeMutablePointer<UInt8>) {
            switch headerCount {
            case 1: start[0] = UInt8(truncatingIfNeeded: number)
            case 2:
                start[0] = 0xC0 | UInt8(truncatingIfNeeded: (number >> 8) & 0x1F)
                start[1] = UInt8(truncatingIfNeeded: number)
            default:
                start[0] = headerCount == 9 ? 0xF4 : 0xF1 + UInt8(headerCount - 3)
                for index in 1..<headerCount {
                    start[index] = UInt8(truncatingIfNeeded: number >> Int64(8 * (index - 1)))
                }
            }
        }

        private func writeLength(_ count: Int, to start: UnsafeMutablePointer<UInt8>) {
            switch headerCount {
            case 1: start[0] = 0x80 | UInt8(count)
            case 2:
                start[0] = 0xE0 | UInt8(count >> 8)
                start[1] = UInt8(truncatingIfNeeded: count)
            default:
                start[0] = 0xF0
                for index in 0..<4 {
                    start[1 + index] = UInt8(truncatingIfNeeded: count >> (8 * index))
                }
            }
        }

        /// Seven bits a byte, the highest first; all but the first have their upper bit set.
        private func writeTail(to start: UnsafeMutablePointer<UInt8>) {
            for index in 0..<tailCount {
                let bits = UInt8(truncatingIfNeeded: bodyCount >> (7 * (tailCount - 1 - index)))
                start[index] = index == 0 ? bits : bits & 0x7F | 0x80
            }
        }
    }
}
