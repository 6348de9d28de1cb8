import RESP

/// XINFO and its subcommands.
let streamInfoCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "xinfo", arity: -2, [], .stream, since: "5.0.0", complexity: "Depends on the subcommand",
        summary: "Shows what a stream and its groups are made of.",
        subcommands: [
            CommandSpec(
                "consumers", arity: 4, keys: .at(2, "RO", "access"), [.readonly], .stream,
                tips: ["nondeterministic_output"], since: "5.0.0",
                summary: "Lists the consumers of a group.", syntax: "key groupname",
                run: consumers),
            CommandSpec(
                "groups", arity: 3, keys: .at(2, "RO", "access"), [.readonly], .stream,
                since: "5.0.0", summary: "Lists the groups of a stream.", syntax: "key",
                run: groups),
            CommandSpec(
                "help", arity: 2, [.loading, .stale], .stream, since: "5.0.0",
                summary: "Lists the subcommands.", run: help),
            CommandSpec(
                "stream", arity: -3, keys: .at(2, "RO", "access"), [.readonly], .stream,
                since: "5.0.0", summary: "Shows what a stream is made of.",
                syntax: "key [FULL full([COUNT count])]", run: stream),
        ],
        run: help)
]

extension Database {
    /// The stream of a key, which has to be there.
    fileprivate mutating func requireStream(_ key: Argument) throws(ReplyError) -> StreamValue {
        guard let stream = try readStream(key) else { throw .noSuchKey }
        return stream
    }

    /// How many nodes Redis' radix tree of a stream has, which may have to be counted once.
    fileprivate mutating func countTreeNodes(ofStreamAt key: Argument) throws(ReplyError) -> Int {
        guard let reference = try lookup(key, as: .stream) else { throw .noSuchKey }
        var count = 0
        try withStream(reference) { stream, _ throws(ReplyError) in
            count = stream.radixTreeNodeCount
        }
        return count
    }
}

@Sendable private func consumers(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let stream = try database.requireStream(arguments[2])
    guard let group = stream.group(named: arguments[3]) else {
        throw .noGroup(arguments[3], of: arguments[2])
    }
    let consumers = stream.groups[group].consumers
    reply.array(consumers.count)
    for consumer in consumers {
        reply.map(3)
        reply.bulkString("name")
        reply.bulkString(consumer.name)
        reply.field("pending", consumer.pending.count)
        reply.field("idle", Int(max(0, database.now &- consumer.seenTime)))
    }
}

@Sendable private func groups(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let stream = try database.requireStream(arguments[2])
    reply.array(stream.groups.count)
    for group in stream.groups {
        reply.map(6)
        reply.bulkString("name")
        reply.bulkString(group.name)
        reply.field("consumers", group.consumerCount)
        reply.field("pending", group.pending.count)
        reply.position(of: group, stream)
    }
}

/// What XINFO STREAM is told after the key.
private struct StreamInfoOptions {
    private(set) var isFull = false
    private(set) var count = 10

    init(_ arguments: Arguments) throws(ReplyError) {
        guard arguments.count > 3 else { return }
        guard arguments.count == 4 || arguments.count == 6, arguments[3].isKeyword("FULL") else {
            throw .wrongSubcommand(arguments)
        }
        isFull = true
        guard arguments.count == 6 else { return }
        guard arguments[4].isKeyword("COUNT") else { throw .wrongSubcommand(arguments) }
        let number = try arguments[5].requireInteger()
        count = number < 0 ? 10 : number
    }
}

@Sendable private func stream(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let stream = try database.requireStream(arguments[2])
    let options = try StreamInfoOptions(arguments)
    let treeNodes = try database.countTreeNodes(ofStreamAt: arguments[2])
    reply.map(options.isFull ? 9 : 10)
    reply.field("length", stream.count)
    reply.field("radix-tree-keys", stream.nodeCount)
    reply.field("radix-tree-nodes", treeNodes)
    reply.field("last-generated-id", stream.lastID)
    reply.field("max-deleted-entry-id", stream.maximumDeletedID)
    reply.field("entries-added", Int(Int64(bitPattern: stream.entriesAdded)))
    reply.field("recorded-first-entry-id", stream.firstID)
    guard options.isFull else {
        reply.field("groups", stream.groups.count)
        reply.bulkString("first-entry")
        reply.edge(of: stream, isReversed: false)
        reply.bulkString("last-entry")
        return reply.edge(of: stream, isReversed: true)
    }
    reply.bulkString("entries")
    reply.entries(of: stream, from: .zero, through: .maximum, limit: options.count)
    reply.bulkString("groups")
    reply.array(stream.groups.count)
    for group in stream.groups { reply.full(group, stream, limit: options.count) }
}

extension ReplyBuffer {
    fileprivate mutating func field(_ name: String, _ number: Int) {
        bulkString(name)
        integer(number)
    }

    fileprivate mutating func field(_ name: String, _ id: EntryID) {
        bulkString(name)
        bulkString(id)
    }

    /// The first or the last entry, if there is one.
    fileprivate mutating func edge(of stream: StreamValue, isReversed: Bool) {
        var isThere = false
        stream.forEachEntry(from: .zero, through: .maximum, isReversed: isReversed) {
            node, entry in
            self.entry(entry, node)
            isThere = true
            return false
        }
        if !isThere { null() }
    }

    /// How far a group has come.
    fileprivate mutating func position(of group: StreamGroup, _ stream: StreamValue) {
        field("last-delivered-id", group.lastID)
        bulkString("entries-read")
        number(group.entriesRead)
        bulkString("lag")
        number(stream.lag(of: group))
    }

    private mutating func number(_ number: Int64?) {
        if let number { integer(number) } else { null() }
    }

    /// A group with its consumers, and with no more than `limit` of what is pending, if that is not 0.
    fileprivate mutating func full(_ group: StreamGroup, _ stream: StreamValue, limit: Int) {
        map(7)
        bulkString("name")
        bulkString(group.name)
        position(of: group, stream)
        field("pel-count", group.pending.count)
        pending(of: group, nil, limit: limit)
        bulkString("consumers")
        array(group.consumerCount)
        for number in group.order {
            let consumer = group[consumer: number]
            map(4)
            bulkString("name")
            bulkString(consumer.name)
            bulkString("seen-time")
            integer(consumer.seenTime)
            field("pel-count", consumer.pending.count)
            pending(of: group, number, limit: limit)
        }
    }

    private mutating func pending(of group: StreamGroup, _ consumer: Int?, limit: Int) {
        bulkString("pending")
        let mark = count
        var written = 0
        group.forEachPending(from: .zero, with: consumer) { id, delivery in
            array(consumer == nil ? 4 : 3)
            bulkString(id)
            if consumer == nil { bulkString(group[consumer: delivery.consumer].name) }
            integer(delivery.time)
            integer(Int64(bitPattern: delivery.count))
            written += 1
            return written != limit
        }
        insertArray(written, at: mark)
    }
}

@Sendable private func help(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let lines: [StaticString] = [
        "CONSUMERS <key> <groupname>",
        "    Show consumers of <groupname>.",
        "GROUPS <key>",
        "    Show the stream consumer groups.",
        "STREAM <key> [FULL [COUNT <count>]",
        "    Show information about the stream.",
    ]
    reply.help("XINFO", lines)
}
