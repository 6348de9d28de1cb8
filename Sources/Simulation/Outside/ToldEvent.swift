package import ClusterCore

/// What a node did or noticed, and when by the world's time.
package struct ToldEvent: Hashable, Sendable {
    package let time: Instant
    package let host: Int
    package let event: NodeEvent
}
