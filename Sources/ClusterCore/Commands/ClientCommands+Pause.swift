import Keyspace
import RESP

/// The subcommands of CLIENT that hold all clients.
let clientPauseCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "pause", arity: -3, [.admin, .noScript, .loading, .stale], .connection, acl: .connection,
        since: "2.9.50", summary: "Lets the commands of clients wait for some time.",
        syntax: "timeout [mode<WRITE|ALL>@6.2.0]"
    ) { node, arguments, reply throws(ReplyError) in
        guard arguments.count < 5 else {
            throw ReplyError(
                "ERR unknown subcommand or wrong number of arguments for '\(arguments[1].text)'. "
                    + "Try CLIENT HELP.")
        }
        var kind = Pause.Kind.all
        if arguments.count == 4 {
            if arguments[3].isKeyword("WRITE") {
                kind = .write
            } else if !arguments[3].isKeyword("ALL") {
                throw ReplyError("ERR CLIENT PAUSE mode must be WRITE or ALL")
            }
        }
        let timeout = try milliseconds(arguments[2])
        if timeout > 0 {
            let end = node.now.advanced(by: .milliseconds(timeout))
            node.pause(.command, Pause(kind: kind, end: end))
        }
        reply.ok()
    },
    CommandSpec(
        "unpause", arity: 2, [.admin, .noScript, .loading, .stale], .connection,
        acl: .connection, since: "6.2.0", summary: "Ends the pause of CLIENT PAUSE."
    ) { node, _, reply throws(ReplyError) in
        node.endPause(.command)
        reply.ok()
    },
]
