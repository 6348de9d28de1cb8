import RESP

/// The commands that count in a field of a hash.
let hashCounterCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "hincrby", arity: 4, keys: .at(1, "RW", "access", "update"), [.write, .denyOOM, .fast],
        .hash, since: "2.0.0",
        summary: "Adds to the integer of a field, which counts as 0 if there is none.",
        syntax: "key field increment", run: increment),
    CommandSpec(
        "hincrbyfloat", arity: 4, keys: .at(1, "RW", "access", "update"),
        [.write, .denyOOM, .fast], .hash, since: "2.6.0",
        summary:
            "Adds to the floating point number of a field, which counts as 0 if there is none.",
        syntax: "key field increment:double", run: incrementByFloat),
]

@Sendable private func increment(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let increment = arguments[3].integer else { throw .notAnInteger }
    let old = try oldValue(&database, arguments) ?? "0"
    guard let number = old.integer else {
        throw ReplyError("ERR hash value is not an integer")
    }
    let (sum, overflow) = number.addingReportingOverflow(increment)
    guard !overflow else { throw .overflow }
    withDecimal(of: sum) { store(&database, arguments, Argument(start: $0, count: $1)) }
    reply.integer(sum)
    database.notifyAfterReply(.hash, "hincrby", arguments[1])
}

@Sendable private func incrementByFloat(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let increment = parseLongDouble(arguments[3].buffer) else { throw .notAFloat }
    guard increment.isFinite else { throw ReplyError("ERR value is NaN or Infinity") }
    let old = try oldValue(&database, arguments) ?? "0"
    guard let number = old.withBuffer(parseLongDouble) else {
        throw ReplyError("ERR hash value is not a float")
    }
    let sum = number + increment
    guard sum.isFinite else { throw ReplyError("ERR increment would produce NaN or Infinity") }
    let digits = ByteString(formatLongDouble(sum))
    digits.withArgument { store(&database, arguments, $0) }
    // As the sum, so that no replica adds with other digits.
    database.noteEffect([
        "HSET", ByteString(arguments[1]), ByteString(arguments[2]), digits,
    ])
    reply.bulkString(digits)
    database.notifyAfterReply(.hash, "hincrbyfloat", arguments[1])
}

/// The value of the field; nil where there is none.
private func oldValue(
    _ database: inout Database, _ arguments: Arguments
) throws(ReplyError) -> ByteString? {
    guard let reference = try database.lookupForWrite(arguments[1], as: .hash),
        let hash = database[reference].hash
    else { return nil }
    return hash.withValue(of: arguments[2]) { $0?.copied }
}

private func store(_ database: inout Database, _ arguments: Arguments, _ value: Argument) {
    let limits = database.encodingLimits
    if let reference = database.find(arguments[1]) {
        database[reference].modifyHash { $0.set(arguments[2], to: value, limits) }
    } else {
        var hash = HashValue()
        hash.set(arguments[2], to: value, limits)
        database.create(arguments[1], .hash(hash))
    }
    database.changes += 1
}
