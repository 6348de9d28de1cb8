import RESP

/// How entries of a stream are found and walked through.
extension StreamValue {
    /// Calls `visit` with the entries from one ID to another, or in the opposite order, until it returns false.
    func forEachEntry(
        from start: EntryID, through end: EntryID, isReversed: Bool = false,
        withDeleted: Bool = false, _ visit: (StreamNodeView, StreamEntry) -> Bool
    ) {
        let nodes = body.content.nodes
        var position = nodes.position(notAfter: isReversed ? end : start)
        if !isReversed { position = position ?? nodes.firstPosition }
        while let place = position {
            let goesOn = nodes[place].withNode(nodes.id(at: place)) { node in
                isReversed
                    ? node.forEachReversed(from: start, through: end, withDeleted, visit)
                    : node.forEach(from: start, through: end, withDeleted, visit)
            }
            guard goesOn else { return }
            position = isReversed ? nodes.position(before: place) : nodes.position(after: place)
        }
    }

    /// Whether the entry is there.
    func contains(_ id: EntryID) -> Bool {
        withEntry(id) { _, _ in true } ?? false
    }

    /// Lends an entry; nil where it is not there.
    func withEntry<Result>(
        _ id: EntryID, _ body: (StreamNodeView, StreamEntry) -> Result
    ) -> Result? {
        let nodes = self.body.content.nodes
        guard let position = nodes.position(notAfter: id) else { return nil }
        return nodes[position].withNode(nodes.id(at: position)) { node in
            node.entry(of: id).map { body(node, $0) }
        }
    }

    /// The first or the last entry that is there, or whose place is still taken. Where there is none: beyond all others.
    func edgeID(isFirst: Bool, withDeleted: Bool = false) -> EntryID {
        var id = isFirst ? EntryID.maximum : .zero
        forEachEntry(
            from: .zero, through: .maximum, isReversed: !isFirst, withDeleted: withDeleted
        ) { _, entry in
            id = entry.id
            return false
        }
        return id
    }

    /// How many nodes Redis' radix tree of the nodes has.
    var radixTreeNodeCount: Int {
        mutating get {
            if let count = body.content.radixTree.nodes { return count }
            let count = body.content.nodes.radixNodeCount
            body.content.radixTree.nodes = count
            return count
        }
    }
}

extension EntryID {
    /// The ID as radix trees and dumps have it: the highest byte first.
    var bytes: [UInt8] {
        withUnsafeBytes(of: (milliseconds.bigEndian, sequence.bigEndian)) { Array($0) }
    }

    /// An ID from sixteen such bytes.
    init?(bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == 16 else { return nil }
        let raw = UnsafeRawBufferPointer(bytes)
        self.init(
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
}

extension StreamNodeView {
    /// The entry of exactly that ID, unless it is deleted.
    func entry(of id: EntryID) -> StreamEntry? {
        var found: StreamEntry?
        _ = forEach(from: id, through: id, false) { _, entry in
            found = entry
            return false
        }
        return found
    }

    /// Visits entries of the node; false where that is the end of it all.
    fileprivate func forEach(
        from start: EntryID, through end: EntryID, _ withDeleted: Bool,
        _ visit: (StreamNodeView, StreamEntry) -> Bool
    ) -> Bool {
        var offset = firstEntry
        while offset < view.end {
            let entry = entry(at: offset)
            guard entry.id <= end else { return false }
            if entry.id >= start, withDeleted || !entry.isDeleted {
                guard visit(self, entry) else { return false }
            }
            offset = self.end(of: entry)
        }
        return true
    }

    fileprivate func forEachReversed(
        from start: EntryID, through end: EntryID, _ withDeleted: Bool,
        _ visit: (StreamNodeView, StreamEntry) -> Bool
    ) -> Bool {
        var offset = view.end
        while let entry = entry(before: offset) {
            guard entry.id >= start else { return false }
            if entry.id <= end, withDeleted || !entry.isDeleted {
                guard visit(self, entry) else { return false }
            }
            offset = entry.offset
        }
        return true
    }
}
