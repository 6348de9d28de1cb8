import RESP

/// The commands that move or copy a value from one key to another.
let transferCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "rename", arity: 3, keys: .at(1, "RW", "access", "delete").and(.at(2, "OW", "update")),
        [.write], .generic, acl: .keyspace, since: "1.0.0",
        summary: "Renames a key, and replaces one that had the new name.",
        syntax: "key newkey#1", run: rename),
    CommandSpec(
        "renamenx", arity: 3, keys: .at(1, "RW", "access", "delete").and(.at(2, "OW", "insert")),
        [.write, .fast], .generic, acl: .keyspace, since: "1.0.0",
        summary: "Renames a key, but only to a name that is free.",
        syntax: "key newkey#1", run: renameIfAbsent),
    CommandSpec(
        "copy", arity: -3, keys: .at(1, "RO", "access").and(.at(2, "OW", "update")),
        [.write, .denyOOM], .generic, acl: .keyspace, since: "6.2.0",
        complexity: "O(1) for strings, O(N) for collections of N elements",
        summary: "Copies the value and the expiry of a key to another key.",
        syntax: "source#0 destination#1 [DB destination-db] [REPLACE]", run: copy),
    CommandSpec(
        "move", arity: 3, keys: .at(1, "RW", "access", "update"), [.write, .fast], .generic,
        acl: .keyspace, since: "1.0.0", summary: "Takes a key over to another database.",
        syntax: "key db", run: move),
    CommandSpec(
        "swapdb", arity: 3, [.write, .fast], .server, acl: [.keyspace, .dangerous], since: "4.0.0",
        complexity: "O(N) where N is the number of clients that watch keys",
        summary: "Exchanges two databases.", syntax: "index1:integer index2:integer", run: swap),
]

@Sendable private func rename(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard database.lookupForWrite(arguments[1]) != nil else { throw .noSuchKey }
    if !(arguments[1] == arguments[2]) { move(arguments, in: &database) }
    reply.ok()
}

@Sendable private func renameIfAbsent(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard database.lookupForWrite(arguments[1]) != nil else { throw .noSuchKey }
    // A key that is renamed to itself is in its own way, too.
    guard database.lookupForWrite(arguments[2]) == nil else { return reply.integer(0) }
    move(arguments, in: &database)
    reply.integer(1)
}

private func move(_ arguments: Arguments, in database: inout Database) {
    database.rename(arguments[1], to: arguments[2])
    database.notify(.generic, "rename_from", arguments[1])
    database.notify(.generic, "rename_to", arguments[2])
}

@Sendable private func copy(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var replaces = false
    var target: Int64 = 0
    var index = 3
    while index < arguments.count {
        if arguments[index].isKeyword("REPLACE") {
            replaces = true
        } else if arguments[index].isKeyword("DB"), index + 1 < arguments.count {
            index += 1
            target = try database.databaseIndex(arguments[index])
        } else {
            throw .syntax
        }
        index += 1
    }
    guard target == 0 else {
        throw ReplyError("ERR Copying to another database is not allowed in cluster mode")
    }
    guard !(arguments[1] == arguments[2]) else { throw .sameObject }
    guard let source = database.lookup(arguments[1]) else { return reply.integer(0) }
    let value = database[source]
    let expiry = database.expiry(of: source)
    guard database.lookupForWrite(arguments[2]) == nil || replaces else { return reply.integer(0) }
    database.discard(arguments[2])
    database.set(arguments[2], to: value, expiry: expiry)
    database.notify(.generic, "copy_to", arguments[2])
    reply.integer(1)
}

@Sendable private func move(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard !database.isClusterEnabled else {
        throw ReplyError("ERR MOVE is not allowed in cluster mode")
    }
    // There is no other database than 0.
    _ = try database.databaseIndex(arguments[2])
    throw .sameObject
}

@Sendable private func swap(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard !database.isClusterEnabled else {
        throw ReplyError("ERR SWAPDB is not allowed in cluster mode")
    }
    for (argument, place) in [(arguments[1], "first"), (arguments[2], "second")] {
        guard argument.integer.flatMap(Int32.init(exactly:)) != nil else {
            throw ReplyError("ERR invalid \(place) DB index")
        }
    }
    _ = try database.databaseIndex(arguments[1])
    _ = try database.databaseIndex(arguments[2])
    reply.ok()
}

extension Database {
    /// The number of a database. In cluster mode Redis knows 16 of them but allows the use of 0
    /// only; without it this program has no other.
    fileprivate func databaseIndex(_ argument: Argument) throws(ReplyError) -> Int64 {
        guard let number = argument.integer else { throw .notAnInteger }
        guard Int32(exactly: number) != nil else {
            throw ReplyError(
                "ERR value is out of range, value must between \(Int32.min) and \(Int32.max)")
        }
        guard number >= 0, number < (isClusterEnabled ? 16 : 1) else { throw .databaseOutOfRange }
        return number
    }
}
