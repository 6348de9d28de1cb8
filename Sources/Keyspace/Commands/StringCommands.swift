import RESP

/// The string commands (t_string.c).
package let stringCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "get", arity: 2, keys: .at(1, "RO", "access"), [.readonly, .fast], .string, since: "1.0.0",
        summary: "Returns the string value of a key.", syntax: "key", run: get),
    CommandSpec(
        "set", arity: -3, keys: .at(1, "RW", "access", "update", "variable_flags"),
        [.write, .denyOOM], .string, since: "1.0.0", summary: "Sets the string value of a key.",
        syntax: "key value", run: set),
]

@Sendable private func get(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.lookup(arguments[1]) else { return reply.null() }
    switch database[reference] {
    case .string(let bytes), .raw(let bytes): reply.bulkString(bytes)
    case .integer(let number): reply.bulkString(number)
    }
}

@Sendable private func set(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count == 3 else { throw .syntax }
    database.set(arguments[1], to: Value(arguments[2]))
    reply.ok()
}

/// Every command that works on keys.
package let databaseCommands: [CommandSpec<Database>] = stringCommands
