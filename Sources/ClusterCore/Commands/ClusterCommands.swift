import Keyspace
import RESP

/// CLUSTER (cluster.c, `clusterCommand`).
let clusterCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "cluster", arity: -2, [], .cluster, since: "3.0.0", complexity: "Depends on subcommand.",
        summary: "A container for commands about the cluster.",
        subcommands: (clusterSlotCommands + clusterMigrationCommands + clusterViewCommands
            + clusterMembershipCommands + clusterNodeCommands)
            .map { $0.behind { node throws(ReplyError) in try node.requireCluster() } }
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    }
]

/// Subcommands about nodes rather than slots.
private let clusterNodeCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "myid", arity: 2, [.stale], .cluster, since: "3.0.0",
        summary: "Tells this node's id."
    ) { node, _, reply throws(ReplyError) in
        reply.bulkString(node.cluster.myself.id.description)
    },
    CommandSpec(
        "replicas", arity: 3, [.admin, .stale], .cluster, tips: ["nondeterministic_output"],
        since: "5.0.0", complexity: "O(1)",
        summary: "Lists a master's replicas.", syntax: "node-id", run: replicas),
    CommandSpec(
        "slaves", arity: 3, [.admin, .stale], .cluster, tips: ["nondeterministic_output"],
        since: "3.0.0", complexity: "O(1)",
        deprecation: Deprecation(since: "5.0.0", replacedBy: "`CLUSTER REPLICAS`"),
        summary: "Lists a master's replicas.", syntax: "node-id", run: replicas),
    CommandSpec(
        "count-failure-reports", arity: 3, [.admin, .stale], .cluster,
        tips: ["nondeterministic_output"], since: "3.0.0",
        complexity: "O(N) where N is the number of failure reports",
        summary: "Counts the masters that suspect a node just now.",
        syntax: "node-id"
    ) { node, arguments, reply throws(ReplyError) in
        let peer = try node.peer(named: arguments[2])
        node.dropOldReports(of: peer)
        reply.integer(node.cluster[peer].failureReports.count)
    },
    CommandSpec(
        "saveconfig", arity: 2, [.admin, .stale, .noAsyncLoading, .answersLater], .cluster,
        since: "3.0.0",
        summary: "Writes nodes.conf anew, and to the disk."
    ) { node, _, _ throws(ReplyError) in
        node.save(.clusterConfiguration, contents: node.clusterConfiguration())
    },
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .cluster, since: "5.0.0",
        summary: "Lists the subcommands and what they do."
    ) { _, _, reply throws(ReplyError) in
        reply.help("CLUSTER", clusterHelp)
    },
]

extension Node {
    /// Has a file written; the caller's reply waits for it.
    mutating func save(_ file: NodeFile, contents: String) {
        outbox.append(.save(file, contents: contents, for: clients[caller].id))
        clients[caller].flags.insert(.waiting)
    }

    /// The peer with the id that a client gave.
    func peer(named id: Argument) throws(ReplyError) -> PeerIndex {
        guard let peer = NodeID(id.text).flatMap({ cluster.peer($0) }) else {
            throw ReplyError("ERR Unknown node \(id.text)")
        }
        return peer
    }
}

@Sendable private func replicas(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let master = try node.peer(named: arguments[2])
    guard !node.cluster[master].isReplica else {
        throw ReplyError("ERR The specified node is not a master")
    }
    let replicas = node.cluster.replicas(of: master)
    reply.array(replicas.count)
    for replica in replicas { reply.bulkString(node.describe(replica)) }
}

private let clusterHelp: [StaticString] = [
    "ADDSLOTS <slot> [<slot> ...]",
    "    Assign slots to current node.",
    "ADDSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
    "    Assign slots which are between <start-slot> and <end-slot> to current node.",
    "BUMPEPOCH",
    "    Advance the cluster config epoch.",
    "COUNT-FAILURE-REPORTS <node-id>",
    "    Return number of failure reports for <node-id>.",
    "COUNTKEYSINSLOT <slot>",
    "    Return the number of keys in <slot>.",
    "DELSLOTS <slot> [<slot> ...]",
    "    Delete slots information from current node.",
    "DELSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
    "    Delete slots information which are between <start-slot> and <end-slot> from current node.",
    "FAILOVER [FORCE|TAKEOVER]",
    "    Promote current replica node to being a master.",
    "FORGET <node-id>",
    "    Remove a node from the cluster.",
    "GETKEYSINSLOT <slot> <count>",
    "    Return key names stored by current node in a slot.",
    "FLUSHSLOTS",
    "    Delete current node own slots information.",
    "INFO",
    "    Return information about the cluster.",
    "KEYSLOT <key>",
    "    Return the hash slot for <key>.",
    "MEET <ip> <port> [<bus-port>]",
    "    Connect nodes into a working cluster.",
    "MYID",
    "    Return the node id.",
    "NODES",
    "    Return cluster configuration seen by node. Output format:",
    "    <id> <ip:port> <flags> <master> <pings> <pongs> <epoch> <link> <slot> ...",
    "REPLICATE <node-id>",
    "    Configure current node as replica to <node-id>.",
    "RESET [HARD|SOFT]",
    "    Reset current node (default: soft).",
    "SET-CONFIG-EPOCH <epoch>",
    "    Set config epoch of current node.",
    "SETSLOT <slot> (IMPORTING <node-id>|MIGRATING <node-id>|STABLE|NODE <node-id>)",
    "    Set slot state.",
    "REPLICAS <node-id>",
    "    Return <node-id> replicas.",
    "SAVECONFIG",
    "    Force saving cluster configuration on disk.",
    "SLOTS",
    "    Return information about slots range mappings. Each range is made of:",
    "    start, end, master and replicas IP addresses, ports and ids",
    "SHARDS",
    "    Return information about slot range mappings and the nodes associated with them.",
    "LINKS",
    "    Return information about all network links between this node and its peers.",
    "    Output format is an array where each array element is a map containing attributes of a link",
]
