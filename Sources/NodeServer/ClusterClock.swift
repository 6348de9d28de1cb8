package import ClusterCore
package import NIOCore

/// Real time as the core counts it: nanoseconds since the cluster was started.
package struct ClusterClock: Sendable {
    private let start: NIODeadline

    package init() {
        start = .now()
    }

    package var now: Instant {
        Instant(nanoseconds: (NIODeadline.now() - start).nanoseconds)
    }

    package func deadline(of instant: Instant) -> NIODeadline {
        start + .nanoseconds(instant.nanoseconds)
    }
}
