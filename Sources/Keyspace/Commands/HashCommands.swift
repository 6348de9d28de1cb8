import RESP

/// The hash commands (t_hash.c).
package let hashCommands: [CommandSpec<Database>] =
    fieldCommands + wholeHashCommands + hashCounterCommands

/// The commands on single fields.
private let fieldCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "hset", arity: -4, keys: .at(1, "RW", "update"), [.write, .denyOOM, .fast], .hash,
        since: "2.0.0", complexity: "O(N) where N is the number of fields",
        summary: "Sets fields of a hash, which it creates if there is none.",
        syntax: "key field_value(field value)...", run: setFields),
    CommandSpec(
        "hmset", arity: -4, keys: .at(1, "RW", "update"), [.write, .denyOOM, .fast], .hash,
        since: "2.0.0", complexity: "O(N) where N is the number of fields",
        deprecation: Deprecation(
            since: "4.0.0", replacedBy: "`HSET` with multiple field-value pairs"),
        summary: "Sets fields of a hash.", syntax: "key field_value(field value)...",
        run: setFieldsOldStyle),
    CommandSpec(
        "hsetnx", arity: 4, keys: .at(1, "RW", "insert"), [.write, .denyOOM, .fast], .hash,
        since: "2.0.0", summary: "Sets a field of a hash, but only if the field is not there yet.",
        syntax: "key field value", run: setFieldIfAbsent),
    CommandSpec(
        "hget", arity: 3, keys: .at(1, "RO", "access"), [.readonly, .fast], .hash, since: "2.0.0",
        summary: "Returns the value of a field.", syntax: "key field", run: getField),
    CommandSpec(
        "hmget", arity: -3, keys: .at(1, "RO", "access"), [.readonly, .fast], .hash,
        since: "2.0.0", complexity: "O(N) where N is the number of fields",
        summary: "Returns the values of several fields.", syntax: "key field...", run: getFields),
    CommandSpec(
        "hdel", arity: -3, keys: .at(1, "RW", "delete"), [.write, .fast], .hash, since: "2.0.0",
        complexity: "O(N) where N is the number of fields",
        summary: "Deletes fields, and the hash with its last one.", syntax: "key field...",
        run: deleteFields),
    CommandSpec(
        "hexists", arity: 3, keys: .at(1, "RO"), [.readonly, .fast], .hash, since: "2.0.0",
        summary: "Tells whether a hash has a field.", syntax: "key field", run: hasField),
    CommandSpec(
        "hstrlen", arity: 3, keys: .at(1, "RO"), [.readonly, .fast], .hash, since: "3.2.0",
        summary: "Returns the length of a field's value in bytes.", syntax: "key field",
        run: fieldLength),
]

@Sendable private func setFields(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count % 2 == 0 else { throw .wrongNumberOfArguments("hset") }
    reply.integer(try storeFields(&database, arguments))
    database.notifyAfterReply(.hash, "hset", arguments[1])
}

@Sendable private func setFieldsOldStyle(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count % 2 == 0 else { throw .wrongNumberOfArguments("hmset") }
    _ = try storeFields(&database, arguments)
    reply.ok()
    database.notifyAfterReply(.hash, "hset", arguments[1])
}

/// Returns how many of the fields are new.
private func storeFields(
    _ database: inout Database, _ arguments: Arguments
) throws(ReplyError) -> Int {
    let limits = database.encodingLimits
    let pairs = 2..<arguments.count
    database.changes += pairs.count / 2
    guard let reference = try database.lookupForWrite(arguments[1], as: .hash) else {
        var hash = HashValue()
        let created = hash.set(arguments, in: pairs, limits)
        database.create(arguments[1], .hash(hash))
        return created
    }
    return database[reference].modifyHash { $0.set(arguments, in: pairs, limits) }
}

extension HashValue {
    /// Sets the fields and values that a range of arguments has in turn; returns how many fields are new.
    @inline(__always)
    fileprivate mutating func set(
        _ arguments: Arguments, in range: Range<Int>, _ limits: EncodingLimits
    ) -> Int {
        prepare(for: arguments, in: range, limits)
        var created = 0
        var index = range.lowerBound
        while index < range.upperBound {
            if set(arguments[index], to: arguments[index + 1], limits) { created += 1 }
            index += 2
        }
        return created
    }
}

@Sendable private func setFieldIfAbsent(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard try !holdsField(&database, arguments) else { return reply.integer(0) }
    reply.integer(try storeFields(&database, arguments))
    database.notifyAfterReply(.hash, "hset", arguments[1])
}

/// A function of its own, so that the hash is not held while it is changed, and copied for it.
private func holdsField(
    _ database: inout Database, _ arguments: Arguments
) throws(ReplyError) -> Bool {
    guard let reference = try database.lookupForWrite(arguments[1], as: .hash) else {
        return false
    }
    return database[reference].hash?.withValue(of: arguments[2]) { $0 != nil } ?? false
}

extension ReplyBuffer {
    /// Answers with the value of a field, or null without one.
    @inline(__always)
    fileprivate mutating func value(of field: Argument, in hash: HashValue?) {
        guard let hash else { return null() }
        hash.withValue(of: field) { value in
            if let value { bulkString(value) } else { null() }
        }
    }
}

@Sendable private func getField(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let reference = try database.lookup(arguments[1], as: .hash)
    reply.value(of: arguments[2], in: reference.flatMap { database[$0].hash })
}

@Sendable private func getFields(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let reference = try database.lookup(arguments[1], as: .hash)
    let hash = reference.flatMap { database[$0].hash }
    reply.array(arguments.count - 2)
    for index in 2..<arguments.count { reply.value(of: arguments[index], in: hash) }
}

@Sendable private func deleteFields(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.lookupForWrite(arguments[1], as: .hash) else {
        return reply.integer(0)
    }
    let deleted = database[reference].modifyHash { hash in
        var deleted = 0
        for index in 2..<arguments.count where hash.remove(arguments[index]) { deleted += 1 }
        return deleted
    }
    if deleted > 0 { database.notify(.hash, "hdel", arguments[1]) }
    database.removeIfEmpty(reference, arguments[1])
    database.changes += deleted
    reply.integer(deleted)
}

@Sendable private func hasField(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let reference = try database.lookup(arguments[1], as: .hash)
    let hash = reference.flatMap { database[$0].hash }
    let isThere = hash?.withValue(of: arguments[2]) { $0 != nil } ?? false
    reply.integer(isThere ? 1 : 0)
}

@Sendable private func fieldLength(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let reference = try database.lookup(arguments[1], as: .hash)
    let hash = reference.flatMap { database[$0].hash }
    reply.integer(hash?.withValue(of: arguments[2]) { $0?.length ?? 0 } ?? 0)
}
