/// What Redis keeps in an object's 24 `lru` bits: the second of the last access, or under an LFU
/// policy the minute of the last decrement and a logarithmic counter of accesses (evict.c).
package enum AccessClock {
    private static let initialCounter: UInt32 = 5

    /// How the counter of accesses grows and decays.
    package struct Pace: Hashable, Sendable {
        /// lfu-log-factor: the greater it is, the more accesses raise a counter that is high already; 0 counts each.
        package var logFactor = 10
        /// lfu-decay-time: minutes without an access that cost one; 0 for none.
        package var decayMinutes = 1

        package init() {}
    }

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
    package static func counted(
        _ clock: UInt32, at now: Int64, _ pace: Pace, random: inout SplitMix64
    ) -> UInt32 {
        var counter = frequency(of: clock, at: now, pace)
        if counter < 255 {
            let base = counter > initialCounter ? Int(counter - initialCounter) : 0
            if random.next(below: base * pace.logFactor + 1) == 0 { counter += 1 }
        }
        return minutes(at: now) << 8 | counter
    }

    /// The counter as OBJECT FREQ shows it: one less for each period without an access.
    package static func frequency(of clock: UInt32, at now: Int64, _ pace: Pace) -> UInt32 {
        let elapsed = (minutes(at: now) &- (clock >> 8)) & 0xFFFF
        let counter = clock & 0xFF
        let periods = pace.decayMinutes == 0 ? 0 : Int(elapsed) / pace.decayMinutes
        return counter - min(counter, UInt32(periods))
    }

    private static func minutes(at now: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: now / 60_000) & 0xFFFF
    }
}
