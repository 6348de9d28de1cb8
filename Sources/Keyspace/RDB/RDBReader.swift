import RESP

/// Loads a dump that Redis or `RDBWriter` wrote (`rdbLoadRioWithLoadingCtx`).
package struct RDBReader {
    /// What was found apart from the keys.
    package struct Contents: Sendable {
        /// What the dump says about itself, in its order.
        package var auxiliary: [(name: String, value: String)] = []
        package var loadedKeys = 0
        /// Keys that had expired and were dropped.
        package var expiredKeys: [ByteString] = []
        /// The codes of function libraries.
        package var functions: [ByteString] = []
        /// Bytes of the dump; more may follow it, as in an old append-only file.
        package var length = 0

        /// The value of a field; nil where the dump does not have it.
        package func field(_ name: String) -> String? {
            auxiliary.first { $0.name == name }?.value
        }
    }

    private var decoder: RDBDecoder
    private let keepsExpired: Bool
    private var contents = Contents()
    private var expiry: Int64?
    private var idle: UInt64?
    private var frequency: UInt8?

    /// Adds the keys of a dump to a database that has none of them. After an error some are there.
    ///
    /// A master drops keys that have expired; a replica keeps them until its master says so. So does
    /// whoever goes on with the writes that came after the dump (`keepsExpired`): they have to find
    /// what their node had.
    @discardableResult
    package static func load(
        _ bytes: [UInt8], into database: inout Database, keepsExpired: Bool = false
    ) throws(RDBError) -> Contents {
        try bytes.withUnsafeBufferPointer { bytes throws(RDBError) in
            var reader = RDBReader(
                decoder: RDBDecoder(bytes), keepsExpired: keepsExpired || database.isReplica)
            return try reader.load(into: &database)
        }
    }

    private init(decoder: RDBDecoder, keepsExpired: Bool) {
        self.decoder = decoder
        self.keepsExpired = keepsExpired
    }

    private mutating func load(into database: inout Database) throws(RDBError) -> Contents {
        let version = try readVersion()
        // Each key goes to its own slot.
        database.slot = nil
        while true {
            let opcode = try decoder.byte()
            switch opcode {
            case RDBFormat.Opcode.end:
                if version >= 5 { try checkChecksum() }
                contents.length = decoder.position
                return contents
            case RDBFormat.Opcode.expirySeconds:
                expiry = Int64(try decoder.littleEndian(Int32.self)) * 1000
            case RDBFormat.Opcode.expiryMilliseconds:
                expiry = try decoder.littleEndian(Int64.self)
            case RDBFormat.Opcode.frequency: frequency = try decoder.byte()
            case RDBFormat.Opcode.idle: idle = try decoder.length()
            case RDBFormat.Opcode.selectDatabase:
                let number = try decoder.length()
                guard number == 0 else { throw .otherDatabase(number) }
            case RDBFormat.Opcode.resize:
                // How many keys there will be, in all and such that expire: only a hint.
                _ = try decoder.length()
                _ = try decoder.length()
            case RDBFormat.Opcode.slotInformation:
                // The number of a slot, its keys and those that expire: a hint, too.
                for _ in 0..<3 { _ = try decoder.length() }
            case RDBFormat.Opcode.auxiliary:
                let name = try decoder.text().bytes.description
                contents.auxiliary.append((name, try decoder.text().bytes.description))
            case RDBFormat.Opcode.moduleAuxiliary: throw .unsupported("data of a module")
            case RDBFormat.Opcode.functionLibrary, RDBFormat.Opcode.earlyFunctionLibrary:
                contents.functions.append(try decoder.functionLibrary(opcode: opcode))
            default: try readKey(type: opcode, into: &database)
            }
        }
    }

    private mutating func readVersion() throws(RDBError) -> Int {
        let header = try decoder.take(9)
        let isDump = RDBFormat.signature.withUTF8Buffer { header.prefix(5).elementsEqual($0) }
        guard isDump else { throw .wrongSignature }
        let version = Int(String(decoding: header.dropFirst(5), as: UTF8.self)) ?? 0
        guard (1...RDBFormat.latestVersion).contains(version) else { throw .unknownVersion(version) }
        return version
    }

    /// A checksum of zero says that none was made.
    private mutating func checkChecksum() throws(RDBError) {
        let expected = CRC64.checksum(decoder.consumed)
        let found = try decoder.littleEndian(UInt64.self)
        guard found == 0 || found == expected else {
            throw .wrongChecksum(expected: expected, found: found)
        }
    }

    private mutating func readKey(type: UInt8, into database: inout Database) throws(RDBError) {
        // A byte that is no type must not be taken for a key's.
        guard RDBType(rawValue: type) != nil else { throw .unknownType(type) }
        let key = try decoder.text().bytes
        defer { (expiry, idle, frequency) = (nil, nil, nil) }
        guard let value = try value(of: type, database.encodingLimits) else { return }
        let expiry = expiry == -1 ? nil : expiry
        if let expiry, expiry < database.now, !keepsExpired {
            contents.expiredKeys.append(key)
        } else {
            let isNew = database.add(
                key, value: value, expiry: expiry, frequency: frequency, idle: idle)
            guard isNew else { throw .duplicateKey(key) }
            contents.loadedKeys += 1
        }
    }

    /// A value; nil for an empty collection, which is passed over as Redis does.
    private mutating func value(
        of type: UInt8, _ limits: EncodingLimits
    ) throws(RDBError) -> Value? {
        do throws(RDBError) {
            return try decoder.value(of: type, limits)
        } catch {
            guard error == .emptyCollection else { throw error }
            return nil
        }
    }
}
