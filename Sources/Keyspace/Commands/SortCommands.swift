import RESP

/// SORT and SORT_RO (sort.c).
package let sortCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "sort", arity: -2,
        keys: .at(1, "RO", "access").andSomewhere("RO", "access", notes: patternNotes)
            .andSomewhere("OW", "update", notes: storeNotes).found(by: .sort),
        [.write, .denyOOM, .movableKeys], .generic, acl: sortCategories, since: "1.0.0",
        complexity: sortCost,
        summary:
            "Returns the elements of a list, a set or a sorted set in order, or stores them as a list.",
        syntax: sortSyntax + " [STORE destination#2]", run: sort(isReadOnly: false)),
    CommandSpec(
        "sort_ro", arity: -2,
        keys: .at(1, "RO", "access").andSomewhere("RO", "access", notes: patternNotes),
        [.readonly, .movableKeys], .generic, acl: sortCategories, since: "7.0.0",
        complexity: sortCost,
        summary: "Returns the elements of a list, a set or a sorted set in order.",
        syntax: sortSyntax, run: sort(isReadOnly: true)),
]

private let sortCategories: ACLCategories = [.set, .sortedSet, .list, .dangerous]
private let patternNotes =
    "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the "
    + "content of the key we sort"
private let storeNotes =
    "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere "
    + "in the argument array"
private let sortCost =
    "O(N+M*log(M)) where N is the number of elements, and M the number of those returned"
private let sortSyntax =
    "key [BY pattern#1] [LIMIT (offset count)] [GET... pattern#1] [order<ASC|DESC>] [sorting=ALPHA]"

/// What a SORT asks for.
private struct SortOptions {
    var isDescending = false
    var isAlphabetic = false
    var offset = 0
    var count = -1
    /// The pattern of the keys that have the weights; one without `*` leaves the order as it is.
    var weights: Argument?
    var gets: [Argument] = []
    var target: Argument?
    var isUnsorted: Bool { weights.map { !$0.buffer.contains(UInt8(ascii: "*")) } ?? false }

    init(
        _ arguments: Arguments, isReadOnly: Bool, _ database: Database
    ) throws(ReplyError) {
        var index = 2
        while index < arguments.count {
            let option = arguments[index]
            let left = arguments.count - index - 1
            if option.isKeyword("ASC") {
                isDescending = false
            } else if option.isKeyword("DESC") {
                isDescending = true
            } else if option.isKeyword("ALPHA") {
                isAlphabetic = true
            } else if option.isKeyword("LIMIT"), left >= 2 {
                offset = try arguments[index + 1].requireInteger()
                count = try arguments[index + 2].requireInteger()
                index += 2
            } else if !isReadOnly, option.isKeyword("STORE"), left >= 1 {
                target = arguments[index + 1]
                index += 1
            } else if option.isKeyword("BY"), left >= 1 {
                weights = arguments[index + 1]
                if !isUnsorted { try database.requireForeignKeys("BY") }
                index += 1
            } else if option.isKeyword("GET"), left >= 1 {
                try database.requireForeignKeys("GET")
                gets.append(arguments[index + 1])
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    /// Which of so many elements are wanted.
    func range(of total: Int) -> Range<Int> {
        let start = min(max(offset, 0), total)
        let count = min(max(self.count, -1), total)
        let end = min(count < 0 ? total : start + count, total)
        return start < end ? start..<end : 0..<0
    }
}

extension Database {
    /// Refuses patterns that name other keys, which may be anybody's.
    fileprivate func requireForeignKeys(_ option: String) throws(ReplyError) {
        guard !isClusterEnabled else {
            throw ReplyError("ERR \(option) option of SORT denied in Cluster mode.")
        }
        guard mayReadAnyKey else {
            throw ReplyError(
                "ERR \(option) option of SORT denied due to insufficient ACL permissions.")
        }
    }
}

private func sort(isReadOnly: Bool) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        var options = try SortOptions(arguments, isReadOnly: isReadOnly, database)
        let elements = try database.sortable(arguments[1], &options)
        let sorted = try database.sorted(elements, options)
        let chosen = sorted[options.range(of: sorted.count)]
        let results = chosen.flatMap { element in
            options.gets.isEmpty
                ? [element] : options.gets.map { database.value($0, for: element) }
        }
        guard let target = options.target else {
            reply.array(results.count)
            for result in results {
                if let result { reply.bulkString(result) } else { reply.null() }
            }
            return
        }
        database.store(results, at: target)
        reply.integer(results.count)
    }
}

extension Database {
    /// The elements of a list, a set or a sorted set.
    fileprivate mutating func sortable(
        _ key: Argument, _ options: inout SortOptions
    ) throws(ReplyError) -> [ByteString] {
        guard let reference = lookup(key) else { return [] }
        var elements: [ByteString] = []
        switch self[reference] {
        case .list(let list):
            list.forEach(in: 0..<list.count) { elements.append($0.copied) }
            if options.isUnsorted, options.isDescending { elements.reverse() }
        case .set(let set):
            set.forEach { elements.append($0.copied) }
            // What is stored has to be the same everywhere.
            if options.isUnsorted, options.target != nil {
                options.weights = nil
                options.isAlphabetic = true
            }
        case .sortedSet:
            // Redis has it sorted by a skiplist, and leaves it so.
            let limits = encodingLimits
            self[reference].modifySortedSet { $0.convert(limits) }
            self[reference].sortedSet?.forEach { member, _ in elements.append(member.copied) }
            if options.isUnsorted, options.isDescending { elements.reverse() }
        case .integer, .string, .raw, .hash, .stream: throw .wrongType
        }
        return elements
    }

    /// An element with what it is sorted by.
    private struct Weighed {
        let element: ByteString
        var number = 0.0
        var text: ByteString?
        let place: Int
    }

    fileprivate mutating func sorted(
        _ elements: [ByteString], _ options: SortOptions
    ) throws(ReplyError) -> [ByteString] {
        guard !options.isUnsorted else { return elements }
        var weighed: [Weighed] = []
        var hasBadNumber = false
        for (place, element) in elements.enumerated() {
            var item = Weighed(element: element, place: place)
            let weight = options.weights.map { value($0, for: element) } ?? element
            if options.isAlphabetic {
                item.text = weight
            } else if let weight {
                if let number = weight.withBuffer(parseWeight) {
                    item.number = number
                } else {
                    hasBadNumber = true
                }
            }
            weighed.append(item)
        }
        guard !hasBadNumber else {
            throw ReplyError("ERR One or more scores can't be converted into double")
        }
        weighed.sort { left, right in
            let order = Self.order(left, right, options.isAlphabetic)
            guard order != 0 else { return left.place < right.place }
            return options.isDescending ? order > 0 : order < 0
        }
        return weighed.map(\.element)
    }

    /// Less than 0 where the left one comes first (`sortCompare`).
    private static func order(_ left: Weighed, _ right: Weighed, _ isAlphabetic: Bool) -> Int {
        if isAlphabetic {
            guard let leftText = left.text, let rightText = right.text else {
                return (left.text == nil ? 0 : 1) - (right.text == nil ? 0 : 1)
            }
            return order(leftText, rightText)
        }
        if left.number != right.number { return left.number < right.number ? -1 : 1 }
        return order(left.element, right.element)
    }

    private static func order(_ left: ByteString, _ right: ByteString) -> Int {
        left.withBuffer { left in
            right.withBuffer { right in
                if left.lexicographicallyPrecedes(right) { return -1 }
                return right.lexicographicallyPrecedes(left) ? 1 : 0
            }
        }
    }

    /// What a pattern names for an element: the element itself, the string of another key or a field of its hash
    /// (`lookupKeyByPattern`).
    fileprivate mutating func value(_ pattern: Argument, for element: ByteString) -> ByteString? {
        let text = pattern.bytes
        if text == [UInt8(ascii: "#")] { return element }
        guard let star = text.firstIndex(of: UInt8(ascii: "*")) else { return nil }
        let rest = text[(star + 1)...]
        let arrow = Self.arrow(in: rest)
        let field = arrow.map { ByteString(Array(rest[($0 + 2)...])) }
        let name = text[..<star] + element.bytes + rest[..<(arrow ?? rest.endIndex)]
        return ByteString(Array(name)).withArgument { key in
            guard let reference = lookup(key) else { return nil }
            guard let field else { return self[reference].bytes }
            return field.withArgument { field in
                self[reference].hash?.withValue(of: field) { $0?.copied }
            }
        }
    }

    /// Where `->` is that a field follows.
    private static func arrow(in text: ArraySlice<UInt8>) -> Int? {
        text.indices.first { index in
            index + 1 < text.endIndex && text[index] == UInt8(ascii: "-")
                && text[index + 1] == UInt8(ascii: ">")
        }.flatMap { $0 + 2 < text.endIndex ? $0 : nil }
    }

    /// Puts a list of the results in place of a key, or deletes it where there are none.
    fileprivate mutating func store(_ results: [ByteString?], at key: Argument) {
        guard !results.isEmpty else { return removeResult(key) }
        var list = ListValue(encodingLimits)
        for result in results {
            (result ?? ByteString()).withItem { list.push($0, at: .tail) }
        }
        set(key, to: .list(list))
        changes += results.count - 1
        notify(.list, "sortstore", key)
    }
}
