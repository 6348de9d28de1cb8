package import ClusterCore

/// What a node did or noticed, or that it has ended, and when by the world's time.
package struct ToldEvent: Hashable, Sendable {
    package let time: Instant
    package let host: Int
    /// nil: its process has ended in good order.
    package let event: NodeEvent?
}
