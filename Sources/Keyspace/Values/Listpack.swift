/// Elements one behind the other in one piece of memory, laid out as Redis' listpack: the encoding of small
/// hashes and of the nodes of lists, in memory and in dumps.
///
///     bytes in all (4), elements (2), the elements, 0xFF
struct Listpack: Hashable, Sendable {
    private(set) var bytes: [UInt8]

    private static let headerCount = 6
    /// In the place of a number of elements that does not fit.
    private static let manyElements = 0xFFFF

    init() {
        bytes = [7, 0, 0, 0, 0, 0, 0xFF]
    }

    /// Bytes that `isWhole` has accepted.
    init(whole bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A listpack of some elements.
    init(_ items: [ListpackItem]) {
        self.init()
        for item in items { append(item) }
    }

    private init(placeholder bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What stands in for a listpack that is taken out to be changed. It has no memory.
    static let placeholder = Listpack(placeholder: [])

    /// How many elements there are.
    @inline(__always)
    var count: Int {
        let count = Int(bytes[4]) | Int(bytes[5]) << 8
        return count == Self.manyElements ? countElements() : count
    }

    private func countElements() -> Int {
        withView { view in
            var count = 0
            view.forEach { _ in count += 1 }
            return count
        }
    }

    var byteCount: Int { bytes.count }
    var isEmpty: Bool { bytes.count == Self.headerCount + 1 }

    /// Lends what walks through the elements.
    @inline(__always)
    func withView<Result>(_ body: (ListpackView) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(ListpackView($0)) }
    }

    // MARK: - Changing

    /// Adds an element at an offset, which is that of another one or of the end.
    @inline(__always)
    mutating func insert(_ item: ListpackItem, at offset: Int) {
        let layout = ListpackItem.Layout(item)
        open(layout.count, at: offset)
        bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            layout.write(to: base + offset)
        }
        finishChange(of: 1)
    }

    /// Adds an element at the end.
    @inline(__always)
    mutating func append(_ item: ListpackItem) {
        insert(item, at: bytes.count - 1)
    }

    /// Puts an element in the place of the one at an offset.
    mutating func replace(at offset: Int, with item: ListpackItem) {
        let old = withView { $0.next(after: offset) } - offset
        let layout = ListpackItem.Layout(item)
        if layout.count > old {
            open(layout.count - old, at: offset)
        } else if layout.count < old {
            close(old - layout.count, at: offset)
        }
        bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            layout.write(to: base + offset)
        }
        finishChange(of: 0)
    }

    /// Takes out what lies between two offsets, which is so many elements.
    mutating func remove(_ range: Range<Int>, count: Int) {
        guard !range.isEmpty else { return }
        close(range.count, at: range.lowerBound)
        finishChange(of: -count)
    }

    /// Takes out the element at an offset.
    mutating func remove(at offset: Int) {
        remove(offset..<withView { $0.next(after: offset) }, count: 1)
    }

    /// Takes out elements by their indexes.
    mutating func remove(indexes: Range<Int>) {
        guard !indexes.isEmpty else { return }
        let count = count
        let start = withView { $0.offset(of: indexes.lowerBound, count: count) }
        let end = withView { $0.offset(of: indexes.upperBound, count: count) }
        remove(start..<end, count: indexes.count)
    }

    /// Adds the elements of another one behind the own.
    mutating func append(_ other: Listpack) {
        let more = other.count
        bytes.removeLast()
        bytes += other.bytes[Self.headerCount...]
        finishChange(of: more)
    }

    private mutating func open(_ gap: Int, at offset: Int) {
        let old = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: gap))
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            (base + offset + gap).copyMemory(from: base + offset, byteCount: old - offset)
        }
    }

    private mutating func close(_ gap: Int, at offset: Int) {
        let count = bytes.count
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            (base + offset).copyMemory(
                from: base + offset + gap, byteCount: count - offset - gap)
        }
        bytes.removeLast(gap)
    }

    /// Brings the header up to date after so many elements have come or gone.
    @inline(__always)
    private mutating func finishChange(of difference: Int) {
        let total = bytes.count
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: total >> (8 * index)) }
        let old = Int(bytes[4]) | Int(bytes[5]) << 8
        guard difference != 0, old != Self.manyElements else { return }
        let count = min(old + difference, Self.manyElements)
        bytes[4] = UInt8(truncatingIfNeeded: count)
        bytes[5] = UInt8(truncatingIfNeeded: count >> 8)
    }
}

extension Listpack {
    /// Whether bytes from outside are a listpack through and through (`lpValidateIntegrity`).
    static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > headerCount, bytes.last == 0xFF else { return false }
        let total = (0..<4).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
        guard total == bytes.count else { return false }
        var offset = headerCount
        var count = 0
        while bytes[offset] != 0xFF {
            guard let next = end(ofElementAt: offset, in: bytes) else { return false }
            offset = next
            count += 1
        }
        let stated = Int(bytes[4]) | Int(bytes[5]) << 8
        return offset == bytes.count - 1 && (stated == manyElements || stated == count)
    }

    /// Where an element of unknown bytes ends; nil where it is none, or reaches beyond the last byte.
    private static func end(ofElementAt offset: Int, in bytes: [UInt8]) -> Int? {
        let first = bytes[offset]
        let headerCount = first & 0xF0 == 0xE0 ? 2 : first == 0xF0 ? 5 : 1
        guard first < 0xF5, offset + headerCount < bytes.count else { return nil }
        let body = bytes.withUnsafeBufferPointer { ListpackView($0).bodyEnd(at: offset) } - offset
        let tail = ListpackItem.Layout.tailCount(of: body)
        guard offset + body + tail < bytes.count else { return nil }
        let isRight = bytes.withUnsafeBufferPointer {
            ListpackView($0).previous(before: offset + body + tail) == offset
        }
        return isRight ? offset + body + tail : nil
    }
}
