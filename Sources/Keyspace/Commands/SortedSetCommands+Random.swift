import RESP

/// The command that chooses members of a sorted set at random.
let randomScoredMemberCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "zrandmember", arity: -2, keys: .at(1, "RO", "access"), [.readonly], .sortedSet,
        tips: ["nondeterministic_output"], since: "6.2.0",
        complexity: "O(N) where N is the number of members returned",
        summary: "Returns members that are chosen at random.",
        syntax: "key [options(count [WITHSCORES])]", run: randomMembers)
]

@Sendable private func randomMembers(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count > 2 else {
        guard let sortedSet = try database.sortedSet(at: arguments[1]) else { return reply.null() }
        let place = database.random.next(below: sortedSet.count)
        return sortedSet.withMember(at: place) { member, _ in reply.bulkString(member) }
    }
    let count = try arguments[2].requireInteger(in: -Int.max...Int.max)
    guard arguments.count == 3 || arguments.count == 4 && arguments[3].isKeyword("WITHSCORES")
    else { throw .syntax }
    let withScores = arguments.count == 4
    guard !withScores || (-Int.max / 2...Int.max / 2).contains(count) else {
        throw ReplyError("ERR value is out of range")
    }
    guard let sortedSet = try database.sortedSet(at: arguments[1]), count != 0 else {
        return reply.array(0)
    }
    guard count < sortedSet.count else {
        // All of them come in the order in which Redis goes through sorted sets.
        reply.members(sortedSet.count, withScores: withScores)
        return sortedSet.forEach(in: 0..<sortedSet.count, reversed: true) { member, score in
            reply.member(member, withScores ? score : nil)
        }
    }
    let chosen = try RandomChoice(count, of: sortedSet.count, random: &database.random)
    reply.members(chosen.count, withScores: withScores)
    chosen.forEach(&database.random) { place in
        sortedSet.withMember(at: place) { reply.member($0, withScores ? $1 : nil) }
    }
}
