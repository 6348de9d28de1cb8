import RESP

/// DUMP and RESTORE: values as payloads that any Redis takes (cluster.c).
let dumpCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "dump", arity: 2, keys: .at(1, "RO", "access"), [.readonly], .generic, acl: .keyspace,
        tips: ["nondeterministic_output"], since: "2.6.0",
        complexity: "O(N) where N is the size of the value",
        summary: "Returns the value of a key as a payload for RESTORE.", syntax: "key", run: dump),
    CommandSpec(
        "restore", arity: -4, keys: .at(1, "OW", "update"), [.write, .denyOOM], .generic,
        acl: [.keyspace, .dangerous], since: "2.6.0",
        complexity: "O(N) where N is the size of the value",
        summary: "Makes a key from a payload of DUMP.", syntax: restoreSyntax, run: restore),
    CommandSpec(
        "restore-asking", arity: -4, keys: .at(1, "OW", "update"), [.write, .denyOOM, .asking],
        .server, acl: [.keyspace, .dangerous], since: "3.0.0",
        complexity: "O(N) where N is the size of the value",
        summary: "Makes a key from a payload of DUMP in a slot that is being imported.",
        syntax: restoreSyntax, run: restore),
]

private let restoreSyntax =
    "key ttl:integer serialized-value [REPLACE@3.0.0] [ABSTTL@5.0.0] "
    + "[IDLETIME seconds:integer@5.0.0] [FREQ frequency:integer@5.0.0]"

@Sendable private func dump(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.lookup(arguments[1]) else { return reply.null() }
    reply.bulkString(
        DumpPayload.bytes(of: database[reference], compresses: database.compressesDumps))
}

/// The options of RESTORE.
private struct RestoreOptions {
    var replaces = false
    var isAbsolute = false
    var idle: UInt64?
    var frequency: UInt8?

    init(_ arguments: Arguments) throws(ReplyError) {
        var index = 4
        while index < arguments.count {
            let option = arguments[index]
            let hasValue = index + 1 < arguments.count
            if option.isKeyword("REPLACE") {
                replaces = true
            } else if option.isKeyword("ABSTTL") {
                isAbsolute = true
            } else if option.isKeyword("IDLETIME"), hasValue, frequency == nil {
                index += 1
                guard let number = arguments[index].integer else { throw .notAnInteger }
                guard number >= 0 else {
                    throw ReplyError("ERR Invalid IDLETIME value, must be >= 0")
                }
                idle = UInt64(number)
            } else if option.isKeyword("FREQ"), hasValue, idle == nil {
                index += 1
                guard let number = arguments[index].integer else { throw .notAnInteger }
                guard let number = UInt8(exactly: number) else {
                    throw ReplyError("ERR Invalid FREQ value, must be >= 0 and <= 255")
                }
                frequency = number
            } else {
                throw .syntax
            }
            index += 1
        }
    }
}

@Sendable private func restore(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try RestoreOptions(arguments)
    let key = arguments[1]
    guard options.replaces || database.lookupForWrite(key) == nil else {
        throw ReplyError("BUSYKEY Target key name already exists.")
    }
    guard let time = arguments[2].integer else { throw .notAnInteger }
    guard time >= 0 else { throw ReplyError("ERR Invalid TTL value, must be >= 0") }
    let value = try restoredValue(arguments[3], database.encodingLimits)
    let hasReplaced = database.remove(key) != nil
    defer { reply.ok() }
    // Like Redis: a time too long for 64 bits wraps around, and lies in the past then.
    let expiry = time == 0 ? nil : options.isAbsolute ? time : time &+ database.now
    if let expiry, database.isPast(expiry) {
        if hasReplaced { database.notify(.generic, "del", key) }
        return
    }
    _ = database.add(
        ByteString(key), value: value, expiry: expiry, frequency: options.frequency,
        idle: options.idle)
    database.changes += 1
    database.notify(.new, "new", key)
    database.notify(.generic, "restore", key)
}

private func restoredValue(
    _ payload: Argument, _ limits: EncodingLimits
) throws(ReplyError) -> Value {
    do throws(DumpPayload.Failure) {
        return try DumpPayload.value(of: payload, limits)
    } catch {
        switch error {
        case .wrongVersionOrChecksum:
            throw ReplyError("ERR DUMP payload version or checksum are wrong")
        case .badFormat: throw ReplyError("ERR Bad data format")
        }
    }
}
