/// Streams in dumps (`rdbLoadObject`): those of Redis 7.0, those of 5.0 and 6, which know less of
/// what is gone, and those of 7.2 and later, which know more of their consumers.
extension RDBDecoder {
    /// A stream of any of the three types.
    mutating func stream(_ type: RDBType) throws(RDBError) -> StreamValue {
        var stream = StreamValue()
        let entries = try nodes(&stream)
        guard try length() == UInt64(entries) else { throw .brokenStream }
        stream.body.content.count = entries
        stream.body.content.lastID = try id()
        if type != .streamListpacks {
            stream.body.content.firstID = try id()
            stream.body.content.maximumDeletedID = try id()
            stream.body.content.entriesAdded = try length()
        } else {
            stream.body.content.entriesAdded = UInt64(entries)
            stream.body.content.firstID = stream.edgeID(isFirst: true)
        }
        for _ in 0..<(try length()) {
            let group = try self.group(of: stream, type)
            guard stream.addGroup(group) else { throw .brokenStream }
        }
        return stream
    }

    /// The nodes.
    /// - Returns: how many entries are in them.
    private mutating func nodes(_ stream: inout StreamValue) throws(RDBError) -> Int {
        var entries = 0
        for _ in 0..<(try length()) {
            guard let id = try string().withBuffer({ EntryID(bytes: $0) }) else {
                throw .brokenStream
            }
            let node = try listpack(try string())
            stream.body.content.radixTree.nodes = nil
            guard node.isStreamNode, stream.body.content.nodes.insert(id, node) else {
                throw .brokenStream
            }
            entries += node.withNode(id) { $0.entryCount }
        }
        return entries
    }

    private mutating func group(
        of stream: StreamValue, _ type: RDBType
    ) throws(RDBError) -> StreamGroup {
        let name = try string()
        let lastID = try id()
        var read = stream.entriesRead(upTo: lastID)
        if type != .streamListpacks {
            let stated = Int64(bitPattern: try length())
            read = stated == -1 ? nil : stated
        }
        var group = StreamGroup(name: name, lastID: lastID, entriesRead: read)
        var deliveries = EntryIndex<StreamGroup.Delivery>()
        for _ in 0..<(try length()) {
            let id = try rawID()
            let delivery = StreamGroup.Delivery(
                time: try littleEndian(Int64.self), count: try length(), consumer: 0)
            guard deliveries.insert(id, delivery) else { throw .brokenStream }
        }
        for _ in 0..<(try length()) { try consumer(of: &group, &deliveries, type) }
        // Whatever is pending is so with somebody.
        guard deliveries.isEmpty else { throw .brokenStream }
        return group
    }

    /// A consumer, and which of the deliveries that no other one has are its own.
    private mutating func consumer(
        of group: inout StreamGroup, _ deliveries: inout EntryIndex<StreamGroup.Delivery>,
        _ type: RDBType
    ) throws(RDBError) {
        let name = try string()
        let seenTime = try littleEndian(Int64.self)
        // When the consumer last got something: 7.0 keeps only when it last asked.
        if type == .streamListpacks3 { _ = try littleEndian(Int64.self) }
        guard
            let number = name.withArgument({ name in
                group.consumer(named: name) == nil
                    ? group.addConsumer(named: name, at: seenTime) : nil
            })
        else { throw .brokenStream }
        for _ in 0..<(try length()) {
            let id = try rawID()
            guard var delivery = deliveries.remove(id) else { throw .brokenStream }
            delivery.consumer = number
            group.assign(id, delivery)
        }
    }

    private mutating func id() throws(RDBError) -> EntryID {
        EntryID(try length(), try length())
    }

    private mutating func rawID() throws(RDBError) -> EntryID {
        guard let id = EntryID(bytes: try take(16)) else { throw .brokenStream }
        return id
    }
}

extension RDBError {
    fileprivate static let brokenStream = RDBError.brokenCollection("Stream listpack")
}
