/// Walks through the bytes of a listpack that is known to be whole.
///
/// An offset is where an element begins. The view borrows the bytes and is valid as long as they are.
struct ListpackView {
    private let base: UnsafePointer<UInt8>
    /// Where the mark of the end is.
    let end: Int

    /// Where the first element begins, or the end is.
    static let first = 6
    private static let endMark: UInt8 = 0xFF

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { preconditionFailure("a listpack has a header") }
        self.base = base
        end = bytes.count - 1
    }

    /// The element at an offset.
    @inline(__always)
    func item(at offset: Int) -> ListpackItem {
        let first = base[offset]
        if first & 0x80 == 0 { return .number(Int64(first)) }
        if first & 0xC0 == 0x80 { return text(at: offset + 1, Int(first & 0x3F)) }
        return longerItem(first, at: offset)
    }

    private func longerItem(_ first: UInt8, at offset: Int) -> ListpackItem {
        if first & 0xE0 == 0xC0 {
            let bits = Int64(first & 0x1F) << 8 | Int64(base[offset + 1])
            return .number(bits >= 4096 ? bits - 8192 : bits)
        }
        if first & 0xF0 == 0xE0 {
            return text(at: offset + 2, Int(first & 0x0F) << 8 | Int(base[offset + 1]))
        }
        if first == 0xF0 { return text(at: offset + 5, wideLength(at: offset)) }
        let width = first == 0xF4 ? 8 : Int(first - 0xF1) + 2
        var bits: UInt64 = 0
        for index in 0..<width { bits |= UInt64(base[offset + 1 + index]) << UInt64(8 * index) }
        let unused = UInt64(64 - 8 * width)
        return .number(Int64(bitPattern: bits << unused) >> Int64(unused))
    }

    @inline(__always)
    private func text(at offset: Int, _ count: Int) -> ListpackItem {
        .bytes(UnsafeBufferPointer(start: base + offset, count: count))
    }

    private func wideLength(at offset: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(base[offset + 1 + $1]) << (8 * $1) }
    }

    /// Bytes of the element at an offset, without the length at its end.
    @inline(__always)
    private func bodyCount(at offset: Int) -> Int {
        let first = base[offset]
        if first & 0x80 == 0 { return 1 }
        if first & 0xC0 == 0x80 { return 1 + Int(first & 0x3F) }
        if first & 0xE0 == 0xC0 { return 2 }
        if first & 0xF0 == 0xE0 { return 2 + (Int(first & 0x0F) << 8 | Int(base[offset + 1])) }
        switch first {
        case 0xF0: return 5 + wideLength(at: offset)
        case 0xF1: return 3
        case 0xF2: return 4
        case 0xF3: return 5
        default: return 9
        }
    }

    /// Where the length at the end of the element at an offset begins.
    func bodyEnd(at offset: Int) -> Int { offset + bodyCount(at: offset) }

    /// Where the element after this one begins, or the end is.
    @inline(__always)
    func next(after offset: Int) -> Int {
        let count = bodyCount(at: offset)
        return offset + count + (count <= 127 ? 1 : ListpackItem.Layout.tailCount(of: count))
    }

    /// Where the element before an offset begins; there is one unless the offset is the first.
    @inline(__always)
    func previous(before offset: Int) -> Int {
        var place = offset - 1
        var count = Int(base[place] & 0x7F)
        var shift = 7
        while base[place] & 0x80 != 0, shift < 35 {
            place -= 1
            count |= Int(base[place] & 0x7F) << shift
            shift += 7
        }
        return place - count
    }

    /// Where the element of an index begins, walked to from the nearer side.
    func offset(of index: Int, count: Int) -> Int {
        if index <= count / 2 {
            var offset = Self.first
            for _ in 0..<index { offset = next(after: offset) }
            return offset
        }
        var offset = end
        for _ in index..<count { offset = previous(before: offset) }
        return offset
    }

    /// Where the first element from an offset on is that equals an item, looking at every `stride`-th.
    @inline(__always)
    func find(_ item: ListpackItem, from start: Int = ListpackView.first, stride: Int) -> Int? {
        var offset = start
        while offset < end {
            if self.item(at: offset).equals(item) { return offset }
            for _ in 0..<stride { offset = next(after: offset) }
        }
        return nil
    }

    /// Calls `visit` with every two elements that follow each other, in order, until it returns false.
    @inline(__always)
    func forEachPair(_ visit: (_ first: ListpackItem, _ second: ListpackItem) -> Bool) {
        var offset = Self.first
        while offset < end {
            let second = next(after: offset)
            guard visit(item(at: offset), item(at: second)) else { return }
            offset = next(after: second)
        }
    }

    /// Calls `visit` with every element in order.
    @inline(__always)
    func forEach(_ visit: (ListpackItem) -> Void) {
        var offset = Self.first
        while offset < end {
            visit(item(at: offset))
            offset = next(after: offset)
        }
    }
}
