import ClusterCore
import Testing

struct ConnectionCommandsTests {
    @Test(arguments: [
        Exchange("PING", "+PONG"),
        Exchange("ping a", "$1\na"),
        Exchange("PING a b", "-ERR wrong number of arguments for 'ping' command"),
        Exchange("ECHO", "-ERR wrong number of arguments for 'echo' command"),
        Exchange("ECHO \"a\\x00b\"", "$3\na\0b"),
        Exchange("HELLO 1", "-NOPROTO unsupported protocol version"),
        Exchange("HELLO x", "-ERR Protocol version is not an integer or out of range"),
        Exchange("HELLO 2 foo", "-ERR Syntax error in HELLO option 'foo'"),
        Exchange("HELLO 3 SETNAME", "-ERR Syntax error in HELLO option 'SETNAME'"),
        Exchange("HELLO 3 AUTH default", "-ERR Syntax error in HELLO option 'AUTH'"),
        Exchange(
            "HELLO 3 AUTH nobody foo",
            "-WRONGPASS invalid username-password pair or user is disabled."),
        Exchange(
            "HELLO 3 SETNAME \"a b\"",
            "-ERR Client names cannot contain spaces, newlines or special characters."),
        Exchange(
            "AUTH foo",
            "-ERR AUTH <password> called without any password configured for the default user. "
                + "Are you sure your configuration is correct?"),
        Exchange("AUTH default foo", "+OK"),
        Exchange(
            "AUTH nobody foo", "-WRONGPASS invalid username-password pair or user is disabled."),
        Exchange("AUTH a b c", "-ERR syntax error"),
        Exchange("SELECT 0", "+OK"),
        Exchange("SELECT 1", "-ERR SELECT is not allowed in cluster mode"),
        Exchange("SELECT x", "-ERR value is not an integer or out of range"),
        Exchange(
            "SELECT 99999999999",
            "-ERR value is out of range, value must between -2147483648 and 2147483647"),
        Exchange("RESET", "+RESET"),
        Exchange("READONLY", "+OK"),
        Exchange("READWRITE", "+OK"),
        Exchange("ASKING", "+OK"),
        Exchange("NOPE a b", "-ERR unknown command 'NOPE', with args beginning with: 'a' 'b' "),
        Exchange("NOPE", "-ERR unknown command 'NOPE', with args beginning with: "),
        Exchange("GET", "-ERR wrong number of arguments for 'get' command"),
    ])
    func `a command about the connection answers as Redis does`(_ exchange: Exchange) {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send(exchange.line, from: client) == exchange.reply.wire)
    }

    @Test func `HELLO describes the node in the protocol that it chooses`() {
        let served = ServedNode()
        _ = served.connect()
        let client = served.connect()
        let template =
            "$6\nserver\n$5\nredis\n$7\nversion\n$6\n7.0.15\n$5\nproto\n:%\n$2\nid\n:2\n$4\nmode\n"
            + "$7\ncluster\n$4\nrole\n$6\nmaster\n$7\nmodules\n*0"
        func facts(_ version: Int) -> String {
            template.split(separator: "%").joined(separator: "\(version)")
        }
        #expect(served.send("HELLO", from: client) == "*14\n\(facts(2))".wire)
        #expect(served.send("HELLO 3 SETNAME bob", from: client) == "%7\n\(facts(3))".wire)
        #expect(served.send("CLIENT GETNAME", from: client) == "$3\nbob".wire)
        #expect(served.send("GET nothing", from: client) == "_".wire)
        #expect(served.send("RESET", from: client) == "+RESET".wire)
        #expect(served.send("CLIENT GETNAME", from: client) == "$-1".wire)
    }

    @Test func `a password keeps everybody out who does not give it`() {
        var configuration = Configuration()
        configuration.requirepass = "secret"
        let served = ServedNode(configuration)
        let client = served.connect()
        let exchanges = [
            Exchange("PING", "-NOAUTH Authentication required."),
            Exchange("NOPE", "-ERR unknown command 'NOPE', with args beginning with: "),
            Exchange("GET", "-ERR wrong number of arguments for 'get' command"),
            Exchange("CLIENT foo", "-ERR unknown subcommand 'foo'. Try CLIENT HELP."),
            Exchange(
                "HELLO 3",
                "-NOAUTH HELLO must be called with the client already authenticated, otherwise the "
                    + "HELLO AUTH <user> <pass> option can be used to authenticate the client and "
                    + "select the RESP protocol version at the same time"),
            Exchange(
                "AUTH wrong", "-WRONGPASS invalid username-password pair or user is disabled."),
            Exchange(
                "AUTH default wrong",
                "-WRONGPASS invalid username-password pair or user is disabled."),
            Exchange(
                "AUTH nobody secret",
                "-WRONGPASS invalid username-password pair or user is disabled."),
            Exchange("AUTH secret", "+OK"),
            Exchange("PING", "+PONG"),
            Exchange("RESET", "+RESET"),
            Exchange("PING", "-NOAUTH Authentication required."),
            Exchange("AUTH default secret", "+OK"),
            Exchange("PING", "+PONG"),
        ]
        for exchange in exchanges {
            #expect(served.send(exchange.line, from: client) == exchange.reply.wire, "\(exchange)")
        }
    }

    @Test func `a password that is set or taken away later counts as in Redis`() {
        let served = ServedNode()
        let early = served.connect()
        #expect(served.send("CONFIG SET requirepass foo", from: early) == "+OK".wire)
        #expect(served.send("PING", from: early) == "+PONG".wire)
        let late = served.connect()
        #expect(served.send("PING", from: late) == "-NOAUTH Authentication required.".wire)
        #expect(served.send("CONFIG SET requirepass \"\"", from: early) == "+OK".wire)
        #expect(served.send("PING", from: late) == "+PONG".wire)
        #expect(served.send("CONFIG SET requirepass bar", from: early) == "+OK".wire)
        #expect(served.send("PING", from: late) == "-NOAUTH Authentication required.".wire)
    }

    @Test func `who has not logged in may send only small requests`() {
        var configuration = Configuration()
        configuration.requirepass = "secret"
        let served = ServedNode(configuration)
        let many = served.connect()
        let long = served.connect()
        #expect(
            served.send(Array("*11\r\n".utf8), from: many)
                == "-ERR Protocol error: unauthenticated multibulk length".wire)
        #expect(
            served.send(Array("*2\r\n$16385\r\n".utf8), from: long)
                == "-ERR Protocol error: unauthenticated bulk length".wire)
        #expect(served.takeActions() == [.close(many), .close(long)])
    }

    @Test func `QUIT answers and ends the connection; what follows it is not executed`() {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send(Array("QUIT\r\nPING\r\n".utf8), from: client) == "+OK".wire)
        #expect(served.takeActions() == [.close(client)])
    }
}
