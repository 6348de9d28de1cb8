/// Something for each of many stream IDs, in the order of the IDs: the nodes of a stream, or entries that are pending.
///
/// The IDs lie in chunks of a bounded size, one behind the other, so that an ID is found by two binary searches, and one
/// that comes or goes moves few others. Copies share the chunks that neither of them has changed.
struct EntryIndex<Payload: Hashable & Sendable>: Sendable {
    /// An ID with what belongs to it.
    struct Entry: Hashable, Sendable {
        let id: EntryID
        var payload: Payload
    }

    /// Where an entry is, until the next one comes or goes.
    struct Position: Equatable {
        fileprivate var chunk: Int
        fileprivate var index: Int
    }

    /// None of them is empty.
    private var chunks: [[Entry]] = []
    private(set) var count = 0

    private static var chunkCapacity: Int { 128 }

    init() {}

    var isEmpty: Bool { count == 0 }
    var first: Entry? { chunks.first?.first }
    var last: Entry? { chunks.last?.last }
    /// How many chunks there are, for what they take of memory.
    var chunkCount: Int { chunks.count }

    // MARK: - Finding

    var firstPosition: Position? { chunks.isEmpty ? nil : Position(chunk: 0, index: 0) }

    var lastPosition: Position? {
        chunks.last.map { Position(chunk: chunks.count - 1, index: $0.count - 1) }
    }

    /// The entry of exactly that ID.
    func position(of id: EntryID) -> Position? {
        position(notAfter: id).flatMap { self.id(at: $0) == id ? $0 : nil }
    }

    /// The last entry whose ID is not greater.
    func position(notAfter id: EntryID) -> Position? {
        let chunk = Self.count(in: chunks.count) { chunks[$0][0].id <= id } - 1
        guard chunk >= 0 else { return nil }
        let index = Self.count(in: chunks[chunk].count) { chunks[chunk][$0].id <= id } - 1
        return Position(chunk: chunk, index: index)
    }

    /// The first entry whose ID is not smaller.
    func position(notBefore id: EntryID) -> Position? {
        guard let position = position(notAfter: id) else { return firstPosition }
        return self.id(at: position) == id ? position : self.position(after: position)
    }

    func position(after position: Position) -> Position? {
        if position.index + 1 < chunks[position.chunk].count {
            return Position(chunk: position.chunk, index: position.index + 1)
        }
        return position.chunk + 1 < chunks.count
            ? Position(chunk: position.chunk + 1, index: 0) : nil
    }

    func position(before position: Position) -> Position? {
        if position.index > 0 { return Position(chunk: position.chunk, index: position.index - 1) }
        guard position.chunk > 0 else { return nil }
        return Position(chunk: position.chunk - 1, index: chunks[position.chunk - 1].count - 1)
    }

    func id(at position: Position) -> EntryID { chunks[position.chunk][position.index].id }

    /// Reads or changes what belongs to an ID in place.
    subscript(position: Position) -> Payload {
        @inline(__always)
        _read { yield chunks[position.chunk][position.index].payload }
        @inline(__always)
        _modify { yield &chunks[position.chunk][position.index].payload }
    }

    /// Calls `visit` with every entry in order.
    func forEach(_ visit: (EntryID, Payload) -> Void) {
        for chunk in chunks {
            for entry in chunk { visit(entry.id, entry.payload) }
        }
    }

    /// How many of the first so many numbers fulfil a condition that, once it fails, fails for all that follow.
    private static func count(in total: Int, _ condition: (Int) -> Bool) -> Int {
        var low = 0
        var high = total
        while low < high {
            let middle = (low + high) / 2
            if condition(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: - Changing

    /// Adds an entry.
    /// - Returns: false where there is one of that ID already, and nothing is changed.
    @discardableResult
    mutating func insert(_ id: EntryID, _ payload: Payload) -> Bool {
        guard let last, id <= last.id else {
            append(Entry(id: id, payload: payload))
            return true
        }
        var place = position(notAfter: id) ?? Position(chunk: 0, index: -1)
        if place.index >= 0, self.id(at: place) == id { return false }
        if chunks[place.chunk].count == Self.chunkCapacity { split(&place) }
        chunks[place.chunk].insert(Entry(id: id, payload: payload), at: place.index + 1)
        count += 1
        return true
    }

    /// Adds an entry behind the last one. Chunks that fill from behind stay full.
    private mutating func append(_ entry: Entry) {
        if chunks.isEmpty || chunks[chunks.count - 1].count == Self.chunkCapacity {
            chunks.append([entry])
        } else {
            chunks[chunks.count - 1].append(entry)
        }
        count += 1
    }

    /// Makes two chunks of one. The place stays that of the same entry.
    private mutating func split(_ place: inout Position) {
        let half = Self.chunkCapacity / 2
        let upper = Array(chunks[place.chunk][half...])
        chunks[place.chunk].removeSubrange(half...)
        chunks.insert(upper, at: place.chunk + 1)
        if place.index >= half {
            place = Position(chunk: place.chunk + 1, index: place.index - half)
        }
    }

    /// Takes an entry out.
    mutating func remove(at position: Position) {
        count -= 1
        chunks[position.chunk].remove(at: position.index)
        if chunks[position.chunk].isEmpty {
            chunks.remove(at: position.chunk)
        } else if position.chunk + 1 < chunks.count,
            chunks[position.chunk].count + chunks[position.chunk + 1].count
                <= Self.chunkCapacity / 2
        {
            let next = chunks.remove(at: position.chunk + 1)
            chunks[position.chunk] += next
        }
    }

    /// Takes the entry of an ID out, if there is one.
    @discardableResult
    mutating func remove(_ id: EntryID) -> Payload? {
        guard let position = position(of: id) else { return nil }
        let payload = self[position]
        remove(at: position)
        return payload
    }
}

extension EntryIndex: Hashable {
    /// However the entries are spread over chunks.
    static func == (left: EntryIndex, right: EntryIndex) -> Bool {
        left.count == right.count && left.chunks.joined().elementsEqual(right.chunks.joined())
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        forEach { id, payload in
            hasher.combine(id)
            hasher.combine(payload)
        }
    }
}
