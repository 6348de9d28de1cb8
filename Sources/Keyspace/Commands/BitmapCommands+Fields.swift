import RESP

/// BITFIELD, which reads and changes integers within strings.
let bitFieldCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "bitfield", arity: -2,
        keys: .at(1, "RW", "access", "update", "variable_flags")
            .withOnlyFieldGets("RO", "access")
            .noting("This command allows both access and modification of the key"),
        [.write, .denyOOM], .bitmap, since: "3.2.0",
        complexity: "O(1) for each subcommand specified",
        summary: "Reads and changes integers of any width within a string.",
        syntax: """
            key [operation<GET (encoding offset)|write([OVERFLOW wrap_sat_fail<WRAP|SAT|FAIL>] \
            write_operation<SET (encoding offset value:integer)\
            |INCRBY (encoding offset increment)>)>...]
            """
    ) { database, arguments, reply throws(ReplyError) in
        let operations = try FieldOperation.all(in: arguments, database)
        if operations.contains(where: \.isWrite) {
            try change(operations, &database, arguments[1], &reply)
        } else {
            try read(operations, &database, arguments[1], &reply)
        }
    },
    CommandSpec(
        "bitfield_ro", arity: -2, keys: .at(1, "RO", "access"), [.readonly, .fast], .bitmap,
        since: "6.0.0", complexity: "O(1) for each subcommand specified",
        summary: "Reads integers of any width within a string.",
        syntax: "key [GET... (encoding offset)]"
    ) { database, arguments, reply throws(ReplyError) in
        let operations = try FieldOperation.all(in: arguments, database)
        guard !operations.contains(where: \.isWrite) else {
            throw ReplyError("ERR BITFIELD_RO only supports the GET subcommand")
        }
        try read(operations, &database, arguments[1], &reply)
    },
]

/// One thing that BITFIELD is asked to do.
private struct FieldOperation {
    enum Kind {
        case get
        case set(Int64)
        case increment(Int64)
    }

    let kind: Kind
    let field: BitField
    let offset: Int
    let overflow: BitField.Overflow

    var isWrite: Bool {
        if case .get = kind { false } else { true }
    }

    var lastBit: Int { offset &+ field.width - 1 }

    /// All that follows the key.
    static func all(
        in arguments: Arguments, _ database: Database
    ) throws(ReplyError) -> [FieldOperation] {
        var operations: [FieldOperation] = []
        var overflow = BitField.Overflow.wrap
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            let rest = arguments.count - index - 1
            if word.isKeyword("OVERFLOW"), rest >= 1 {
                overflow = try Self.overflow(arguments[index + 1])
                index += 2
                continue
            }
            let isGet = word.isKeyword("GET") && rest >= 2
            let isSet = word.isKeyword("SET") && rest >= 3
            guard isGet || isSet || (word.isKeyword("INCRBY") && rest >= 3) else { throw .syntax }
            let field = try BitField(arguments[index + 1])
            let offset = try database.bitOffset(arguments[index + 2], width: field.width)
            var kind = Kind.get
            if !isGet {
                guard let number = arguments[index + 3].integer else { throw .notAnInteger }
                kind = isSet ? .set(number) : .increment(number)
            }
            operations.append(
                FieldOperation(kind: kind, field: field, offset: offset, overflow: overflow))
            index += isGet ? 3 : 4
        }
        return operations
    }

    private static func overflow(_ name: Argument) throws(ReplyError) -> BitField.Overflow {
        if name.isKeyword("WRAP") { return .wrap }
        if name.isKeyword("SAT") { return .saturate }
        guard name.isKeyword("FAIL") else {
            throw ReplyError("ERR Invalid OVERFLOW type specified")
        }
        return .fail
    }

    /// Does it.
    /// - Returns: what is answered, nil where a number did not fit; and whether a number is another one now.
    func run(_ bytes: inout [UInt8]) -> (answer: Int64?, hasChanged: Bool) {
        let old = bytes.withUnsafeBufferPointer { field.read($0, at: offset) }
        let new: Int64?
        var returnsOld = true
        switch kind {
        case .get: return (old, false)
        case .set(let number): new = field.sum(number, 0, overflow)
        case .increment(let number):
            new = field.sum(old, number, overflow)
            returnsOld = false
        }
        guard let new else { return (nil, false) }
        field.write(new, to: &bytes, at: offset)
        return (returnsOld ? old : new, new != old)
    }
}

private func read(
    _ operations: [FieldOperation], _ database: inout Database, _ key: Argument,
    _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var string = ByteString()
    if let reference = database.lookup(key) {
        guard let bytes = database[reference].bytes else { throw .wrongType }
        string = bytes
    }
    reply.array(operations.count)
    for operation in operations {
        reply.integer(string.withBuffer { operation.field.read($0, at: operation.offset) })
    }
}

private func change(
    _ operations: [FieldOperation], _ database: inout Database, _ key: Argument,
    _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let lastBit = operations.reduce(0) { $1.isWrite ? max($0, $1.lastBit) : $0 }
    let (reference, hasGrown) = try database.lookupForBits(key, upTo: lastBit)
    var answers: [Int64?] = []
    var changes = 0
    database[reference].modifyBytes { bytes in
        for operation in operations {
            let (answer, hasChanged) = operation.run(&bytes)
            answers.append(answer)
            // A string that has grown has changed, unless the number did not fit.
            if operation.isWrite, answer != nil, hasGrown || hasChanged { changes += 1 }
        }
    }
    reply.array(answers.count)
    for answer in answers {
        if let answer { reply.integer(answer) } else { reply.null() }
    }
    guard changes > 0 else { return }
    database.changes += changes
    database.notify(.string, "setbit", key)
}
