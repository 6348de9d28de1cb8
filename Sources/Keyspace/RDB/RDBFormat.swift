/// The numbers of Redis' dump format (rdb.h).
enum RDBFormat {
    /// The version that Redis 7.0 writes, and what is written here: every later server reads it.
    static let version = 10
    /// The latest version that is read: that of Redis 7.4 to 8.2. Redis 7.2 and Valkey 7.2 to 8.1 write 11.
    ///
    /// Redis 7.0 itself refuses what is later than its own. A node that shares a cluster with later
    /// servers has to take their data, so this one does more.
    static let latestVersion = 12
    static let signature: StaticString = "REDIS"
    /// A node of a list: an element alone, or a listpack.
    static let plainNode = 1
    static let packedNode = 2

    /// The bytes that stand in a file where the type of a value could.
    enum Opcode {
        /// How many keys a slot will have, since Redis 7.4.
        static let slotInformation: UInt8 = 244
        static let functionLibrary: UInt8 = 245
        static let earlyFunctionLibrary: UInt8 = 246
        static let moduleAuxiliary: UInt8 = 247
        static let idle: UInt8 = 248
        static let frequency: UInt8 = 249
        static let auxiliary: UInt8 = 250
        static let resize: UInt8 = 251
        static let expiryMilliseconds: UInt8 = 252
        static let expirySeconds: UInt8 = 253
        static let selectDatabase: UInt8 = 254
        static let end: UInt8 = 255
    }

    /// The first byte of a length: the form of the length in its two upper bits.
    enum Length {
        static let fourteenBits: UInt8 = 0x40
        static let thirtyTwoBits: UInt8 = 0x80
        static let sixtyFourBits: UInt8 = 0x81
        static let encodedString: UInt8 = 0xC0
    }

    /// The strings that are written in a shorter form, in the lower bits of an `encodedString`.
    enum StringEncoding {
        static let int8: UInt8 = 0
        static let int16: UInt8 = 1
        static let int32: UInt8 = 2
        static let lzf: UInt8 = 3
    }
}

/// How a value is laid out in a dump.
enum RDBType: UInt8 {
    case string = 0
    case list, set, sortedSet, hash, sortedSet2, module, module2
    case hashZipmap = 9
    case listZiplist, setIntset, sortedSetZiplist, hashZiplist, listQuicklist, streamListpacks
    case hashListpack, sortedSetListpack, listQuicklist2, streamListpacks2
    /// Since Redis 7.2: few members in a listpack, and consumers with two times.
    case setListpack, streamListpacks3
    /// Since Redis 7.4: hashes some of whose fields expire, as the release candidates wrote them,
    /// and as releases do.
    case earlyHashWithTimes, earlyHashListpackWithTimes, hashWithTimes, hashListpackWithTimes

    /// The type of the value, as TYPE names it.
    var kindName: String {
        switch self {
        case .string: "string"
        case .list, .listZiplist, .listQuicklist, .listQuicklist2: "list"
        case .set, .setIntset, .setListpack: "set"
        case .sortedSet, .sortedSet2, .sortedSetZiplist, .sortedSetListpack: "zset"
        case .hash, .hashZipmap, .hashZiplist, .hashListpack, .earlyHashWithTimes,
            .earlyHashListpackWithTimes, .hashWithTimes, .hashListpackWithTimes:
            "hash"
        case .streamListpacks, .streamListpacks2, .streamListpacks3: "stream"
        case .module, .module2: "module"
        }
    }
}
