import RESP

/// The commands that read or store several strings at once.
let manyKeysCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "mget", arity: -2, keys: .range(1, -1, "RO", "access"), [.readonly, .fast], .string,
        tips: ["request_policy:multi_shard"], since: "1.0.0",
        complexity: "O(N) where N is the number of keys",
        summary: "Returns the string values of several keys.", syntax: "key...", run: getMany),
    CommandSpec(
        "mset", arity: -3, keys: .range(1, -1, step: 2, "OW", "update"), [.write, .denyOOM],
        .string, tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
        since: "1.0.1", complexity: "O(N) where N is the number of keys",
        summary: "Stores strings under several keys at once.", syntax: "(key value)...",
        run: setMany),
    CommandSpec(
        "msetnx", arity: -3, keys: .range(1, -1, step: 2, "OW", "insert"), [.write, .denyOOM],
        .string, tips: ["request_policy:multi_shard", "response_policy:agg_min"], since: "1.0.1",
        complexity: "O(N) where N is the number of keys",
        summary: "Stores strings under several keys, but only if none of them exists.",
        syntax: "(key value)...", run: setManyIfAbsent),
]

@Sendable private func getMany(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    reply.array(arguments.count - 1)
    for index in 1..<arguments.count {
        guard let reference = database.lookup(arguments[index]), database[reference].kind == .string
        else {
            reply.null()
            continue
        }
        try reply.string(database[reference])
    }
}

@Sendable private func setMany(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count % 2 == 1 else { throw .wrongNumberOfArguments("mset") }
    storePairs(&database, arguments)
    reply.ok()
}

@Sendable private func setManyIfAbsent(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count % 2 == 1 else { throw .wrongNumberOfArguments("msetnx") }
    for index in stride(from: 1, to: arguments.count, by: 2)
    where database.lookupForWrite(arguments[index]) != nil {
        return reply.integer(0)
    }
    storePairs(&database, arguments)
    reply.integer(1)
}

private func storePairs(_ database: inout Database, _ arguments: Arguments) {
    for index in stride(from: 1, to: arguments.count, by: 2) {
        database.set(arguments[index], to: Value(arguments[index + 1]))
        database.notify(.string, "set", arguments[index])
    }
}
