/// Writes a database as Redis writes its dump, in chunks.
///
/// A database is a value, so the writer has it as it was when the writer was made, however long the
/// writing takes and whatever happens to the node's own.
package struct RDBWriter: Sendable {
    private let database: Database
    private let auxiliary: [(name: String, value: String)]
    private let functions: [ByteString]
    private var encoder = RDBEncoder()
    private var checksum = CRC64()
    private var stage = Stage.header

    /// What is written next.
    private enum Stage {
        case header
        case entry(slot: Int, index: Int)
        case done
    }

    /// - Parameters:
    ///   - auxiliary: what the dump says about itself, such as `redis-ver`; readers skip what they do
    ///     not know.
    ///   - functions: the codes of function libraries.
    package init(
        _ database: Database, auxiliary: [(name: String, value: String)],
        functions: [ByteString] = []
    ) {
        self.database = database
        self.auxiliary = auxiliary
        self.functions = functions
        encoder.compresses = database.compressesDumps
    }

    /// The whole dump at once.
    package static func dump(
        _ database: Database, auxiliary: [(name: String, value: String)],
        functions: [ByteString] = []
    ) -> [UInt8] {
        var writer = RDBWriter(database, auxiliary: auxiliary, functions: functions)
        return writer.next(limit: .max) ?? []
    }

    /// The next chunk of the dump: at least `limit` bytes, and at most one key more, unless it is the
    /// last one; nil after that.
    package mutating func next(limit: Int) -> [UInt8]? {
        switch stage {
        case .done: return nil
        case .header:
            writeHeader()
            stage = .entry(slot: 0, index: 0)
            writeEntries(limit: limit)
        case .entry: writeEntries(limit: limit)
        }
        let chunk = encoder.take()
        return chunk
    }

    private mutating func writeHeader() {
        encoder.text(RDBFormat.signature)
        encoder.text("0010")
        for field in auxiliary {
            encoder.byte(RDBFormat.Opcode.auxiliary)
            encoder.string(ByteString(field.name))
            encoder.string(ByteString(field.value))
        }
        for code in functions { encoder.functionLibrary(code) }
        guard database.count > 0 else { return }
        encoder.byte(RDBFormat.Opcode.selectDatabase)
        encoder.length(0)
        encoder.byte(RDBFormat.Opcode.resize)
        encoder.length(database.count)
        encoder.length(database.volatileCount)
    }

    private mutating func writeEntries(limit: Int) {
        guard case .entry(var slot, var index) = stage else { return }
        while slot < HashSlot.count {
            while index < database.tables[slot].count {
                if encoder.bytes.count >= limit {
                    stage = .entry(slot: slot, index: index)
                    return updateChecksum()
                }
                write(database.tables[slot][index])
                index += 1
            }
            slot += 1
            index = 0
        }
        encoder.byte(RDBFormat.Opcode.end)
        updateChecksum()
        encoder.littleEndian(checksum.value)
        stage = .done
    }

    private mutating func updateChecksum() {
        encoder.bytes.withUnsafeBytes { checksum.update($0) }
    }

    /// One key (`rdbSaveKeyValuePair`). What is known of its use is kept under a policy that needs it.
    private mutating func write(_ entry: SlotTable.Entry) {
        if entry.isVolatile {
            encoder.byte(RDBFormat.Opcode.expiryMilliseconds)
            encoder.littleEndian(entry.expiry)
        }
        if database.usesLRU {
            encoder.byte(RDBFormat.Opcode.idle)
            encoder.length(Int(AccessClock.seconds(at: database.now) &- entry.access))
        } else if database.usesLFU {
            encoder.byte(RDBFormat.Opcode.frequency)
            encoder.byte(
                UInt8(
                    AccessClock.frequency(
                        of: entry.access, at: database.now, database.accessPace)))
        }
        encoder.type(of: entry.value)
        encoder.string(entry.key)
        encoder.value(entry.value)
    }
}
