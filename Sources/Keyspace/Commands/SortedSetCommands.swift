import RESP

/// The sorted set commands (t_zset.c).
package let sortedSetCommands: [CommandSpec<Database>] =
    scoredMemberCommands + sortedSetRangeCommands + rangeRemovalCommands + sortedSetPopCommands
    + sortedSetAlgebraCommands + randomScoredMemberCommands

/// The commands on single members.
private let scoredMemberCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "zadd", arity: -4, keys: .at(1, "RW", "update"), [.write, .denyOOM, .fast], .sortedSet,
        since: "1.2.0", complexity: "O(log(N)) for each member, where N is the number of members",
        summary: "Sets the scores of members of a sorted set, which it creates if there is none.",
        syntax:
            "key [condition<NX|XX>@3.0.2] [comparison<GT|LT>@6.2.0] [change=CH@3.0.2] "
            + "[increment=INCR@3.0.2] score_member(score member)...",
        run: addMembers),
    CommandSpec(
        "zincrby", arity: 4, keys: .at(1, "RW", "access", "update"), [.write, .denyOOM, .fast],
        .sortedSet, since: "1.2.0", complexity: memberCost,
        summary: "Adds to the score of a member, which counts as 0 if there is none.",
        syntax: "key increment member", run: increment),
    CommandSpec(
        "zrem", arity: -3, keys: .at(1, "RW", "delete"), [.write, .fast], .sortedSet,
        since: "1.2.0",
        complexity: "O(M*log(N)) where N is the number of members and M that of those removed",
        summary: "Removes members from a sorted set, and deletes it with the last one.",
        syntax: "key member...", run: remove),
    CommandSpec(
        "zcard", arity: 2, keys: .at(1, "RO"), [.readonly, .fast], .sortedSet, since: "1.2.0",
        summary: "Counts the members of a sorted set.", syntax: "key", run: count),
    CommandSpec(
        "zscore", arity: 3, keys: .at(1, "RO", "access"), [.readonly, .fast], .sortedSet,
        since: "1.2.0", summary: "Returns the score of a member.", syntax: "key member",
        run: score),
    CommandSpec(
        "zmscore", arity: -3, keys: .at(1, "RO", "access"), [.readonly, .fast], .sortedSet,
        since: "6.2.0", complexity: "O(N) where N is the number of members asked for",
        summary: "Returns the scores of several members.", syntax: "key member...", run: scores),
    CommandSpec(
        "zrank", arity: 3, keys: .at(1, "RO", "access"), [.readonly, .fast], .sortedSet,
        since: "2.0.0", complexity: memberCost,
        summary: "Tells where a member stands, counted from the lowest score.",
        syntax: "key member", run: rank(isReversed: false)),
    CommandSpec(
        "zrevrank", arity: 3, keys: .at(1, "RO", "access"), [.readonly, .fast], .sortedSet,
        since: "2.0.0", complexity: memberCost,
        summary: "Tells where a member stands, counted from the highest score.",
        syntax: "key member", run: rank(isReversed: true)),
    CommandSpec(
        "zscan", arity: -3, keys: .at(1, "RO", "access"), [.readonly], .sortedSet,
        tips: ["nondeterministic_output"], since: "2.8.0",
        complexity: "O(1) for every call, O(N) for N members in all",
        summary: "Returns some members with their scores, and a cursor to go on from.",
        syntax: "key cursor [MATCH pattern] [COUNT count]", run: scan),
]

private let memberCost = "O(log(N)) where N is the number of members"

extension Database {
    /// The sorted set of a key for a command that reads; nil where there is no key.
    @inline(__always)
    mutating func sortedSet(at key: Argument) throws(ReplyError) -> SortedSetValue? {
        try lookup(key, as: .sortedSet).flatMap { self[$0].sortedSet }
    }
}

// MARK: - ZADD

/// What comes before the scores of a ZADD.
private struct AddOptions {
    var score: SortedSetValue.ScoreOptions = []
    var countsChanges = false
    /// The index of the first score.
    var start = 2

    @inline(__always)
    init(_ arguments: Arguments) throws(ReplyError) {
        while start < arguments.count, take(arguments[start]) { start += 1 }
        let left = arguments.count - start
        guard left > 0, left % 2 == 0 else { throw .syntax }
        if score.isEmpty { return }
        guard !score.isSuperset(of: [.ifAbsent, .ifPresent]) else {
            throw ReplyError("ERR XX and NX options at the same time are not compatible")
        }
        let excluding = score.intersection([.ifAbsent, .ifGreater, .ifLess])
        guard excluding.rawValue.nonzeroBitCount <= 1 else {
            throw ReplyError("ERR GT, LT, and/or NX options at the same time are not compatible")
        }
        guard !score.contains(.increment) || left == 2 else {
            throw ReplyError("ERR INCR option supports a single increment-element pair")
        }
    }

    /// Whether the argument is an option, and not the first score.
    @inline(__always)
    private mutating func take(_ option: Argument) -> Bool {
        guard option.count == 2 || option.count == 4, option[0] > UInt8(ascii: "9") else {
            return false
        }
        if option.isKeyword("NX") {
            score.insert(.ifAbsent)
        } else if option.isKeyword("XX") {
            score.insert(.ifPresent)
        } else if option.isKeyword("CH") {
            countsChanges = true
        } else if option.isKeyword("INCR") {
            score.insert(.increment)
        } else if option.isKeyword("GT") {
            score.insert(.ifGreater)
        } else if option.isKeyword("LT") {
            score.insert(.ifLess)
        } else {
            return false
        }
        return true
    }
}

extension Argument {
    /// The argument as a score (`getDoubleFromObjectOrReply`).
    @inline(__always)
    func requireScore(_ message: ReplyError = .notAFloat) throws(ReplyError) -> Double {
        guard let score = parseScore(buffer) else { throw message }
        return score
    }
}

/// ZADD.
@Sendable func addMembers(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try AddOptions(arguments)
    guard !options.score.contains(.increment) else {
        return try increment(
            &database, arguments[1], arguments[options.start + 1],
            by: arguments[options.start].requireScore(), options.score, &reply)
    }
    let scores = stride(from: options.start, to: arguments.count, by: 2)
    // None is set where one is wrong.
    if arguments.count > options.start + 2 {
        for index in scores { _ = try arguments[index].requireScore() }
    }
    let first = try arguments[options.start].requireScore()
    guard
        let reference = try database.sortedSetToChange(
            arguments[1], arguments[options.start + 1], options.score)
    else { return reply.integer(0) }
    let limits = database.encodingLimits
    var (added, updated) = (0, 0)
    database[reference].modifySortedSet { sortedSet in
        for index in scores {
            let score = index == options.start ? first : parseScore(arguments[index].buffer) ?? 0
            switch sortedSet.set(arguments[index + 1], to: score, options.score, limits) {
            case .added: added += 1
            case .updated: updated += 1
            case .same, .refused, .notANumber: break
            }
        }
    }
    database.changes += added + updated
    reply.integer(options.countsChanges ? added + updated : added)
    if added + updated > 0 { database.notifyAfterReply(.sortedSet, "zadd", arguments[1]) }
}

extension Database {
    /// The entry of a sorted set, which is made for its first member if there is none; nil where only members that are
    /// there are to change, and there is no key.
    @inline(__always)
    fileprivate mutating func sortedSetToChange(
        _ key: Argument, _ first: Argument, _ options: SortedSetValue.ScoreOptions
    ) throws(ReplyError) -> Reference? {
        if let reference = try lookupForWrite(key, as: .sortedSet) { return reference }
        guard !options.contains(.ifPresent) else { return nil }
        create(key, .sortedSet(SortedSetValue(for: first, encodingLimits)))
        return find(key)
    }
}

@Sendable private func increment(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    try increment(
        &database, arguments[1], arguments[3], by: arguments[2].requireScore(), .increment, &reply)
}

/// ZINCRBY, and ZADD with INCR.
private func increment(
    _ database: inout Database, _ key: Argument, _ member: Argument, by increment: Double,
    _ options: SortedSetValue.ScoreOptions, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.sortedSetToChange(key, member, options) else {
        return reply.null()
    }
    let limits = database.encodingLimits
    switch database[reference].modifySortedSet({ $0.set(member, to: increment, options, limits) }) {
    case .added(let score), .updated(let score):
        database.changes += 1
        reply.double(score)
        database.notifyAfterReply(.sortedSet, "zincr", key)
    case .same(let score): reply.double(score)
    case .refused: reply.null()
    case .notANumber: throw ReplyError("ERR resulting score is not a number (NaN)")
    }
}

// MARK: - Other commands

@Sendable private func remove(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.lookupForWrite(arguments[1], as: .sortedSet) else {
        return reply.integer(0)
    }
    let removed = database[reference].modifySortedSet { sortedSet in
        var removed = 0
        for index in 2..<arguments.count where sortedSet.remove(arguments[index]) { removed += 1 }
        return removed
    }
    if removed > 0 { database.notify(.sortedSet, "zrem", arguments[1]) }
    database.removeIfEmpty(reference, arguments[1])
    database.changes += removed
    reply.integer(removed)
}

@Sendable private func count(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let reference = try database.lookup(arguments[1], as: .sortedSet)
    reply.integer(reference.flatMap { database[$0].elementCount } ?? 0)
}

@Sendable private func score(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    reply.score(try database.sortedSet(at: arguments[1])?.score(of: arguments[2]))
}

@Sendable private func scores(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let sortedSet = try database.sortedSet(at: arguments[1])
    reply.array(arguments.count - 2)
    for index in 2..<arguments.count { reply.score(sortedSet?.score(of: arguments[index])) }
}

extension ReplyBuffer {
    /// Answers with a score, or null without one.
    fileprivate mutating func score(_ score: Double?) {
        if let score { double(score) } else { null() }
    }
}

/// ZRANK and ZREVRANK.
private func rank(isReversed: Bool) -> CommandSpec<Database>.Handler {
    { database, arguments, reply throws(ReplyError) in
        guard let sortedSet = try database.sortedSet(at: arguments[1]),
            let rank = sortedSet.rank(of: arguments[2])
        else { return reply.null() }
        reply.integer(isReversed ? sortedSet.count - 1 - rank : rank)
    }
}

@Sendable private func scan(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let cursor = try requireCursor(arguments[2])
    guard let sortedSet = try database.sortedSet(at: arguments[1]) else {
        return reply.scanned(0, [])
    }
    let options = try ScanOptions(arguments, from: 3)
    var found: [ByteString] = []
    let next = sortedSet.scan(from: cursor, limit: options.count) { member, score in
        if options.accepts(member) { found += [member.copied, score.copied] }
    }
    reply.scanned(next, found)
}
