import RESP

/// XGROUP and its subcommands.
let streamGroupCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "xgroup", arity: -2, [], .stream, since: "5.0.0", complexity: "Depends on the subcommand",
        summary: "Creates, changes and deletes groups of consumers.",
        subcommands: [
            CommandSpec(
                "create", arity: -5, keys: .at(2, "RW", "insert"), [.write, .denyOOM], .stream,
                since: "5.0.0", summary: "Creates a group.",
                syntax: "key groupname id<id|new_id=$> [MKSTREAM] "
                    + "[ENTRIESREAD entries_read:integer]",
                run: create),
            CommandSpec(
                "createconsumer", arity: 5, keys: .at(2, "RW", "insert"), [.write, .denyOOM],
                .stream, since: "6.2.0", summary: "Creates a consumer of a group.",
                syntax: "key groupname consumername", run: createConsumer),
            CommandSpec(
                "delconsumer", arity: 5, keys: .at(2, "RW", "delete"), [.write], .stream,
                since: "5.0.0", summary: "Deletes a consumer of a group.",
                syntax: "key groupname consumername", run: deleteConsumer),
            CommandSpec(
                "destroy", arity: 4, keys: .at(2, "RW", "delete"), [.write], .stream,
                since: "5.0.0", complexity: "O(N) where N is the number of pending entries",
                summary: "Deletes a group.", syntax: "key groupname", run: destroy),
            CommandSpec(
                "help", arity: 2, [.loading, .stale], .stream, since: "5.0.0",
                summary: "Lists the subcommands.", run: help),
            CommandSpec(
                "setid", arity: -5, keys: .at(2, "RW", "update"), [.write], .stream,
                since: "5.0.0", summary: "Sets the entry that a group was delivered last.",
                syntax: "key groupname id<id|new_id=$> [ENTRIESREAD entries_read:integer]",
                run: setID),
        ],
        run: help)
]

/// What CREATE and SETID are told after the ID.
private struct GroupOptions {
    var createsStream = false
    /// As it was given; -1 for what cannot be told.
    var entriesRead: Int64 = -1

    var read: Int64? { entriesRead == -1 ? nil : entriesRead }

    init(_ arguments: Arguments, isCreating: Bool) throws(ReplyError) {
        var index = 5
        while index < arguments.count {
            if isCreating, arguments[index].isKeyword("MKSTREAM") {
                createsStream = true
            } else if arguments[index].isKeyword("ENTRIESREAD"), index + 1 < arguments.count {
                index += 1
                guard let number = arguments[index].integer else { throw .notAnInteger }
                guard number >= -1 else {
                    throw ReplyError("ERR value for ENTRIESREAD must be positive or -1")
                }
                entriesRead = number
            } else {
                throw .wrongSubcommand(arguments)
            }
            index += 1
        }
    }
}

extension ReplyError {
    /// What a subcommand answers to arguments that it has no use for (`addReplySubcommandSyntaxError`).
    static func wrongSubcommand(_ arguments: Arguments) -> ReplyError {
        ReplyError(
            "ERR unknown subcommand or wrong number of arguments for "
                + "'\(arguments[1].cText.prefix(128))'. Try \(arguments[0].cText.uppercased()) HELP."
        )
    }

    fileprivate static let noStream = ReplyError(
        "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to "
            + "use the MKSTREAM option to create an empty stream automatically.")
}

/// The ID of an argument, of which `$` is the last one of the stream.
private func id(
    _ argument: Argument, last: EntryID, orEnd: Bool
) throws(ReplyError) -> EntryID {
    if argument.isCString("$") { return last }
    return orEnd ? try EntryID(orEnd: argument) : try EntryID(argument)
}

@Sendable private func create(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try GroupOptions(arguments, isCreating: true)
    let key = arguments[2]
    var reference = try database.lookupForWrite(key, as: .stream)
    guard reference != nil || options.createsStream else { throw .noStream }
    guard arguments.count <= 8 else { throw .wrongSubcommand(arguments) }
    let last = reference.flatMap { database[$0].stream?.lastID } ?? .zero
    let group = StreamGroup(
        name: ByteString(arguments[3]), lastID: try id(arguments[4], last: last, orEnd: false),
        entriesRead: options.read)
    if reference == nil {
        database.create(key, .stream(StreamValue()))
        database.signalModified(key)
        reference = database.find(key)
    }
    guard let reference else { preconditionFailure("a key that was made is not there") }
    try database.withStream(reference) { stream, _ throws(ReplyError) in
        guard stream.addGroup(group) else {
            throw ReplyError("BUSYGROUP Consumer Group name already exists")
        }
    }
    reply.ok()
    database.changes += 1
    database.announceAfterReply(.stream, "xgroup-create", key)
}

extension Database {
    /// The stream of a key with a group of it, for XGROUP; throws where one of them is not there.
    fileprivate mutating func requireGroup(
        _ arguments: Arguments
    ) throws(ReplyError) -> (stream: Reference, group: Int) {
        guard let reference = try lookupForWrite(arguments[2], as: .stream) else {
            throw .noStream
        }
        guard let group = self[reference].stream?.group(named: arguments[3]) else {
            throw .noGroup(arguments[3], of: arguments[2])
        }
        return (reference, group)
    }
}

extension ReplyError {
    /// For a group that a key does not have.
    static func noGroup(_ group: Argument, of key: Argument) -> ReplyError {
        ReplyError("NOGROUP No such consumer group '\(group.cText)' for key name '\(key.cText)'")
    }

    /// The same where the key may be the one that is not there.
    static func noKeyOrGroup(
        _ key: Argument, _ group: Argument, suffix: String = ""
    ) -> ReplyError {
        ReplyError(
            "NOGROUP No such key '\(key.cText)' or consumer group '\(group.cText)'\(suffix)")
    }
}

@Sendable private func setID(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let options = try GroupOptions(arguments, isCreating: false)
    let (reference, group) = try database.requireGroup(arguments)
    guard arguments.count == 5 || arguments.count == 7 else {
        throw .wrongSubcommand(arguments)
    }
    try database.withStream(reference) { stream, _ throws(ReplyError) in
        let id = try id(arguments[4], last: stream.lastID, orEnd: true)
        stream[group: group].lastID = id
        stream[group: group].entriesRead = options.read
    }
    reply.ok()
    database.changes += 1
    database.announceAfterReply(.stream, "xgroup-setid", arguments[2])
}

@Sendable private func destroy(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = try database.lookupForWrite(arguments[2], as: .stream) else {
        throw .noStream
    }
    let isThere = try database.withStream(reference) { stream, _ throws(ReplyError) in
        guard let group = stream.group(named: arguments[3]) else { return false }
        stream.removeGroup(at: group)
        return true
    }
    reply.integer(isThere ? 1 : 0)
    guard isThere else { return }
    database.changes += 1
    database.announceAfterReply(.stream, "xgroup-destroy", arguments[2])
    // Those that wait for entries of the group are told.
    if database.recordsReady { database.signalReady(arguments[2], database[reference]) }
}

@Sendable private func createConsumer(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let (reference, group) = try database.requireGroup(arguments)
    let isNew = try database.withStream(reference) { stream, database throws(ReplyError) in
        guard stream[group: group].consumer(named: arguments[4]) == nil else { return false }
        _ = stream[group: group].addConsumer(named: arguments[4], at: database.now)
        return true
    }
    if isNew {
        database.changes += 1
        database.announce(.stream, "xgroup-createconsumer", arguments[2])
    }
    reply.integer(isNew ? 1 : 0)
}

@Sendable private func deleteConsumer(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let (reference, group) = try database.requireGroup(arguments)
    let pending = try database.withStream(reference) { stream, _ throws(ReplyError) -> Int? in
        stream[group: group].consumer(named: arguments[4]).map {
            stream[group: group].removeConsumer($0)
        }
    }
    if pending != nil {
        database.changes += 1
        database.announce(.stream, "xgroup-delconsumer", arguments[2])
    }
    reply.integer(pending ?? 0)
}

@Sendable private func help(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let lines: [StaticString] = [
        "CREATE <key> <groupname> <id|$> [option]",
        "    Create a new consumer group. Options are:",
        "    * MKSTREAM",
        "      Create the empty stream if it does not exist.",
        "    * ENTRIESREAD entries_read",
        "      Set the group's entries_read counter (internal use).",
        "CREATECONSUMER <key> <groupname> <consumer>",
        "    Create a new consumer in the specified group.",
        "DELCONSUMER <key> <groupname> <consumer>",
        "    Remove the specified consumer.",
        "DESTROY <key> <groupname>",
        "    Remove the specified group.",
        "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
        "    Set the current group ID and entries_read counter.",
    ]
    reply.help("XGROUP", lines)
}
