import Keyspace
import RESP

/// The list commands that wait where there is no element (t_list.c, "Blocking POP operations").
let blockingListCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "blpop", arity: -3, keys: .range(1, -2, "RW", "access", "delete"),
        [.write, .noScript, .blocking], .list, since: "2.0.0",
        complexity: "O(N) where N is the number of keys",
        summary: "Takes the first element of the first list that has any, or waits for one.",
        syntax: "key... timeout:double", run: popOrBlock(ListValue.End.head)),
    CommandSpec(
        "brpop", arity: -3, keys: .range(1, -2, "RW", "access", "delete"),
        [.write, .noScript, .blocking], .list, since: "2.0.0",
        complexity: "O(N) where N is the number of keys",
        summary: "Takes the last element of the first list that has any, or waits for one.",
        syntax: "key... timeout:double", run: popOrBlock(ListValue.End.tail)),
    CommandSpec(
        "blmpop", arity: -5, keys: .counted(at: 2, "RW", "access", "delete"),
        [.write, .blocking, .movableKeys], .list, since: "7.0.0",
        complexity: "O(N+M) where N is the number of keys and M the number of elements returned",
        summary: "Takes elements from the first of several lists that has any, or waits for one.",
        syntax: "timeout:double numkeys key... where<LEFT|RIGHT> [COUNT count]",
        run: popManyOrBlock(ListValue.End.self)),
    CommandSpec(
        "blmove", arity: 6, keys: .at(1, "RW", "access", "delete").and(.at(2, "RW", "insert")),
        [.write, .denyOOM, .noScript, .blocking], .list, since: "6.2.0",
        summary: "Takes an element from one list to another, or waits for one.",
        syntax: "source#0 destination#1 wherefrom<LEFT|RIGHT> whereto<LEFT|RIGHT> timeout:double",
        run: move),
    CommandSpec(
        "brpoplpush", arity: 4, keys: .at(1, "RW", "access", "delete").and(.at(2, "RW", "insert")),
        [.write, .denyOOM, .noScript, .blocking], .list, since: "2.2.0",
        deprecation: Deprecation(
            since: "6.2.0", replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments"),
        summary: "Takes the last element of a list to the head of another, or waits for one.",
        syntax: "source#0 destination#1 timeout:double", run: moveTailToHead),
]

@Sendable private func move(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let move = ListMove(
        destination: ByteString(arguments[2]), from: try ListValue.End(arguments[3]),
        to: try ListValue.End(arguments[4]), isOldStyle: false)
    try node.moveOrBlock(move, arguments, until: try node.deadline(arguments[5]), &reply)
}

@Sendable private func moveTailToHead(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let move = ListMove(
        destination: ByteString(arguments[2]), from: .tail, to: .head, isOldStyle: true)
    try node.moveOrBlock(move, arguments, until: try node.deadline(arguments[3]), &reply)
}

extension Node {
    /// Takes an element to another list, or waits for one.
    fileprivate mutating func moveOrBlock(
        _ move: ListMove, _ arguments: Arguments, until deadline: Instant?,
        _ reply: inout ReplyBuffer
    ) throws(ReplyError) {
        try serveOrBlock(
            arguments, keys: 1..<2, kind: .list, until: deadline, &reply, none: { $0.null() }
        ) { node, key, reply throws(ReplyError) in
            let outcome = move.destination.withArgument { destination in
                Result { () throws(ReplyError) in
                    try node.database.perform(move, from: key, to: destination, &reply)
                }
            }
            return try outcome.get()
        }
    }
}

/// Where an element is taken from and where it goes: BLMOVE, or BRPOPLPUSH.
private struct ListMove: Sendable {
    let destination: ByteString
    let from: ListValue.End
    let to: ListValue.End
    /// Whether it is RPOPLPUSH to others, and not LMOVE.
    let isOldStyle: Bool
}

extension Database {
    /// Takes an element from one list to another, and notes that.
    fileprivate mutating func perform(
        _ move: ListMove, from source: Argument, to destination: Argument,
        _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        guard try moveElement(source, move.from, destination, move.to, &reply) else {
            return false
        }
        let keys = [ByteString(source), ByteString(destination)]
        noteEffect(
            move.isOldStyle
                ? ["RPOPLPUSH"] + keys : ["LMOVE"] + keys + [move.from.name, move.to.name])
        return true
    }
}

extension ListValue.End {
    fileprivate var name: ByteString { self == .head ? "LEFT" : "RIGHT" }
}
