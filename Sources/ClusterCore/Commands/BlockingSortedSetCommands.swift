import Keyspace
import RESP

/// The sorted set commands that wait where there is no member (t_zset.c, `blockingGenericZpopCommand`).
let blockingSortedSetCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "bzpopmin", arity: -3, keys: .range(1, -2, "RW", "access", "delete"),
        [.write, .noScript, .fast, .blocking], .sortedSet, since: "5.0.0", complexity: cost,
        summary:
            "Takes the member with the lowest score of the first sorted set, or waits for one.",
        syntax: "key... timeout:double",
        run: popOrBlock(SortedSetValue.End.minimum)),
    CommandSpec(
        "bzpopmax", arity: -3, keys: .range(1, -2, "RW", "access", "delete"),
        [.write, .noScript, .fast, .blocking], .sortedSet, since: "5.0.0", complexity: cost,
        summary:
            "Takes the member with the highest score of the first sorted set, or waits for one.",
        syntax: "key... timeout:double",
        run: popOrBlock(SortedSetValue.End.maximum)),
    CommandSpec(
        "bzmpop", arity: -5, keys: .counted(at: 2, "RW", "access", "delete"),
        [.write, .blocking, .movableKeys], .sortedSet, since: "7.0.0",
        complexity:
            "O(K)+O(M*log(N)) where K is the number of keys, N that of members and M that of those "
            + "taken",
        summary: "Takes members from the first of several sorted sets that has any, or waits.",
        syntax: "timeout:double numkeys key... where<MIN|MAX> [COUNT count]",
        run: popManyOrBlock(SortedSetValue.End.self)),
]

private let cost = "O(log(N)) where N is the number of members"
