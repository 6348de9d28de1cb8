import RESP

extension Database {
    /// Elements of a collection, or nodes of a list, that are looked at for what all of it takes.
    static let memorySamples = 5

    /// What the tables take that are there without a key.
    private static let emptyMemory =
        HashSlot.count * (MemoryLayout<SlotTable>.stride + MemoryLayout<Int32>.stride)

    /// What all keys take; counted only while `countsMemory` is set.
    package var usedMemory: Int { Self.emptyMemory + countedMemory }

    /// Counts once what is there.
    mutating func recountMemory() {
        countedMemory = 0
        guard countsMemory else { return }
        for table in tables { for entry in table.entries { countedMemory += entry.countedBytes } }
    }

    /// Deletes the key that the policy says, going by a sample.
    /// - Returns: nil where there is no key that may go.
    package mutating func evict(_ policy: EvictionPolicy, samples: Int) -> ByteString? {
        guard let reference = evictionCandidate(policy, samples: samples) else { return nil }
        let key = tables[reference.slot][reference.index].key
        removeEmpty(reference)
        statistics.evictedKeys += 1
        notify(.evicted, "evicted", key)
        return key
    }

    private mutating func evictionCandidate(
        _ policy: EvictionPolicy, samples: Int
    ) -> Reference? {
        let total = policy.isVolatile ? volatileCount : count
        guard total > 0 else { return nil }
        guard policy.order != .random else {
            return entries(ofRanks: [random.next(below: total)], policy).first
        }
        while true {
            let ranks = (0..<min(samples, total)).map { _ in random.next(below: total) }
            for reference in entries(ofRanks: ranks.sorted(), policy) {
                let entry = tables[reference.slot][reference.index]
                evictionPool.add(entry.key, idleness: idleness(of: entry, policy))
            }
            while let key = evictionPool.takeBest() {
                // It may be gone, or expire no more.
                guard let reference = key.withArgument({ peek($0, in: HashSlot(of: $0)) }),
                    !policy.isVolatile || tables[reference.slot][reference.index].isVolatile
                else { continue }
                return reference
            }
        }
    }

    /// The more, the sooner a key goes.
    private func idleness(of entry: SlotTable.Entry, _ policy: EvictionPolicy) -> UInt64 {
        switch policy.order {
        case .lfu: 255 - UInt64(AccessClock.frequency(of: entry.access, at: now, accessPace))
        case .ttl: .max - UInt64(clamping: entry.expiry)
        case .lru, .random: UInt64(AccessClock.seconds(at: now) &- entry.access)
        }
    }

    /// The keys of some ranks, in order, among those that may go: one look at how many each slot has.
    private func entries(ofRanks ranks: [Int], _ policy: EvictionPolicy) -> [Reference] {
        var references: [Reference] = []
        var first = 0
        for slot in tables.indices where references.count < ranks.count {
            let count = policy.isVolatile ? Int(volatileCounts[slot]) : tables[slot].count
            while references.count < ranks.count, ranks[references.count] < first + count {
                let rank = ranks[references.count] - first
                references.append(
                    Reference(slot: slot, index: index(ofRank: rank, in: slot, policy)))
            }
            first += count
        }
        return references
    }

    private func index(ofRank rank: Int, in slot: Int, _ policy: EvictionPolicy) -> Int {
        guard policy.isVolatile else { return rank }
        var rank = rank
        for index in tables[slot].entries.indices where tables[slot][index].isVolatile {
            if rank == 0 { return index }
            rank -= 1
        }
        preconditionFailure("slot \(slot) has fewer keys that expire than it should")
    }
}

extension SlotTable.Entry {
    /// What counts for maxmemory: the entry with its place in two chains' worth of table, its name and its value.
    var countedBytes: Int {
        MemoryLayout<SlotTable.Entry>.stride + 2 * MemoryLayout<Int32>.stride + key.heapBytes
            + value.heapBytes(samples: Database.memorySamples)
    }
}
