import RESP

/// The commands that combine sets.
let setAlgebraCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "smembers", arity: 2, keys: .at(1, "RO", "access"), [.readonly], .set,
        tips: ["nondeterministic_output_order"], since: "1.0.0",
        complexity: "O(N) where N is the number of members",
        summary: "Lists what a set holds.", syntax: "key", run: answer(.intersection)),
    CommandSpec(
        "sinter", arity: -2, keys: .range(1, -1, "RO", "access"), [.readonly], .set,
        tips: ["nondeterministic_output_order"], since: "1.0.0", complexity: intersectionCost,
        summary: "Returns the members that all of several sets have.", syntax: "key...",
        run: answer(.intersection)),
    CommandSpec(
        "sinterstore", arity: -3, keys: .at(1, "RW", "update").and(.range(2, -1, "RO", "access")),
        [.write, .denyOOM], .set, since: "1.0.0", complexity: intersectionCost,
        summary: "Stores the members that all of several sets have as a set.",
        syntax: "destination#0 key#1...", run: store(.intersection)),
    CommandSpec(
        "sintercard", arity: -3, keys: .counted(at: 1, "RO", "access"), [.readonly, .movableKeys],
        .set, since: "7.0.0", complexity: intersectionCost,
        summary: "Counts the members that all of several sets have.",
        syntax: "numkeys key... [LIMIT limit]", run: countIntersection),
    CommandSpec(
        "sunion", arity: -2, keys: .range(1, -1, "RO", "access"), [.readonly], .set,
        tips: ["nondeterministic_output_order"], since: "1.0.0", complexity: sumCost,
        summary: "Returns the members that any of several sets has.", syntax: "key...",
        run: answer(.union)),
    CommandSpec(
        "sunionstore", arity: -3, keys: .at(1, "OW", "update").and(.range(2, -1, "RO", "access")),
        [.write, .denyOOM], .set, since: "1.0.0", complexity: sumCost,
        summary: "Stores the members that any of several sets has as a set.",
        syntax: "destination#0 key#1...", run: store(.union)),
    CommandSpec(
        "sdiff", arity: -2, keys: .range(1, -1, "RO", "access"), [.readonly], .set,
        tips: ["nondeterministic_output_order"], since: "1.0.0", complexity: sumCost,
        summary: "Returns the members of the first set that none of the others has.",
        syntax: "key...", run: answer(.difference)),
    CommandSpec(
        "sdiffstore", arity: -3, keys: .at(1, "OW", "update").and(.range(2, -1, "RO", "access")),
        [.write, .denyOOM], .set, since: "1.0.0", complexity: sumCost,
        summary: "Stores the members of the first set that none of the others has as a set.",
        syntax: "destination#0 key#1...", run: store(.difference)),
]

private let intersectionCost =
    "O(N*M) where N is the size of the smallest set and M the number of sets"
private let sumCost = "O(N) where N is the number of members of all sets"

/// How sets are combined.
private enum SetOperation {
    case intersection, union, difference

    /// The event of a result that is stored.
    var storeEvent: StaticString {
        switch self {
        case .intersection: "sinterstore"
        case .union: "sunionstore"
        case .difference: "sdiffstore"
        }
    }

    /// What of some sets is the result. nil is a key that is not there: an empty set.
    func combine(_ sets: [SetValue?], _ limits: EncodingLimits) -> SetValue {
        switch self {
        case .intersection:
            var result = SetValue()
            forEachCommon(of: sets) { member in
                result.insert(member, limits)
                return true
            }
            return result
        case .union:
            var result = SetValue()
            for set in sets { set?.forEach { result.insert($0, limits) } }
            return result
        case .difference:
            var result = SetValue()
            let others = sets.dropFirst().compactMap { $0 }
            sets.first??.forEach { member in
                if !others.contains(where: { $0.contains(member) }) {
                    result.insert(member, limits)
                }
            }
            return result
        }
    }
}

/// Calls `visit` with every member that all of some sets have, until it returns false. The smallest set is
/// gone through.
private func forEachCommon(of sets: [SetValue?], _ visit: (ListpackItem) -> Bool) {
    let present = sets.compactMap { $0 }
    guard present.count == sets.count else { return }
    let sorted = present.enumerated().sorted {
        ($0.element.count, $0.offset) < ($1.element.count, $1.offset)
    }.map(\.element)
    SetValue.withViews(of: sorted[...]) { views in
        guard let smallest = views.first else { return }
        for index in 0..<smallest.count {
            let goesOn = smallest.withMember(at: index) { member in
                for other in 1..<views.count where !views[other].contains(member) { return true }
                return visit(member)
            }
            guard goesOn else { return }
        }
    }
}

extension Database {
    /// The sets of some keys; nil for each that is not there.
    fileprivate mutating func sets(
        _ arguments: Arguments, _ keys: Range<Int>
    ) throws(ReplyError) -> [SetValue?] {
        var sets: [SetValue?] = []
        for index in keys { sets.append(try set(at: arguments[index])) }
        return sets
    }
}

extension Database {
    /// Deletes the key of a result that is empty.
    mutating func removeResult(_ key: Argument) {
        if remove(key) != nil { notify(.generic, "del", key) }
    }
}

/// SINTER and its kind.
private func answer(_ operation: SetOperation) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let sets = try database.sets(arguments, 1..<arguments.count)
        // Most often SMEMBERS: the set is the answer.
        let isWhole = operation == .intersection && sets.count == 1
        let result = isWhole ? sets[0] : operation.combine(sets, database.encodingLimits)
        reply.set(result?.count ?? 0)
        result?.forEach { reply.bulkString($0) }
    }
}

/// SINTERSTORE and its kind.
private func store(_ operation: SetOperation) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        let sets = try database.sets(arguments, 2..<arguments.count)
        let result = operation.combine(sets, database.encodingLimits)
        if result.count > 0 {
            database.set(arguments[1], to: .set(result))
            reply.integer(result.count)
            database.notifyAfterReply(.set, operation.storeEvent, arguments[1])
        } else if operation == .intersection, sets.contains(where: { $0 == nil }) {
            // Of these Redis tells before it answers.
            database.removeResult(arguments[1])
            reply.integer(0)
        } else {
            reply.integer(0)
            database.afterReply { $0.removeResult(arguments[1]) }
        }
    }
}

@Sendable private func countIntersection(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let number = try arguments[1].requireInteger(
        in: 1...Int.max, ReplyError("ERR numkeys should be greater than 0"))
    guard number <= arguments.count - 2 else {
        throw ReplyError("ERR Number of keys can't be greater than number of args")
    }
    var limit = 0
    for index in stride(from: 2 + number, to: arguments.count, by: 2) {
        guard arguments[index].isKeyword("LIMIT"), index + 1 < arguments.count else {
            throw .syntax
        }
        limit = try arguments[index + 1].requireInteger(
            in: 0...Int.max, ReplyError("ERR LIMIT can't be negative"))
    }
    let sets = try database.sets(arguments, 2..<2 + number)
    var count = 0
    forEachCommon(of: sets) { _ in
        count += 1
        return limit == 0 || count < limit
    }
    reply.integer(count)
}
