import Keyspace
import RESP

/// The commands of replication (replication.c).
let replicationCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "psync", arity: -3, [.admin, .noScript, .noAsyncLoading, .noMulti], .server,
        since: "2.8.0", complexity: "N/A",
        summary: "Makes the connection a replica's, which goes on from an offset if it can.",
        syntax: "replicationid offset:integer"
    ) { node, arguments, _ throws(ReplyError) in
        if arguments.count > 3, arguments[3].isKeyword("FAILOVER") {
            try node.takeOver(fromMasterOf: arguments[1].text)
        }
        try node.synchronize((id: arguments[1].text, offset: arguments[2].integer))
    },
    CommandSpec(
        "sync", arity: 1, [.admin, .noScript, .noAsyncLoading, .noMulti], .server,
        since: "1.0.0", complexity: "N/A",
        summary: "Makes the connection a replica's, which begins with a snapshot."
    ) { node, _, _ throws(ReplyError) in
        try node.synchronize(nil)
    },
    CommandSpec(
        "replconf", arity: -1, [.admin, .noScript, .loading, .stale, .allowBusy], .server,
        since: "3.0.0", summary: "What a replica and its master tell each other.",
        run: configureReplica),
    CommandSpec(
        "replicaof", arity: 3, [.admin, .noScript, .stale, .noAsyncLoading], .server,
        since: "5.0.0", summary: "Makes the node a replica of another one, or a master.",
        syntax: replicaOfSyntax, run: replicaOf),
    CommandSpec(
        "slaveof", arity: 3, [.admin, .noScript, .stale, .noAsyncLoading], .server,
        since: "1.0.0", deprecation: Deprecation(since: "5.0.0", replacedBy: "`REPLICAOF`"),
        summary: "Makes the node a replica of another one, or a master.", syntax: replicaOfSyntax,
        run: replicaOf),
    CommandSpec(
        "role", arity: 1, [.noScript, .loading, .stale, .fast], .server,
        acl: [.admin, .dangerous], since: "2.8.12",
        summary: "Returns the node's place in the replication.", run: role),
    CommandSpec(
        "wait", arity: 3, [.noScript], .generic, acl: .connection,
        tips: ["request_policy:all_shards", "response_policy:agg_min"], since: "3.0.0",
        summary: "Waits until so many replicas have processed the connection's writes.",
        syntax: "numreplicas timeout:integer", run: wait),
    CommandSpec(
        "failover", arity: -1, [.admin, .noScript, .stale], .server, since: "6.2.0",
        summary: "Hands the master's role over to one of its replicas.",
        syntax: "[TO target(host port:integer [FORCE])] [ABORT] [TIMEOUT milliseconds:integer]",
        run: failOver),
]

private let replicaOfSyntax = "args<host-port(host port:integer)|no-one(NO ONE)>"

@Sendable private func configureReplica(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count % 2 == 1 else { throw .syntax }
    for index in stride(from: 1, to: arguments.count, by: 2) {
        let option = arguments[index]
        let value = arguments[index + 1]
        if option.isKeyword("ACK") {
            // Neither this nor GETACK is answered.
            if let offset = value.integer { node.acknowledge(offset) }
            return
        } else if option.isKeyword("GETACK") {
            if node.isMasterLinkUp { node.sendAcknowledgement() }
            return
        } else {
            try introduce(&node.callingReplica, option, value)
        }
    }
    reply.ok()
}

/// Takes what a replica says about itself.
private func introduce(
    _ replica: inout ReplicaLink, _ option: Argument, _ value: Argument
) throws(ReplyError) {
    if option.isKeyword("LISTENING-PORT") {
        guard let port = value.integer else { throw .notAnInteger }
        replica.port = Int(port)
    } else if option.isKeyword("IP-ADDRESS") {
        guard value.count < longestHost else {
            throw ReplyError(
                "ERR REPLCONF ip-address provided by replica instance is too long: \(value.count) bytes"
            )
        }
        replica.announcedHost = value.text
    } else if option.isKeyword("CAPA") {
        // What is not understood is passed over, as in Redis.
        if value.isKeyword("EOF") { replica.takesMarkedSnapshots = true }
        if value.isKeyword("PSYNC2") { replica.understandsNewIDs = true }
    } else if option.isKeyword("RDB-ONLY") {
        guard let number = value.integer else { throw .notAnInteger }
        guard (0...1).contains(number) else {
            throw ReplyError("ERR value is out of range, value must between 0 and 1")
        }
        replica.wantsSnapshotOnly = number == 1
    } else if option.isKeyword("RDB-FILTER-ONLY") {
        guard let filters = splitArguments(value.bytes) else {
            throw ReplyError("ERR Missing rdb-filter-only values")
        }
        for filter in filters.map({ String(decoding: $0, as: UTF8.self) })
        where filter.lowercased() != "functions" {
            throw ReplyError("ERR Unsupported rdb-filter-only option: \(filter)")
        }
        replica.wantsNoKeys = true
    } else {
        throw ReplyError("ERR Unrecognized REPLCONF option: \(option.text)")
    }
}

/// NET_HOST_STR_LEN.
private let longestHost = 256

@Sendable private func replicaOf(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard !node.configuration.clusterEnabled else {
        throw ReplyError("ERR REPLICAOF not allowed in cluster mode.")
    }
    let user = node.describe(node.clients[node.caller])
    if arguments[1].isKeyword("NO"), arguments[2].isKeyword("ONE") {
        if node.replication.master != nil {
            node.stopFollowing()
            node.log(.notice, "MASTER MODE enabled (user request from '\(user.dropLast())')")
        }
        return reply.ok()
    }
    guard !node.clients[node.caller].flags.contains(.replica) else {
        throw ReplyError("ERR Command is not valid when client is a replica.")
    }
    guard let port = arguments[2].integer, (0...65535).contains(port) else {
        throw ReplyError("ERR Invalid master port")
    }
    let host = arguments[1].text
    if let master = node.replication.master, master.host.lowercased() == host.lowercased(),
        master.port == Int(port)
    {
        node.log(
            .notice,
            "REPLICAOF would result into synchronization with the master we are already connected with. No "
                + "operation performed.")
        return reply.simpleString("OK Already connected to specified master" as StaticString)
    }
    node.follow(host: host, port: Int(port))
    node.log(
        .notice, "REPLICAOF \(host):\(port) enabled (user request from '\(user.dropLast())')")
    reply.ok()
}

@Sendable private func role(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    if let master = node.replication.master {
        reply.array(5)
        reply.bulkString("slave")
        reply.bulkString(master.host)
        reply.integer(master.port)
        reply.bulkString(master.name)
        reply.integer(master.isConnected ? node.replication.offset : -1)
        return
    }
    let online = node.replication.replicas.filter(\.isOnline)
    reply.array(3)
    reply.bulkString("master")
    reply.integer(node.pendingOffset)
    reply.array(online.count)
    for replica in online {
        reply.array(3)
        reply.bulkString(replica.shownHost)
        reply.bulkString(Int64(replica.port))
        reply.bulkString(replica.acknowledgedOffset)
    }
}

@Sendable private func wait(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard node.replication.master == nil else {
        throw ReplyError(
            "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a "
                + "replica is configured to be writable (which is not the default) writes to replicas are just "
                + "local and are not propagated.")
    }
    guard let replicas = arguments[1].integer else { throw .notAnInteger }
    let timeout = try milliseconds(arguments[2])
    if let count = node.wait(for: replicas, timeout: timeout) { reply.integer(count) }
}

/// A timeout that a client gives (`getTimeoutFromObjectOrReply`).
func milliseconds(_ argument: Argument) throws(ReplyError) -> Int64 {
    guard let timeout = argument.integer else {
        throw ReplyError("ERR timeout is not an integer or out of range")
    }
    guard timeout >= 0 else { throw ReplyError("ERR timeout is negative") }
    // An instant counts nanoseconds; what lies beyond is as good as never.
    guard timeout < Int64.max / 4_000_000 else {
        throw ReplyError("ERR timeout is out of range")
    }
    return timeout
}

@Sendable private func failOver(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard !node.configuration.clusterEnabled else {
        throw ReplyError(
            "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.")
    }
    if arguments.count == 2, arguments[1].isKeyword("ABORT") {
        throw ReplyError("ERR No failover in progress.")
    }
    guard node.replication.master == nil else {
        throw ReplyError("ERR FAILOVER is not valid when server is a replica.")
    }
    guard node.replication.hasReplicas else {
        throw ReplyError("ERR FAILOVER requires connected replicas.")
    }
    throw ReplyError("ERR FAILOVER is not done by these nodes: use REPLICAOF on both of them.")
}
