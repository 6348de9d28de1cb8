import RESP

/// The set commands (t_set.c).
package let setCommands: [CommandSpec<Database>] =
    memberCommands + randomMemberCommands + setAlgebraCommands

/// The commands on single members.
private let memberCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "sadd", arity: -3, keys: .at(1, "RW", "insert"), [.write, .denyOOM, .fast], .set,
        since: "1.0.0", complexity: "O(1) for each member",
        summary: "Adds members to a set, which it creates if there is none.",
        syntax: "key member...", run: add),
    CommandSpec(
        "srem", arity: -3, keys: .at(1, "RW", "delete"), [.write, .fast], .set, since: "1.0.0",
        complexity: "O(N) where N is the number of members",
        summary: "Removes members from a set, and deletes it with the last one.",
        syntax: "key member...", run: remove),
    CommandSpec(
        "sismember", arity: 3, keys: .at(1, "RO"), [.readonly, .fast], .set, since: "1.0.0",
        summary: "Tells whether a set has a member.", syntax: "key member", run: hasMember),
    CommandSpec(
        "smismember", arity: -3, keys: .at(1, "RO", "access"), [.readonly, .fast], .set,
        since: "6.2.0", complexity: "O(N) where N is the number of members",
        summary: "Tells which of several members a set has.", syntax: "key member...",
        run: hasMembers),
    CommandSpec(
        "scard", arity: 2, keys: .at(1, "RO"), [.readonly, .fast], .set, since: "1.0.0",
        summary: "Counts the members of a set.", syntax: "key", run: count),
    CommandSpec(
        "smove", arity: 4, keys: .at(1, "RW", "access", "delete").and(.at(2, "RW", "insert")),
        [.write, .fast], .set, since: "1.0.0", summary: "Takes a member out of one set and puts it into another.",
        syntax: "source#0 destination#1 member", run: move),
    CommandSpec(
        "sscan", arity: -3, keys: .at(1, "RO", "access"), [.readonly], .set,
        tips: ["nondeterministic_output"], since: "2.8.0",
        complexity: "O(1) for every call, O(N) for N members in all",
        summary: "Returns some members, and a cursor to go on from.",
        syntax: "key cursor [MATCH pattern] [COUNT count]", run: scan),
]

extension Database {
    /// The set of a key for a command that reads; nil where there is no key.
    @inline(__always)
    mutating func set(at key: Argument) throws(ReplyError) -> SetValue? {
        try lookup(key, as: .set).flatMap { self[$0].set }
    }
}

@Sendable private func add(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let limits = database.encodingLimits
    let added: Int
    if let reference = try database.lookupForWrite(arguments[1], as: .set) {
        added = database[reference].modifySet { $0.insert(arguments, from: 2, limits) }
    } else {
        var set = SetValue(for: arguments[2], limits)
        added = set.insert(arguments, from: 2, limits)
        database.create(arguments[1], .set(set))
    }
    database.changes += added
    if added > 0 { database.notify(.set, "sadd", arguments[1]) }
    reply.integer(added)
}

extension SetValue {
    /// Adds the arguments from an index on; returns how many are new.
    @inline(__always)
    fileprivate mutating func insert(
        _ arguments: Arguments, from start: Int, _ limits: EncodingLimits
    ) -> Int {
        var added = 0
        var index = start
        while index < arguments.count {
            if insert(arguments[index], limits) { added += 1 }
            index += 1
        }
        return added
    }
}

@Sendable private func remove(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.lookupForWrite(arguments[1], as: .set) else {
        return reply.integer(0)
    }
    let removed = database[reference].modifySet { set in
        var removed = 0
        for index in 2..<arguments.count where set.remove(arguments[index]) { removed += 1 }
        return removed
    }
    if removed > 0 { database.notify(.set, "srem", arguments[1]) }
    database.removeIfEmpty(reference, arguments[1])
    database.changes += removed
    reply.integer(removed)
}

@Sendable private func hasMember(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let set = try database.set(at: arguments[1])
    reply.integer(set?.contains(arguments[2]) == true ? 1 : 0)
}

@Sendable private func hasMembers(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let set = try database.set(at: arguments[1])
    reply.array(arguments.count - 2)
    for index in 2..<arguments.count {
        reply.integer(set?.contains(arguments[index]) == true ? 1 : 0)
    }
}

@Sendable private func count(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let reference = try database.lookup(arguments[1], as: .set)
    reply.integer(reference.flatMap { database[$0].elementCount } ?? 0)
}

@Sendable private func move(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let member = arguments[3]
    let source = database.lookupForWrite(arguments[1])
    let target = database.lookupForWrite(arguments[2])
    // Looking for the target may have deleted an expired key, and moved the entries of the slot.
    guard source != nil, let reference = database.find(arguments[1]) else {
        return reply.integer(0)
    }
    guard database[reference].kind == .set, target.map({ database[$0].kind == .set }) ?? true
    else { throw .wrongType }
    if arguments[1] == arguments[2] {
        return reply.integer(database[reference].set?.contains(member) == true ? 1 : 0)
    }
    guard database[reference].modifySet({ $0.remove(member) }) else { return reply.integer(0) }
    database.notify(.set, "srem", arguments[1])
    database.removeIfEmpty(reference, arguments[1])
    database.changes += 1
    if database.insert(member, into: arguments[2]) {
        database.changes += 1
        database.notify(.set, "sadd", arguments[2])
    }
    reply.integer(1)
}

extension Database {
    /// Adds a member to a set, which is made if there is none.
    /// - Returns: whether it is new there.
    fileprivate mutating func insert(_ member: Argument, into key: Argument) -> Bool {
        let limits = encodingLimits
        if let reference = find(key) {
            return self[reference].modifySet { $0.insert(member, limits) }
        }
        var created = SetValue(for: member, limits)
        created.insert(member, limits)
        create(key, .set(created))
        return true
    }
}

@Sendable private func scan(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let cursor = try requireCursor(arguments[2])
    guard let set = try database.set(at: arguments[1]) else { return reply.scanned(0, []) }
    let options = try ScanOptions(arguments, from: 3)
    var found: [ByteString] = []
    let next = set.scan(from: cursor, limit: options.count) { member in
        if options.accepts(member) { found.append(member.copied) }
    }
    reply.scanned(next, found)
}
