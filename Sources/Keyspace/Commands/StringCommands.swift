import RESP

/// The string commands (t_string.c).
package let stringCommands: [CommandSpec<Database>] =
    valueCommands + manyKeysCommands + rangeCommands + counterCommands + subsequenceCommands

/// The commands that read or replace one string.
private let valueCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "get", arity: 2, keys: .at(1, "RO", "access"), [.readonly, .fast], .string, since: "1.0.0",
        summary: "Reads a string.", syntax: "key", run: get),
    CommandSpec(
        "set", arity: -3,
        keys: .at(1, "RW", "access", "update", "variable_flags").without("GET", "OW", "update")
            .noting("RW and ACCESS due to the optional `GET` argument"),
        [.write, .denyOOM], .string, since: "1.0.0",
        summary: "Stores a string under a key, whatever the key held before.",
        syntax: """
            key value [condition<NX|XX>@2.6.12] [GET@6.2.0] [expiration<EX seconds@2.6.12\
            |PX milliseconds@2.6.12|EXAT unix-time-seconds@6.2.0|PXAT unix-time-milliseconds@6.2.0\
            |KEEPTTL@6.0.0>]
            """, run: set),
    CommandSpec(
        "setnx", arity: 3, keys: .at(1, "OW", "insert"), [.write, .denyOOM, .fast], .string,
        since: "1.0.0", summary: "Stores a string under a key that does not exist yet.",
        syntax: "key value", run: setIfAbsent),
    CommandSpec(
        "setex", arity: 4, keys: .at(1, "OW", "update"), [.write, .denyOOM], .string,
        since: "2.0.0",
        summary: "Stores a string and the seconds after which the key expires.",
        syntax: "key seconds value", run: setWithExpiry(.seconds, "setex")),
    CommandSpec(
        "psetex", arity: 4, keys: .at(1, "OW", "update"), [.write, .denyOOM], .string,
        since: "2.6.0",
        summary: "Stores a string and the milliseconds after which the key expires.",
        syntax: "key milliseconds value", run: setWithExpiry(.milliseconds, "psetex")),
    CommandSpec(
        "getset", arity: 3, keys: .at(1, "RW", "access", "update"), [.write, .denyOOM, .fast],
        .string, since: "1.0.0",
        deprecation: Deprecation(since: "6.2.0", replacedBy: "`SET` with the `!GET` argument"),
        summary: "Stores a string under a key and returns what was there before.",
        syntax: "key value", run: getAndSet),
    CommandSpec(
        "getdel", arity: 2, keys: .at(1, "RW", "access", "delete"), [.write, .fast], .string,
        since: "6.2.0", summary: "Returns the string value of a key and deletes the key.",
        syntax: "key", run: getAndDelete),
    CommandSpec(
        "getex", arity: -2,
        keys: .at(1, "RW", "access", "update").noting("RW and UPDATE because it changes the TTL"),
        [.write, .fast], .string,
        since: "6.2.0",
        summary: "Returns the string value of a key and sets or removes its expiry.",
        syntax: """
            key [expiration<EX seconds|PX milliseconds|EXAT unix-time-seconds\
            |PXAT unix-time-milliseconds|PERSIST>]
            """, run: getAndExpire),
]

extension ReplyBuffer {
    /// Answers with a string value.
    @inline(__always)
    mutating func string(_ value: Value) throws(ReplyError) {
        switch value {
        case .string(let bytes), .raw(let bytes): bulkString(bytes)
        case .integer(let number): bulkString(number)
        case .list, .set, .hash, .sortedSet, .stream: throw .wrongType
        }
    }
}

@Sendable private func get(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.lookup(arguments[1]) else { return reply.null() }
    try reply.string(database[reference])
}

@Sendable private func set(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    if arguments.count > 3 { return try setWithOptions(&database, arguments, &reply) }
    database.set(arguments[1], to: Value(arguments[2]))
    database.notify(.string, "set", arguments[1])
    reply.ok()
}

@inline(never)
private func setWithOptions(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try StringOptions.ofSet(arguments)
    var expiry: Int64?
    var keepsExpiry = false
    switch options.lifetime {
    case .until(let unit, let text):
        expiry = try unit.positiveExpiry(text, now: database.now, command: "set")
    case .keep: keepsExpiry = true
    case .unspecified, .persist: break
    }
    if options.returnsOldValue { try get(&database, arguments, &reply) }

    let isThere = database.lookupForWrite(arguments[1]) != nil
    if isThere ? options.onlyIfAbsent : options.onlyIfPresent {
        if !options.returnsOldValue { reply.null() }
        return
    }
    let value = Value(arguments[2])
    if options.returnsOldValue {
        database.afterReply { $0.store(value, arguments[1], expiry, keepsExpiry: keepsExpiry) }
    } else {
        database.store(value, arguments[1], expiry, keepsExpiry: keepsExpiry)
        reply.ok()
    }
}

extension Database {
    /// What SET does in the end.
    fileprivate mutating func store(
        _ value: Value, _ key: Argument, _ expiry: Int64?, keepsExpiry: Bool
    ) {
        if keepsExpiry {
            setKeepingExpiry(key, to: value)
        } else {
            set(key, to: value, expiry: expiry)
        }
        notify(.string, "set", key)
        if expiry != nil { notify(.generic, "expire", key) }
    }
}

@Sendable private func setIfAbsent(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard database.lookupForWrite(arguments[1]) == nil else { return reply.integer(0) }
    database.set(arguments[1], to: Value(arguments[2]))
    database.notify(.string, "set", arguments[1])
    reply.integer(1)
}

/// SETEX and PSETEX.
private func setWithExpiry(
    _ unit: ExpiryUnit, _ command: StaticString
) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let expiry = try unit.positiveExpiry(arguments[2], now: database.now, command: command)
        database.set(arguments[1], to: Value(arguments[3]), expiry: expiry)
        database.notify(.string, "set", arguments[1])
        database.notify(.generic, "expire", arguments[1])
        reply.ok()
    }
}

@Sendable private func getAndSet(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    try get(&database, arguments, &reply)
    database.afterReply { database in
        database.set(arguments[1], to: Value(arguments[2]))
        database.notify(.string, "set", arguments[1])
    }
}

@Sendable private func getAndDelete(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    try get(&database, arguments, &reply)
    database.afterReply { database in
        guard database.remove(arguments[1]) != nil else { return }
        database.notify(.generic, "del", arguments[1])
    }
}

@Sendable private func getAndExpire(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try StringOptions.ofGetEx(arguments)
    guard let reference = database.lookup(arguments[1]) else { return reply.null() }
    // The reply is taken back where the expiry turns out to be wrong.
    try reply.string(database[reference])
    switch options.lifetime {
    case .until(let unit, let text):
        let expiry = try unit.positiveExpiry(text, now: database.now, command: "getex")
        database.afterReply { database in
            if unit.isAbsolute, database.isPast(expiry) {
                database.remove(arguments[1])
                database.notify(.generic, "del", arguments[1])
            } else {
                database.setExpiry(expiry, of: reference)
                database.notify(.generic, "expire", arguments[1])
            }
        }
    case .persist:
        guard database.expiry(of: reference) != nil else { return }
        database.afterReply { database in
            database.setExpiry(nil, of: reference)
            database.notify(.generic, "persist", arguments[1])
        }
    case .unspecified, .keep: break
    }
}
