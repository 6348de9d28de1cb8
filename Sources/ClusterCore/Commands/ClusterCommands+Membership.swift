import Keyspace
import RESP

/// The subcommands of CLUSTER that change who belongs to the cluster, and in which role.
let clusterMembershipCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "meet", arity: -4, [.admin, .stale, .noAsyncLoading], .cluster, since: "3.0.0",
        summary: "Introduces this node to another one, and so to its cluster.",
        syntax: "ip:string port:integer [cluster_bus_port:integer@4.0.0]", run: meet),
    CommandSpec(
        "forget", arity: 3, [.admin, .stale, .noAsyncLoading], .cluster, since: "3.0.0",
        summary: "Lets this node forget another one, for a minute at least.", syntax: "node-id"
    ) { node, arguments, reply throws(ReplyError) in
        let peer = try node.peer(named: arguments[2])
        guard peer != .myself else {
            throw ReplyError("ERR I tried hard but I can't forget myself...")
        }
        guard node.cluster.myself.master != peer else {
            throw ReplyError("ERR Can't forget my master!")
        }
        node.forget(peer)
        reply.ok()
    },
    CommandSpec(
        "replicate", arity: 3, [.admin, .stale, .noAsyncLoading], .cluster, since: "3.0.0",
        summary: "Configures a node as replica of a master node.", syntax: "node-id",
        run: replicateMaster),
    CommandSpec(
        "failover", arity: -2, [.admin, .stale, .noAsyncLoading], .cluster, since: "3.0.0",
        summary: "Lets a replica take its master's place.",
        syntax: "[options<FORCE|TAKEOVER>]", run: failOver),
    CommandSpec(
        "reset", arity: -2, [.admin, .stale, .noScript], .cluster, since: "3.0.0",
        complexity: "O(N) where N is the number of known nodes. "
            + "The command may execute a FLUSHALL as a side effect.",
        summary: "Lets a node leave its cluster; HARD gives it another id, too.", syntax: "[hard_soft<HARD|SOFT>]", run: reset),
    CommandSpec(
        "set-config-epoch", arity: 3, [.admin, .stale, .noAsyncLoading], .cluster, since: "3.0.0",
        summary: "Gives a node that knows nobody its first config epoch.", syntax: "config-epoch:integer",
        run: setConfigEpoch),
    CommandSpec(
        "bumpepoch", arity: 2, [.admin, .stale, .noAsyncLoading], .cluster,
        tips: ["nondeterministic_output"], since: "3.0.0",
        summary: "Gives this node an epoch above all others, without a vote."
    ) { node, _, reply throws(ReplyError) in
        let word = node.bumpEpoch() ? "BUMPED" : "STILL"
        reply.simpleString("\(word) \(node.cluster.myself.configEpoch)")
    },
]

@Sendable private func meet(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 5 else {
        throw ReplyError(
            "ERR unknown subcommand or wrong number of arguments for '\(arguments[1].text)'. "
                + "Try CLUSTER HELP.")
    }
    guard let port = arguments[3].integer else {
        throw ReplyError("ERR Invalid TCP base port specified: \(arguments[3].text)")
    }
    var busPort = port &+ 10_000
    if arguments.count == 5 {
        guard let given = arguments[4].integer else {
            throw ReplyError("ERR Invalid TCP bus port specified: \(arguments[4].text)")
        }
        busPort = given
    }
    guard let host = IPAddress.normalized(arguments[2].text), (1...65535).contains(port),
        (1...65535).contains(busPort)
    else {
        throw ReplyError(
            "ERR Invalid node address specified: \(arguments[2].text):\(arguments[3].text)")
    }
    node.meet(host: host, port: Int(port), busPort: Int(busPort))
    reply.ok()
}

@Sendable private func replicateMaster(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let master = try node.peer(named: arguments[2])
    guard master != .myself else { throw ReplyError("ERR Can't replicate myself") }
    guard !node.cluster[master].isReplica else {
        throw ReplyError("ERR I can only replicate a master, not a replica.")
    }
    let hasData = !node.cluster.myself.slots.isEmpty || node.database.count > 0
    guard node.cluster.myself.isReplica || !hasData else {
        throw ReplyError(
            "ERR To set a master the node must be empty and without assigned slots.")
    }
    node.replicate(master)
    reply.ok()
}

@Sendable private func failOver(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var kind = NodeEvent.ManualFailoverKind.agreed
    if arguments.count == 3 {
        if arguments[2].isKeyword("FORCE") {
            kind = .force
        } else if arguments[2].isKeyword("TAKEOVER") {
            kind = .takeover
        } else {
            throw .syntax
        }
    } else if arguments.count > 3 {
        throw ReplyError(
            "ERR unknown subcommand or wrong number of arguments for '\(arguments[1].text)'. "
                + "Try CLUSTER HELP.")
    }
    guard node.cluster.myself.isReplica else {
        throw ReplyError("ERR You should send CLUSTER FAILOVER to a replica")
    }
    guard let master = node.cluster.myself.master else {
        throw ReplyError("ERR I'm a replica but my master is unknown to me")
    }
    if kind == .agreed, node.cluster[master].hasFailed || node.cluster[master].link == nil {
        throw ReplyError("ERR Master is down or failed, please use CLUSTER FAILOVER FORCE")
    }
    node.startManualFailover(kind)
    reply.ok()
}

@Sendable private func reset(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var isHard = false
    if arguments.count == 3 {
        isHard = arguments[2].isKeyword("HARD")
        guard isHard || arguments[2].isKeyword("SOFT") else { throw .syntax }
    } else if arguments.count > 3 {
        throw ReplyError(
            "ERR unknown subcommand or wrong number of arguments for '\(arguments[1].text)'. "
                + "Try CLUSTER HELP.")
    }
    guard node.cluster.myself.isReplica || node.database.count == 0 else {
        throw ReplyError("ERR CLUSTER RESET can't be called with master nodes containing keys")
    }
    node.resetCluster(isHard: isHard)
    reply.ok()
}

@Sendable private func setConfigEpoch(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let epoch = arguments[2].integer else { throw .notAnInteger }
    guard epoch >= 0 else { throw ReplyError("ERR Invalid config epoch specified: \(epoch)") }
    guard node.cluster.peers.count == 1 else {
        throw ReplyError(
            "ERR The user can assign a config epoch only when the node does not know any other node."
        )
    }
    guard node.cluster.myself.configEpoch == 0 else {
        throw ReplyError("ERR Node config epoch is already non-zero")
    }
    node.setConfigEpoch(UInt64(epoch))
    reply.ok()
}
