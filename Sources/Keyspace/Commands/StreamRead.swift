package import RESP

/// What XREAD or XREADGROUP asks for (`xreadCommand`).
package struct StreamRead: Sendable {
    /// The keys of the streams, and after which entry of each the reading begins. For new entries of a group that is
    /// the greatest ID of all.
    package private(set) var keys: [ByteString] = []
    private(set) var ids: [EntryID] = []
    /// The most entries of each stream; 0 for no limit.
    private(set) var count = 0
    /// Milliseconds to wait for entries, 0 being for ever; nil where there is no waiting.
    package private(set) var timeout: Int64?
    package private(set) var group: Group?

    /// The group that reads.
    package struct Group: Sendable {
        let name: ByteString
        let consumer: ByteString
        /// NOACK: what is delivered is not pending.
        var isUnacknowledged = false
    }

    /// Without a count, a client that had to wait gets no more entries than so many.
    private static let waitingCount = 1000

    /// - Parameter isInScript: BLOCK is refused then.
    package init(
        _ arguments: Arguments, isGroup: Bool, isInScript: Bool = false, _ database: inout Database
    ) throws(ReplyError) {
        var isUnacknowledged = false
        var streams: Int?
        var index = 1
        while index < arguments.count, streams == nil {
            let option = arguments[index]
            let left = arguments.count - index - 1
            if option.isKeyword("BLOCK"), left > 0 {
                guard !isInScript else {
                    throw ReplyError(
                        "ERR \(arguments[0].text) command is not allowed with BLOCK option from scripts")
                }
                index += 1
                timeout = try Self.timeout(arguments[index])
            } else if option.isKeyword("COUNT"), left > 0 {
                index += 1
                count = max(0, try arguments[index].requireInteger())
            } else if option.isKeyword("STREAMS"), left > 0 {
                guard left % 2 == 0 else { throw .unbalancedStreams }
                streams = index + 1
            } else if option.isKeyword("GROUP"), left > 1 {
                guard isGroup else { throw .onlyInGroup("GROUP") }
                group = Group(
                    name: ByteString(arguments[index + 1]),
                    consumer: ByteString(arguments[index + 2]))
                index += 2
            } else if option.isKeyword("NOACK") {
                guard isGroup else { throw .onlyInGroup("NOACK") }
                isUnacknowledged = true
            } else {
                throw .syntax
            }
            index += 1
        }
        guard let streams else { throw .syntax }
        guard !isGroup || group != nil else {
            throw ReplyError("ERR Missing GROUP option for XREADGROUP")
        }
        group?.isUnacknowledged = isUnacknowledged
        try takeStreams(arguments, from: streams, &database)
    }

    private static func timeout(_ argument: Argument) throws(ReplyError) -> Int64 {
        guard let timeout = argument.integer else {
            throw ReplyError("ERR timeout is not an integer or out of range")
        }
        guard timeout >= 0 else { throw ReplyError("ERR timeout is negative") }
        return timeout
    }

    private mutating func takeStreams(
        _ arguments: Arguments, from start: Int, _ database: inout Database
    ) throws(ReplyError) {
        let count = (arguments.count - start) / 2
        for index in start..<start + count {
            let stream = try database.readStream(arguments[index])
            try requireGroup(of: stream, arguments[index])
            keys.append(ByteString(arguments[index]))
            ids.append(try id(arguments[index + count], in: stream))
        }
    }

    private func requireGroup(
        of stream: StreamValue?, _ key: Argument
    ) throws(ReplyError) {
        guard let group else { return }
        let error = group.name.withArgument { name -> ReplyError? in
            stream?.group(named: name) == nil
                ? .noKeyOrGroup(key, name, suffix: " in XREADGROUP with GROUP option") : nil
        }
        if let error { throw error }
    }

    private func id(_ argument: Argument, in stream: StreamValue?) throws(ReplyError) -> EntryID {
        if argument.isCString("$") {
            guard group == nil else {
                throw ReplyError(
                    "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read "
                        + "the history of this consumer by specifying a proper ID, or use the > ID "
                        + "to get new messages. The $ ID would just return an empty result set.")
            }
            return stream?.lastID ?? .zero
        }
        if argument.isCString(">") {
            guard group != nil else {
                throw ReplyError(
                    "ERR The > ID can be specified only when calling XREADGROUP using the "
                        + "GROUP <group> <consumer> option.")
            }
            return .maximum
        }
        return try EntryID(argument)
    }

    /// The same for a client that waits.
    package var waiting: StreamRead {
        var read = self
        if read.count == 0 { read.count = Self.waitingCount }
        return read
    }

    /// After which entry of a stream the reading begins; a key that is named twice counts as it was named first.
    fileprivate func id(of key: Argument) -> EntryID {
        keys.firstIndex { $0 == key }.map { ids[$0] } ?? .maximum
    }
}

extension ReplyError {
    fileprivate static let unbalancedStreams = ReplyError(
        "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.")

    fileprivate static func onlyInGroup(_ option: String) -> ReplyError {
        ReplyError(
            "ERR The \(option) option is only supported by XREADGROUP. You called XREAD instead.")
    }
}

extension Database {
    /// Answers with what there is to read, for each stream that has something.
    /// - Returns: false where none has; then nothing is answered.
    package mutating func serve(
        _ read: StreamRead, _ reply: inout ReplyBuffer
    ) -> Bool {
        let mark = reply.count
        var served = 0
        var effects: [[ByteString]] = []
        for (key, id) in zip(read.keys, read.ids) {
            let isServed = key.withArgument { key in
                serve(read, key, after: id, &reply, &effects)
            }
            if isServed { served += 1 }
        }
        guard served > 0 else { return false }
        reply.insertPairs(served, at: mark)
        if read.group != nil { noteEffects(effects) }
        return true
    }

    private mutating func serve(
        _ read: StreamRead, _ key: Argument, after id: EntryID, _ reply: inout ReplyBuffer,
        _ effects: inout [[ByteString]]
    ) -> Bool {
        guard let reference = lookup(key) else { return false }
        guard let reading = read.group else {
            return serve(reference, key, after: id, limit: read.count, &reply)
        }
        guard let (group, last) = place(of: reading, in: reference) else { return false }
        let isHistory = id != .maximum
        guard isHistory || hasEntry(reference, after: last) else { return false }
        reply.pair(key)
        deliver(
            reading, group, key, reference, after: isHistory ? id : last, isHistory: isHistory,
            limit: read.count, &reply, &effects)
        changes += 1
        return true
    }

    private func serve(
        _ reference: Reference, _ key: Argument, after id: EntryID, limit: Int,
        _ reply: inout ReplyBuffer
    ) -> Bool {
        guard let stream = self[reference].stream, stream.hasEntry(after: id) else {
            return false
        }
        reply.pair(key)
        reply.entries(of: stream, from: id.next ?? .zero, through: .maximum, limit: limit)
        return true
    }

    private func hasEntry(_ reference: Reference, after id: EntryID) -> Bool {
        self[reference].stream?.hasEntry(after: id) == true
    }

    /// Where a group is in its stream, and how far it has come. Nobody holds on to the stream meanwhile, which would
    /// be copied when it changes.
    private func place(
        of reading: StreamRead.Group, in reference: Reference
    ) -> (group: Int, lastID: EntryID)? {
        guard let stream = self[reference].stream,
            let group = reading.name.withArgument({ stream.group(named: $0) })
        else { return nil }
        return (group, stream.groups[group].lastID)
    }

    /// Answers a client that has waited with what there is to read in a stream.
    /// - Returns: false where there is nothing yet; then nothing is answered.
    package mutating func serveWaiting(
        _ read: StreamRead, from key: Argument, _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        guard let reference = find(key), let top = self[reference].stream?.lastID else {
            return false
        }
        let mark = reply.count
        guard let reading = read.group else {
            return serveEntries(of: reference, key, after: read.id(of: key), read.count, &reply)
        }
        guard let (group, last) = place(of: reading, in: reference) else { throw .groupIsGone }
        guard top > last else { return false }
        var effects: [[ByteString]] = []
        reply.pair(key)
        deliver(
            reading, group, key, reference, after: last, isHistory: false, limit: read.count,
            &reply, &effects)
        noteEffects(effects)
        reply.insertPairs(1, at: mark)
        return true
    }

    private func serveEntries(
        of reference: Reference, _ key: Argument, after last: EntryID, _ limit: Int,
        _ reply: inout ReplyBuffer
    ) -> Bool {
        guard let stream = self[reference].stream, stream.lastID > last else { return false }
        let mark = reply.count
        reply.pair(key)
        reply.entries(of: stream, from: last.next ?? .zero, through: .maximum, limit: limit)
        reply.insertPairs(1, at: mark)
        return true
    }

    private mutating func deliver(
        _ reading: StreamRead.Group, _ group: Int, _ key: Argument, _ reference: Reference,
        after last: EntryID, isHistory: Bool, limit: Int, _ reply: inout ReplyBuffer,
        _ effects: inout [[ByteString]]
    ) {
        var delivery = StreamDelivery(
            key: ByteString(key), reading: reading, group: group, now: now,
            recordsEffects: recordsEffects)
        var stream = takeStream(reference)
        delivery.run(&stream, after: last, isHistory: isHistory, limit: limit, &reply)
        self[reference] = .stream(stream)
        effects += delivery.effects
        guard delivery.createsConsumer else { return }
        changes += 1
        announce(.stream, "xgroup-createconsumer", key)
    }
}

extension ReplyError {
    fileprivate static let groupIsGone = ReplyError(
        "NOGROUP the consumer group this client was blocked on no longer exists")
}

extension ReplyBuffer {
    /// Begins what a stream has: a pair, which RESP3 has in a map.
    fileprivate mutating func pair(_ key: Argument) {
        if protocolVersion != 3 { array(2) }
        bulkString(key)
    }
}

extension StreamValue {
    fileprivate func hasEntry(after id: EntryID) -> Bool {
        count > 0 && edgeID(isFirst: false) > id
    }
}
