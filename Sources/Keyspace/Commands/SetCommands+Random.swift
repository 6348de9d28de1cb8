import RESP

/// The commands that choose members at random.
let randomMemberCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "spop", arity: -2, keys: .at(1, "RW", "access", "delete"), [.write, .fast], .set,
        tips: ["nondeterministic_output"], since: "1.0.0",
        complexity: "O(N) where N is the number of members returned",
        summary: "Takes members that are chosen at random, and deletes the set with the last one.",
        syntax: "key [count@3.2.0]", run: pop),
    CommandSpec(
        "srandmember", arity: -2, keys: .at(1, "RO", "access"), [.readonly], .set,
        tips: ["nondeterministic_output"], since: "1.0.0",
        complexity: "O(N) where N is the number of members returned",
        summary: "Returns members that are chosen at random.", syntax: "key [count@2.6.0]",
        run: randomMembers),
]

@Sendable private func pop(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 3 else { throw .syntax }
    guard arguments.count == 2 else { return try popMany(&database, arguments, &reply) }
    guard let reference = try database.lookupForWrite(arguments[1], as: .set) else {
        return reply.null()
    }
    let index = database.random.next(below: database[reference].elementCount ?? 1)
    let member = database[reference].modifySet { $0.remove(at: index) }
    database.notify(.set, "spop", arguments[1])
    database.changes += 1
    if database.recordsEffects {
        database.noteEffect(["SREM", ByteString(arguments[1]), member])
    }
    reply.bulkString(member)
    database.afterReply { $0.removeIfEmpty(reference, arguments[1]) }
}

private func popMany(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let count = try arguments[2].requireCount()
    guard let reference = try database.lookupForWrite(arguments[1], as: .set), count > 0,
        let total = database[reference].elementCount
    else { return reply.set(0) }
    let key = ByteString(arguments[1])
    database.notify(.set, "spop", key)
    reply.set(min(count, total))
    database.changes += min(count, total)
    guard count < total else {
        database[reference].set?.forEach { reply.bulkString($0) }
        database.afterReply { database in
            database.removeEmpty(reference)
            database.notify(.generic, "del", key)
        }
        return database.noteEffect(["DEL", key])
    }
    for remaining in (total - count + 1...total).reversed() {
        let index = database.random.next(below: remaining)
        let member = database[reference].modifySet { $0.remove(at: index) }
        database.noteEffect(["SREM", key, member])
        reply.bulkString(member)
    }
}

@Sendable private func randomMembers(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 3 else { throw .syntax }
    guard arguments.count == 3 else {
        guard let set = try database.set(at: arguments[1]) else { return reply.null() }
        let index = database.random.next(below: set.count)
        return set.withMember(at: index) { reply.bulkString($0) }
    }
    let count = try arguments[2].requireInteger(in: -Int.max...Int.max)
    guard let set = try database.set(at: arguments[1]), count != 0 else { return reply.array(0) }
    let chosen = try RandomChoice(count, of: set.count, random: &database.random)
    reply.array(chosen.count)
    chosen.forEach(&database.random) { index in
        set.withMember(at: index) { reply.bulkString($0) }
    }
}
