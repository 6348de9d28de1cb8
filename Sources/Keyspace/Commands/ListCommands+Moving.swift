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
        syntax: "numkeys key... where<LEFT|RIGHT> [COUNT count]",
        run: popFromFirst(ListValue.End.self)),
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

extension ListValue.End: PoppableEnd {
    package static var kind: Value.Kind { .list }
    package static var wordCount: Int { 1 }

    package var popName: ByteString { self == .head ? "LPOP" : "RPOP" }

    package func pop(
        _ count: Int, from reference: Database.Reference, _ key: Argument, isNested: Bool,
        in database: inout Database, _ reply: inout ReplyBuffer
    ) {
        database.pop(count, from: reference, key, self, &reply)
    }
}
