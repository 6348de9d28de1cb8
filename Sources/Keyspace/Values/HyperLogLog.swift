/// A string that estimates how many different elements were added to it (hyperloglog.c): a header of 16 bytes, and
/// 16384 registers of six bits, or runs of equal registers while most of them are zero. The bytes are those of Redis.
///
/// An element's hash chooses a register, which keeps the longest run of zero bits, plus one, that a hash had.
struct HyperLogLog {
    static let registerCount = 16384
    static let headerSize = 16
    static let denseSize = headerSize + registerCount * registerBits / 8
    static let greatestRegister: UInt8 = 63
    private static let registerBits = 6
    private static let magic = Array("HYLL".utf8)

    var bytes: [UInt8]

    /// How the registers are kept; the fifth byte of the header says it.
    enum Encoding: UInt8 {
        case dense, sparse
    }

    /// What adding to it may come to.
    enum Addition {
        case unchanged, changed
        /// The registers are no registers.
        case corrupt
    }

    /// An empty one: one run of zeros, and a count of 0 that holds.
    init() {
        bytes = Self.magic + [Encoding.sparse.rawValue] + Array(repeating: 0, count: 11)
        bytes += Self.longZeros(Self.registerCount)
    }

    /// Takes the bytes of a string that `isValid` has looked at.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether a string may be one, by its header.
    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count >= headerSize, bytes.prefix(4).elementsEqual(magic),
            let encoding = Encoding(rawValue: bytes[4])
        else { return false }
        return encoding == .sparse || bytes.count == denseSize
    }

    var encoding: Encoding { bytes[4] == Encoding.dense.rawValue ? .dense : .sparse }

    // MARK: - The count that is kept

    /// The last estimate, where no register has changed since.
    var cachedCount: UInt64? {
        guard bytes[15] & 0x80 == 0 else { return nil }
        return (8..<16).reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }

    /// Keeps an estimate.
    mutating func cache(_ count: UInt64) {
        for index in 0..<8 { bytes[8 + index] = UInt8(truncatingIfNeeded: count >> (8 * index)) }
    }

    /// The estimate that is kept holds no longer.
    mutating func invalidateCache() {
        bytes[15] |= 0x80
    }

    // MARK: - Registers

    /// Adds an element. `limit` is up to how many bytes it may stay sparse.
    mutating func add(_ element: UnsafeBufferPointer<UInt8>, limit: Int) -> Addition {
        let (register, count) = Self.pattern(of: element)
        return raise(register, to: count, limit: limit)
    }

    /// Raises a register to a count, unless it is as high.
    mutating func raise(_ register: Int, to count: UInt8, limit: Int) -> Addition {
        switch encoding {
        case .dense: raiseDense(register, to: count) ? .changed : .unchanged
        case .sparse: raiseSparse(register, to: count, limit: limit)
        }
    }

    /// The same for dense registers.
    mutating func raiseDense(_ register: Int, to count: UInt8) -> Bool {
        guard count > self[dense: register] else { return false }
        self[dense: register] = count
        return true
    }

    /// A dense register. The lowest bits of a byte come first.
    subscript(dense register: Int) -> UInt8 {
        get {
            let (byte, shift) = Self.place(of: register)
            let high = byte + 1 < bytes.count ? UInt16(bytes[byte + 1]) : 0
            let word = UInt16(bytes[byte]) | high << 8
            return UInt8(truncatingIfNeeded: word >> shift) & Self.greatestRegister
        }
        set {
            let (byte, shift) = Self.place(of: register)
            let mask = UInt16(Self.greatestRegister) << shift
            let value = UInt16(newValue) << shift
            bytes[byte] =
                bytes[byte] & ~UInt8(truncatingIfNeeded: mask) | UInt8(truncatingIfNeeded: value)
            guard mask > 0xFF else { return }
            bytes[byte + 1] = bytes[byte + 1] & ~UInt8(mask >> 8) | UInt8(value >> 8)
        }
    }

    private static func place(of register: Int) -> (byte: Int, shift: UInt16) {
        let bit = register * registerBits
        return (headerSize + bit / 8, UInt16(bit & 7))
    }

    /// Makes the registers dense; false, and nothing is changed, where there are not as many as there should be.
    mutating func makeDense() -> Bool {
        guard encoding == .sparse else { return true }
        var dense = HyperLogLog(
            Array(bytes[..<Self.headerSize])
                + Array(repeating: 0, count: Self.denseSize - Self.headerSize))
        dense.bytes[4] = Encoding.dense.rawValue
        let isWhole = forEachRun { first, length, value in
            for register in first..<first + length { dense[dense: register] = value }
        }
        if isWhole { self = dense }
        return isWhole
    }

    /// Raises those of `registers` that are higher here; false where this one is corrupt.
    func merge(into registers: inout [UInt8]) -> Bool {
        guard encoding == .dense else {
            return forEachRun { first, length, value in
                for register in first..<first + length {
                    registers[register] = max(registers[register], value)
                }
            }
        }
        for register in 0..<Self.registerCount {
            registers[register] = max(registers[register], self[dense: register])
        }
        return true
    }

    // MARK: - Elements

    /// The register of an element, and the length of its hash's run of zeros, plus one (`hllPatLen`).
    static func pattern(
        of element: UnsafeBufferPointer<UInt8>
    ) -> (register: Int, count: UInt8) {
        let hash = murmurHash(element)
        let rest = hash >> 14 | 1 << 50
        return (Int(hash & UInt64(registerCount - 1)), UInt8(rest.trailingZeroBitCount + 1))
    }

    /// MurmurHash64A, by Austin Appleby, with the seed that Redis has.
    private static func murmurHash(_ element: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let factor: UInt64 = 0xC6A4_A793_5BD1_E995
        var hash = 0xADC8_3B19 ^ (UInt64(element.count) &* factor)
        let raw = UnsafeRawBufferPointer(element)
        let whole = element.count & ~7
        for index in stride(from: 0, to: whole, by: 8) {
            var word = UInt64(
                littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            word = word &* factor
            word ^= word >> 47
            hash = (hash ^ word &* factor) &* factor
        }
        if whole < element.count {
            for index in whole..<element.count {
                hash ^= UInt64(element[index]) << UInt64(8 * (index - whole))
            }
            hash = hash &* factor
        }
        hash = (hash ^ hash >> 47) &* factor
        return hash ^ hash >> 47
    }
}
