import RESP

/// The commands that return or count members of a range.
let sortedSetRangeCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "zrange", arity: -4, keys: .at(1, "RO", "access"), [.readonly], .sortedSet,
        since: "1.2.0", complexity: rangeCost,
        summary: "Returns the members of a range of ranks, of scores or of bytes.",
        syntax:
            "key start:string stop:string [sortby<BYSCORE|BYLEX>@6.2.0] [REV@6.2.0] "
            + "[LIMIT (offset count)@6.2.0] [WITHSCORES]",
        run: answer(RangeQuery.Form())),
    CommandSpec(
        "zrangestore", arity: -5, keys: .at(1, "OW", "update").and(.at(2, "RO", "access")),
        [.write, .denyOOM], .sortedSet, since: "6.2.0",
        complexity: "O(log(N)+M) where N is the number of members and M that of those stored",
        summary: "Stores the members of a range as a sorted set.",
        syntax:
            "dst:key#0 src:key#1 min max [sortby<BYSCORE|BYLEX>] [REV] [LIMIT (offset count)]",
        run: store),
    CommandSpec(
        "zrevrange", arity: -4, keys: .at(1, "RO", "access"), [.readonly], .sortedSet,
        since: "1.2.0", complexity: rangeCost,
        deprecation: Deprecation(since: "6.2.0", replacedBy: "`ZRANGE` with the `REV` argument"),
        summary: "Returns the members of a range of ranks, the highest first.",
        syntax: "key start stop [WITHSCORES]",
        run: answer(RangeQuery.Form(kind: .rank, isReversed: true))),
    CommandSpec(
        "zrangebyscore", arity: -4, keys: .at(1, "RO", "access"), [.readonly], .sortedSet,
        since: "1.0.5", complexity: rangeCost,
        deprecation: Deprecation(
            since: "6.2.0", replacedBy: "`ZRANGE` with the `BYSCORE` argument"),
        summary: "Returns the members of a range of scores.",
        syntax: "key min:double max:double [WITHSCORES@2.0.0] [LIMIT (offset count)]",
        run: answer(RangeQuery.Form(kind: .score, isReversed: false))),
    CommandSpec(
        "zrevrangebyscore", arity: -4, keys: .at(1, "RO", "access"), [.readonly], .sortedSet,
        since: "2.2.0", complexity: rangeCost,
        deprecation: Deprecation(
            since: "6.2.0", replacedBy: "`ZRANGE` with the `REV` and `BYSCORE` arguments"),
        summary: "Returns the members of a range of scores, the highest first.",
        syntax: "key max:double min:double [WITHSCORES] [LIMIT (offset count)]",
        run: answer(RangeQuery.Form(kind: .score, isReversed: true))),
    CommandSpec(
        "zrangebylex", arity: -4, keys: .at(1, "RO", "access"), [.readonly], .sortedSet,
        since: "2.8.9", complexity: rangeCost,
        deprecation: Deprecation(
            since: "6.2.0", replacedBy: "`ZRANGE` with the `BYLEX` argument"),
        summary: "Returns the members of a range by their bytes.",
        syntax: "key min max [LIMIT (offset count)]",
        run: answer(RangeQuery.Form(kind: .lex, isReversed: false))),
    CommandSpec(
        "zrevrangebylex", arity: -4, keys: .at(1, "RO", "access"), [.readonly], .sortedSet,
        since: "2.8.9", complexity: rangeCost,
        deprecation: Deprecation(
            since: "6.2.0", replacedBy: "`ZRANGE` with the `REV` and `BYLEX` arguments"),
        summary: "Returns the members of a range by their bytes, the last one first.",
        syntax: "key max min [LIMIT (offset count)]",
        run: answer(RangeQuery.Form(kind: .lex, isReversed: true))),
    CommandSpec(
        "zcount", arity: 4, keys: .at(1, "RO", "access"), [.readonly, .fast], .sortedSet,
        since: "2.0.0", complexity: "O(log(N)) where N is the number of members",
        summary: "Counts the members of a range of scores.", syntax: "key min:double max:double",
        run: count(.score)),
    CommandSpec(
        "zlexcount", arity: 4, keys: .at(1, "RO", "access"), [.readonly, .fast], .sortedSet,
        since: "2.8.9", complexity: "O(log(N)) where N is the number of members",
        summary: "Counts the members of a range by their bytes.", syntax: "key min max",
        run: count(.lex)),
]

/// The commands that remove the members of a range.
let rangeRemovalCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "zremrangebyrank", arity: 4, keys: .at(1, "RW", "delete"), [.write], .sortedSet,
        since: "2.0.0", complexity: removalCost,
        summary: "Removes the members of a range of ranks, and deletes the key with the last one.",
        syntax: "key start stop", run: remove(.rank, event: "zremrangebyrank")),
    CommandSpec(
        "zremrangebyscore", arity: 4, keys: .at(1, "RW", "delete"), [.write], .sortedSet,
        since: "1.2.0", complexity: removalCost,
        summary: "Removes the members of a range of scores, and deletes the key with the last one.",
        syntax: "key min:double max:double", run: remove(.score, event: "zremrangebyscore")),
    CommandSpec(
        "zremrangebylex", arity: 4, keys: .at(1, "RW", "delete"), [.write], .sortedSet,
        since: "2.8.9", complexity: removalCost,
        summary:
            "Removes the members of a range by their bytes, and deletes the key with the last.",
        syntax: "key min max", run: remove(.lex, event: "zremrangebylex")),
]

private let rangeCost =
    "O(log(N)+M) where N is the number of members and M that of those returned"
private let removalCost =
    "O(log(N)+M) where N is the number of members and M that of those removed"

/// By what the members of a range are chosen.
private enum RangeKind {
    case rank, score, lex
}

/// The bounds of a range, as arguments have them.
private enum RangeBounds {
    case ranks(Int, Int)
    case scores(ScoreRange)
    case members(LexRange)

    init(_ kind: RangeKind, _ minimum: Argument, _ maximum: Argument) throws(ReplyError) {
        switch kind {
        case .rank:
            self = .ranks(try minimum.requireInteger(), try maximum.requireInteger())
        case .score:
            self = .scores(
                ScoreRange(minimum: try .init(minimum), maximum: try .init(maximum)))
        case .lex:
            self = .members(LexRange(minimum: try .init(minimum), maximum: try .init(maximum)))
        }
    }

    /// The ranks of the members, counted from the lowest score, or from the highest for ranks of a reversed range.
    func ranks(in sortedSet: SortedSetValue, isReversed: Bool = false) -> Range<Int> {
        switch self {
        case .scores(let range): return sortedSet.ranks(of: range, reversed: isReversed)
        case .members(let range): return sortedSet.ranks(of: range, reversed: isReversed)
        case .ranks(let start, let stop):
            let count = sortedSet.count
            let first = max(0, start < 0 ? count &+ start : start)
            let last = min(count - 1, stop < 0 ? count &+ stop : stop)
            guard first <= last else { return 0..<0 }
            return isReversed ? count - 1 - last..<count - first : first..<last + 1
        }
    }
}

/// What ZRANGE and its kind ask for.
private struct RangeQuery {
    /// What a command's name says already; nil is for the options to say.
    struct Form {
        var kind: RangeKind?
        var isReversed: Bool?
        /// The index of the key among the arguments.
        var key = 1
        /// Whether the members are stored, and not returned.
        var isStored = false
    }

    private let bounds: RangeBounds
    private(set) var isReversed = false
    private(set) var withScores = false
    private var offset = 0
    private var limit = -1

    init(_ arguments: Arguments, _ form: Form) throws(ReplyError) {
        var kind = form.kind
        var isReversed = form.isReversed
        var index = form.key + 3
        while index < arguments.count {
            let option = arguments[index]
            if !form.isStored, option.isKeyword("WITHSCORES") {
                withScores = true
            } else if option.isKeyword("LIMIT"), arguments.count - index > 2 {
                offset = try arguments[index + 1].requireInteger()
                limit = try arguments[index + 2].requireInteger()
                index += 2
            } else if isReversed == nil, option.isKeyword("REV") {
                isReversed = true
            } else if kind == nil, option.isKeyword("BYLEX") {
                kind = .lex
            } else if kind == nil, option.isKeyword("BYSCORE") {
                kind = .score
            } else {
                throw .syntax
            }
            index += 1
        }
        self.isReversed = isReversed ?? false
        let chosen = kind ?? .rank
        guard limit == -1 || chosen != .rank else {
            throw ReplyError(
                "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
            )
        }
        guard !withScores || chosen != .lex else {
            throw ReplyError(
                "ERR syntax error, WITHSCORES not supported in combination with BYLEX")
        }
        // A reversed range begins with its upper bound, but for ranks.
        let (first, second) = (arguments[form.key + 1], arguments[form.key + 2])
        bounds =
            self.isReversed && chosen != .rank
            ? try RangeBounds(chosen, second, first) : try RangeBounds(chosen, first, second)
    }

    /// The ranks of what is asked for, in the order of scores.
    func ranks(in sortedSet: SortedSetValue) -> Range<Int> {
        let ranks = bounds.ranks(in: sortedSet, isReversed: isReversed)
        if case .ranks = bounds { return ranks }
        guard offset >= 0, offset < ranks.count else { return 0..<0 }
        let count = limit < 0 ? ranks.count - offset : min(limit, ranks.count - offset)
        let start =
            isReversed ? ranks.upperBound - offset - count : ranks.lowerBound + offset
        return start..<start + count
    }
}

private func answer(_ form: RangeQuery.Form) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let query = try RangeQuery(arguments, form)
        guard let sortedSet = try database.sortedSet(at: arguments[1]) else {
            return reply.array(0)
        }
        let ranks = query.ranks(in: sortedSet)
        reply.members(ranks.count, withScores: query.withScores)
        let withScores = query.withScores
        sortedSet.forEach(
            in: ranks, reversed: query.isReversed, withScores: withScores
        ) { member, score in reply.member(member, withScores ? score : nil) }
    }
}

extension ReplyBuffer {
    /// Begins an array of members: with their scores in turn, or in RESP3 in pairs.
    mutating func members(_ count: Int, withScores: Bool) {
        array(withScores && protocolVersion < 3 ? count * 2 : count)
    }

    /// A member of such an array.
    @inline(__always)
    mutating func member(_ member: ListpackItem, _ score: Double?) {
        guard let score else { return bulkString(member) }
        if protocolVersion == 3 { array(2) }
        bulkString(member)
        double(score)
    }
}

@Sendable private func store(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let query = try RangeQuery(arguments, RangeQuery.Form(key: 2, isStored: true))
    let sortedSet = try database.sortedSet(at: arguments[2])
    var scores = ElementTable<Double>(seed: database.encodingLimits.seed)
    if let sortedSet {
        sortedSet.forEach(in: query.ranks(in: sortedSet)) { scores.insert($0.copied, $1) }
    }
    database.storeResult(scores, at: arguments[1], event: "zrangestore", &reply)
}

extension ElementTable {
    /// Adds a key that is not there.
    mutating func insert(_ key: ByteString, _ payload: Payload) {
        insert(key, hash: key.withArgument { hash(of: $0) }, payload)
    }
}

extension Database {
    /// Puts a sorted set in place of a key, or deletes it where there are no members, and answers how many there are.
    mutating func storeResult(
        _ scores: ElementTable<Double>, at key: Argument, event: StaticString,
        _ reply: inout ReplyBuffer
    ) {
        reply.integer(scores.count)
        guard scores.count > 0 else { return afterReply { $0.removeResult(key) } }
        set(key, to: .sortedSet(SortedSetValue(scores, encodingLimits)))
        notifyAfterReply(.sortedSet, event, key)
    }
}

/// ZCOUNT and ZLEXCOUNT.
private func count(_ kind: RangeKind) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let bounds = try RangeBounds(kind, arguments[2], arguments[3])
        let sortedSet = try database.sortedSet(at: arguments[1])
        reply.integer(sortedSet.map { bounds.ranks(in: $0).count } ?? 0)
    }
}

private func remove(_ kind: RangeKind, event: StaticString) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let bounds = try RangeBounds(kind, arguments[2], arguments[3])
        guard let reference = try database.lookupForWrite(arguments[1], as: .sortedSet) else {
            return reply.integer(0)
        }
        let removed = database[reference].modifySortedSet { sortedSet in
            let ranks = bounds.ranks(in: sortedSet)
            sortedSet.remove(ranks)
            return ranks.count
        }
        if removed > 0 { database.notify(.sortedSet, event, arguments[1]) }
        database.removeIfEmpty(reference, arguments[1])
        database.changes += removed
        reply.integer(removed)
    }
}
