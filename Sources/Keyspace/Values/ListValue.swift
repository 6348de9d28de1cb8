import RESP

/// Elements in an order, as Redis' quicklist: nodes that are listpacks of a bounded size, one after the other.
/// Both ends are reached at once, an index by walking over whole nodes.
package struct ListValue: Hashable, Sendable {
    var body: Boxed<Body>

    /// The nodes and what is known about them.
    struct Body: Hashable, Sendable {
        var nodes = NodeRing()
        var count = 0
        /// list-max-listpack-size, as it was when the list was made.
        let fill: Int
    }

    /// The two ends.
    package enum End: Sendable {
        case head, tail
    }

    /// Where an element is: its node, and its index within that.
    struct Place {
        var node: Int
        var index: Int
    }

    init(_ limits: EncodingLimits) {
        // `quicklistSetFill`
        body = Boxed(Body(fill: max(-5, min(limits.listFill, 32767))))
    }

    package var count: Int { body.content.count }

    // MARK: - Reading

    /// Lends the element at one of the ends of a list that has any.
    @inline(__always)
    func withEnd<Result>(_ end: End, _ visit: (ListpackItem) -> Result) -> Result {
        let nodes = body.content.nodes
        return nodes[end == .head ? 0 : nodes.count - 1].withView { view in
            visit(
                view.item(at: end == .head ? ListpackView.first : view.previous(before: view.end)))
        }
    }

    /// Lends the element of an index, counted from the head, or negative from the tail; nil where there is none.
    func withElement<Result>(at index: Int, _ visit: (ListpackItem) -> Result) -> Result? {
        guard let place = place(of: index < 0 ? count + index : index) else { return nil }
        let node = body.content.nodes[place.node]
        return node.withView { visit($0.item(at: $0.offset(of: place.index, count: node.count))) }
    }

    /// Calls `visit` with the elements of a range of indexes, from the head on.
    @inline(__always)
    func forEach(in range: Range<Int>, _ visit: (ListpackItem) -> Void) {
        guard !range.isEmpty, let start = place(of: range.lowerBound) else { return }
        var remaining = range.count
        var node = start.node
        var index = start.index
        while remaining > 0 {
            let pack = body.content.nodes[node]
            pack.withView { view in
                var offset = view.offset(of: index, count: pack.count)
                while remaining > 0, offset < view.end {
                    visit(view.item(at: offset))
                    remaining -= 1
                    offset = view.next(after: offset)
                }
            }
            node += 1
            index = 0
        }
    }

    /// The same in the opposite order: from the last index of the range down.
    func forEachReversed(in range: Range<Int>, _ visit: (ListpackItem) -> Void) {
        guard !range.isEmpty, let start = place(of: range.upperBound - 1) else { return }
        var remaining = range.count
        var node = start.node
        var taken = start.index + 1
        while remaining > 0 {
            let pack = body.content.nodes[node]
            pack.withView { view in
                var offset = view.offset(of: taken, count: pack.count)
                while remaining > 0, offset > ListpackView.first {
                    offset = view.previous(before: offset)
                    visit(view.item(at: offset))
                    remaining -= 1
                }
            }
            node -= 1
            taken = node < 0 ? 0 : body.content.nodes[node].count
        }
    }

    /// Indexes of the elements that equal an item, from one end on, until `limit` are found or `maximum`
    /// elements were looked at.
    func indexes(
        of item: ListpackItem, from end: End, skipping skipped: Int, limit: Int, maximum: Int
    ) -> [Int] {
        var found: [Int] = []
        var matches = 0
        var looked = 0
        for step in 0..<body.content.nodes.count {
            let node = end == .head ? step : body.content.nodes.count - 1 - step
            body.content.nodes[node].withView { view in
                var offset = end == .head ? ListpackView.first : view.end
                while found.count < limit, looked < maximum {
                    if end == .tail {
                        guard offset > ListpackView.first else { return }
                        offset = view.previous(before: offset)
                    }
                    guard offset < view.end else { return }
                    if view.item(at: offset).equals(item) {
                        matches += 1
                        if matches > skipped {
                            found.append(end == .head ? looked : count - 1 - looked)
                        }
                    }
                    looked += 1
                    if end == .head { offset = view.next(after: offset) }
                }
            }
            if found.count >= limit || looked >= maximum { break }
        }
        return found
    }

    /// Where the element of an index from 0 on is; nil where there is none.
    func place(of index: Int) -> Place? {
        guard index >= 0, index < count else { return nil }
        var node = 0
        var rest = index
        if index <= (count - 1) / 2 {
            while rest >= body.content.nodes[node].count {
                rest -= body.content.nodes[node].count
                node += 1
            }
            return Place(node: node, index: rest)
        }
        node = body.content.nodes.count - 1
        rest = count - body.content.nodes[node].count
        while index < rest {
            node -= 1
            rest -= body.content.nodes[node].count
        }
        return Place(node: node, index: index - rest)
    }

    // MARK: - The ends

    /// Adds an element at one of the ends.
    @inline(__always)
    mutating func push(_ item: ListpackItem, at end: End) {
        body.content.push(item, at: end)
    }

    /// Takes out the element at one of the ends of a list that has any.
    @inline(__always)
    mutating func removeEnd(_ end: End) {
        body.content.removeEnd(end)
    }

    /// Adds a node of a dump behind the last one.
    mutating func append(_ node: Listpack) {
        body.content.count += node.count
        body.content.nodes.insert(node, at: body.content.nodes.count)
    }
}

extension ListValue.Body {
    @inline(__always)
    mutating func push(_ item: ListpackItem, at end: ListValue.End) {
        let index = end == .head ? 0 : nodes.count - 1
        if nodes.count == 0 || !allows(item, in: nodes[index]) {
            nodes.insert(Listpack(), at: end == .head ? 0 : nodes.count)
        }
        count += 1
        if end == .head {
            nodes[0].insert(item, at: ListpackView.first)
        } else {
            nodes[nodes.count - 1].append(item)
        }
    }

    @inline(__always)
    mutating func removeEnd(_ end: ListValue.End) {
        let index = end == .head ? 0 : nodes.count - 1
        count -= 1
        let range = nodes[index].withView { view in
            end == .head
                ? ListpackView.first..<view.next(after: ListpackView.first)
                : view.previous(before: view.end)..<view.end
        }
        nodes[index].remove(range, count: 1)
        if nodes[index].isEmpty { nodes.remove(at: index) }
    }

    // MARK: - The size of nodes

    /// The most bytes of a node for list-max-listpack-size from -1 to -5.
    private static let sizes = [4096, 8192, 16384, 32768, 65536]
    /// The same where elements are counted.
    private static let safeSize = 8192
    /// What an element is taken to need besides its bytes.
    private static let overhead = 8

    /// Whether an element may be added to a node (`_quicklistNodeAllowInsert`).
    @inline(__always)
    func allows(_ item: ListpackItem, in node: Listpack) -> Bool {
        fits(node.byteCount + item.length + Self.overhead, count: node.count + 1)
    }

    /// Whether two nodes may become one (`_quicklistNodeAllowMerge`).
    func allowsMerging(_ left: Int, _ right: Int) -> Bool {
        guard left >= 0, right < nodes.count else { return false }
        return fits(
            nodes[left].byteCount + nodes[right].byteCount - 11,
            count: nodes[left].count + nodes[right].count)
    }

    @inline(__always)
    private func fits(_ bytes: Int, count: Int) -> Bool {
        if fill < 0 {
            return -fill <= Self.sizes.count && bytes <= Self.sizes[-fill - 1]
        }
        return bytes <= Self.safeSize && count <= fill
    }
}
