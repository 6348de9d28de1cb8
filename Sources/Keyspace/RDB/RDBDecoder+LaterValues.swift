import RESP

/// Values as servers after Redis 7.0 write them, where a node of 7.0 has a home for them.
///
/// A hash with a field that expires has none: without its times it would keep what its owner has
/// let go of. It is refused, as an earlier server refuses every type that it does not know.
extension RDBDecoder {
    /// The members of a small set, which is a table here: 7.0 has no listpacks for sets.
    mutating func packedSet(_ limits: EncodingLimits) throws(RDBError) -> SetValue {
        let members = try listpack(try string())
        guard !members.isEmpty else { throw .emptyCollection }
        var set = SetValue(capacity: members.count, limits: limits)
        var isUnique = true
        members.withView { view in
            view.forEach { isUnique = set.insert($0, limits) && isUnique }
        }
        guard isUnique else { throw .brokenCollection("Set listpack") }
        return set
    }

    /// A large hash: of each field when it expires, zero for never, and what the others have of it.
    mutating func hashWithTimes(
        _ type: RDBType, _ limits: EncodingLimits
    ) throws(RDBError) -> HashValue {
        if type == .hashWithTimes { try skipEarliestTime() }
        let count = try elementCount()
        var hash = HashValue(capacity: count, limits: limits)
        for _ in 0..<count {
            guard try length() == 0 else { throw .expiringFields }
            let field = try string()
            let value = try string()
            guard hash.add(field, value, limits) else { throw .brokenCollection("Hash") }
        }
        return hash
    }

    /// A small hash: fields, values and times in turn, with zero for never.
    mutating func packedHashWithTimes(
        _ type: RDBType, _ limits: EncodingLimits
    ) throws(RDBError) -> HashValue {
        if type == .hashListpackWithTimes { try skipEarliestTime() }
        let triples = try listpack(try string())
        guard triples.count % 3 == 0 else { throw .brokenCollection("Hash listpack") }
        guard !triples.isEmpty else { throw .emptyCollection }
        guard let pairs = triples.pairsWithoutTimes else { throw .expiringFields }
        guard pairs.hasUniqueFields(seed: limits.seed) else {
            throw .brokenCollection("Hash listpack")
        }
        return HashValue(pairs, limits: limits)
    }

    /// When the first of the fields expires, which the fields tell, too.
    private mutating func skipEarliestTime() throws(RDBError) {
        _ = try littleEndian(Int64.self)
    }
}

extension Listpack {
    /// The first two of every three elements; nil where one of the third is not zero.
    fileprivate var pairsWithoutTimes: Listpack? {
        var pairs = Listpack()
        var place = 0
        var hasTimes = false
        withView { view in
            view.forEach { item in
                if place % 3 < 2 {
                    pairs.append(item)
                } else if !item.equals(.number(0)) {
                    hasTimes = true
                }
                place += 1
            }
        }
        return hasTimes ? nil : pairs
    }
}

extension RDBError {
    fileprivate static let expiringFields = RDBError.unsupported("a hash with fields that expire")
}
