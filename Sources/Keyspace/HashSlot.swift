package import RESP

/// One of the 16384 slots that keys hash to and nodes own.
package struct HashSlot: Hashable, Sendable, Comparable, CustomStringConvertible {
    package static let count = 16384

    package let number: UInt16

    /// nil where the number is no slot.
    package init?(_ number: Int64) {
        guard number >= 0, number < Int64(Self.count) else { return nil }
        self.number = UInt16(number)
    }

    /// The slot of a key: CRC16 of the key, or of its hash tag, modulo 16384.
    ///
    /// The hash tag is what stands between the first `{` and the first `}` after it, unless that is
    /// nothing (Redis Cluster specification, "Hash tags").
    @inline(__always)
    package init(of key: Argument) {
        number = UInt16(truncatingIfNeeded: crc16(Self.hashedPart(of: key))) & 0x3FFF
    }

    /// `init(of:)` for keys that are at hand as bytes.
    package init(of key: [UInt8]) {
        self = key.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return HashSlot(unchecked: 0) }
            return HashSlot(of: Argument(start: start, count: bytes.count))
        }
    }

    @inline(__always)
    package init(unchecked number: Int) {
        self.number = UInt16(truncatingIfNeeded: number)
    }

    /// The slot as an index into tables of 16384.
    @inline(__always)
    package var index: Int { Int(number) }

    package var description: String { "\(number)" }

    package static func < (left: HashSlot, right: HashSlot) -> Bool { left.number < right.number }

    private static func hashedPart(of key: Argument) -> Argument {
        var open = 0
        while open < key.count, key[open] != UInt8(ascii: "{") { open += 1 }
        guard open < key.count else { return key }
        var close = open + 1
        while close < key.count, key[close] != UInt8(ascii: "}") { close += 1 }
        guard close < key.count, close > open + 1 else { return key }
        return Argument(start: key.start + open + 1, count: close - open - 1)
    }
}

/// CRC16-CCITT (XMODEM): polynomial 0x1021, start 0, nothing reflected.
@inline(__always)
private func crc16(_ bytes: Argument) -> UInt16 {
    crc16Table.withUnsafeBufferPointer { table in
        var crc: UInt16 = 0
        for index in 0..<bytes.count {
            crc = (crc << 8) ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ bytes[index])]
        }
        return crc
    }
}

private let crc16Table: [UInt16] = (0..<256).map { index in
    var crc = UInt16(index) << 8
    for _ in 0..<8 {
        crc = crc & 0x8000 != 0 ? (crc << 1) ^ 0x1021 : crc << 1
    }
    return crc
}
