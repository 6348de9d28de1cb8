import Keyspace
import RESP

/// The commands about the client's own connection.
let connectionCommands: [CommandSpec<Node>] = [
    CommandSpec(
        "ping", arity: -1, [.fast], .connection, since: "1.0.0",
        summary: "Answers PONG, or the message that it is given.", syntax: "[message]", run: ping)
]

@Sendable private func ping(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    guard arguments.count <= 2 else { throw .wrongNumberOfArguments("ping") }
    if arguments.count == 2 { reply.bulkString(arguments[1]) } else { reply.simpleString("PONG") }
}
