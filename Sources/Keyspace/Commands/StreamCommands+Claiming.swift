import RESP

/// The commands that take pending entries over from other consumers.
let streamClaimCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "xautoclaim", arity: -6, keys: .at(1, "RW", "delete"), [.write, .fast], .stream,
        tips: ["nondeterministic_output"], since: "6.2.0", complexity: "O(1) if COUNT is small",
        summary: "Takes over entries that have been pending for long, whichever they are.",
        syntax: "key group consumer min-idle-time start:string [COUNT count] [JUSTID]",
        run: claimAny),
    CommandSpec(
        "xclaim", arity: -6, keys: .at(1, "RW", "update"), [.write, .fast], .stream,
        tips: ["nondeterministic_output"], since: "5.0.0",
        complexity: "O(log N) for each ID where N is the number of pending entries",
        summary: "Takes over entries that are pending, or makes them pending.",
        syntax: "key group consumer min-idle-time id... [IDLE ms:integer] "
            + "[TIME unix-time-milliseconds] [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]",
        run: claim),
]

/// What XCLAIM is told.
private struct ClaimOptions {
    /// The indexes of the IDs among the arguments.
    private(set) var ids = 5..<5
    private(set) var minimumIdle: Int64
    private(set) var retryCount: Int64 = -1
    /// When the entries count as delivered.
    private(set) var time: Int64 = -1
    private(set) var isForced = false
    private(set) var isJustID = false
    private(set) var lastID = EntryID.zero

    init(_ arguments: Arguments, at now: Int64) throws(ReplyError) {
        minimumIdle = max(
            0, try arguments[4].claimNumber("ERR Invalid min-idle-time argument for XCLAIM"))
        var index = 5
        while index < arguments.count, (try? EntryID(arguments[index])) != nil { index += 1 }
        ids = 5..<index
        while index < arguments.count { try takeOption(arguments, &index, at: now) }
        // A time that cannot be is as good as none: clients reckon it by clocks of their own.
        if time < 0 || time > now { time = now }
    }

    private mutating func takeOption(
        _ arguments: Arguments, _ index: inout Int, at now: Int64
    ) throws(ReplyError) {
        let option = arguments[index]
        index += 1
        if option.isKeyword("FORCE") { return isForced = true }
        if option.isKeyword("JUSTID") { return isJustID = true }
        guard index < arguments.count else { throw Self.unknown(option) }
        let value = arguments[index]
        index += 1
        if option.isKeyword("IDLE") {
            time = now &- (try value.claimNumber("ERR Invalid IDLE option argument for XCLAIM"))
        } else if option.isKeyword("TIME") {
            time = try value.claimNumber("ERR Invalid TIME option argument for XCLAIM")
        } else if option.isKeyword("RETRYCOUNT") {
            retryCount = try value.claimNumber(
                "ERR Invalid RETRYCOUNT option argument for XCLAIM")
        } else if option.isKeyword("LASTID") {
            lastID = try EntryID(value)
        } else {
            throw Self.unknown(option)
        }
    }

    private static func unknown(_ option: Argument) -> ReplyError {
        ReplyError("ERR Unrecognized XCLAIM option '\(option.cText)'")
    }
}

extension Argument {
    /// The argument as a number, or an error in words of its own.
    fileprivate func claimNumber(_ message: String) throws(ReplyError) -> Int64 {
        guard let integer else { throw ReplyError(message) }
        return integer
    }
}

/// A consumer that takes entries over, one after the other.
private struct Claim {
    let key: Argument
    let group: Argument
    /// The index of the group.
    let place: Int
    let consumerName: Argument
    let isJustID: Bool
    let now: Int64
    /// The number of the consumer, once it has got something.
    var consumer: Int?
    var effects: [[ByteString]] = []
    var changes = 0
    var createsConsumer = false

    init(
        _ arguments: Arguments, group: Int, isJustID: Bool, at now: Int64
    ) {
        key = arguments[1]
        self.group = arguments[2]
        place = group
        consumerName = arguments[3]
        self.isJustID = isJustID
        self.now = now
    }

    /// Takes an entry out of what is pending that is not in the stream any more. Others are told by the XCLAIM that
    /// does the same with them.
    mutating func drop(_ id: EntryID, _ stream: inout StreamValue, text: ByteString) {
        guard let delivery = stream[group: place].delivery(of: id) else { return }
        noteEffect(id, delivery, stream[group: place], text: text)
        stream[group: place].acknowledge(id)
        changes += 1
    }

    /// Takes an entry over.
    mutating func take(
        _ id: EntryID, _ stream: inout StreamValue, at time: Int64, count: UInt64,
        text: ByteString, _ reply: inout ReplyBuffer
    ) {
        let consumer = consumer ?? findConsumer(&stream)
        self.consumer = consumer
        let delivery = StreamGroup.Delivery(time: time, count: count, consumer: consumer)
        stream[group: place].assign(id, delivery)
        if isJustID {
            reply.bulkString(id)
        } else {
            reply.entry(of: id, stream)
        }
        noteEffect(id, delivery, stream[group: place], text: text)
        changes += 1
    }

    private mutating func findConsumer(_ stream: inout StreamValue) -> Int {
        if let found = stream[group: place].consumer(named: consumerName) {
            stream[group: place].touch(found, at: now)
            return found
        }
        createsConsumer = true
        changes += 1
        return stream[group: place].addConsumer(named: consumerName, at: now)
    }

    private mutating func noteEffect(
        _ id: EntryID, _ delivery: StreamGroup.Delivery, _ group: StreamGroup, text: ByteString
    ) {
        effects.append(
            group.claimWords(
                key: ByteString(key), text, delivery,
                consumer: group[consumer: delivery.consumer].name))
    }
}

extension StreamGroup {
    /// The XCLAIM by which an entry is pending elsewhere as it is here (`streamPropagateXCLAIM`).
    func claimWords(
        key: ByteString, _ id: ByteString, _ delivery: Delivery, consumer: ByteString
    ) -> [ByteString] {
        [
            "XCLAIM", key, name, consumer, "0", id, "TIME", ByteString(decimal: delivery.time),
            "RETRYCOUNT", ByteString(decimal: Int64(bitPattern: delivery.count)), "FORCE", "JUSTID",
            "LASTID", lastID.text,
        ]
    }

    /// The XGROUP by which a group elsewhere has come as far as this one (`streamPropagateGroupID`).
    func positionWords(key: ByteString) -> [ByteString] {
        [
            "XGROUP", "SETID", key, name, lastID.text, "ENTRIESREAD",
            ByteString(decimal: entriesRead ?? -1),
        ]
    }
}

extension ReplyBuffer {
    /// An entry that is known to be there.
    mutating func entry(of id: EntryID, _ stream: StreamValue) {
        stream.forEachEntry(from: id, through: id) { node, entry in
            self.entry(entry, node)
            return false
        }
    }
}

extension Database {
    /// Tells what a claim has changed, once its command is done.
    fileprivate mutating func finish(_ claim: Claim) {
        changes += claim.changes
        if claim.createsConsumer { announce(.stream, "xgroup-createconsumer", claim.key) }
        noteEffects(claim.effects)
    }
}

@Sendable private func claim(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.lookup(arguments[1], as: .stream),
        let group = database[reference].stream?.group(named: arguments[2])
    else { throw .noKeyOrGroup(arguments[1], arguments[2]) }
    let options = try ClaimOptions(arguments, at: database.now)
    try database.withStream(reference) { stream, database throws(ReplyError) in
        var claim = Claim(
            arguments, group: group, isJustID: options.isJustID, at: database.now)
        let hasMoved = options.lastID > stream[group: group].lastID
        if hasMoved { stream[group: group].lastID = options.lastID }
        let mark = reply.count
        var claimed = 0
        for index in options.ids {
            let id = try EntryID(arguments[index])
            let isTaken = claim.take(id, arguments[index], options, &stream, &reply)
            if isTaken { claimed += 1 }
        }
        // Otherwise each XCLAIM says it, too.
        if hasMoved, claim.effects.isEmpty {
            claim.effects.append(
                stream[group: group].positionWords(key: ByteString(arguments[1])))
            claim.changes += 1
        }
        reply.insertArray(claimed, at: mark)
        database.finish(claim)
    }
}

extension Claim {
    /// Takes the entry over if it is there, is pending or made so, and has been for long enough.
    fileprivate mutating func take(
        _ id: EntryID, _ text: Argument, _ options: ClaimOptions, _ stream: inout StreamValue,
        _ reply: inout ReplyBuffer
    ) -> Bool {
        guard stream.contains(id) else {
            drop(id, &stream, text: ByteString(text))
            return false
        }
        let old = stream[group: place].delivery(of: id)
        if let old {
            if options.minimumIdle > 0, now &- old.time < options.minimumIdle { return false }
        } else if !options.isForced {
            return false
        }
        var count = old?.count ?? 1
        if options.retryCount >= 0 {
            count = UInt64(options.retryCount)
        } else if !isJustID {
            count &+= 1
        }
        take(id, &stream, at: options.time, count: count, text: ByteString(text), &reply)
        return true
    }
}

/// What XAUTOCLAIM is told.
private struct AutomaticClaimOptions {
    let minimumIdle: Int64
    let start: EntryID
    private(set) var count = 100
    private(set) var isJustID = false

    init(_ arguments: Arguments) throws(ReplyError) {
        minimumIdle = max(
            0, try arguments[4].claimNumber("ERR Invalid min-idle-time argument for XAUTOCLAIM"))
        start = try EntryID.start(arguments[5])
        var index = 6
        while index < arguments.count {
            if arguments[index].isKeyword("COUNT"), index + 1 < arguments.count {
                index += 1
                count = try arguments[index].requireInteger(
                    in: 1...Int.max / 16, ReplyError("ERR COUNT must be > 0"))
            } else if arguments[index].isKeyword("JUSTID") {
                isJustID = true
            } else {
                throw .syntax
            }
            index += 1
        }
    }
}

@Sendable private func claimAny(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    // As in Redis, the key is looked up before the options are.
    let found = database.lookup(arguments[1])
    let options = try AutomaticClaimOptions(arguments)
    if let found, database[found].kind != .stream { throw .wrongType }
    guard let found, let group = database[found].stream?.group(named: arguments[2]) else {
        throw .noKeyOrGroup(arguments[1], arguments[2])
    }
    guard options.count <= Int(Int32.max) else {
        throw ReplyError(
            "ERR Insufficient memory, failed allocating transient memory, COUNT too high.")
    }
    try database.withStream(found) { stream, database throws(ReplyError) in
        var claim = Claim(
            arguments, group: group, isJustID: options.isJustID, at: database.now)
        claim.takeAny(options, &stream, &reply)
        database.finish(claim)
    }
}

extension Claim {
    /// Goes through what is pending, and answers with where to go on, with what was taken over, and with what was not in
    /// the stream any more.
    fileprivate mutating func takeAny(
        _ options: AutomaticClaimOptions, _ stream: inout StreamValue,
        _ reply: inout ReplyBuffer
    ) {
        let mark = reply.count
        var claimed = 0
        var deleted: [EntryID] = []
        var attempts = options.count * 10
        var next = stream[group: place].pendingID(notBefore: options.start)
        while let id = next, attempts > 0, claimed + deleted.count < options.count {
            attempts -= 1
            if !stream.contains(id) {
                drop(id, &stream, text: id.text)
                deleted.append(id)
            } else if takeIfIdle(id, options, &stream, &reply) {
                claimed += 1
            }
            next = id.next.flatMap { stream[group: place].pendingID(notBefore: $0) }
        }
        reply.insertArray(claimed, at: mark)
        let cursor = (next ?? .zero).text
        reply.insert(
            Array("*3\r\n$\(cursor.count)\r\n".utf8) + cursor.bytes + [13, 10], at: mark)
        reply.array(deleted.count)
        for id in deleted { reply.bulkString(id) }
    }

    private mutating func takeIfIdle(
        _ id: EntryID, _ options: AutomaticClaimOptions, _ stream: inout StreamValue,
        _ reply: inout ReplyBuffer
    ) -> Bool {
        guard let old = stream[group: place].delivery(of: id) else { return false }
        if options.minimumIdle > 0, now &- old.time < options.minimumIdle { return false }
        take(
            id, &stream, at: now, count: isJustID ? old.count : old.count &+ 1, text: id.text,
            &reply)
        return true
    }
}

extension StreamGroup {
    /// The first pending entry from an ID on.
    fileprivate func pendingID(notBefore id: EntryID) -> EntryID? {
        pending.position(notBefore: id).map { pending.id(at: $0) }
    }
}
