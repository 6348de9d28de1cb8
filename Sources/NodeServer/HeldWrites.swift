import ClusterCore
import NIOCore

/// Bytes that wait for their socket. What a step writes leaves together, and only as fast as the other side takes
/// it, so that how much is held says how far the other side lags behind.
struct HeldWrites {
    private var bytes = ByteBuffer()

    var count: Int { bytes.readableBytes }

    mutating func append(_ more: [UInt8]) {
        bytes.writeBytes(more)
    }

    /// Hands over what is held where the channel takes more.
    /// - Returns: what is to be written.
    mutating func take(for channel: any Channel) -> ByteBuffer? {
        guard count > 0, channel.isWritable else { return nil }
        defer { bytes = ByteBuffer() }
        return bytes
    }
}

/// How long a client has left more waiting than it may for long.
struct OverdueWrites {
    private var since: NIODeadline?

    /// Notes how much is waiting.
    /// - Returns: whether it is too much, or has been for too long.
    mutating func exceed(
        _ limit: OutputBufferLimits.Limit, by count: Int, now: NIODeadline
    ) -> Bool {
        guard limit.isReached(by: count) else {
            since = nil
            return false
        }
        let since = since ?? now
        self.since = since
        return limit.isExceeded(by: count, for: .nanoseconds((now - since).nanoseconds))
    }
}
