import Keyspace
import RESP

/// The commands that write the data to the node's folder (rdb.c, aof.c).
let persistenceCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "save", arity: 1, [.admin, .noScript, .noAsyncLoading, .noMulti], .server, since: "1.0.0",
        complexity: "O(N) where N is the number of keys",
        summary: "Writes all data to the dump file, and serves nobody meanwhile."
    ) { node, _, _ throws(ReplyError) in
        guard !node.isDumping else { throw .saveInProgress }
        guard !node.configuration.dir.isEmpty else { throw .cannotSave }
        node.clients[node.caller].flags.insert(.waiting)
        node.saveInForeground(.reply(node.clients[node.caller].id))
    },
    CommandSpec(
        "bgsave", arity: -1, [.admin, .noScript, .noAsyncLoading], .server, since: "1.0.0",
        summary: "Writes all data to the dump file on the side.", syntax: "[SCHEDULE@3.2.2]",
        run: saveInBackground),
    CommandSpec(
        "lastsave", arity: 1, [.loading, .stale, .fast], .server, acl: [.admin, .dangerous],
        tips: ["nondeterministic_output"], since: "1.0.0",
        summary: "Returns the Unix time of the last dump that was written."
    ) { node, _, reply throws(ReplyError) in
        reply.integer(node.persistence.lastSave / 1000)
    },
    CommandSpec(
        "bgrewriteaof", arity: 1, [.admin, .noScript, .noAsyncLoading], .server, since: "1.0.0",
        summary: "Writes the append-only file anew, as short as it can be, on the side.",
        run: rewriteAppendOnly),
]

extension ReplyError {
    /// Redis says no more; the reason is in the log.
    fileprivate static let cannotSave = ReplyError("ERR")
    fileprivate static let saveInProgress = ReplyError("ERR Background save already in progress")
}

extension Node {
    /// Whether a dump is being written on the side.
    fileprivate var isDumping: Bool { persistence.job.map { $0.purpose == .dump } ?? false }
}

@Sendable private func saveInBackground(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    if arguments.count > 1 {
        guard arguments.count == 2, arguments[1].isKeyword("SCHEDULE") else { throw .syntax }
    }
    guard !node.isDumping else { throw .saveInProgress }
    if node.persistence.job == nil {
        guard !node.configuration.dir.isEmpty else { throw .cannotSave }
        node.saveInBackground()
        reply.simpleString("Background saving started")
    } else if arguments.count > 1 {
        node.persistence.isSaveScheduled = true
        reply.simpleString("Background saving scheduled")
    } else {
        throw ReplyError(
            "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE "
                + "in order to schedule a BGSAVE whenever possible.")
    }
}

@Sendable private func rewriteAppendOnly(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    switch node.persistence.job?.purpose {
    case .base:
        throw ReplyError("ERR Background append only file rewriting already in progress")
    case .dump:
        node.persistence.appendOnly.isRewriteScheduled = true
        node.persistence.appendOnly.consecutiveFailures = 0
        reply.simpleString("Background append only file rewriting scheduled")
    case nil:
        guard !node.configuration.dir.isEmpty else {
            throw ReplyError(
                "ERR Can't execute an AOF background rewriting. Please check the server logs for more "
                    + "information.")
        }
        node.rewrite()
        reply.simpleString("Background append only file rewriting started")
    }
}
