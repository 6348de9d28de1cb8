/// Finds nodes by their names: an open-addressing table of places in the list of nodes.
///
/// It keeps no names of its own, so that the table of a thousand nodes fits into 16 KB; a look-up compares with the
/// names in the list. At most an eighth of it is taken, and hardly any look-up has to try twice.
struct PeerTable: Sendable {
    private var slots: [PeerIndex]

    init() {
        slots = Array(repeating: .none, count: Self.leastCapacity)
    }

    /// The table of a whole list.
    init(_ peers: [Peer]) {
        var capacity = Self.leastCapacity
        while capacity < peers.count * 8 { capacity *= 2 }
        slots = Array(repeating: .none, count: capacity)
        for index in peers.indices { place(PeerIndex(index), at: peers[index].id) }
    }

    private static let leastCapacity = 16

    /// The place of the node with that name.
    @inline(__always)
    func find(_ id: NodeID, in peers: [Peer]) -> PeerIndex? {
        var slot = start(of: id)
        while slots[slot] != .none {
            if peers[slots[slot].index].id == id { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The places of the nodes that a gossip section tells of, `.none` for those that are not known.
    ///
    /// Two passes, because what a pass reads for one entry does not depend on the others: memory, which is what this
    /// costs in a large cluster, answers many of the reads at once.
    func find(_ entries: [GossipEntry], in peers: [Peer]) -> [PeerIndex] {
        var found = entries.map { slots[start(of: $0.id)] }
        for index in entries.indices {
            let candidate = found[index]
            guard candidate == .none || peers[candidate.index].id != entries[index].id else {
                continue
            }
            found[index] = find(entries[index].id, in: peers) ?? .none
        }
        return found
    }

    /// Notes the last node of the list, which is new.
    mutating func noteLast(of peers: [Peer]) {
        guard peers.count * 8 <= slots.count, let last = peers.last else {
            self = PeerTable(peers)
            return
        }
        place(PeerIndex(peers.count - 1), at: last.id)
    }

    private mutating func place(_ index: PeerIndex, at id: NodeID) {
        var slot = start(of: id)
        while slots[slot] != .none { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = index
    }

    @inline(__always)
    private func start(of id: NodeID) -> Int {
        Int(truncatingIfNeeded: id.mixed >> 32) & (slots.count - 1)
    }
}
