import RESP

/// The list commands (t_list.c), apart from those that wait for elements, which are the node's.
package let listCommands: [CommandSpec<Database>] =
    listEndCommands + listRangeCommands + listSearchCommands + listMoveCommands

/// The commands on the ends of a list.
private let listEndCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "lpush", arity: -3, keys: .at(1, "RW", "insert"), [.write, .denyOOM, .fast], .list,
        since: "1.0.0", complexity: "O(1) for each element",
        summary: "Adds elements at the head of a list, which it creates if there is none.",
        syntax: "key element...", run: push(.head, onlyIfPresent: false)),
    CommandSpec(
        "rpush", arity: -3, keys: .at(1, "RW", "insert"), [.write, .denyOOM, .fast], .list,
        since: "1.0.0", complexity: "O(1) for each element",
        summary: "Adds elements at the tail of a list, which it creates if there is none.",
        syntax: "key element...", run: push(.tail, onlyIfPresent: false)),
    CommandSpec(
        "lpushx", arity: -3, keys: .at(1, "RW", "insert"), [.write, .denyOOM, .fast], .list,
        since: "2.2.0", complexity: "O(1) for each element",
        summary: "Adds elements at the head of a list, but only if there is one.",
        syntax: "key element...", run: push(.head, onlyIfPresent: true)),
    CommandSpec(
        "rpushx", arity: -3, keys: .at(1, "RW", "insert"), [.write, .denyOOM, .fast], .list,
        since: "2.2.0", complexity: "O(1) for each element",
        summary: "Adds elements at the tail of a list, but only if there is one.",
        syntax: "key element...", run: push(.tail, onlyIfPresent: true)),
    CommandSpec(
        "lpop", arity: -2, keys: .at(1, "RW", "access", "delete"), [.write, .fast], .list,
        since: "1.0.0", complexity: "O(N) where N is the number of elements returned",
        summary: "Takes elements from the head of a list, and deletes it with the last one.",
        syntax: "key [count@6.2.0]", run: pop(.head, "lpop")),
    CommandSpec(
        "rpop", arity: -2, keys: .at(1, "RW", "access", "delete"), [.write, .fast], .list,
        since: "1.0.0", complexity: "O(N) where N is the number of elements returned",
        summary: "Takes elements from the tail of a list, and deletes it with the last one.",
        syntax: "key [count@6.2.0]", run: pop(.tail, "rpop")),
    CommandSpec(
        "llen", arity: 2, keys: .at(1, "RO"), [.readonly, .fast], .list, since: "1.0.0",
        summary: "Counts the elements of a list.", syntax: "key", run: length),
]

/// LPUSH and its kind.
private func push(
    _ end: ListValue.End, onlyIfPresent: Bool
) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let reference = try database.lookupForWrite(arguments[1], as: .list)
        if reference == nil, onlyIfPresent { return reply.integer(0) }
        database.changes += arguments.count - 2
        if let reference {
            reply.integer(
                database[reference].modifyList { list in
                    list.push(arguments, from: 2, at: end)
                    return list.count
                })
        } else {
            var list = ListValue(database.encodingLimits)
            list.push(arguments, from: 2, at: end)
            database.create(arguments[1], .list(list))
            reply.integer(arguments.count - 2)
        }
        database.notifyAfterReply(.list, end.pushEvent, arguments[1])
    }
}

extension ListValue {
    /// Adds the arguments from an index on, one after the other.
    @inline(__always)
    fileprivate mutating func push(_ arguments: Arguments, from start: Int, at end: End) {
        var index = start
        while index < arguments.count {
            push(ListpackItem(arguments[index]), at: end)
            index += 1
        }
    }
}

/// LPOP and RPOP.
private func pop(
    _ end: ListValue.End, _ name: String
) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        guard arguments.count <= 3 else { throw .wrongNumberOfArguments(name) }
        let count = arguments.count == 3 ? try arguments[2].requireCount() : nil
        guard let reference = try database.lookupForWrite(arguments[1], as: .list) else {
            return count == nil ? reply.null() : reply.nullArray()
        }
        if let count {
            let taken = min(count, database[reference].elementCount ?? 0)
            reply.array(taken)
            guard taken > 0 else { return }
            database.pop(taken, from: reference, arguments[1], end, &reply)
        } else {
            database.pop(1, from: reference, arguments[1], end, &reply)
        }
    }
}

extension Database {
    /// Takes elements from one end of a list, answers with each of them, and deletes the list with the last one.
    @inline(__always)
    mutating func pop(
        _ count: Int, from reference: Reference, _ key: Argument, _ end: ListValue.End,
        _ reply: inout ReplyBuffer
    ) {
        self[reference].modifyList { list in
            for _ in 0..<count {
                list.withEnd(end) { reply.bulkString($0) }
                list.removeEnd(end)
            }
        }
        afterReply { database in
            database.notify(.list, end.popEvent, key)
            database.removeIfEmpty(reference, key)
        }
        changes += count
    }
}

extension ListValue.End {
    /// The event of an element that is added at this end.
    var pushEvent: StaticString { self == .head ? "lpush" : "rpush" }

    /// The event of an element that is taken from this end.
    var popEvent: StaticString { self == .head ? "lpop" : "rpop" }
}

@Sendable private func length(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let reference = try database.lookup(arguments[1], as: .list)
    reply.integer(reference.flatMap { database[$0].elementCount } ?? 0)
}
