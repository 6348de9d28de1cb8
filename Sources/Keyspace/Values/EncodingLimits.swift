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
