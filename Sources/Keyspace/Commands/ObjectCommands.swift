import RESP

/// OBJECT and its subcommands, which show how a value is kept (object.c).
let objectCommands: [CommandSpec<Database>] = [
    CommandSpec(
        "object", arity: -2, [], .generic, since: "2.2.3", complexity: "Depends on the subcommand",
        summary: "Shows how the value of a key is kept.",
        subcommands: [
            CommandSpec(
                "encoding", arity: 3, keys: .at(2, "RO"), [.readonly], .generic, acl: .keyspace,
                tips: ["nondeterministic_output"], since: "2.2.3",
                summary: "Tells the internal encoding of a value.", syntax: "key", run: encoding),
            CommandSpec(
                "freq", arity: 3, keys: .at(2, "RO"), [.readonly], .generic, acl: .keyspace,
                tips: ["nondeterministic_output"], since: "4.0.0",
                summary: "Tells how often a key is used, on a logarithmic scale.", syntax: "key",
                run: frequency),
            CommandSpec(
                "help", arity: 2, [.loading, .stale], .generic, acl: .keyspace, since: "6.2.0",
                summary: "Lists the subcommands.", run: help),
            CommandSpec(
                "idletime", arity: 3, keys: .at(2, "RO"), [.readonly], .generic, acl: .keyspace,
                tips: ["nondeterministic_output"], since: "2.2.3",
                summary: "Tells for how many seconds a key has not been used.", syntax: "key",
                run: idleTime),
            CommandSpec(
                "refcount", arity: 3, keys: .at(2, "RO"), [.readonly], .generic, acl: .keyspace,
                tips: ["nondeterministic_output"], since: "2.2.3",
                summary: "Counts the references to a value.", syntax: "key", run: referenceCount),
        ],
        run: help)
]

@Sendable private func encoding(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.inspectSilently(arguments[2]) else { return reply.null() }
    reply.bulkString("\(database[reference].encoding)")
}

@Sendable private func referenceCount(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.inspectSilently(arguments[2]) else { return reply.null() }
    reply.integer(database[reference].referenceCount)
}

@Sendable private func frequency(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.inspectSilently(arguments[2]) else { return reply.null() }
    guard database.usesLFU else {
        throw ReplyError(
            """
            ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note \
            that when switching between policies at runtime LRU and LFU data will take some time \
            to adjust.
            """)
    }
    let clock = database.access(of: reference)
    reply.integer(Int(AccessClock.frequency(of: clock, at: database.now, database.accessPace)))
}

@Sendable private func idleTime(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let reference = database.inspectSilently(arguments[2]) else { return reply.null() }
    guard !database.usesLFU else {
        throw ReplyError(
            """
            ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when \
            switching between policies at runtime LRU and LFU data will take some time to adjust.
            """)
    }
    let idle = AccessClock.seconds(at: database.now) &- database.access(of: reference)
    reply.integer(Int(idle))
}

@Sendable private func help(
    _ database: inout Database, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let lines: [StaticString] = [
        "ENCODING <key>",
        "    Return the kind of internal representation used in order to store the value",
        "    associated with a <key>.",
        "FREQ <key>",
        "    Return the access frequency index of the <key>. The returned integer is",
        "    proportional to the logarithm of the recent access frequency of the key.",
        "IDLETIME <key>",
        "    Return the idle time of the <key>, that is the approximated number of",
        "    seconds elapsed since the last access to the key.",
        "REFCOUNT <key>",
        "    Return the number of references of the value associated with the specified",
        "    <key>.",
    ]
    reply.help("OBJECT", lines)
}
