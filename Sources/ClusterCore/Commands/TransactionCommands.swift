import Keyspace
import RESP

/// MULTI, EXEC and DISCARD, WATCH and UNWATCH.
let transactionCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "multi", arity: 1, [.noScript, .loading, .stale, .fast, .allowBusy, .unqueued],
        .transactions, acl: .transaction, since: "1.2.0",
        summary: "Begins a transaction: commands are kept until EXEC."
    ) { node, _, reply throws(ReplyError) in
        guard !node.clients[node.caller].flags.contains(.multi) else {
            throw ReplyError("ERR MULTI calls can not be nested")
        }
        node.clients[node.caller].flags.insert(.multi)
        reply.ok()
    },
    CommandSpec(
        "exec", arity: 1, [.noScript, .loading, .stale, .skipSlowlog, .unqueued, .runsQueue],
        .transactions, acl: .transaction, since: "1.2.0",
        complexity: "Depends on commands in the transaction",
        summary: "Runs all commands of the transaction."
    ) { node, arguments, reply throws(ReplyError) in
        try node.runTransaction(arguments, &reply)
    },
    CommandSpec(
        "discard", arity: 1, [.noScript, .loading, .stale, .fast, .allowBusy, .unqueued],
        .transactions, acl: .transaction, since: "2.0.0",
        complexity: "O(N), when N is the number of queued commands",
        summary: "Forgets the commands of the transaction."
    ) { node, _, reply throws(ReplyError) in
        guard node.clients[node.caller].flags.contains(.multi) else {
            throw ReplyError("ERR DISCARD without MULTI")
        }
        node.discardTransaction()
        reply.ok()
    },
    CommandSpec(
        "watch", arity: -2, keys: .range(1, -1, "RO"),
        [.noScript, .loading, .stale, .fast, .allowBusy, .unqueued], .transactions,
        acl: .transaction, since: "2.2.0", complexity: "O(1) for every key.",
        summary: "Lets the next EXEC do nothing if one of the keys has changed by then.",
        syntax: "key..."
    ) { node, arguments, reply throws(ReplyError) in
        guard !node.clients[node.caller].flags.contains(.multi) else {
            throw ReplyError("ERR WATCH inside MULTI is not allowed")
        }
        node.watch(arguments)
        reply.ok()
    },
    CommandSpec(
        "unwatch", arity: 1, [.noScript, .loading, .stale, .fast, .allowBusy], .transactions,
        acl: .transaction, since: "2.2.0", summary: "Forgets the keys that are watched."
    ) { node, _, reply throws(ReplyError) in
        node.database.unwatch(node.clients[node.caller].id.number)
        reply.ok()
    },
]
