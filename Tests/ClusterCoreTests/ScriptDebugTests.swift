import ClusterCore
import RESP
import Testing

/// SCRIPT DEBUG on a node as a value: what the debugger says is compared with redis-server elsewhere.
struct ScriptDebugTests {
    private let served = ServedNode()
    private let client: ClientID

    init() {
        client = served.connect()
        _ = served.takeActions()
    }

    private static let script = "redis.call('incr', KEYS[1])\nreturn redis.call('get', KEYS[1])"

    @Test func `a script is debugged on a copy, while others are served`() {
        let other = served.connect()
        begin("YES", Self.script)
        #expect(served.send("SET {k} 5", from: other) == "+OK\r\n")
        #expect(command("s").contains("+<reply> 1\r\n"))
        #expect(served.send("GET {k}", from: other) == "$1\r\n5\r\n")
        #expect(command("c").hasSuffix("+<endsession>\r\n$1\r\n1\r\n"))
        #expect(served.send("GET {k}", from: other) == "$1\r\n5\r\n")
        #expect(served.send("PING", from: client) == "")
    }

    @Test func `with SYNC it is debugged on the node itself, and others wait`() {
        let other = served.connect()
        begin("SYNC", Self.script)
        #expect(served.send("GET {k}", from: other) == "")
        #expect(command("s").contains("+<reply> 1\r\n"))
        served.step(.timer(.cron), after: .seconds(60))
        #expect(served.send([], from: other) == "")
        #expect(command("c").hasSuffix("+<endsession>\r\n$1\r\n1\r\n"))
        #expect(served.send([], from: other) == "$1\r\n1\r\n")
    }

    @Test func `several debug at the same time`() {
        let clients = [client, served.connect(), served.connect()]
        for client in clients { begin("YES", Self.script, of: client) }
        for client in clients { #expect(command("s", of: client).contains("+<reply> 1\r\n")) }
        served.step(.clientGone(clients[1]))
        for client in [clients[0], clients[2]] {
            #expect(command("c", of: client).hasSuffix("$1\r\n1\r\n"))
        }
        #expect(served.send("EXISTS {k}", from: served.connect()) == ":0\r\n")
    }

    @Test(arguments: ["YES", "SYNC"])
    func `code that never ends goes when its client does`(mode: String) {
        let other = served.connect()
        begin(mode, "local a = 1\nreturn a")
        #expect(command("e while true do end") == "")
        served.step(.timer(mode == "SYNC" ? .script : .debugger), after: .milliseconds(10))
        served.step(.clientGone(client))
        for _ in 0..<3 { served.step(.timer(.script), after: .milliseconds(10)) }
        #expect(served.send("PING", from: other) == "+PONG\r\n")
        #expect(!served.isConnected(client))
    }

    @Test(arguments: ["YES", "SYNC"])
    func `a script that runs on without end stops after busy-reply-threshold`(mode: String) {
        _ = served.send("CONFIG SET busy-reply-threshold 50", from: client)
        begin(mode, "local i = 0\nwhile true do i = i + 1 end")
        #expect(command("c") == "")
        for _ in 0..<20 {
            served.step(.timer(mode == "SYNC" ? .script : .debugger), after: .milliseconds(10))
        }
        let said = served.takeMessages(of: client)
        #expect(said.contains("* Stopped at 2, stop reason = timeout reached, infinite loop?"))
        #expect(command("a").contains("-ERR script aborted for user request script: "))
    }

    @Test func `MIGRATE in a debugged script waits for its target, and in a copy fails`() throws {
        let script = "return redis.pcall('migrate', '127.0.0.1', 7009, KEYS[1], 0, 500)"
        _ = served.send("SET {k} 1", from: client)
        begin("YES", script)
        #expect(command("c").contains("-IOERR error or timeout connecting to the client"))
        let second = served.connect()
        _ = served.takeActions()
        begin("SYNC", script, of: second)
        #expect(command("c", of: second) == "")
        let stream = try #require(served.node.isHeld ? opened : nil)
        served.step(.streamUp(stream))
        served.step(.streamBytes(stream, Array("+OK\r\n+OK\r\n".utf8)))
        #expect(served.takeMessages(of: second).hasSuffix("+<endsession>\r\n+OK\r\n"))
    }

    @Test func `within EXEC nothing is debugged`() {
        _ = served.send("SCRIPT DEBUG YES", from: client)
        let lines = ["MULTI", "EVAL \"return 5\" 0", "EXEC"]
        #expect(lines.map { served.send($0, from: client) }.last == "*1\r\n:5\r\n")
    }

    @Test func `SCRIPT DEBUG is refused behind replies that are not sent yet`() {
        #expect(
            served.send(together: ["PING", "SCRIPT DEBUG YES"], from: client)
                == "+PONG\r\n-ERR SCRIPT DEBUG must be called outside a pipeline\r\n")
    }

    @Test func `a copy of a node ends its session where the other goes on with it`() {
        begin("SYNC", Self.script)
        var copy = served.node
        #expect(command("s").contains("+<reply> 1\r\n"))
        var actions: [Action] = []
        copy.step(.timer(.script), at: copy.now, into: &actions)
        #expect(!copy.isHeld)
        #expect(command("c").hasSuffix("+<endsession>\r\n$1\r\n1\r\n"))
    }

    // MARK: -

    private var opened: StreamID? { served.takeActions().openedStream }

    private func begin(_ mode: String, _ script: String, of client: ClientID? = nil) {
        let client = client ?? self.client
        #expect(served.send("SCRIPT DEBUG \(mode)", from: client) == "+OK\r\n")
        let words = ["EVAL", script, "1", "{k}"]
        let stopped = served.send(words.map { Array($0.utf8) }.request, from: client)
        #expect(stopped.hasPrefix("*2\r\n+* Stopped at 1, stop reason = step over\r\n+-> 1   "))
    }

    /// Says something to the debugger: a word, and what is behind it as another one.
    private func command(_ line: String, of client: ClientID? = nil) -> String {
        let client = client ?? self.client
        let words = line.split(separator: " ", maxSplits: 1).map { Array($0.utf8) }
        #expect(served.send(words.request, from: client) == "")
        var said = ""
        for action in served.actions {
            if case .write(client, let bytes) = action { said += String(decoding: bytes, as: UTF8.self) }
        }
        if !said.isEmpty { _ = served.takeActions() }
        return said
    }
}
