import Keyspace
import RESP

/// DEBUG (debug.c): what helps to try things out. It has no rows for its subcommands, in Redis either.
let debugCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "debug", arity: -2, [.admin, .noScript, .loading, .stale, .protected, .answersLater],
        .server,
        since: "1.0.0", complexity: "Depends on subcommand.",
        summary: "A container for commands that try the node out.", run: debug)
]

extension Node {
    /// Refuses a protected command unless the configuration allows it to the caller (`allowProtectedAction`): DEBUG by
    /// enable-debug-command, MODULE by enable-module-command, which is `no` here.
    func requireProtected(_ command: String) throws(ReplyError) {
        let isDebug = command == "debug"
        switch isDebug ? configuration.enableDebugCommand : "no" {
        case "yes": return
        case "local" where clients[caller].isLocal: return
        default:
            let (name, option) = isDebug ? ("DEBUG", "debug") : ("MODULE", "module")
            throw ReplyError(
                "ERR \(name) command not allowed. If the enable-\(option)-command option is set to "
                    + "\"local\", you can run it from a local connection, otherwise you need to set this "
                    + "option in the configuration file, and then restart the server.")
        }
    }

    /// Stops serving for that long; the caller gets its reply at the end, as everybody does.
    fileprivate mutating func sleep(_ duration: Duration) {
        let end = now.advanced(by: duration)
        let client = clients[caller].id
        clients[caller].flags.insert(.waiting)
        stall = .sleep(client)
        outbox.append(.setTimer(.wake, at: end))
    }
}

extension Client {
    fileprivate var isLocal: Bool { address.hasPrefix("127.0.0.1:") || address.hasPrefix("::1:") }
}

@Sendable private func debug(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let subcommand = arguments[1]
    if subcommand.isKeyword("SLEEP"), arguments.count == 3 {
        let duration = sleepDuration(arguments[2])
        guard duration > .zero else { return reply.ok() }
        node.beginLongCommand(arguments)
        node.sleep(duration)
    } else if subcommand.isKeyword("ERROR"), arguments.count == 3 {
        throw ReplyError(arguments[2].text)
    } else if subcommand.isKeyword("LOG"), arguments.count == 3 {
        node.outbox.append(.log(.warning, "DEBUG LOG: \(arguments[2].text)"))
        reply.ok()
    } else if subcommand.isKeyword("OBJECT"), arguments.count == 3 {
        reply.simpleString(try node.describeObject(of: arguments[2]))
    } else if subcommand.isKeyword("DIGEST"), arguments.count == 2 {
        reply.simpleString(node.database.digest.text)
    } else if subcommand.isKeyword("DIGEST-VALUE") {
        reply.array(arguments.count - 2)
        for index in 2..<arguments.count {
            let reference = node.database.peek(arguments[index])
            reply.simpleString(node.database.digest(of: reference).text)
        }
    } else if subcommand.isKeyword("RELOAD"), arguments.count == 2 {
        try node.reload()
        reply.ok()
    } else if subcommand.isKeyword("SET-ACTIVE-EXPIRE"), arguments.count == 3 {
        node.expiresActively = arguments[2].integer.map { $0 != 0 } ?? false
        reply.ok()
    } else if subcommand.isKeyword("HELP"), arguments.count == 2 {
        reply.help("DEBUG", debugHelp)
    } else {
        throw ReplyError(
            "ERR unknown subcommand or wrong number of arguments for '\(subcommand.text.prefix(128))'. "
                + "Try DEBUG HELP.")
    }
}

/// Seconds with decimals. Like `strtod`, takes the number in front and nothing for one that is missing; a day
/// at most, so that a slip of the finger does not end the node.
private func sleepDuration(_ text: Argument) -> Duration {
    let number = text.text.prefix { "0123456789.".contains($0) }
    guard let seconds = Double(number) else { return .zero }
    return .milliseconds(Int64(min(seconds, 86_400) * 1000))
}

private let debugHelp: [StaticString] = [
    "DIGEST",
    "    Return a fingerprint of all keys and their values.",
    "DIGEST-VALUE <key> [<key> ...]",
    "    Return a fingerprint of the value of each key.",
    "ERROR <string>",
    "    Return a Redis protocol error with <string> as message. Useful for clients",
    "    unit tests to simulate Redis errors.",
    "LOG <message>",
    "    Write <message> to the server log.",
    "OBJECT <key>",
    "    Show low level info about <key> and associated value.",
    "RELOAD",
    "    Write all data as a dump, and load it again.",
    "SET-ACTIVE-EXPIRE <0|1>",
    "    Whether expired keys go that nobody asks for.",
    "SLEEP <seconds>",
    "    Stop the server for <seconds>. Decimals allowed.",
]
