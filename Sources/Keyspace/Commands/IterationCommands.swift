import RESP

/// The commands that look at the key space as a whole.
let iterationCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "keys", arity: 2, [.readonly], .generic, acl: [.keyspace, .dangerous],
        tips: ["request_policy:all_shards", "nondeterministic_output_order"], since: "1.0.0",
        complexity: "O(N) where N is the number of keys of the node",
        summary: "Returns all keys whose names match a pattern.", syntax: "pattern", run: keys),
    CommandSpec(
        "scan", arity: -2, [.readonly], .generic, acl: .keyspace,
        tips: ["nondeterministic_output", "request_policy:special"], since: "2.8.0",
        complexity: "O(1) for every call, O(N) for N keys in all",
        summary: "Returns some of the keys, and a cursor to go on from.",
        syntax: "cursor [MATCH pattern] [COUNT count] [TYPE type@6.0.0]", run: scan),
    CommandSpec(
        "randomkey", arity: 1, [.readonly], .generic, acl: .keyspace,
        tips: ["request_policy:all_shards", "nondeterministic_output"], since: "1.0.0",
        summary: "Returns the name of some key.", run: randomKey),
    CommandSpec(
        "dbsize", arity: 1, [.readonly, .fast], .server, acl: .keyspace,
        tips: ["request_policy:all_shards", "response_policy:agg_sum"], since: "1.0.0",
        summary: "Counts the keys of the node.", run: size),
    CommandSpec(
        "flushall", arity: -1, [.write], .server, acl: [.keyspace, .dangerous],
        tips: ["request_policy:all_shards", "response_policy:all_succeeded"], since: "1.0.0",
        complexity: "O(N) where N is the number of keys", summary: "Deletes all keys.",
        syntax: "[async<ASYNC@4.0.0|SYNC@6.2.0>]", run: flush),
    CommandSpec(
        "flushdb", arity: -1, [.write], .server, acl: [.keyspace, .dangerous],
        tips: ["request_policy:all_shards", "response_policy:all_succeeded"], since: "1.0.0",
        complexity: "O(N) where N is the number of keys",
        summary: "Deletes all keys of the database.",
        syntax: "[async<ASYNC@4.0.0|SYNC@6.2.0>]", run: flush),
]

@Sendable private func keys(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let filter = KeyFilter(arguments[1])
    var found: [ByteString] = []
    database.forEachKey { key in if filter.accepts(key) { found.append(key) } }
    reply.array(found.count)
    for key in found { reply.bulkString(key) }
}

@Sendable private func scan(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let cursor = try requireCursor(arguments[1])
    let options = try ScanOptions(arguments)
    var found: [ByteString] = []
    let next = database.scan(from: cursor, limit: options.count) { key, value in
        if options.accepts(key, value) { found.append(key) }
    }
    reply.array(2)
    reply.bulkString("\(next)")
    reply.array(found.count)
    for key in found { reply.bulkString(key) }
}

/// The cursor of SCAN and of HSCAN and its kind.
func requireCursor(_ argument: Argument) throws(ReplyError) -> UInt64 {
    guard let cursor = parseCursor(argument) else { throw ReplyError("ERR invalid cursor") }
    return cursor
}

/// A cursor as C's `strtoul` reads it: with a sign, wrapping below zero, and 0 for an empty text.
private func parseCursor(_ argument: Argument) -> UInt64? {
    if argument.count == 0 { return 0 }
    var digits = argument.buffer[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    guard !digits.isEmpty else { return nil }
    var cursor: UInt64 = 0
    for byte in digits {
        let digit = byte &- UInt8(ascii: "0")
        let (product, overflow) = cursor.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        guard digit <= 9, !overflow, !carry else { return nil }
        cursor = sum
    }
    return isNegative ? 0 &- cursor : cursor
}

/// The pattern of KEYS and SCAN; `*` alone lets everything pass.
private struct KeyFilter {
    private let pattern: Argument?

    init(_ pattern: Argument) {
        self.pattern = pattern.count == 1 && pattern[0] == UInt8(ascii: "*") ? nil : pattern
    }

    func accepts(_ key: ByteString) -> Bool {
        key.withBuffer { accepts($0) }
    }

    func accepts(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let pattern else { return true }
        return matchesGlob(name, pattern.buffer)
    }
}

/// The options of SCAN and of HSCAN and its kind.
struct ScanOptions {
    var count = 10
    private var filter: KeyFilter?
    private var type: String?

    /// Reads the options behind a cursor. A collection is of one type, so that HSCAN and its kind, whose
    /// options come later, do not take TYPE.
    init(_ arguments: Arguments, from start: Int = 2) throws(ReplyError) {
        for index in stride(from: start, to: arguments.count, by: 2) {
            guard index + 1 < arguments.count else { throw .syntax }
            let option = arguments[index]
            let value = arguments[index + 1]
            if option.isKeyword("COUNT") {
                guard let number = value.integer else { throw .notAnInteger }
                guard number > 0 else { throw .syntax }
                count = Int(number)
            } else if option.isKeyword("MATCH") {
                filter = KeyFilter(value)
            } else if option.isKeyword("TYPE"), start == 2 {
                type = value.text.lowercased()
            } else {
                throw .syntax
            }
        }
    }

    /// Whether an element of a collection is to be returned.
    func accepts(_ element: ListpackItem) -> Bool {
        guard let filter else { return true }
        return element.withBuffer { filter.accepts($0) }
    }

    func accepts(_ key: ByteString, _ value: Value) -> Bool {
        if let filter, !filter.accepts(key) { return false }
        return type == nil || type == value.kind.rawValue
    }
}

@Sendable private func randomKey(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let key = database.randomKey() else { return reply.null() }
    reply.bulkString(key)
}

@Sendable private func size(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    reply.integer(database.count)
}

@Sendable private func flush(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    if arguments.count > 1 {
        let isKnown = arguments[1].isKeyword("ASYNC") || arguments[1].isKeyword("SYNC")
        guard arguments.count == 2, isKnown else { throw .syntax }
    }
    database.removeAll()
    // Redis tells replicas even where there was nothing.
    database.changes += 1
    reply.ok()
}
