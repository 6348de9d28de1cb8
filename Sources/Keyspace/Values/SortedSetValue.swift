import RESP

/// Members in the order of their scores: one listpack while both few and short, else a hash table for the scores and
/// a tree for the order.
package struct SortedSetValue: Hashable, Sendable {
    /// How the members are kept.
    enum Storage: Hashable, Sendable {
        /// Members and scores in turn, in order.
        case listpack(Listpack)
        case tree(Boxed<Body>)
    }

    /// Many members, or long ones. Redis calls it a skiplist.
    struct Body: Hashable, Sendable {
        var scores: ElementTable<Double>
        var order: RankTree
    }

    var storage: Storage

    /// A sorted set without members, of the encoding that suits its first one (`zaddGenericCommand`).
    init(for first: Argument, _ limits: EncodingLimits) {
        storage = .listpack(Listpack())
        if limits.sortedSetEntries == 0 || first.count > limits.sortedSetElementSize {
            convert(limits)
        }
    }

    /// The sorted set of members with their scores, compact where they are few and short
    /// (`zsetConvertToListpackIfNeeded`).
    init(_ scores: ElementTable<Double>, _ limits: EncodingLimits) {
        let items = scores.entries
            .map { RankTree.Item(score: $0.payload, member: $0.key) }.sorted { $0.precedes($1) }
        let isCompact =
            items.count <= limits.sortedSetEntries
            && items.allSatisfy { $0.member.count <= limits.sortedSetElementSize }
        guard isCompact else {
            storage = .tree(Boxed(Body(scores: scores, order: RankTree(sorted: items))))
            return
        }
        var listpack = Listpack()
        for item in items {
            item.member.withItem { listpack.append($0) }
            ListpackItem.withItem(ofScore: item.score) { listpack.append($0) }
        }
        storage = .listpack(listpack)
    }

    /// A listpack of pairs from a dump; a tree where it has too many.
    init(_ listpack: Listpack, limits: EncodingLimits) {
        storage = .listpack(listpack)
        if count > limits.sortedSetEntries { convert(limits) }
    }

    package var count: Int {
        switch storage {
        case .listpack(let listpack): listpack.count / 2
        case .tree(let body): body.content.order.count
        }
    }

    var encoding: StaticString {
        switch storage {
        case .listpack: "listpack"
        case .tree: "skiplist"
        }
    }

    /// The score of a member; nil where it is not there.
    @inline(__always)
    func score(of member: Argument) -> Double? {
        switch storage {
        case .listpack(let listpack):
            return listpack.withView { view in
                view.find(ListpackItem(member), stride: 2).map {
                    view.item(at: view.next(after: $0)).score
                }
            }
        case .tree(let body):
            return body.content.scores.index(of: member).map { body.content.scores[$0] }
        }
    }

    /// Where a member stands in the order, counted from 0; nil where it is not there.
    func rank(of member: Argument) -> Int? {
        switch storage {
        case .listpack(let listpack):
            let wanted = ListpackItem(member)
            return listpack.withView { view in
                var rank = 0
                var offset = ListpackView.first
                while offset < view.end {
                    if view.item(at: offset).equals(wanted) { return rank }
                    rank += 1
                    offset = view.next(after: view.next(after: offset))
                }
                return nil
            }
        case .tree(let body):
            return score(of: member).map { body.content.order.rank(of: member.buffer, $0) }
        }
    }

    /// Calls `visit` with the members of some ranks and their scores, in order or in the opposite order. Who does not
    /// need the scores spares them being read from digits, and gets zeros.
    @inline(__always)
    func forEach(
        in ranks: Range<Int>, reversed: Bool = false, withScores: Bool = true,
        _ visit: (_ member: ListpackItem, _ score: Double) -> Void
    ) {
        switch storage {
        case .listpack(let listpack):
            listpack.withView { view in
                let first = reversed ? ranks.upperBound - 1 : ranks.lowerBound
                guard !ranks.isEmpty else { return }
                var offset = view.offset(of: 2 * first, count: listpack.count)
                for index in 0..<ranks.count {
                    let score = view.next(after: offset)
                    visit(view.item(at: offset), withScores ? view.item(at: score).score : 0)
                    if !reversed {
                        offset = view.next(after: score)
                    } else if index < ranks.count - 1 {
                        offset = view.previous(before: view.previous(before: offset))
                    }
                }
            }
        case .tree(let body):
            body.content.order.forEach(in: ranks, reversed: reversed) { item in
                item.member.withBuffer { visit(.bytes($0), item.score) }
            }
        }
    }

    /// Calls `visit` with every member and its score, in order.
    func forEach(_ visit: (_ member: ListpackItem, _ score: Double) -> Void) {
        forEach(in: 0..<count, visit)
    }

    /// Calls `visit` with every member and its score, in no order that means anything, until it returns false.
    @inline(__always)
    func forEachUntil(_ visit: (_ member: ListpackItem, _ score: Double) -> Bool) {
        withView { $0.forEachUntil(visit) }
    }

    /// Lends the member at some place from 0 to `count` - 1, in no order that means anything, and its score.
    func withMember(at place: Int, _ body: (_ member: ListpackItem, _ score: Double) -> Void) {
        switch storage {
        case .listpack: forEach(in: place..<place + 1, body)
        case .tree(let tree):
            let entry = tree.content.scores.entries[place]
            entry.key.withBuffer { body(.bytes($0), entry.payload) }
        }
    }

    /// Visits members from a cursor on, with their scores in digits as they are kept; returns the cursor to go on
    /// from, 0 at the end. A listpack is visited whole.
    func scan(
        from cursor: UInt64, limit: Int,
        _ visit: (_ member: ListpackItem, _ score: ListpackItem) -> Void
    ) -> UInt64 {
        switch storage {
        case .listpack(let listpack):
            listpack.withView { view in
                view.forEachPair { member, score in
                    visit(member, score)
                    return true
                }
            }
            return 0
        case .tree(let body):
            let start = UInt32(truncatingIfNeeded: cursor)
            return UInt64(
                body.content.scores.scan(from: start, limit: limit) { entry in
                    entry.key.withBuffer { member in
                        withText(ofScore: entry.payload) { visit(.bytes(member), .bytes($0)) }
                    }
                })
        }
    }
}

/// The ranks of the members that lie in a range.
extension SortedSetValue {
    /// `reversed` tells from which side the range is looked for, which makes a difference only in a listpack that is
    /// not in the order that the range is about.
    func ranks(of range: some SortedSetRange, reversed: Bool = false) -> Range<Int> {
        guard !range.isEmpty, count > 0 else { return 0..<0 }
        switch storage {
        case .listpack(let listpack):
            return listpack.withView { view in
                reversed
                    ? view.ranksFromBehind(of: range, count: count)
                    : view.ranksFromBefore(of: range, count: count)
            }
        case .tree(let body):
            let order = body.content.order
            // Redis looks at both ends first, which can be seen where the order is another one.
            guard !range.liesBehind(order[order.count - 1]), !range.liesBefore(order[0]) else {
                return 0..<0
            }
            let start = order.rank { item in
                range.liesBehind(item)
            }
            let end = order.rank { item in
                !range.liesBefore(item)
            }
            return start..<max(start, end)
        }
    }
}

/// Ranges in a listpack of members and scores in turn: it is walked until they end, from the side that they are looked
/// for from. Both ends are looked at first, as Redis does, which can be seen where the order is another one.
extension ListpackView {
    fileprivate func ranksFromBefore(of range: some SortedSetRange, count: Int) -> Range<Int> {
        guard !isBehind(range, at: lastMember), !isBefore(range, at: Self.first) else {
            return 0..<0
        }
        var (rank, offset) = (0, Self.first)
        while rank < count, isBehind(range, at: offset) {
            rank += 1
            offset = next(after: next(after: offset))
        }
        let start = rank
        while rank < count, !isBefore(range, at: offset) {
            rank += 1
            offset = next(after: next(after: offset))
        }
        return start..<rank
    }

    fileprivate func ranksFromBehind(of range: some SortedSetRange, count: Int) -> Range<Int> {
        guard !isBehind(range, at: lastMember), !isBefore(range, at: Self.first) else {
            return 0..<0
        }
        var (rank, offset) = (count, lastMember)
        while rank > 0, isBefore(range, at: offset) {
            rank -= 1
            if rank > 0 { offset = previous(before: previous(before: offset)) }
        }
        let stop = rank
        while rank > 0, !isBehind(range, at: offset) {
            rank -= 1
            if rank > 0 { offset = previous(before: previous(before: offset)) }
        }
        return rank..<stop
    }

    /// Where the last member begins.
    private var lastMember: Int { previous(before: previous(before: end)) }

    @inline(__always)
    private func isBehind(_ range: some SortedSetRange, at offset: Int) -> Bool {
        range.liesBehind(item(at: offset), item(at: next(after: offset)).score)
    }

    @inline(__always)
    private func isBefore(_ range: some SortedSetRange, at offset: Int) -> Bool {
        range.liesBefore(item(at: offset), item(at: next(after: offset)).score)
    }
}

extension SortedSetRange {
    @inline(__always)
    fileprivate func liesBehind(_ item: RankTree.Item) -> Bool {
        item.member.withBuffer { liesBehind(.bytes($0), item.score) }
    }

    @inline(__always)
    fileprivate func liesBefore(_ item: RankTree.Item) -> Bool {
        item.member.withBuffer { liesBefore(.bytes($0), item.score) }
    }
}
