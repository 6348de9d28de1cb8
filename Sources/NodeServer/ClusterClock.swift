package import ClusterCore
package import NIOCore

/// The cluster's time as the core counts it: nanoseconds since the cluster was started. It passes as everybody's does
/// unless somebody has it pass faster, slower or not at all.
///
/// A change takes place at a moment a little ahead, so that all event loops have heard of it by then and none sees time
/// go back.
package struct ClusterClock: Sendable {
    private var earlier: Pace
    private var later: Pace

    /// How time passes from a moment on.
    private struct Pace {
        var begins: NIODeadline
        var instant: Int64
        var speed: Double

        @inline(__always)
        func nanoseconds(at moment: NIODeadline) -> Int64 {
            let passed = (moment - begins).nanoseconds
            return instant + (speed == 1 ? passed : Int64(Double(passed) * speed))
        }
    }

    package init() {
        earlier = Pace(begins: .now(), instant: 0, speed: 1)
        later = earlier
    }

    package var now: Instant { instant(at: .now()) }

    /// How fast time passes: 1 as everybody's, 0 not at all.
    package var speed: Double { later.speed }

    @inline(__always)
    private func instant(at moment: NIODeadline) -> Instant {
        let pace = moment < later.begins ? earlier : later
        return Instant(nanoseconds: pace.nanoseconds(at: moment))
    }

    /// When the instant comes; nil while time stands still before it.
    package func deadline(of instant: Instant) -> NIODeadline? {
        let turn = later.nanoseconds(at: later.begins)
        let pace = instant.nanoseconds < turn && NIODeadline.now() < later.begins ? earlier : later
        let left = instant.nanoseconds - pace.instant
        guard left > 0 else { return pace.begins }
        guard pace.speed > 0 else { return nil }
        return pace.begins
            + .nanoseconds(pace.speed == 1 ? left : Int64(Double(left) / pace.speed))
    }

    /// The instant of the last change of speed, or of the next one.
    var turn: Instant { Instant(nanoseconds: later.instant) }

    /// Lets time pass at another speed from a moment on.
    mutating func change(speed: Double, at moment: NIODeadline) {
        earlier = NIODeadline.now() < later.begins ? earlier : later
        later = Pace(
            begins: moment, instant: earlier.nanoseconds(at: moment), speed: max(0, speed))
    }

    /// Makes it another time at once.
    mutating func jump(to instant: Instant) {
        later = Pace(begins: .now(), instant: instant.nanoseconds, speed: later.speed)
        earlier = later
    }
}
