package import RESP

/// XRANGE and XREVRANGE.
let streamRangeCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "xrange", arity: -4, keys: .at(1, "RO", "access"), [.readonly], .stream, since: "5.0.0",
        complexity: "O(N) where N is the number of entries returned",
        summary: "Returns the entries of a stream from one ID to another.",
        syntax: "key start:string end:string [COUNT count]", run: range(isReversed: false)),
    CommandSpec(
        "xrevrange", arity: -4, keys: .at(1, "RO", "access"), [.readonly], .stream,
        since: "5.0.0", complexity: "O(N) where N is the number of entries returned",
        summary: "Returns the entries of a stream from one ID back to another.",
        syntax: "key end:string start:string [COUNT count]", run: range(isReversed: true)),
]

private func range(isReversed: Bool) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let start = try EntryID.start(arguments[isReversed ? 3 : 2])
        let end = try EntryID.end(arguments[isReversed ? 2 : 3])
        var count: Int?
        for index in stride(from: 4, to: arguments.count, by: 2) {
            guard arguments[index].isKeyword("COUNT"), index + 1 < arguments.count else {
                throw .syntax
            }
            count = max(0, try arguments[index + 1].requireInteger())
        }
        guard let stream = try database.readStream(arguments[1]) else { return reply.array(0) }
        guard count != 0 else { return reply.nullArray() }
        reply.entries(
            of: stream, from: start, through: end, limit: count ?? 0, isReversed: isReversed)
    }
}

extension ReplyBuffer {
    /// An array of entries, no more than `limit` if that is not 0.
    mutating func entries(
        of stream: StreamValue, from start: EntryID, through end: EntryID, limit: Int = 0,
        isReversed: Bool = false
    ) {
        let mark = count
        var written = 0
        stream.forEachEntry(from: start, through: end, isReversed: isReversed) { node, entry in
            self.entry(entry, node)
            written += 1
            return written != limit
        }
        insertArray(written, at: mark)
    }

    /// An entry: its ID, and an array of its fields and values.
    mutating func entry(_ entry: StreamEntry, _ node: StreamNodeView) {
        array(2)
        bulkString(entry.id)
        array(entry.fieldCount * 2)
        node.forEachField(of: entry) { field, value in
            bulkString(field)
            bulkString(value)
        }
    }

    /// Makes an array of what was written after the buffer had `length` bytes, which is so many elements.
    mutating func insertArray(_ count: Int, at length: Int) {
        insert(Array("*\(count)\r\n".utf8), at: length)
    }

    /// Makes an array of it whose elements are pairs in RESP2, and in RESP3 a map.
    package mutating func insertPairs(_ count: Int, at length: Int) {
        guard protocolVersion == 3 else { return insertArray(count, at: length) }
        insert(Array("%\(count)\r\n".utf8), at: length)
    }
}
