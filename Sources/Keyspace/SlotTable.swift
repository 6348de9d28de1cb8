package import RESP

/// The keys of one slot: a dense array of entries, and once there are more than a few, chains
/// through it.
///
/// A chain is chosen by the upper bits of the key's hash. When the table grows, every chain splits
/// into two neighbours, so walking the chains in order visits hashes in ascending order at any
/// size: a SCAN cursor is a hash, and an element that stays is met however often the table is
/// resized between two calls.
package struct SlotTable: Sendable {
    /// A key with its value and what is kept about it.
    package struct Entry: Sendable {
        package let key: ByteString
        package var value: Value
        /// When the key expires, in Unix milliseconds; `Entry.never` where it does not.
        package var expiry: Int64
        package let hash: UInt32
        fileprivate var next: Int32
        /// maxmemory-policy's clock: seconds of the last access, or minutes and a counter under
        /// LFU.
        package var access: UInt32

        package static let never = Int64.max

        package var isVolatile: Bool { expiry != Entry.never }
    }

    package private(set) var entries: [Entry] = []
    /// The first entry of each chain, or -1. Empty while there are at most `chainless` entries.
    private var heads: [Int32] = []

    private static let chainless = 8

    package init() {}

    @inline(__always)
    package var count: Int { entries.count }

    /// How many chains there are, for what they take of memory.
    var chainCount: Int { heads.count }

    /// Where the key's entry is; nil where it is not.
    @inline(__always)
    package func index(of key: Argument, hash: UInt32) -> Int? {
        entries.withUnsafeBufferPointer { entries in
            if heads.isEmpty {
                for index in 0..<entries.count
                where entries[index].hash == hash && entries[index].key == key {
                    return index
                }
                return nil
            }
            var index = heads.withUnsafeBufferPointer { $0[Self.chain(of: hash, in: $0.count)] }
            while index >= 0 {
                if entries[Int(index)].hash == hash, entries[Int(index)].key == key {
                    return Int(index)
                }
                index = entries[Int(index)].next
            }
            return nil
        }
    }

    /// Reads or changes the entry's value, expiry and access in place.
    package subscript(index: Int) -> Entry {
        @inline(__always)
        _read { yield entries[index] }
        @inline(__always)
        _modify { yield &entries[index] }
    }

    /// Adds a key that is not there; returns its index.
    @discardableResult
    package mutating func insert(
        _ key: ByteString, hash: UInt32, value: Value, expiry: Int64, access: UInt32
    ) -> Int {
        let index = entries.count
        entries.append(
            Entry(key: key, value: value, expiry: expiry, hash: hash, next: -1, access: access))
        if !heads.isEmpty, entries.count <= heads.count {
            link(index)
        } else if entries.count > Self.chainless {
            rebuildChains(count: max(16, heads.count * 2))
        }
        return index
    }

    /// Takes an entry out. The last one moves to its place.
    @discardableResult
    package mutating func remove(at index: Int) -> Entry {
        guard !heads.isEmpty else {
            entries.swapAt(index, entries.count - 1)
            return entries.removeLast()
        }
        unlink(index)
        let last = entries.count - 1
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

    /// Visits the entries from a hash on, whole chains at a time, until `limit` are visited or none
    /// is left. Returns the hash to go on from, or nil when the table is done.
    package func scan(from hash: UInt32, limit: Int, _ visit: (Entry) -> Void) -> UInt32? {
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

    @inline(__always)
    private static func chain(of hash: UInt32, in count: Int) -> Int {
        Int(hash >> UInt32(truncatingIfNeeded: 32 - count.trailingZeroBitCount))
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
        rest = rest << 8 | UInt64(key[offset])
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
