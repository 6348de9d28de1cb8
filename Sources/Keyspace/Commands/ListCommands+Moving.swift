package import RESP

/// The commands that take elements from one of several lists, or from one list to another.
let listMoveCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "lmove", arity: 5, keys: .at(1, "RW", "access", "delete").and(.at(2, "RW", "insert")),
        [.write, .denyOOM], .list, since: "6.2.0",
        summary: "Takes an element from one end of a list to one end of another, or of the same.",
        syntax: "source#0 destination#1 wherefrom<LEFT|RIGHT> whereto<LEFT|RIGHT>", run: move),
    CommandSpec(
        "rpoplpush", arity: 3, keys: .at(1, "RW", "access", "delete").and(.at(2, "RW", "insert")),
        [.write, .denyOOM], .list, since: "1.2.0",
        deprecation: Deprecation(
            since: "6.2.0", replacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments"),
        summary: "Takes the last element of a list to the head of another, or of the same.",
        syntax: "source#0 destination#1", run: moveTailToHead),
    CommandSpec(
        "lmpop", arity: -4, keys: .counted(at: 1, "RW", "access", "delete"),
        [.write, .movableKeys], .list, since: "7.0.0",
        complexity: "O(N+M) where N is the number of keys and M the number of elements returned",
        summary: "Takes elements from the first of several lists that has any.",
        syntax: "numkeys key... where<LEFT|RIGHT> [COUNT count]", run: popFromFirst),
]

extension ListValue.End {
    /// The end that LEFT or RIGHT names.
    package init(_ argument: Argument) throws(ReplyError) {
        if argument.isKeyword("LEFT") {
            self = .head
        } else if argument.isKeyword("RIGHT") {
            self = .tail
        } else {
            throw .syntax
        }
    }
}

@Sendable private func move(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let from = try ListValue.End(arguments[3])
    let to = try ListValue.End(arguments[4])
    let isMoved = try database.moveElement(arguments[1], from, arguments[2], to, &reply)
    if !isMoved { reply.null() }
}

@Sendable private func moveTailToHead(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let isMoved = try database.moveElement(arguments[1], .tail, arguments[2], .head, &reply)
    if !isMoved { reply.null() }
}

extension Database {
    /// Takes an element from one list to another and answers with it.
    /// - Returns: false where there is no source; then nothing is answered.
    package mutating func moveElement(
        _ source: Argument, _ from: ListValue.End, _ destination: Argument, _ to: ListValue.End,
        _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        guard try lookupForWrite(source, as: .list) != nil else { return false }
        let target = try lookupForWrite(destination, as: .list)
        // Looking for the destination may have deleted an expired key, and moved the entries of the slot.
        guard let reference = find(source) else { return false }
        let element = self[reference].modifyList { list in
            let element = list.withEnd(from) { $0.copied }
            list.removeEnd(from)
            return element
        }
        element.withItem { item in
            if let target {
                self[target].modifyList { $0.push(item, at: to) }
            } else {
                var list = ListValue(encodingLimits)
                list.push(item, at: to)
                create(destination, .list(list))
            }
        }
        notify(.list, to.pushEvent, destination)
        reply.bulkString(element)
        afterReply { database in
            database.notify(.list, from.popEvent, source)
            if let reference = database.find(source) { database.removeIfEmpty(reference, source) }
        }
        changes += 1
        return true
    }
}

/// What LMPOP, ZMPOP and their kind say after the number of keys.
package struct ManyKeysPop<End> {
    /// The indexes of the keys among the arguments.
    package let keys: Range<Int>
    package let end: End
    package private(set) var count = 1

    /// `index` is that of the number of keys; `end` reads at which end elements are taken.
    package init(
        _ arguments: Arguments, at index: Int, end readEnd: (Argument) throws(ReplyError) -> End
    ) throws(ReplyError) {
        let number = try arguments[index].requireInteger(
            in: 1...Int.max, ReplyError("ERR numkeys should be greater than 0"))
        guard number < arguments.count - index - 1 else { throw .syntax }
        let place = index + number + 1
        keys = index + 1..<place
        end = try readEnd(arguments[place])
        guard arguments.count > place + 1 else { return }
        guard arguments.count == place + 3, arguments[place + 1].isKeyword("COUNT") else {
            throw try Self.failure(arguments, from: place + 1)
        }
        count = try Self.count(arguments[place + 2])
    }

    /// Redis reads option by option: a bad count is noticed before one option too many.
    private static func failure(
        _ arguments: Arguments, from index: Int
    ) throws(ReplyError) -> ReplyError {
        if arguments[index].isKeyword("COUNT"), index + 1 < arguments.count {
            _ = try count(arguments[index + 1])
        }
        return .syntax
    }

    private static func count(_ argument: Argument) throws(ReplyError) -> Int {
        try argument.requireInteger(
            in: 1...Int.max, ReplyError("ERR count should be greater than 0"))
    }
}

@Sendable private func popFromFirst(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try ManyKeysPop(arguments, at: 1, end: ListValue.End.init)
    for index in options.keys {
        if try database.popMany(arguments[index], options.end, options.count, &reply) { return }
    }
    reply.nullArray()
}

extension Database {
    /// Takes elements from a list, and answers with the key and an array of them.
    /// - Returns: false where there is no list; then nothing is answered.
    package mutating func popMany(
        _ key: Argument, _ end: ListValue.End, _ count: Int, _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        guard let reference = try lookupForWrite(key, as: .list) else { return false }
        let taken = min(count, self[reference].elementCount ?? 0)
        reply.array(2)
        reply.bulkString(key)
        reply.array(taken)
        pop(taken, from: reference, key, end, &reply)
        noteEffect([end.popName, ByteString(key), ByteString("\(taken)")])
        return true
    }

    /// Takes one element from a list, and answers with the key and the element.
    /// - Returns: false where there is no list; then nothing is answered.
    package mutating func popOne(
        _ key: Argument, _ end: ListValue.End, _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        guard let reference = try lookupForWrite(key, as: .list) else { return false }
        reply.array(2)
        reply.bulkString(key)
        pop(1, from: reference, key, end, &reply)
        noteEffect([end.popName, ByteString(key)])
        return true
    }
}

extension ListValue.End {
    /// The command that takes elements from this end.
    fileprivate var popName: ByteString { self == .head ? "LPOP" : "RPOP" }
}
