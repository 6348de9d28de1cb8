import Keyspace
import Testing

struct AccessClockTests {
    private let pace = AccessClock.Pace()

    @Test func `a new key counts 5, falls by one a minute and never below 0`() {
        let start: Int64 = 1_700_000_000_000
        let clock = AccessClock.fresh(at: start)
        #expect(AccessClock.frequency(of: clock, at: start, pace) == 5)
        #expect(AccessClock.frequency(of: clock, at: start + 3 * 60_000, pace) == 2)
        #expect(AccessClock.frequency(of: clock, at: start + 60 * 60_000, pace) == 0)
    }

    @Test func `a counter grows with the logarithm of the accesses`() {
        var random = SplitMix64(seed: 1)
        var clock = AccessClock.fresh(at: 0)
        var counters: [UInt32] = []
        for access in 1...100_000 {
            clock = AccessClock.counted(clock, at: 0, pace, random: &random)
            if [100, 1_000, 100_000].contains(access) {
                counters.append(AccessClock.frequency(of: clock, at: 0, pace))
            }
        }
        // The table in redis.conf says about 10, 18 and 142 for lfu-log-factor 10.
        #expect((8...14).contains(counters[0]))
        #expect((14...25).contains(counters[1]))
        #expect((120...165).contains(counters[2]))
    }

    @Test func `the decay follows its period, and stops at 0`() {
        // A hundred, counted in the first minute.
        let clock: UInt32 = 100
        var pace = AccessClock.Pace()
        pace.decayMinutes = 3
        #expect(AccessClock.frequency(of: clock, at: 10 * 60_000, pace) == 97)
        pace.decayMinutes = 0
        #expect(AccessClock.frequency(of: clock, at: 10 * 60_000, pace) == 100)
    }

    @Test func `with the factor 0 every access counts`() {
        var random = SplitMix64(seed: 1)
        var clock = AccessClock.fresh(at: 0)
        var pace = AccessClock.Pace()
        pace.logFactor = 0
        for _ in 0..<90 { clock = AccessClock.counted(clock, at: 0, pace, random: &random) }
        #expect(AccessClock.frequency(of: clock, at: 0, pace) == 95)
    }
}
