/// How many nodes Redis' radix tree has that finds the nodes of a stream by their IDs, for XINFO: one for each stretch
/// of bytes that IDs have in common, one for each place where they part, and one for each end.
///
/// It is kept while nodes come behind the last one and go from the front, which is what streams do, and counted
/// anew, when somebody asks, after anything else. What is kept is no part of a stream's value.
struct RadixTreeSize: Hashable, Sendable {
    /// nil where it has to be counted.
    var nodes: Int?

    /// Of a tree without IDs.
    static let empty = RadixTreeSize(nodes: 1)

    static func == (left: RadixTreeSize, right: RadixTreeSize) -> Bool { true }

    func hash(into hasher: inout Hasher) {}

    /// How many nodes one more ID makes that has `depth` bytes in common with its neighbour. Those that part last
    /// before that have `above` bytes in common, -1 where none do, and those that part next after it `below`, all 16
    /// where there is no more than the neighbour.
    fileprivate static func growth(at depth: Int, above: Int, below: Int) -> Int {
        let end = depth + 1 < 16 ? 2 : 1
        guard below > depth else { return end }
        // The stretch in between is parted: one before the new place, one behind it.
        return end + (depth > above + 1 ? 1 : 0) + (below > depth + 1 ? 1 : 0)
    }
}

extension EntryIndex {
    /// Counts the nodes of the tree of all IDs.
    var radixNodeCount: Int {
        var count = 1
        var last: EntryID?
        /// Where IDs part on the way to the last one.
        var depths: [Int] = []
        forEach { id, _ in
            defer { last = id }
            guard let neighbour = last else {
                count = 2
                return
            }
            let depth = neighbour.commonBytes(with: id)
            var below = 16
            while let deepest = depths.last, deepest > depth { below = depths.removeLast() }
            if depths.last == depth {
                below = depth
            } else {
                depths.append(depth)
            }
            let above = depths.dropLast().last ?? -1
            count += RadixTreeSize.growth(at: depth, above: above, below: below)
        }
        return count
    }

    /// How many nodes more the tree has with the ID at one end than without it.
    func radixNodes(atEnd isLast: Bool) -> Int {
        guard count > 1, let end = isLast ? lastPosition : firstPosition,
            let neighbour = isLast ? position(before: end) : position(after: end)
        else { return count }
        let depth = id(at: end).commonBytes(with: id(at: neighbour))
        // Those that have as much in common with it reach from the neighbour up to this one.
        let edge = id(at: end).prefix(depth, fill: isLast ? 0 : .max)
        guard let farthest = isLast ? position(notBefore: edge) : position(notAfter: edge) else {
            preconditionFailure("an ID lies beyond all that begin as it does")
        }
        let beyond = isLast ? position(before: farthest) : position(after: farthest)
        let nearID = id(at: neighbour)
        let above = beyond.map { id(at: $0).commonBytes(with: nearID) } ?? -1
        let below = farthest == neighbour ? 16 : id(at: farthest).commonBytes(with: nearID)
        return RadixTreeSize.growth(at: depth, above: above, below: below)
    }
}

extension EntryID {
    /// How many bytes two IDs have in common from the front, the highest byte first.
    fileprivate func commonBytes(with other: EntryID) -> Int {
        let difference = milliseconds ^ other.milliseconds
        guard difference == 0 else { return difference.leadingZeroBitCount / 8 }
        return 8 + (sequence ^ other.sequence).leadingZeroBitCount / 8
    }

    /// An ID with the first bytes of this one, and others that are all the same.
    fileprivate func prefix(_ count: Int, fill: UInt64) -> EntryID {
        let mask = UInt64.max << UInt64(64 - 8 * min(count, 8))
        let lowMask = UInt64.max << UInt64(64 - 8 * max(count - 8, 0))
        return EntryID(
            milliseconds & mask | fill & ~mask, sequence & lowMask | fill & ~lowMask)
    }
}

extension StreamValue.Body {
    /// Adds a node behind the last one.
    mutating func appendNode(_ id: EntryID, _ node: Listpack) {
        nodes.insert(id, node)
        if let size = radixTree.nodes { radixTree.nodes = size + nodes.radixNodes(atEnd: true) }
    }

    /// Takes the first node out.
    mutating func removeFirstNode() {
        guard let first = nodes.firstPosition else { return }
        if let size = radixTree.nodes { radixTree.nodes = size - nodes.radixNodes(atEnd: false) }
        nodes.remove(at: first)
    }
}
