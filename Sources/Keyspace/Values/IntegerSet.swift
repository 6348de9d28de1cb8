/// Numbers in ascending order in one piece of memory, laid out as Redis' intset: the encoding of small sets
/// of numbers, in memory and in dumps.
///
///     bytes of a number: 2, 4 or 8 (4), how many numbers (4), the numbers
struct IntegerSet: Hashable, Sendable {
    private(set) var bytes: [UInt8]

    private static let headerCount = 8

    init() {
        bytes = [2, 0, 0, 0, 0, 0, 0, 0]
    }

    /// Bytes that `isWhole` has accepted.
    init(whole bytes: [UInt8]) {
        self.bytes = bytes
    }

    private init(placeholder bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What stands in for a set that is taken out to be changed. It has no memory.
    static let placeholder = IntegerSet(placeholder: [])

    @inline(__always)
    var count: Int { (bytes.count - Self.headerCount) / width }

    @inline(__always)
    private var width: Int { Int(bytes[0]) }

    /// The number at a place in ascending order.
    subscript(index: Int) -> Int64 { withView { $0.number(at: index) } }

    /// Whether the number is one of them.
    func contains(_ number: Int64) -> Bool { withView { $0.contains(number) } }

    /// Lends the memory of the numbers.
    @inline(__always)
    func withView<Result>(_ body: (View) -> Result) -> Result {
        bytes.withUnsafeBytes { body(View(bytes: $0, width: width, count: count)) }
    }

    /// The memory of a set, lent.
    struct View {
        fileprivate let bytes: UnsafeRawBufferPointer
        fileprivate let width: Int
        let count: Int

        /// The number at a place in ascending order.
        @inline(__always)
        func number(at index: Int) -> Int64 {
            let offset = headerCount + index * width
            switch width {
            case 2:
                return Int64(
                    Int16(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self)))
            case 4:
                return Int64(
                    Int32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
            default:
                return Int64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
            }
        }

        /// Whether the number is one of them.
        @inline(__always)
        func contains(_ number: Int64) -> Bool {
            let place = place(of: number)
            return place < count && self.number(at: place) == number
        }

        /// Where the number is, or would be.
        @inline(__always)
        func place(of number: Int64) -> Int {
            var low = 0
            var high = count
            while low < high {
                let middle = (low + high) / 2
                if self.number(at: middle) < number {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return low
        }
    }

    /// Adds a number.
    /// - Returns: whether it is new.
    mutating func insert(_ number: Int64) -> Bool {
        let needed = Int16(exactly: number) != nil ? 2 : Int32(exactly: number) != nil ? 4 : 8
        if needed > width { widen(to: needed) }
        let place = place(of: number)
        if place < count, self[place] == number { return false }
        let width = width
        let offset = Self.headerCount + place * width
        let old = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: width))
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            (base + offset + width).copyMemory(from: base + offset, byteCount: old - offset)
        }
        store(number, at: place)
        writeCount()
        return true
    }

    /// Takes a number out.
    /// - Returns: whether it was there.
    mutating func remove(_ number: Int64) -> Bool {
        let place = place(of: number)
        guard place < count, self[place] == number else { return false }
        let offset = Self.headerCount + place * width
        bytes.removeSubrange(offset..<offset + width)
        writeCount()
        return true
    }

    /// Where the number is, or would be.
    private func place(of number: Int64) -> Int { withView { $0.place(of: number) } }

    private mutating func store(_ number: Int64, at place: Int) {
        let width = width
        for index in 0..<width {
            bytes[Self.headerCount + place * width + index] =
                UInt8(truncatingIfNeeded: number >> Int64(8 * index))
        }
    }

    private mutating func writeCount() {
        let count = count
        for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: count >> (8 * index)) }
    }

    /// Gives every number more bytes. A set never goes back to fewer.
    private mutating func widen(to width: Int) {
        let numbers = (0..<count).map { self[$0] }
        bytes = [UInt8(width), 0, 0, 0, 0, 0, 0, 0]
        bytes.append(contentsOf: repeatElement(0, count: numbers.count * width))
        for (place, number) in numbers.enumerated() { store(number, at: place) }
        writeCount()
    }

    /// Whether bytes from outside are such a set (`intsetValidateIntegrity`).
    static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= headerCount, [2, 4, 8].contains(bytes[0]),
            bytes[1...3].allSatisfy({ $0 == 0 })
        else { return false }
        let count = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) }
        guard count > 0, bytes.count == headerCount + count * Int(bytes[0]) else { return false }
        let set = IntegerSet(whole: bytes)
        return (1..<count).allSatisfy { set[$0 - 1] < set[$0] }
    }
}
