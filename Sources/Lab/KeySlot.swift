/// The slot of a key: CRC16 (XMODEM) of its hash tag, or of the whole where it has none, modulo 16384.
package func slot(ofKey key: [UInt8]) -> Int {
    var hashed = key[...]
    if let open = key.firstIndex(of: UInt8(ascii: "{")) {
        let rest = key[(open + 1)...]
        if let close = rest.firstIndex(of: UInt8(ascii: "}")), close > rest.startIndex {
            hashed = rest[..<close]
        }
    }
    var crc: UInt16 = 0
    for byte in hashed {
        crc ^= UInt16(byte) << 8
        for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    }
    return Int(crc & 0x3FFF)
}
