import RESP

/// Entries of one stream that go to a consumer of a group (`streamReplyWithRange`).
struct StreamDelivery {
    let key: ByteString
    let reading: StreamRead.Group
    /// The index of the group.
    let group: Int
    let now: Int64
    let recordsEffects: Bool
    /// The commands by which others learn of it.
    private(set) var effects: [[ByteString]] = []
    private(set) var createsConsumer = false

    init(
        key: ByteString, reading: StreamRead.Group, group: Int, now: Int64, recordsEffects: Bool
    ) {
        self.key = key
        self.reading = reading
        self.group = group
        self.now = now
        self.recordsEffects = recordsEffects
    }

    /// Answers with entries after an ID: such that are pending with the consumer, or else new ones, which are pending
    /// from then on.
    mutating func run(
        _ stream: inout StreamValue, after last: EntryID, isHistory: Bool, limit: Int,
        _ reply: inout ReplyBuffer
    ) {
        let consumer = findConsumer(&stream)
        let start = last.next ?? .zero
        if isHistory {
            deliverAgain(&stream, to: consumer, from: start, limit: limit, &reply)
        } else {
            deliver(&stream, to: consumer, from: start, limit: limit, &reply)
        }
    }

    private mutating func findConsumer(_ stream: inout StreamValue) -> Int {
        reading.consumer.withArgument { name in
            if let found = stream[group: group].consumer(named: name) {
                stream[group: group].touch(found, at: now)
                return found
            }
            createsConsumer = true
            let number = stream[group: group].addConsumer(named: name, at: now)
            if reading.isUnacknowledged {
                note(["XGROUP", "CREATECONSUMER", key, reading.name, reading.consumer])
            }
            return number
        }
    }

    private mutating func deliver(
        _ stream: inout StreamValue, to consumer: Int, from start: EntryID, limit: Int,
        _ reply: inout ReplyBuffer
    ) {
        var ids: [EntryID] = []
        let mark = reply.count
        stream.forEachEntry(from: start, through: .maximum) { node, entry in
            reply.entry(entry, node)
            ids.append(entry.id)
            return ids.count != limit
        }
        reply.insertArray(ids.count, at: mark)
        let before = stream[group: group].lastID
        for id in ids { advance(&stream, to: id, consumer) }
        if reading.isUnacknowledged, stream[group: group].lastID != before {
            note(stream[group: group].positionWords(key: key))
        }
    }

    /// Notes that a new entry was delivered.
    private mutating func advance(_ stream: inout StreamValue, to id: EntryID, _ consumer: Int) {
        if id > stream[group: group].lastID {
            let read = stream.entriesRead(of: stream[group: group], after: id)
            stream[group: group].entriesRead = read
            stream[group: group].lastID = id
        }
        guard !reading.isUnacknowledged else { return }
        let delivery = StreamGroup.Delivery(time: now, count: 1, consumer: consumer)
        stream[group: group].assign(id, delivery)
        guard recordsEffects else { return }
        note(
            stream[group: group].claimWords(
                key: key, id.text, delivery, consumer: reading.consumer))
    }

    private mutating func deliverAgain(
        _ stream: inout StreamValue, to consumer: Int, from start: EntryID, limit: Int,
        _ reply: inout ReplyBuffer
    ) {
        var ids: [EntryID] = []
        stream[group: group].forEachPending(from: start, with: consumer) { id, _ in
            ids.append(id)
            return ids.count != limit
        }
        reply.array(ids.count)
        for id in ids {
            let isThere: Void? = stream.withEntry(id) { node, entry in reply.entry(entry, node) }
            if isThere == nil {
                // It was deleted, but is pending still.
                reply.array(2)
                reply.bulkString(id)
                reply.nullArray()
            } else {
                stream[group: group].deliverAgain(id, at: now)
            }
        }
    }

    private mutating func note(_ words: [ByteString]) {
        if recordsEffects { effects.append(words) }
    }
}
