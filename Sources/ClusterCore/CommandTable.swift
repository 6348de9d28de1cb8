package import Keyspace
package import RESP

/// All commands of a node, found by name.
package struct CommandTable: Sendable {
    /// What runs a command: data commands work on the database, the others on the node.
    package enum Handler: Sendable {
        case database(CommandSpec<Database>.Handler)
        case node(CommandSpec<Node>.Handler)
    }

    /// What is needed for each call, apart from the rest so that it stays in the processor's cache.
    package struct Entry: Sendable {
        package let handler: Handler
        package let arity: Int
        package internal(set) var flags: CommandFlags
        package let hasKeys: Bool
        package let firstKey: Int
        package let lastKey: Int
        package let keyStep: Int
        /// Whether there may be more keys than the one at `firstKey`.
        package let hasManyKeys: Bool
        /// How keys are found whose place is not fixed.
        package let finder: KeyPositions.Finder?
        /// How the command goes to replicas.
        package let rewriting: Rewriting
        /// Whether it may take long enough to be noticed, so that its time is looked at.
        package let mayBeSlow: Bool
        /// Whether the second argument chooses among `Row.subcommands`.
        package let isContainer: Bool
    }

    /// What is known about a command.
    package struct Row: Sendable {
        package let info: CommandInfo
        /// `cluster|addslots` for a subcommand, the plain name otherwise.
        package let fullName: String
        /// Indexes of its subcommands in the table, by name.
        package fileprivate(set) var subcommands: [Int]
        /// Index of the container that it is a subcommand of.
        package let container: Int?
    }

    package private(set) var entries: [Entry] = []
    package private(set) var rows: [Row] = []
    private var index: NameIndex

    /// The table of every command there is.
    package static let standard = CommandTable(database: databaseCommands, node: nodeCommands)

    package init(database: [CommandSpec<Database>], node: [CommandSpec<Node>]) {
        index = NameIndex()
        for spec in database { add(spec) { .database($0.run) } }
        for spec in node { add(spec) { .node($0.run) } }
    }

    /// Indexes of the commands that are no subcommands, in the order of their names.
    package var topLevel: [Int] {
        rows.indices.filter { rows[$0].container == nil }.sorted {
            rows[$0].fullName < rows[$1].fullName
        }
    }

    /// The command of that name, in either case.
    @inline(__always)
    package func find(_ name: Argument) -> Int? {
        CommandName(name).flatMap { index[$0] }
    }

    /// The subcommand of a container.
    package func find(_ name: Argument, in container: Int) -> Int? {
        guard let name = CommandName(name) else { return nil }
        return rows[container].subcommands.first { CommandName(rows[$0].info.name) == name }
    }

    /// The command that whole arguments name, or the subcommand; nil where there is none, or where there are too few or
    /// too many of them.
    func findWhole(_ arguments: Arguments) -> Int? {
        guard let command = find(arguments),
            !CommandInfo.isWrong(count: arguments.count, arity: entries[command].arity)
        else { return nil }
        return command
    }

    /// The command or subcommand that arguments name (`lookupCommand`).
    func find(_ arguments: Arguments) -> Int? {
        guard let command = find(arguments[0]) else { return nil }
        guard entries[command].isContainer, arguments.count > 1 else { return command }
        return find(arguments[1], in: command)
    }

    private mutating func add<Context>(
        _ spec: CommandSpec<Context>, container: Int? = nil,
        handler: (CommandSpec<Context>) -> Handler
    ) {
        let position = rows.count
        let prefix = container.map { rows[$0].fullName + "|" } ?? ""
        rows.append(
            Row(
                info: spec.info, fullName: prefix + spec.info.name, subcommands: [],
                container: container))
        entries.append(
            Entry(
                handler: handler(spec), arity: spec.info.arity, flags: spec.info.flags,
                hasKeys: !spec.info.keys.isEmpty,
                firstKey: spec.info.keys.first, lastKey: spec.info.keys.last,
                keyStep: spec.info.keys.step,
                hasManyKeys: spec.info.keys.first != spec.info.keys.last
                    || spec.info.keys.finder != nil,
                finder: spec.info.keys.finder,
                rewriting: container == nil ? Rewriting(spec.info.name) : .verbatim,
                mayBeSlow: spec.info.mayBeSlow,
                isContainer: !spec.subcommands.isEmpty))
        if let container {
            rows[container].subcommands.append(position)
        } else {
            guard let name = CommandName(spec.info.name) else {
                preconditionFailure("command name \(spec.info.name) is too long")
            }
            index.insert(name, position)
        }
        for subcommand in spec.subcommands {
            add(subcommand, container: position, handler: handler)
        }
    }
}

extension CommandInfo {
    /// Not the fast ones, nor SET, which Redis only counts among the slow for the value that it may have to free. EXEC
    /// takes what its commands take, and these are in the slow log instead.
    fileprivate var mayBeSlow: Bool {
        flags.contains(.runsQueue)
            || flags.isDisjoint(with: [.fast, .skipSlowlog]) && name != "set"
    }
}

/// A command's name in lower case, packed into three words; no Redis name is longer.
package struct CommandName: Hashable, Sendable {
    private var low: UInt64 = 0
    private var middle: UInt64 = 0
    private var high: UInt64 = 0

    /// nil where the name is longer than any command's.
    @inline(__always)
    package init?(_ name: Argument) {
        guard name.count <= 24, name.count > 0 else { return nil }
        low = Self.word(name, from: 0)
        if name.count > 8 {
            middle = Self.word(name, from: 8)
            if name.count > 16 { high = Self.word(name, from: 16) }
        }
    }

    package init?(_ name: String) {
        var name = name
        let packed: CommandName? = name.withUTF8 { bytes in
            bytes.baseAddress.flatMap { CommandName(Argument(start: $0, count: bytes.count)) }
        }
        guard let packed else { return nil }
        self = packed
    }

    @inline(__always)
    fileprivate var hash: Int {
        let mixed = (low ^ (middle &* 31) ^ (high &* 131)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 40)
    }

    @inline(__always)
    private static func word(_ name: Argument, from offset: Int) -> UInt64 {
        var word: UInt64 = 0
        var index = min(name.count, offset + 8)
        while index > offset {
            index -= 1
            var byte = name[index]
            if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
            word = word << 8 | UInt64(byte)
        }
        return word
    }
}

/// Command names to table positions: open addressing over a power of two.
private struct NameIndex: Sendable {
    private var names: [CommandName?] = Array(repeating: nil, count: 1024)
    private var positions: [Int] = Array(repeating: 0, count: 1024)

    mutating func insert(_ name: CommandName, _ position: Int) {
        var place = name.hash & 1023
        while let taken = names[place] {
            precondition(
                taken != name, "two commands of one name, at \(positions[place]) and \(position)")
            place = (place + 1) & 1023
        }
        names[place] = name
        positions[place] = position
    }

    @inline(__always)
    subscript(name: CommandName) -> Int? {
        var place = name.hash & 1023
        while let candidate = names[place] {
            if candidate == name { return positions[place] }
            place = (place + 1) & 1023
        }
        return nil
    }
}

extension CommandTable.Entry {
    /// What stands for a whole transaction when its keys, as the arguments, are routed.
    init(keysOnly flags: CommandFlags) {
        self.init(
            handler: .node { _, _, _ throws(ReplyError) in
                preconditionFailure("a transaction is run command by command")
            },
            arity: -1, flags: flags, hasKeys: true, firstKey: 0, lastKey: -1, keyStep: 1,
            hasManyKeys: true,
            finder: nil, rewriting: .verbatim, mayBeSlow: false, isContainer: false)
    }
}
