import Keyspace
import RESP

/// COMMAND (server.c): all that it answers derives from the rows of the command table.
let commandCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "command", arity: -1, [.loading, .stale], .server, acl: .connection,
        tips: ["nondeterministic_output_order"], since: "2.8.13",
        complexity: "O(N) where N is the total number of Redis commands",
        summary: "Returns what is known about every command.", subcommands: commandSubcommands
    ) { node, _, reply throws(ReplyError) in
        reply.array(node.commands.topLevel.count)
        for command in node.commands.topLevel { reply.info(command, node.commands) }
    }
]

private let commandSubcommands: [CommandSpec<Node>] = [
    CommandSpec(
        "count", arity: 2, [.loading, .stale], .server, acl: .connection, since: "2.8.13",
        summary: "Returns the number of commands."
    ) { node, _, reply throws(ReplyError) in
        reply.integer(node.commands.topLevel.count)
    },
    CommandSpec(
        "docs", arity: -2, [.loading, .stale], .server, acl: .connection,
        tips: ["nondeterministic_output_order"], since: "7.0.0",
        complexity: "O(N) where N is the number of commands to look up",
        summary: "Returns what is documented about commands.", syntax: "[command-name...]",
        run: docs),
    CommandSpec(
        "info", arity: -2, [.loading, .stale], .server, acl: .connection,
        tips: ["nondeterministic_output_order"], since: "2.8.13",
        complexity: "O(N) where N is the number of commands to look up",
        summary: "Returns what is known about commands, all of them where none is named.",
        syntax: "[command-name...]", run: info),
    CommandSpec(
        "list", arity: -2, [.loading, .stale], .server, acl: .connection,
        tips: ["nondeterministic_output_order"], since: "7.0.0",
        complexity: "O(N) where N is the total number of Redis commands",
        summary: "Returns the names of the commands.",
        syntax: "[FILTERBY filterby<MODULE module-name|ACLCAT category|PATTERN pattern>]", run: list
    ),
    CommandSpec(
        "getkeys", arity: -4, [.loading, .stale], .server, acl: .connection, since: "2.8.13",
        complexity: "O(N) where N is the number of arguments to the command",
        summary: "Returns the keys of a whole command."
    ) { node, arguments, reply throws(ReplyError) in
        let keys = try node.commands.keys(of: arguments)
        reply.array(keys.count)
        for key in keys { reply.bulkString(arguments[key.index]) }
    },
    CommandSpec(
        "getkeysandflags", arity: -4, [.loading, .stale], .server, acl: .connection,
        since: "7.0.0", complexity: "O(N) where N is the number of arguments to the command",
        summary: "Returns the keys of a whole command, and how it uses them."
    ) { node, arguments, reply throws(ReplyError) in
        let keys = try node.commands.keys(of: arguments)
        reply.array(keys.count)
        for key in keys {
            reply.array(2)
            reply.bulkString(arguments[key.index])
            reply.set(key.access.count)
            for flag in key.access { reply.simpleString(flag) }
        }
    },
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .server, acl: .connection, since: "5.0.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("COMMAND", commandHelp)
    },
]

@Sendable private func info(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count > 2 else {
        reply.array(node.commands.topLevel.count)
        for command in node.commands.topLevel { reply.info(command, node.commands) }
        return
    }
    reply.array(arguments.count - 2)
    for index in 2..<arguments.count {
        if let command = node.commands.find(fullName: arguments[index].text) {
            reply.info(command, node.commands)
        } else {
            reply.null()
        }
    }
}

@Sendable private func docs(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let commands =
        arguments.count == 2
        ? node.commands.topLevel
        : (2..<arguments.count).compactMap { node.commands.find(fullName: arguments[$0].text) }
    reply.map(commands.count)
    for command in commands { reply.docs(command, node.commands) }
}

@Sendable private func list(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var rows = node.commands.topLevel.flatMap { [$0] + node.commands.rows[$0].subcommands }
        .map { node.commands.rows[$0] }
    if arguments.count == 5, arguments[2].isKeyword("FILTERBY") {
        if arguments[3].isKeyword("MODULE") {
            rows = []
        } else if arguments[3].isKeyword("ACLCAT") {
            let name = "@" + arguments[4].text.lowercased()
            let category = ACLCategories.names.first { $0.name == name }?.category
            rows = rows.filter { row in category.map { row.info.categories.contains($0) } ?? false }
        } else if arguments[3].isKeyword("PATTERN") {
            rows = rows.filter { matchesGlob($0.fullName, arguments[4].buffer) }
        } else {
            throw .syntax
        }
    } else if arguments.count != 2 {
        throw .syntax
    }
    reply.array(rows.count)
    for row in rows { reply.bulkString(row.fullName) }
}

extension CommandTable {
    /// The command or subcommand of that full name (`client|list`), in either case.
    func find(fullName: String) -> Int? {
        let name = fullName.lowercased()
        return rows.firstIndex { $0.fullName == name }
    }

    /// Where the keys are in the command that COMMAND GETKEYS is given, and how they are used.
    fileprivate func keys(
        of arguments: Arguments
    ) throws(ReplyError) -> [(index: Int, access: [String])] {
        guard let container = find(arguments[2]) else {
            throw ReplyError("ERR Invalid command specified")
        }
        var command = container
        if entries[container].isContainer {
            guard let subcommand = find(arguments[3], in: container) else {
                throw ReplyError("ERR Invalid command specified")
            }
            command = subcommand
        }
        let info = rows[command].info
        guard info.keys.areKeys else { throw ReplyError("ERR The command has no key arguments") }
        guard !CommandInfo.isWrong(count: arguments.count - 2, arity: info.arity) else {
            throw ReplyError("ERR Invalid number of arguments specified for command")
        }
        let keys = keyUses(of: command, in: arguments, from: 2)
        guard !keys.isEmpty || info.flags.contains(.noMandatoryKeys) else {
            throw ReplyError("ERR Invalid arguments specified for command")
        }
        return keys
    }

    /// Where the keys of a command are, whose name is the argument at `name`, and how they are used.
    func keyUses(
        of command: Int, in arguments: Arguments, from name: Int
    ) -> [(index: Int, access: [String])] {
        rows[command].info.keys.uses(in: arguments, from: name)
    }
}

private let commandHelp: [StaticString] = [
    "(no subcommand)",
    "    Return details about all Redis commands.",
    "COUNT",
    "    Return the total number of commands in this Redis server.",
    "LIST",
    "    Return a list of all commands in this Redis server.",
    "INFO [<command-name> ...]",
    "    Return details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "DOCS [<command-name> ...]",
    "    Return documentation details about multiple Redis commands.",
    "    If no command names are given, documentation details for all",
    "    commands are returned.",
    "GETKEYS <full-command>",
    "    Return the keys from a full Redis command.",
    "GETKEYSANDFLAGS <full-command>",
    "    Return the keys and the access flags from a full Redis command.",
]
