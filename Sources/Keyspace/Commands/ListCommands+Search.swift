import RESP

/// The commands that look for elements.
let listSearchCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "linsert", arity: 5, keys: .at(1, "RW", "insert"), [.write, .denyOOM], .list,
        since: "2.2.0", complexity: "O(N) where N is the number of elements up to the pivot",
        summary: "Adds an element before or after another one.",
        syntax: "key where<BEFORE|AFTER> pivot element", run: insert),
    CommandSpec(
        "lrem", arity: 4, keys: .at(1, "RW", "delete"), [.write], .list, since: "1.0.0",
        complexity: "O(N+M) where N is the length of the list and M the number of elements removed",
        summary: "Deletes elements that equal a value.", syntax: "key count element", run: remove),
    CommandSpec(
        "lpos", arity: -3, keys: .at(1, "RO", "access"), [.readonly], .list, since: "6.0.6",
        complexity: "O(N) where N is the length of the list",
        summary: "Returns the indexes of elements that equal a value.",
        syntax: "key element [RANK rank:integer] [COUNT num-matches:integer] [MAXLEN len:integer]",
        run: positions),
]

@Sendable private func insert(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let isAfter = arguments[2].isKeyword("AFTER")
    guard isAfter || arguments[2].isKeyword("BEFORE") else { throw .syntax }
    guard let reference = try database.lookupForWrite(arguments[1], as: .list) else {
        return reply.integer(0)
    }
    let pivot = ListpackItem(arguments[3])
    let item = ListpackItem(arguments[4])
    let isInserted = database[reference].modifyList {
        $0.insert(item, beside: pivot, after: isAfter)
    }
    guard isInserted else { return reply.integer(-1) }
    database.notify(.list, "linsert", arguments[1])
    database.changes += 1
    reply.integer(database[reference].elementCount ?? 0)
}

@Sendable private func remove(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let count = try arguments[2].requireInteger()
    guard let reference = try database.lookupForWrite(arguments[1], as: .list) else {
        return reply.integer(0)
    }
    let item = ListpackItem(arguments[3])
    let limit = count == 0 || count == .min ? Int.max : abs(count)
    let removed = database[reference].modifyList {
        $0.remove(item, from: count < 0 ? .tail : .head, limit: limit)
    }
    if removed > 0 { database.notify(.list, "lrem", arguments[1]) }
    database.removeIfEmpty(reference, arguments[1])
    database.changes += removed
    reply.integer(removed)
}

/// The options of LPOS.
private struct PositionOptions {
    var end = ListValue.End.head
    /// Matches that are passed over first.
    var skipped = 0
    /// How many are wanted; nil where it is one, and no array.
    var count: Int?
    var maximum = Int.max

    init(_ arguments: Arguments) throws(ReplyError) {
        for index in stride(from: 3, to: arguments.count, by: 2) {
            guard index + 1 < arguments.count else { throw .syntax }
            let option = arguments[index]
            let value = arguments[index + 1]
            if option.isKeyword("RANK") {
                try setRank(try value.requireInteger())
            } else if option.isKeyword("COUNT") {
                count = try value.requireInteger(
                    in: 0...Int.max, ReplyError("ERR COUNT can't be negative"))
            } else if option.isKeyword("MAXLEN") {
                let number = try value.requireInteger(
                    in: 0...Int.max, ReplyError("ERR MAXLEN can't be negative"))
                maximum = number == 0 ? .max : number
            } else {
                throw .syntax
            }
        }
    }

    private mutating func setRank(_ rank: Int) throws(ReplyError) {
        guard rank != 0 else {
            throw ReplyError(
                "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... "
                    + "or use negative to start from the end of the list")
        }
        end = rank < 0 ? .tail : .head
        skipped = rank == .min ? .max : abs(rank) - 1
    }
}

@Sendable private func positions(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try PositionOptions(arguments)
    let reference = try database.lookup(arguments[1], as: .list)
    let limit = options.count ?? 1
    let found = reference.flatMap { database[$0].list }?.indexes(
        of: ListpackItem(arguments[2]), from: options.end, skipping: options.skipped,
        limit: limit == 0 ? .max : limit, maximum: options.maximum)
    guard options.count != nil else {
        if let index = found?.first { reply.integer(index) } else { reply.null() }
        return
    }
    reply.array(found?.count ?? 0)
    for index in found ?? [] { reply.integer(index) }
}
