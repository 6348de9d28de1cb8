import RESP

/// The commands on all fields of a hash.
let wholeHashCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "hlen", arity: 2, keys: .at(1, "RO"), [.readonly, .fast], .hash, since: "2.0.0",
        summary: "Counts the fields of a hash.", syntax: "key", run: length),
    CommandSpec(
        "hkeys", arity: 2, keys: .at(1, "RO", "access"), [.readonly], .hash,
        tips: ["nondeterministic_output_order"], since: "2.0.0",
        complexity: "O(N) where N is the number of fields",
        summary: "Returns the fields of a hash.",
        syntax: "key", run: fields),
    CommandSpec(
        "hvals", arity: 2, keys: .at(1, "RO", "access"), [.readonly], .hash,
        tips: ["nondeterministic_output_order"], since: "2.0.0",
        complexity: "O(N) where N is the number of fields",
        summary: "Returns the values of all fields of a hash.", syntax: "key", run: values),
    CommandSpec(
        "hgetall", arity: 2, keys: .at(1, "RO", "access"), [.readonly], .hash,
        tips: ["nondeterministic_output_order"], since: "2.0.0",
        complexity: "O(N) where N is the number of fields",
        summary: "Returns the fields of a hash with their values.", syntax: "key", run: all),
    CommandSpec(
        "hscan", arity: -3, keys: .at(1, "RO", "access"), [.readonly], .hash,
        tips: ["nondeterministic_output"], since: "2.8.0",
        complexity: "O(1) for every call, O(N) for N fields in all",
        summary: "Returns some fields with their values, and a cursor to go on from.",
        syntax: "key cursor [MATCH pattern] [COUNT count]", run: scan),
    CommandSpec(
        "hrandfield", arity: -2, keys: .at(1, "RO", "access"), [.readonly], .hash,
        tips: ["nondeterministic_output"], since: "6.2.0",
        complexity: "O(N) where N is the number of returned fields",
        summary: "Returns fields that are chosen at random.",
        syntax: "key [options(count [WITHVALUES])]", run: randomFields),
]

@Sendable private func length(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let reference = try database.lookup(arguments[1], as: .hash)
    reply.integer(reference.flatMap { database[$0].elementCount } ?? 0)
}

@Sendable private func fields(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let hash = try database.hash(at: arguments[1]) else { return reply.array(0) }
    reply.array(hash.count)
    hash.forEach { field, _ in reply.bulkString(field) }
}

@Sendable private func values(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let hash = try database.hash(at: arguments[1]) else { return reply.array(0) }
    reply.array(hash.count)
    hash.forEach { _, value in reply.bulkString(value) }
}

@Sendable private func all(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let hash = try database.hash(at: arguments[1]) else { return reply.map(0) }
    reply.map(hash.count)
    hash.forEach { field, value in
        reply.bulkString(field)
        reply.bulkString(value)
    }
}

extension Database {
    /// The hash of a key for a command that reads; nil where there is no key.
    fileprivate mutating func hash(at key: Argument) throws(ReplyError) -> HashValue? {
        try lookup(key, as: .hash).flatMap { self[$0].hash }
    }
}

@Sendable private func scan(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let cursor = try requireCursor(arguments[2])
    guard let hash = try database.hash(at: arguments[1]) else { return reply.scanned(0, []) }
    let options = try ScanOptions(arguments, from: 3)
    var found: [ByteString] = []
    let next = hash.scan(from: cursor, limit: options.count) { field, value in
        if options.accepts(field) { found += [field.copied, value.copied] }
    }
    reply.scanned(next, found)
}

extension ReplyBuffer {
    /// What SCAN and its kind answer: a cursor and what was found.
    mutating func scanned(_ cursor: UInt64, _ found: [ByteString]) {
        array(2)
        bulkString("\(cursor)")
        array(found.count)
        for element in found { bulkString(element) }
    }
}

// MARK: - HRANDFIELD

@Sendable private func randomFields(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count > 2 else {
        guard let hash = try database.hash(at: arguments[1]) else { return reply.null() }
        let index = database.random.next(below: hash.count)
        return hash.withPair(at: index) { field, _ in reply.bulkString(field) }
    }
    let count = try arguments[2].requireInteger(in: -Int.max...Int.max)
    guard arguments.count == 3 || arguments.count == 4 && arguments[3].isKeyword("WITHVALUES")
    else { throw .syntax }
    let withValues = arguments.count == 4
    guard !withValues || (-Int.max / 2...Int.max / 2).contains(count) else {
        throw ReplyError("ERR value is out of range")
    }
    guard let hash = try database.hash(at: arguments[1]), count != 0 else {
        return reply.array(0)
    }
    let chosen = try RandomChoice(count, of: hash.count, random: &database.random)
    let isNested = withValues && reply.protocolVersion == 3
    reply.array(chosen.count * (withValues && !isNested ? 2 : 1))
    chosen.forEach(&database.random) { index in
        if isNested { reply.array(2) }
        hash.withPair(at: index) { field, value in
            reply.bulkString(field)
            if withValues { reply.bulkString(value) }
        }
    }
}
