import RESP

/// The commands that take strings for arrays of bits (bitops.c). Bit 0 is the highest one of the first byte.
let bitmapCommands: [CommandSpec<Database>] =
    bitCommands + bitCountingCommands + bitOperationCommands + bitFieldCommands

private let bitCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "setbit", arity: 4, keys: .at(1, "RW", "access", "update"), [.write, .denyOOM], .bitmap,
        since: "2.2.0", summary: "Sets or clears one bit of a string and returns what it was.",
        syntax: "key offset value:integer", run: setBit),
    CommandSpec(
        "getbit", arity: 3, keys: .at(1, "RO", "access"), [.readonly, .fast], .bitmap,
        since: "2.2.0", summary: "Returns one bit of a string.", syntax: "key offset",
        run: getBit),
]

@Sendable private func setBit(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let offset = try database.bitOffset(arguments[2])
    guard let bit = arguments[3].integer, bit == 0 || bit == 1 else {
        throw ReplyError("ERR bit is not an integer or out of range")
    }
    let (reference, hasGrown) = try database.lookupForBits(arguments[1], upTo: offset)
    let (byte, mask) = (offset >> 3, UInt8(0x80) >> UInt8(offset & 7))
    var wasSet = false
    database[reference].modifyBytes { bytes in
        wasSet = bytes[byte] & mask != 0
        if bit == 1 { bytes[byte] |= mask } else { bytes[byte] &= ~mask }
    }
    if hasGrown || wasSet != (bit == 1) {
        database.changes += 1
        database.notify(.string, "setbit", arguments[1])
    }
    reply.integer(wasSet ? 1 : 0)
}

@Sendable private func getBit(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let offset = try database.bitOffset(arguments[2])
    guard let reference = database.lookup(arguments[1]) else { return reply.integer(0) }
    guard let bytes = database[reference].bytes else { throw .wrongType }
    let byte = offset >> 3
    let isSet = bytes.withBuffer {
        byte < $0.count && $0[byte] & (0x80 >> UInt8(offset & 7)) != 0
    }
    reply.integer(isSet ? 1 : 0)
}

extension Database {
    /// The number of a bit (`getBitOffsetFromArgument`). With a width, `#2` means the third field of that width.
    func bitOffset(_ argument: Argument, width: Int? = nil) throws(ReplyError) -> Int {
        let invalid = ReplyError("ERR bit offset is not an integer or out of range")
        var digits = argument
        var unit: Int64 = 1
        if let width, argument.buffer.first == UInt8(ascii: "#") {
            digits = Argument(start: argument.start + 1, count: argument.count - 1)
            unit = Int64(width)
        }
        guard let number = digits.integer else { throw invalid }
        let offset = number &* unit
        guard offset >= 0, obeysMaster || offset >> 3 < maximumStringLength else { throw invalid }
        return Int(offset)
    }

    /// The string of a key for a command that changes bits of it, long enough for the last of them, and whether it
    /// had to grow or to be made (`lookupStringForBitCommand`).
    mutating func lookupForBits(
        _ key: Argument, upTo bit: Int
    ) throws(ReplyError) -> (reference: Reference, hasGrown: Bool) {
        let size = (bit >> 3) + 1
        if let reference = lookupForWrite(key) {
            guard let length = self[reference].stringLength else { throw .wrongType }
            self[reference].modifyBytes { bytes in
                if bytes.count < size { bytes += repeatElement(0, count: size - bytes.count) }
            }
            return (reference, length < size)
        }
        create(key, .raw(ByteString(Array(repeating: 0, count: size))))
        guard let reference = find(key) else {
            preconditionFailure("a key that was just made is not there")
        }
        return (reference, true)
    }
}
