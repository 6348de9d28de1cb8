import Keyspace
import RESP

/// The subcommands of CLUSTER that show the cluster as this node sees it.
let clusterViewCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "info", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "3.0.0",
        summary: "Returns information about the state of a node."
    ) { node, _, reply throws(ReplyError) in
        reply.verbatimString(node.describeCluster())
    },
    CommandSpec(
        "nodes", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "3.0.0",
        complexity: "O(N) where N is the total number of Cluster nodes",
        summary: "Returns the cluster configuration for a node."
    ) { node, _, reply throws(ReplyError) in
        reply.verbatimString(node.describeNodes())
    },
    CommandSpec(
        "slots", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "3.0.0",
        complexity: "O(N) where N is the total number of Cluster nodes",
        deprecation: Deprecation(since: "7.0.0", replacedBy: "`CLUSTER SHARDS`"),
        summary: "Returns the mapping of cluster slots to nodes."
    ) { node, _, reply throws(ReplyError) in
        node.writeSlots(to: &reply)
    },
    CommandSpec(
        "shards", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "7.0.0",
        complexity: "O(N) where N is the total number of cluster nodes",
        summary: "Returns the mapping of cluster slots to shards."
    ) { node, _, reply throws(ReplyError) in
        node.writeShards(to: &reply)
    },
    CommandSpec(
        "links", arity: 2, [.stale], .cluster, tips: ["nondeterministic_output"], since: "7.0.0",
        complexity: "O(N) where N is the total number of Cluster nodes",
        summary: "Returns a list of all TCP links to and from peer nodes."
    ) { _, _, reply throws(ReplyError) in
        // A node whose view is fixed keeps no link to its peers.
        reply.array(0)
    },
]

extension Node {
    /// CLUSTER INFO.
    func describeCluster() -> String {
        let fields: [(String, String)] = [
            ("cluster_state", cluster.isOK ? "ok" : "fail"),
            ("cluster_slots_assigned", "\(cluster.assignedCount)"),
            ("cluster_slots_ok", "\(cluster.assignedCount)"),
            ("cluster_slots_pfail", "0"),
            ("cluster_slots_fail", "0"),
            ("cluster_known_nodes", "\(cluster.peers.count)"),
            ("cluster_size", "\(cluster.size)"),
            ("cluster_current_epoch", "\(cluster.currentEpoch)"),
            ("cluster_my_epoch", "\(cluster.epoch(of: .myself))"),
            ("cluster_stats_messages_sent", "0"),
            ("cluster_stats_messages_received", "0"),
            ("total_cluster_links_buffer_limit_exceeded", "0"),
        ]
        return fields.map { "\($0):\($1)\r\n" }.joined()
    }

    /// CLUSTER NODES, a line a node.
    func describeNodes() -> String {
        cluster.peers.indices.map { describe(PeerIndex($0)) + "\n" }.joined()
    }

    /// One line of CLUSTER NODES, without its end (`clusterGenNodeDescription`).
    func describe(_ index: PeerIndex) -> String {
        let peer = cluster.peers[index.index]
        let flags = (index == .myself ? "myself," : "") + (peer.isMaster ? "master" : "slave")
        let master = peer.master.map { cluster.peers[$0.index].id.description } ?? "-"
        let isLinked = index == .myself || peer.isConnected
        let fields = [
            peer.id.description, "\(peer.host):\(peer.port)@\(peer.busPort)", flags, master, "0",
            "\(peer.pongReceived)", "\(cluster.epoch(of: index))",
            isLinked ? "connected" : "disconnected",
        ]
        let slots = cluster.slotRanges(of: index).map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        }
        let open = index == .myself ? describeOpenSlots() : []
        return (fields + slots + open).joined(separator: " ")
    }

    /// CLUSTER SLOTS: a range, its master, its replicas; each with address, id and metadata.
    func writeSlots(to reply: inout ReplyBuffer) {
        let ranges = cluster.ownedRanges()
        reply.array(ranges.count)
        for (slots, owner) in ranges {
            let replicas = cluster.replicas(of: owner)
            reply.array(3 + replicas.count)
            reply.integer(slots.lowerBound)
            reply.integer(slots.upperBound)
            for index in [owner] + replicas {
                let peer = cluster.peers[index.index]
                reply.array(4)
                reply.bulkString(peer.host)
                reply.integer(peer.port)
                reply.bulkString(peer.id.description)
                reply.map(0)
            }
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
        let peer = cluster.peers[index.index]
        reply.map(7)
        reply.bulkString("id")
        reply.bulkString(peer.id.description)
        reply.bulkString("port")
        reply.integer(peer.port)
        reply.bulkString("ip")
        reply.bulkString(peer.host)
        reply.bulkString("endpoint")
        reply.bulkString(peer.host)
        reply.bulkString("role")
        reply.bulkString(peer.isMaster ? "master" : "replica")
        reply.bulkString("replication-offset")
        reply.integer(0)
        reply.bulkString("health")
        reply.bulkString("online")
    }
}
