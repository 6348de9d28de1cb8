import RESP

/// Entries in the order of their IDs, as Redis' stream: nodes of entries that are packed together, and the groups of
/// consumers that share the entries among themselves.
package struct StreamValue: Hashable, Sendable {
    var body = Boxed(Body())

    /// What a stream is made of.
    struct Body: Hashable, Sendable {
        /// Each node under the ID of the entry that it was made for.
        var nodes = EntryIndex<Listpack>()
        var radixTree = RadixTreeSize.empty
        /// Entries that are there.
        var count = 0
        var lastID = EntryID.zero
        /// The first entry that is there; zero where there is none.
        var firstID = EntryID.zero
        /// The greatest ID that XDEL has taken out.
        var maximumDeletedID = EntryID.zero
        /// Entries that were ever added.
        var entriesAdded: UInt64 = 0
        /// In the order of their names.
        var groups: [StreamGroup] = []
    }

    init() {}

    package var count: Int { body.content.count }
    package var lastID: EntryID { body.content.lastID }
    var firstID: EntryID { body.content.firstID }
    var maximumDeletedID: EntryID { body.content.maximumDeletedID }
    var entriesAdded: UInt64 { body.content.entriesAdded }
    var groups: [StreamGroup] { body.content.groups }
    var nodeCount: Int { body.content.nodes.count }

    // MARK: - Adding

    /// The ID of an entry that is added now; nil where there is none left.
    func automaticID(at now: Int64) -> EntryID? {
        let milliseconds = UInt64(max(0, now))
        return milliseconds > lastID.milliseconds ? EntryID(milliseconds, 0) : lastID.next
    }

    /// Adds an entry, whose ID is known to be greater than the last one. Fields and values are the arguments from
    /// `start` on.
    mutating func append(
        _ id: EntryID, _ arguments: Arguments, from start: Int, _ limits: EncodingLimits
    ) {
        body.content.append(id, arguments, from: start, limits)
    }

    // MARK: - Deleting

    /// Takes entries out.
    /// - Returns: how many of them were there.
    mutating func delete(_ ids: [EntryID]) -> Int {
        var deleted = 0
        var isFirstGone = false
        for id in ids where body.content.delete(id) {
            deleted += 1
            isFirstGone = isFirstGone || id == firstID
            if id > maximumDeletedID { body.content.maximumDeletedID = id }
        }
        if count == 0 {
            body.content.firstID = .zero
        } else if isFirstGone {
            body.content.firstID = edgeID(isFirst: true)
        }
        return deleted
    }

    // MARK: - XSETID

    /// Sets what the stream knows about entries that it does not have any more.
    mutating func set(
        lastID: EntryID, entriesAdded: UInt64?, maximumDeletedID: EntryID
    ) {
        body.content.lastID = lastID
        if let entriesAdded { body.content.entriesAdded = entriesAdded }
        if maximumDeletedID != .zero { body.content.maximumDeletedID = maximumDeletedID }
    }

    // MARK: - Groups

    /// The index of a group; nil where there is none of that name.
    func group(named name: Argument) -> Int? {
        let index = groups.insertionIndex(of: name) { $0.name }
        return index < groups.count && groups[index].name == name ? index : nil
    }

    /// Adds a group.
    /// - Returns: false where there is one of that name already.
    mutating func addGroup(_ group: StreamGroup) -> Bool {
        let index = group.name.withArgument { name in
            groups.insertionIndex(of: name) { $0.name }
        }
        guard index == groups.count || groups[index].name != group.name else { return false }
        body.content.groups.insert(group, at: index)
        return true
    }

    /// Deletes the group at an index.
    mutating func removeGroup(at index: Int) {
        body.content.groups.remove(at: index)
    }

    /// Reads or changes a group in place.
    subscript(group index: Int) -> StreamGroup {
        @inline(__always)
        _read { yield body.content.groups[index] }
        @inline(__always)
        _modify { yield &body.content.groups[index] }
    }
}

extension StreamValue.Body {
    /// The most bytes of a node, whatever stream-node-max-bytes says (STREAM_LISTPACK_MAX_SIZE).
    static let largestNode = 1 << 30

    fileprivate mutating func append(
        _ id: EntryID, _ arguments: Arguments, from start: Int, _ limits: EncodingLimits
    ) {
        if let last = nodes.lastPosition,
            hasRoom(in: nodes[last], for: arguments, from: start, limits)
        {
            nodes[last].append(id, arguments, from: start, toNode: nodes.id(at: last))
        } else {
            var node = Listpack(streamNodeFor: arguments, from: start)
            node.append(id, arguments, from: start, toNode: id)
            appendNode(id, node)
        }
        count += 1
        entriesAdded &+= 1
        lastID = id
        if count == 1 { firstID = id }
    }

    /// Whether a node takes one more entry: those that are deleted count, too.
    private func hasRoom(
        in node: Listpack, for arguments: Arguments, from start: Int, _ limits: EncodingLimits
    ) -> Bool {
        let bytes = (start..<arguments.count).reduce(0) { $0 + arguments[$1].count }
        let limit =
            limits.streamNodeBytes == 0
            ? Self.largestNode : min(limits.streamNodeBytes, Self.largestNode)
        guard node.byteCount + bytes < limit else { return false }
        guard limits.streamNodeEntries > 0 else { return true }
        return node.withNode(.zero) { $0.entryCount + $0.deletedCount }
            < limits.streamNodeEntries
    }

    /// Takes an entry out; its node goes with the last one.
    fileprivate mutating func delete(_ id: EntryID) -> Bool {
        guard let position = nodes.position(notAfter: id) else { return false }
        let (entry, count) = nodes[position].withNode(nodes.id(at: position)) { node in
            (node.entry(of: id), node.entryCount)
        }
        guard let entry else { return false }
        if count == 1 {
            radixTree.nodes = nil
            nodes.remove(at: position)
        } else {
            nodes[position].deleteEntry(at: entry.offset)
            nodes[position].changeEntries(by: -1, deletedBy: 1)
        }
        self.count -= 1
        return true
    }
}

extension Array {
    /// Where a name has its place among elements that are in the order of their names, byte by byte.
    func insertionIndex(of name: Argument, by elementName: (Element) -> ByteString) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let isBefore = elementName(self[middle]).withBuffer {
                $0.lexicographicallyPrecedes(name.buffer)
            }
            if isBefore { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
