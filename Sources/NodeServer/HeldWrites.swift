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

/// How much a client may leave waiting before its connection ends: client-output-buffer-limit of a replica,
/// 256mb 64mb 60.
struct OutputLimit {
    private static let hard = 256 * 1024 * 1024
    private static let soft = 64 * 1024 * 1024
    private static let softTime = TimeAmount.seconds(60)

    private var softSince: NIODeadline?

    /// Notes how much is waiting.
    /// - Returns: whether it is too much, or has been for too long.
    mutating func isExceeded(by count: Int, now: NIODeadline) -> Bool {
        guard count >= Self.soft else {
            softSince = nil
            return false
        }
        let since = softSince ?? now
        softSince = since
        return count >= Self.hard || now - since > Self.softTime
    }
}
