/// A fingerprint of keys and values by which two nodes find out whether they hold the same (debug.c, `xorObjectDigest`).
///
/// What has no order, such as the members of a set, goes in by exclusive or; what has one goes in so that each part
/// changes what the earlier ones have left.
package struct DataDigest: Hashable, Sendable {
    private var bytes = [UInt8](repeating: 0, count: SHA1.length)

    /// Forty hexadecimal digits; zeros for nothing at all.
    package var text: String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// Adds something that has no place among the others.
    mutating func add(_ data: UnsafeBufferPointer<UInt8>) {
        let hash = SHA1.hash(of: data)
        for index in bytes.indices { bytes[index] ^= hash[index] }
    }

    mutating func add(_ digest: DataDigest) {
        digest.bytes.withUnsafeBufferPointer { add($0) }
    }

    /// Adds something that comes after all others.
    mutating func mix(_ data: UnsafeBufferPointer<UInt8>) {
        add(data)
        bytes = bytes.withUnsafeBufferPointer { SHA1.hash(of: $0) }
    }

    mutating func mix(_ item: ListpackItem) { item.withBuffer { mix($0) } }

    /// A number as it lies in a packet: four bytes, the highest first.
    mutating func mix(_ number: UInt32) {
        let bytes = stride(from: 24, through: 0, by: -8).map { shift in
            UInt8(truncatingIfNeeded: number >> UInt32(shift))
        }
        bytes.withUnsafeBufferPointer { mix($0) }
    }

    /// Adds a value, after what its key has left.
    mutating func mix(_ value: Value, expires: Bool) {
        mix(value.typeNumber)
        switch value {
        case .integer, .string, .raw: value.bytes?.withBuffer { mix($0) }
        case .list(let list): list.forEach(in: 0..<list.count) { mix($0) }
        case .set(let set): set.forEach { item in item.withBuffer { add($0) } }
        case .hash(let hash):
            hash.forEach { field, value in
                var pair = DataDigest()
                pair.mix(field)
                pair.mix(value)
                add(pair)
            }
        case .stream(let stream): mix(stream)
        case .sortedSet(let sortedSet):
            sortedSet.forEach { member, score in
                var pair = DataDigest()
                pair.mix(member)
                withText(ofScore: score) { pair.mix($0) }
                add(pair)
            }
        }
        if expires { Array("!!expire!!".utf8).withUnsafeBufferPointer { add($0) } }
    }

    /// Adds the entries of a stream; its groups do not count.
    private mutating func mix(_ stream: StreamValue) {
        stream.forEachEntry(from: .zero, through: .maximum) { node, entry in
            entry.id.withText(separator: UInt8(ascii: ".")) { mix($0) }
            node.forEachField(of: entry) { field, value in
                mix(field)
                mix(value)
            }
            return true
        }
    }
}

extension Value {
    /// What Redis counts types by (server.h, `OBJ_STRING` and so on).
    fileprivate var typeNumber: UInt32 {
        switch self {
        case .integer, .string, .raw: 0
        case .list: 1
        case .set: 2
        case .sortedSet: 3
        case .hash: 4
        case .stream: 6
        }
    }
}

extension Database {
    /// The fingerprint of all keys, those included that have expired and that nobody has met yet.
    package var digest: DataDigest {
        var all = DataDigest()
        guard count > 0 else { return all }
        // The number of the database.
        all.mix(0)
        for table in tables where table.count > 0 {
            for entry in table.entries {
                var digest = DataDigest()
                entry.key.withBuffer { digest.mix($0) }
                digest.mix(entry.value, expires: entry.isVolatile)
                all.add(digest)
            }
        }
        return all
    }

    /// The fingerprint of a key's value, expired or not; zeros where there is none.
    package func digest(of reference: Reference?) -> DataDigest {
        var digest = DataDigest()
        guard let reference else { return digest }
        digest.mix(self[reference], expires: expiry(of: reference) != nil)
        return digest
    }
}
