import Keyspace
import RESP

/// What a HELLO asks for.
private struct Greeting {
    var protocolVersion: Int?
    var login: (user: Argument, password: Argument)?
    var name: Argument?

    init(_ arguments: Arguments) throws(ReplyError) {
        guard arguments.count > 1 else { return }
        guard let version = arguments[1].integer else {
            throw ReplyError("ERR Protocol version is not an integer or out of range")
        }
        guard version == 2 || version == 3 else {
            throw ReplyError("NOPROTO unsupported protocol version")
        }
        protocolVersion = Int(version)
        var index = 2
        while index < arguments.count {
            let left = arguments.count - 1 - index
            if arguments[index].isKeyword("AUTH"), left >= 2 {
                login = (arguments[index + 1], arguments[index + 2])
                index += 3
            } else if arguments[index].isKeyword("SETNAME"), left >= 1 {
                name = arguments[index + 1]
                index += 2
            } else {
                throw ReplyError("ERR Syntax error in HELLO option '\(arguments[index].text)'")
            }
        }
    }
}

/// HELLO (networking.c, `helloCommand`).
@Sendable func hello(
    _ node: inout Node, _ arguments: Arguments, _ reply: inout ReplyBuffer
) throws(ReplyError) {
    let greeting = try Greeting(arguments)
    if let login = greeting.login {
        try node.authenticate(ByteString(login.user), login.password, by: arguments[0])
    }
    guard !node.isLoginRequired else {
        throw ReplyError(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the "
                + "HELLO AUTH <user> <pass> option can be used to authenticate the client and "
                + "select the RESP protocol version at the same time")
    }
    if let name = greeting.name { try node.setCallerName(name) }
    if let version = greeting.protocolVersion {
        node.clients[node.caller].protocolVersion = version
        reply.protocolVersion = version
    }
    reply.map(7)
    reply.bulkString("server")
    reply.bulkString("redis")
    reply.bulkString("version")
    reply.bulkString(Node.redisVersion)
    reply.bulkString("proto")
    reply.integer(reply.protocolVersion)
    reply.bulkString("id")
    reply.integer(node.clients[node.caller].id.number)
    reply.bulkString("mode")
    reply.bulkString(node.configuration.clusterEnabled ? "cluster" : "standalone")
    reply.bulkString("role")
    reply.bulkString(node.isReplica ? "replica" : "master")
    reply.bulkString("modules")
    reply.array(0)
}
