/// Up to where collections are kept in their compact encodings (redis.conf, "advanced config").
package struct EncodingLimits: Hashable, Sendable {
    /// hash-max-listpack-entries.
    package var hashEntries = 512
    /// hash-max-listpack-value: bytes of a field or a value.
    package var hashElementSize = 64
    /// list-max-listpack-size: elements of a list's node, or with -1 to -5 its size from 4 KB to 64 KB.
    package var listFill = -2
    /// set-max-intset-entries.
    package var setIntegers = 512
    /// stream-node-max-bytes and stream-node-max-entries: of a stream's node; 0 for no limit.
    package var streamNodeBytes = 4096
    package var streamNodeEntries = 100
    /// zset-max-listpack-entries.
    package var sortedSetEntries = 128
    /// zset-max-listpack-value: bytes of a member.
    package var sortedSetElementSize = 64
    /// hll-sparse-max-bytes: up to how many bytes a HyperLogLog has sparse registers.
    package var hyperLogLogSparseBytes = 3000
    /// What the hashes of elements are seeded with.
    package var seed: UInt64

    package init(seed: UInt64) {
        self.seed = seed
    }

    /// Whether the argument is too long for a hash that is a listpack.
    func isLong(_ count: Int) -> Bool { count > hashElementSize }
}
