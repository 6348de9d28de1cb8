import RESP

/// The memory of a set, lent: who asks it for many members counts no references for each of them.
///
/// It borrows the memory and is valid as long as that is.
enum SetView {
    case integers(IntegerSet.View)
    case table(ElementTable<SetValue.Nothing>.View)

    @inline(__always)
    var count: Int {
        switch self {
        case .integers(let integers): integers.count
        case .table(let table): table.entries.count
        }
    }

    /// Whether a member of another set is one of this one.
    @inline(__always)
    func contains(_ member: ListpackItem) -> Bool {
        switch (self, member) {
        case (.integers(let integers), .number(let number)): integers.contains(number)
        case (.integers(let integers), .bytes):
            member.withArgument { $0.integer }.map { integers.contains($0) } ?? false
        case (.table(let table), _): member.withArgument { table.index(of: $0) != nil }
        }
    }

    /// Lends the member at a place from 0 to `count` - 1.
    @inline(__always)
    func withMember<Result>(at index: Int, _ body: (ListpackItem) -> Result) -> Result {
        switch self {
        case .integers(let integers): body(.number(integers.number(at: index)))
        case .table(let table): table.entries[index].key.withBuffer { body(.bytes($0)) }
        }
    }
}

extension SetValue {
    /// Lends the memory of the set.
    @inline(__always)
    func withView<Result>(_ body: (SetView) -> Result) -> Result {
        switch storage {
        case .integers(let integers): integers.withView { body(.integers($0)) }
        case .table(let table): table.content.withView { body(.table($0)) }
        }
    }

    /// Lends that of several.
    static func withViews(
        of sets: ArraySlice<SetValue>, behind views: [SetView] = [], _ body: ([SetView]) -> Void
    ) {
        guard let first = sets.first else { return body(views) }
        first.withView { withViews(of: sets.dropFirst(), behind: views + [$0], body) }
    }
}

/// The memory of a sorted set, lent, for scores of members.
enum SortedSetView {
    case listpack(ListpackView)
    case table(ElementTable<Double>.View)

    /// The score of a member; nil where it is not there.
    @inline(__always)
    func score(of member: ListpackItem) -> Double? {
        switch self {
        case .listpack(let listpack):
            listpack.find(member.asInListpack, stride: 2).map {
                listpack.item(at: listpack.next(after: $0)).score
            }
        case .table(let table):
            member.withArgument { table.index(of: $0) }.map { table.entries[$0].payload }
        }
    }

    /// Calls `visit` with every member and its score, in no order that means anything, until it returns false.
    @inline(__always)
    func forEachUntil(_ visit: (_ member: ListpackItem, _ score: Double) -> Bool) {
        switch self {
        case .listpack(let listpack): listpack.forEachPair { visit($0, $1.score) }
        case .table(let table):
            for index in 0..<table.entries.count {
                let goesOn = table.entries[index].key.withBuffer { member in
                    visit(.bytes(member), table.entries[index].payload)
                }
                guard goesOn else { return }
            }
        }
    }
}

extension SortedSetValue {
    /// Lends the memory of the members and their scores.
    @inline(__always)
    func withView<Result>(_ body: (SortedSetView) -> Result) -> Result {
        switch storage {
        case .listpack(let listpack): listpack.withView { body(.listpack($0)) }
        case .tree(let tree): tree.content.scores.withView { body(.table($0)) }
        }
    }
}
