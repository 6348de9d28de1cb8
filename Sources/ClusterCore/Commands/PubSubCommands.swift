import Keyspace
import RESP

/// The commands of publish/subscribe (pubsub.c).
let pubSubCommands: [CommandSpec<Node>] = subscribingCommands + publishingCommands

private let subscribingCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "subscribe", arity: -2, [.pubsub, .noScript, .loading, .stale, .whileSubscribed], .pubsub,
        since: "2.0.0",
        complexity: "O(N) where N is the number of channels",
        summary: "Listens to channels.", syntax: "channel...", run: subscribe(to: .channel)),
    CommandSpec(
        "unsubscribe", arity: -1, [.pubsub, .noScript, .loading, .stale, .whileSubscribed], .pubsub,
        since: "2.0.0",
        complexity: "O(N) where N is the number of clients that listen to the channel",
        summary: "Ceases to listen to channels, or to all of them.", syntax: "[channel...]",
        run: unsubscribe(from: .channel)),
    CommandSpec(
        "psubscribe", arity: -2, [.pubsub, .noScript, .loading, .stale, .whileSubscribed], .pubsub,
        since: "2.0.0",
        complexity: "O(N) where N is the number of patterns that the client listens to",
        summary: "Listens to all channels whose names match patterns.",
        syntax: "pattern(pattern)...", run: subscribe(to: .pattern)),
    CommandSpec(
        "punsubscribe", arity: -1, [.pubsub, .noScript, .loading, .stale, .whileSubscribed],
        .pubsub, since: "2.0.0",
        complexity: "O(N+M) where N is the number of patterns that the client listens to, and M "
            + "of those that anybody does",
        summary: "Ceases to listen to patterns, or to all of them.", syntax: "[pattern...]",
        run: unsubscribe(from: .pattern)),
    CommandSpec(
        "ssubscribe", arity: -2, keys: .range(1, -1, "not_key"),
        [.pubsub, .noScript, .loading, .stale, .whileSubscribed], .pubsub, since: "7.0.0",
        complexity: "O(N) where N is the number of channels",
        summary: "Listens to sharded channels, which belong to a slot as keys do.",
        syntax: "shardchannel...", run: subscribeInShard),
    CommandSpec(
        "sunsubscribe", arity: -1, keys: .range(1, -1, "not_key"),
        [.pubsub, .noScript, .loading, .stale, .whileSubscribed], .pubsub, since: "7.0.0",
        complexity: "O(N) where N is the number of clients that listen to the channel",
        summary: "Ceases to listen to sharded channels, or to all of them.",
        syntax: "[shardchannel...]", run: unsubscribe(from: .shardChannel)),
]

private let publishingCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "publish", arity: 3, [.pubsub, .loading, .stale, .fast, .mayReplicate], .pubsub,
        since: "2.0.0",
        complexity: "O(N+M) where N is the number of clients that listen to the channel, and M of "
            + "patterns that anybody listens to",
        summary: "Sends a message to all who listen to a channel, at any node of the cluster.",
        syntax: "channel message"
    ) { node, arguments, reply throws(ReplyError) in
        node.propagateOutsideCluster(arguments)
        reply.integer(node.publish(ByteString(arguments[1]), ByteString(arguments[2])))
    },
    CommandSpec(
        "spublish", arity: 3, keys: .at(1, "not_key"),
        [.pubsub, .loading, .stale, .fast, .mayReplicate], .pubsub,
        since: "7.0.0", complexity: "O(N) where N is the number of clients that listen",
        summary: "Sends a message to all who listen to a sharded channel, in its shard.",
        syntax: "shardchannel message"
    ) { node, arguments, reply throws(ReplyError) in
        node.propagateOutsideCluster(arguments)
        reply.integer(node.publishInShard(ByteString(arguments[1]), ByteString(arguments[2])))
    },
    CommandSpec(
        "pubsub", arity: -2, [], .pubsub, since: "2.8.0", complexity: "Depends on subcommand.",
        summary: "A container for commands about who listens to what.",
        subcommands: pubSubSubcommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    },
]

private let pubSubSubcommands: [CommandSpec<Node>] = [
    CommandSpec(
        "channels", arity: -2, [.pubsub, .loading, .stale], .pubsub, since: "2.8.0",
        complexity: "O(N) where N is the number of channels",
        summary: "Returns the channels that somebody listens to at this node.",
        syntax: "[pattern]", run: listNames(of: .channel)),
    CommandSpec(
        "numsub", arity: -2, [.pubsub, .loading, .stale], .pubsub, since: "2.8.0",
        complexity: "O(N) where N is the number of channels asked for",
        summary: "Counts the clients of this node that listen to channels.",
        syntax: "[channel...]", run: countClients(of: .channel)),
    CommandSpec(
        "numpat", arity: 2, [.pubsub, .loading, .stale], .pubsub, since: "2.8.0",
        summary: "Counts the patterns that somebody listens to at this node."
    ) { node, _, reply throws(ReplyError) in
        reply.integer(node.subscriptions.count(.pattern))
    },
    CommandSpec(
        "shardchannels", arity: -2, [.pubsub, .loading, .stale], .pubsub, since: "7.0.0",
        complexity: "O(N) where N is the number of channels",
        summary: "Returns the sharded channels that somebody listens to at this node.",
        syntax: "[pattern]", run: listNames(of: .shardChannel)),
    CommandSpec(
        "shardnumsub", arity: -2, [.pubsub, .loading, .stale], .pubsub, since: "7.0.0",
        complexity: "O(N) where N is the number of channels asked for",
        summary: "Counts the clients of this node that listen to sharded channels.",
        syntax: "[shardchannel...]", run: countClients(of: .shardChannel)),
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .pubsub, since: "6.2.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("PUBSUB", pubSubHelp)
    },
]

/// SUBSCRIBE and PSUBSCRIBE.
private func subscribe(to kind: Subscriptions.Kind) -> CommandSpec<Node>.Handler {
    { node, arguments, _ in
        for index in 1..<arguments.count {
            node.subscribe(to: ByteString(arguments[index]), kind)
        }
    }
}

@Sendable private func subscribeInShard(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    // Within a transaction every command has to have a reply.
    guard !node.isInTransaction else {
        throw ReplyError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client")
    }
    for index in 1..<arguments.count {
        node.subscribe(to: ByteString(arguments[index]), .shardChannel)
    }
}

/// UNSUBSCRIBE and its kind.
private func unsubscribe(from kind: Subscriptions.Kind) -> CommandSpec<Node>.Handler {
    { node, arguments, _ in
        if arguments.count == 1 { node.unsubscribeAll(kind) }
        for index in 1..<max(1, arguments.count) {
            node.unsubscribe(from: ByteString(arguments[index]), kind)
        }
    }
}

/// PUBSUB CHANNELS and SHARDCHANNELS.
private func listNames(of kind: Subscriptions.Kind) -> CommandSpec<Node>.Handler {
    { node, arguments, reply throws(ReplyError) in
        guard arguments.count <= 3 else {
            throw ReplyError(
                "ERR unknown subcommand or wrong number of arguments for '\(arguments[1].text)'. "
                    + "Try PUBSUB HELP.")
        }
        var names = node.subscriptions.names(kind)
        if arguments.count == 3 {
            let pattern = ByteString(arguments[2])
            names = names.filter { $0.matches(pattern) }
        }
        reply.array(names.count)
        for name in names { reply.bulkString(name) }
    }
}

/// PUBSUB NUMSUB and SHARDNUMSUB.
private func countClients(of kind: Subscriptions.Kind) -> CommandSpec<Node>.Handler {
    { node, arguments, reply in
        reply.array((arguments.count - 2) * 2)
        for index in 2..<max(2, arguments.count) {
            reply.bulkString(arguments[index])
            reply.integer(node.subscriptions.clients(of: ByteString(arguments[index]), kind).count)
        }
    }
}

private let pubSubHelp: [StaticString] = [
    "CHANNELS [<pattern>]",
    "    Return the currently active channels matching a <pattern> (default: '*').",
    "NUMPAT",
    "    Return number of subscriptions to patterns.",
    "NUMSUB [<channel> ...]",
    "    Return the number of subscribers for the specified channels, excluding",
    "    pattern subscriptions(default: no channels).",
    "SHARDCHANNELS [<pattern>]",
    "    Return the currently active shard level channels matching a <pattern> (default: '*').",
    "SHARDNUMSUB [<shardchannel> ...]",
    "    Return the number of subscribers for the specified shard level channel(s)",
]
