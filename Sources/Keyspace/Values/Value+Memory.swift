/// What values take of memory besides their place in their key's entry: the arrays that Swift allocates for them, each
/// with its header, in whole units of the allocator.
enum HeapMemory {
    /// What an array has before its elements.
    private static let header = 32
    private static let unit = 16

    /// The memory of an array's elements; none has none.
    static func bytes(ofArray contents: Int) -> Int {
        contents == 0 ? 0 : (header + contents + unit - 1) / unit * unit
    }

    /// The memory of a value that `Boxed` keeps apart.
    static func bytes<Content>(ofBox type: Content.Type) -> Int {
        bytes(ofArray: MemoryLayout<Content>.stride)
    }
}

extension ByteString {
    /// What it takes besides its place; nothing while the bytes are few enough to lie there.
    package var heapBytes: Int {
        count <= Self.smallCapacity ? 0 : HeapMemory.bytes(ofArray: count)
    }
}

extension Value {
    /// What the value takes. Of a collection `samples` elements, or nodes of a list, stand for all
    /// (`objectComputeSize`).
    func heapBytes(samples: Int) -> Int {
        switch self {
        case .integer: 0
        case .string(let bytes), .raw(let bytes): bytes.heapBytes
        case .list(let list): list.heapBytes(samples: samples)
        case .set(let set): set.heapBytes(samples: samples)
        case .hash(let hash): hash.heapBytes(samples: samples)
        case .stream(let stream): stream.heapBytes(samples: samples)
        case .sortedSet(let sortedSet): sortedSet.heapBytes(samples: samples)
        }
    }
}

extension ListValue {
    fileprivate func heapBytes(samples: Int) -> Int {
        let nodes = body.content.nodes
        let sampled = min(samples, nodes.count)
        var bytes = 0
        for index in 0..<sampled {
            bytes += HeapMemory.bytes(ofArray: nodes[index].bytes.count)
        }
        return HeapMemory.bytes(ofBox: Body.self) + nodes.placeBytes
            + scaled(bytes, from: sampled, to: nodes.count)
    }
}

extension NodeRing {
    /// What the ring takes without the nodes' own memory.
    fileprivate var placeBytes: Int {
        HeapMemory.bytes(ofArray: capacity * MemoryLayout<Listpack>.stride)
    }
}

extension SetValue {
    fileprivate func heapBytes(samples: Int) -> Int {
        switch storage {
        case .integers(let integers): HeapMemory.bytes(ofArray: integers.bytes.count)
        case .table(let table):
            HeapMemory.bytes(ofBox: ElementTable<Nothing>.self)
                + table.content.heapBytes(samples: samples) { _ in 0 }
        }
    }
}

extension HashValue {
    fileprivate func heapBytes(samples: Int) -> Int {
        switch storage {
        case .listpack(let listpack): HeapMemory.bytes(ofArray: listpack.bytes.count)
        case .table(let table):
            HeapMemory.bytes(ofBox: ElementTable<ByteString>.self)
                + table.content.heapBytes(samples: samples, \.heapBytes)
        }
    }
}

extension SortedSetValue {
    fileprivate func heapBytes(samples: Int) -> Int {
        switch storage {
        case .listpack(let listpack): HeapMemory.bytes(ofArray: listpack.bytes.count)
        case .tree(let body):
            HeapMemory.bytes(ofBox: Body.self)
                + body.content.scores.heapBytes(samples: samples) { _ in 0 }
                + body.content.order.heapBytes(samples: samples)
        }
    }
}

extension RankTree {
    /// What the tree takes; long members share their memory with the table of scores.
    fileprivate func heapBytes(samples: Int) -> Int {
        let sampled = leaves.prefix(samples)
        let bytes = sampled.reduce(0) {
            $0 + HeapMemory.bytes(ofArray: $1.items.capacity * MemoryLayout<Item>.stride)
        }
        let child =
            MemoryLayout<Int32>.stride + MemoryLayout<Int>.stride + MemoryLayout<Item>.stride
        return HeapMemory.bytes(ofArray: leaves.capacity * MemoryLayout<Leaf>.stride)
            + HeapMemory.bytes(ofArray: branches.capacity * MemoryLayout<Branch>.stride)
            + branches.count * HeapMemory.bytes(ofArray: Self.capacity * child)
            + scaled(bytes, from: sampled.count, to: leaves.count)
    }
}

extension ElementTable {
    /// What the table takes with its elements; `payloadBytes` is what one's payload has apart.
    fileprivate func heapBytes(samples: Int, _ payloadBytes: (Payload) -> Int) -> Int {
        let sampled = entries.prefix(samples)
        let bytes = sampled.reduce(0) { $0 + $1.key.heapBytes + payloadBytes($1.payload) }
        return HeapMemory.bytes(ofArray: entries.count * MemoryLayout<Entry>.stride)
            + HeapMemory.bytes(ofArray: chainCount * MemoryLayout<Int32>.stride)
            + scaled(bytes, from: sampled.count, to: entries.count)
    }
}

extension StreamValue {
    fileprivate func heapBytes(samples: Int) -> Int {
        var bytes = HeapMemory.bytes(ofBox: Body.self)
        bytes += body.content.nodes.heapBytes(samples: samples) { node in
            HeapMemory.bytes(ofArray: node.bytes.count)
        }
        bytes += HeapMemory.bytes(ofArray: groups.count * MemoryLayout<StreamGroup>.stride)
        for group in groups { bytes += group.heapBytes }
        return bytes
    }
}

extension StreamGroup {
    fileprivate var heapBytes: Int {
        let place = MemoryLayout<StreamConsumer?>.stride + MemoryLayout<Int>.stride
        var bytes = name.heapBytes + HeapMemory.bytes(ofArray: consumerCount * place)
        bytes += pending.heapBytes(samples: 0) { _ in 0 }
        for consumer in consumers {
            bytes += consumer.name.heapBytes
            bytes += consumer.pending.heapBytes(samples: 0) { _ in 0 }
        }
        return bytes
    }
}

extension EntryIndex {
    /// What the index takes with its entries; `payloadBytes` is what one's payload has apart. Some of the first stand for
    /// all.
    fileprivate func heapBytes(samples: Int, _ payloadBytes: (Payload) -> Int) -> Int {
        var bytes = 0
        var sampled = 0
        var position = samples > 0 ? firstPosition : nil
        while sampled < samples, let place = position {
            bytes += payloadBytes(self[place])
            sampled += 1
            position = self.position(after: place)
        }
        let chunks = chunkCount * (MemoryLayout<[Entry]>.stride + HeapMemory.bytes(ofArray: 1))
        return chunks + count * MemoryLayout<Entry>.stride
            + scaled(bytes, from: sampled, to: count)
    }
}

/// What all of something take, going by what some of it does.
private func scaled(_ bytes: Int, from sampled: Int, to count: Int) -> Int {
    sampled == 0 ? 0 : Int(Double(bytes) / Double(sampled) * Double(count))
}
