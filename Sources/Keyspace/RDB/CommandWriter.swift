import RESP

/// Writes a database as the commands that make it anew (aof.c, `rewriteAppendOnlyFileRio`), in chunks: the base of an
/// append-only file without aof-use-rdb-preamble.
///
/// Like `RDBWriter` it has the database as it was when the writer was made.
package struct CommandWriter: Sendable {
    private let database: Database
    private let functions: [ByteString]
    private var encoder = CommandEncoder()
    /// Where the next key is; nil before the first.
    private var place: (slot: Int, index: Int)?
    private var isDone = false

    package init(_ database: Database, functions: [ByteString] = []) {
        self.database = database
        self.functions = functions
    }

    /// The next chunk: at least `limit` bytes, and at most one key more, unless it is the last one; nil after that.
    package mutating func next(limit: Int) -> [UInt8]? {
        guard !isDone else { return nil }
        if place == nil { writeHeader() }
        writeEntries(from: place ?? (0, 0), limit: limit)
        return encoder.take()
    }

    private mutating func writeHeader() {
        for code in functions {
            encoder.command("FUNCTION", count: 3)
            encoder.keyword("LOAD")
            encoder.word(code)
        }
        guard database.count > 0 else { return }
        encoder.command("SELECT", count: 2)
        encoder.keyword("0")
    }

    private mutating func writeEntries(from place: (slot: Int, index: Int), limit: Int) {
        var (slot, index) = place
        while slot < HashSlot.count {
            while index < database.tables[slot].count {
                guard encoder.bytes.count < limit else {
                    self.place = (slot, index)
                    return
                }
                encoder.entry(database.tables[slot][index])
                index += 1
            }
            slot += 1
            index = 0
        }
        isDone = true
    }
}

/// Commands as a client sends them.
private struct CommandEncoder: Sendable {
    private(set) var bytes: [UInt8] = []

    /// Elements of a collection that one command adds (AOF_REWRITE_ITEMS_PER_CMD).
    private static let itemsPerCommand = 64

    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    // MARK: - Words

    /// Begins a command of so many words, with its name.
    mutating func command(_ name: StaticString, count: Int) {
        bytes += "*\(count)\r\n".utf8
        keyword(name)
    }

    mutating func keyword(_ text: StaticString) {
        text.withUTF8Buffer { word($0) }
    }

    mutating func word(_ word: ByteString) {
        word.withBuffer { self.word($0) }
    }

    private mutating func word(_ word: UnsafeBufferPointer<UInt8>) {
        bytes += "$\(word.count)\r\n".utf8
        bytes += word
        bytes += [13, 10]
    }

    private mutating func word(_ item: ListpackItem) {
        item.withBuffer { word($0) }
    }

    private mutating func word(_ number: some BinaryInteger) {
        var text = String(number)
        text.withUTF8 { word($0) }
    }

    private mutating func word(_ id: EntryID) {
        id.withText(separator: UInt8(ascii: "-")) { word($0) }
    }

    // MARK: - Keys

    /// A key with its value and its expiry.
    mutating func entry(_ entry: SlotTable.Entry) {
        value(entry.value, of: entry.key)
        guard entry.isVolatile else { return }
        command("PEXPIREAT", count: 3)
        word(entry.key)
        word(entry.expiry)
    }

    private mutating func value(_ value: Value, of key: ByteString) {
        switch value {
        case .integer, .string, .raw:
            command("SET", count: 3)
            word(key)
            word(value.bytes ?? ByteString())
        case .list(let list):
            var index = 0
            list.forEach(in: 0..<list.count) { item in
                begin("RPUSH", key, element: index, of: list.count)
                word(item)
                index += 1
            }
        case .set(let set):
            var index = 0
            set.forEach { item in
                begin("SADD", key, element: index, of: set.count)
                word(item)
                index += 1
            }
        case .hash(let hash):
            var index = 0
            hash.forEach { field, value in
                begin("HMSET", key, element: index, of: hash.count, words: 2)
                word(field)
                word(value)
                index += 1
            }
        case .sortedSet(let sortedSet):
            var index = 0
            sortedSet.forEach { member, score in
                begin("ZADD", key, element: index, of: sortedSet.count, words: 2)
                withText(ofScore: score) { word($0) }
                word(member)
                index += 1
            }
        case .stream(let stream): self.stream(stream, key)
        }
    }

    /// Begins a command before every 64th element of a collection.
    private mutating func begin(
        _ name: StaticString, _ key: ByteString, element index: Int, of count: Int, words: Int = 1
    ) {
        guard index % Self.itemsPerCommand == 0 else { return }
        command(name, count: 2 + words * min(Self.itemsPerCommand, count - index))
        word(key)
    }

    // MARK: - Streams

    /// The entries, what is known of those that are gone, and the groups (`rewriteStreamObject`).
    private mutating func stream(_ stream: StreamValue, _ key: ByteString) {
        if stream.count == 0 { emptyStream(key) }
        stream.forEachEntry(from: .zero, through: .maximum) { node, entry in
            command("XADD", count: 3 + 2 * entry.fieldCount)
            word(key)
            word(entry.id)
            node.forEachField(of: entry) { field, value in
                word(field)
                word(value)
            }
            return true
        }
        command("XSETID", count: 7)
        word(key)
        word(stream.lastID)
        keyword("ENTRIESADDED")
        word(stream.entriesAdded)
        keyword("MAXDELETEDID")
        word(stream.maximumDeletedID)
        for group in stream.groups { self.group(group, key) }
    }

    /// A stream without entries comes of one that is trimmed at once.
    private mutating func emptyStream(_ key: ByteString) {
        command("XADD", count: 7)
        word(key)
        for argument in ["MAXLEN", "0", "0-1", "x", "y"] { word(ByteString(argument)) }
    }

    private mutating func group(_ group: StreamGroup, _ key: ByteString) {
        command("XGROUP", count: 7)
        keyword("CREATE")
        word(key)
        word(group.name)
        word(group.lastID)
        keyword("ENTRIESREAD")
        word(group.entriesRead ?? -1)
        for consumer in group.consumers {
            guard consumer.pending.count > 0 else {
                command("XGROUP", count: 5)
                keyword("CREATECONSUMER")
                word(key)
                word(group.name)
                word(consumer.name)
                continue
            }
            consumer.pending.forEach { id, _ in
                guard let position = group.pending.position(of: id) else { return }
                claim(id, group.pending[position], key, group.name, consumer.name)
            }
        }
    }

    /// An entry that is pending with a consumer.
    private mutating func claim(
        _ id: EntryID, _ delivery: StreamGroup.Delivery, _ key: ByteString, _ group: ByteString,
        _ consumer: ByteString
    ) {
        command("XCLAIM", count: 12)
        word(key)
        word(group)
        word(consumer)
        keyword("0")
        word(id)
        keyword("TIME")
        word(delivery.time)
        keyword("RETRYCOUNT")
        word(delivery.count)
        keyword("JUSTID")
        keyword("FORCE")
    }
}
