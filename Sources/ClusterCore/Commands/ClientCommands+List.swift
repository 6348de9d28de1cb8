import Keyspace
import RESP

/// The subcommands of CLIENT that see or end other connections.
let clientListCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "list", arity: -2, [.admin, .noScript, .loading, .stale], .connection, acl: .connection,
        tips: ["nondeterministic_output"], since: "2.4.0",
        complexity: "O(N) where N is the number of client connections",
        summary: "Lists the open connections.",
        syntax: "[TYPE normal_master_replica_pubsub<NORMAL|MASTER|REPLICA|PUBSUB>@5.0.0] "
            + "[ID id(client-id...)@6.2.0]",
        run: list),
    CommandSpec(
        "info", arity: 2, [.noScript, .loading, .stale], .connection, acl: .connection,
        tips: ["nondeterministic_output"], since: "6.2.0",
        summary: "Describes the connection."
    ) { node, _, reply throws(ReplyError) in
        reply.verbatimString(node.describe(node.clients[node.caller]))
    },
    CommandSpec(
        "kill", arity: -3, [.admin, .noScript, .loading, .stale], .connection, acl: .connection,
        since: "2.4.0",
        complexity: "O(N) where N is the number of client connections",
        summary: "Ends connections.",
        syntax: "filter<ip:port|new-format<[ID client-id@2.8.12]|"
            + "[TYPE normal_master_slave_pubsub<NORMAL|MASTER@3.2.0|SLAVE|REPLICA@5.0.0|PUBSUB>@2.8.12]|"
            + "[USER username]|[ADDR ip:port]|[LADDR ip:port@6.2.0]|[SKIPME yes/no]>...>",
        run: kill),
    CommandSpec(
        "unblock", arity: -3, [.admin, .noScript, .loading, .stale], .connection,
        acl: .connection, since: "5.0.0",
        complexity: "O(log N) where N is the number of client connections",
        summary: "Ends the wait of another connection, as if its time were over or with an error.",
        syntax: "client-id [timeout_error<TIMEOUT|ERROR>]", run: unblock),
]

/// The kinds of connection that CLIENT LIST and KILL tell apart.
private enum ClientType {
    case normal, master, replica, pubsub

    /// - Throws: Redis' words where there is no such type.
    init(_ name: Argument) throws(ReplyError) {
        if name.isKeyword("NORMAL") {
            self = .normal
        } else if name.isKeyword("MASTER") {
            self = .master
        } else if name.isKeyword("REPLICA") || name.isKeyword("SLAVE") {
            self = .replica
        } else if name.isKeyword("PUBSUB") {
            self = .pubsub
        } else {
            throw ReplyError("ERR Unknown client type '\(name.text)'")
        }
    }
}

extension Node {
    /// The connections that are not about to end, which Redis has freed by then, and the caller's.
    fileprivate var openClients: [Client] {
        clients.all.filter { !$0.flags.contains(.closing) || $0.id.index == caller }
    }

    /// Ends a connection; the caller's own after its reply.
    fileprivate mutating func kill(_ client: ClientID) {
        if client.index == caller { close(client) } else { drop(client) }
    }

    private func letters(of client: Client) -> String {
        client.flags.letters(isDirty: database.watches.hasChanged(for: client.id.number))
    }

    /// A connection's line in CLIENT LIST (`catClientInfoString`). What only Redis' own buffers have is zero, and what
    /// a client has not taken counts as one reply that waits.
    func describe(_ client: Client) -> String {
        let age = client.connected.duration(to: now).components.seconds
        let idle = client.lastInteraction.duration(to: now).components.seconds
        let command = client.lastCommand.map { commands.rows[$0].fullName } ?? "NULL"
        var line =
            "id=\(client.id.number) addr=\(client.address) laddr=\(client.localAddress) fd=-1"
        line += " name=\(client.name) age=\(age) idle=\(idle) flags=\(letters(of: client))"
        let queued = client.flags.contains(.multi) ? client.transaction?.count ?? 0 : -1
        let counts = Subscriptions.Kind.allCases.map { subscriptions.count(of: client.id, $0) }
        line += " db=\(client.database) sub=\(counts[0]) psub=\(counts[1]) ssub=\(counts[2])"
        line += " multi=\(queued)"
        line += " qbuf=\(client.inputBytes) qbuf-free=0 argv-mem=0"
        line += " multi-mem=\(client.transaction?.byteCount ?? 0) rbs=0 rbp=0 obl=0"
        line += " oll=\(client.outputBytes > 0 ? 1 : 0) omem=\(client.outputBytes)"
        line += " tot-mem=\(client.memory) events=r cmd=\(command)"
        line += " user=\(client.user) redir=\(redirection(of: client.id))"
        line += " resp=\(client.protocolVersion)"
        // As Redis 7.2 shows them, for the clients that set them.
        if client.libraryName.count > 0 { line += " lib-name=\(client.libraryName)" }
        if client.libraryVersion.count > 0 { line += " lib-ver=\(client.libraryVersion)" }
        return line + "\n"
    }
}

extension Client {
    /// The node's own connections to others, such as its master, are not among its clients.
    fileprivate var type: ClientType {
        flags.contains(.replica) ? .replica : flags.contains(.subscribed) ? .pubsub : .normal
    }
}

extension Client.Flags {
    /// The letters of CLIENT LIST. `isDirty` is whether a key that the client watches has changed.
    fileprivate func letters(isDirty: Bool) -> String {
        var letters = ""
        if contains(.monitor) { letters += "O" }
        if contains(.replica) { letters += "S" }
        if contains(.subscribed) { letters += "P" }
        if contains(.multi) { letters += "x" }
        if !isDisjoint(with: [.waiting, .postponed]) { letters += "b" }
        if contains(.tracking) { letters += "t" }
        if contains(.trackingBroken) { letters += "R" }
        if contains(.trackingBroadcast) { letters += "B" }
        if isDirty { letters += "d" }
        if contains(.closing) { letters += "c" }
        if contains(.readonly) { letters += "r" }
        if contains(.noEvict) { letters += "e" }
        return letters.isEmpty ? "N" : letters
    }
}

@Sendable private func list(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var listed = node.openClients
    if arguments.count == 4, arguments[2].isKeyword("TYPE") {
        let type = try ClientType(arguments[3])
        listed = listed.filter { $0.type == type }
    } else if arguments.count > 3, arguments[2].isKeyword("ID") {
        var wanted: [Int64] = []
        for index in 3..<arguments.count {
            guard let number = arguments[index].integer else {
                throw ReplyError("ERR Invalid client ID")
            }
            wanted.append(number)
        }
        listed = wanted.compactMap { number in listed.first { $0.id.number == number } }
    } else if arguments.count != 2 {
        throw .syntax
    }
    reply.verbatimString(listed.map { node.describe($0) }.joined())
}

// MARK: - KILL

/// Which connections a CLIENT KILL is about.
private struct ClientFilter {
    var number: Int64?
    var type: ClientType?
    var address: Argument?
    var localAddress: Argument?
    var user: ByteString?
    var skipsCaller = true

    /// `users` are those whose connections may be asked for.
    init(_ arguments: Arguments, users: AccessControl) throws(ReplyError) {
        var index = 2
        while index < arguments.count {
            guard index + 1 < arguments.count else { throw .syntax }
            try add(arguments[index], arguments[index + 1], users)
            index += 2
        }
    }

    private mutating func add(
        _ option: Argument, _ value: Argument, _ users: AccessControl
    ) throws(ReplyError) {
        if option.isKeyword("ID") {
            guard let number = value.integer, number > 0 else {
                throw ReplyError("ERR client-id should be greater than 0")
            }
            self.number = number
        } else if option.isKeyword("TYPE") {
            type = try ClientType(value)
        } else if option.isKeyword("ADDR") {
            address = value
        } else if option.isKeyword("LADDR") {
            localAddress = value
        } else if option.isKeyword("USER") {
            user = ByteString(value)
            guard users.user(named: ByteString(value)) != nil else {
                throw ReplyError("ERR No such user '\(value.text)'")
            }
        } else if option.isKeyword("SKIPME"), value.isKeyword("YES") || value.isKeyword("NO") {
            skipsCaller = value.isKeyword("YES")
        } else {
            throw .syntax
        }
    }

    func includes(_ client: Client, isCaller: Bool) -> Bool {
        (number.map { $0 == client.id.number } ?? true)
            && (type.map { $0 == client.type } ?? true)
            && (user.map { $0 == client.user } ?? true)
            && (address.map { $0.buffer.elementsEqual(client.address.utf8) } ?? true)
            && (localAddress.map { $0.buffer.elementsEqual(client.localAddress.utf8) } ?? true)
            && !(isCaller && skipsCaller)
    }
}

@Sendable private func kill(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    if arguments.count == 3 {
        let address = arguments[2]
        guard
            let client = node.openClients.first(where: {
                address.buffer.elementsEqual($0.address.utf8)
            })
        else { throw ReplyError("ERR No such client") }
        node.kill(client.id)
        return reply.ok()
    }
    let filter = try ClientFilter(arguments, users: node.access)
    let victims = node.openClients.filter {
        filter.includes($0, isCaller: $0.id.index == node.caller)
    }
    for client in victims { node.kill(client.id) }
    reply.integer(victims.count)
}

// MARK: - UNBLOCK

@Sendable private func unblock(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    var error: ReplyError?
    if arguments.count == 4 {
        if arguments[3].isKeyword("ERROR") {
            error = ReplyError("UNBLOCKED client unblocked via CLIENT UNBLOCK")
        } else if !arguments[3].isKeyword("TIMEOUT") {
            throw ReplyError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
        }
    } else if arguments.count > 4 {
        throw ReplyError(
            "ERR unknown subcommand or wrong number of arguments for "
                + "'\(arguments[1].text.prefix(128))'. Try CLIENT HELP.")
    }
    guard let number = arguments[2].integer else { throw .notAnInteger }
    let isUnblocked = node.unblock(number: number, error: error)
    reply.integer(isUnblocked ? 1 : 0)
}

extension Node {
    /// Ends the wait of the client of that number; false where it waits for nothing that has a timeout.
    fileprivate mutating func unblock(number: Int64, error: ReplyError?) -> Bool {
        guard let client = openClients.first(where: { $0.id.number == number })?.id else {
            return false
        }
        if blocked.wait(of: client) != nil {
            if let error { endWait(of: client, error) } else { giveUp(client) }
            return true
        }
        return endAcknowledgementWait(of: client, error: error)
    }
}
