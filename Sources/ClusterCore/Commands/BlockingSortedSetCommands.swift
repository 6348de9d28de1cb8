import Keyspace
import RESP

/// The sorted set commands that wait where there is no member (t_zset.c, `blockingGenericZpopCommand`).
let blockingSortedSetCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "bzpopmin", arity: -3, keys: .range(1, -2, "RW", "access", "delete"),
        [.write, .noScript, .fast, .blocking], .sortedSet, since: "5.0.0", complexity: cost,
        summary:
            "Takes the member with the lowest score of the first sorted set, or waits for one.",
        syntax: "key... timeout:double", run: pop(.minimum)),
    CommandSpec(
        "bzpopmax", arity: -3, keys: .range(1, -2, "RW", "access", "delete"),
        [.write, .noScript, .fast, .blocking], .sortedSet, since: "5.0.0", complexity: cost,
        summary:
            "Takes the member with the highest score of the first sorted set, or waits for one.",
        syntax: "key... timeout:double", run: pop(.maximum)),
    CommandSpec(
        "bzmpop", arity: -5, keys: .counted(at: 2, "RW", "access", "delete"),
        [.write, .blocking, .movableKeys], .sortedSet, since: "7.0.0",
        complexity:
            "O(K)+O(M*log(N)) where K is the number of keys, N that of members and M that of those "
            + "taken",
        summary: "Takes members from the first of several sorted sets that has any, or waits.",
        syntax: "timeout:double numkeys key... where<MIN|MAX> [COUNT count]", run: popMany),
]

private let cost = "O(log(N)) where N is the number of members"

/// BZPOPMIN and BZPOPMAX.
private func pop(_ end: SortedSetValue.End) -> CommandSpec<Node>.Handler {
    { node, arguments, reply throws(ReplyError) in
        let last = arguments.count - 1
        let deadline = try node.deadline(arguments[last])
        try node.serveOrBlock(
            arguments, keys: 1..<last, kind: .sortedSet, until: deadline, &reply
        ) { node, key, reply throws(ReplyError) in try node.database.popOne(key, end, &reply) }
    }
}

@Sendable private func popMany(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try ManyKeysPop(arguments, at: 2, end: SortedSetValue.End.init)
    let deadline = try node.deadline(arguments[1])
    let (end, count) = (options.end, options.count)
    try node.serveOrBlock(
        arguments, keys: options.keys, kind: .sortedSet, until: deadline, &reply
    ) { node, key, reply throws(ReplyError) in try node.database.popMany(key, end, count, &reply) }
}
