import RESP

/// The members of a large sorted set in their order, by score and among equal scores by bytes: a B+ tree that counts
/// what lies below each of its branches, so that a member's rank, and the member of a rank, are found in logarithmic
/// time (where Redis has a skiplist with spans).
///
/// The nodes lie in two arrays and name each other by their places there. So the tree is a value: a copy shares the
/// arrays, and the leaves, until one of the two changes.
struct RankTree: Sendable {
    /// A member with its score.
    struct Item: Sendable {
        let score: Double
        let member: ByteString
    }

    /// Members in order, and the leaves to both sides; -1 where there is none.
    struct Leaf: Sendable {
        var items: [Item]
        var previous: Int32
        var next: Int32
    }

    /// Branches or leaves in order, with how many members each has.
    struct Branch: Sendable {
        var children: [Int32]
        var counts: [Int]
        /// For each child but the first: no member of it comes before this one, no member of the child to the left
        /// after it. It need not be there any more.
        var lows: [Item]
    }

    var leaves: [Leaf]
    var branches: [Branch] = []
    /// Places in the arrays that are not used.
    var freeLeaves: [Int32] = []
    var freeBranches: [Int32] = []
    var root: Int32 = 0
    /// Branches between the root and the leaves; with none the root is a leaf.
    var height = 0
    var count = 0

    /// The most items of a leaf and children of a branch.
    static let capacity = 128

    /// A tree without members.
    init() {
        leaves = [Leaf(items: [], previous: -1, next: -1)]
    }

    /// The tree of members that are in order already.
    init(sorted items: [Item]) {
        self.init()
        guard !items.isEmpty else { return }
        count = items.count
        let chunk = Self.capacity * 3 / 4
        leaves = stride(from: 0, to: items.count, by: chunk).map { start in
            Leaf(
                items: Array(items[start..<min(start + chunk, items.count)]),
                previous: Int32(start / chunk) - 1, next: Int32(start / chunk) + 1)
        }
        leaves[leaves.count - 1].next = -1
        var level = leaves.indices.map { index in
            (node: Int32(index), count: leaves[index].items.count, low: leaves[index].items[0])
        }
        while level.count > 1 {
            height += 1
            level = stride(from: 0, to: level.count, by: chunk).map { start in
                let part = level[start..<min(start + chunk, level.count)]
                branches.append(
                    Branch(
                        children: part.map(\.node), counts: part.map(\.count),
                        lows: part.map(\.low)))
                return (
                    Int32(branches.count - 1), part.reduce(0) { $0 + $1.count },
                    level[start].low
                )
            }
        }
        root = level[0].node
    }

    // MARK: - Reading

    /// Where a member of a score stands, counted from 0; or would stand if it were there.
    func rank(of member: UnsafeBufferPointer<UInt8>, _ score: Double) -> Int {
        rank { $0.precedes(member, score) }
    }

    /// How many members satisfy a condition that is true of the first ones only.
    @inline(__always)
    func rank(_ precedes: (Item) -> Bool) -> Int {
        var node = Int(root)
        var rank = 0
        for _ in 0..<height {
            let index = branches[node].child(precedes)
            branches[node].counts.withUnsafeBufferPointer { counts in
                for place in 0..<index { rank += counts[place] }
            }
            node = Int(branches[node].children[index])
        }
        return rank + leaves[node].items.partition(from: 0, precedes)
    }

    /// Calls `visit` with the members of some ranks, in order or in the opposite order.
    func forEach(in ranks: Range<Int>, reversed: Bool = false, _ visit: (Item) -> Void) {
        guard !ranks.isEmpty else { return }
        var left = ranks.count
        var (leaf, offset) = place(of: reversed ? ranks.upperBound - 1 : ranks.lowerBound)
        while left > 0 {
            let items = leaves[leaf].items
            let part =
                reversed
                ? max(0, offset + 1 - left)..<offset + 1
                : offset..<min(items.count, offset + left)
            if reversed {
                for index in part.reversed() { visit(items[index]) }
            } else {
                for index in part { visit(items[index]) }
            }
            left -= part.count
            guard left > 0 else { return }
            leaf = Int(reversed ? leaves[leaf].previous : leaves[leaf].next)
            offset = reversed ? leaves[leaf].items.count - 1 : 0
        }
    }

    /// The member of a rank, which is there.
    subscript(rank: Int) -> Item {
        let (leaf, offset) = place(of: rank)
        return leaves[leaf].items[offset]
    }

    private func place(of rank: Int) -> (leaf: Int, offset: Int) {
        precondition(rank >= 0 && rank < count, "rank \(rank) of \(count)")
        var node = Int(root)
        var offset = rank
        for _ in 0..<height {
            var index = 0
            branches[node].counts.withUnsafeBufferPointer { counts in
                while offset >= counts[index] {
                    offset -= counts[index]
                    index += 1
                }
            }
            node = Int(branches[node].children[index])
        }
        return (node, offset)
    }
}

extension RankTree.Branch {
    /// The last child that may begin with something that satisfies the condition.
    @inline(__always)
    func child(_ precedes: (RankTree.Item) -> Bool) -> Int {
        lows.partition(from: 1, precedes) - 1
    }
}

extension RankTree.Item {
    /// Whether it comes before a member of a score.
    @inline(__always)
    func precedes(_ other: UnsafeBufferPointer<UInt8>, _ otherScore: Double) -> Bool {
        if score != otherScore { return score < otherScore }
        return member.withBuffer { byteOrder($0, other) < 0 }
    }

    /// Whether it comes before another one.
    func precedes(_ other: RankTree.Item) -> Bool {
        other.member.withBuffer { precedes($0, other.score) }
    }
}

extension [RankTree.Item] {
    /// The first index from a start on whose item does not satisfy a condition that is true of the first ones only.
    @inline(__always)
    func partition(from start: Int, _ precedes: (RankTree.Item) -> Bool) -> Int {
        withUnsafeBufferPointer { items in
            var low = start
            var high = items.count
            while low < high {
                let middle = (low + high) / 2
                if precedes(items[middle]) { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }
}

extension RankTree: Hashable {
    /// Trees are the same where their members are, however they came about.
    static func == (left: RankTree, right: RankTree) -> Bool {
        guard left.count == right.count else { return false }
        var others: [Item] = []
        right.forEach(in: 0..<right.count) { others.append($0) }
        var index = 0
        var isEqual = true
        left.forEach(in: 0..<left.count) { item in
            isEqual =
                isEqual && item.score == others[index].score && item.member == others[index].member
            index += 1
        }
        return isEqual
    }

    func hash(into hasher: inout Hasher) {
        forEach(in: 0..<count) { item in
            hasher.combine(item.score)
            hasher.combine(item.member)
        }
    }
}
