import RESP

/// The commands that count and find bits.
let bitCountingCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "bitcount", arity: -2, keys: .at(1, "RO", "access"), [.readonly], .bitmap, since: "2.6.0",
        complexity: "O(N)", summary: "Counts the bits of a string that are set.",
        syntax: "key [index(start end [index_unit<BYTE|BIT>@7.0.0])]", run: countBits),
    CommandSpec(
        "bitpos", arity: -3, keys: .at(1, "RO", "access"), [.readonly], .bitmap, since: "2.8.7",
        complexity: "O(N)", summary: "Finds the first bit of a string that is set or clear.",
        syntax: "key bit:integer [index(start [end_index(end [index_unit<BYTE|BIT>@7.0.0])])]",
        run: findBit),
]

@Sendable private func countBits(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    // As in Redis, what is wrong with the range is only said where there is a string.
    guard let reference = database.lookup(arguments[1]) else { return reply.integer(0) }
    guard let bytes = database[reference].bytes else { throw .wrongType }
    guard arguments.count != 2 else {
        return reply.integer(bytes.withBuffer { $0.setBits(in: 0..<$0.count * 8) })
    }
    guard arguments.count == 4 || arguments.count == 5 else { throw .syntax }
    guard let start = arguments[2].integer, let end = arguments[3].integer else {
        throw .notAnInteger
    }
    if start < 0, end < 0, start > end { return reply.integer(0) }
    let isInBits = arguments.count == 5 ? try unitIsBit(arguments[4]) : false
    let range = bitRange(start, end, isInBits: isInBits, byteCount: bytes.count)
    reply.integer(range.map { range in bytes.withBuffer { $0.setBits(in: range) } } ?? 0)
}

@Sendable private func findBit(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let bit = arguments[2].integer else { throw .notAnInteger }
    guard bit == 0 || bit == 1 else {
        throw ReplyError("ERR The bit argument must be 1 or 0.")
    }
    // A key that is not there is as a string of zeros without end.
    guard let reference = database.lookup(arguments[1]) else {
        return reply.integer(bit == 1 ? -1 : 0)
    }
    guard let bytes = database[reference].bytes else { throw .wrongType }
    guard let range = try searchRange(arguments, byteCount: bytes.count) else {
        return reply.integer(-1)
    }
    let position = bytes.withBuffer { $0.firstBit(bit == 1, in: range) }
    // Behind a string that has no end given there are zeros.
    let isOpen = bit == 0 && arguments.count < 5
    reply.integer(position ?? (isOpen ? range.upperBound : -1))
}

/// The bits among which BITPOS looks; nil for none.
private func searchRange(
    _ arguments: Arguments, byteCount: Int
) throws(ReplyError) -> Range<Int>? {
    guard arguments.count > 3 else {
        return bitRange(0, -1, isInBits: false, byteCount: byteCount)
    }
    guard arguments.count <= 6 else { throw .syntax }
    guard let start = arguments[3].integer else { throw .notAnInteger }
    let isInBits = arguments.count == 6 ? try unitIsBit(arguments[5]) : false
    guard arguments.count > 4 else {
        return bitRange(start, Int64(byteCount) - 1, isInBits: false, byteCount: byteCount)
    }
    guard let end = arguments[4].integer else { throw .notAnInteger }
    return bitRange(start, end, isInBits: isInBits, byteCount: byteCount)
}

private func unitIsBit(_ unit: Argument) throws(ReplyError) -> Bool {
    if unit.isKeyword("BIT") { return true }
    guard unit.isKeyword("BYTE") else { throw .syntax }
    return false
}

/// The bits that two indexes of bits or bytes mean, of which negative ones count from the end; nil for none.
private func bitRange(
    _ start: Int64, _ end: Int64, isInBits: Bool, byteCount: Int
) -> Range<Int>? {
    let total = Int64(isInBits ? byteCount * 8 : byteCount)
    let first = max(0, start < 0 ? total + start : start)
    let last = min(total - 1, max(0, end < 0 ? total + end : end))
    guard first <= last else { return nil }
    let unit = isInBits ? 1 : 8
    return Int(first) * unit..<(Int(last) + 1) * unit
}

extension UnsafeBufferPointer<UInt8> {
    /// How many of the bits are set.
    fileprivate func setBits(in range: Range<Int>) -> Int {
        var bit = range.lowerBound
        var count = 0
        while bit < range.upperBound, bit & 7 != 0 || range.upperBound - bit < 8 {
            count += self[bit: bit] ? 1 : 0
            bit += 1
        }
        while range.upperBound - bit >= 64 {
            count += word(at: bit >> 3).nonzeroBitCount
            bit += 64
        }
        while range.upperBound - bit >= 8 {
            count += self[bit >> 3].nonzeroBitCount
            bit += 8
        }
        while bit < range.upperBound {
            count += self[bit: bit] ? 1 : 0
            bit += 1
        }
        return count
    }

    /// The first bit of that value.
    fileprivate func firstBit(_ value: Bool, in range: Range<Int>) -> Int? {
        var bit = range.lowerBound
        let skipped: UInt64 = value ? 0 : .max
        while bit < range.upperBound {
            if bit & 7 == 0, range.upperBound - bit >= 64, word(at: bit >> 3) == skipped {
                bit += 64
            } else if self[bit: bit] == value {
                return bit
            } else {
                bit += 1
            }
        }
        return nil
    }

    private func word(at byte: Int) -> UInt64 {
        UnsafeRawBufferPointer(self).loadUnaligned(fromByteOffset: byte, as: UInt64.self)
    }

    private subscript(bit bit: Int) -> Bool { self[bit >> 3] & (0x80 >> UInt8(bit & 7)) != 0 }
}
