import ClusterCore
import RESP
import Testing

struct MonitorTests {
    private let served = ServedNode()
    private let monitor: ClientID
    private let client: ClientID
    /// How each line begins.
    private let start = "+1700000000.000000 [0 127.0.0.1:50001]"

    init() {
        monitor = served.connect(from: "127.0.0.1:50000")
        client = served.connect()
        #expect(served.send("MONITOR", from: monitor) == "+OK\r\n")
        _ = served.takeActions()
    }

    @Test(arguments: [
        Exchange("SET a \"b c\"", #" "SET" "a" "b c""#),
        Exchange(
            #"set A "\x00\xff\x7f\"\\\n\r\t\a\b""#, #" "set" "A" "\x00\xff\x7f\"\\\n\r\t\a\b""#),
        Exchange("PING", #" "PING""#),
        Exchange("ECHO \"\"", #" "ECHO" """#),
        Exchange("INCR a b", ""),
        Exchange("NOPE", ""),
        Exchange("CONFIG GET port", ""),
        Exchange("CLIENT LIST", ""),
        Exchange("CLIENT ID", #" "CLIENT" "ID""#),
        Exchange("AUTH secret", #" "AUTH" "(redacted)""#),
        Exchange("AUTH default secret", #" "AUTH" "(redacted)" "(redacted)""#),
        Exchange("AUTH a b c", #" "AUTH" "a" "b" "c""#),
        Exchange(
            "HELLO 2 SETNAME x AUTH default y",
            #" "HELLO" "2" "SETNAME" "x" "AUTH" "(redacted)" "(redacted)""#),
        Exchange("HELLO 9 AUTH default y", #" "HELLO" "9" "AUTH" "default" "y""#),
        Exchange(
            "MIGRATE 127.0.0.1 1 \"\" 0 100 AUTH2 u p KEYS a",
            #" "MIGRATE" "127.0.0.1" "1" "" "0" "100" "AUTH2" "(redacted)" "(redacted)" "KEYS" "a""#
        ),
    ])
    func `a command is shown as it came, but for secrets and administration`(_ exchange: Exchange) {
        _ = served.send(exchange.line, from: client)
        #expect(
            served.takeMessages(of: monitor)
                == (exchange.reply.isEmpty ? "" : start + exchange.reply + "\r\n"))
    }

    @Test func `a transaction is shown when it is executed, EXEC last`() {
        for line in ["MULTI", "SET a x", "INCR a", "CONFIG GET port", "EXEC"] {
            _ = served.send(line, from: client)
        }
        let lines = [#""MULTI""#, #""SET" "a" "x""#, #""INCR" "a""#, #""EXEC""#]
        #expect(
            served.takeMessages(of: monitor) == lines.map { "\(start) \($0)\r\n" }.joined())
    }

    @Test func `EXEC that is refused is shown, too, so that the transaction is seen to end`() {
        for line in ["MULTI", "EXEC x"] { _ = served.send(line, from: client) }
        #expect(
            served.takeMessages(of: monitor)
                == "\(start) \"MULTI\"\r\n\(start) \"EXEC\" \"x\"\r\n")
    }

    @Test func `who monitors sees its own commands after their replies, and no data`() {
        let start = "+1700000000.000000 [0 127.0.0.1:50000]"
        #expect(served.send("PING", from: monitor) == "+PONG\r\n\(start) \"PING\"\r\n")
        let refusal = "-ERR Replica can't interact with the keyspace\r\n"
        for line in ["GET a", "SET a 1", "PUBLISH a b"] {
            #expect(served.send(line, from: monitor) == refusal)
        }
        #expect(served.send("CLIENT INFO", from: monitor).contains(" flags=O "))
        #expect(served.send("MONITOR", from: monitor) == "")
        #expect(served.send("RESET", from: monitor) == "+RESET\r\n")
        #expect(served.send("GET a", from: monitor) == "$-1\r\n")
        _ = served.send("PING", from: client)
        #expect(served.takeMessages().isEmpty)
    }

    @Test func `a pause and the timeout of idle clients leave those alone that monitor`() {
        _ = served.send("CONFIG SET timeout 10", from: client)
        _ = served.send("CLIENT PAUSE 100000", from: client)
        #expect(served.send("PING", from: monitor).hasPrefix("+PONG\r\n"))
        served.step(.timer(.cron), after: .seconds(60))
        #expect(!served.takeActions().contains(.drop(monitor)))
    }

    @Test func `nothing is sent to those that have gone`() {
        served.step(.clientGone(monitor))
        _ = served.send("PING", from: client)
        #expect(served.takeMessages().isEmpty)
    }

    @Test func `a replica shows what comes from its master`() {
        let network = BusNetwork(masters: 1, replicas: 1)
        #expect(network.run(for: .seconds(3)) { network.isInSync(1) })
        let monitor = network.connect(to: 1)
        network.send("MONITOR", over: monitor)
        let writer = network.connect(to: 0)
        for line in ["SET b 1", "MULTI", "INCR b", "INCR b", "EXEC"] {
            network.send(line, over: writer)
        }
        let hasCome = network.run(for: .seconds(2)) {
            String(decoding: monitor.received, as: UTF8.self).contains("EXEC")
        }
        #expect(hasCome)
        let lines = monitor.take().split(separator: "\r\n").map { line in
            line.drop { $0 != "[" }
        }
        let master = "[0 127.0.0.1:7000]"
        #expect(
            lines.filter { !$0.contains("SELECT") && !$0.contains("PING") }
                == [
                    "\(master) \"SET\" \"b\" \"1\"", "\(master) \"MULTI\"",
                    "\(master) \"INCR\" \"b\"",
                    "\(master) \"INCR\" \"b\"", "\(master) \"EXEC\"",
                ].map { Substring($0) })
    }
}
