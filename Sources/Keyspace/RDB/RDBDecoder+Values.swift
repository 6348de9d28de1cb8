import RESP

/// Values in dumps (`rdbLoadObject`): the encodings that Redis 7.0 writes, those that it still reads,
/// and those of later servers that such a node can keep.
extension RDBDecoder {
    /// A value of a type that is read already. After an `emptyCollection` all of it has been read.
    mutating func value(of type: UInt8, _ limits: EncodingLimits) throws(RDBError) -> Value {
        guard let type = RDBType(rawValue: type) else { throw .unknownType(type) }
        switch type {
        case .string:
            switch try text() {
            case .number(let number): return .integer(number)
            case .bytes(let bytes): return bytes.integer.map { .integer($0) } ?? .string(bytes)
            }
        case .list: return .list(try list(limits))
        case .listZiplist: return .list(try ziplistList(limits))
        case .listQuicklist, .listQuicklist2: return .list(try quicklist(type, limits))
        case .set: return .set(try set(limits))
        case .setIntset: return .set(try integers(limits))
        case .hash: return .hash(try hash(limits))
        case .hashZipmap: return .hash(try zipmap(limits))
        case .hashZiplist, .hashListpack: return .hash(try packedHash(type, limits))
        case .streamListpacks, .streamListpacks2, .streamListpacks3:
            return .stream(try stream(type))
        case .setListpack: return .set(try packedSet(limits))
        case .earlyHashWithTimes, .hashWithTimes:
            return .hash(try hashWithTimes(type, limits))
        case .earlyHashListpackWithTimes, .hashListpackWithTimes:
            return .hash(try packedHashWithTimes(type, limits))
        case .sortedSet, .sortedSet2: return .sortedSet(try sortedSet(type, limits))
        case .sortedSetZiplist, .sortedSetListpack:
            return .sortedSet(try packedSortedSet(type, limits))
        case .module, .module2:
            throw .unsupportedType(type.kindName)
        }
    }

    /// How many elements follow. A collection has one at least.
    mutating func elementCount() throws(RDBError) -> Int {
        let count = try length()
        guard count > 0 else { throw .emptyCollection }
        guard let count = Int(exactly: count) else { throw .truncated }
        return count
    }

    // MARK: - Lists

    private mutating func list(_ limits: EncodingLimits) throws(RDBError) -> ListValue {
        var list = ListValue(limits)
        for _ in 0..<(try elementCount()) {
            try string().withItem { list.push($0, at: .tail) }
        }
        return list
    }

    private mutating func ziplistList(_ limits: EncodingLimits) throws(RDBError) -> ListValue {
        var list = ListValue(limits)
        try Ziplist(try string()).forEach { list.push($0, at: .tail) }
        guard list.count > 0 else { throw .emptyCollection }
        return list
    }

    private mutating func quicklist(
        _ type: RDBType, _ limits: EncodingLimits
    ) throws(RDBError) -> ListValue {
        var list = ListValue(limits)
        for _ in 0..<(try elementCount()) {
            let container =
                type == .listQuicklist2 ? try length() : UInt64(RDBFormat.packedNode)
            let bytes = try string()
            guard bytes.count > 0 else { throw .brokenCollection("Quicklist") }
            let node: Listpack
            switch Int(truncatingIfNeeded: container) {
            case RDBFormat.plainNode: node = bytes.withBuffer { Listpack([.bytes($0)]) }
            case RDBFormat.packedNode where type == .listQuicklist2: node = try listpack(bytes)
            case RDBFormat.packedNode: node = try Ziplist(bytes).listpack()
            default: throw .brokenCollection("Quicklist")
            }
            if !node.isEmpty { list.append(node) }
        }
        guard list.count > 0 else { throw .emptyCollection }
        return list
    }

    func listpack(_ bytes: ByteString) throws(RDBError) -> Listpack {
        let bytes = bytes.bytes
        guard Listpack.isWhole(bytes) else { throw .brokenCollection("Listpack") }
        return Listpack(whole: bytes)
    }

    // MARK: - Sets

    private mutating func set(_ limits: EncodingLimits) throws(RDBError) -> SetValue {
        let count = try elementCount()
        var set = SetValue(capacity: count, limits: limits)
        for _ in 0..<count {
            let isNew = try string().withArgument { set.insert($0, limits) }
            guard isNew else { throw .brokenCollection("Set") }
        }
        return set
    }

    private mutating func integers(_ limits: EncodingLimits) throws(RDBError) -> SetValue {
        let bytes = try string().bytes
        guard IntegerSet.isWhole(bytes) else { throw .brokenCollection("Intset") }
        return SetValue(IntegerSet(whole: bytes), limits: limits)
    }

    // MARK: - Hashes

    private mutating func hash(_ limits: EncodingLimits) throws(RDBError) -> HashValue {
        let count = try elementCount()
        var hash = HashValue(capacity: count, limits: limits)
        for _ in 0..<count {
            let field = try string()
            let value = try string()
            guard hash.add(field, value, limits) else { throw .brokenCollection("Hash") }
        }
        return hash
    }

    private mutating func zipmap(_ limits: EncodingLimits) throws(RDBError) -> HashValue {
        var hash = HashValue()
        var isUnique = true
        try Zipmap(try string()).forEach { field, value in
            isUnique = hash.add(field, value, limits) && isUnique
        }
        guard isUnique else { throw .brokenCollection("Zipmap") }
        // Redis keeps an empty one, too; no command could have made it.
        guard hash.count > 0 else { throw .emptyCollection }
        return hash
    }

    private mutating func packedHash(
        _ type: RDBType, _ limits: EncodingLimits
    ) throws(RDBError) -> HashValue {
        let bytes = try string()
        let pairs =
            type == .hashListpack ? try listpack(bytes) : try Ziplist(bytes).listpack()
        guard pairs.count % 2 == 0, pairs.hasUniqueFields(seed: limits.seed) else {
            throw .brokenCollection("Hash")
        }
        guard !pairs.isEmpty else { throw .emptyCollection }
        return HashValue(pairs, limits: limits)
    }
}

// MARK: - Sorted sets

extension RDBDecoder {
    private mutating func sortedSet(
        _ type: RDBType, _ limits: EncodingLimits
    ) throws(RDBError) -> SortedSetValue {
        var scores = ElementTable<Double>(seed: limits.seed)
        for _ in 0..<(try elementCount()) {
            let member = try string()
            let score =
                type == .sortedSet2
                ? Double(bitPattern: try littleEndian(UInt64.self)) : try oldScore()
            let hash = member.withArgument { scores.hash(of: $0) }
            let isNew = member.withArgument { scores.index(of: $0, hash: hash) == nil }
            guard isNew, !score.isNaN else { throw .brokenCollection("Zset") }
            scores.insert(member, hash: hash, score)
        }
        return SortedSetValue(scores, limits)
    }

    /// A score in digits, as Redis wrote them until version 4 (`rdbLoadDoubleValue`).
    private mutating func oldScore() throws(RDBError) -> Double {
        switch try byte() {
        case 255: return -.infinity
        case 254: return .infinity
        case 253: return .nan
        case let count:
            guard let score = parseBound(try take(Int(count))) else {
                throw .brokenCollection("Zset")
            }
            return score
        }
    }

    private mutating func packedSortedSet(
        _ type: RDBType, _ limits: EncodingLimits
    ) throws(RDBError) -> SortedSetValue {
        let bytes = try string()
        let pairs =
            type == .sortedSetListpack ? try listpack(bytes) : try Ziplist(bytes).listpack()
        guard pairs.count % 2 == 0, pairs.hasUniqueFields(seed: limits.seed) else {
            throw .brokenCollection("Zset")
        }
        guard !pairs.isEmpty else { throw .emptyCollection }
        guard pairs.hasScores else { throw .brokenCollection("Zset") }
        return SortedSetValue(pairs, limits: limits)
    }
}

extension Listpack {
    /// Whether every second element of these pairs may be a score, by which members can be put in order.
    fileprivate var hasScores: Bool {
        withView { view in
            var offset = ListpackView.first
            while offset < view.end {
                let score = view.next(after: offset)
                if view.item(at: score).score.isNaN { return false }
                offset = view.next(after: score)
            }
            return true
        }
    }
}

extension Listpack {
    /// Whether no field of these pairs comes twice.
    func hasUniqueFields(seed: UInt64) -> Bool {
        var fields = ElementTable<SetValue.Nothing>(seed: seed)
        return withView { view in
            var offset = ListpackView.first
            while offset < view.end {
                let field = view.item(at: offset).copied
                let isNew = field.withArgument { argument in
                    let hash = fields.hash(of: argument)
                    guard fields.index(of: argument, hash: hash) == nil else { return false }
                    fields.insert(field, hash: hash, SetValue.Nothing())
                    return true
                }
                guard isNew else { return false }
                offset = view.next(after: view.next(after: offset))
            }
            return true
        }
    }
}

extension HashValue {
    /// Adds a field of a dump.
    /// - Returns: whether it is new, as it should be.
    mutating func add(
        _ field: ByteString, _ value: ByteString, _ limits: EncodingLimits
    ) -> Bool {
        field.withArgument { field in value.withArgument { set(field, to: $0, limits) } }
    }
}
