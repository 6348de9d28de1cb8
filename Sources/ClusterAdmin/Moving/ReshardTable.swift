/// Which slots to take from which node.
struct ReshardTable {
    private(set) var moves: [Move] = []

    /// One slot, and the node that gives it.
    struct Move {
        let source: ManagedNode
        let slot: Int
    }

    /// Takes from each source in proportion to what it has; the biggest one gives what rounding leaves.
    init(sources: [ManagedNode], count: Int) {
        let total = sources.reduce(0) { $0 + $1.slotCount }
        let sorted = sources.enumerated().sorted {
            ($1.element.slotCount, $0.offset) < ($0.element.slotCount, $1.offset)
        }
        for (index, source) in sorted.map(\.element).enumerated() {
            let exact = Float(count) / Float(total) * Float(source.slotCount)
            let share = index == 0 ? exact.rounded(.up) : exact.rounded(.down)
            let limit = share.isFinite ? Int(share) : 0
            let room = max(0, min(limit, count - moves.count))
            moves += source.slots.slots.prefix(room).map { Move(source: source, slot: $0) }
        }
    }
}
