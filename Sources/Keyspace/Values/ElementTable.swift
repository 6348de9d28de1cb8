import RESP

/// The elements of a large hash, set or sorted set, found by their hash.
struct ElementTable<Payload: Hashable & Sendable>: Hashable, Sendable {
    /// A field or member with what belongs to it.
    struct Entry: ChainedEntry, Hashable, Sendable {
        let key: ByteString
        var payload: Payload
        let hash: UInt32
        var next: Int32 = -1
    }

    /// The memory of a table, lent.
    struct View {
        fileprivate let table: ChainedView<Entry>
        fileprivate let seed: UInt64

        @inline(__always)
        var entries: UnsafeBufferPointer<Entry> { table.entries }

        /// Where a key's entry is; nil where it is not.
        @inline(__always)
        func index(of key: Argument) -> Int? {
            table.index(of: key, hash: keyHash(key, seed: seed))
        }
    }

    private var table = ChainedTable<Entry>()
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    @inline(__always)
    var entries: [Entry] { table.entries }

    @inline(__always)
    var count: Int { table.count }

    /// How many chains there are, for what they take of memory.
    var chainCount: Int { table.chainCount }

    /// The hash of a key in this table.
    @inline(__always)
    func hash(of key: Argument) -> UInt32 { keyHash(key, seed: seed) }

    /// Where a key's entry is; nil where it is not.
    @inline(__always)
    func index(of key: Argument) -> Int? { index(of: key, hash: hash(of: key)) }

    /// The same for a key whose hash is known.
    @inline(__always)
    func index(of key: Argument, hash: UInt32) -> Int? { table.index(of: key, hash: hash) }

    /// Lends the memory of the table.
    @inline(__always)
    func withView<Result>(_ body: (View) -> Result) -> Result {
        table.withView { body(View(table: $0, seed: seed)) }
    }

    /// Reads or changes an entry's payload in place.
    subscript(index: Int) -> Payload {
        @inline(__always)
        _read { yield table[index].payload }
        @inline(__always)
        _modify { yield &table[index].payload }
    }

    /// Adds a key that is not there.
    mutating func insert(_ key: ByteString, hash: UInt32, _ payload: Payload) {
        _ = table.insert(Entry(key: key, payload: payload, hash: hash))
    }

    /// Takes an entry out. The last one moves to its place.
    @discardableResult
    mutating func remove(at index: Int) -> Entry { table.remove(at: index) }

    /// Makes room for so many entries.
    mutating func reserveCapacity(_ count: Int) { table.reserveCapacity(count) }

    /// Visits the entries from a hash on, whole chains at a time, until `limit` are visited or none is left.
    /// Returns the hash to go on from, or 0 when the table is done.
    func scan(from hash: UInt32, limit: Int, _ visit: (Entry) -> Void) -> UInt32 {
        table.scan(from: hash, limit: limit, visit) ?? 0
    }
}
