import Keyspace
import Testing

struct LZFTests {
    @Test func `what is compressed comes back`() throws {
        var random = SplitMix64(seed: 1)
        var compressor = LZFCompressor()
        var packedStrings = 0
        for _ in 0..<3000 {
            let string = random.text(length: 1 + random.next(below: 2000))
            let packed = string.withUnsafeBufferPointer {
                compressor.compress($0, limit: $0.count - 4)
            }
            guard let packed else { continue }
            packedStrings += 1
            #expect(packed.count <= string.count - 4)
            #expect(unpacked(packed, count: string.count) == string)
        }
        #expect(packedStrings > 1000)
    }

    @Test func `a long run of one byte becomes a few references to itself`() {
        let string = [UInt8](repeating: 7, count: 100_000)
        var compressor = LZFCompressor()
        let packed = string.withUnsafeBufferPointer { compressor.compress($0, limit: 2000) } ?? []
        #expect(packed.count < 1200)
        #expect(unpacked(packed, count: string.count) == string)
    }

    @Test func `bytes that are no compressed string are refused or give some string of the length`()
    {
        var random = SplitMix64(seed: 2)
        for _ in 0..<20_000 {
            let packed = (0..<1 + random.next(below: 40)).map { _ in
                UInt8(truncatingIfNeeded: random.next() >> 8)
            }
            let count = random.next(below: 400)
            let string = unpacked(packed, count: count)
            #expect(string == nil || string?.count == count)
        }
    }

    @Test func `a length that no such bytes can have is refused before memory is taken for it`() {
        #expect(unpacked([0xFF, 0xFF, 0xFF], count: 1 << 60) == nil)
    }

    private func unpacked(_ packed: [UInt8], count: Int) -> [UInt8]? {
        packed.withUnsafeBufferPointer { decompressLZF($0, count: count) }
    }
}

extension SplitMix64 {
    /// Bytes that repeat themselves more or less, as text does.
    mutating func text(length: Int) -> [UInt8] {
        let alphabet = 1 + next(below: 40)
        var text: [UInt8] = []
        while text.count < length {
            if text.count > 10, next(below: 4) == 0 {
                let start = next(below: text.count - 4)
                text += text[start..<min(text.count, start + 3 + next(below: 300))]
            } else {
                text.append(UInt8(truncatingIfNeeded: 97 + next(below: alphabet)))
            }
        }
        return Array(text.prefix(length))
    }
}
