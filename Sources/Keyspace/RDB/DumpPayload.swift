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

    /// The version that payloads and files have that are written here.
    package static let version = RDBFormat.version
    /// The latest version that is read here.
    package static let latestVersion = RDBFormat.latestVersion

    fileprivate static let footerLength = 10

    /// The payload for a value.
    package static func bytes(of value: Value, compresses: Bool = true) -> [UInt8] {
        var encoder = RDBEncoder()
        encoder.compresses = compresses
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

    /// Whether the checksum fits, and the version is one that is read here: Redis 7.0 takes its own
    /// and earlier ones.
    fileprivate static func isIntact(_ payload: Argument) -> Bool {
        let bytes = UnsafeRawBufferPointer(payload.buffer)
        let footer = payload.count - footerLength
        let version = UInt16(
            littleEndian: bytes.loadUnaligned(fromByteOffset: footer, as: UInt16.self))
        let checksum = UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: footer + 2, as: UInt64.self))
        let covered = UnsafeRawBufferPointer(rebasing: bytes[..<(footer + 2)])
        return version <= RDBFormat.latestVersion && CRC64.checksum(covered) == checksum
    }
}

/// Libraries of functions, as FUNCTION DUMP gives them out and FUNCTION RESTORE takes them: as in a dump, with the
/// version of the format and a checksum.
package enum FunctionPayload {
    /// Why FUNCTION RESTORE refuses a payload, in Redis' words.
    package struct Failure: Error, Hashable, Sendable {
        package let reason: String
    }

    /// The payload for the codes of libraries.
    package static func bytes(of codes: [ByteString]) -> [UInt8] {
        var encoder = RDBEncoder()
        for code in codes { encoder.functionLibrary(code) }
        encoder.littleEndian(UInt16(RDBFormat.version))
        encoder.littleEndian(encoder.bytes.withUnsafeBytes { CRC64.checksum($0) })
        return encoder.take()
    }

    /// The codes of a payload from here or from another node.
    package static func codes(of payload: Argument) throws(Failure) -> [ByteString] {
        guard payload.count >= DumpPayload.footerLength, DumpPayload.isIntact(payload) else {
            throw Failure(reason: "DUMP payload version or checksum are wrong")
        }
        let end = payload.count - DumpPayload.footerLength
        var decoder = RDBDecoder(payload.buffer)
        var codes: [ByteString] = []
        while decoder.position < end {
            do throws(RDBError) {
                let opcode = try decoder.byte()
                guard
                    opcode == RDBFormat.Opcode.functionLibrary
                        || opcode == RDBFormat.Opcode.earlyFunctionLibrary
                else { throw .unknownType(opcode) }
                codes.append(try decoder.functionLibrary(opcode: opcode))
            } catch {
                if case .unknownType = error {
                    throw Failure(reason: "given type is not a function")
                }
                throw Failure(reason: "Failed loading library payload")
            }
        }
        return codes
    }
}
