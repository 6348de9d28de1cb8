/// What Redis keeps in an object's 24 `lru` bits: the second of the last access, or under an LFU
/// policy the minute of the last decrement and a logarithmic counter of accesses (evict.c).
package enum AccessClock {
    private static let initialCounter: UInt32 = 5
    /// lfu-log-factor and lfu-decay-time at their defaults.
    private static let logFactor = 10
    private static let decayMinutes: UInt32 = 1

    @inline(__always)
    package static func seconds(at now: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: now / 1000)
    }

    /// The clock of a key that has not been used for so many seconds.
    static func seconds(at now: Int64, idle: UInt64) -> UInt32 {
        seconds(at: now) &- UInt32(truncatingIfNeeded: idle)
    }

    /// The clock of a key that is used now and has such a counter.
    static func counting(_ counter: UInt8, at now: Int64) -> UInt32 {
        minutes(at: now) << 8 | UInt32(counter)
    }

    package static func fresh(at now: Int64) -> UInt32 {
        minutes(at: now) << 8 | initialCounter
    }

    /// The clock after one more access: the counter decays with time, then grows with falling
    /// probability.
    package static func counted(_ clock: UInt32, at now: Int64, random: inout SplitMix64) -> UInt32
    {
        var counter = frequency(of: clock, at: now)
        if counter < 255 {
            let base = counter > initialCounter ? Int(counter - initialCounter) : 0
            if random.next(below: base * logFactor + 1) == 0 { counter += 1 }
        }
        return minutes(at: now) << 8 | counter
    }

    /// The counter as OBJECT FREQ shows it: one less for each minute without an access.
    package static func frequency(of clock: UInt32, at now: Int64) -> UInt32 {
        let elapsed = (minutes(at: now) &- (clock >> 8)) & 0xFFFF
        let counter = clock & 0xFF
        return counter - min(counter, elapsed / decayMinutes)
    }

    private static func minutes(at now: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: now / 60_000) & 0xFFFF
    }
}
