import Keyspace
import RESP

/// Who a client is, and what it may do.
extension Node {
    /// Logs the caller in, and notes where that fails (`ACLAuthenticateUser`).
    mutating func authenticate(
        _ user: ByteString, _ password: Argument, by command: Argument
    ) throws(ReplyError) {
        guard access.user(named: user)?.accepts(password) == true else {
            note(.auth, object: ByteString(command), user: user)
            throw ReplyError("WRONGPASS invalid username-password pair or user is disabled.")
        }
        clients[caller].user = user
        clients[caller].flags.insert(.authenticated)
        updateAccess(ofClientAt: caller)
    }

    /// Makes a client the default user again, as it was when it connected (`clientSetDefaultAuth`).
    mutating func resetUser(ofClientAt index: Int) {
        clients[index].user = "default"
        clients[index].flags.remove(.authenticated)
        if !access.requiresLogin || clients[index].flags.contains(.trusted) {
            clients[index].flags.insert(.authenticated)
        }
        updateAccess(ofClientAt: index)
    }

    /// Whether the client whose command is running still has to log in.
    var isLoginRequired: Bool {
        !clients[caller].flags.contains(.authenticated) && access.requiresLogin
    }

    /// Notes for a client whether its commands have to be looked at: most need not.
    private mutating func updateAccess(ofClientAt index: Int) {
        let isUnrestricted = access.user(named: clients[index].user)?.isUnrestricted ?? false
        if isUnrestricted || clients[index].flags.contains(.trusted) {
            clients[index].flags.remove(.restricted)
        } else {
            clients[index].flags.insert(.restricted)
        }
    }

    /// Users have changed.
    mutating func updateAccess() {
        for client in clients.all { updateAccess(ofClientAt: client.id.index) }
    }

    // MARK: - Commands

    /// Refuses a command that the caller may not run.
    mutating func authorize(_ command: Int, _ arguments: Arguments) throws(ReplyError) {
        guard let denial = denial(of: command, arguments) else { return }
        note(denial, of: command, arguments)
        switch denial {
        case .command:
            throw ReplyError(
                "NOPERM this user has no permissions to run the "
                    + "'\(commands.rows[command].fullName)' command")
        case .key:
            throw ReplyError(
                "NOPERM this user has no permissions to access one of the keys used as arguments")
        case .channel:
            throw ReplyError(
                "NOPERM this user has no permissions to access one of the channels used as arguments"
            )
        }
    }

    /// The same for a command that was kept for EXEC, when the caller might still run it.
    mutating func authorizeAgain(_ command: Int, _ arguments: Arguments) throws(ReplyError) {
        guard let denial = denial(of: command, arguments) else { return }
        note(denial, of: command, arguments, in: .multi)
        let reason =
            switch denial {
            case .command: "no permission to execute the command or subcommand"
            case .key: "no permission to touch the specified keys"
            case .channel: "no permission to access one of the channels used as arguments"
            }
        throw ReplyError(
            "NOPERM ACLs rules changed between the moment the transaction was accumulated and the "
                + "EXEC call. This command is no longer allowed for the following reason: \(reason)"
        )
    }

    /// The same for a command that a script of the caller calls (`scriptVerifyACL`).
    mutating func authorizeInScript(
        _ command: Int, _ arguments: Arguments
    ) throws(ReplyError) {
        guard clients[caller].flags.contains(.restricted) else {
            database.mayReadAnyKey = true
            return
        }
        guard let denial = denial(of: command, arguments) else { return }
        note(denial, of: command, arguments, in: .lua)
        let reason =
            switch denial {
            case .command: "can't run this command or subcommand"
            case .key: "can't access at least one of the keys mentioned in the command arguments"
            case .channel: "can't publish to the channel mentioned in the command"
            }
        throw ReplyError("ERR The user executing the script \(reason)")
    }

    /// Whether the caller may run a command.
    func permits(_ command: Int, _ arguments: Arguments) -> Bool {
        guard clients[caller].flags.contains(.restricted) else { return true }
        guard let user = access.user(named: clients[caller].user) else { return false }
        return user.denial(of: commands.request(command, arguments)) == nil
    }

    private mutating func denial(
        of command: Int, _ arguments: Arguments
    ) -> CommandSelector.Denial? {
        guard let user = access.user(named: clients[caller].user) else { return .command }
        let request = commands.request(command, arguments)
        database.mayReadAnyKey = user.mayReadAnyKey(by: request)
        return user.denial(of: request)
    }

    // MARK: - ACL LOG

    private mutating func note(
        _ denial: CommandSelector.Denial, of command: Int, _ arguments: Arguments,
        in context: AccessLog.Context? = nil
    ) {
        switch denial {
        case .command:
            note(.command, object: ByteString(commands.rows[command].fullName), in: context)
        case .key(let index): note(.key, object: ByteString(arguments[index]), in: context)
        case .channel(let index):
            note(.channel, object: ByteString(arguments[index]), in: context)
        }
    }

    private mutating func note(
        _ reason: AccessLog.Reason, object: ByteString, user: ByteString? = nil,
        in context: AccessLog.Context? = nil
    ) {
        let client = clients[caller]
        let isQueuing = client.flags.contains(.multi)
        let line = describe(client)
        access.log.add(
            AccessLog.Entry(
                reason: reason, context: context ?? (isQueuing ? .multi : .toplevel),
                object: object, user: user ?? client.user, time: unixMilliseconds,
                client: String(line.dropLast())),
            limit: configuration.acllogMaxLen)
    }

    // MARK: - Connections

    /// Ends the connections of a user that is gone (`ACLFreeUserAndKillClients`).
    mutating func dropClients(of user: ByteString) {
        for client in clients.all where client.user == user {
            resetUser(ofClientAt: client.id.index)
            clients[client.id.index].flags.remove(.authenticated)
            if client.id.index == caller { close(client.id) } else { drop(client.id) }
        }
    }

    /// Ends the connections that are subscribed to what their user may not hear any more
    /// (`ACLKillPubsubClientsIfNeeded`).
    mutating func dropSubscribers(of user: User, before previous: User) {
        guard !user.selectors.contains(where: \.allowsAllChannels) else { return }
        let patterns = user.selectors.flatMap(\.channels)
        let hasLess = previous.selectors.contains { selector in
            selector.allowsAllChannels || selector.channels.contains { !patterns.contains($0) }
        }
        guard hasLess else { return }
        for client in clients.all where client.user == user.name {
            let isWithin = Subscriptions.Kind.allCases.allSatisfy { kind in
                subscriptions.names(of: client.id, kind).allSatisfy { name in
                    name.withBuffer {
                        CommandSelector.allows($0, by: patterns, isPattern: kind == .pattern)
                    }
                }
            }
            if !isWithin { drop(client.id) }
        }
    }
}

extension CommandTable {
    /// What of a command is to be allowed; `name` is the index of its name among the arguments.
    func request(_ command: Int, _ arguments: Arguments) -> AccessRequest {
        let row = rows[command]
        let first = row.container == nil ? 1 : 2
        let argument = first < arguments.count ? arguments[first].text.lowercased() : nil
        let uses = row.info.keys.areKeys ? keyUses(of: command, in: arguments, from: 0) : []
        return AccessRequest(
            arguments: arguments, command: command,
            needsNoLogin: row.info.flags.contains(.noAuth), firstArgument: argument,
            keys: uses.map { ($0.index, KeyUses($0.access)) },
            channels: channels(of: row, arguments.count),
            areChannelsPatterns: row.fullName == "psubscribe")
    }

    /// The arguments that are channels to hear or to speak on; who stops hearing needs no permission.
    private func channels(of row: Row, _ count: Int) -> Range<Int> {
        switch row.fullName {
        case "subscribe", "ssubscribe", "psubscribe": 1..<count
        case "publish", "spublish": 1..<2
        default: 0..<0
        }
    }
}
