import RESP

/// The commands that work on a part of a string.
let rangeCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "append", arity: 3, keys: .at(1, "RW", "insert"), [.write, .denyOOM, .fast], .string,
        since: "2.0.0", complexity: "O(1) amortized for small appended values",
        summary: "Appends to the string of a key, which it creates if there is none.",
        syntax: "key value", run: append),
    CommandSpec(
        "strlen", arity: 2, keys: .at(1, "RO"), [.readonly, .fast], .string, since: "2.2.0",
        summary: "Returns the length of a string in bytes.", syntax: "key", run: length),
    CommandSpec(
        "getrange", arity: 4, keys: .at(1, "RO", "access"), [.readonly], .string, since: "2.4.0",
        complexity: "O(N) where N is the length of the returned string",
        summary: "Returns a part of a string.", syntax: "key start end", run: getRange),
    CommandSpec(
        "setrange", arity: 4, keys: .at(1, "RW", "update"), [.write, .denyOOM], .string,
        since: "2.2.0", complexity: "O(M) where M is the length of the written part",
        summary: "Overwrites a part of a string from an offset on, filling a gap with zero bytes.",
        syntax: "key offset value", run: setRange),
    CommandSpec(
        "substr", arity: 4, keys: .at(1, "RO", "access"), [.readonly], .string, since: "1.0.0",
        complexity: "O(N) where N is the length of the returned string",
        deprecation: Deprecation(since: "2.0.0", replacedBy: "`GETRANGE`"),
        summary: "Returns a part of a string.", syntax: "key start end", run: getRange),
]

@Sendable private func append(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let suffix = arguments[2]
    guard let reference = database.lookupForWrite(arguments[1]) else {
        database.set(arguments[1], to: Value(suffix))
        database.notify(.string, "append", arguments[1])
        return reply.integer(suffix.count)
    }
    guard let length = database[reference].stringLength else { throw .wrongType }
    try database.checkStringLength(length, adding: suffix.count)
    database[reference].modifyBytes { $0 += suffix.buffer }
    database.changes += 1
    database.notify(.string, "append", arguments[1])
    reply.integer(length + suffix.count)
}

@Sendable private func length(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.lookup(arguments[1]) else { return reply.integer(0) }
    guard let length = database[reference].stringLength else { throw .wrongType }
    reply.integer(length)
}

@Sendable private func getRange(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let start = arguments[2].integer, let end = arguments[3].integer else {
        throw .notAnInteger
    }
    guard let reference = database.lookup(arguments[1]) else { return reply.bulkString([]) }
    guard let bytes = database[reference].bytes else { throw .wrongType }
    guard let range = resolve(start, end, length: bytes.count) else { return reply.bulkString([]) }
    bytes.withBuffer { reply.bulkString(UnsafeBufferPointer(rebasing: $0[range])) }
}

/// The range that Redis' indexes mean, of which negative ones count from the end; nil where it is
/// empty.
private func resolve(_ start: Int64, _ end: Int64, length: Int) -> Range<Int>? {
    if start < 0, end < 0, start > end { return nil }
    let first = start < 0 ? max(0, length + Int(start)) : Int(start)
    let last = min(end < 0 ? max(0, length + Int(end)) : Int(end), length - 1)
    return first <= last ? first..<last + 1 : nil
}

@Sendable private func setRange(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let number = arguments[2].integer else { throw .notAnInteger }
    guard number >= 0 else { throw ReplyError("ERR offset is out of range") }
    let offset = Int(number)
    let part = arguments[3]
    let reference = database.lookupForWrite(arguments[1])
    guard let length = reference.map({ database[$0].stringLength }) ?? 0 else { throw .wrongType }
    guard part.count > 0 else { return reply.integer(length) }
    try database.checkStringLength(offset, adding: part.count)

    if let reference {
        database[reference].modifyBytes { overwrite(&$0, at: offset, with: part) }
        database.changes += 1
    } else {
        var bytes: [UInt8] = []
        overwrite(&bytes, at: offset, with: part)
        database.set(arguments[1], to: .raw(ByteString(bytes)))
    }
    database.notify(.string, "setrange", arguments[1])
    reply.integer(max(length, offset + part.count))
}

private func overwrite(_ bytes: inout [UInt8], at offset: Int, with part: Argument) {
    let end = offset + part.count
    if bytes.count < end { bytes += repeatElement(0, count: end - bytes.count) }
    bytes.replaceSubrange(offset..<end, with: part.buffer)
}

extension Database {
    /// Refuses strings that no client could send or receive.
    func checkStringLength(_ length: Int, adding more: Int) throws(ReplyError) {
        let (total, overflow) = length.addingReportingOverflow(more)
        guard !overflow, total <= maximumStringLength else { throw .stringTooLong }
    }
}
