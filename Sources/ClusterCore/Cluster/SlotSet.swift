package import Keyspace

/// A set of hash slots: the bitmap that nodes announce on the bus. Copies share memory until one changes, so
/// that a thousand nodes may hold the same view of one another.
package struct SlotSet: Hashable, Sendable {
    /// 64 slots a word, the lowest slot in the lowest bit.
    private var words: [UInt64]
    package private(set) var count: Int

    /// The bytes of the bitmap on the bus.
    package static let byteCount = HashSlot.count / 8

    private static let none: [UInt64] = Array(repeating: 0, count: HashSlot.count / 64)

    /// No slot.
    package init() {
        words = Self.none
        count = 0
    }

    /// The bitmap as it stands in a packet: slot `n` is bit `n % 8` of byte `n / 8`.
    package init(bitmap: UnsafeRawBufferPointer) {
        precondition(bitmap.count == Self.byteCount, "a bitmap of \(bitmap.count) bytes")
        words = (0..<HashSlot.count / 64).map {
            UInt64(littleEndian: bitmap.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
        }
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    package var isEmpty: Bool { count == 0 }

    @inline(__always)
    package func contains(_ slot: HashSlot) -> Bool {
        words[slot.index >> 6] & (1 << UInt64(slot.index & 63)) != 0
    }

    /// Whether some slot is in both.
    package func intersects(_ other: SlotSet) -> Bool {
        guard count > 0, other.count > 0 else { return false }
        return words.indices.contains { words[$0] & other.words[$0] != 0 }
    }

    package mutating func insert(_ slot: HashSlot) {
        guard !contains(slot) else { return }
        words[slot.index >> 6] |= 1 << UInt64(slot.index & 63)
        count += 1
    }

    package mutating func remove(_ slot: HashSlot) {
        guard contains(slot) else { return }
        words[slot.index >> 6] &= ~(1 << UInt64(slot.index & 63))
        count -= 1
    }

    /// Puts in all slots of another set.
    package mutating func formUnion(_ other: SlotSet) {
        guard other.count > 0 else { return }
        combine(other, |)
    }

    /// Takes out all slots of another set.
    package mutating func subtract(_ other: SlotSet) {
        guard count > 0, other.count > 0 else { return }
        combine(other) { $0 & ~$1 }
    }

    /// The slots that the other set lacks.
    package func subtracting(_ other: SlotSet) -> SlotSet {
        var rest = self
        rest.subtract(other)
        return rest
    }

    private mutating func combine(_ other: SlotSet, _ operation: (UInt64, UInt64) -> UInt64) {
        count = 0
        for index in words.indices {
            words[index] = operation(words[index], other.words[index])
            count += words[index].nonzeroBitCount
        }
    }

    /// The slots as ranges of first and last, which is how nodes.conf and CLUSTER NODES tell them: asked for with
    /// every slot that moves, so it looks at runs and not at slots.
    package var ranges: [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        guard count > 0 else { return ranges }
        var start: Int?
        for (index, word) in words.enumerated() {
            // Most words are none or all of a run.
            if word == 0, start == nil { continue }
            if word == .max, start != nil { continue }
            var bit = 0
            while bit < 64 {
                let rest = word >> UInt64(bit)
                if start == nil {
                    guard rest != 0 else { break }
                    bit += rest.trailingZeroBitCount
                    start = index << 6 + bit
                }
                bit += (~(word >> UInt64(bit))).trailingZeroBitCount
                if bit < 64, let first = start {
                    ranges.append(first...(index << 6 + bit - 1))
                    start = nil
                }
            }
        }
        if let first = start { ranges.append(first...(HashSlot.count - 1)) }
        return ranges
    }

    /// Calls `body` with every slot, in ascending order.
    package func forEach(_ body: (HashSlot) -> Void) {
        guard count > 0 else { return }
        for index in words.indices {
            var word = words[index]
            while word != 0 {
                body(HashSlot(unchecked: (index << 6) + word.trailingZeroBitCount))
                word &= word - 1
            }
        }
    }

    /// The bitmap as it stands in a packet.
    package var bitmap: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for word in words {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return bytes
    }
}
