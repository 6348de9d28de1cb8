import Keyspace

/// The ids of shards, by which servers from Redis 7.2 on know which nodes belong together.
///
/// Redis 7.0 has none. Where such a server does not hear one of a node it makes one up, each its
/// own: a replica that has learnt one that was made up tells it to all others, and what these then
/// save they refuse to load. So a node here tells its shard to whoever reads that, and to nobody
/// else.
struct ShardIDs: Sendable {
    /// This node's own shard; nil as long as it has told none.
    var own: NodeID?
    /// What others say of themselves.
    private var told: [NodeID: NodeID] = [:]
    /// Who reads such news.
    private var readers: Set<NodeID> = []

    /// Whether anybody wants to know.
    var areUsed: Bool { !readers.isEmpty }

    /// Whether that node reads ids of shards.
    func isRead(by node: NodeID) -> Bool { readers.contains(node) }

    /// The shard that a node has told of itself.
    subscript(node: NodeID) -> NodeID? { told[node] }

    /// Takes what a node that reads such news says.
    mutating func note(_ shard: BusMessage.Shard, of node: NodeID) {
        readers.insert(node)
        if case .id(let id) = shard { told[node] = id }
    }

    /// Forgets what a node has said that is gone.
    mutating func forget(_ node: NodeID) {
        readers.remove(node)
        told[node] = nil
    }

    /// Forgets all others. The node's shard may go on without it, so that its next one is another.
    mutating func beginAnother(using random: inout SplitMix64) {
        guard own != nil else { return }
        self = ShardIDs()
        own = .random(using: &random)
    }
}

extension Node {
    /// Takes what a PING, PONG or MEET of a known node says of shards, before it is answered.
    mutating func noteShard(
        _ shard: BusMessage.Shard, _ header: BusMessage.Header, of sender: PeerIndex
    ) {
        let isReader = shard != .none || header.flags.contains(.readsExtensions)
        guard isReader, sender != .myself, !cluster[sender].isInHandshake else { return }
        cluster.shards.note(shard, of: cluster[sender].id)
        cluster.peers[0].flags.insert(.readsExtensions)
        let own = currentShard
        guard own != cluster.shards.own else { return }
        cluster.shards.own = own
        cluster.todo.insert(.saveConfiguration)
    }

    /// What is said of this node's shard over a link. A replica whose master has told none yet has
    /// none to tell.
    func shard(over link: LinkID) -> BusMessage.Shard {
        guard cluster.shards.areUsed, let peer = links.peer(of: link),
            cluster.shards.isRead(by: peer)
        else { return .none }
        return currentShard.map { .id($0) } ?? .untold
    }

    /// A replica is in its master's shard; a master stays in the one where it was.
    private var currentShard: NodeID? {
        guard let master = cluster.myself.master else {
            return cluster.shards.own ?? cluster.myself.id.ofFirstShard
        }
        return cluster.shards[cluster[master].id]
    }
}

extension NodeID {
    /// The shard of a master that has never been another one's replica, as nodes.conf has it for
    /// planned clusters: the same after every start, and no node's name.
    package var ofFirstShard: NodeID {
        NodeID(String(description.reversed())) ?? self
    }
}
