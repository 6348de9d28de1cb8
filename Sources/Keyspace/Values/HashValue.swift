import RESP

/// Fields with their values: one listpack while both few and short, else a hash table.
package struct HashValue: Hashable, Sendable {
    /// How the fields are kept.
    enum Storage: Hashable, Sendable {
        /// Fields and values in turn, in the order in which they were added.
        case listpack(Listpack)
        case table(Boxed<ElementTable<ByteString>>)
    }

    private(set) var storage: Storage

    /// A hash without fields, which is a listpack.
    init() {
        storage = .listpack(Listpack())
    }

    /// A listpack of pairs from a dump; a table where it has too many.
    init(_ listpack: Listpack, limits: EncodingLimits) {
        storage = .listpack(listpack)
        if count > limits.hashEntries { convert(limits) }
    }

    /// A hash for so many fields of a dump.
    init(capacity: Int, limits: EncodingLimits) {
        self.init()
        if capacity > limits.hashEntries { convert(limits) }
    }

    package var count: Int {
        switch storage {
        case .listpack(let listpack): listpack.count / 2
        case .table(let table): table.content.count
        }
    }

    var encoding: StaticString {
        switch storage {
        case .listpack: "listpack"
        case .table: "hashtable"
        }
    }

    /// Lends the value of a field, or nil where there is no such field.
    @inline(__always)
    func withValue<Result>(of field: Argument, _ body: (ListpackItem?) -> Result) -> Result {
        switch storage {
        case .listpack(let listpack):
            return listpack.withView { view in
                guard let offset = view.find(ListpackItem(field), stride: 2) else {
                    return body(nil)
                }
                return body(view.item(at: view.next(after: offset)))
            }
        case .table(let table):
            guard let index = table.content.index(of: field) else { return body(nil) }
            return table.content[index].withBuffer { body(.bytes($0)) }
        }
    }

    /// Calls `visit` with every field and its value.
    @inline(__always)
    func forEach(_ visit: (_ field: ListpackItem, _ value: ListpackItem) -> Void) {
        switch storage {
        case .listpack(let listpack):
            listpack.withView { view in
                view.forEachPair { field, value in
                    visit(field, value)
                    return true
                }
            }
        case .table(let table):
            for entry in table.content.entries { Self.lend(entry, to: visit) }
        }
    }

    /// Lends the field at a place from 0 to `count` - 1, and its value.
    func withPair<Result>(
        at index: Int, _ body: (_ field: ListpackItem, _ value: ListpackItem) -> Result
    ) -> Result {
        switch storage {
        case .listpack(let listpack):
            return listpack.withView { view in
                let offset = view.offset(of: 2 * index, count: listpack.count)
                return body(view.item(at: offset), view.item(at: view.next(after: offset)))
            }
        case .table(let table): return Self.lend(table.content.entries[index], to: body)
        }
    }

    /// Visits fields from a cursor on; returns the cursor to go on from, 0 at the end. A listpack is visited
    /// whole.
    func scan(
        from cursor: UInt64, limit: Int,
        _ visit: (_ field: ListpackItem, _ value: ListpackItem) -> Void
    ) -> UInt64 {
        guard case .table(let table) = storage else {
            forEach(visit)
            return 0
        }
        return UInt64(
            table.content.scan(from: UInt32(truncatingIfNeeded: cursor), limit: limit) {
                Self.lend($0, to: visit)
            })
    }

    private static func lend<Result>(
        _ entry: ElementTable<ByteString>.Entry, to body: (ListpackItem, ListpackItem) -> Result
    ) -> Result {
        entry.key.withBuffer { key in entry.payload.withBuffer { body(.bytes(key), .bytes($0)) } }
    }

    // MARK: - Changing

    /// Becomes a table if one of the arguments is too long for a listpack (`hashTypeTryConversion`).
    @inline(__always)
    mutating func prepare(
        for arguments: Arguments, in range: Range<Int>, _ limits: EncodingLimits
    ) {
        guard case .listpack = storage else { return }
        for index in range where limits.isLong(arguments[index].count) { return convert(limits) }
    }

    /// Sets the value of a field.
    /// - Returns: whether the field is new.
    @discardableResult
    @inline(__always)
    mutating func set(_ field: Argument, to value: Argument, _ limits: EncodingLimits) -> Bool {
        if case .listpack = storage, limits.isLong(field.count) || limits.isLong(value.count) {
            convert(limits)
        }
        switch storage {
        case .listpack(var listpack):
            storage = .listpack(.placeholder)
            let isNew = Self.set(field, to: value, in: &listpack)
            storage = .listpack(listpack)
            if isNew, count > limits.hashEntries { convert(limits) }
            return isNew
        case .table(var table):
            storage = .listpack(.placeholder)
            defer { storage = .table(table) }
            let hash = table.content.hash(of: field)
            if let index = table.content.index(of: field, hash: hash) {
                table.content[index] = ByteString(value)
                return false
            }
            table.content.insert(ByteString(field), hash: hash, ByteString(value))
            return true
        }
    }

    private static func set(
        _ field: Argument, to value: Argument, in listpack: inout Listpack
    ) -> Bool {
        let field = ListpackItem(field)
        let place = listpack.withView { view in
            view.find(field, stride: 2).map { view.next(after: $0) }
        }
        if let place {
            listpack.replace(at: place, with: ListpackItem(value))
            return false
        }
        listpack.append(field)
        listpack.append(ListpackItem(value))
        return true
    }

    /// Takes a field out.
    /// - Returns: whether it was there.
    mutating func remove(_ field: Argument) -> Bool {
        switch storage {
        case .listpack(var listpack):
            let found = listpack.withView { view in
                view.find(ListpackItem(field), stride: 2).map {
                    $0..<view.next(after: view.next(after: $0))
                }
            }
            guard let found else { return false }
            storage = .listpack(.placeholder)
            listpack.remove(found, count: 2)
            storage = .listpack(listpack)
        case .table(var table):
            guard let index = table.content.index(of: field) else { return false }
            storage = .listpack(.placeholder)
            table.content.remove(at: index)
            storage = .table(table)
        }
        return true
    }

    /// Becomes a table, which it stays.
    private mutating func convert(_ limits: EncodingLimits) {
        guard case .listpack(let listpack) = storage else { return }
        var table = ElementTable<ByteString>(seed: limits.seed)
        table.reserveCapacity(listpack.count / 2)
        forEach { field, value in
            let field = field.copied
            let hash = field.withArgument { table.hash(of: $0) }
            table.insert(field, hash: hash, value.copied)
        }
        storage = .table(Boxed(table))
    }
}
