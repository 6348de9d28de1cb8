import Keyspace

/// The commands that the rules of users speak of, at their places in `CommandTable`.
struct CommandCatalog: Sendable {
    /// A command or subcommand.
    struct Command: Sendable {
        /// `config|get` for a subcommand.
        let fullName: String
        let categories: ACLCategories
        let container: Int?
        fileprivate(set) var subcommands: [Int] = []
    }

    /// A category and its commands.
    struct Category: Sendable {
        /// Without the `@`.
        let name: String
        /// The commands that are of it.
        let members: CommandSet
        /// The same with all subcommands, which a rule about a container is about as well.
        let reach: CommandSet
    }

    private(set) var commands: [Command] = []
    private(set) var categories: [Category] = []
    private var index: [String: Int] = [:]

    static let standard = CommandCatalog(.standard)

    private init(_ table: CommandTable) {
        for row in table.rows {
            add(row.fullName, row.info.categories, container: row.container)
        }
        categories = ACLCategories.names.map { category, name in
            self.category(String(name.dropFirst()), category)
        }
    }

    /// The command of a full name in lower case.
    func find(_ fullName: String) -> Int? { index[fullName] }

    /// The category of a name in lower case.
    func category(_ name: String) -> Category? { categories.first { $0.name == name } }

    /// The command alone, and its subcommands.
    func family(of command: Int) -> [Int] { [command] + commands[command].subcommands }

    private mutating func add(_ name: String, _ categories: ACLCategories, container: Int?) {
        index[name] = commands.count
        if let container { commands[container].subcommands.append(commands.count) }
        commands.append(Command(fullName: name, categories: categories, container: container))
    }

    private func category(_ name: String, _ category: ACLCategories) -> Category {
        var members = CommandSet(count: commands.count)
        var reach = members
        for (number, command) in commands.enumerated()
        where !command.categories.isDisjoint(with: category) {
            members.set(number, true)
            for member in family(of: number) { reach.set(member, true) }
        }
        return Category(name: name, members: members, reach: reach)
    }
}
