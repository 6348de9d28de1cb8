/// The hash that fingerprints of data are made of (FIPS 180-4).
package enum SHA1 {
    /// Bytes of a hash.
    package static let length = 20

    /// The hash of some bytes.
    package static func hash(of message: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var words = [UInt32](repeating: 0, count: 80)
        let whole = message.count / 64 * 64
        for start in stride(from: 0, to: whole, by: 64) {
            process(UnsafeBufferPointer(rebasing: message[start..<start + 64]), &state, &words)
        }
        let rest = padded(message[whole...], of: message.count)
        rest.withUnsafeBufferPointer { rest in
            for start in stride(from: 0, to: rest.count, by: 64) {
                process(UnsafeBufferPointer(rebasing: rest[start..<start + 64]), &state, &words)
            }
        }
        return state.flatMap { word in
            stride(from: 24, through: 0, by: -8).map { shift in
                UInt8(truncatingIfNeeded: word >> UInt32(shift))
            }
        }
    }

    /// The message's end, a one, zeros up to a whole block, and the whole message's length in bits.
    private static func padded(_ end: Slice<UnsafeBufferPointer<UInt8>>, of count: Int) -> [UInt8] {
        var padded = Array(end)
        padded.append(0x80)
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(count) * 8
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        return padded
    }

    /// Takes in a block of 64 bytes.
    private static func process(
        _ block: UnsafeBufferPointer<UInt8>, _ state: inout [UInt32], _ words: inout [UInt32]
    ) {
        for index in 0..<16 {
            words[index] = block[index * 4..<index * 4 + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<80 {
            words[index] = rotated(
                words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for round in 0..<80 {
            let (choice, constant) = function(of: round, b, c, d)
            let next = rotated(a, 5) &+ choice &+ e &+ constant &+ words[round]
            (e, d, c, b, a) = (d, c, rotated(b, 30), a, next)
        }
        for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
    }

    private static func function(
        of round: Int, _ b: UInt32, _ c: UInt32, _ d: UInt32
    ) -> (value: UInt32, constant: UInt32) {
        switch round {
        case ..<20: ((b & c) | (~b & d), 0x5A82_7999)
        case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case ..<60: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word << count | word >> (32 - count)
    }
}
