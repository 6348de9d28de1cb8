package import RESP

/// A value by itself, as DUMP gives it out and RESTORE takes it: its type, the value as in a dump,
/// the version of the format in two bytes and a checksum of all this (cluster.c,
/// `createDumpPayload`).
package enum DumpPayload {
    /// Why RESTORE refuses a payload.
    package enum Failure: Error, Hashable, Sendable {
        case wrongVersionOrChecksum
        case badFormat
    }

    private static let footerLength = 10

    /// The payload for a value.
    package static func bytes(of value: Value) -> [UInt8] {
        var encoder = RDBEncoder()
        encoder.type(of: value)
        encoder.value(value)
        encoder.littleEndian(UInt16(RDBFormat.version))
        encoder.littleEndian(encoder.bytes.withUnsafeBytes { CRC64.checksum($0) })
        return encoder.take()
    }

    /// The value of a payload from here or from another node.
    package static func value(
        of payload: Argument, _ limits: EncodingLimits
    ) throws(Failure) -> Value {
        guard payload.count >= footerLength, isIntact(payload) else {
            throw .wrongVersionOrChecksum
        }
        var decoder = RDBDecoder(payload.buffer)
        do throws(RDBError) {
            return try decoder.value(of: try decoder.byte(), limits)
        } catch {
            throw .badFormat
        }
    }

    private static func isIntact(_ payload: Argument) -> Bool {
        let bytes = UnsafeRawBufferPointer(payload.buffer)
        let footer = payload.count - footerLength
        let version = UInt16(
            littleEndian: bytes.loadUnaligned(fromByteOffset: footer, as: UInt16.self))
        let checksum = UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: footer + 2, as: UInt64.self))
        let covered = UnsafeRawBufferPointer(rebasing: bytes[..<(footer + 2)])
        return version <= RDBFormat.version && CRC64.checksum(covered) == checksum
    }
}
