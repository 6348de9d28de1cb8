package import Keyspace

/// The cluster as one node sees it: who is in it, and who owns which slot (`clusterState` in cluster.h).
package struct ClusterState: Sendable {
    /// Every known node, this one first.
    package var peers: [Peer]
    /// The owner of each slot, or `.none`.
    package private(set) var owners: [PeerIndex]
    package var currentEpoch: UInt64 = 0
    /// The epoch of this node's last vote.
    package var lastVoteEpoch: UInt64 = 0
    /// Slots of this node that are on their way to another one (SETSLOT MIGRATING).
    package var migrating: [HashSlot: PeerIndex] = [:] {
        didSet { noteOpenSlots() }
    }
    /// Slots on their way from another node to this one (SETSLOT IMPORTING).
    package var importing: [HashSlot: PeerIndex] = [:] {
        didSet { noteOpenSlots() }
    }
    /// `cluster_state:ok`.
    package private(set) var isOK = false {
        didSet { noteOpenSlots() }
    }
    /// Whether the owner of a slot is all that decides about a command: the state is ok and no slot is open.
    private(set) var isPlain = false
    /// Slots that somebody owns.
    package private(set) var assignedCount = 0
    /// Until then a master that just came up keeps its state at fail, to give the cluster a chance to tell it
    /// of what it missed.
    private var writableFrom: Instant

    /// CLUSTER_WRITABLE_DELAY: a master waits so long after its start before its state turns to ok.
    private static let writableDelay = Duration.milliseconds(2000)

    package init(myself: Peer, at now: Instant) {
        peers = [myself]
        peers[0].flags.insert(.myself)
        owners = Array(repeating: .none, count: HashSlot.count)
        writableFrom = now.advanced(by: Self.writableDelay)
    }

    package var myself: Peer { peers[0] }

    /// The master of this node's slots: itself, or the master that it replicates.
    package var myMaster: PeerIndex { myself.master ?? .myself }

    @inline(__always)
    package func owner(of slot: HashSlot) -> PeerIndex { owners[slot.index] }

    /// Gives a slot to a node, or with `.none` to nobody.
    package mutating func assign(_ slot: HashSlot, to peer: PeerIndex) {
        let previous = owners[slot.index]
        guard previous != peer else { return }
        if previous != .none {
            assignedCount -= 1
            peers[previous.index].slots.remove(slot)
        }
        if peer != .none {
            assignedCount += 1
            peers[peer.index].slots.insert(slot)
        }
        owners[slot.index] = peer
    }

    private mutating func noteOpenSlots() {
        isPlain = isOK && migrating.isEmpty && importing.isEmpty
    }

    /// The node with that id.
    package func peer(_ id: NodeID) -> PeerIndex? {
        peers.firstIndex { $0.id == id }.map { PeerIndex($0) }
    }

    /// The replicas of a master, in the order in which they are known.
    package func replicas(of master: PeerIndex) -> [PeerIndex] {
        peers.indices.filter { peers[$0].master == master }.map { PeerIndex($0) }
    }

    /// The slots of a node as ranges of first and last.
    package func slotRanges(of peer: PeerIndex) -> [ClosedRange<Int>] {
        ranges { $0 == peer }
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

    /// Masters that own a slot: `cluster_size`.
    package var size: Int {
        peers.count { $0.isMaster && !$0.slots.isEmpty }
    }

    /// The epoch of a shard: a replica shows its master's.
    package func epoch(of peer: PeerIndex) -> UInt64 {
        peers[(peers[peer.index].master ?? peer).index].configEpoch
    }

    /// Begins as a cluster that has long been in agreement: without the pause after a start.
    package mutating func settle(at now: Instant) {
        writableFrom = now
        _ = update(at: now, requireFullCoverage: true)
    }

    /// Recomputes `isOK` (`clusterUpdateState`): every slot needs an owner, unless full coverage is not required.
    /// - Returns: whether it changed.
    package mutating func update(at now: Instant, requireFullCoverage: Bool) -> Bool {
        let isCovered =
            assignedCount == HashSlot.count || (!requireFullCoverage && assignedCount > 0)
        if isCovered, !isOK, myself.isMaster, now < writableFrom { return false }
        defer { isOK = isCovered }
        return isOK != isCovered
    }

    private func ranges(where isIncluded: (PeerIndex) -> Bool) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for slot in 0..<HashSlot.count where isIncluded(owners[slot]) {
            if let last = ranges.last, last.upperBound == slot - 1 {
                ranges[ranges.count - 1] = last.lowerBound...slot
            } else {
                ranges.append(slot...slot)
            }
        }
        return ranges
    }
}
