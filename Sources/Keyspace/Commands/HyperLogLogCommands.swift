import RESP

/// The commands that estimate how many different elements there are (hyperloglog.c).
let hyperLogLogCommands: [CommandSpec<Database>] =
    [
        CommandSpec(
            "pfadd", arity: -2, keys: .at(1, "RW", "insert"), [.write, .denyOOM, .fast],
            .hyperloglog, since: "2.8.9", complexity: "O(1) to add every element.",
            summary: "Adds elements to a HyperLogLog, which it creates if there is none.",
            syntax: "key [element...]", run: add),
        CommandSpec(
            "pfcount", arity: -2,
            keys: .range(1, -1, "RW", "access").noting(
                "RW because it may change the internal representation of the key, and propagate "
                    + "to replicas"),
            [.readonly, .mayReplicate], .hyperloglog, since: "2.8.9",
            complexity: """
                O(1) with a very small average constant time when called with a single key. O(N) \
                with N being the number of keys, and much bigger constant times, when called with \
                multiple keys.
                """,
            summary: "Estimates how many different elements were added to HyperLogLogs.",
            syntax: "key...", run: count),
        CommandSpec(
            "pfmerge", arity: -2,
            keys: .at(1, "RW", "access", "insert").and(.range(2, -1, "RO", "access")),
            [.write, .denyOOM], .hyperloglog, since: "2.8.9",
            complexity: "O(N) to merge N HyperLogLogs, but with high constant times.",
            summary: "Merges HyperLogLogs into one.", syntax: "destkey#0 sourcekey#1...",
            run: merge),
    ] + hyperLogLogDebugCommands

extension ReplyError {
    static let corruptHyperLogLog = ReplyError("INVALIDOBJ Corrupted HLL object detected")
    fileprivate static let noHyperLogLog = ReplyError(
        "WRONGTYPE Key is not a valid HyperLogLog string value.")
}

extension Value {
    /// The HyperLogLog that a string is (`isHLLObjectOrReply`).
    func requireHyperLogLog() throws(ReplyError) -> HyperLogLog {
        switch self {
        case .string(let bytes), .raw(let bytes):
            guard bytes.withBuffer({ HyperLogLog.isValid($0) }) else { throw .noHyperLogLog }
            return HyperLogLog(bytes.bytes)
        case .integer: throw .noHyperLogLog
        default: throw .wrongType
        }
    }

    /// Changes the HyperLogLog, which the value is known to be, in place.
    mutating func modifyHyperLogLog(_ body: (inout HyperLogLog) -> Void) {
        modifyBytes { bytes in
            var held = HyperLogLog(bytes)
            bytes = []
            body(&held)
            bytes = held.bytes
        }
    }
}

@Sendable private func add(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let (reference, isNew) = try database.hyperLogLogForWrite(arguments[1])
    let limit = database.encodingLimits.hyperLogLogSparseBytes
    var updates = isNew ? 1 : 0
    var isCorrupt = false
    database[reference].modifyHyperLogLog { held in
        for index in 2..<max(2, arguments.count) {
            switch held.add(arguments[index].buffer, limit: limit) {
            case .unchanged: break
            case .changed: updates += 1
            case .corrupt:
                isCorrupt = true
                return
            }
        }
        if updates > 0 { held.invalidateCache() }
    }
    guard !isCorrupt else { throw .corruptHyperLogLog }
    if updates > 0 {
        database.changes += updates
        database.notify(.string, "pfadd", arguments[1])
    }
    reply.integer(updates > 0 ? 1 : 0)
}

@Sendable private func count(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count == 2 else {
        let (registers, _) = try merged(&database, arguments)
        return reply.integer(
            Int64(bitPattern: HyperLogLog.estimate(ofRegisters: registers)))
    }
    guard let reference = database.lookup(arguments[1]) else { return reply.integer(0) }
    let held = try database[reference].requireHyperLogLog()
    if let count = held.cachedCount {
        database[reference].modifyBytes { _ in }
        return reply.integer(Int64(bitPattern: count))
    }
    guard let count = held.estimate() else { throw .corruptHyperLogLog }
    database[reference].modifyHyperLogLog { $0.cache(count) }
    // The string has changed, although nobody is told so.
    database.changes += 1
    database.signalModified(arguments[1])
    reply.integer(Int64(bitPattern: count))
}

@Sendable private func merge(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let (registers, hasDense) = try merged(&database, arguments)
    let (reference, _) = try database.hyperLogLogForWrite(arguments[1])
    let limit = database.encodingLimits.hyperLogLogSparseBytes
    var isWhole = true
    database[reference].modifyHyperLogLog { held in
        if hasDense, !held.makeDense() {
            isWhole = false
            return
        }
        for register in registers.indices where registers[register] > 0 {
            _ = held.raise(register, to: registers[register], limit: limit)
        }
        held.invalidateCache()
    }
    guard isWhole else { throw .corruptHyperLogLog }
    database.changes += 1
    database.notify(.string, "pfadd", arguments[1])
    reply.ok()
}

/// The registers of all keys together, and whether any of them is dense.
private func merged(
    _ database: inout Database, _ keys: Arguments
) throws(ReplyError) -> (registers: [UInt8], hasDense: Bool) {
    var registers = Array(repeating: UInt8(0), count: HyperLogLog.registerCount)
    var hasDense = false
    for index in 1..<keys.count {
        guard let reference = database.lookup(keys[index]) else { continue }
        let held = try database[reference].requireHyperLogLog()
        hasDense = hasDense || held.encoding == .dense
        guard held.merge(into: &registers) else { throw .corruptHyperLogLog }
    }
    return (registers, hasDense)
}

extension Database {
    /// The HyperLogLog of a key for a command that changes it, a new one where there is none.
    fileprivate mutating func hyperLogLogForWrite(
        _ key: Argument
    ) throws(ReplyError) -> (reference: Reference, isNew: Bool) {
        if let reference = lookupForWrite(key) {
            _ = try self[reference].requireHyperLogLog()
            return (reference, false)
        }
        create(key, .raw(ByteString(HyperLogLog().bytes)))
        guard let reference = find(key) else {
            preconditionFailure("a key that was just made is not there")
        }
        return (reference, true)
    }
}
