import Keyspace
import RESP

/// MULTI, EXEC and DISCARD.
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
    ) { node, _, reply throws(ReplyError) in
        try node.runTransaction(&reply)
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
]
