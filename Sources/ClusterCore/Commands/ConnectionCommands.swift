import Keyspace
import RESP

/// The commands about the client's own connection.
let connectionCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "ping", arity: -1, [.fast, .whileSubscribed], .connection, acl: .connection,
        tips: ["request_policy:all_shards", "response_policy:all_succeeded"], since: "1.0.0",
        summary: "Answers PONG, or the message that it is given.", syntax: "[message]"
    ) { node, arguments, reply throws(ReplyError) in
        guard arguments.count <= 2 else { throw .wrongNumberOfArguments("ping") }
        let isSubscribed =
            node.clients[node.caller].flags.contains(.subscribed) && reply.protocolVersion == 2
        if isSubscribed {
            // In the form of a message, for clients that wait for those.
            reply.array(2)
            reply.bulkString("pong")
            if arguments.count == 2 { reply.bulkString(arguments[1]) } else { reply.bulkString([]) }
        } else if arguments.count == 2 {
            reply.bulkString(arguments[1])
        } else {
            reply.simpleString("PONG")
        }
    },
    CommandSpec(
        "echo", arity: 2, [.loading, .stale, .fast], .connection, acl: .connection, since: "1.0.0",
        summary: "Returns the message that it is given.", syntax: "message"
    ) { _, arguments, reply throws(ReplyError) in
        reply.bulkString(arguments[1])
    },
    CommandSpec(
        "hello", arity: -1, [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy], .connection,
        acl: .connection,
        since: "6.0.0",
        summary: "Chooses the protocol version, and may log in and name the connection on the way.",
        syntax:
            "[arguments(protover [AUTH username_password(username password)] [SETNAME clientname])]",
        run: hello),
    CommandSpec(
        "auth", arity: -2, [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy], .connection,
        acl: .connection,
        since: "1.0.0", complexity: "O(N) where N is the number of passwords defined for the user",
        summary: "Logs the connection in.", syntax: "[username@6.0.0] password", run: auth),
    CommandSpec(
        "select", arity: 2, [.loading, .stale, .fast], .connection, acl: .connection,
        since: "1.0.0",
        summary: "Changes the database of the connection; a cluster has only number 0.",
        syntax: "index", run: select),
    CommandSpec(
        "reset", arity: 1,
        [
            .noScript, .loading, .stale, .fast, .noAuth, .allowBusy, .unqueued, .whileSubscribed,
        ], .connection,
        acl: .connection,
        since: "6.2.0", summary: "Brings the connection back to the state of a new one.", run: reset
    ),
    CommandSpec(
        "quit", arity: -1,
        [
            .noScript, .loading, .stale, .fast, .noAuth, .allowBusy, .unqueued, .whileSubscribed,
        ], .connection,
        acl: .connection,
        since: "1.0.0", summary: "Ends the connection after a last OK."
    ) { node, _, reply throws(ReplyError) in
        reply.ok()
        node.close(node.clients[node.caller].id)
    },
    CommandSpec(
        "readonly", arity: 1, [.loading, .stale, .fast], .cluster, acl: .connection, since: "3.0.0",
        summary: "Lets the connection read from a replica."
    ) { node, _, reply throws(ReplyError) in
        try node.requireCluster()
        node.clients[node.caller].flags.insert(.readonly)
        reply.ok()
    },
    CommandSpec(
        "readwrite", arity: 1, [.loading, .stale, .fast], .cluster, acl: .connection,
        since: "3.0.0",
        summary: "Ends READONLY: a replica sends the connection to its master again."
    ) { node, _, reply throws(ReplyError) in
        try node.requireCluster()
        node.clients[node.caller].flags.remove(.readonly)
        reply.ok()
    },
    CommandSpec(
        "asking", arity: 1, [.fast], .cluster, acl: .connection, since: "3.0.0",
        summary: "Lets the next command of the connection reach a slot that is being imported."
    ) { node, _, reply throws(ReplyError) in
        try node.requireCluster()
        node.clients[node.caller].flags.insert(.askingNext)
        reply.ok()
    },
]

extension Node {
    /// Refuses what only a node of a cluster can do.
    func requireCluster() throws(ReplyError) {
        guard configuration.clusterEnabled else {
            throw ReplyError("ERR This instance has cluster support disabled")
        }
    }
}

@Sendable private func auth(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 3 else { throw .syntax }
    if arguments.count == 3 {
        try node.authenticate(ByteString(arguments[1]), arguments[2], by: arguments[0])
    } else {
        guard !node.access.standard.needsNoPassword else {
            throw ReplyError(
                "ERR AUTH <password> called without any password configured for the default user. "
                    + "Are you sure your configuration is correct?")
        }
        try node.authenticate("default", arguments[1], by: arguments[0])
    }
    reply.ok()
}

@Sendable private func select(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let index = arguments[1].integer else { throw .notAnInteger }
    guard Int32(exactly: index) != nil else {
        throw ReplyError(
            "ERR value is out of range, value must between \(Int32.min) and \(Int32.max)")
    }
    guard index == 0 else {
        throw ReplyError(
            node.configuration.clusterEnabled
                ? "ERR SELECT is not allowed in cluster mode" : "ERR DB index is out of range")
    }
    reply.ok()
}

@Sendable private func reset(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard !node.clients[node.caller].flags.contains(.replica) else {
        throw ReplyError("ERR can only reset normal client connections")
    }
    node.endListening(of: node.clients[node.caller].id)
    node.clients[node.caller].flags.subtract([
        .readonly, .replyOff, .replySkip, .replySkipNext, .asking, .askingNext,
    ])
    node.resetUser(ofClientAt: node.caller)
    node.discardTransaction()
    node.clients[node.caller].name = ByteString()
    node.clients[node.caller].protocolVersion = 2
    reply.protocolVersion = 2
    reply.simpleString("RESET")
}
