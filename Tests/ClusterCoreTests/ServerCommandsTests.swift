import ClusterCore
import Testing

struct ServerCommandsTests {
    @Test(arguments: [
        Exchange("TIME", "*2\n$10\n1700000000\n$1\n0"),
        Exchange("TIME a", "-ERR wrong number of arguments for 'time' command"),
        Exchange("SHUTDOWN foo", "-ERR syntax error"),
        Exchange("SHUTDOWN SAVE NOSAVE", "-ERR syntax error"),
        Exchange("SHUTDOWN ABORT NOW", "-ERR syntax error"),
        Exchange("SHUTDOWN ABORT", "-ERR No shutdown in progress."),
        Exchange("DEBUG", "-ERR wrong number of arguments for 'debug' command"),
        Exchange(
            "DEBUG SLEEP 0",
            "-ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you "
                + "can run it from a local connection, otherwise you need to set this option in the "
                + "configuration file, and then restart the server."),
    ])
    func `a command about the process answers as Redis does`(_ exchange: Exchange) {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send(exchange.line, from: client) == exchange.reply.wire)
    }

    @Test func `a node without a folder refuses to end with a dump`() {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send("SHUTDOWN SAVE", from: client) == "")
        let actions = served.takeActions()
        let refusal = Array("-ERR Errors trying to SHUTDOWN. Check logs.\r\n".utf8)
        #expect(actions.contains(.write(client, refusal)))
        #expect(!actions.contains(.shutDown))
    }

    @Test(arguments: ["SHUTDOWN", "SHUTDOWN nosave", "SHUTDOWN NOW FORCE", "SHUTDOWN SAVE FORCE"])
    func `SHUTDOWN ends the node without a reply`(_ line: String) {
        let served = ServedNode()
        let client = served.connect()
        #expect(served.send(Array("\(line)\r\nPING\r\n".utf8), from: client) == "")
        #expect(served.takeActions().last == .shutDown)
    }

    @Test(arguments: [
        Exchange(
            "DEBUG nope",
            "-ERR unknown subcommand or wrong number of arguments for 'nope'. Try DEBUG HELP."),
        Exchange(
            "DEBUG SLEEP",
            "-ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP."),
        Exchange(
            "DEBUG SLEEP 0 1",
            "-ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP."),
        Exchange("DEBUG SLEEP x", "+OK"),
        Exchange("DEBUG SLEEP 0", "+OK"),
        Exchange("DEBUG SLEEP -1", "+OK"),
        Exchange("DEBUG ERROR \"FOO bar\"", "-FOO bar"),
    ])
    func `DEBUG answers where it is allowed`(_ exchange: Exchange) {
        let served = ServedNode(debuggable("local"))
        let client = served.connect()
        #expect(served.send(exchange.line, from: client) == exchange.reply.wire)
    }

    @Test func `DEBUG may be for local clients only`() {
        let distant = "192.0.2.1:50001"
        let local = ServedNode(debuggable("local"))
        #expect(
            local.send("DEBUG SLEEP 0", from: local.connect(from: distant)).hasPrefix(
                "-ERR DEBUG command not"))
        let everybody = ServedNode(debuggable("yes"))
        #expect(
            everybody.send("DEBUG SLEEP 0", from: everybody.connect(from: distant)) == "+OK".wire)
    }

    @Test func `while a node sleeps it answers nobody, and the sleeper only at the end`() {
        let served = ServedNode(debuggable("yes"))
        let sleeper = served.connect()
        let other = served.connect()
        let end = Instant.start.advanced(by: .milliseconds(1500))
        #expect(
            served.send(Array("PING\r\nDEBUG SLEEP 1.5\r\nPING\r\n".utf8), from: sleeper)
                == "+PONG".wire)
        #expect(served.takeActions() == [.setTimer(.wake, at: end)])
        #expect(served.send("PING", from: other) == "")
        served.step(.timer(.wake), after: .milliseconds(1500))
        #expect(served.takeActions() == [.complete(sleeper), .resumeAll])
        #expect(served.complete(sleeper) == "+OK".wire)
        #expect(served.send([], from: sleeper) == "+PONG".wire)
        #expect(served.send([], from: other) == "+PONG".wire)
    }

    private func debuggable(_ who: String) -> Configuration {
        var configuration = Configuration()
        configuration.enableDebugCommand = who
        return configuration
    }
}
