import Keyspace
import RESP

/// MIGRATE (cluster.c, `migrateCommand`).
let migrateCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "migrate", arity: -6,
        keys: .at(3, "RW", "access", "delete").orAfter(
            "KEYS", startFrom: -2, finder: .migrate, "RW", "access", "delete", "incomplete"),
        [.write, .movableKeys], .generic, acl: [.keyspace, .dangerous],
        tips: ["nondeterministic_output"], since: "2.6.0",
        complexity: "That of DUMP and DEL here, and of RESTORE at the target, for every key; and "
            + "O(N) for the transfer.",
        summary: "Moves keys to another node: they are deleted here once they are there.",
        syntax: "host port key_or_empty_string<key|empty_string=> destination-db timeout "
            + "[COPY@3.0.0] [REPLACE@3.0.0] "
            + "[authentication<[AUTH password@4.0.7]|[AUTH2 (username password)@6.0.0]>] "
            + "[KEYS key#1...@3.0.6]",
        run: migrate)
]

@Sendable private func migrate(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let request = try MigrateRequest(arguments)
    let keys = request.keys.filter { node.database.lookup(arguments[$0]) != nil }
    // A master has moved its keys itself, and says DEL.
    guard !keys.isEmpty, !node.database.obeysMaster else {
        return reply.simpleString("NOKEY")
    }
    try node.migrate(keys.map { ByteString(arguments[$0]) }, as: request, arguments)
}
