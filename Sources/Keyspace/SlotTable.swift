package import RESP

/// The keys of one slot.
package struct SlotTable: Sendable {
    /// A key with its value and what is kept about it.
    package struct Entry: ChainedEntry, Sendable {
        package let key: ByteString
        package var value: Value
        /// When the key expires, in Unix milliseconds; `Entry.never` where it does not.
        package var expiry: Int64
        package let hash: UInt32
        var next: Int32 = -1
        /// maxmemory-policy's clock: seconds of the last access, or minutes and a counter under
        /// LFU.
        package var access: UInt32

        package static let never = Int64.max

        package var isVolatile: Bool { expiry != Entry.never }
    }

    private var table = ChainedTable<Entry>()

    package init() {}

    @inline(__always)
    package var entries: [Entry] { table.entries }

    @inline(__always)
    package var count: Int { table.count }

    /// How many chains there are, for what they take of memory.
    var chainCount: Int { table.chainCount }

    /// Where the key's entry is; nil where it is not.
    @inline(__always)
    package func index(of key: Argument, hash: UInt32) -> Int? { table.index(of: key, hash: hash) }

    /// Reads or changes the entry's value, expiry and access in place.
    package subscript(index: Int) -> Entry {
        @inline(__always)
        _read { yield table[index] }
        @inline(__always)
        _modify { yield &table[index] }
    }

    /// Adds a key that is not there; returns its index.
    @discardableResult
    package mutating func insert(
        _ key: ByteString, hash: UInt32, value: Value, expiry: Int64, access: UInt32
    ) -> Int {
        table.insert(Entry(key: key, value: value, expiry: expiry, hash: hash, access: access))
    }

    /// Takes an entry out. The last one moves to its place.
    @discardableResult
    package mutating func remove(at index: Int) -> Entry { table.remove(at: index) }

    /// Visits the entries from a hash on, whole chains at a time, until `limit` are visited or none
    /// is left. Returns the hash to go on from, or nil when the table is done.
    package func scan(from hash: UInt32, limit: Int, _ visit: (Entry) -> Void) -> UInt32? {
        table.scan(from: hash, limit: limit, visit)
    }
}
