import RESP

/// The commands that count.
let counterCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "incr", arity: 2, keys: .at(1, "RW", "access", "update"), [.write, .denyOOM, .fast],
        .string, since: "1.0.0",
        summary: "Adds one to the integer of a key, which counts as 0 if there is none.",
        syntax: "key", run: increment),
    CommandSpec(
        "incrby", arity: 3, keys: .at(1, "RW", "access", "update"), [.write, .denyOOM, .fast],
        .string, since: "1.0.0",
        summary: "Adds to the integer of a key, which counts as 0 if there is none.",
        syntax: "key increment", run: incrementBy),
    CommandSpec(
        "incrbyfloat", arity: 3, keys: .at(1, "RW", "access", "update"),
        [.write, .denyOOM, .fast], .string, since: "2.6.0",
        summary: "Adds to the floating point number of a key, which counts as 0 if there is none.",
        syntax: "key increment:double", run: incrementByFloat),
    CommandSpec(
        "decr", arity: 2, keys: .at(1, "RW", "access", "update"), [.write, .denyOOM, .fast],
        .string, since: "1.0.0",
        summary: "Subtracts one from the integer of a key, which counts as 0 if there is none.",
        syntax: "key", run: decrement),
    CommandSpec(
        "decrby", arity: 3, keys: .at(1, "RW", "access", "update"), [.write, .denyOOM, .fast],
        .string, since: "1.0.0",
        summary: "Subtracts from the integer of a key, which counts as 0 if there is none.",
        syntax: "key decrement", run: decrementBy),
]

@Sendable private func increment(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    try add(1, &database, arguments[1], &reply)
}

@Sendable private func decrement(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    try add(-1, &database, arguments[1], &reply)
}

@Sendable private func incrementBy(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let number = arguments[2].integer else { throw .notAnInteger }
    try add(number, &database, arguments[1], &reply)
}

@Sendable private func decrementBy(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let number = arguments[2].integer else { throw .notAnInteger }
    guard number != .min else { throw ReplyError("ERR decrement would overflow") }
    try add(-number, &database, arguments[1], &reply)
}

private func add(
    _ number: Int64, _ database: inout Database, _ key: Argument, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.lookupForWrite(key) else {
        database.set(key, to: .integer(number))
        database.notify(.string, "incrby", key)
        return reply.integer(number)
    }
    let old: Int64?
    switch database[reference] {
    case .integer(let integer): old = integer
    case .string(let bytes), .raw(let bytes): old = bytes.integer
    case .list, .set, .hash, .sortedSet, .stream: throw .wrongType
    }
    guard let old else { throw .notAnInteger }
    let (sum, overflow) = old.addingReportingOverflow(number)
    guard !overflow else { throw .overflow }
    database[reference] = .integer(sum)
    database.changes += 1
    database.notify(.string, "incrby", key)
    reply.integer(sum)
}

@Sendable private func incrementByFloat(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let reference = database.lookupForWrite(arguments[1])
    var sum: LongDouble = 0
    if let reference {
        guard let bytes = database[reference].bytes else { throw .wrongType }
        guard let number = bytes.withBuffer(parseLongDouble) else { throw .notAFloat }
        sum = number
    }
    guard let number = parseLongDouble(arguments[2].buffer) else { throw .notAFloat }
    sum += number
    guard sum.isFinite else { throw ReplyError("ERR increment would produce NaN or Infinity") }

    // Kept as text even where it is a whole number, as in Redis.
    let digits = ByteString(formatLongDouble(sum))
    database.setKeepingExpiry(arguments[1], to: .string(digits))
    database.notify(.string, "incrbyfloat", arguments[1])
    reply.bulkString(digits)
}
