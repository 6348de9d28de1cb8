import RESP

/// An entry of a stream where it lies in its node.
struct StreamEntry {
    let id: EntryID
    /// Where it begins.
    let offset: Int
    /// It is gone, and only its place is still taken.
    let isDeleted: Bool
    /// It has the fields of the node's master entry, and so only values.
    let hasMasterFields: Bool
    let fieldCount: Int
    /// Where its fields or values begin.
    let contents: Int

    static let deletedFlag: Int64 = 1
    static let masterFieldsFlag: Int64 = 2
}

/// Walks through the entries of a node of a stream (t_stream.c). A node is a listpack:
///
///     entries, deleted ones, fields, each field, 0               the master entry
///     flags, milliseconds, sequence, values, length              an entry with the same fields
///     flags, milliseconds, sequence, fields, each field with its value, length
///
/// The ID is what an entry's differs by from the node's own. The length is that of the entry in elements, so that the
/// node can be walked from behind. The view borrows the bytes and is valid as long as they are.
struct StreamNodeView {
    let view: ListpackView
    let id: EntryID
    /// Entries that are not deleted, and such that are.
    let entryCount: Int
    let deletedCount: Int
    /// Fields of the master entry, and where they begin.
    let fieldCount: Int
    private let fields: Int
    /// Where the first entry begins, or the end is.
    let firstEntry: Int

    init(_ view: ListpackView, id: EntryID) {
        self.view = view
        self.id = id
        var offset = ListpackView.first
        entryCount = Int(view.number(at: offset))
        offset = view.next(after: offset)
        deletedCount = Int(view.number(at: offset))
        offset = view.next(after: offset)
        fieldCount = Int(view.number(at: offset))
        fields = view.next(after: offset)
        firstEntry = view.offset(from: fields, skipping: fieldCount + 1)
    }

    /// The entry at an offset that is not the end.
    func entry(at offset: Int) -> StreamEntry {
        let flags = view.number(at: offset)
        var place = view.next(after: offset)
        let milliseconds = view.number(at: place)
        place = view.next(after: place)
        let sequence = view.number(at: place)
        place = view.next(after: place)
        let hasMasterFields = flags & StreamEntry.masterFieldsFlag != 0
        var fieldCount = self.fieldCount
        if !hasMasterFields {
            fieldCount = Int(view.number(at: place))
            place = view.next(after: place)
        }
        return StreamEntry(
            id: id.advanced(byMilliseconds: milliseconds, sequence: sequence), offset: offset,
            isDeleted: flags & StreamEntry.deletedFlag != 0, hasMasterFields: hasMasterFields,
            fieldCount: fieldCount, contents: place)
    }

    /// Where the entry behind this one begins, or the end is.
    func end(of entry: StreamEntry) -> Int {
        let items = entry.hasMasterFields ? entry.fieldCount : 2 * entry.fieldCount
        return view.offset(from: entry.contents, skipping: items + 1)
    }

    /// The entry in front of an offset; nil where that is the first one's.
    func entry(before offset: Int) -> StreamEntry? {
        var place = view.previous(before: offset)
        let count = view.number(at: place)
        guard count > 0 else { return nil }
        for _ in 0..<count { place = view.previous(before: place) }
        return entry(at: place)
    }

    /// Calls `visit` with each field of an entry and its value.
    func forEachField(
        of entry: StreamEntry, _ visit: (_ field: ListpackItem, _ value: ListpackItem) -> Void
    ) {
        var field = entry.hasMasterFields ? fields : entry.contents
        var value = entry.contents
        for _ in 0..<entry.fieldCount {
            if !entry.hasMasterFields { value = view.next(after: field) }
            visit(view.item(at: field), view.item(at: value))
            field = view.next(after: entry.hasMasterFields ? field : value)
            value = entry.hasMasterFields ? view.next(after: value) : value
        }
    }

    /// Whether the fields among the arguments, every other one, are those of the master entry.
    fileprivate func hasFields(_ arguments: Arguments, from start: Int) -> Bool {
        guard arguments.count - start == 2 * fieldCount else { return false }
        var offset = fields
        for index in 0..<fieldCount {
            let item = ListpackItem(arguments[start + 2 * index])
            guard item.equals(view.item(at: offset)) else { return false }
            offset = view.next(after: offset)
        }
        return true
    }
}

extension ListpackView {
    /// The number at an offset, which is known to be one.
    @inline(__always)
    func number(at offset: Int) -> Int64 {
        if case .number(let number) = item(at: offset) { number } else { 0 }
    }

    /// Where the element that comes so many elements later begins.
    fileprivate func offset(from start: Int, skipping count: Int) -> Int {
        var offset = start
        for _ in 0..<count { offset = next(after: offset) }
        return offset
    }
}

extension Listpack {
    /// A node for a stream, with the fields of its first entry, which is still to be added.
    init(streamNodeFor arguments: Arguments, from start: Int) {
        self.init([.number(0), .number(0), .number(Int64((arguments.count - start) / 2))])
        for index in stride(from: start, to: arguments.count, by: 2) {
            append(ListpackItem(arguments[index]))
        }
        append(.number(0))
    }

    /// Lends what walks through the entries of a node of a stream.
    @inline(__always)
    func withNode<Result>(_ id: EntryID, _ body: (StreamNodeView) -> Result) -> Result {
        withView { body(StreamNodeView($0, id: id)) }
    }

    /// Adds an entry to a node of a stream. The fields are every other argument from `start` on.
    mutating func append(
        _ id: EntryID, _ arguments: Arguments, from start: Int, toNode node: EntryID
    ) {
        let hasMasterFields = withNode(node) { $0.hasFields(arguments, from: start) }
        let fieldCount = (arguments.count - start) / 2
        changeEntries(by: 1, deletedBy: 0)
        append(.number(hasMasterFields ? StreamEntry.masterFieldsFlag : 0))
        append(.number(Int64(bitPattern: id.milliseconds &- node.milliseconds)))
        append(.number(Int64(bitPattern: id.sequence &- node.sequence)))
        if !hasMasterFields { append(.number(Int64(fieldCount))) }
        for index in stride(from: start, to: arguments.count, by: 2) {
            if !hasMasterFields { append(ListpackItem(arguments[index])) }
            append(ListpackItem(arguments[index + 1]))
        }
        append(.number(Int64(hasMasterFields ? fieldCount + 3 : 2 * fieldCount + 4)))
    }

    /// Marks the entry at an offset as deleted; its place stays taken.
    mutating func deleteEntry(at offset: Int) {
        let flags = withView { $0.number(at: offset) }
        replace(at: offset, with: .number(flags | StreamEntry.deletedFlag))
    }

    /// Counts entries that have come or gone.
    mutating func changeEntries(by difference: Int, deletedBy deleted: Int) {
        let first = ListpackView.first
        let count = withView { $0.number(at: first) }
        replace(at: first, with: .number(count + Int64(difference)))
        guard deleted != 0 else { return }
        let second = withView { $0.next(after: first) }
        let old = withView { $0.number(at: second) }
        replace(at: second, with: .number(old + Int64(deleted)))
    }
}

extension Listpack {
    /// Whether a listpack from outside is a node of a stream through and through
    /// (`streamValidateListpackIntegrity`).
    var isStreamNode: Bool {
        withView { view in
            var reader = StreamNodeReader(view: view)
            return reader.isWhole
        }
    }
}

/// Looks through a listpack that may or may not be a node of a stream.
private struct StreamNodeReader {
    let view: ListpackView
    private var offset = ListpackView.first

    init(view: ListpackView) {
        self.view = view
    }

    fileprivate var isWhole: Bool {
        mutating get {
            guard let entries = takeNumber(), let deleted = takeNumber(),
                let fields = takeNumber(), skip(fields), takeNumber() == 0,
                entries >= 0, deleted >= 0
            else { return false }
            var left = entries
            var leftDeleted = deleted
            while left + leftDeleted > 0 {
                guard let isDeleted = takeEntry(fields) else { return false }
                if isDeleted { leftDeleted -= 1 } else { left -= 1 }
                guard left >= 0, leftDeleted >= 0 else { return false }
            }
            return offset == view.end
        }
    }

    /// Steps over an entry; nil where there is none, else whether it is deleted.
    private mutating func takeEntry(_ masterFields: Int64) -> Bool? {
        guard let flags = takeNumber(), takeNumber() != nil, takeNumber() != nil else {
            return nil
        }
        var count = masterFields + 3
        if flags & StreamEntry.masterFieldsFlag != 0 {
            guard skip(masterFields) else { return nil }
        } else {
            guard let fields = takeNumber(), fields >= 0, fields < Int64(view.end),
                skip(2 * fields)
            else { return nil }
            count = 2 * fields + 4
        }
        return takeNumber() == count ? flags & StreamEntry.deletedFlag != 0 : nil
    }

    private mutating func takeNumber() -> Int64? {
        guard offset < view.end, case .number(let number) = view.item(at: offset) else {
            return nil
        }
        offset = view.next(after: offset)
        return number
    }

    private mutating func skip(_ count: Int64) -> Bool {
        guard count >= 0 else { return false }
        var left = count
        while left > 0 {
            guard offset < view.end else { return false }
            offset = view.next(after: offset)
            left -= 1
        }
        return true
    }
}
