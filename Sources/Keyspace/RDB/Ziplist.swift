/// What small hashes and the nodes of lists were until Redis 7.0, in dumps only (ziplist.c).
///
///     bytes in all (4), where the last element is (4), elements (2), the elements, 0xFF
///
/// An element: the length of the one before it in 1 byte, or in 4 after 0xFE; how it is kept, with its length
/// or number; its bytes.
struct Ziplist {
    private let bytes: [UInt8]

    private static let headerCount = 10
    private static let endMark: UInt8 = 0xFF

    init(_ bytes: ByteString) throws(RDBError) {
        self.bytes = bytes.bytes
        let count = self.bytes.count
        guard count > Self.headerCount, self.bytes[count - 1] == Self.endMark,
            littleEndian(at: 0, 4) == Int64(count)
        else { throw .brokenCollection("Ziplist") }
    }

    /// The elements as a listpack.
    func listpack() throws(RDBError) -> Listpack {
        var listpack = Listpack()
        try forEach { listpack.append($0) }
        return listpack
    }

    /// Calls `visit` with every element in order, and throws where the bytes are no elements.
    func forEach(_ visit: (ListpackItem) -> Void) throws(RDBError) {
        var offset = Self.headerCount
        var previousCount = 0
        var count = 0
        while bytes[offset] != Self.endMark {
            let start = offset
            guard let stated = takePreviousCount(&offset), stated == previousCount,
                takeElement(&offset, visit), offset < bytes.count
            else { throw .brokenCollection("Ziplist") }
            previousCount = offset - start
            count += 1
        }
        let stated = littleEndian(at: 8, 2)
        guard offset == bytes.count - 1, stated == 0xFFFF || stated == Int64(count) else {
            throw .brokenCollection("Ziplist")
        }
    }

    private func takePreviousCount(_ offset: inout Int) -> Int? {
        guard bytes[offset] == 0xFE else {
            defer { offset += 1 }
            return Int(bytes[offset])
        }
        guard offset + 5 < bytes.count else { return nil }
        defer { offset += 5 }
        return Int(littleEndian(at: offset + 1, 4) & 0xFFFF_FFFF)
    }

    /// Steps over an element and lends it; false where there is none.
    private func takeElement(_ offset: inout Int, _ visit: (ListpackItem) -> Void) -> Bool {
        let first = bytes[offset]
        let left = bytes.count - offset - 1
        guard first >= 0xC0 else {
            let headerCount = first < 0x40 ? 1 : first < 0x80 ? 2 : 5
            guard headerCount <= left else { return false }
            let length = textLength(at: offset)
            guard length <= left - headerCount else { return false }
            let start = offset + headerCount
            bytes.withUnsafeBufferPointer {
                visit(.bytes(UnsafeBufferPointer(rebasing: $0[start..<start + length])))
            }
            offset = start + length
            return true
        }
        guard let width = Self.width(of: first), width <= left else { return false }
        let number = width == 0 ? Int64(first & 0x0F) - 1 : littleEndian(at: offset + 1, width)
        visit(.number(number))
        offset += 1 + width
        return true
    }

    private func textLength(at offset: Int) -> Int {
        let first = bytes[offset]
        switch first {
        case ..<0x40: return Int(first)
        case ..<0x80: return Int(first & 0x3F) << 8 | Int(bytes[offset + 1])
        default: return (1...4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
        }
    }

    /// The bytes of a number by its first byte; 0 where that holds it itself.
    private static func width(of first: UInt8) -> Int? {
        switch first {
        case 0xC0: 2
        case 0xD0: 4
        case 0xE0: 8
        case 0xF0: 3
        case 0xFE: 1
        case 0xF1...0xFD: 0
        default: nil
        }
    }

    private func littleEndian(at offset: Int, _ width: Int) -> Int64 {
        let bits = (0..<width).reduce(UInt64(0)) {
            $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1)
        }
        let unused = UInt64(64 - 8 * width)
        return Int64(bitPattern: bits << unused) >> Int64(unused)
    }
}
