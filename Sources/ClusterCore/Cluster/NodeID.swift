package import Keyspace

/// A node's name: 40 hexadecimal digits, kept as the 20 bytes that they stand for.
package struct NodeID: Hashable, Sendable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// The digits of a name.
    package static let length = 40

    /// nil where the text is not 40 hexadecimal digits in lower case.
    package init?(_ text: String) {
        var text = text
        let id = text.withUTF8 { NodeID($0) }
        guard let id else { return nil }
        self = id
    }

    /// The same for text that lies in memory, such as a packet of the bus.
    package init?(_ digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == Self.length,
            let high = Self.number(digits, 0..<16), let middle = Self.number(digits, 16..<32),
            let low = Self.number(digits, 32..<40)
        else { return nil }
        self.high = high
        self.middle = middle
        self.low = UInt32(truncatingIfNeeded: low)
    }

    private init(high: UInt64, middle: UInt64, low: UInt32) {
        self.high = high
        self.middle = middle
        self.low = low
    }

    /// A new name.
    package static func random(using random: inout SplitMix64) -> NodeID {
        NodeID(
            high: random.next(), middle: random.next(),
            low: UInt32(truncatingIfNeeded: random.next() >> 32))
    }

    /// Names are random: a part of one tells as much as the whole.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(high)
    }

    /// A number in which all digits take part, for hash tables: somebody may have chosen names that differ little.
    @inline(__always)
    var mixed: UInt64 {
        (high ^ middle << 1 ^ UInt64(low) << 17) &* 0x9E37_79B9_7F4A_7C15
    }

    /// The 40 digits.
    package var description: String {
        String(unsafeUninitializedCapacity: Self.length) { write(to: $0) }
    }

    /// The 40 digits as bytes.
    package var digits: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.length) { $1 = write(to: $0) }
    }

    /// - Returns: how many digits there are.
    private func write(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        for index in 0..<16 {
            let shift = UInt64(60 - 4 * index)
            buffer[index] = Self.digit(high >> shift)
            buffer[index + 16] = Self.digit(middle >> shift)
        }
        for index in 0..<8 {
            buffer[index + 32] = Self.digit(UInt64(low) >> UInt64(28 - 4 * index))
        }
        return Self.length
    }

    package static func < (left: NodeID, right: NodeID) -> Bool {
        (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
    }

    @inline(__always)
    private static func digit(_ value: UInt64) -> UInt8 {
        let nibble = UInt8(truncatingIfNeeded: value & 15)
        return nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }

    private static func number(
        _ digits: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> UInt64? {
        var number: UInt64 = 0
        for index in range {
            switch digits[index] {
            case let digit where digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9"):
                number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case let digit where digit >= UInt8(ascii: "a") && digit <= UInt8(ascii: "f"):
                number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }
}
