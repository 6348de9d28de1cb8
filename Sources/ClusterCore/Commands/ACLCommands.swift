import Keyspace
import RESP

/// ACL: who may do what (acl.c).
let aclCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "acl", arity: -2, [], .server, since: "6.0.0", complexity: "Depends on subcommand.",
        summary: "A container for commands about users and what they may do.",
        subcommands: aclUserCommands + aclAnswerCommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    }
]

private let administration: CommandFlags = [.admin, .noScript, .loading, .stale]
private let harmless: CommandFlags = [.noScript, .loading, .stale]

/// The subcommands that change or show users.
private let aclUserCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "setuser", arity: -3, administration, .server, since: "6.0.0",
        complexity: "O(N). Where N is the number of rules provided.",
        summary: "Makes a user, or changes the rules of one.", syntax: "username [rule...]",
        run: setUser),
    CommandSpec(
        "deluser", arity: -3, administration, .server, since: "6.0.0",
        complexity: "O(1) amortized time considering the typical user.",
        summary: "Removes users, and ends their connections.", syntax: "username...",
        run: removeUsers),
    CommandSpec(
        "getuser", arity: 3, administration, .server, since: "6.0.0",
        complexity: "O(N). Where N is the number of password, command and pattern rules that the "
            + "user has.",
        summary: "Returns the rules of a user.", syntax: "username", run: getUser),
    CommandSpec(
        "list", arity: 2, administration, .server, since: "6.0.0",
        complexity: "O(N). Where N is the number of configured users.",
        summary: "Returns the rules of all users as lines of redis.conf."
    ) { node, _, reply throws(ReplyError) in
        reply.array(node.access.users.count)
        for user in node.access.users { reply.bulkString(user.definition) }
    },
    CommandSpec(
        "users", arity: 2, administration, .server, since: "6.0.0",
        complexity: "O(N). Where N is the number of configured users.",
        summary: "Returns the names of all users."
    ) { node, _, reply throws(ReplyError) in
        reply.array(node.access.users.count)
        for user in node.access.users { reply.bulkString(user.name) }
    },
    CommandSpec(
        "load", arity: 2, administration, .server, since: "6.0.0",
        complexity: "O(N). Where N is the number of configured users.",
        summary: "Reads the users from their file again."
    ) { _, _, _ throws(ReplyError) in throw .noUserFile },
    CommandSpec(
        "save", arity: 2, administration, .server, since: "6.0.0",
        complexity: "O(N). Where N is the number of configured users.",
        summary: "Writes the users to their file."
    ) { _, _, _ throws(ReplyError) in throw .noUserFile },
]

/// The subcommands that answer a question.
private let aclAnswerCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "whoami", arity: 2, harmless, .server, since: "6.0.0",
        summary: "Returns the user of the connection."
    ) { node, _, reply throws(ReplyError) in
        reply.bulkString(node.clients[node.caller].user)
    },
    CommandSpec(
        "cat", arity: -2, harmless, .server, since: "6.0.0",
        complexity: "O(1) since the categories and commands are a fixed set.",
        summary: "Lists the categories, or the commands of one.", syntax: "[categoryname]",
        run: listCategory),
    CommandSpec(
        "genpass", arity: -2, harmless, .server, since: "6.0.0",
        summary: "Returns a password that is hard to guess.", syntax: "[bits:integer]",
        run: makePassword),
    CommandSpec(
        "log", arity: -2, administration, .server, since: "6.0.0",
        complexity: "O(N) with N being the number of entries shown.",
        summary: "Shows what was refused lately.",
        syntax: "[operation<count:integer|RESET>]", run: showLog),
    CommandSpec(
        "dryrun", arity: -4, administration, .server, since: "7.0.0",
        summary: "Tells whether a user may run a command, without running it.",
        syntax: "username command [arg...]", run: tryOut),
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .server, since: "6.0.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("ACL", aclHelp)
    },
]

extension ReplyError {
    fileprivate static func subcommandSyntax(_ arguments: Arguments) -> ReplyError {
        ReplyError(
            "ERR unknown subcommand or wrong number of arguments for "
                + "'\(arguments[1].text.prefix(128))'. Try \(arguments[0].text.uppercased()) HELP.")
    }

    fileprivate static let noUserFile = ReplyError(
        "ERR This Redis instance is not configured to use an ACL file. You may want to specify users "
            + "via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis "
            + "configuration file set) in order to store users in the Redis configuration.")
}

// MARK: - Users

@Sendable private func setUser(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard !CommandSelector.hasBlanks(arguments[2].bytes[...]) else {
        throw ReplyError("ERR Usernames can't contain spaces or null characters")
    }
    let name = ByteString(arguments[2])
    let previous = node.access.user(named: name)
    var user = previous ?? node.access.newUser(name)
    try user.apply((3..<arguments.count).map { arguments[$0].bytes })
    node.access.put(user)
    if let previous { node.dropSubscribers(of: user, before: previous) }
    node.updateAccess()
    reply.ok()
}

@Sendable private func removeUsers(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let names = (2..<arguments.count).map { ByteString(arguments[$0]) }
    guard !names.contains("default") else {
        throw ReplyError("ERR The 'default' user cannot be removed")
    }
    var removed = 0
    for name in names where node.access.remove(name) {
        node.dropClients(of: name)
        removed += 1
    }
    reply.integer(removed)
}

@Sendable private func getUser(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let user = node.access.user(named: ByteString(arguments[2])) else {
        return reply.null()
    }
    reply.map(6)
    reply.bulkString("flags")
    reply.set(user.flags.count)
    for flag in user.flags { reply.bulkString(flag) }
    reply.bulkString("passwords")
    reply.array(user.passwords.count)
    for password in user.passwords { reply.bulkString(password) }
    reply.rules(of: user.selectors[0])
    reply.bulkString("selectors")
    reply.array(user.selectors.count - 1)
    for selector in user.selectors.dropFirst() {
        reply.map(3)
        reply.rules(of: selector)
    }
}

extension ReplyBuffer {
    fileprivate mutating func rules(of selector: CommandSelector) {
        bulkString("commands")
        bulkString(selector.commandRules)
        bulkString("keys")
        bulkString(selector.keyRules)
        bulkString("channels")
        bulkString(selector.channelRules)
    }
}

// MARK: - Answers

@Sendable private func listCategory(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count > 2 else {
        let categories = CommandCatalog.standard.categories
        reply.array(categories.count)
        for category in categories { reply.bulkString(category.name) }
        return
    }
    guard arguments.count == 3 else { throw .subcommandSyntax(arguments) }
    let name = arguments[2].text
    guard let category = CommandCatalog.standard.category(name.lowercased()) else {
        throw ReplyError("ERR Unknown category '\(name.prefix(128))'")
    }
    // Those alone that there are here.
    let members = node.commands.rows.indices.filter { category.members.contains($0) }
    reply.array(members.count)
    for member in members { reply.bulkString(node.commands.rows[member].fullName) }
}

@Sendable private func makePassword(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 3 else { throw .subcommandSyntax(arguments) }
    var bits: Int64 = 256
    if arguments.count == 3 {
        guard let number = arguments[2].integer else { throw .notAnInteger }
        bits = number
    }
    guard (1...4096).contains(bits) else {
        throw ReplyError(
            "ERR ACL GENPASS argument must be the number of bits for the output password, a positive "
                + "number up to 4096")
    }
    let digits = Array("0123456789abcdef".utf8)
    reply.bulkString((0..<(bits + 3) / 4).map { _ in digits[node.random.next(below: 16)] })
}

@Sendable private func showLog(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 3 else { throw .subcommandSyntax(arguments) }
    var limit: Int64 = 10
    if arguments.count == 3 {
        guard !arguments[2].isKeyword("RESET") else {
            node.access.log.removeAll()
            return reply.ok()
        }
        guard let number = arguments[2].integer else { throw .notAnInteger }
        limit = max(0, number)
    }
    let entries = node.access.log.entries.prefix(Int(limit))
    reply.array(entries.count)
    for entry in entries { reply.entry(entry, at: node.unixMilliseconds) }
}

extension ReplyBuffer {
    fileprivate mutating func entry(_ entry: AccessLog.Entry, at now: Int64) {
        map(7)
        bulkString("count")
        integer(entry.count)
        bulkString("reason")
        bulkString(entry.reason.rawValue)
        bulkString("context")
        bulkString(entry.context.rawValue)
        bulkString("object")
        bulkString(entry.object)
        bulkString("username")
        bulkString(entry.user)
        bulkString("age-seconds")
        double(seconds(now - entry.time))
        bulkString("client-info")
        bulkString(entry.client)
    }

    /// Milliseconds as seconds; without a point where there is nothing behind it.
    private func seconds(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
    }
}

@Sendable private func tryOut(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard let user = node.access.user(named: ByteString(arguments[2])) else {
        throw ReplyError("ERR User '\(arguments[2].text)' not found")
    }
    let words = (3..<arguments.count).map { arguments[$0].bytes }
    let outcome = Arguments.withArguments(words) { node.denial(of: user, $0) }
    guard let denial = try outcome.get() else { return reply.ok() }
    reply.bulkString(denial)
}

extension Node {
    /// What ACL DRYRUN answers of a command that the user may not run; nil where it may.
    fileprivate func denial(
        of user: User, _ arguments: Arguments
    ) -> Result<String?, ReplyError> {
        guard let command = commands.find(arguments) else {
            return .failure(ReplyError("ERR Command '\(arguments[0].text)' not found"))
        }
        let name = commands.rows[command].fullName
        let arity = commands.entries[command].arity
        guard !CommandInfo.isWrong(count: arguments.count, arity: arity) else {
            return .failure(.wrongNumberOfArguments(name))
        }
        let subject = "This user has no permissions to"
        return switch user.denial(of: commands.request(command, arguments)) {
        case nil: .success(nil)
        case .command: .success("\(subject) run the '\(name)' command")
        case .key(let index): .success("\(subject) access the '\(arguments[index].text)' key")
        case .channel(let index):
            .success("\(subject) access the '\(arguments[index].text)' channel")
        }
    }
}

private let aclHelp: [StaticString] = [
    "CAT [<category>]",
    "    List all commands that belong to <category>, or all command categories",
    "    when no category is specified.",
    "DELUSER <username> [<username> ...]",
    "    Delete a list of users.",
    "DRYRUN <username> <command> [<arg> ...]",
    "    Returns whether the user can execute the given command without executing the command.",
    "GETUSER <username>",
    "    Get the user's details.",
    "GENPASS [<bits>]",
    "    Generate a secure 256-bit user password. The optional `bits` argument can",
    "    be used to specify a different size.",
    "LIST",
    "    Show users details in config file format.",
    "LOAD",
    "    Reload users from the ACL file.",
    "LOG [<count> | RESET]",
    "    Show the ACL log entries.",
    "SAVE",
    "    Save the current config to the ACL file.",
    "SETUSER <username> <attribute> [<attribute> ...]",
    "    Create or modify a user with the specified attributes.",
    "USERS",
    "    List all the registered usernames.",
    "WHOAMI",
    "    Return the current connection username.",
]
