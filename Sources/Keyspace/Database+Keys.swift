import RESP

extension Database {
    /// How many keys a slot holds.
    package func count(in slot: HashSlot) -> Int { tables[slot.index].count }

    /// Up to `limit` keys of a slot.
    package func keys(in slot: HashSlot, limit: Int) -> [ByteString] {
        tables[slot.index].entries.prefix(limit).map(\.key)
    }

    /// Calls `visit` with every key that has not expired, by ascending slot.
    package func forEachKey(_ visit: (ByteString) -> Void) {
        for table in tables where table.count > 0 {
            for entry in table.entries where entry.expiry >= now { visit(entry.key) }
        }
    }

    /// Visits keys from a cursor on, at least `limit` of them if there are so many; returns the
    /// cursor to go on from, 0 at the end. A key that is there from the first call to the last is
    /// visited at least once.
    package func scan(
        from cursor: UInt64, limit: Int, _ visit: (ByteString, Value) -> Void
    ) -> UInt64 {
        var slot = Int(cursor & 0x3FFF)
        var hash = UInt32(truncatingIfNeeded: cursor >> 14)
        var visited = 0
        while slot < HashSlot.count {
            if tables[slot].count > 0 {
                let next = tables[slot].scan(from: hash, limit: limit - visited) { entry in
                    visited += 1
                    if entry.expiry >= now { visit(entry.key, entry.value) }
                }
                if let next { return UInt64(next) << 14 | UInt64(slot) }
            }
            hash = 0
            slot += 1
            if visited >= limit, slot < HashSlot.count { return UInt64(slot) }
        }
        return 0
    }

    /// A key that has not expired, each as likely as the next within a slot; nil where there is
    /// none.
    package mutating func randomKey() -> ByteString? {
        // As in Redis, a bounded number of attempts where most keys have expired (dbRandomKey).
        for _ in 0..<100 {
            guard count > 0 else { return nil }
            var rank = random.next(below: count)
            guard
                let slot = tables.firstIndex(where: {
                    rank -= $0.count
                    return rank < 0
                })
            else { return nil }
            let index = tables[slot].count + rank
            let entry = tables[slot][index]
            if entry.expiry >= now { return entry.key }
            if !isReplica, !isFrozen { _ = expire(slot, index) }
        }
        return nil
    }
}

extension Database {
    /// Deletes every key of a slot; returns the keys.
    @discardableResult
    package mutating func removeAll(in slot: HashSlot) -> [ByteString] {
        let keys = keys(in: slot, limit: .max)
        let previous = self.slot
        self.slot = slot
        for key in keys {
            key.withBuffer { buffer in
                guard let start = buffer.baseAddress else { return }
                remove(Argument(start: start, count: buffer.count))
            }
        }
        self.slot = previous
        return keys
    }
}
