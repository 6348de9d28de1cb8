import RESP

/// How a key hashes to its slot. Worked out here, so that it is known when no node answers.
struct KeySlot {
    let key: [UInt8]
    /// What stands between the first `{` and the first `}` after it: only this is hashed. Nil for a
    /// key that is hashed whole.
    let tag: [UInt8]?
    let checksum: UInt16

    static let count = 16384

    init(_ key: [UInt8]) {
        self.key = key
        tag = Self.tag(of: key)
        checksum = Self.checksum(of: tag ?? key)
    }

    init(_ key: String) {
        self.init(Array(key.utf8))
    }

    var slot: Int { Int(checksum) % Self.count }

    /// The key as it can be typed.
    var name: String { Self.name(key) }

    /// `'user:1' hashes to slot 10778: CRC16("user:1") is 43546, modulo 16384.`
    var sentence: String {
        "The key \(name) hashes to slot \(slot): CRC16(\(Self.name(tag ?? key))) is \(checksum), "
            + "modulo \(Self.count).\(remark)"
    }

    /// What braces in the key do to it.
    private var remark: String {
        if tag != nil { return " Only the hash tag, the text in the first braces, is hashed." }
        guard let open = key.firstIndex(of: UInt8(ascii: "{")) else { return "" }
        return key[open...].contains(UInt8(ascii: "}"))
            ? " Its first braces are empty, so they are no hash tag and the whole key is hashed."
            : " The brace is never closed, so it is no hash tag and the whole key is hashed."
    }

    /// A key in quotes only where it needs them.
    static func name(_ key: [UInt8]) -> String {
        let isPlain = !key.isEmpty && key.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain && splitArguments(key) == [key]
            ? String(decoding: key, as: UTF8.self) : RESPValue.quoted(key)
    }

    private static func tag(of key: [UInt8]) -> [UInt8]? {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")),
            let close = key[open...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        else { return nil }
        return Array(key[(open + 1)..<close])
    }

    /// CRC16-CCITT (XMODEM), bit by bit: the polynomial 0x1021 is subtracted wherever a 1 leaves.
    private static func checksum(of bytes: [UInt8]) -> UInt16 {
        bytes.reduce(UInt16(0)) { sum, byte in
            (0..<8).reduce(sum ^ UInt16(byte) << 8) { sum, _ in
                sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021
            }
        }
    }
}
