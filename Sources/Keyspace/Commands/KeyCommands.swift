import RESP

/// The generic commands (db.c, expire.c, object.c).
package let genericCommands: [CommandSpec<Database>] =
    keyCommands + transferCommands + dumpCommands + expiryCommands + iterationCommands
    + objectCommands

/// The commands that ask for keys or delete them, whatever they hold.
private let keyCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "del", arity: -2, keys: .range(1, -1, "RM", "delete"), [.write], .generic, acl: .keyspace,
        tips: ["request_policy:multi_shard", "response_policy:agg_sum"], since: "1.0.0",
        complexity: "O(N) where N is the number of keys",
        summary: "Deletes keys.", syntax: "key...", run: delete),
    CommandSpec(
        "unlink", arity: -2, keys: .range(1, -1, "RM", "delete"), [.write, .fast], .generic,
        acl: .keyspace, tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
        since: "4.0.0", complexity: "O(N) where N is the number of keys",
        summary: "Deletes keys, and frees the memory of large values later.", syntax: "key...",
        run: delete),
    CommandSpec(
        "exists", arity: -2, keys: .range(1, -1, "RO"), [.readonly, .fast], .generic,
        acl: .keyspace, tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
        since: "1.0.0", complexity: "O(N) where N is the number of keys",
        summary: "Counts how many of the given keys exist.", syntax: "key...", run: exists),
    CommandSpec(
        "touch", arity: -2, keys: .range(1, -1, "RO"), [.readonly, .fast], .generic,
        acl: .keyspace, tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
        since: "3.2.1", complexity: "O(N) where N is the number of keys",
        summary: "Marks keys as used now, and counts those that exist.", syntax: "key...",
        run: touch),
    CommandSpec(
        "type", arity: 2, keys: .at(1, "RO"), [.readonly, .fast], .generic, acl: .keyspace,
        since: "1.0.0", summary: "Tells what kind of value a key holds.", syntax: "key", run: type),
]

@Sendable private func delete(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var deleted = 0
    for index in 1..<arguments.count where database.remove(arguments[index]) != nil {
        deleted += 1
        database.notify(.generic, "del", arguments[index])
    }
    reply.integer(deleted)
}

@Sendable private func exists(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var found = 0
    for index in 1..<arguments.count where database.inspect(arguments[index]) != nil { found += 1 }
    reply.integer(found)
}

@Sendable private func touch(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var touched = 0
    for index in 1..<arguments.count where database.lookup(arguments[index]) != nil { touched += 1 }
    reply.integer(touched)
}

@Sendable private func type(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.inspect(arguments[1]) else { return reply.simpleString("none") }
    reply.simpleString(database[reference].kind.rawValue)
}
