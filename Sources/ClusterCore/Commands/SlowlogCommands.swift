import Keyspace
import RESP

/// SLOWLOG: the commands that took long (slowlog.c).
let slowlogCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "slowlog", arity: -2, [], .server, since: "2.2.12", complexity: "Depends on subcommand.",
        summary: "A container for commands about the slow log.", subcommands: slowlogSubcommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    }
]

private let onAllNodes = "request_policy:all_nodes"

private let slowlogSubcommands: [CommandSpec<Node>] = [
    CommandSpec(
        "get", arity: -2, [.admin, .loading, .stale], .server,
        tips: [onAllNodes, "nondeterministic_output"], since: "2.2.12",
        complexity: "O(N) where N is the number of entries returned",
        summary: "Returns the commands that took long, the last one first.",
        syntax: "[count:integer]", run: get),
    CommandSpec(
        "len", arity: 2, [.admin, .loading, .stale], .server,
        tips: [onAllNodes, "response_policy:agg_sum", "nondeterministic_output"], since: "2.2.12",
        summary: "Counts the entries of the slow log."
    ) { node, _, reply throws(ReplyError) in
        reply.integer(node.slowLog.entries.count)
    },
    CommandSpec(
        "reset", arity: 2, [.admin, .loading, .stale], .server,
        tips: [onAllNodes, "response_policy:all_succeeded"], since: "2.2.12",
        complexity: "O(N) where N is the number of entries in the slowlog",
        summary: "Empties the slow log."
    ) { node, _, reply throws(ReplyError) in
        node.slowLog.removeAll()
        reply.ok()
    },
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .server, since: "6.2.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("SLOWLOG", slowlogHelp)
    },
]

@Sendable private func get(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 3 else {
        throw ReplyError(
            "ERR unknown subcommand or wrong number of arguments for '\(arguments[1].text)'. "
                + "Try SLOWLOG HELP.")
    }
    var limit: Int64 = 10
    if arguments.count == 3 {
        let message = ReplyError("ERR count should be greater than or equal to -1")
        guard let number = arguments[2].integer, number >= -1 else { throw message }
        limit = number
    }
    let entries = node.slowLog.entries
    let shown = entries.prefix(limit < 0 ? entries.count : Int(limit))
    reply.array(shown.count)
    for entry in shown { reply.entry(entry) }
}

extension ReplyBuffer {
    fileprivate mutating func entry(_ entry: SlowLog.Entry) {
        array(6)
        integer(entry.number)
        integer(entry.time)
        let (seconds, attoseconds) = entry.duration.components
        integer(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
        array(entry.arguments.count)
        for argument in entry.arguments { bulkString(argument) }
        bulkString(entry.address)
        bulkString(entry.name)
    }
}

private let slowlogHelp: [StaticString] = [
    "GET [<count>]",
    "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
    "    Entries are made of:",
    "    id, timestamp, time in microseconds, arguments array, client IP and port,",
    "    client name",
    "LEN",
    "    Return the length of the slowlog.",
    "RESET",
    "    Reset the slowlog.",
]
