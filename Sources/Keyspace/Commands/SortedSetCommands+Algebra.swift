import RESP

/// The commands that combine sorted sets. A set may take part, with a score of 1 for each of its members.
let sortedSetAlgebraCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "zunion", arity: -3, keys: .counted(at: 1, "RO", "access"), [.readonly, .movableKeys],
        .sortedSet, since: "6.2.0", complexity: unionCost,
        summary: "Returns the members that any of several sorted sets has.",
        syntax: sourceSyntax + weightSyntax + " [WITHSCORES]", run: answer(.union)),
    CommandSpec(
        "zunionstore", arity: -4,
        keys: .at(1, "OW", "update").andCounted(at: 2, "RO", "access"),
        [.write, .denyOOM, .movableKeys], .sortedSet, since: "2.0.0", complexity: unionCost,
        summary: "Stores the members that any of several sorted sets has as a sorted set.",
        syntax: targetSyntax + weightSyntax, run: store(.union, event: "zunionstore")),
    CommandSpec(
        "zinter", arity: -3, keys: .counted(at: 1, "RO", "access"), [.readonly, .movableKeys],
        .sortedSet, since: "6.2.0", complexity: intersectionCost,
        summary: "Returns the members that all of several sorted sets have.",
        syntax: sourceSyntax + weightSyntax + " [WITHSCORES]", run: answer(.intersection)),
    CommandSpec(
        "zinterstore", arity: -4,
        keys: .at(1, "OW", "update").andCounted(at: 2, "RO", "access"),
        [.write, .denyOOM, .movableKeys], .sortedSet, since: "2.0.0",
        complexity: intersectionCost,
        summary: "Stores the members that all of several sorted sets have as a sorted set.",
        syntax: targetSyntax + weightSyntax, run: store(.intersection, event: "zinterstore")),
    CommandSpec(
        "zintercard", arity: -3, keys: .counted(at: 1, "RO", "access"),
        [.readonly, .movableKeys], .sortedSet, since: "7.0.0",
        complexity: "O(N*K) where N is the size of the smallest sorted set and K their number",
        summary: "Counts the members that all of several sorted sets have.",
        syntax: sourceSyntax + " [LIMIT limit]", run: countIntersection),
    CommandSpec(
        "zdiff", arity: -3, keys: .counted(at: 1, "RO", "access"), [.readonly, .movableKeys],
        .sortedSet, since: "6.2.0", complexity: differenceCost,
        summary: "Returns the members of the first sorted set that none of the others has.",
        syntax: sourceSyntax + " [WITHSCORES]", run: answer(.difference)),
    CommandSpec(
        "zdiffstore", arity: -4,
        keys: .at(1, "OW", "update").andCounted(at: 2, "RO", "access"),
        [.write, .denyOOM, .movableKeys], .sortedSet, since: "6.2.0",
        complexity: differenceCost,
        summary:
            "Stores the members of the first sorted set that none of the others has as a sorted set.",
        syntax: targetSyntax, run: store(.difference, event: "zdiffstore")),
]

private let sourceSyntax = "numkeys key..."
private let targetSyntax = "destination#0 numkeys key#1..."
private let weightSyntax = " [WEIGHTS weight:integer...] [AGGREGATE aggregate<SUM|MIN|MAX>]"
private let unionCost =
    "O(N)+O(M*log(M)) where N is the number of members of all and M that of the result"
private let intersectionCost =
    "O(N*K)+O(M*log(M)) where N is the size of the smallest, K their number and M that of the result"
private let differenceCost =
    "O(N*K)+O(M*log(M)) where N is the size of the first, K their number and M that of the result"

/// How sorted sets are combined.
private enum SortedSetOperation {
    case union, intersection, difference
}

/// What a member's score becomes that comes from several.
private enum Aggregation {
    case sum, minimum, maximum

    init(_ argument: Argument) throws(ReplyError) {
        if argument.isKeyword("SUM") {
            self = .sum
        } else if argument.isKeyword("MIN") {
            self = .minimum
        } else if argument.isKeyword("MAX") {
            self = .maximum
        } else {
            throw .syntax
        }
    }

    func combine(_ score: Double, _ other: Double) -> Double {
        switch self {
        case .sum:
            // Opposite infinities make 0.
            let sum = score + other
            return sum.isNaN ? 0 : sum
        case .minimum: return other < score ? other : score
        case .maximum: return other > score ? other : score
        }
    }
}

/// One of the sets that are combined.
private struct Source {
    /// nil is a key that is not there, an empty set.
    let members: Members?
    var weight = 1.0

    enum Members {
        case set(SetValue)
        case sortedSet(SortedSetValue)
    }

    var count: Int {
        switch members {
        case .set(let set): set.count
        case .sortedSet(let sortedSet): sortedSet.count
        case nil: 0
        }
    }

    /// The score of a member; nil where it is not there.
    func score(of member: ListpackItem) -> Double? {
        switch members {
        case .set(let set): set.contains(member) ? 1 : nil
        case .sortedSet(let sortedSet): member.withArgument { sortedSet.score(of: $0) }
        case nil: nil
        }
    }

    /// The score with its weight, which is 0 where that is no number.
    func weighed(_ score: Double) -> Double {
        let weighed = weight * score
        return weighed.isNaN ? 0 : weighed
    }

    /// Calls `visit` with every member and its score, in no order that means anything, until it returns false.
    @inline(__always)
    func forEach(_ visit: (ListpackItem, Double) -> Bool) {
        withView { $0.forEach(visit) }
    }

    /// Lends the memory of the set.
    @inline(__always)
    private func withView(_ body: (View) -> Void) {
        switch members {
        case .set(let set): set.withView { body(View(members: .set($0), weight: weight)) }
        case .sortedSet(let sortedSet):
            sortedSet.withView { body(View(members: .sortedSet($0), weight: weight)) }
        case nil: body(View(members: nil, weight: weight))
        }
    }

    /// Lends that of several.
    static func withViews(
        of sources: ArraySlice<Source>, behind views: [View] = [], _ body: ([View]) -> Void
    ) {
        guard let first = sources.first else { return body(views) }
        first.withView { withViews(of: sources.dropFirst(), behind: views + [$0], body) }
    }

    /// The memory of a set, lent: who asks it for many members counts no references for each of them.
    struct View {
        fileprivate let members: Members?
        let weight: Double

        enum Members {
            case set(SetView)
            case sortedSet(SortedSetView)
        }

        /// The score of a member; nil where it is not there.
        @inline(__always)
        func score(of member: ListpackItem) -> Double? {
            switch members {
            case .set(let set): set.contains(member) ? 1 : nil
            case .sortedSet(let sortedSet): sortedSet.score(of: member)
            case nil: nil
            }
        }

        /// Calls `visit` with every member and its score until it returns false.
        @inline(__always)
        func forEach(_ visit: (ListpackItem, Double) -> Bool) {
            switch members {
            case .set(let set):
                for index in 0..<set.count {
                    guard set.withMember(at: index, { visit($0, 1) }) else { return }
                }
            case .sortedSet(let sortedSet): sortedSet.forEachUntil(visit)
            case nil: break
            }
        }
    }
}

/// What ZUNION and its kind ask for.
private struct AlgebraQuery {
    private let operation: SortedSetOperation
    private var sources: [Source] = []
    private var aggregation = Aggregation.sum
    private(set) var withScores = false
    /// LIMIT of ZINTERCARD; 0 for none.
    private(set) var limit = 0

    /// The options that a command has besides those of its operation.
    enum Extra {
        case scores, limit, none
    }

    /// `index` is that of the number of keys.
    init(
        _ arguments: Arguments, at index: Int, _ operation: SortedSetOperation, _ extra: Extra,
        _ database: inout Database
    ) throws(ReplyError) {
        self.operation = operation
        let number = try arguments[index].requireInteger()
        guard number >= 1 else {
            throw ReplyError(
                "ERR at least 1 input key is needed for '\(arguments[0].text.lowercased())' command"
            )
        }
        guard number <= arguments.count - index - 1 else { throw .syntax }
        for place in index + 1...index + number {
            sources.append(Source(members: try database.members(of: arguments[place])))
        }
        let hasWeights = operation != .difference && extra != .limit
        var place = index + number + 1
        while place < arguments.count {
            let option = arguments[place]
            let left = arguments.count - place - 1
            if hasWeights, left >= number, option.isKeyword("WEIGHTS") {
                for source in sources.indices {
                    sources[source].weight = try arguments[place + 1 + source].requireScore(
                        ReplyError("ERR weight value is not a float"))
                }
                place += number
            } else if hasWeights, left >= 1, option.isKeyword("AGGREGATE") {
                aggregation = try Aggregation(arguments[place + 1])
                place += 1
            } else if extra == .scores, option.isKeyword("WITHSCORES") {
                withScores = true
            } else if extra == .limit, left >= 1, option.isKeyword("LIMIT") {
                limit = try arguments[place + 1].requireInteger(
                    in: 0...Int.max, ReplyError("ERR LIMIT can't be negative"))
                place += 1
            } else {
                throw .syntax
            }
            place += 1
        }
        // The smallest one first; a difference has an order of its own.
        guard operation != .difference else { return }
        sources = sources.enumerated().sorted {
            ($0.element.count, $0.offset) < ($1.element.count, $1.offset)
        }.map(\.element)
    }

    /// The members of the result with their scores.
    func result(_ limits: EncodingLimits) -> ElementTable<Double> {
        var result = ElementTable<Double>(seed: limits.seed)
        switch operation {
        case .union: unite(into: &result)
        case .intersection:
            forEachCommon { member, score in
                result.insert(member.copied, score)
                return true
            }
        case .difference:
            let others = sources.dropFirst().sorted { $0.count > $1.count }
            sources[0].forEach { member, score in
                if !others.contains(where: { $0.score(of: member) != nil }) {
                    result.insert(member.copied, score)
                }
                return true
            }
        }
        return result
    }

    /// Calls `visit` with every member that all of the sets have, until it returns false. The smallest set is gone
    /// through.
    func forEachCommon(_ visit: (ListpackItem, Double) -> Bool) {
        Source.withViews(of: sources[...]) { views in
            views[0].forEach { member, score in
                var combined = sources[0].weighed(score)
                for index in 1..<views.count {
                    guard let other = views[index].score(of: member) else { return true }
                    combined = aggregation.combine(combined, other * views[index].weight)
                }
                return visit(member, combined)
            }
        }
    }

    private func unite(into result: inout ElementTable<Double>) {
        result.reserveCapacity(sources.last?.count ?? 0)
        for source in sources {
            source.forEach { member, score in
                let score = source.weighed(score)
                let hash = member.withArgument { result.hash(of: $0) }
                if let index = member.withArgument({ result.index(of: $0, hash: hash) }) {
                    result[index] = aggregation.combine(result[index], score)
                } else {
                    result.insert(member.copied, hash: hash, score)
                }
                return true
            }
        }
    }
}

extension Database {
    /// The members of a set or a sorted set; nil where there is no key.
    fileprivate mutating func members(
        of key: Argument
    ) throws(ReplyError) -> Source.Members? {
        guard let reference = lookup(key) else { return nil }
        switch self[reference] {
        case .set(let set): return .set(set)
        case .sortedSet(let sortedSet): return .sortedSet(sortedSet)
        default: throw .wrongType
        }
    }
}

/// ZUNION and its kind.
private func answer(_ operation: SortedSetOperation) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let query = try AlgebraQuery(arguments, at: 1, operation, .scores, &database)
        let items = query.result(database.encodingLimits).entries
            .map { RankTree.Item(score: $0.payload, member: $0.key) }
            .sorted { $0.precedes($1) }
        reply.members(items.count, withScores: query.withScores)
        for item in items {
            item.member.withBuffer {
                reply.member(.bytes($0), query.withScores ? item.score : nil)
            }
        }
    }
}

/// ZUNIONSTORE and its kind.
private func store(
    _ operation: SortedSetOperation, event: StaticString
) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let query = try AlgebraQuery(arguments, at: 2, operation, .none, &database)
        database.storeResult(
            query.result(database.encodingLimits), at: arguments[1], event: event, &reply)
    }
}

@Sendable private func countIntersection(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let query = try AlgebraQuery(arguments, at: 1, .intersection, .limit, &database)
    var count = 0
    query.forEachCommon { _, _ in
        count += 1
        return query.limit == 0 || count < query.limit
    }
    reply.integer(count)
}
