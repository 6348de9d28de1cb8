package import RESP

/// One command: everything that is known about it, and what runs it. The table of these is the only place
/// where a command is registered; arity errors, redirects, COMMAND and its subcommands, help and completion
/// derive from it.
///
/// `Context` is what the command works on: `Database` for commands on keys, the node for the others.
package struct CommandSpec<Context>: Sendable {
    /// Runs the command: changes the context and writes one reply.
    package typealias Handler =
        @Sendable (inout Context, Arguments, inout ReplyBuffer) throws(ReplyError) -> Void

    package let info: CommandInfo
    package let run: Handler
    package let subcommands: [CommandSpec<Context>]

    /// - Parameter name: in lower case; a subcommand's without its parent's name.
    package init(
        _ name: String, arity: Int, keys: KeyPositions = .none, _ flags: CommandFlags,
        _ group: CommandGroup, acl: ACLCategories = [], tips: [String] = [], since: String, complexity: String = "O(1)",
        summary: String, syntax: String = "", subcommands: [CommandSpec<Context>] = [],
        run: @escaping Handler
    ) {
        info = CommandInfo(
            name: name, arity: arity, keys: keys, flags: flags, group: group, acl: acl, tips: tips,
            since: since, complexity: complexity, summary: summary, syntax: syntax)
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
    package let summary: String
    /// The arguments in the notation of `CommandSyntax`.
    package let syntax: String

    /// Whether a command of so many arguments, its name among them, has too few or too many.
    @inline(__always)
    package static func isWrong(count: Int, arity: Int) -> Bool {
        arity >= 0 ? count != arity : count < -arity
    }
}

/// Where a command's keys are among its arguments.
package struct KeyPositions: Sendable, Hashable {
    /// The index of the first key; 0 where there are none.
    package let first: Int
    /// The index of the last key; negative counts from the end, -1 being the last argument.
    package let last: Int
    package let step: Int
    /// How the keys are used, as key specs say it: `RO`, `RW`, `OW`, `RM` and `access`, `update`, `insert`, `delete`…
    package let access: [String]

    package static let none = KeyPositions(first: 0, last: 0, step: 0, access: [])

    package static func at(_ first: Int, _ access: String...) -> KeyPositions {
        KeyPositions(first: first, last: first, step: 1, access: access)
    }

    package static func range(
        _ first: Int, _ last: Int, step: Int = 1, _ access: String...
    ) -> KeyPositions {
        KeyPositions(first: first, last: last, step: step, access: access)
    }
}

/// The flags of a command that COMMAND INFO shows, and that decide where it may run.
package struct CommandFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let write = CommandFlags(rawValue: 1 << 0)
    package static let readonly = CommandFlags(rawValue: 1 << 1)
    package static let denyOOM = CommandFlags(rawValue: 1 << 2)
    package static let admin = CommandFlags(rawValue: 1 << 3)
    package static let pubsub = CommandFlags(rawValue: 1 << 4)
    package static let noScript = CommandFlags(rawValue: 1 << 5)
    package static let blocking = CommandFlags(rawValue: 1 << 6)
    package static let loading = CommandFlags(rawValue: 1 << 7)
    package static let stale = CommandFlags(rawValue: 1 << 8)
    package static let skipMonitor = CommandFlags(rawValue: 1 << 9)
    package static let skipSlowlog = CommandFlags(rawValue: 1 << 10)
    package static let asking = CommandFlags(rawValue: 1 << 11)
    package static let fast = CommandFlags(rawValue: 1 << 12)
    package static let noAuth = CommandFlags(rawValue: 1 << 13)
    package static let mayReplicate = CommandFlags(rawValue: 1 << 14)
    package static let noMandatoryKeys = CommandFlags(rawValue: 1 << 15)
    package static let movableKeys = CommandFlags(rawValue: 1 << 16)
    package static let protected = CommandFlags(rawValue: 1 << 17)
    package static let noAsyncLoading = CommandFlags(rawValue: 1 << 18)
    package static let noMulti = CommandFlags(rawValue: 1 << 19)
    package static let allowBusy = CommandFlags(rawValue: 1 << 20)

    /// The flags with the names that COMMAND INFO gives them, in its order.
    package static let names: [(flag: CommandFlags, name: String)] = [
        (.write, "write"), (.readonly, "readonly"), (.denyOOM, "denyoom"), (.admin, "admin"),
        (.pubsub, "pubsub"), (.noScript, "noscript"), (.blocking, "blocking"), (.loading, "loading"),
        (.stale, "stale"), (.skipMonitor, "skip_monitor"), (.skipSlowlog, "skip_slowlog"),
        (.asking, "asking"), (.fast, "fast"), (.noAuth, "no_auth"),
        (.mayReplicate, "may_replicate"), (.noMandatoryKeys, "no_mandatory_keys"),
        (.protected, "protected"), (.noAsyncLoading, "no_async_loading"), (.noMulti, "no_multi"),
        (.allowBusy, "allow_busy"), (.movableKeys, "movablekeys"),
    ]
}

/// The group of a command, by which help lists it.
package enum CommandGroup: String, Sendable, CaseIterable {
    case generic, string, connection, server, cluster
}

/// The ACL categories of a command.
package struct ACLCategories: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let keyspace = ACLCategories(rawValue: 1 << 0)
    package static let read = ACLCategories(rawValue: 1 << 1)
    package static let write = ACLCategories(rawValue: 1 << 2)
    package static let string = ACLCategories(rawValue: 1 << 7)
    package static let admin = ACLCategories(rawValue: 1 << 14)
    package static let fast = ACLCategories(rawValue: 1 << 15)
    package static let slow = ACLCategories(rawValue: 1 << 16)
    package static let dangerous = ACLCategories(rawValue: 1 << 18)
    package static let connection = ACLCategories(rawValue: 1 << 19)
}
