/// Streams in dumps (`rdbSaveObject`, `rdbSaveStreamConsumers`).
extension RDBEncoder {
    /// A stream: its nodes as they are, what is known of entries that are gone, and the groups.
    mutating func stream(_ stream: StreamValue) {
        length(stream.nodeCount)
        stream.body.content.nodes.forEach { id, node in
            string(ByteString(id.bytes))
            string(ByteString(node.bytes))
        }
        length(stream.count)
        self.id(stream.lastID)
        self.id(stream.firstID)
        self.id(stream.maximumDeletedID)
        length(stream.entriesAdded)
        length(stream.groups.count)
        for group in stream.groups { self.group(group) }
    }

    private mutating func group(_ group: StreamGroup) {
        string(group.name)
        id(group.lastID)
        length(UInt64(bitPattern: group.entriesRead ?? -1))
        length(group.pending.count)
        group.pending.forEach { id, delivery in
            rawID(id)
            littleEndian(delivery.time)
            length(delivery.count)
        }
        length(group.consumerCount)
        for consumer in group.consumers {
            string(consumer.name)
            littleEndian(consumer.seenTime)
            length(consumer.pending.count)
            consumer.pending.forEach { id, _ in rawID(id) }
        }
    }

    /// An ID as two numbers.
    private mutating func id(_ id: EntryID) {
        length(id.milliseconds)
        length(id.sequence)
    }

    /// An ID in its sixteen bytes.
    private mutating func rawID(_ id: EntryID) {
        for byte in id.bytes { self.byte(byte) }
    }

    private mutating func length(_ length: UInt64) {
        if let length = Int(exactly: length), length <= Int(UInt32.max) {
            return self.length(length)
        }
        byte(RDBFormat.Length.sixtyFourBits)
        littleEndian(length.byteSwapped)
    }
}
