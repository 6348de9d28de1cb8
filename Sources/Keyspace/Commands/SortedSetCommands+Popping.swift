package import RESP

/// The commands that take members from an end of a sorted set.
let sortedSetPopCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "zpopmin", arity: -2, keys: .at(1, "RW", "access", "delete"), [.write, .fast], .sortedSet,
        since: "5.0.0", complexity: popCost,
        summary: "Takes the members with the lowest scores, and deletes the key with the last one.",
        syntax: "key [count]", run: pop(.minimum)),
    CommandSpec(
        "zpopmax", arity: -2, keys: .at(1, "RW", "access", "delete"), [.write, .fast], .sortedSet,
        since: "5.0.0", complexity: popCost,
        summary:
            "Takes the members with the highest scores, and deletes the key with the last one.",
        syntax: "key [count]", run: pop(.maximum)),
    CommandSpec(
        "zmpop", arity: -4, keys: .counted(at: 1, "RW", "access", "delete"),
        [.write, .movableKeys], .sortedSet, since: "7.0.0",
        complexity:
            "O(K)+O(M*log(N)) where K is the number of keys, N that of members and M that of those "
            + "taken",
        summary: "Takes members from the first of several sorted sets that has any.",
        syntax: "numkeys key... where<MIN|MAX> [COUNT count]",
        run: popFromFirst(SortedSetValue.End.self)),
]

private let popCost = "O(log(N)*M) where N is the number of members and M that of those taken"

extension SortedSetValue {
    /// The two ends.
    package enum End: Sendable {
        case minimum, maximum

        /// The end that MIN or MAX names.
        package init(_ argument: Argument) throws(ReplyError) {
            if argument.isKeyword("MIN") {
                self = .minimum
            } else if argument.isKeyword("MAX") {
                self = .maximum
            } else {
                throw .syntax
            }
        }

        /// The command that takes members from this end.
        package var popName: ByteString { self == .minimum ? "ZPOPMIN" : "ZPOPMAX" }
        fileprivate var popEvent: StaticString { self == .minimum ? "zpopmin" : "zpopmax" }
    }
}

/// ZPOPMIN and ZPOPMAX.
private func pop(_ end: SortedSetValue.End) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        guard arguments.count <= 3 else { throw .syntax }
        let count = arguments.count == 3 ? try arguments[2].requireCount() : nil
        guard let reference = try database.lookupForWrite(arguments[1], as: .sortedSet),
            count != 0
        else { return reply.array(0) }
        let taken = min(count ?? 1, database[reference].elementCount ?? 0)
        let isNested = reply.protocolVersion == 3 && count != nil
        reply.array(isNested ? taken : taken * 2)
        database.pop(taken, from: reference, arguments[1], end, isNested: isNested, &reply)
    }
}

extension SortedSetValue.End: PoppableEnd {
    package static var kind: Value.Kind { .sortedSet }
    package static var wordCount: Int { 2 }

    package func pop(
        _ count: Int, from reference: Database.Reference, _ key: Argument, isNested: Bool,
        in database: inout Database, _ reply: inout ReplyBuffer
    ) {
        database.pop(count, from: reference, key, self, isNested: isNested, &reply)
    }
}

extension Database {
    /// Takes so many members, one at least, and answers with each of them and its score.
    fileprivate mutating func pop(
        _ count: Int, from reference: Reference, _ key: Argument, _ end: SortedSetValue.End,
        isNested: Bool, _ reply: inout ReplyBuffer
    ) {
        self[reference].modifySortedSet { sortedSet in
            let total = sortedSet.count
            let ranks = end == .minimum ? 0..<count : total - count..<total
            sortedSet.forEach(in: ranks, reversed: end == .maximum) { member, score in
                if isNested { reply.array(2) }
                reply.bulkString(member)
                reply.double(score)
            }
            sortedSet.remove(ranks)
        }
        changes += count
        notify(.sortedSet, end.popEvent, key)
        afterReply { $0.removeIfEmpty(reference, key) }
    }
}
