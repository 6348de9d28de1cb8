/// The checksum at the end of RDB files and DUMP payloads: CRC-64 with Jones' polynomial, reflected,
/// from zero and without a final inversion (crc64.c).
package struct CRC64: Sendable {
    package private(set) var value: UInt64 = 0

    /// 0xad93d23594c935a9 with its bits in reverse.
    private static let polynomial: UInt64 = 0x95AC_9329_AC4B_C9B5

    /// Eight tables of 256, so that eight bytes are taken at a time: the table `t` at `t * 256` has
    /// the checksum of a byte with `t` zero bytes behind it.
    private static let tables: [UInt64] = {
        var tables = (0..<256).map { byte in
            (0..<8).reduce(UInt64(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? polynomial : 0) }
        }
        for index in 256..<2048 {
            let shorter = tables[index - 256]
            tables.append(tables[Int(shorter & 0xFF)] ^ shorter >> 8)
        }
        return tables
    }()

    package init() {}

    /// Takes more bytes in.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = value
        Self.tables.withUnsafeBufferPointer { tables in
            var index = 0
            while index + 8 <= bytes.count {
                crc ^= UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                var folded: UInt64 = 0
                for table in 0..<8 {
                    folded ^= tables[(7 - table) * 256 + Int(crc & 0xFF)]
                    crc >>= 8
                }
                crc = folded
                index += 8
            }
            while index < bytes.count {
                crc = tables[Int((crc ^ UInt64(bytes[index])) & 0xFF)] ^ crc >> 8
                index += 1
            }
        }
        value = crc
    }

    /// The checksum of bytes that are all there.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var checksum = CRC64()
        checksum.update(bytes)
        return checksum.value
    }
}
