/// Why a dump cannot be loaded.
package enum RDBError: Error, Hashable, Sendable {
    /// The bytes end before the dump does.
    case truncated
    /// The bytes are no dump at all.
    case wrongSignature
    case unknownVersion(Int)
    case wrongChecksum(expected: UInt64, found: UInt64)
    case unknownLength(UInt8)
    case unknownStringEncoding(UInt8)
    case brokenCompression
    /// The elements of a collection are not laid out as they should be, or one comes twice.
    case brokenCollection(String)
    /// A collection without elements, which no command leaves behind.
    case emptyCollection
    case unknownType(UInt8)
    /// A value of a type that these nodes do not have, by the name that TYPE has for it.
    case unsupportedType(String)
    /// Something other than keys that these nodes could only lose.
    case unsupported(String)
    /// These nodes have database 0 only.
    case otherDatabase(UInt64)
    case duplicateKey(ByteString)
}

extension RDBError: CustomStringConvertible {
    /// The reason for the log: Redis' words where it has some for it.
    package var description: String {
        switch self {
        case .truncated: "Unexpected EOF reading RDB file"
        case .wrongSignature: "Wrong signature trying to load DB from file"
        case .unknownVersion(let version): "Can't handle RDB format version \(version)"
        case .wrongChecksum(let expected, let found):
            "Wrong RDB checksum expected: (\(String(expected, radix: 16))) but "
                + "got (\(String(found, radix: 16))). Aborting now."
        case .unknownLength(let byte): "Unknown length encoding \(byte) in rdbLoadLen()"
        case .unknownStringEncoding(let encoding): "Unknown RDB string encoding type \(encoding)"
        case .brokenCompression: "Invalid LZF compressed string"
        case .brokenCollection(let name): "\(name) integrity check failed."
        case .emptyCollection: "a key with an empty collection"
        case .unknownType(let type): "Unknown RDB encoding type \(type)"
        case .unsupportedType(let name): "values of type \(name) cannot be kept by this node"
        case .unsupported(let what): "\(what) cannot be kept by this node"
        case .otherDatabase(let number):
            "keys of database \(number) cannot be kept by this node, which has database 0 only"
        case .duplicateKey(let key): "RDB has duplicated key '\(key)' in DB 0"
        }
    }
}
