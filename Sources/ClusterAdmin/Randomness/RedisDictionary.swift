/// A hash table of strings that hands out its entries in the order in which redis-cli's does.
///
/// Where redis-cli walks over a table, the order reaches its output: open slots, uncovered slots, replicas that
/// the optimizer may swap. So this is Redis' own table (redis: src/dict.c) with all that decides the order:
/// SipHash-1-2 with a key of zeros, chains that grow at their head, and the step by step move into a table of
/// twice the size.
package struct RedisDictionary<Value> {
    private var tables: [[[Entry]]] = [[], []]
    private var used = [0, 0]
    /// The next bucket to move; nil while nothing moves.
    private var rehashIndex: Int?

    private struct Entry {
        let key: String
        let hash: UInt64
        var value: Value
    }

    private struct Place {
        let table: Int
        let bucket: Int
        let position: Int
    }

    package init() {}

    var isEmpty: Bool { used == [0, 0] }
    var count: Int { used[0] + used[1] }

    /// `dictFind`, which moves a bucket in passing.
    package mutating func find(_ key: String) -> Value? {
        guard !isEmpty else { return nil }
        rehashStep()
        return place(of: key, SipHash.hash(key)).map {
            tables[$0.table][$0.bucket][$0.position].value
        }
    }

    /// `dictReplace`: adds the key, or gives it another value.
    package mutating func replace(_ key: String, with value: Value) {
        rehashStep()
        expandIfNeeded()
        let hash = SipHash.hash(key)
        if let place = place(of: key, hash) {
            tables[place.table][place.bucket][place.position].value = value
            return
        }
        let table = rehashIndex == nil ? 0 : 1
        tables[table][bucket(of: hash, in: table)].insert(
            Entry(key: key, hash: hash, value: value), at: 0)
        used[table] += 1
    }

    /// All entries, in the table's order.
    package var entries: [(key: String, value: Value)] {
        tables.joined().joined().map { ($0.key, $0.value) }
    }

    private func bucket(of hash: UInt64, in table: Int) -> Int {
        Int(hash & UInt64(tables[table].count - 1))
    }

    private func place(of key: String, _ hash: UInt64) -> Place? {
        for table in 0...1 where !tables[table].isEmpty {
            let bucket = bucket(of: hash, in: table)
            if let position = tables[table][bucket].firstIndex(where: { $0.key == key }) {
                return Place(table: table, bucket: bucket, position: position)
            }
        }
        return nil
    }

    private mutating func expandIfNeeded() {
        guard rehashIndex == nil else { return }
        if tables[0].isEmpty {
            tables[0] = Array(repeating: [], count: 4)
        } else if used[0] >= tables[0].count {
            tables[1] = Array(repeating: [], count: tables[0].count * 2)
            rehashIndex = 0
        }
    }

    /// Moves one bucket that is not empty, unless ten empty ones come first.
    private mutating func rehashStep() {
        guard var index = rehashIndex else { return }
        var emptyVisits = 10
        while tables[0][index].isEmpty {
            index += 1
            emptyVisits -= 1
            if emptyVisits == 0 {
                rehashIndex = index
                return
            }
        }
        for entry in tables[0][index] {
            tables[1][bucket(of: entry.hash, in: 1)].insert(entry, at: 0)
            used[0] -= 1
            used[1] += 1
        }
        tables[0][index] = []
        rehashIndex = index + 1
        if used[0] == 0 {
            tables = [tables[1], []]
            used = [used[1], 0]
            rehashIndex = nil
        }
    }
}

/// SipHash-1-2 with a key of zeros: redis-cli never sets another one (redis: src/siphash.c).
enum SipHash {
    static func hash(_ text: String) -> UInt64 {
        let bytes = Array(text.utf8)
        var state = State()
        var tail = UInt64(bytes.count) << 56
        for (index, byte) in bytes.enumerated() {
            let shift = UInt64(index % 8 * 8)
            if index < bytes.count - bytes.count % 8 {
                state.pending |= UInt64(byte) << shift
                if index % 8 == 7 { state.absorbPending() }
            } else {
                tail |= UInt64(byte) << shift
            }
        }
        state.pending = tail
        state.absorbPending()
        return state.finish()
    }

    private struct State {
        var v0: UInt64 = 0x736f_6d65_7073_6575
        var v1: UInt64 = 0x646f_7261_6e64_6f6d
        var v2: UInt64 = 0x6c79_6765_6e65_7261
        var v3: UInt64 = 0x7465_6462_7974_6573
        /// The word that is being read.
        var pending: UInt64 = 0

        mutating func absorbPending() {
            v3 ^= pending
            mix()
            v0 ^= pending
            pending = 0
        }

        mutating func finish() -> UInt64 {
            v2 ^= 0xFF
            mix()
            mix()
            return v0 ^ v1 ^ v2 ^ v3
        }

        private mutating func mix() {
            v0 = v0 &+ v1
            v1 = Self.rotate(v1, 13) ^ v0
            v0 = Self.rotate(v0, 32)
            v2 = v2 &+ v3
            v3 = Self.rotate(v3, 16) ^ v2
            v0 = v0 &+ v3
            v3 = Self.rotate(v3, 21) ^ v0
            v2 = v2 &+ v1
            v1 = Self.rotate(v1, 17) ^ v2
            v2 = Self.rotate(v2, 32)
        }

        private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
            word << count | word >> (64 - count)
        }
    }
}
