import RESP

/// The commands on what is pending in a group.
let streamPendingCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "xack", arity: -4, keys: .at(1, "RW", "update"), [.write, .fast], .stream, since: "5.0.0",
        complexity: "O(1) for each ID",
        summary: "Marks entries as processed, so that they are not pending any more.",
        syntax: "key group id...", run: acknowledge),
    CommandSpec(
        "xpending", arity: -3, keys: .at(1, "RO", "access"), [.readonly], .stream,
        tips: ["nondeterministic_output"], since: "5.0.0",
        complexity: "O(N) where N is the number of entries looked at, or of consumers",
        summary: "Tells which entries are pending, with whom and for how long.",
        syntax: "key group [filters([IDLE min-idle-time:integer@6.2.0] start:string end:string "
            + "count [consumer])]",
        run: pending),
]

@Sendable private func acknowledge(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.lookup(arguments[1], as: .stream),
        let group = database[reference].stream?.group(named: arguments[2])
    else { return reply.integer(0) }
    let ids = try arguments.streamIDs(from: 3)
    let acknowledged = try database.withStream(reference) { stream, _ throws(ReplyError) in
        ids.reduce(0) { $0 + (stream[group: group].acknowledge($1) ? 1 : 0) }
    }
    database.changes += acknowledged
    reply.integer(acknowledged)
}

/// Which pending entries XPENDING is asked for.
private struct PendingFilter {
    var start = EntryID.zero
    var end = EntryID.maximum
    var count = 0
    var minimumIdle: Int64 = 0
    /// The index of the consumer's name.
    var consumer: Int?

    init(_ arguments: Arguments) throws(ReplyError) {
        guard (6...9).contains(arguments.count) else { throw .syntax }
        var index = 3
        if arguments[3].isKeyword("IDLE") {
            guard let idle = arguments[4].integer else { throw .notAnInteger }
            guard arguments.count >= 8 else { throw .syntax }
            minimumIdle = idle
            index += 2
        }
        count = max(0, try arguments[index + 2].requireInteger())
        start = try EntryID.start(arguments[index])
        end = try EntryID.end(arguments[index + 1])
        consumer = index + 3 < arguments.count ? index + 3 : nil
    }
}

@Sendable private func pending(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let filter = arguments.count == 3 ? nil : try PendingFilter(arguments)
    let stream = try database.readStream(arguments[1])
    guard let stream, let index = stream.group(named: arguments[2]) else {
        throw .noKeyOrGroup(arguments[1], arguments[2])
    }
    let group = stream.groups[index]
    guard let filter else { return reply.pendingSummary(of: group) }
    var consumer: Int?
    if let name = filter.consumer {
        consumer = group.consumer(named: arguments[name])
        guard consumer != nil else { return reply.array(0) }
    }
    reply.pending(of: group, filter, consumer, at: database.now)
}

extension ReplyBuffer {
    /// How many entries are pending, the first and the last of them, and how many with whom.
    fileprivate mutating func pendingSummary(of group: StreamGroup) {
        array(4)
        integer(group.pending.count)
        guard let first = group.pending.first, let last = group.pending.last else {
            null()
            null()
            return nullArray()
        }
        bulkString(first.id)
        bulkString(last.id)
        let consumers = group.consumers.filter { !$0.pending.isEmpty }
        array(consumers.count)
        for consumer in consumers {
            array(2)
            bulkString(consumer.name)
            bulkString(Int64(consumer.pending.count))
        }
    }

    /// The entries that are pending with a consumer, or with any.
    fileprivate mutating func pending(
        of group: StreamGroup, _ filter: PendingFilter, _ consumer: Int?, at now: Int64
    ) {
        let mark = count
        var written = 0
        group.forEachPending(from: filter.start, with: consumer) { id, delivery in
            guard written < filter.count, id <= filter.end else { return false }
            let idle = now &- delivery.time
            guard filter.minimumIdle == 0 || idle >= filter.minimumIdle else { return true }
            written += 1
            array(4)
            bulkString(id)
            bulkString(group[consumer: delivery.consumer].name)
            integer(max(0, idle))
            integer(Int64(bitPattern: delivery.count))
            return true
        }
        insertArray(written, at: mark)
    }
}

extension StreamGroup {
    /// Calls `visit` with what is pending from an ID on, with one consumer or with any, until it returns false.
    func forEachPending(
        from start: EntryID, with consumer: Int?, _ visit: (EntryID, Delivery) -> Bool
    ) {
        guard let consumer else {
            var position = pending.position(notBefore: start)
            while let place = position, visit(pending.id(at: place), pending[place]) {
                position = pending.position(after: place)
            }
            return
        }
        let own = self[consumer: consumer].pending
        var position = own.position(notBefore: start)
        while let place = position {
            let id = own.id(at: place)
            guard let delivery = pending.position(of: id).map({ pending[$0] }),
                visit(id, delivery)
            else { return }
            position = own.position(after: place)
        }
    }
}
