import Keyspace
import RESP

/// CLIENT (networking.c, `clientCommand`).
let clientCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "client", arity: -2, [], .connection, since: "2.4.0", complexity: "Depends on subcommand.",
        summary: "A container for commands about client connections.",
        subcommands: clientOwnCommands + clientListCommands + clientPauseCommands
            + clientTrackingCommands
    ) { _, _, _ throws(ReplyError) in
        preconditionFailure("a container runs its subcommands only")
    }
]

/// Subcommands about the caller's own connection.
private let clientOwnCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "id", arity: 2, [.noScript, .loading, .stale], .connection, acl: .connection,
        since: "5.0.0",
        summary: "Returns the number of the connection."
    ) { node, _, reply throws(ReplyError) in
        reply.integer(node.clients[node.caller].id.number)
    },
    CommandSpec(
        "setname", arity: 3, [.noScript, .loading, .stale], .connection, acl: .connection,
        since: "2.6.9",
        summary: "Names the connection.", syntax: "connection-name"
    ) { node, arguments, reply throws(ReplyError) in
        try node.setCallerName(arguments[2])
        reply.ok()
    },
    CommandSpec(
        "getname", arity: 2, [.noScript, .loading, .stale], .connection, acl: .connection,
        since: "2.6.9",
        summary: "Tells the name that this connection was given."
    ) { node, _, reply throws(ReplyError) in
        let name = node.clients[node.caller].name
        if name.count == 0 { reply.null() } else { reply.bulkString(name) }
    },
    CommandSpec(
        "setinfo", arity: 4, [.noScript, .loading, .stale], .connection, acl: .connection,
        since: "7.2.0",
        summary: "Tells the node which client library uses the connection.",
        syntax: "attr<LIB-NAME libname|LIB-VER libver>", run: setInfo),
    CommandSpec(
        "no-evict", arity: 3, [.admin, .noScript, .loading, .stale], .connection, acl: .connection,
        since: "7.0.0",
        summary: "Spares the connection when clients use too much memory.",
        syntax: "enabled<ON|OFF>"
    ) { node, arguments, reply throws(ReplyError) in
        if arguments[2].isKeyword("ON") {
            node.clients[node.caller].flags.insert(.noEvict)
        } else if arguments[2].isKeyword("OFF") {
            node.clients[node.caller].flags.remove(.noEvict)
        } else {
            throw .syntax
        }
        reply.ok()
    },
    CommandSpec(
        "reply", arity: 3, [.noScript, .loading, .stale], .connection, acl: .connection,
        since: "3.2.0",
        summary: "Chooses whether the connection gets replies.", syntax: "on_off_skip<ON|OFF|SKIP>",
        run: setReply),
    CommandSpec(
        "help", arity: 2, [.loading, .stale], .connection, acl: .connection, since: "5.0.0",
        summary: "Returns a text about the subcommands."
    ) { _, _, reply throws(ReplyError) in
        reply.help("CLIENT", clientHelp)
    },
]

extension Node {
    /// Names the connection of the caller; an empty name takes the name away.
    mutating func setCallerName(_ name: Argument) throws(ReplyError) {
        guard isPrintable(name) else {
            throw ReplyError(
                "ERR Client names cannot contain spaces, newlines or special characters.")
        }
        clients[caller].name = ByteString(name)
    }
}

/// Whether all bytes are ASCII from `!` to `~`, so that CLIENT LIST stays readable (`validateClientName`).
func isPrintable(_ text: Argument) -> Bool {
    text.buffer.allSatisfy { $0 >= UInt8(ascii: "!") && $0 <= UInt8(ascii: "~") }
}

@Sendable private func setInfo(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let isName = arguments[2].isKeyword("LIB-NAME")
    guard isName || arguments[2].isKeyword("LIB-VER") else {
        throw ReplyError("ERR Unrecognized option '\(arguments[2].text)'")
    }
    guard isPrintable(arguments[3]) else {
        throw ReplyError(
            "ERR \(arguments[2].text) cannot contain spaces, newlines or special characters.")
    }
    let value = ByteString(arguments[3])
    if isName {
        node.clients[node.caller].libraryName = value
    } else {
        node.clients[node.caller].libraryVersion = value
    }
    reply.ok()
}

@Sendable private func setReply(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    if arguments[2].isKeyword("ON") {
        node.clients[node.caller].flags.subtract([.replyOff, .replySkip, .replySkipNext])
        reply.ok()
    } else if arguments[2].isKeyword("OFF") {
        node.clients[node.caller].flags.insert(.replyOff)
    } else if arguments[2].isKeyword("SKIP") {
        if !node.clients[node.caller].flags.contains(.replyOff) {
            node.clients[node.caller].flags.insert(.replySkipNext)
        }
    } else {
        throw .syntax
    }
}

private let clientHelp: [StaticString] = [
    "CACHING (YES|NO)",
    "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
    "GETREDIR",
    "    Return the client ID we are redirecting to when tracking is enabled.",
    "GETNAME",
    "    Return the name of the current connection.",
    "ID",
    "    Return the ID of the current connection.",
    "INFO",
    "    Return information about the current client connection.",
    "KILL <ip:port>",
    "    Kill connection made from <ip:port>.",
    "KILL <option> <value> [<option> <value> [...]]",
    "    Kill connections. Options are:",
    "    * ADDR (<ip:port>|<unixsocket>:0)",
    "      Kill connections made from the specified address",
    "    * LADDR (<ip:port>|<unixsocket>:0)",
    "      Kill connections made to specified local address",
    "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    "      Kill connections by type.",
    "    * USER <username>",
    "      Kill connections authenticated by <username>.",
    "    * SKIPME (YES|NO)",
    "      Skip killing current connection (default: yes).",
    "LIST [options ...]",
    "    Return information about client connections. Options:",
    "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    "      Return clients of specified type.",
    "PAUSE <timeout> [WRITE|ALL]",
    "    Suspend all, or just write, clients for <timeout> milliseconds.",
    "REPLY (ON|OFF|SKIP)",
    "    Control the replies sent to the current connection.",
    "SETINFO <option> <value>",
    "    Set client meta attr. Options are:",
    "    * LIB-NAME: the client lib name.",
    "    * LIB-VER: the client lib version.",
    "SETNAME <name>",
    "    Assign the name <name> to the current connection.",
    "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
    "         [OPTIN] [OPTOUT] [NOLOOP]",
    "    Control server assisted client side caching.",
    "TRACKINGINFO",
    "    Report tracking status for the current connection.",
    "UNBLOCK <clientid> [TIMEOUT|ERROR]",
    "    Unblock the specified blocked client.",
    "UNPAUSE",
    "    Stop the current client pause, resuming traffic.",
    "NO-EVICT (ON|OFF)",
    "    Protect current client connection from eviction.",
]
