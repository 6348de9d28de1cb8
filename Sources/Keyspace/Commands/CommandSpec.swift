package import RESP

/// One command: everything that is known about it, and what runs it. The table of these is the only
/// place where a command is registered; arity errors, redirects, COMMAND and its subcommands, help
/// and completion derive from it.
///
/// `Context` is what the command works on: `Database` for commands on keys, the node for the
/// others.
package struct CommandSpec<Context>: Sendable {
    /// Runs the command: changes the context and writes one reply.
    package typealias Handler =
        @Sendable (inout Context, Arguments, inout ReplyBuffer) throws(ReplyError) -> Void

    package let info: CommandInfo
    package let run: Handler
    package let subcommands: [CommandSpec<Context>]

    /// A row. Its name is in lower case; a subcommand's is without its parent's name.
    package init(
        _ name: String, arity: Int, keys: KeyPositions = .none, _ flags: CommandFlags,
        _ group: CommandGroup, acl: ACLCategories = [], tips: [String] = [], since: String,
        complexity: String = "O(1)", deprecation: Deprecation? = nil, summary: String,
        syntax: String = "",
        subcommands: [CommandSpec<Context>] = [], run: @escaping Handler
    ) {
        info = CommandInfo(
            name: name, arity: arity, keys: keys, flags: flags, group: group, acl: acl, tips: tips,
            since: since, complexity: complexity, deprecation: deprecation, summary: summary,
            syntax: syntax)
        self.subcommands = subcommands
        self.run = run
    }

    /// The same row, which runs only where nothing is thrown before.
    package func behind(
        _ check: @escaping @Sendable (borrowing Context) throws(ReplyError) -> Void
    ) -> CommandSpec {
        let run = run
        return CommandSpec(info: info, subcommands: subcommands) {
            context, arguments, reply throws(ReplyError) in
            try check(context)
            try run(&context, arguments, &reply)
        }
    }

    private init(info: CommandInfo, subcommands: [CommandSpec<Context>], run: @escaping Handler) {
        self.info = info
        self.subcommands = subcommands
        self.run = run
    }
}

/// What is known about a command, apart from how it runs. Facts as in Redis 7.0.
package struct CommandInfo: Sendable {
    package var name: String
    /// The number of arguments with the name; negative where it is the least number.
    package let arity: Int
    package let keys: KeyPositions
    package let flags: CommandFlags
    package let group: CommandGroup
    /// The ACL categories that do not follow from flags and group.
    package let acl: ACLCategories
    package let tips: [String]
    package let since: String
    package let complexity: String
    /// What to use instead, for commands that are kept only for old clients.
    package let deprecation: Deprecation?
    package let summary: String
    /// The arguments in the notation that `parseSyntax` reads.
    package let syntax: String

    /// The arguments as COMMAND DOCS shows them.
    package var arguments: [ArgumentSpec] { parseSyntax(syntax) }

    /// All its ACL categories, those that follow from flags and group among them
    /// (`setImplicitACLCategories` in server.c).
    package var categories: ACLCategories {
        var categories = acl
        if flags.contains(.write) { categories.insert(.write) }
        if flags.contains(.readonly), group != .scripting { categories.insert(.read) }
        if flags.contains(.admin) { categories.formUnion([.admin, .dangerous]) }
        if flags.contains(.pubsub) { categories.insert(.pubsub) }
        if flags.contains(.blocking) { categories.insert(.blocking) }
        switch group {
        case .string: categories.insert(.string)
        case .list: categories.insert(.list)
        case .set: categories.insert(.set)
        case .hash: categories.insert(.hash)
        case .sortedSet: categories.insert(.sortedSet)
        case .bitmap: categories.insert(.bitmap)
        case .hyperloglog: categories.insert(.hyperloglog)
        case .geo: categories.insert(.geo)
        // XGROUP and XINFO themselves are of no category of their own.
        case .stream: if !flags.isEmpty { categories.insert(.stream) }
        case .generic, .connection, .server, .cluster, .transactions, .pubsub, .scripting: break
        }
        categories.insert(flags.contains(.fast) ? .fast : .slow)
        return categories
    }

    /// Whether a command of so many arguments, its name among them, has too few or too many.
    @inline(__always)
    package static func isWrong(count: Int, arity: Int) -> Bool {
        arity >= 0 ? count != arity : count < -arity
    }
}

/// Since when a command is deprecated, and what took its place, as COMMAND DOCS says it.
package struct Deprecation: Sendable, Hashable {
    package let since: String
    package let replacedBy: String

    package init(since: String, replacedBy: String) {
        self.since = since
        self.replacedBy = replacedBy
    }
}

/// The group of a command, by which help lists it.
package enum CommandGroup: String, Sendable, CaseIterable {
    case generic, string, list, set, hash
    case sortedSet = "sorted-set"
    case bitmap, hyperloglog, geo, stream, scripting
    case connection, server, cluster, transactions, pubsub
}
