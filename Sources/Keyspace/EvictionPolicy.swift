/// Which keys go when there are too many (maxmemory-policy).
package struct EvictionPolicy: Hashable, Sendable {
    /// What is looked at.
    enum Order: Sendable {
        /// Those go that were not used for the longest time, or the least often, or that expire first.
        case lru, lfu, ttl
        case random
    }

    /// Whether only keys go that expire anyway.
    let isVolatile: Bool
    let order: Order

    /// nil for `noeviction`.
    package init?(_ name: String) {
        switch name {
        case "volatile-lru": (isVolatile, order) = (true, .lru)
        case "volatile-lfu": (isVolatile, order) = (true, .lfu)
        case "volatile-random": (isVolatile, order) = (true, .random)
        case "volatile-ttl": (isVolatile, order) = (true, .ttl)
        case "allkeys-lru": (isVolatile, order) = (false, .lru)
        case "allkeys-lfu": (isVolatile, order) = (false, .lfu)
        case "allkeys-random": (isVolatile, order) = (false, .random)
        default: return nil
        }
    }
}

/// Keys that were found to be worth evicting, the best last: what one sample has shown is of use for the next ones.
struct EvictionPool: Sendable {
    private struct Candidate: Sendable {
        let key: ByteString
        let idleness: UInt64
    }

    private static let capacity = 16
    private var candidates: [Candidate] = []

    /// Takes a key in, if there is place or a worse one.
    mutating func add(_ key: ByteString, idleness: UInt64) {
        guard !candidates.contains(where: { $0.key == key }) else { return }
        let place = candidates.prefix { $0.idleness < idleness }.count
        let candidate = Candidate(key: key, idleness: idleness)
        if candidates.count < Self.capacity {
            candidates.insert(candidate, at: place)
        } else if place > 0 {
            candidates.insert(candidate, at: place)
            candidates.removeFirst()
        }
    }

    /// Takes the best one out.
    mutating func takeBest() -> ByteString? { candidates.popLast()?.key }
}
