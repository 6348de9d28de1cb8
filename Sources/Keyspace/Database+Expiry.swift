extension Database {
    /// Whether an expiry means that the key goes at once. A replica waits for its master to say so.
    package func isPast(_ expiry: Int64) -> Bool { expiry <= now && !isReplica }

    /// Deletes some of the keys that have expired without anybody asking for them.
    ///
    /// Like Redis' active expire cycle it samples, goes on while more than a tenth of the sample
    /// had expired, and is bounded; the bound is a number of keys, so that a run repeats exactly.
    package mutating func expireSome(sample: Int = 20, limit: Int = 20_000) {
        if volatileCount == 0 { averageTTL = 0 }
        guard volatileCount > 0, !isReplica, !isFrozen else { return }
        var examined = 0
        var slotsVisited = 0
        while examined < limit, slotsVisited < HashSlot.count, volatileCount > 0 {
            var met = 0
            var expired = 0
            var lifetimes: Int64 = 0
            while met < sample, slotsVisited < HashSlot.count {
                let slot = expiryCursor
                expiryCursor = (expiryCursor + 1) % HashSlot.count
                slotsVisited += 1
                guard volatileCounts[slot] > 0 else { continue }
                for index in tables[slot].entries.indices.reversed()
                where tables[slot][index].isVolatile {
                    met += 1
                    if tables[slot][index].expiry < now {
                        expired += 1
                        _ = expire(slot, index)
                    } else {
                        lifetimes &+= tables[slot][index].expiry - now
                    }
                }
            }
            if met > expired { noteLifetime(lifetimes / Int64(met - expired)) }
            examined += met
            if expired * 10 <= met { return }
        }
    }

    /// What INFO shows as avg_ttl: each sample counts for a fiftieth, as in Redis.
    private mutating func noteLifetime(_ sample: Int64) {
        if averageTTL == 0 { averageTTL = sample }
        averageTTL = averageTTL / 50 * 49 + sample / 50
    }
}
