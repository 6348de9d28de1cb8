import RESP

/// An integer of some bits within a string, the highest bit first.
struct BitField {
    let isSigned: Bool
    /// From 1 to 64 bits; 63 at most without a sign.
    let width: Int

    /// What becomes of a number that does not fit.
    enum Overflow {
        case wrap, saturate, fail
    }

    /// `i16`, `u8` and so on. As in Redis, nothing behind a zero byte is looked at.
    init(_ argument: Argument) throws(ReplyError) {
        let text = argument.buffer.prefix { $0 != 0 }
        let isSigned = text.first == UInt8(ascii: "i")
        let digits = Argument(start: argument.start + 1, count: max(0, text.count - 1))
        guard isSigned || text.first == UInt8(ascii: "u"), let width = digits.integer,
            width >= 1, width <= (isSigned ? 64 : 63)
        else {
            throw ReplyError(
                "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not "
                    + "supported but i64 is.")
        }
        self.isSigned = isSigned
        self.width = Int(width)
    }

    /// The number at an offset of bits. There are zeros behind the end of the string.
    func read(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int64 {
        var value: UInt64 = 0
        for bit in offset..<offset + width {
            let byte = bit >> 3 < bytes.count ? bytes[bit >> 3] : 0
            value = value << 1 | UInt64(byte >> UInt8(7 - (bit & 7)) & 1)
        }
        return extended(value)
    }

    /// Stores the lowest bits of a number.
    func write(_ value: Int64, to bytes: inout [UInt8], at offset: Int) {
        let value = UInt64(bitPattern: value)
        for index in 0..<width {
            let bit = offset + index
            let mask = UInt8(0x80) >> UInt8(bit & 7)
            if value >> UInt64(width - 1 - index) & 1 == 1 {
                bytes[bit >> 3] |= mask
            } else {
                bytes[bit >> 3] &= ~mask
            }
        }
    }

    /// The sum as the field can have it; nil where it does not fit and that is a failure.
    func sum(_ value: Int64, _ increment: Int64, _ overflow: Overflow) -> Int64? {
        guard let bound = exceededBound(value, increment) else { return value &+ increment }
        return switch overflow {
        case .wrap: extended(UInt64(bitPattern: value &+ increment))
        case .saturate: bound
        case .fail: nil
        }
    }

    /// The greatest or least number of the field, where the sum is beyond it.
    private func exceededBound(_ value: Int64, _ increment: Int64) -> Int64? {
        isSigned
            ? exceededSignedBound(value, increment)
            : exceededUnsignedBound(UInt64(bitPattern: value), increment)
    }

    /// Redis' own test (`checkSignedBitfieldOverflow`): a number far below the least one counts as too great, since
    /// the distance to the greatest one wraps.
    private func exceededSignedBound(_ value: Int64, _ increment: Int64) -> Int64? {
        let greatest: Int64 = width == 64 ? .max : (1 << Int64(width - 1)) - 1
        let least = -greatest - 1
        let (room, depth) = (greatest &- value, least &- value)
        if value > greatest || (width != 64 && increment > room)
            || (value >= 0 && increment > 0 && increment > room)
        {
            return greatest
        }
        if value < least || (width != 64 && increment < depth)
            || (value < 0 && increment < 0 && increment < depth)
        {
            return least
        }
        return nil
    }

    private func exceededUnsignedBound(_ value: UInt64, _ increment: Int64) -> Int64? {
        let greatest: UInt64 = (1 << UInt64(width)) - 1
        let room = Int64(bitPattern: greatest &- value)
        if value > greatest || (increment > 0 && increment > room) {
            return Int64(bitPattern: greatest)
        }
        return increment < 0 && increment < Int64(bitPattern: 0 &- value) ? 0 : nil
    }

    /// The lowest bits as a number of the field.
    private func extended(_ value: UInt64) -> Int64 {
        let unused = UInt64(64 - width)
        let high = value << unused
        return isSigned
            ? Int64(bitPattern: high) >> Int64(unused) : Int64(bitPattern: high >> unused)
    }
}
