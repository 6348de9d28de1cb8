import RESP

/// What `--bigkeys` and `--memkeys` know of each type of keys.
struct KeyTypes {
    private(set) var types: [KeyType] = [
        KeyType(name: "list", sizeCommand: "LLEN", unit: "items"),
        KeyType(name: "hash", sizeCommand: "HLEN", unit: "fields"),
        KeyType(name: "string", sizeCommand: "STRLEN", unit: "bytes"),
        KeyType(name: "stream", sizeCommand: "XLEN", unit: "entries"),
        KeyType(name: "set", sizeCommand: "SCARD", unit: "members"),
        KeyType(name: "zset", sizeCommand: "ZCARD", unit: "members"),
    ]

    /// One type of keys, and what was found of it.
    struct KeyType {
        let name: String
        /// Nil for the types of modules.
        let sizeCommand: String?
        let unit: String
        var count = 0
        var totalSize = 0
        var biggest = 0
        var biggestKey: String?
    }

    private var lookupCount = 0

    /// In the order in which redis-cli lists them. It is that of a hash table which two look-ups finish growing.
    var listed: [KeyType] {
        switch lookupCount {
        case 0: [types[1], types[0]] + types[2...]
        case 1: [types[2], types[0], types[1]] + types[3...]
        default: types
        }
    }

    /// The place of a type, which is new if a module's; nil for a key that is gone.
    mutating func place(of name: String) -> Int? {
        lookupCount += 1
        if let place = types.firstIndex(where: { $0.name == name }) { return place }
        guard name != "none" else { return nil }
        types.append(KeyType(name: name, sizeCommand: nil, unit: "?"))
        return types.count - 1
    }

    /// Takes in a key. True when it is the biggest of its type so far.
    mutating func note(_ key: [UInt8], size: Int, at place: Int) -> Bool {
        types[place].totalSize += size
        types[place].count += 1
        guard types[place].biggest < size else { return false }
        types[place].biggest = size
        types[place].biggestKey = RESPValue.quoted(key)
        return true
    }
}
