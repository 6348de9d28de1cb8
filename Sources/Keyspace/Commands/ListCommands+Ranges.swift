import RESP

/// The commands on elements by their index.
let listRangeCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "lindex", arity: 3, keys: .at(1, "RO", "access"), [.readonly], .list, since: "1.0.0",
        complexity: "O(N) where N is the number of nodes on the way",
        summary: "Returns the element of an index.", syntax: "key index", run: element),
    CommandSpec(
        "lset", arity: 4, keys: .at(1, "RW", "update"), [.write, .denyOOM], .list, since: "1.0.0",
        complexity: "O(N) where N is the length of the list",
        summary: "Replaces the element of an index.", syntax: "key index element", run: setElement),
    CommandSpec(
        "lrange", arity: 4, keys: .at(1, "RO", "access"), [.readonly], .list, since: "1.0.0",
        complexity: "O(S+N) where S is the distance to the start and N the number of elements",
        summary: "Returns the elements of a range of indexes.", syntax: "key start stop",
        run: range),
    CommandSpec(
        "ltrim", arity: 4, keys: .at(1, "RW", "delete"), [.write], .list, since: "1.0.0",
        complexity: "O(N) where N is the number of elements removed",
        summary: "Deletes all elements outside of a range of indexes.", syntax: "key start stop",
        run: trim),
]

@Sendable private func element(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.lookup(arguments[1], as: .list),
        let list = database[reference].list
    else { return reply.null() }
    let index = try arguments[2].requireInteger()
    guard list.withElement(at: index, { reply.bulkString($0) }) != nil else {
        return reply.null()
    }
}

@Sendable private func setElement(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.lookupForWrite(arguments[1], as: .list) else {
        throw .noSuchKey
    }
    let number = try arguments[2].requireInteger()
    let count = database[reference].elementCount ?? 0
    let index = number < 0 ? count &+ number : number
    guard index >= 0, index < count else { throw .outOfRange }
    let item = ListpackItem(arguments[3])
    database[reference].modifyList { $0.replace(at: index, with: item) }
    database.changes += 1
    reply.ok()
    database.notifyAfterReply(.list, "lset", arguments[1])
}

@Sendable private func range(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let start = try arguments[2].requireInteger()
    let stop = try arguments[3].requireInteger()
    guard let reference = try database.lookup(arguments[1], as: .list),
        let list = database[reference].list
    else { return reply.array(0) }
    let range = resolve(start, stop, count: list.count)
    reply.array(range.count)
    list.forEach(in: range) { reply.bulkString($0) }
}

/// The range that Redis' indexes mean, of which negative ones count from the end.
private func resolve(_ start: Int, _ stop: Int, count: Int) -> Range<Int> {
    let first = max(0, start < 0 ? count &+ start : start)
    let last = min(stop < 0 ? count &+ stop : stop, count - 1)
    return first <= last ? first..<last + 1 : 0..<0
}

@Sendable private func trim(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let start = try arguments[2].requireInteger()
    let stop = try arguments[3].requireInteger()
    guard let reference = try database.lookupForWrite(arguments[1], as: .list) else {
        return reply.ok()
    }
    let removed = database[reference].modifyList { list in
        let count = list.count
        let kept = resolve(start, stop, count: count)
        list.remove(kept.isEmpty ? 0..<count : kept.upperBound..<count)
        list.remove(0..<kept.lowerBound)
        return count - kept.count
    }
    database.notify(.list, "ltrim", arguments[1])
    database.removeIfEmpty(reference, arguments[1])
    database.changes += removed
    reply.ok()
}
