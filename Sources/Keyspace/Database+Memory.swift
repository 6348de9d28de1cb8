package import RESP

/// What the keys of a node take of memory.
package struct KeyspaceMemory: Hashable, Sendable {
    /// The entries of the tables and their chains.
    package var tables = 0
    /// What tells which keys expire.
    package var expiries = 0
    /// The tables themselves, one a slot.
    package var slots = 0
    /// Names and values.
    package var contents = 0

    /// All but names and values.
    package var overhead: Int { tables + expiries + slots }
}

extension Database {
    /// What a key with its value takes (MEMORY USAGE); nil where there is none. Leaves no trace.
    package func memoryUsage(of key: Argument, samples: Int) -> Int? {
        guard let reference = peek(key) else { return nil }
        return tables[reference.slot].entryBytes
            + tables[reference.slot][reference.index].heapBytes(samples: samples)
    }

    /// What all keys take; names and values by a few of each slot.
    package func memory(samples: Int = 5) -> KeyspaceMemory {
        var memory = KeyspaceMemory()
        memory.slots = tables.count * MemoryLayout<SlotTable>.stride
        memory.expiries = volatileCounts.count * MemoryLayout<Int32>.stride
        for table in tables where table.count > 0 {
            memory.tables += table.entryBytes * table.count
            let sampled = table.entries.prefix(samples)
            let bytes = sampled.reduce(0) { $0 + $1.heapBytes(samples: samples) }
            memory.contents += bytes * table.count / sampled.count
        }
        return memory
    }
}

extension SlotTable {
    /// What an entry takes in the table, with its share in the chains.
    fileprivate var entryBytes: Int {
        let chain = chainCount * MemoryLayout<Int32>.stride / max(1, count)
        return MemoryLayout<Entry>.stride + chain
    }
}

extension SlotTable.Entry {
    /// What the name and the value take besides the entry.
    fileprivate func heapBytes(samples: Int) -> Int {
        key.heapBytes + value.heapBytes(samples: samples)
    }
}
