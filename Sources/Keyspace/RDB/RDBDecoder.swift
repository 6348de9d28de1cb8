import RESP

/// Reads the parts of a dump. Every length is held against the bytes that are there, so that a
/// broken or hostile dump ends in an error, whatever it says.
///
/// It borrows the bytes and is valid as long as they are.
struct RDBDecoder {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    /// A string as it is written: as a number, or as bytes.
    enum Text {
        case number(Int64)
        case bytes(ByteString)

        var bytes: ByteString {
            switch self {
            case .number(let number): ByteString("\(number)")
            case .bytes(let bytes): bytes
            }
        }
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// What has been read, for its checksum.
    var consumed: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<position]))
    }

    mutating func byte() throws(RDBError) -> UInt8 {
        try take(1)[0]
    }

    /// A number in bytes of its own width, the lowest first.
    mutating func littleEndian<Number: FixedWidthInteger>(
        _ type: Number.Type
    ) throws(RDBError) -> Number {
        let taken = UnsafeRawBufferPointer(try take(MemoryLayout<Number>.size))
        return Number(littleEndian: taken.loadUnaligned(as: type))
    }

    /// The next bytes, where they lie.
    mutating func take(_ count: Int) throws(RDBError) -> UnsafeBufferPointer<UInt8> {
        guard count <= bytes.count - position else { throw .truncated }
        defer { position += count }
        return UnsafeBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// A length, or another number that is written like one.
    mutating func length() throws(RDBError) -> UInt64 {
        try length(first: try byte())
    }

    mutating func text() throws(RDBError) -> Text {
        let first = try byte()
        switch first {
        case RDBFormat.Length.encodedString | RDBFormat.StringEncoding.int8:
            return .number(Int64(try littleEndian(Int8.self)))
        case RDBFormat.Length.encodedString | RDBFormat.StringEncoding.int16:
            return .number(Int64(try littleEndian(Int16.self)))
        case RDBFormat.Length.encodedString | RDBFormat.StringEncoding.int32:
            return .number(Int64(try littleEndian(Int32.self)))
        case RDBFormat.Length.encodedString | RDBFormat.StringEncoding.lzf:
            return .bytes(try compressed())
        case RDBFormat.Length.encodedString...:
            throw .unknownStringEncoding(first & 0x3F)
        default:
            return .bytes(ByteString(try take(length(first: first))))
        }
    }

    /// A string, whatever its form.
    mutating func string() throws(RDBError) -> ByteString { try text().bytes }

    /// The code of a library of functions, whose opcode was read. Those of before the release of Redis 7.0 have their
    /// name apart.
    mutating func functionLibrary(opcode: UInt8) throws(RDBError) -> ByteString {
        guard opcode == RDBFormat.Opcode.earlyFunctionLibrary else { return try string() }
        let name = try string()
        let engine = try string()
        if try length() != 0 { _ = try string() }
        let header = Array("#!\(engine) name=\(name)\n".utf8)
        return ByteString(header + (try string()).bytes)
    }

    private mutating func length(first: UInt8) throws(RDBError) -> UInt64 {
        switch first {
        case ..<RDBFormat.Length.fourteenBits: return UInt64(first)
        case ..<RDBFormat.Length.thirtyTwoBits:
            return UInt64(first & 0x3F) << 8 | UInt64(try byte())
        case RDBFormat.Length.thirtyTwoBits:
            return UInt64(try littleEndian(UInt32.self).byteSwapped)
        case RDBFormat.Length.sixtyFourBits: return try littleEndian(UInt64.self).byteSwapped
        // Where no string can stand, Redis takes the mark of one for a short length.
        case RDBFormat.Length.encodedString...: return UInt64(first & 0x3F)
        default: throw .unknownLength(first)
        }
    }

    private mutating func take(_ count: UInt64) throws(RDBError) -> UnsafeBufferPointer<UInt8> {
        guard let count = Int(exactly: count) else { throw .truncated }
        return try take(count)
    }

    private mutating func compressed() throws(RDBError) -> ByteString {
        let packedCount = try length()
        let count = try length()
        let packed = try take(packedCount)
        guard let count = Int(exactly: count), let bytes = decompressLZF(packed, count: count)
        else {
            throw .brokenCompression
        }
        return ByteString(bytes)
    }
}
