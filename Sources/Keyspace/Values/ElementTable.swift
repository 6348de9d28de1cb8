import RESP

/// The elements of a large hash or set, found by their hash: a dense array with chains through it.
///
/// It is made like `SlotTable`, and for the same reason: a chain is chosen by the upper bits of the hash,
/// so a SCAN cursor is a hash and stays good at any size of the table. The dense array makes each element
/// as likely as the next to be drawn at random.
struct ElementTable<Payload: Hashable & Sendable>: Hashable, Sendable {
    /// A field or member with what belongs to it.
    struct Entry: Hashable, Sendable {
        let key: ByteString
        var payload: Payload
        let hash: UInt32
        fileprivate var next: Int32
    }

    private(set) var entries: [Entry] = []
    /// The first entry of each chain, or -1. Empty while there are at most `chainless` entries.
    private var heads: [Int32] = []
    private let seed: UInt64

    private static var chainless: Int { 8 }

    init(seed: UInt64) {
        self.seed = seed
    }

    @inline(__always)
    var count: Int { entries.count }

    /// How many chains there are, for what they take of memory.
    var chainCount: Int { heads.count }

    /// The hash of a key in this table.
    @inline(__always)
    func hash(of key: Argument) -> UInt32 { keyHash(key, seed: seed) }

    /// Where a key's entry is; nil where it is not.
    @inline(__always)
    func index(of key: Argument) -> Int? { index(of: key, hash: hash(of: key)) }

    /// The same for a key whose hash is known.
    @inline(__always)
    func index(of key: Argument, hash: UInt32) -> Int? {
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
                let entry = Int(index)
                if entries[entry].hash == hash, entries[entry].key == key { return entry }
                index = entries[entry].next
            }
            return nil
        }
    }

    /// Reads or changes an entry's payload in place.
    subscript(index: Int) -> Payload {
        @inline(__always)
        _read { yield entries[index].payload }
        @inline(__always)
        _modify { yield &entries[index].payload }
    }

    /// Adds a key that is not there.
    mutating func insert(_ key: ByteString, hash: UInt32, _ payload: Payload) {
        let index = entries.count
        entries.append(Entry(key: key, payload: payload, hash: hash, next: -1))
        if !heads.isEmpty, entries.count <= heads.count {
            link(index)
        } else if entries.count > Self.chainless {
            rebuildChains(count: max(16, heads.count * 2))
        }
    }

    /// Takes an entry out. The last one moves to its place.
    @discardableResult
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

    /// Makes room for so many entries.
    mutating func reserveCapacity(_ count: Int) {
        entries.reserveCapacity(count)
    }

    /// Visits the entries from a hash on, whole chains at a time, until `limit` are visited or none is left.
    /// Returns the hash to go on from, or 0 when the table is done.
    func scan(from hash: UInt32, limit: Int, _ visit: (Entry) -> Void) -> UInt32 {
        guard !heads.isEmpty else {
            entries.forEach(visit)
            return 0
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
        return 0
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
