package import Keyspace

/// The cluster as one node sees it: who is in it, and who owns which slot (`clusterState` in cluster.h).
package struct ClusterState: Sendable {
    /// Every known node, this one first.
    package internal(set) var peers: [Peer]
    /// The owner of each slot, or `.none`.
    package private(set) var owners: [PeerIndex]
    package internal(set) var currentEpoch: UInt64 = 0
    /// The epoch of this node's last vote.
    package internal(set) var lastVoteEpoch: UInt64 = 0
    /// Slots of this node that are on their way to another one (SETSLOT MIGRATING).
    package var migrating: [HashSlot: PeerIndex] = [:] {
        didSet { noteOpenSlots() }
    }
    /// Slots on their way from another node to this one (SETSLOT IMPORTING).
    package var importing: [HashSlot: PeerIndex] = [:] {
        didSet { noteOpenSlots() }
    }
    /// Slots whose owner does not claim them any more, while nobody else does yet: nothing is said about them in
    /// UPDATE messages.
    var unclaimed = SlotSet()
    /// Whether the owner of a slot is all that decides about a command: the state is ok and no slot is open.
    private(set) var isPlain = false
    /// Slots that somebody owns.
    package private(set) var assignedCount = 0

    /// `cluster_state:ok`.
    package internal(set) var isOK = false {
        didSet { noteOpenSlots() }
    }
    /// Masters that own slots, as of the last look at the cluster's state: `cluster_size`.
    package internal(set) var size = 1
    var health: ClusterHealth
    package internal(set) var failover = FailoverState()
    /// What is left to do at the end of the step at hand.
    var todo: ClusterTodo = []

    /// cluster-announce-ip as this node last took it over.
    var announcedIP = ""
    /// Nodes that are not to be added again before a time in Unix milliseconds (CLUSTER FORGET).
    var banned: [NodeID: Int64] = [:]
    /// Which shard this node is in, for those who read that.
    var shards = ShardIDs()
    /// Peers that this node suspects, as of the last cron.
    var suspectCount = 0
    /// How often `clusterCron` has run.
    var ticks = 0
    /// PINGs, PONGs and MEETs sent; marks the peers that one of them already tells of.
    var gossipRound: UInt32 = 0
    package internal(set) var messageCounts = MessageCounts()
    /// Links that the driver ended because too much waited on them (cluster-link-sendbuf-limit).
    var overflownLinks = 0

    /// Whether somebody wants to hear of slots that this node's shard loses.
    var watchesLosses = false
    /// Slots that this node's shard lost since the node last looked.
    var lostSlots: [HashSlot] = []

    private var places: PeerTable

    /// Messages of the bus by kind.
    package struct MessageCounts: Sendable {
        package internal(set) var sent = Array(repeating: 0, count: 11)
        package internal(set) var received = Array(repeating: 0, count: 11)
    }

    package init(myself: Peer, at now: Instant) {
        peers = [myself]
        peers[0].flags.insert(.myself)
        places = PeerTable(peers)
        owners = Array(repeating: .none, count: HashSlot.count)
        health = ClusterHealth(start: now)
    }

    package var myself: Peer {
        @inline(__always)
        _read { yield peers[0] }
    }

    /// The master of this node's slots: itself, or the master that it replicates.
    package var myMaster: PeerIndex { myself.master ?? .myself }

    @inline(__always)
    package func owner(of slot: HashSlot) -> PeerIndex { owners[slot.index] }

    // MARK: - Nodes

    /// The node with that id.
    package func peer(_ id: NodeID) -> PeerIndex? { places.find(id, in: peers) }

    /// The nodes that a gossip section tells of, `.none` for those that are not known.
    func peers(of entries: [GossipEntry]) -> [PeerIndex] { places.find(entries, in: peers) }

    package subscript(index: PeerIndex) -> Peer {
        @inline(__always)
        _read { yield peers[index.index] }
        @inline(__always)
        _modify { yield &peers[index.index] }
    }

    /// Whether this node knows as many others as it can. There are 16384 slots, and so more nodes than any cluster
    /// needs; who tells of others is not heard.
    var isFull: Bool { peers.count >= Self.maximumPeers }

    static let maximumPeers = 32_768

    /// Adds a node that is not known yet.
    @discardableResult
    mutating func add(_ peer: Peer) -> PeerIndex {
        precondition(self.peer(peer.id) == nil, "node \(peer.id) is known already")
        precondition(!isFull, "\(peers.count) nodes are known already")
        let index = PeerIndex(peers.count)
        peers.append(peer)
        places.noteLast(of: peers)
        return index
    }

    /// Gives a node the name that it turned out to have.
    mutating func rename(_ index: PeerIndex, to id: NodeID) {
        self[index].id = id
        places = PeerTable(peers)
    }

    /// Takes a node out: its slots have no owner then, its replicas no master that is known. The indexes of the
    /// nodes after it change.
    mutating func remove(_ removed: PeerIndex) {
        precondition(removed != .myself, "a node does not forget itself")
        let slots = self[removed].slots
        slots.forEach { assign($0, to: .none) }
        setMaster(of: removed, to: nil, keepsRole: true)
        let id = self[removed].id
        for index in peers.indices {
            if peers[index].master == removed { peers[index].master = nil }
            peers[index].failureReports.removeAll { $0.reporter == id }
        }
        shards.forget(id)
        peers.remove(at: removed.index)
        renumber { index in
            if index == removed { return nil }
            return index.rawValue > removed.rawValue ? PeerIndex(index.index - 1) : index
        }
    }

    /// Forgets everybody else, and every slot.
    mutating func removeAll() {
        for slot in 0..<HashSlot.count { assign(HashSlot(unchecked: slot), to: .none) }
        setMaster(of: .myself, to: nil)
        peers.removeLast(peers.count - 1)
        peers[0].replicaCount = 0
        peers[0].flags.remove(.migrateTo)
        migrating = [:]
        importing = [:]
        places = PeerTable(peers)
    }

    private mutating func renumber(_ moved: (PeerIndex) -> PeerIndex?) {
        for index in peers.indices { peers[index].master = peers[index].master.flatMap(moved) }
        for slot in owners.indices where owners[slot] != .none {
            owners[slot] = moved(owners[slot]) ?? .none
        }
        migrating = migrating.compactMapValues(moved)
        importing = importing.compactMapValues(moved)
        failover.requester = failover.requester.flatMap(moved)
        places = PeerTable(peers)
    }

    // MARK: - Roles

    /// Makes a node the replica of another, or with nil a master. With `keepsRole` only the tie is cut.
    mutating func setMaster(of index: PeerIndex, to master: PeerIndex?, keepsRole: Bool = false) {
        if let previous = self[index].master, previous != master {
            self[previous].replicaCount -= 1
            if self[previous].replicaCount == 0 { self[previous].flags.remove(.migrateTo) }
        }
        if let master, self[index].master != master {
            self[master].replicaCount += 1
            self[master].flags.insert(.migrateTo)
        }
        self[index].master = master
        guard !keepsRole else { return }
        self[index].flags.remove(master == nil ? .replica : .master)
        self[index].flags.insert(master == nil ? .master : .replica)
    }

    /// The replicas of a master, in the order in which they are known.
    package func replicas(of master: PeerIndex) -> [PeerIndex] {
        guard self[master].replicaCount > 0 else { return [] }
        return peers.indices.filter { peers[$0].master == master }.map { PeerIndex($0) }
    }

    // MARK: - Slots

    /// Gives a slot to a node, or with `.none` to nobody.
    ///
    /// Doubts about the claim of the former owner end with that. Redis 7.0 keeps them, so that the former owner may
    /// take the slot back by an old epoch; later versions clear them, too (`clusterDelSlot`).
    package mutating func assign(_ slot: HashSlot, to peer: PeerIndex) {
        let previous = owners[slot.index]
        guard previous != peer else { return }
        unclaimed.remove(slot)
        noteLoss(of: slot)
        if previous != .none {
            assignedCount -= 1
            peers[previous.index].slots.remove(slot)
        }
        if peer != .none {
            assignedCount += 1
            peers[peer.index].slots.insert(slot)
            // A master's first slot: where masters have replicas, this one may get some, too.
            if peers[peer.index].slots.count == 1, peers.contains(where: { $0.replicaCount > 0 }) {
                peers[peer.index].flags.insert(.migrateTo)
            }
        }
        owners[slot.index] = peer
    }

    /// Notes that a slot of this node's shard is about to be taken from its owner (`clusterDelSlot`).
    mutating func noteLoss(of slot: HashSlot) {
        let owner = owners[slot.index]
        guard watchesLosses, owner != .none else { return }
        let master = self[owner].master ?? owner
        if master == myMaster { lostSlots.append(slot) }
    }

    /// Takes over a whole view that another node has already: the memory of the tables is shared.
    mutating func adopt(peers: [Peer], owners: [PeerIndex]) {
        self.peers = peers
        self.owners = owners
        assignedCount = peers.reduce(0) { $0 + $1.slots.count }
        places = PeerTable(peers)
    }

    private mutating func noteOpenSlots() {
        isPlain = isOK && migrating.isEmpty && importing.isEmpty
    }

    /// The slots of a node as ranges of first and last.
    package func slotRanges(of peer: PeerIndex) -> [ClosedRange<Int>] {
        self[peer].slots.ranges
    }

    /// All assigned slots as ranges that one node owns each.
    package func ownedRanges() -> [(slots: ClosedRange<Int>, owner: PeerIndex)] {
        var ranges: [(slots: ClosedRange<Int>, owner: PeerIndex)] = []
        for slot in 0..<HashSlot.count where owners[slot] != .none {
            if let last = ranges.last, last.owner == owners[slot], last.slots.upperBound == slot - 1
            {
                ranges[ranges.count - 1].slots = last.slots.lowerBound...slot
            } else {
                ranges.append((slot...slot, owners[slot]))
            }
        }
        return ranges
    }

    // MARK: - Epochs

    /// The epoch of a shard: a replica shows its master's.
    package func epoch(of peer: PeerIndex) -> UInt64 {
        self[self[peer].master ?? peer].configEpoch
    }

    /// Begins a new epoch. After the last one comes 0, as in Redis: a packet may have claimed that one.
    mutating func beginEpoch() -> UInt64 {
        currentEpoch &+= 1
        return currentEpoch
    }

    /// The greatest epoch that this node knows of (`clusterGetMaxEpoch`).
    var greatestEpoch: UInt64 {
        peers.reduce(currentEpoch) { max($0, $1.configEpoch) }
    }
}

/// What is left to do at the end of a step (`CLUSTER_TODO_*`).
struct ClusterTodo: OptionSet, Sendable {
    let rawValue: UInt8

    static let handleFailover = ClusterTodo(rawValue: 1 << 0)
    static let handleManualFailover = ClusterTodo(rawValue: 1 << 1)
    static let updateState = ClusterTodo(rawValue: 1 << 2)
    static let saveConfiguration = ClusterTodo(rawValue: 1 << 3)
    /// What is saved is a promise to others, or an epoch: it has to survive even a loss of power.
    static let saveForGood: ClusterTodo = [.saveConfiguration, ClusterTodo(rawValue: 1 << 4)]
}
