#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The time of clusters that live in everybody's.
package enum RealTime {
    private static let start = ContinuousClock.now

    /// Since the first call.
    package static var elapsed: Duration { start.duration(to: .now) }

    /// Waits for a moment that nobody notices: less than `pass` can.
    package static func glance() { usleep(100) }

    /// Waits; Ctrl-C ends it.
    package static func pass(_ duration: Duration) throws(LabError) {
        let deadline = ContinuousClock.now + duration
        while case let left = ContinuousClock.now.duration(to: deadline), left > .zero {
            let milliseconds = (left / .milliseconds(1)).rounded(.up)
            // Waits for nothing but the time: only a signal ends it early.
            guard poll(nil, 0, Int32(min(milliseconds, 60_000))) == 0 else { throw .interrupted }
        }
    }
}
