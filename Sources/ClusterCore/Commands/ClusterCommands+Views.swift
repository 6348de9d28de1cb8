import Keyspace
import RESP

/// The subcommands of CLUSTER that show the cluster as this node sees it.
let clusterViewCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "info", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "3.0.0",
        summary: "Tells how the cluster is, as this node sees it."
    ) { node, _, reply throws(ReplyError) in
        reply.verbatimString(node.describeCluster())
    },
    CommandSpec(
        "nodes", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "3.0.0",
        complexity: "O(N) where N is the total number of Cluster nodes",
        summary: "Lists all nodes that this one knows, in the lines of nodes.conf."
    ) { node, _, reply throws(ReplyError) in
        reply.verbatimString(node.describeNodes())
    },
    CommandSpec(
        "slots", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "3.0.0",
        complexity: "O(N) where N is the total number of Cluster nodes",
        deprecation: Deprecation(since: "7.0.0", replacedBy: "`CLUSTER SHARDS`"),
        summary: "Tells which slots are served by which nodes, the master first."
    ) { node, _, reply throws(ReplyError) in
        node.writeSlots(to: &reply)
    },
    CommandSpec(
        "shards", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "7.0.0",
        complexity: "O(N) where N is the total number of cluster nodes",
        summary: "Tells the shards: their slots, and the nodes that serve them."
    ) { node, _, reply throws(ReplyError) in
        node.writeShards(to: &reply)
    },
    CommandSpec(
        "links", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "7.0.0",
        complexity: "O(N) where N is the total number of Cluster nodes",
        summary: "Lists the bus connections to and from other nodes."
    ) { node, _, reply throws(ReplyError) in
        node.writeLinks(to: &reply)
    },
]

extension Node {
    /// CLUSTER INFO.
    func describeCluster() -> String {
        var failed = 0
        var suspected = 0
        for peer in cluster.peers {
            if peer.hasFailed {
                failed += peer.slots.count
            } else if peer.isTimedOut {
                suspected += peer.slots.count
            }
        }
        let fields: [(String, String)] =
            [
                ("cluster_state", cluster.isOK ? "ok" : "fail"),
                ("cluster_slots_assigned", "\(cluster.assignedCount)"),
                ("cluster_slots_ok", "\(cluster.assignedCount - failed - suspected)"),
                ("cluster_slots_pfail", "\(suspected)"),
                ("cluster_slots_fail", "\(failed)"),
                ("cluster_known_nodes", "\(cluster.peers.count)"),
                ("cluster_size", "\(cluster.size)"),
                ("cluster_current_epoch", "\(cluster.currentEpoch)"),
                ("cluster_my_epoch", "\(cluster.epoch(of: .myself))"),
            ] + messageCounts("sent", cluster.messageCounts.sent)
            + messageCounts("received", cluster.messageCounts.received)
            + [("total_cluster_links_buffer_limit_exceeded", "\(cluster.overflownLinks)")]
        return fields.map { "\($0):\($1)\r\n" }.joined()
    }

    private func messageCounts(_ direction: String, _ counts: [Int]) -> [(String, String)] {
        BusMessage.Kind.allCases.sorted { $0.rawValue < $1.rawValue }
            .filter { counts[$0.rawValue] > 0 }
            .map { ("cluster_stats_messages_\($0.name)_\(direction)", "\(counts[$0.rawValue])") }
            + [("cluster_stats_messages_\(direction)", "\(counts.reduce(0, +))")]
    }

    /// CLUSTER NODES for the caller, a line a node.
    func describeNodes() -> String {
        var text = NodesText()
        let isPlain = isCallerPlain
        for index in cluster.peers.indices {
            describe(PeerIndex(index), isForPlainClient: isPlain, into: &text)
        }
        return text.string
    }

    /// One line of CLUSTER NODES for the caller, without its end.
    func describe(_ index: PeerIndex) -> String {
        var text = NodesText()
        describe(index, isForPlainClient: isCallerPlain, into: &text)
        return String(text.string.dropLast())
    }

    /// Writes a line of CLUSTER NODES (`clusterGenNodeDescription`), for a client without TLS where it is one.
    func describe(
        _ index: PeerIndex, isForPlainClient: Bool = false, into text: inout NodesText
    ) {
        let peer = cluster[index]
        text.write(peer.id)
        text.write(" ", peer.host)
        let showsPlainPort = isForPlainClient && peer.plainPort != 0
        text.write(":", showsPlainPort ? peer.plainPort : peer.port)
        text.write("@", peer.busPort)
        if !peer.hostname.isEmpty { text.write(",", peer.hostname) }
        text.write(peer.flags)
        text.write(" ")
        if let master = peer.master { text.write(cluster[master].id) } else { text.write("-") }
        text.write(" ", peer.pingSent)
        text.write(" ", peer.pongReceived)
        text.write(" ", cluster.epoch(of: index))
        text.write(index == .myself || peer.link != nil ? " connected" : " disconnected")
        for range in cluster.slotRanges(of: index) {
            text.write(" ", range.lowerBound)
            if range.count > 1 { text.write("-", range.upperBound) }
        }
        if index == .myself { describeOpenSlots().forEach { text.write(" ", $0) } }
        text.write("\n")
    }

    /// CLUSTER SLOTS: a range, its master, its replicas; each with address, id and metadata.
    func writeSlots(to reply: inout ReplyBuffer) {
        let ranges = cluster.ownedRanges()
        reply.array(ranges.count)
        for (slots, owner) in ranges {
            let replicas = cluster.replicas(of: owner).filter(isAvailable)
            reply.array(3 + replicas.count)
            reply.integer(slots.lowerBound)
            reply.integer(slots.upperBound)
            for index in [owner] + replicas { writeSlotMember(cluster[index], to: &reply) }
        }
    }

    /// Whether clients are told of a replica: not while it is in its first sync, nor when it has failed.
    private func isAvailable(_ replica: PeerIndex) -> Bool {
        !cluster[replica].hasFailed && offset(of: replica) != 0
    }

    /// The replication offset of a node as far as this one knows it.
    private func offset(of index: PeerIndex) -> Int64 {
        index == .myself ? replicationOffset : cluster[index].replicationOffset
    }

    /// Endpoint, port, id, and the rest of what is known of the node's address (`addNodeToNodeReply`).
    private func writeSlotMember(_ peer: Peer, to reply: inout ReplyBuffer) {
        reply.array(4)
        let type = configuration.clusterPreferredEndpointType
        if type == "unknown-endpoint" {
            reply.null()
        } else {
            reply.bulkString(endpoint(of: peer))
        }
        reply.integer(clientPort(of: peer))
        reply.bulkString(peer.id.description)
        var metadata: [(String, String)] = []
        if type != "ip" { metadata.append(("ip", peer.host)) }
        if type != "hostname", !peer.hostname.isEmpty {
            metadata.append(("hostname", peer.hostname))
        }
        reply.map(metadata.count)
        for (name, value) in metadata {
            reply.bulkString(name)
            reply.bulkString(value)
        }
    }

    /// Where clients are sent for a node (cluster-preferred-endpoint-type): its address, its hostname, or nothing
    /// where they are to stay with the address that they used.
    func endpoint(of peer: Peer) -> String {
        switch configuration.clusterPreferredEndpointType {
        case "hostname": peer.hostname.isEmpty ? "?" : peer.hostname
        case "unknown-endpoint": ""
        default: peer.host
        }
    }

    /// CLUSTER SHARDS: a master with its slots and all nodes of the shard. Shards come in the order of their
    /// masters in the list of nodes, as in Redis 7.0.
    func writeShards(to reply: inout ReplyBuffer) {
        let masters = cluster.peers.indices.filter { cluster.peers[$0].isMaster }
        reply.array(masters.count)
        for master in masters.map({ PeerIndex($0) }) {
            let ranges = cluster.slotRanges(of: master)
            reply.map(2)
            reply.bulkString("slots")
            reply.array(ranges.count * 2)
            for range in ranges {
                reply.integer(range.lowerBound)
                reply.integer(range.upperBound)
            }
            reply.bulkString("nodes")
            let members = [master] + cluster.replicas(of: master)
            reply.array(members.count)
            for member in members { writeShardMember(member, to: &reply) }
        }
    }

    private func writeShardMember(_ index: PeerIndex, to reply: inout ReplyBuffer) {
        let peer = cluster[index]
        // Of a node whose address is lost there is no port. Redis takes it for granted that all nodes of a cluster have
        // TLS, or none.
        let isSecure = configuration.tls.cluster
        let ports = [
            ("port", isSecure ? peer.plainPort : peer.port), ("tls-port", isSecure ? peer.port : 0),
        ]
        .filter { $0.1 != 0 }
        reply.map(6 + ports.count + (peer.hostname.isEmpty ? 0 : 1))
        reply.bulkString("id")
        reply.bulkString(peer.id.description)
        for (name, port) in ports {
            reply.bulkString(name)
            reply.integer(port)
        }
        reply.bulkString("ip")
        reply.bulkString(peer.host)
        reply.bulkString("endpoint")
        reply.bulkString(endpoint(of: peer))
        if !peer.hostname.isEmpty {
            reply.bulkString("hostname")
            reply.bulkString(peer.hostname)
        }
        reply.bulkString("role")
        reply.bulkString(peer.isReplica ? "replica" : "master")
        reply.bulkString("replication-offset")
        reply.integer(offset(of: index))
        reply.bulkString("health")
        reply.bulkString(health(of: index))
    }

    private func health(of index: PeerIndex) -> String {
        if cluster[index].hasFailed { return "fail" }
        return cluster[index].isReplica && offset(of: index) == 0 ? "loading" : "online"
    }

    /// CLUSTER LINKS: the links to and from every peer whose name is known.
    func writeLinks(to reply: inout ReplyBuffer) {
        var shown: [(direction: String, peer: NodeID, link: LinkTable.Link)] = []
        for peer in cluster.peers {
            for (direction, id) in [("to", peer.link), ("from", peer.inboundLink)] {
                if let link = id.flatMap({ links[$0] }) { shown.append((direction, peer.id, link)) }
            }
        }
        reply.array(shown.count)
        for (direction, peer, link) in shown {
            reply.map(6)
            reply.bulkString("direction")
            reply.bulkString(direction)
            reply.bulkString("node")
            reply.bulkString(peer.description)
            reply.bulkString("create-time")
            reply.integer(link.created)
            reply.bulkString("events")
            reply.bulkString(link.isUp ? "r" : "w")
            // The driver's socket holds what waits to be sent.
            reply.bulkString("send-buffer-allocated")
            reply.integer(0)
            reply.bulkString("send-buffer-used")
            reply.integer(0)
        }
    }
}
