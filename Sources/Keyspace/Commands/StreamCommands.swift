import RESP

/// The stream commands (t_stream.c), apart from those that wait for entries, which are the node's.
package let streamCommands: [CommandSpec<Database>] =
    streamEntryCommands + streamRangeCommands + streamGroupCommands + streamPendingCommands
    + streamClaimCommands + streamInfoCommands

/// The commands that add entries and take them out.
private let streamEntryCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "xadd", arity: -5,
        keys: .at(1, "RW", "update").noting(
            "UPDATE instead of INSERT because of the optional trimming feature"),
        [.write, .denyOOM, .fast], .stream, tips: ["nondeterministic_output"], since: "5.0.0",
        complexity: "O(1) for the entry, O(N) to trim where N is the number of entries evicted",
        summary: "Adds an entry at the end of a stream, which it creates if there is none.",
        syntax: "key [NOMKSTREAM@6.2.0] [\(trimSyntax)] id_or_auto<auto_id=*|id> (field value)...",
        run: add),
    CommandSpec(
        "xdel", arity: -3, keys: .at(1, "RW", "delete"), [.write, .fast], .stream, since: "5.0.0",
        complexity: "O(1) for each entry", summary: "Takes entries out of a stream.",
        syntax: "key id...", run: delete),
    CommandSpec(
        "xlen", arity: 2, keys: .at(1, "RO"), [.readonly, .fast], .stream, since: "5.0.0",
        summary: "Counts the entries of a stream.", syntax: "key", run: count),
    CommandSpec(
        "xsetid", arity: -3, keys: .at(1, "RW", "update"), [.write, .denyOOM, .fast], .stream,
        since: "5.0.0",
        summary: "Sets what a stream knows of entries that are gone; for replicas and files.",
        syntax: "key last-id [ENTRIESADDED entries_added:integer@7.0.0] "
            + "[MAXDELETEDID max_deleted_entry_id@7.0.0]",
        run: setID),
    CommandSpec(
        "xtrim", arity: -4, keys: .at(1, "RW", "delete"), [.write], .stream,
        tips: ["nondeterministic_output"], since: "5.0.0",
        complexity: "O(N) where N is the number of entries evicted",
        summary: "Takes the oldest entries out of a stream.", syntax: "key \(trimSyntax)",
        run: trim),
]

private let trimSyntax =
    "trim(strategy<MAXLEN|MINID@6.2.0> [operator<equal==|approximately=~>] threshold "
    + "[LIMIT count@6.2.0])"

extension Database {
    /// Lends a stream, to be changed in place while the rest of the database is at hand.
    mutating func withStream<Result>(
        _ reference: Reference,
        _ body: (inout StreamValue, inout Database) throws(ReplyError) -> Result
    ) throws(ReplyError) -> Result {
        var stream = takeStream(reference)
        defer { self[reference] = .stream(stream) }
        return try body(&stream, &self)
    }

    /// Takes a stream out, to be changed and then put back. Meanwhile the key holds something else, so that the entries
    /// are not copied.
    mutating func takeStream(_ reference: Reference) -> StreamValue {
        guard case .stream(let stream) = self[reference] else {
            preconditionFailure("a \(self[reference].kind) is no stream")
        }
        self[reference] = .integer(0)
        return stream
    }

    /// The stream of a key for a command that reads; nil where there is no key.
    mutating func readStream(_ key: Argument) throws(ReplyError) -> StreamValue? {
        try lookup(key, as: .stream).flatMap { self[$0].stream }
    }
}

@Sendable private func add(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try StreamTrimOptions(arguments, isAdding: true, database)
    let fields = options.idIndex + 1
    guard arguments.count - fields >= 2, (arguments.count - fields) % 2 == 0 else {
        throw .wrongNumberOfArguments("xadd")
    }
    guard options.id != .exact(.zero) else {
        throw ReplyError("ERR The ID specified in XADD must be greater than 0-0")
    }
    let key = arguments[1]
    var reference = try database.lookupForWrite(key, as: .stream)
    if reference == nil {
        guard options.createsStream else { return reply.null() }
        database.create(key, .stream(StreamValue()))
        reference = database.find(key)
    }
    guard let reference else { preconditionFailure("a key that was made is not there") }
    try database.withStream(reference) { stream, database throws(ReplyError) in
        let id = try stream.id(for: options.id, at: database.now)
        guard arguments.hasRoom(from: fields) else {
            throw ReplyError("ERR Elements are too large to be stored")
        }
        stream.append(id, arguments, from: fields, database.encodingLimits)
        reply.bulkString(id)
        database.notifyAfterReply(.stream, "xadd", key)
        database.changes += 1
        if stream.trim(options) > 0 { database.announceAfterReply(.stream, "xtrim", key) }
        if case .exact = options.id, !options.isApproximate { return }
        database.noteAddition(arguments, options, id, stream)
    }
    if database.recordsReady { database.signalReady(key, database[reference]) }
}

extension Database {
    /// Notes the XADD with the ID that the entry has got, and what `~` has led to.
    fileprivate mutating func noteAddition(
        _ arguments: Arguments, _ options: StreamTrimOptions, _ id: EntryID,
        _ stream: StreamValue
    ) {
        guard recordsEffects else { return }
        var words = arguments.indices.map { ByteString(arguments[$0]) }
        if case .exact = options.id {} else { words[options.idIndex] = id.text }
        options.rewrite(&words, stream)
        noteEffect(words)
    }

    /// Notes an event that is told after the command's reply, and that does not mark those who watch the key.
    mutating func announceAfterReply(
        _ kind: KeyspaceEvents, _ name: StaticString, _ key: Argument
    ) {
        afterReply { $0.announce(kind, name, key) }
    }
}

extension Arguments {
    /// Whether the fields and values from an index on are together no more than a node can have.
    fileprivate func hasRoom(from start: Int) -> Bool {
        (start..<count).reduce(0) { $0 + self[$1].count } <= StreamValue.Body.largestNode
    }
}

extension StreamValue {
    /// The ID of the next entry (`streamAppendItem`).
    fileprivate func id(
        for requested: EntryID.Requested, at now: Int64
    ) throws(ReplyError) -> EntryID {
        guard lastID != .maximum else {
            throw ReplyError(
                "ERR The stream has exhausted the last possible ID, unable to add more items")
        }
        let id: EntryID? =
            switch requested {
            case .automatic: automaticID(at: now)
            case .exact(let id): id
            case .milliseconds(lastID.milliseconds):
                if lastID.sequence == .max {
                    // What Redis says of any other failure.
                    throw ReplyError("ERR Elements are too large to be stored")
                } else {
                    lastID.next
                }
            case .milliseconds(let milliseconds): EntryID(milliseconds, 0)
            }
        guard let id, id > lastID else {
            throw ReplyError(
                "ERR The ID specified in XADD is equal or smaller than the target stream top item")
        }
        return id
    }
}

@Sendable private func delete(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.lookupForWrite(arguments[1], as: .stream) else {
        return reply.integer(0)
    }
    let ids = try arguments.streamIDs(from: 2)
    let deleted = try database.withStream(reference) { stream, _ throws(ReplyError) in
        stream.delete(ids)
    }
    if deleted > 0 {
        database.notify(.stream, "xdel", arguments[1])
        database.changes += deleted
    }
    reply.integer(deleted)
}

extension Arguments {
    /// All IDs from an index on; one that is none is an error before anything is done.
    func streamIDs(from start: Int) throws(ReplyError) -> [EntryID] {
        var ids: [EntryID] = []
        ids.reserveCapacity(count - start)
        for index in start..<count { ids.append(try EntryID(self[index])) }
        return ids
    }
}

@Sendable private func count(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    reply.integer(try database.readStream(arguments[1])?.count ?? 0)
}

@Sendable private func trim(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try StreamTrimOptions(arguments, isAdding: false, database)
    guard let reference = try database.lookupForWrite(arguments[1], as: .stream) else {
        return reply.integer(0)
    }
    let deleted = try database.withStream(reference) { stream, database throws(ReplyError) in
        let deleted = stream.trim(options)
        if deleted > 0, options.isApproximate, database.recordsEffects {
            var words = arguments.indices.map { ByteString(arguments[$0]) }
            options.rewrite(&words, stream)
            database.noteEffect(words)
        }
        return deleted
    }
    if deleted > 0 {
        database.notify(.stream, "xtrim", arguments[1])
        database.changes += deleted
    }
    reply.integer(deleted)
}

/// What XSETID sets.
private struct StreamState {
    var entriesAdded: UInt64?
    var maximumDeletedID = EntryID.zero

    init(_ arguments: Arguments, lastID: EntryID) throws(ReplyError) {
        var index = 3
        while index < arguments.count {
            guard index + 1 < arguments.count else { throw .syntax }
            let value = arguments[index + 1]
            if arguments[index].isKeyword("ENTRIESADDED") {
                guard let number = value.integer else { throw .notAnInteger }
                guard number >= 0 else { throw ReplyError("ERR entries_added must be positive") }
                entriesAdded = UInt64(number)
            } else if arguments[index].isKeyword("MAXDELETEDID") {
                maximumDeletedID = try EntryID(value)
                guard lastID >= maximumDeletedID else {
                    throw ReplyError(
                        "ERR The ID specified in XSETID is smaller than the provided "
                            + "max_deleted_entry_id")
                }
            } else {
                throw .syntax
            }
            index += 2
        }
    }
}

@Sendable private func setID(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let id = try EntryID(arguments[2])
    let state = try StreamState(arguments, lastID: id)
    guard let reference = try database.lookupForWrite(arguments[1], as: .stream) else {
        throw .noSuchKey
    }
    try database.withStream(reference) { stream, _ throws(ReplyError) in
        if stream.count > 0 {
            guard id >= stream.edgeID(isFirst: false) else {
                throw ReplyError(
                    "ERR The ID specified in XSETID is smaller than the target stream top item")
            }
            if let added = state.entriesAdded, added < UInt64(stream.count) {
                throw ReplyError(
                    "ERR The entries_added specified in XSETID is smaller than the target stream "
                        + "length")
            }
        }
        stream.set(
            lastID: id, entriesAdded: state.entriesAdded,
            maximumDeletedID: state.maximumDeletedID)
    }
    reply.ok()
    database.changes += 1
    database.announceAfterReply(.stream, "xsetid", arguments[1])
}
