/// Collections within values, read where they are and changed in place.
extension Value {
    /// The list; nil for other kinds.
    @inline(__always)
    var list: ListValue? {
        if case .list(let list) = self { list } else { nil }
    }

    /// The set; nil for other kinds.
    @inline(__always)
    var set: SetValue? {
        if case .set(let set) = self { set } else { nil }
    }

    /// The hash; nil for other kinds.
    @inline(__always)
    var hash: HashValue? {
        if case .hash(let hash) = self { hash } else { nil }
    }

    /// The sorted set; nil for other kinds.
    @inline(__always)
    var sortedSet: SortedSetValue? {
        if case .sortedSet(let sortedSet) = self { sortedSet } else { nil }
    }

    /// Changes the list, which the value is known to be.
    @discardableResult
    @inline(__always)
    mutating func modifyList<Result>(_ body: (inout ListValue) -> Result) -> Result {
        guard case .list(var list) = self else { preconditionFailure("a \(kind) is no list") }
        // Lets go of the value's own hold on the elements, so that they are not copied.
        self = .integer(0)
        defer { self = .list(list) }
        return body(&list)
    }

    /// Changes the set, which the value is known to be.
    @discardableResult
    @inline(__always)
    mutating func modifySet<Result>(_ body: (inout SetValue) -> Result) -> Result {
        guard case .set(var set) = self else { preconditionFailure("a \(kind) is no set") }
        self = .integer(0)
        defer { self = .set(set) }
        return body(&set)
    }

    /// Changes the hash, which the value is known to be.
    @discardableResult
    @inline(__always)
    mutating func modifyHash<Result>(_ body: (inout HashValue) -> Result) -> Result {
        guard case .hash(var hash) = self else { preconditionFailure("a \(kind) is no hash") }
        self = .integer(0)
        defer { self = .hash(hash) }
        return body(&hash)
    }

    /// The stream; nil for other kinds.
    @inline(__always)
    var stream: StreamValue? {
        if case .stream(let stream) = self { stream } else { nil }
    }

    /// Changes the sorted set, which the value is known to be.
    @discardableResult
    @inline(__always)
    mutating func modifySortedSet<Result>(_ body: (inout SortedSetValue) -> Result) -> Result {
        guard case .sortedSet(var sortedSet) = self else {
            preconditionFailure("a \(kind) is no sorted set")
        }
        self = .integer(0)
        defer { self = .sortedSet(sortedSet) }
        return body(&sortedSet)
    }

    /// How many elements a collection has; nil for strings.
    package var elementCount: Int? {
        switch self {
        case .integer, .string, .raw: nil
        case .list(let list): list.count
        case .set(let set): set.count
        case .hash(let hash): hash.count
        case .stream(let stream): stream.count
        case .sortedSet(let sortedSet): sortedSet.count
        }
    }
}
