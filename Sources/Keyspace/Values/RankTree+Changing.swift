import RESP

/// Members that come and go. A node that becomes too full is split in two; neighbours of which one has become small
/// become one, where there is room.
extension RankTree {
    /// What a node gives to a new one at its right.
    private struct Split {
        let node: Int32
        let count: Int
        let low: Item
    }

    /// Adds a member that is not there.
    mutating func insert(_ item: Item) {
        count += 1
        guard let split = insert(item, below: root, height) else { return }
        let branch = Branch(
            children: [root, split.node], counts: [count - split.count, split.count],
            lows: [split.low, split.low])
        root = add(branch)
        height += 1
    }

    private mutating func insert(_ item: Item, below node: Int32, _ height: Int) -> Split? {
        let node = Int(node)
        guard height > 0 else { return insert(item, intoLeaf: node) }
        let index = item.member.withBuffer { member in
            branches[node].child { $0.precedes(member, item.score) }
        }
        branches[node].counts[index] += 1
        guard let split = insert(item, below: branches[node].children[index], height - 1) else {
            return nil
        }
        branches[node].counts[index] -= split.count
        branches[node].counts.insert(split.count, at: index + 1)
        branches[node].lows.insert(split.low, at: index + 1)
        branches[node].children.insert(split.node, at: index + 1)
        return branches[node].children.count > Self.capacity ? splitBranch(node) : nil
    }

    private mutating func insert(_ item: Item, intoLeaf leaf: Int) -> Split? {
        let place = item.member.withBuffer { member in
            leaves[leaf].items.partition(from: 0) { $0.precedes(member, item.score) }
        }
        leaves[leaf].items.insert(item, at: place)
        let size = leaves[leaf].items.count
        guard size > Self.capacity else { return nil }
        // Members that come in order leave full leaves behind them.
        if place == size - 1, leaves[leaf].next < 0 { return splitLeaf(leaf, at: size - 1) }
        if place == 0, leaves[leaf].previous < 0 { return splitLeaf(leaf, at: 1) }
        return splitLeaf(leaf, at: size / 2)
    }

    private mutating func splitLeaf(_ leaf: Int, at place: Int) -> Split {
        let items = Array(leaves[leaf].items[place...])
        leaves[leaf].items.removeSubrange(place...)
        let next = leaves[leaf].next
        let created = add(Leaf(items: items, previous: Int32(leaf), next: next))
        leaves[leaf].next = created
        if next >= 0 { leaves[Int(next)].previous = created }
        return Split(node: created, count: items.count, low: items[0])
    }

    private mutating func splitBranch(_ node: Int) -> Split {
        let place = branches[node].children.count / 2
        let created = Branch(
            children: Array(branches[node].children[place...]),
            counts: Array(branches[node].counts[place...]),
            lows: Array(branches[node].lows[place...]))
        branches[node].children.removeSubrange(place...)
        branches[node].counts.removeSubrange(place...)
        branches[node].lows.removeSubrange(place...)
        return Split(
            node: add(created), count: created.counts.reduce(0, +), low: created.lows[0])
    }

    // MARK: - Removing

    /// Takes out the members of some ranks.
    mutating func remove(_ ranks: Range<Int>) {
        guard !ranks.isEmpty else { return }
        guard ranks.count < count else {
            self = RankTree()
            return
        }
        count -= ranks.count
        remove(ranks, below: root, height)
        while height > 0, branches[Int(root)].children.count == 1 {
            let old = root
            root = branches[Int(root)].children[0]
            free(branch: old)
            height -= 1
        }
    }

    /// Takes out members of a node by their ranks in it. Some are left.
    private mutating func remove(_ ranks: Range<Int>, below node: Int32, _ height: Int) {
        let node = Int(node)
        guard height > 0 else { return leaves[node].items.removeSubrange(ranks) }
        var index = 0
        var start = 0
        while start + branches[node].counts[index] <= ranks.lowerBound {
            start += branches[node].counts[index]
            index += 1
        }
        let first = index
        var emptied = 0..<0
        while start < ranks.upperBound {
            let size = branches[node].counts[index]
            let part = max(0, ranks.lowerBound - start)..<min(size, ranks.upperBound - start)
            if part.count == size {
                free(branches[node].children[index], height - 1)
                emptied = (emptied.isEmpty ? index : emptied.lowerBound)..<index + 1
            } else {
                remove(part, below: branches[node].children[index], height - 1)
                branches[node].counts[index] -= part.count
            }
            start += size
            index += 1
        }
        if !emptied.isEmpty {
            branches[node].children.removeSubrange(emptied)
            branches[node].counts.removeSubrange(emptied)
            branches[node].lows.removeSubrange(emptied)
        }
        mergeIfSmall(first + 1, in: node, height)
        mergeIfSmall(first, in: node, height)
        mergeIfSmall(first - 1, in: node, height)
    }

    /// Makes one of a child and the one at its right, if one of them is small and the two are not too much.
    private mutating func mergeIfSmall(_ index: Int, in node: Int, _ height: Int) {
        guard index >= 0, index + 1 < branches[node].children.count else { return }
        let (left, right) = (branches[node].children[index], branches[node].children[index + 1])
        let (leftSize, rightSize) = (size(of: left, height - 1), size(of: right, height - 1))
        guard min(leftSize, rightSize) < Self.capacity / 4,
            leftSize + rightSize <= Self.capacity * 3 / 4
        else { return }
        if height == 1 {
            let items = leaves[Int(right)].items
            leaves[Int(left)].items += items
        } else {
            merge(right, into: left, low: branches[node].lows[index + 1])
        }
        branches[node].counts[index] += branches[node].counts[index + 1]
        branches[node].children.remove(at: index + 1)
        branches[node].counts.remove(at: index + 1)
        branches[node].lows.remove(at: index + 1)
        if height == 1 { free(leaf: right) } else { free(branch: right) }
    }

    /// How many items a leaf has, or children a branch.
    @inline(__always)
    private func size(of node: Int32, _ height: Int) -> Int {
        height == 0 ? leaves[Int(node)].items.count : branches[Int(node)].children.count
    }

    private mutating func merge(_ right: Int32, into left: Int32, low: Item) {
        var moved = branches[Int(right)]
        moved.lows[0] = low
        branches[Int(left)].children += moved.children
        branches[Int(left)].counts += moved.counts
        branches[Int(left)].lows += moved.lows
    }

    // MARK: - Places

    private mutating func add(_ leaf: Leaf) -> Int32 {
        guard let place = freeLeaves.popLast() else {
            leaves.append(leaf)
            return Int32(leaves.count - 1)
        }
        leaves[Int(place)] = leaf
        return place
    }

    private mutating func add(_ branch: Branch) -> Int32 {
        guard let place = freeBranches.popLast() else {
            branches.append(branch)
            return Int32(branches.count - 1)
        }
        branches[Int(place)] = branch
        return place
    }

    /// Gives up a node and all below it.
    private mutating func free(_ node: Int32, _ height: Int) {
        guard height > 0 else { return free(leaf: node) }
        for child in branches[Int(node)].children { free(child, height - 1) }
        free(branch: node)
    }

    private mutating func free(leaf: Int32) {
        let (previous, next) = (leaves[Int(leaf)].previous, leaves[Int(leaf)].next)
        if previous >= 0 { leaves[Int(previous)].next = next }
        if next >= 0 { leaves[Int(next)].previous = previous }
        leaves[Int(leaf)] = Leaf(items: [], previous: -1, next: -1)
        freeLeaves.append(leaf)
    }

    private mutating func free(branch: Int32) {
        branches[Int(branch)] = Branch(children: [], counts: [], lows: [])
        freeBranches.append(branch)
    }
}
