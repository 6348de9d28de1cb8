import Keyspace
import RESP

/// The list commands that wait where there is no element (t_list.c, "Blocking POP operations").
let blockingListCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "blpop", arity: -3, keys: .range(1, -2, "RW", "access", "delete"),
        [.write, .noScript, .blocking], .list, since: "2.0.0",
        complexity: "O(N) where N is the number of keys",
        summary: "Takes the first element of the first list that has any, or waits for one.",
        syntax: "key... timeout:double", run: pop(.head)),
    CommandSpec(
        "brpop", arity: -3, keys: .range(1, -2, "RW", "access", "delete"),
        [.write, .noScript, .blocking], .list, since: "2.0.0",
        complexity: "O(N) where N is the number of keys",
        summary: "Takes the last element of the first list that has any, or waits for one.",
        syntax: "key... timeout:double", run: pop(.tail)),
    CommandSpec(
        "blmpop", arity: -5, keys: .counted(at: 2, "RW", "access", "delete"),
        [.write, .blocking, .movableKeys], .list, since: "7.0.0",
        complexity: "O(N+M) where N is the number of keys and M the number of elements returned",
        summary: "Takes elements from the first of several lists that has any, or waits for one.",
        syntax: "timeout:double numkeys key... where<LEFT|RIGHT> [COUNT count]", run: popMany),
    CommandSpec(
        "blmove", arity: 6, keys: .at(1, "RW", "access", "delete").and(.at(2, "RW", "insert")),
        [.write, .denyOOM, .noScript, .blocking], .list, since: "6.2.0",
        summary: "Takes an element from one list to another, or waits for one.",
        syntax: "source#0 destination#1 wherefrom<LEFT|RIGHT> whereto<LEFT|RIGHT> timeout:double",
        run: move),
    CommandSpec(
        "brpoplpush", arity: 4, keys: .at(1, "RW", "access", "delete").and(.at(2, "RW", "insert")),
        [.write, .denyOOM, .noScript, .blocking], .list, since: "2.2.0",
        deprecation: Deprecation(
            since: "6.2.0", replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments"),
        summary: "Takes the last element of a list to the head of another, or waits for one.",
        syntax: "source#0 destination#1 timeout:double", run: moveTailToHead),
]

/// BLPOP and BRPOP.
private func pop(_ end: ListValue.End) -> CommandSpec<Node>.Handler {
    { node, arguments, reply throws(ReplyError) in
        let last = arguments.count - 1
        let deadline = try node.deadline(arguments[last])
        try node.take(.pop(end), arguments, 1..<last, deadline, &reply)
    }
}

@Sendable private func popMany(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try ManyListsPop(arguments, at: 2)
    let deadline = try node.deadline(arguments[1])
    try node.take(
        .popMany(options.end, count: options.count), arguments, options.keys, deadline, &reply)
}

@Sendable private func move(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let move = ListMove(
        destination: ByteString(arguments[2]), from: try ListValue.End(arguments[3]),
        to: try ListValue.End(arguments[4]), isOldStyle: false)
    let deadline = try node.deadline(arguments[5])
    try node.take(.move(move), arguments, 1..<2, deadline, &reply)
}

@Sendable private func moveTailToHead(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let move = ListMove(
        destination: ByteString(arguments[2]), from: .tail, to: .head, isOldStyle: true)
    let deadline = try node.deadline(arguments[3])
    try node.take(.move(move), arguments, 1..<2, deadline, &reply)
}

extension Node {
    /// Does it with the first key that is there, or waits until one is. Within a transaction nothing waits.
    fileprivate mutating func take(
        _ purpose: ListWait.Purpose, _ arguments: Arguments, _ keys: Range<Int>,
        _ deadline: Instant?, _ reply: inout ReplyBuffer
    ) throws(ReplyError) {
        for index in keys {
            if try perform(purpose, on: arguments[index], &reply) { return }
        }
        guard isInTransaction else {
            return block(
                ListWait(
                    client: clients[caller].id, keys: keys.map { ByteString(arguments[$0]) },
                    purpose: purpose, deadline: deadline))
        }
        if case .move = purpose { reply.null() } else { reply.nullArray() }
    }

    /// When a timeout in seconds is over; nil for 0, which is never.
    fileprivate func deadline(_ timeout: Argument) throws(ReplyError) -> Instant? {
        let milliseconds = try timeout.timeoutMilliseconds(at: unixMilliseconds)
        // What lies beyond the end of this clock is never, too.
        let (wait, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        guard milliseconds > 0, !overflow, wait < Int64.max - now.nanoseconds else { return nil }
        return now.advanced(by: .nanoseconds(wait))
    }
}
