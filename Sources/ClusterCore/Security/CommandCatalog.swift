import Keyspace

/// The commands that the rules of users may speak of: those of these nodes, at their places in `CommandTable`, and
/// after them those that only Redis has. So rules that were written for Redis are taken, and are described in Redis'
/// words.
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
        addForeign()
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

    private mutating func addForeign() {
        var rows: [(name: String, categories: ACLCategories)] = []
        for (categories, names) in Self.foreign {
            let categories = categories.split(separator: " ").reduce(into: ACLCategories()) {
                $0.formUnion(ACLCategories(named: String($1)))
            }
            rows += names.split(separator: " ").map { (String($0), categories) }
        }
        // Containers come before what they contain: `|` is behind every letter.
        for row in rows.sorted(by: { $0.name < $1.name }) where index[row.name] == nil {
            let container = row.name.split(separator: "|").first.map(String.init)
            let isSubcommand = row.name.contains("|")
            add(
                row.name, row.categories,
                container: isSubcommand ? container.flatMap { index[$0] } : nil)
        }
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

extension ACLCategories {
    /// The category of that name; none where there is no such one.
    fileprivate init(named name: String) {
        self = Self.names.first { $0.name.dropFirst() == name }?.category ?? []
    }
}
