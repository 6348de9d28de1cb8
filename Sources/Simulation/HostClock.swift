import ClusterCore

/// The clock of one host: it may be ahead of or behind the world's time, and run faster or slower.
package struct HostClock: Hashable, Sendable {
    /// How far it is ahead.
    package var offset: Duration {
        didSet { ahead = offset.nanoseconds }
    }
    private var ahead: Int64
    /// Millionths by which it is too fast; negative if it is too slow.
    package var drift: Int64

    package init(offset: Duration = .zero, drift: Int64 = 0) {
        self.offset = offset
        ahead = offset.nanoseconds
        self.drift = drift
    }

    /// What it shows.
    func reading(at time: Instant) -> Instant {
        Instant(nanoseconds: time.nanoseconds + ahead + gain(at: time))
    }

    /// The first instant at which it shows at least that.
    func time(of reading: Instant) -> Instant {
        let shown = reading.advanced(by: .zero - offset).nanoseconds
        // Millionths are undone up to rounding, and what is left is made up for.
        var time = Instant(nanoseconds: shown - shown / (1_000_000 + drift) * drift)
        while self.reading(at: time) < reading { time.nanoseconds += 1_000 }
        return time
    }

    private func gain(at time: Instant) -> Int64 {
        drift == 0 ? 0 : time.nanoseconds / 1_000_000 * drift
    }
}
