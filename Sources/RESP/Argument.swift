/// One argument of a command, where it lies in the client's input.
///
/// It borrows memory: it is valid only during the step that hands it out, and nothing stores it.
package struct Argument {
    package let start: UnsafePointer<UInt8>
    package let count: Int

    @inlinable @inline(__always)
    package init(start: UnsafePointer<UInt8>, count: Int) {
        self.start = start
        self.count = count
    }

    @inlinable @inline(__always)
    package subscript(index: Int) -> UInt8 { start[index] }

    /// The bytes as a buffer, for copying and for the standard library.
    @inlinable @inline(__always)
    package var buffer: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: start, count: count)
    }

    /// A copy of the bytes.
    package var bytes: [UInt8] { Array(buffer) }

    /// The argument as text, with replacement characters where it is no UTF-8.
    package var text: String { String(decoding: buffer, as: UTF8.self) }

    @inlinable
    package static func == (left: Argument, right: Argument) -> Bool {
        left.count == right.count && left.buffer.elementsEqual(right.buffer)
    }

    /// Whether the argument is this option, in either case. `keyword` is ASCII in upper case.
    @inlinable
    package func isKeyword(_ keyword: StaticString) -> Bool {
        guard count == keyword.utf8CodeUnitCount else { return false }
        for index in 0..<count {
            var byte = start[index]
            if byte >= UInt8(ascii: "a"), byte <= UInt8(ascii: "z") { byte &-= 32 }
            if byte != keyword.utf8Start[index] { return false }
        }
        return true
    }

    /// The argument as a 64-bit integer by the rules of Redis' `string2ll`: digits and one minus sign only,
    /// no leading zeros, no blanks; nil where it is none.
    @inlinable
    package var integer: Int64? {
        guard count > 0, count <= 20 else { return nil }
        var index = 0
        let isNegative = start[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard index < count else { return nil }
        let first = start[index] &- UInt8(ascii: "0")
        guard first <= 9 else { return nil }
        if first == 0 { return count == 1 ? 0 : nil }
        var magnitude = UInt64(first)
        index += 1
        while index < count {
            let digit = start[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            magnitude = sum
            index += 1
        }
        if isNegative {
            guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
            return Int64(truncatingIfNeeded: 0 &- magnitude)
        }
        return Int64(exactly: magnitude)
    }
}

/// The arguments of one command, the command's name first. Valid during one step, as `Argument` is.
package struct Arguments {
    @usableFromInline package let base: UnsafePointer<UInt8>
    @usableFromInline package let ranges: UnsafePointer<ArgumentRange>
    package let count: Int

    @inlinable @inline(__always)
    package init(base: UnsafePointer<UInt8>, ranges: UnsafePointer<ArgumentRange>, count: Int) {
        self.base = base
        self.ranges = ranges
        self.count = count
    }

    @inlinable @inline(__always)
    package subscript(index: Int) -> Argument {
        precondition(index >= 0 && index < count, "argument index out of range")
        let range = ranges[index]
        return Argument(start: base + Int(range.offset), count: Int(range.count))
    }

    package var indices: Range<Int> { 0..<count }

    /// Copies of all arguments.
    package var copied: [[UInt8]] { (0..<count).map { self[$0].bytes } }

    /// Lends `arguments`, laid out in memory as the parser would, to `body`: for callers that have no
    /// client's input at hand, such as tests and the simulation.
    package static func withArguments<Result>(
        _ arguments: [[UInt8]], _ body: (Arguments) throws -> Result
    ) rethrows -> Result {
        var ranges: [ArgumentRange] = []
        var bytes: [UInt8] = []
        for argument in arguments {
            ranges.append(ArgumentRange(offset: UInt32(bytes.count), count: UInt32(argument.count)))
            bytes += argument
        }
        bytes.append(0)
        return try bytes.withUnsafeBufferPointer { bytes in
            try ranges.withUnsafeBufferPointer { ranges in
                guard let base = bytes.baseAddress, let start = ranges.baseAddress else {
                    preconditionFailure("a command has at least its name")
                }
                return try body(Arguments(base: base, ranges: start, count: arguments.count))
            }
        }
    }
}

/// Where an argument lies, counted from its command's first byte.
package struct ArgumentRange {
    package var offset: UInt32
    package var count: UInt32

    @inlinable @inline(__always)
    package init(offset: UInt32, count: UInt32) {
        self.offset = offset
        self.count = count
    }
}
