/// What small hashes were until Redis 2.6, in dumps only (zipmap.c).
///
///     pairs (1), the pairs, 0xFF
///
/// A pair: the field with its length in front, the length of the value, how many bytes behind it are free, the
/// value and those. A length is a byte, or four after 0xFE.
struct Zipmap {
    private let bytes: [UInt8]

    private static let endMark: UInt8 = 0xFF

    init(_ bytes: ByteString) throws(RDBError) {
        self.bytes = bytes.bytes
        guard self.bytes.count >= 2, self.bytes[self.bytes.count - 1] == Self.endMark else {
            throw .brokenCollection("Zipmap")
        }
    }

    /// Calls `visit` with every field and value in order, and throws where the bytes are none.
    func forEach(_ visit: (ByteString, ByteString) -> Void) throws(RDBError) {
        var offset = 1
        var count = 0
        while bytes[offset] != Self.endMark {
            guard let field = takeText(&offset, hasFree: false),
                let value = takeText(&offset, hasFree: true), offset < bytes.count
            else { throw .brokenCollection("Zipmap") }
            visit(field, value)
            count += 1
        }
        guard offset == bytes.count - 1, bytes[0] >= 0xFE || count == Int(bytes[0]) else {
            throw .brokenCollection("Zipmap")
        }
    }

    private func takeText(_ offset: inout Int, hasFree: Bool) -> ByteString? {
        guard offset < bytes.count, bytes[offset] < Self.endMark else { return nil }
        var length = Int(bytes[offset])
        offset += 1
        if length == 0xFE {
            guard offset + 4 <= bytes.count else { return nil }
            length = (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
            offset += 4
        }
        var free = 0
        if hasFree {
            guard offset < bytes.count else { return nil }
            free = Int(bytes[offset])
            offset += 1
        }
        guard length + free <= bytes.count - offset else { return nil }
        defer { offset += length + free }
        return ByteString(Array(bytes[offset..<offset + length]))
    }
}
