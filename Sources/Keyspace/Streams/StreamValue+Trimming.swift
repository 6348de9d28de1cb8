/// How XADD and XTRIM take entries from the beginning of a stream (`streamTrim`).
extension StreamValue {
    /// What of a stream is to be left.
    package enum TrimStrategy: Hashable, Sendable {
        /// MAXLEN: so many entries.
        case maximumCount(Int)
        /// MINID: none before that ID.
        case minimumID(EntryID)
    }

    /// Takes entries out. With `~` (`isApproximate`) only whole nodes go, and no more than `limit` entries, if that is
    /// not 0.
    /// - Returns: how many were there.
    mutating func trim(
        _ strategy: TrimStrategy, isApproximate: Bool = false, limit: Int = 0
    ) -> Int {
        let deleted = body.content.trim(strategy, isApproximate: isApproximate, limit: limit)
        if count == 0 {
            body.content.firstID = .zero
        } else if deleted > 0 {
            body.content.firstID = edgeID(isFirst: true)
        }
        return deleted
    }
}

extension StreamValue.Body {
    fileprivate mutating func trim(
        _ strategy: StreamValue.TrimStrategy, isApproximate: Bool, limit: Int
    ) -> Int {
        var deleted = 0
        while let first = nodes.firstPosition, !isEnough(strategy) {
            let entries = nodes[first].withNode(nodes.id(at: first)) { $0.entryCount }
            if limit > 0, deleted + entries > limit { break }
            guard canRemoveNode(at: first, entries, strategy) else {
                if !isApproximate { deleted += trimNode(at: first, strategy) }
                break
            }
            removeFirstNode()
            count -= entries
            deleted += entries
        }
        return deleted
    }

    private func isEnough(_ strategy: StreamValue.TrimStrategy) -> Bool {
        if case .maximumCount(let maximum) = strategy { count <= maximum } else { false }
    }

    private func canRemoveNode(
        at position: EntryIndex<Listpack>.Position, _ entries: Int,
        _ strategy: StreamValue.TrimStrategy
    ) -> Bool {
        switch strategy {
        case .maximumCount(let maximum): return count - entries >= maximum
        case .minimumID(let minimum):
            return nodes[position].withNode(nodes.id(at: position)) { node in
                node.entry(before: node.view.end).map { $0.id < minimum } ?? true
            }
        }
    }

    /// Marks the entries of a node as deleted that are too many.
    private mutating func trimNode(
        at position: EntryIndex<Listpack>.Position, _ strategy: StreamValue.TrimStrategy
    ) -> Int {
        let offsets = nodes[position].withNode(nodes.id(at: position)) { node in
            offsetsToTrim(node, strategy)
        }
        for offset in offsets { nodes[position].deleteEntry(at: offset) }
        nodes[position].changeEntries(by: -offsets.count, deletedBy: offsets.count)
        count -= offsets.count
        return offsets.count
    }

    private func offsetsToTrim(
        _ node: StreamNodeView, _ strategy: StreamValue.TrimStrategy
    ) -> [Int] {
        var offsets: [Int] = []
        var offset = node.firstEntry
        while offset < node.view.end {
            let entry = node.entry(at: offset)
            switch strategy {
            case .maximumCount(let maximum):
                guard count - offsets.count > maximum else { return offsets }
            case .minimumID(let minimum):
                guard entry.id < minimum else { return offsets }
            }
            if !entry.isDeleted { offsets.append(offset) }
            offset = node.end(of: entry)
        }
        return offsets
    }
}
