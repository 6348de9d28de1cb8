import RESP

/// Members without an order: numbers in ascending order while they are few and nothing else is among them,
/// else a hash table.
package struct SetValue: Hashable, Sendable {
    /// How the members are kept.
    enum Storage: Hashable, Sendable {
        case integers(IntegerSet)
        case table(Boxed<ElementTable<Nothing>>)
    }

    /// What a member of a set has besides itself.
    struct Nothing: Hashable, Sendable {}

    private(set) var storage: Storage

    /// A set without members, of the encoding that suits its first one (`setTypeCreate`).
    init(for first: Argument, _ limits: EncodingLimits) {
        if first.integer != nil {
            storage = .integers(IntegerSet())
        } else {
            storage = .table(Boxed(ElementTable(seed: limits.seed)))
        }
    }

    /// A set without members, which takes numbers.
    init() {
        storage = .integers(IntegerSet())
    }

    /// Numbers from a dump; a table where they are too many.
    init(_ integers: IntegerSet, limits: EncodingLimits) {
        storage = .integers(integers)
        if integers.count > limits.setIntegers { convert(limits) }
    }

    /// A set for so many members of a dump.
    init(capacity: Int, limits: EncodingLimits) {
        if capacity > limits.setIntegers {
            storage = .table(Boxed(ElementTable(seed: limits.seed)))
        } else {
            storage = .integers(IntegerSet())
        }
    }

    package var count: Int {
        switch storage {
        case .integers(let integers): integers.count
        case .table(let table): table.content.count
        }
    }

    var encoding: StaticString {
        switch storage {
        case .integers: "intset"
        case .table: "hashtable"
        }
    }

    @inline(__always)
    func contains(_ member: Argument) -> Bool {
        switch storage {
        case .integers(let integers): member.integer.map { integers.contains($0) } ?? false
        case .table(let table): table.content.index(of: member) != nil
        }
    }

    /// The same for a member of another set.
    func contains(_ member: ListpackItem) -> Bool {
        if case .integers(let integers) = storage, case .number(let number) = member {
            return integers.contains(number)
        }
        return member.withArgument { contains($0) }
    }

    /// Calls `visit` with every member.
    @inline(__always)
    func forEach(_ visit: (ListpackItem) -> Void) {
        for index in 0..<count { withMember(at: index, visit) }
    }

    /// Lends the member at a place from 0 to `count` - 1.
    @inline(__always)
    func withMember<Result>(at index: Int, _ body: (ListpackItem) -> Result) -> Result {
        switch storage {
        case .integers(let integers): body(.number(integers[index]))
        case .table(let table): table.content.entries[index].key.withBuffer { body(.bytes($0)) }
        }
    }

    /// Visits members from a cursor on; returns the cursor to go on from, 0 at the end. Numbers are visited
    /// all at once.
    func scan(from cursor: UInt64, limit: Int, _ visit: (ListpackItem) -> Void) -> UInt64 {
        guard case .table(let table) = storage else {
            forEach(visit)
            return 0
        }
        return UInt64(
            table.content.scan(from: UInt32(truncatingIfNeeded: cursor), limit: limit) { entry in
                entry.key.withBuffer { visit(.bytes($0)) }
            })
    }

    // MARK: - Changing

    /// Adds a member.
    /// - Returns: whether it is new.
    @discardableResult
    @inline(__always)
    mutating func insert(_ member: Argument, _ limits: EncodingLimits) -> Bool {
        switch storage {
        case .integers(var integers):
            guard let number = member.integer else {
                convert(limits)
                return insert(member, limits)
            }
            storage = .integers(.placeholder)
            let isNew = integers.insert(number)
            storage = .integers(integers)
            if isNew, integers.count > limits.setIntegers { convert(limits) }
            return isNew
        case .table(var table):
            let hash = table.content.hash(of: member)
            guard table.content.index(of: member, hash: hash) == nil else { return false }
            storage = .integers(.placeholder)
            table.content.insert(ByteString(member), hash: hash, Nothing())
            storage = .table(table)
            return true
        }
    }

    /// Adds a member of another set.
    @discardableResult
    mutating func insert(_ member: ListpackItem, _ limits: EncodingLimits) -> Bool {
        member.withArgument { insert($0, limits) }
    }

    /// Takes a member out.
    /// - Returns: whether it was there.
    @inline(__always)
    mutating func remove(_ member: Argument) -> Bool {
        switch storage {
        case .integers(var integers):
            guard let number = member.integer else { return false }
            storage = .integers(.placeholder)
            defer { storage = .integers(integers) }
            return integers.remove(number)
        case .table(var table):
            guard let index = table.content.index(of: member) else { return false }
            storage = .integers(.placeholder)
            table.content.remove(at: index)
            storage = .table(table)
            return true
        }
    }

    /// Takes out the member at a place, and gives it back.
    mutating func remove(at index: Int) -> ByteString {
        switch storage {
        case .integers(var integers):
            let number = integers[index]
            storage = .integers(.placeholder)
            _ = integers.remove(number)
            storage = .integers(integers)
            return ListpackItem.number(number).copied
        case .table(var table):
            storage = .integers(.placeholder)
            let entry = table.content.remove(at: index)
            storage = .table(table)
            return entry.key
        }
    }

    /// Becomes a table, which it stays.
    private mutating func convert(_ limits: EncodingLimits) {
        guard case .integers(let integers) = storage else { return }
        var table = ElementTable<Nothing>(seed: limits.seed)
        table.reserveCapacity(integers.count + 1)
        for index in 0..<integers.count {
            let member = ListpackItem.number(integers[index]).copied
            let hash = member.withArgument { table.hash(of: $0) }
            table.insert(member, hash: hash, Nothing())
        }
        storage = .table(Boxed(table))
    }
}
