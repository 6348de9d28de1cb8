package import RESP

/// What a `ChainedTable` holds: something under a key.
protocol ChainedEntry {
    var key: ByteString { get }
    /// The key's hash: `keyHash`.
    var hash: UInt32 { get }
    /// The next entry of the same chain, or -1. It is the table's own.
    var next: Int32 { get set }
}

/// The memory of a table, lent: who looks for many keys in it counts no references for each of them.
struct ChainedView<Entry: ChainedEntry> {
    let entries: UnsafeBufferPointer<Entry>
    let heads: UnsafeBufferPointer<Int32>

    /// Where the key's entry is; nil where it is not.
    @inline(__always)
    func index(of key: Argument, hash: UInt32) -> Int? {
        guard heads.count > 0 else {
            for index in 0..<entries.count
            where entries[index].hash == hash && entries[index].key == key {
                return index
            }
            return nil
        }
        var index = heads[Self.chain(of: hash, in: heads.count)]
        while index >= 0 {
            let entry = Int(index)
            if entries[entry].hash == hash, entries[entry].key == key { return entry }
            index = entries[entry].next
        }
        return nil
    }

    /// The chain of a hash among so many.
    @inline(__always)
    static func chain(of hash: UInt32, in count: Int) -> Int {
        Int(hash >> UInt32(truncatingIfNeeded: 32 - count.trailingZeroBitCount))
    }
}

/// Keys that are found by their hash: a dense array of entries and, once there are more than a few, chains through it.
///
/// A chain is chosen by the upper bits of the key's hash. When the table grows, every chain splits into two neighbours,
/// so walking the chains in order visits hashes in ascending order at any size: a SCAN cursor is a hash, and an element
/// that stays is met however often the table is resized between two calls. The dense array makes each entry as likely
/// as the next to be drawn at random.
struct ChainedTable<Entry: ChainedEntry> {
    private(set) var entries: [Entry] = []
    /// The first entry of each chain, or -1. Empty while there are at most `chainless` entries.
    private var heads: [Int32] = []

    private static var chainless: Int { 8 }

    @inline(__always)
    var count: Int { entries.count }

    /// How many chains there are, for what they take of memory.
    var chainCount: Int { heads.count }

    /// Where the key's entry is; nil where it is not.
    @inline(__always)
    func index(of key: Argument, hash: UInt32) -> Int? {
        withView { $0.index(of: key, hash: hash) }
    }

    /// Lends the memory of the table.
    @inline(__always)
    func withView<Result>(_ body: (ChainedView<Entry>) -> Result) -> Result {
        entries.withUnsafeBufferPointer { entries in
            heads.withUnsafeBufferPointer { body(ChainedView(entries: entries, heads: $0)) }
        }
    }

    /// Reads or changes an entry in place; its key, hash and chain stay.
    subscript(index: Int) -> Entry {
        @inline(__always)
        _read { yield entries[index] }
        @inline(__always)
        _modify { yield &entries[index] }
    }

    /// Makes room for so many entries.
    mutating func reserveCapacity(_ count: Int) {
        entries.reserveCapacity(count)
    }

    /// Adds an entry whose key is not there; returns its index.
    @inline(__always)
    mutating func insert(_ entry: Entry) -> Int {
        let index = entries.count
        entries.append(entry)
        if !heads.isEmpty, entries.count <= heads.count {
            link(index)
        } else if entries.count > Self.chainless {
            rebuildChains(count: max(16, heads.count * 2))
        }
        return index
    }

    /// Takes an entry out. The last one moves to its place.
    mutating func remove(at index: Int) -> Entry {
        let last = entries.count - 1
        guard !heads.isEmpty else {
            entries.swapAt(index, last)
            return entries.removeLast()
        }
        unlink(index)
        if index != last {
            unlink(last)
            entries.swapAt(index, last)
            link(index)
        }
        let removed = entries.removeLast()
        if entries.count <= Self.chainless / 2 {
            heads = []
        } else if entries.count * 8 < heads.count {
            rebuildChains(count: heads.count / 2)
        }
        return removed
    }

    /// Visits the entries from a hash on, whole chains at a time, until `limit` are visited or none is left.
    /// - Returns: the hash to go on from; nil when the table is done.
    func scan(from hash: UInt32, limit: Int, _ visit: (Entry) -> Void) -> UInt32? {
        guard !heads.isEmpty else {
            entries.forEach(visit)
            return nil
        }
        var visited = 0
        for chain in Self.chain(of: hash, in: heads.count)..<heads.count {
            if visited >= limit {
                return UInt32(
                    truncatingIfNeeded: UInt64(chain) << (32 - heads.count.trailingZeroBitCount))
            }
            var index = heads[chain]
            while index >= 0 {
                visit(entries[Int(index)])
                visited += 1
                index = entries[Int(index)].next
            }
        }
        return nil
    }

    // MARK: - Chains

    @inline(__always)
    private static func chain(of hash: UInt32, in count: Int) -> Int {
        ChainedView<Entry>.chain(of: hash, in: count)
    }

    private mutating func link(_ index: Int) {
        let chain = Self.chain(of: entries[index].hash, in: heads.count)
        entries[index].next = heads[chain]
        heads[chain] = Int32(index)
    }

    private mutating func unlink(_ index: Int) {
        let chain = Self.chain(of: entries[index].hash, in: heads.count)
        var current = heads[chain]
        if current == Int32(index) {
            heads[chain] = entries[index].next
            return
        }
        while entries[Int(current)].next != Int32(index) { current = entries[Int(current)].next }
        entries[Int(current)].next = entries[index].next
    }

    private mutating func rebuildChains(count: Int) {
        heads = Array(repeating: -1, count: count)
        for index in entries.indices { link(index) }
    }
}

extension ChainedTable: Sendable where Entry: Sendable {}
extension ChainedTable: Equatable where Entry: Equatable {}
extension ChainedTable: Hashable where Entry: Hashable {}

/// The 32-bit hash of a key within its slot's table. Seeded per node from the cluster's seed: the
/// same run gives the same order, another seed another one.
@inline(__always)
package func keyHash(_ key: Argument, seed: UInt64) -> UInt32 {
    var state = seed ^ (UInt64(truncatingIfNeeded: key.count) &* 0x9E37_79B9_7F4A_7C15)
    let start = UnsafeRawPointer(key.start)
    var offset = 0
    while offset + 8 <= key.count {
        state = fold(state ^ start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += 8
    }
    var rest: UInt64 = 0
    while offset < key.count {
        rest = rest << 8 | UInt64(key.start[offset])
        offset += 1
    }
    state = fold(state ^ rest)
    return UInt32(truncatingIfNeeded: state >> 32)
}

@inline(__always)
private func fold(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
}
