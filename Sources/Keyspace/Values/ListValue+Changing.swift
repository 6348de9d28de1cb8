/// Changes in the middle of a list.
extension ListValue {
    /// Puts an element in the place of another one; the index is from 0 to `count` - 1.
    mutating func replace(at index: Int, with item: ListpackItem) {
        guard let place = place(of: index) else { return }
        body.content.modify(place) { node, offset in node.replace(at: offset, with: item) }
    }

    /// Adds an element before or after the first one that equals `pivot`.
    /// - Returns: whether there is such a one.
    mutating func insert(_ item: ListpackItem, beside pivot: ListpackItem, after: Bool) -> Bool {
        guard
            let index = indexes(of: pivot, from: .head, skipping: 0, limit: 1, maximum: .max).first,
            let place = place(of: index)
        else { return false }
        body.content.insert(item, beside: place, after: after)
        return true
    }

    /// Takes out the elements of a range of indexes.
    mutating func remove(_ range: Range<Int>) {
        guard !range.isEmpty, let start = place(of: range.lowerBound) else { return }
        body.content.remove(range.count, from: start)
    }

    /// Takes out up to `limit` elements that equal an item, beginning at one end.
    /// - Returns: how many there were.
    mutating func remove(_ item: ListpackItem, from end: End, limit: Int) -> Int {
        var removed = 0
        var node = end == .head ? 0 : body.content.nodes.count - 1
        while node >= 0, node < body.content.nodes.count, removed < limit {
            removed += body.content.remove(item, inNode: node, from: end, limit: limit - removed)
            if body.content.nodes[node].isEmpty {
                body.content.nodes.remove(at: node)
                if end == .tail { node -= 1 }
            } else {
                node += end == .head ? 1 : -1
            }
        }
        return removed
    }
}

extension ListValue.Body {
    fileprivate mutating func modify(
        _ place: ListValue.Place, _ change: (inout Listpack, Int) -> Void
    ) {
        let offset = offset(of: place)
        change(&nodes[place.node], offset)
    }

    private func offset(of place: ListValue.Place) -> Int {
        let node = nodes[place.node]
        return node.withView { $0.offset(of: place.index, count: node.count) }
    }

    fileprivate mutating func remove(
        _ item: ListpackItem, inNode node: Int, from end: ListValue.End, limit: Int
    ) -> Int {
        var found = nodes[node].withView { view in
            var places: [Range<Int>] = []
            var offset = ListpackView.first
            while offset < view.end {
                let next = view.next(after: offset)
                if view.item(at: offset).equals(item) { places.append(offset..<next) }
                offset = next
            }
            return places
        }
        guard !found.isEmpty else { return 0 }
        found = Array(end == .head ? found.prefix(limit) : found.suffix(limit))
        // From the back, so that the places before stay where they are.
        for place in found.reversed() { nodes[node].remove(place, count: 1) }
        count -= found.count
        return found.count
    }

    /// `quicklistDelRange`: whole nodes go without a look at what they hold.
    fileprivate mutating func remove(_ count: Int, from start: ListValue.Place) {
        var remaining = count
        var node = start.node
        var index = start.index
        while remaining > 0 {
            let removed = min(remaining, nodes[node].count - index)
            if index == 0, removed == nodes[node].count {
                nodes.remove(at: node)
            } else {
                nodes[node].remove(indexes: index..<index + removed)
                node += 1
            }
            remaining -= removed
            index = 0
        }
        self.count -= count
    }

    /// `_quicklistInsert`: into the node of the pivot if it has room, else into its neighbour, a new node or a
    /// half of the node.
    fileprivate mutating func insert(
        _ item: ListpackItem, beside place: ListValue.Place, after: Bool
    ) {
        count += 1
        let node = place.node
        let isAtEdge = place.index == (after ? nodes[node].count - 1 : 0)
        let neighbour = node + (after ? 1 : -1)
        if allows(item, in: nodes[node]) {
            var offset = offset(of: place)
            if after { offset = nodes[node].withView { $0.next(after: offset) } }
            nodes[node].insert(item, at: offset)
        } else if isAtEdge, nodes.contains(neighbour), allows(item, in: nodes[neighbour]) {
            if after {
                nodes[neighbour].insert(item, at: ListpackView.first)
            } else {
                nodes[neighbour].append(item)
            }
        } else if isAtEdge {
            var added = Listpack()
            added.append(item)
            nodes.insert(added, at: after ? node + 1 : node)
        } else {
            split(place, after: after, adding: item)
        }
    }

    /// Splits a full node behind or in front of an element, and adds another one to the part without that.
    private mutating func split(
        _ place: ListValue.Place, after: Bool, adding item: ListpackItem
    ) {
        let cut = place.index + (after ? 1 : 0)
        var added = nodes[place.node]
        let total = added.count
        if after {
            added.remove(indexes: 0..<cut)
            added.insert(item, at: ListpackView.first)
            nodes[place.node].remove(indexes: cut..<total)
            nodes.insert(added, at: place.node + 1)
            mergeAround(place.node)
        } else {
            added.remove(indexes: cut..<total)
            added.append(item)
            nodes[place.node].remove(indexes: 0..<cut)
            nodes.insert(added, at: place.node)
            mergeAround(place.node + 1)
        }
    }

    /// `_quicklistMergeNodes`: what a split has left small goes together with its neighbours.
    private mutating func mergeAround(_ center: Int) {
        var center = center
        if merge(center - 2) { center -= 1 }
        _ = merge(center + 1)
        if merge(center - 1) { center -= 1 }
        _ = merge(center)
    }

    /// Makes one node of this one and the next, if they fit.
    private mutating func merge(_ left: Int) -> Bool {
        guard allowsMerging(left, left + 1) else { return false }
        let right = nodes[left + 1]
        nodes[left].append(right)
        nodes.remove(at: left + 1)
        return true
    }
}

extension NodeRing {
    fileprivate func contains(_ index: Int) -> Bool { index >= 0 && index < count }
}
