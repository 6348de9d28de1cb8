/// Writes the parts of a dump, in the shortest form that Redis would choose for each (rdb.c).
struct RDBEncoder: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Whether long strings are compressed.
    var compresses = true
    /// Made when the first string is long enough to be compressed.
    private var compressor: LZFCompressor?

    /// Redis does not try to compress strings that are no longer.
    private static let uncompressed = 20
    /// Nor numbers in strings that are longer.
    private static let longestNumber = 11

    /// Takes the bytes that are written so far.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func text(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// A number in bytes of its own width, the lowest first.
    mutating func littleEndian(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func length(_ length: Int) {
        if length < 1 << 6 {
            byte(UInt8(length))
        } else if length < 1 << 14 {
            byte(RDBFormat.Length.fourteenBits | UInt8(length >> 8))
            byte(UInt8(truncatingIfNeeded: length))
        } else if let length = UInt32(exactly: length) {
            byte(RDBFormat.Length.thirtyTwoBits)
            littleEndian(length.byteSwapped)
        } else {
            byte(RDBFormat.Length.sixtyFourBits)
            littleEndian(UInt64(length).byteSwapped)
        }
    }

    /// A key, a value or a name: as a number or compressed, where that is shorter.
    mutating func string(_ string: ByteString) {
        if string.count <= Self.longestNumber, let number = string.integer, self.number(number) {
            return
        }
        string.withBuffer { buffer in
            if compresses, buffer.count > Self.uncompressed, compressed(buffer) { return }
            length(buffer.count)
            bytes.append(contentsOf: buffer)
        }
    }

    /// A library of functions.
    mutating func functionLibrary(_ code: ByteString) {
        byte(RDBFormat.Opcode.functionLibrary)
        string(code)
    }

    /// The type of a value, for its place in front of the key.
    mutating func type(of value: Value) {
        switch value {
        case .integer, .string, .raw: byte(RDBType.string.rawValue)
        case .list: byte(RDBType.listQuicklist2.rawValue)
        case .set(let set):
            switch set.storage {
            case .integers: byte(RDBType.setIntset.rawValue)
            case .table: byte(RDBType.set.rawValue)
            }
        case .hash(let hash):
            switch hash.storage {
            case .listpack: byte(RDBType.hashListpack.rawValue)
            case .table: byte(RDBType.hash.rawValue)
            }
        case .stream: byte(RDBType.streamListpacks2.rawValue)
        case .sortedSet(let sortedSet):
            switch sortedSet.storage {
            case .listpack: byte(RDBType.sortedSetListpack.rawValue)
            case .tree: byte(RDBType.sortedSet2.rawValue)
            }
        }
    }

    /// A value without its type.
    mutating func value(_ value: Value) {
        switch value {
        case .integer(let integer):
            if !number(integer) { string(ByteString("\(integer)")) }
        case .string(let bytes), .raw(let bytes): string(bytes)
        case .list(let list): self.list(list)
        case .set(let set): self.set(set)
        case .hash(let hash): self.hash(hash)
        case .stream(let stream): self.stream(stream)
        case .sortedSet(let sortedSet): self.sortedSet(sortedSet)
        }
    }

    /// The nodes of a list as they are (`rdbSaveObject`).
    private mutating func list(_ list: ListValue) {
        let nodes = list.body.content.nodes
        length(nodes.count)
        for index in 0..<nodes.count {
            length(RDBFormat.packedNode)
            string(ByteString(nodes[index].bytes))
        }
    }

    private mutating func set(_ set: SetValue) {
        switch set.storage {
        case .integers(let integers): string(ByteString(integers.bytes))
        case .table(let table):
            length(table.content.count)
            for entry in table.content.entries { string(entry.key) }
        }
    }

    private mutating func hash(_ hash: HashValue) {
        switch hash.storage {
        case .listpack(let listpack): string(ByteString(listpack.bytes))
        case .table(let table):
            length(table.content.count)
            for entry in table.content.entries {
                string(entry.key)
                string(entry.payload)
            }
        }
    }

    /// A large one begins with its last member, which spares Redis work when it reads it.
    private mutating func sortedSet(_ sortedSet: SortedSetValue) {
        switch sortedSet.storage {
        case .listpack(let listpack): string(ByteString(listpack.bytes))
        case .tree(let body):
            let order = body.content.order
            length(order.count)
            order.forEach(in: 0..<order.count, reversed: true) { item in
                string(item.member)
                littleEndian(item.score.bitPattern)
            }
        }
    }

    /// A number of up to 32 bits; false where it has more, and nothing was written.
    private mutating func number(_ number: Int64) -> Bool {
        if let number = Int8(exactly: number) {
            encoded(RDBFormat.StringEncoding.int8)
            littleEndian(number)
        } else if let number = Int16(exactly: number) {
            encoded(RDBFormat.StringEncoding.int16)
            littleEndian(number)
        } else if let number = Int32(exactly: number) {
            encoded(RDBFormat.StringEncoding.int32)
            littleEndian(number)
        } else {
            return false
        }
        return true
    }

    /// A compressed string; false where compression saves fewer than four bytes, and nothing was
    /// written.
    private mutating func compressed(_ string: UnsafeBufferPointer<UInt8>) -> Bool {
        if compressor == nil { compressor = LZFCompressor() }
        guard let packed = compressor?.compress(string, limit: string.count - 4) else {
            return false
        }
        encoded(RDBFormat.StringEncoding.lzf)
        length(packed.count)
        length(string.count)
        bytes += packed
        return true
    }

    private mutating func encoded(_ encoding: UInt8) {
        byte(RDBFormat.Length.encodedString | encoding)
    }
}
