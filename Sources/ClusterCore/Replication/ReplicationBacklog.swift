/// The last bytes of the replication stream, kept for replicas that lose their connection for a moment
/// (`replBacklog` in server.h): a ring that grows up to repl-backlog-size.
struct ReplicationBacklog: Sendable {
    /// The offset in the stream of the oldest byte that is kept, where the first byte ever has 1.
    private(set) var firstOffset: Int64
    /// The most bytes that are kept.
    private(set) var capacity: Int
    /// While there is room the bytes in their order; later a ring that begins at `start`.
    private var ring: [UInt8] = []
    private var start = 0

    /// An empty backlog of a stream that goes on after `offset`.
    init(after offset: Int64, capacity: Int) {
        firstOffset = offset + 1
        self.capacity = capacity
    }

    /// How many bytes are kept.
    var count: Int { ring.count }

    /// Whether a replica that has everything before this offset can go on from here.
    func holds(from offset: Int64) -> Bool {
        offset >= firstOffset && offset <= firstOffset + Int64(count)
    }

    /// Adds what was written to the stream, and forgets the oldest bytes where there is no room.
    mutating func append(_ bytes: [UInt8]) {
        let surplus = max(0, bytes.count - capacity)
        let room = capacity - ring.count
        firstOffset += Int64(max(0, bytes.count - room))
        bytes.withUnsafeBufferPointer { bytes in
            var rest = UnsafeBufferPointer(rebasing: bytes.dropFirst(surplus))
            if room > 0 {
                let part = min(room, rest.count)
                ring.append(contentsOf: rest.prefix(part))
                rest = UnsafeBufferPointer(rebasing: rest.dropFirst(part))
            }
            while !rest.isEmpty {
                let part = min(rest.count, capacity - start)
                ring.withUnsafeMutableBufferPointer { ring in
                    _ = UnsafeMutableBufferPointer(rebasing: ring[start..<start + part])
                        .update(from: rest.prefix(part))
                }
                start = (start + part) % capacity
                rest = UnsafeBufferPointer(rebasing: rest.dropFirst(part))
            }
        }
    }

    /// The bytes from an offset on that is held.
    func bytes(from offset: Int64) -> [UInt8] {
        precondition(holds(from: offset), "the backlog begins at \(firstOffset), not \(offset)")
        let skipped = Int(offset - firstOffset)
        return Array((ring[start...] + ring[..<start]).dropFirst(skipped))
    }

    /// Changes how many bytes are kept; the newest stay.
    mutating func resize(to capacity: Int) {
        guard capacity != self.capacity else { return }
        let kept = Array((ring[start...] + ring[..<start]).suffix(capacity))
        firstOffset += Int64(count - kept.count)
        ring = kept
        start = 0
        self.capacity = capacity
    }
}
