/// The compression of long strings in RDB: liblzf's format, made of two kinds of pieces.
///
///     000LLLLL, L+1 bytes                    these bytes, up to 32
///     LLLooooo oooooooo                      L+2 bytes from o+1 bytes back, L from 1 to 6
///     111ooooo LLLLLLLL oooooooo             the same for L+9 bytes
///
/// The compressor finds the same pieces as liblzf does in its fast mode, so that our files are byte
/// for byte those of Redis.
package struct LZFCompressor: Sendable {
    /// Where three bytes with the hash of the index were last met, counted on from string to string:
    /// what is not after `origin` belongs to an earlier one. So the table need not be cleared.
    private var table: [UInt32]
    private var origin: UInt32 = 0

    private static let hashMask = 0xFFFF
    private static let longestLiteral = 32
    private static let farthest = 1 << 13
    private static let longestReference = 264

    package init() {
        table = Array(repeating: 0, count: Self.hashMask + 1)
    }

    /// The compressed bytes; nil where they would be more than `limit`.
    package mutating func compress(
        _ input: UnsafeBufferPointer<UInt8>, limit: Int
    ) -> [UInt8]? {
        // The last literal may be written whole before its length is looked at.
        guard input.count > 0, limit > 0, input.count < 1 << 31 else { return nil }
        if UInt32.max - origin <= UInt32(input.count) + 1 {
            table = Array(repeating: 0, count: table.count)
            origin = 0
        }
        let start = origin
        origin += UInt32(input.count) + 1
        return table.withUnsafeMutableBufferPointer { table in
            let output = [UInt8](unsafeUninitializedCapacity: limit + 8) { buffer, count in
                var run = Run(
                    input: input, output: buffer, limit: limit, table: table, origin: start)
                count = run.compress() ?? 0
            }
            return output.isEmpty ? nil : output
        }
    }

    /// The compression of one string.
    private struct Run {
        let input: UnsafeBufferPointer<UInt8>
        let output: UnsafeMutableBufferPointer<UInt8>
        let limit: Int
        let table: UnsafeMutableBufferPointer<UInt32>
        let origin: UInt32
        /// Where the next byte is read.
        var source = 0
        /// Where the next byte is written; the place before the literal is its length's.
        var target = 1
        /// Bytes of the literal that is being written.
        var literal = 0

        /// The number of bytes written; nil where the limit is too low.
        mutating func compress() -> Int? {
            while source < input.count - 2 {
                let previous = exchange(at: source)
                if previous > 0, source - previous <= LZFCompressor.farthest, matches(previous) {
                    guard writeReference(to: previous) else { return nil }
                    guard source < input.count - 2 else { break }
                    _ = exchange(at: source - 2)
                    _ = exchange(at: source - 1)
                } else {
                    guard target < limit else { return nil }
                    writeLiteral()
                }
            }
            guard target + 3 <= limit else { return nil }
            while source < input.count { writeLiteral() }
            endLiteral()
            return target
        }

        /// Notes where the three bytes are, and returns where such bytes were before. Like liblzf it
        /// takes 0 for nowhere, so a reference never leads to the very first byte.
        private func exchange(at index: Int) -> Int {
            let bytes =
                Int(input[index]) << 16 | Int(input[index + 1]) << 8 | Int(input[index + 2])
            let hash = ((bytes >> 8) &- bytes &* 5) & LZFCompressor.hashMask
            let previous = table[hash]
            table[hash] = origin + UInt32(truncatingIfNeeded: index)
            return previous > origin ? Int(previous - origin) : 0
        }

        private func matches(_ reference: Int) -> Bool {
            input[reference] == input[source] && input[reference + 1] == input[source + 1]
                && input[reference + 2] == input[source + 2]
        }

        private func matchLength(_ reference: Int) -> Int {
            let most = min(input.count - source - 2, LZFCompressor.longestReference)
            var length = 2
            if most > 16 {
                for _ in 0..<16 {
                    length += 1
                    if input[reference + length] != input[source + length] { return length }
                }
            }
            repeat {
                length += 1
            } while length < most && input[reference + length] == input[source + length]
            return length
        }

        private mutating func writeReference(to reference: Int) -> Bool {
            guard target - (literal == 0 ? 1 : 0) + 4 < limit else { return false }
            endLiteral()
            let distance = source - reference - 1
            let length = matchLength(reference)
            let encoded = length - 2
            write(UInt8(distance >> 8 | min(encoded, 7) << 5))
            if encoded >= 7 { write(UInt8(encoded - 7)) }
            write(UInt8(truncatingIfNeeded: distance))
            target += 1
            source += length
            return true
        }

        private mutating func writeLiteral() {
            write(input[source])
            source += 1
            literal += 1
            if literal == LZFCompressor.longestLiteral {
                endLiteral()
                target += 1
            }
        }

        /// Writes the literal's length in front of it, or takes the place back where there is none.
        private mutating func endLiteral() {
            if literal == 0 {
                target -= 1
            } else {
                output[target - literal - 1] = UInt8(literal - 1)
                literal = 0
            }
        }

        private mutating func write(_ byte: UInt8) {
            output[target] = byte
            target += 1
        }
    }
}

/// The bytes that were compressed; nil where they are not `count` bytes, or where the pieces are not
/// what the format allows.
package func decompressLZF(_ input: UnsafeBufferPointer<UInt8>, count: Int) -> [UInt8]? {
    // Redis takes anything at all for the compressed form of nothing.
    guard count != 0 else { return [] }
    // No piece makes more of its bytes than three that stand for 264.
    guard count > 0, count <= input.count * 88 else { return nil }
    let output = [UInt8](unsafeUninitializedCapacity: count) { output, written in
        written = decompress(input, into: output) == count ? count : 0
    }
    return output.isEmpty ? nil : output
}

/// Returns how many bytes were written; nil where the input is broken or the output too short.
private func decompress(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
) -> Int? {
    var source = 0
    var target = 0
    while source < input.count {
        let control = Int(input[source])
        source += 1
        if control < 32 {
            let count = control + 1
            guard count <= input.count - source, count <= output.count - target else { return nil }
            for index in 0..<count { output[target + index] = input[source + index] }
            source += count
            target += count
            continue
        }
        var length = control >> 5
        if length == 7 {
            guard source < input.count else { return nil }
            length += Int(input[source])
            source += 1
        }
        guard source < input.count else { return nil }
        let reference = target - ((control & 31) << 8) - Int(input[source]) - 1
        source += 1
        length += 2
        guard reference >= 0, length <= output.count - target else { return nil }
        // Byte by byte: a reference may reach into what it writes itself.
        for index in 0..<length { output[target + index] = output[reference + index] }
        target += length
    }
    return target
}
