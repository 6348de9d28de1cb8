import Keyspace

/// Why a rule of a user is not taken (`ACLSetUserStringError`).
enum RuleError: Error, Hashable, Sendable {
    case syntax, unknownCommand, patternAfterAllKeys, patternAfterAllChannels, noSuchPassword
    case badHash, firstArgumentOfSubcommand
    /// Two definitions of one user in redis.conf.
    case duplicateUser

    /// Redis' words.
    var reason: String {
        switch self {
        case .syntax: "Syntax error"
        case .unknownCommand: "Unknown command or category name in ACL"
        case .patternAfterAllKeys:
            "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not "
                + "have any effect. Try 'resetkeys' to start with an empty list of patterns"
        case .patternAfterAllChannels:
            "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does "
                + "not have any effect. Try 'resetchannels' to start with an empty list of channels"
        case .noSuchPassword:
            "The password you are trying to remove from the user does not exist"
        case .badHash:
            "The password hash must be exactly 64 characters and contain only lowercase "
                + "hexadecimal characters"
        case .firstArgumentOfSubcommand: "Allowing first-arg of a subcommand is not supported"
        case .duplicateUser:
            "Duplicate user found. A user can only be defined once in config files"
        }
    }
}

extension CommandSelector {
    /// Takes one rule about commands, keys or channels (`ACLSetSelector`).
    mutating func apply(_ rule: [UInt8]) throws(RuleError) {
        let word = String(decoding: rule, as: UTF8.self).lowercased()
        switch word {
        case "allkeys", "~*": resetKeys(allowingAll: true)
        case "resetkeys": resetKeys(allowingAll: false)
        case "allchannels", "&*": resetChannels(allowingAll: true)
        case "resetchannels": resetChannels(allowingAll: false)
        case "allcommands", "+@all": resetCommands(allowingAll: true)
        case "nocommands", "-@all": resetCommands(allowingAll: false)
        case let word where word.hasPrefix("~") || word.hasPrefix("%"): try addKeys(rule)
        case let word where word.hasPrefix("&"): try addChannel(rule)
        case let word where word.hasPrefix("+@") || word.hasPrefix("-@"):
            try change(category: String(word.dropFirst(2)), word.hasPrefix("+"))
        case let word where word.hasPrefix("+"): try allow(String(word.dropFirst()))
        case let word where word.hasPrefix("-"):
            guard let command = CommandCatalog.standard.find(String(word.dropFirst())) else {
                throw .unknownCommand
            }
            change(command, false)
        default: throw .syntax
        }
    }

    private mutating func resetKeys(allowingAll: Bool) {
        allowsAllKeys = allowingAll
        keys = []
    }

    private mutating func resetChannels(allowingAll: Bool) {
        allowsAllChannels = allowingAll
        channels = []
    }

    private mutating func resetCommands(allowingAll: Bool) {
        let count = CommandCatalog.standard.commands.count
        commands = CommandSet(count: count, isFull: allowingAll)
        allowsAllCommands = allowingAll
        allowsFutureCommands = allowingAll
        firstArguments = [:]
    }

    // MARK: - Keys and channels

    /// `~pattern`, or `%R~pattern` and its kind.
    private mutating func addKeys(_ rule: [UInt8]) throws(RuleError) {
        guard !allowsAllKeys else { throw .patternAfterAllKeys }
        var uses: KeyUses = .all
        var pattern = rule.dropFirst()
        if rule.first == UInt8(ascii: "%") {
            uses = []
            while let letter = pattern.popFirst(), letter != UInt8(ascii: "~") {
                guard let use = Self.use(letter), !uses.contains(use) else { throw .syntax }
                uses.insert(use)
            }
            // `%~pattern` would allow nothing; Redis gives up over it.
            guard !uses.isEmpty else { throw .syntax }
        }
        guard !Self.hasBlanks(pattern) else { throw .syntax }
        let bytes = ByteString(Array(pattern))
        if let index = keys.firstIndex(where: { $0.pattern == bytes }) {
            keys[index].uses.formUnion(uses)
        } else {
            keys.append(KeyPattern(pattern: bytes, uses: uses))
        }
    }

    private static func use(_ letter: UInt8) -> KeyUses? {
        switch letter {
        case UInt8(ascii: "R"), UInt8(ascii: "r"): .read
        case UInt8(ascii: "W"), UInt8(ascii: "w"): .write
        default: nil
        }
    }

    private mutating func addChannel(_ rule: [UInt8]) throws(RuleError) {
        guard !allowsAllChannels else { throw .patternAfterAllChannels }
        guard !Self.hasBlanks(rule[...]) else { throw .syntax }
        let pattern = ByteString(Array(rule.dropFirst()))
        if !channels.contains(pattern) { channels.append(pattern) }
    }

    /// Blanks and zeros, which names of users and patterns have none of (`ACLStringHasSpaces`).
    static func hasBlanks(_ text: ArraySlice<UInt8>) -> Bool {
        text.contains { $0 == 0 || $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    // MARK: - Commands

    /// Allows a command or not, and its subcommands with it (`ACLChangeSelectorPerm`).
    mutating func change(_ command: Int, _ isAllowed: Bool) {
        for number in CommandCatalog.standard.family(of: command) {
            commands.set(number, isAllowed)
        }
        firstArguments[command] = nil
        if !isAllowed { allowsAllCommands = false }
    }

    private mutating func change(category name: String, _ isAllowed: Bool) throws(RuleError) {
        guard let category = CommandCatalog.standard.category(name) else { throw .unknownCommand }
        change(category, isAllowed)
    }

    /// The same for all commands of a category.
    mutating func change(_ category: CommandCatalog.Category, _ isAllowed: Bool) {
        if isAllowed {
            commands.formUnion(category.reach)
        } else {
            commands.subtract(category.reach)
            allowsAllCommands = false
        }
        for command in firstArguments.keys where category.members.contains(command) {
            firstArguments[command] = nil
        }
    }

    /// `+command`, `+command|subcommand` or `+command|first-argument`.
    private mutating func allow(_ name: String) throws(RuleError) {
        let catalog = CommandCatalog.standard
        guard let bar = name.lastIndex(of: "|") else {
            guard let command = catalog.find(name) else { throw .unknownCommand }
            return change(command, true)
        }
        let argument = String(name[name.index(after: bar)...])
        guard let command = catalog.find(String(name[..<bar])) else { throw .unknownCommand }
        guard catalog.commands[command].container == nil else {
            throw .firstArgumentOfSubcommand
        }
        guard !argument.isEmpty else { throw .syntax }
        guard catalog.commands[command].subcommands.isEmpty else {
            guard let subcommand = catalog.find(name) else { throw .unknownCommand }
            return change(subcommand, true)
        }
        if firstArguments[command]?.contains(argument) != true {
            firstArguments[command, default: []].append(argument)
        }
    }
}
