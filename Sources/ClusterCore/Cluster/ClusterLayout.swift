import Keyspace

/// A cluster that is set up and agreed before its nodes start: who they are, who replicates whom, who owns
/// what. The lab begins its own clusters this way; nobody has to wait for gossip.
package struct ClusterLayout: Sendable {
    private var peers: [Peer] = []
    /// Nodes beside the cluster, which know nobody.
    private var strangers: [Peer] = []
    private let isEmpty: Bool
    private let seed: UInt64

    /// Lays out `masters` x (1 + `replicas`) nodes on consecutive ports, the masters first.
    ///
    /// Slots are split as `redis-cli --cluster create` splits them. Which replica gets which master is left to
    /// the seed: redis-cli shuffles too where all nodes share a host, and nobody should rely on a port.
    /// With `isEmpty` the nodes know nobody and own nothing; like any Redis node that has not met another, they
    /// do not know their own address either.
    /// So do the `spares`, on the ports behind the cluster's.
    package init(
        masters: Int, replicas: Int, spares: Int = 0, host: String = "127.0.0.1", port: Int,
        isEmpty: Bool,
        seed: UInt64
    ) {
        self.seed = seed
        self.isEmpty = isEmpty
        // Strangers are to have other names than those of another port, so that they can meet.
        var random = SplitMix64(seed: isEmpty ? seed ^ UInt64(port) << 32 : seed)
        let count = masters * (1 + replicas)
        peers = (0..<count).map { index in
            Peer(id: .random(using: &random), host: isEmpty ? "" : host, port: port + index)
        }
        // Last: who is beside the cluster changes nothing in it.
        defer {
            strangers = (0..<spares).map { index in
                Peer(id: .random(using: &random), host: "", port: port + count + index)
            }
        }
        guard !isEmpty else { return }
        for (master, range) in Self.evenRanges(masters).enumerated() {
            for slot in range { peers[master].slots.insert(HashSlot(unchecked: slot)) }
        }
        for index in 0..<count { peers[index].configEpoch = UInt64(index + 1) }
        var assignments = (0..<masters * replicas).map { $0 % masters }
        for index in assignments.indices.reversed() {
            assignments.swapAt(index, random.next(below: index + 1))
        }
        for (offset, master) in assignments.enumerated() {
            let replica = masters + offset
            peers[replica].flags = .replica
            peers[replica].master = PeerIndex(master)
            peers[replica].configEpoch = 0
            peers[master].replicaCount += 1
            peers[master].flags.insert(.migrateTo)
            for index in [replica, master] { peers[index].replicationOffset = Self.firstOffset }
        }
    }

    /// How many nodes there are.
    package var count: Int { peers.count + strangers.count }

    /// The port of each node.
    package var ports: [Int] { (peers + strangers).map(\.port) }

    /// The node at an ordinal, ready to start.
    package func node(
        _ ordinal: Int, configuration: Configuration, wallClockAtStart: Int64, at now: Instant
    ) -> Node {
        var configuration = configuration
        let identity = (peers + strangers)[ordinal]
        if configuration.tls.cluster, configuration.port == 0 {
            configuration.tls.port = identity.port
        } else {
            configuration.port = identity.port
        }
        var mixed = SplitMix64(seed: seed ^ UInt64(ordinal + 1) &* 0x9E37_79B9_7F4A_7C15)
        var node = Node(
            identity: identity, configuration: configuration, seed: mixed.next(),
            wallClockAtStart: wallClockAtStart, at: now)
        guard !isEmpty, ordinal < peers.count else { return node }
        node.cluster.adopt(peers, myself: ordinal, knownSince: wallClockAtStart + now.milliseconds)
        node.settleCluster()
        beginInSync(&node, ordinal)
        return node
    }

    /// What masters and replicas have in common at the start: a PING's length. Clients are told of a replica only
    /// when its offset is known and not 0.
    private static let firstOffset: Int64 = 14

    /// Gives the masters that have replicas, and those, the history of writes that they share.
    private func beginInSync(_ node: inout Node, _ ordinal: Int) {
        let master = peers[ordinal].master?.index ?? ordinal
        guard peers[ordinal].replicationOffset > 0 else { return }
        var random = SplitMix64(seed: seed ^ UInt64(master + 1) &* 0xD6E8_FEB8_6659_FD93)
        node.beginInSync(
            id: NodeID.random(using: &random).description, offset: peers[ordinal].replicationOffset)
    }

    /// The slots of each master, as `clusterManagerCommandCreate` computes them.
    private static func evenRanges(_ masters: Int) -> [ClosedRange<Int>] {
        let share = Double(HashSlot.count) / Double(masters)
        var first = 0
        return (0..<masters).map { master in
            let isLast = master == masters - 1
            let last =
                isLast ? HashSlot.count - 1 : Int((Double(master + 1) * share - 1).rounded())
            defer { first = last + 1 }
            return first...max(first, last)
        }
    }
}

extension ClusterState {
    /// Takes over a list of nodes as known and in agreement; this node's own place in it becomes the first.
    fileprivate mutating func adopt(_ all: [Peer], myself: Int, knownSince: Int64) {
        let order = [myself] + all.indices.filter { $0 != myself }
        var places = Array(repeating: PeerIndex.none, count: all.count)
        for (place, index) in order.enumerated() { places[index] = PeerIndex(place) }
        let peers = order.map { index in
            var peer = all[index]
            peer.master = peer.master.map { places[$0.index] }
            peer.pongReceived = index == myself ? 0 : knownSince
            peer.created = knownSince
            return peer
        }
        var owners = Array(repeating: PeerIndex.none, count: HashSlot.count)
        for (place, peer) in peers.enumerated() {
            peer.slots.forEach { owners[$0.index] = PeerIndex(place) }
        }
        adopt(peers: peers, owners: owners)
        self.peers[0].flags.insert(.myself)
        currentEpoch = UInt64(all.count)
    }
}
