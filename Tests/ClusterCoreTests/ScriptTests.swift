import ClusterCore
import RESP
import Testing

/// Scripts on a node as a value: what they may do is compared with redis-server elsewhere.
struct ScriptTests {
    private let served = ServedNode()
    private let client: ClientID

    init() {
        client = served.connect()
        _ = served.takeActions()
    }

    @Test func `a script runs commands, and gives their replies`() {
        #expect(served.send(#"EVAL "return 1" 0"#, from: client) == ":1\r\n")
        let script = #"EVAL "return redis.call('incr', KEYS[1])" 1 {a}n"#
        #expect(served.send(script, from: client) == ":1\r\n")
        #expect(served.send(script, from: client) == ":2\r\n")
    }

    @Test func `monitors see a script before its commands`() {
        let monitor = served.connect(from: "127.0.0.1:50002")
        _ = served.send("MONITOR", from: monitor)
        _ = served.takeActions()
        _ = served.send(#"EVAL "redis.call('set', KEYS[1], 1)" 1 {a}k"#, from: client)
        let start = "+1700000000.000000 [0 "
        #expect(
            served.takeMessages(of: monitor)
                == start + #"127.0.0.1:50001] "EVAL" "redis.call('set', KEYS[1], 1)" "1" "{a}k""#
                + "\r\n" + start + #"lua] "set" "{a}k" "1""# + "\r\n")
    }

    @Test func `a replica runs scripts that read, and no others`() {
        let replica = ServedNode(isReplica: true)
        let client = replica.connect()
        let (read, write) = ("return redis.call('get', KEYS[1])", "redis.call('set', KEYS[1], 1)")
        func send(_ words: String...) -> String {
            replica.send(words.map { Array($0.utf8) }.request, from: client)
        }
        #expect(send("EVAL", read, "1", "k").hasPrefix("-MOVED"))
        #expect(send("READONLY") == "+OK\r\n")
        #expect(send("EVAL", read, "1", "k") == "$-1\r\n")
        #expect(
            send("EVAL", write, "1", "k").hasPrefix(
                "-READONLY You can't write against a read only replica. script: "))
        #expect(send("EVAL", "#!lua flags=no-writes\n" + read, "1", "k") == "$-1\r\n")
        #expect(send("EVAL", "#!lua\n" + read, "1", "k").hasPrefix("-MOVED"))
        #expect(
            send("EVAL", "#!lua\nreturn 1", "0")
                == "-READONLY You can't write against a read only replica.\r\n")
        #expect(
            send("FUNCTION", "FLUSH")
                == "-READONLY You can't write against a read only replica.\r\n")
    }

    // MARK: - Scripts that take long

    private static let endless = #"EVAL "while true do end" 0"#
    private static let busy =
        "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n"

    /// Gives the script turns for so long.
    private func pass(_ duration: Duration) {
        var rest = duration
        while rest > .zero {
            served.step(.timer(.script), after: .milliseconds(10))
            rest -= .milliseconds(10)
        }
    }

    @Test func `others wait for a script, and from the threshold on are told that it is busy`() {
        let other = served.connect(from: "127.0.0.1:50002")
        _ = served.send("CONFIG SET busy-reply-threshold 100", from: client)
        #expect(served.send(Self.endless, from: client) == "")
        #expect(served.send("PING", from: other) == "")
        pass(.milliseconds(90))
        #expect(served.send([], from: other) == "")
        pass(.milliseconds(20))
        #expect(served.send([], from: other) == Self.busy)
        #expect(served.send("GET {a}x", from: other) == Self.busy)
        #expect(served.send("FUNCTION STATS", from: other) == Self.busy)
        #expect(served.send("FUNCTION KILL", from: other) == Self.busy)
        #expect(served.send("SHUTDOWN", from: other) == Self.busy)
        #expect(served.send("SCRIPT KILL", from: other) == "+OK\r\n")
        _ = served.takeActions()
        pass(.milliseconds(10))
        #expect(
            served.takeMessages(of: client)
                == "-ERR Script killed by user with SCRIPT KILL... script: "
                + "694a5fe1ddb97a4c6a1bf299d9537c7d3d0f84e7, on @user_script:1.\r\n")
        #expect(served.send("PING", from: other) == "+PONG\r\n")
        #expect(served.send("SCRIPT KILL", from: other).hasPrefix("-NOTBUSY"))
    }

    @Test(arguments: [
        "pcall(function() while true do end end)\nreturn 1",
        #"setmetatable({}, {__index = function() while true do end end}).x = nil"#,
        #"local t = setmetatable({}, {__index = function() while true do end end}) return t.x"#,
        #"table.sort({3, 2, 1}, function() while true do end end)"#,
        #"string.gsub('abc', '.', function() while true do end end)"#,
        #"coroutine.wrap(function() while true do end end)()"#,
        #"while true do pcall(function() while true do end end) end"#,
    ])
    func `a script lets go wherever it is, and can be killed there`(_ script: String) {
        let other = served.connect(from: "127.0.0.1:50002")
        _ = served.send("CONFIG SET busy-reply-threshold 10", from: client)
        let reply = served.send(["EVAL", script, "0"].map { Array($0.utf8) }.request, from: client)
        guard reply.isEmpty else { return }
        pass(.milliseconds(20))
        #expect(served.send("SCRIPT KILL", from: other) == "+OK\r\n")
        _ = served.takeActions()
        pass(.milliseconds(10))
        #expect(served.takeMessages(of: client).contains("Script killed by user with SCRIPT KILL"))
        #expect(served.send("PING", from: other) == "+PONG\r\n")
    }

    @Test func `a script that has written cannot be killed, and ends by itself`() {
        let other = served.connect(from: "127.0.0.1:50002")
        _ = served.send("CONFIG SET busy-reply-threshold 10", from: client)
        let script = "redis.call('set', KEYS[1], 1) for i = 1, 5e6 do end return 'done'"
        let request = ["EVAL", script, "1", "{a}k"].map { Array($0.utf8) }.request
        #expect(served.send(request, from: client) == "")
        pass(.milliseconds(20))
        #expect(served.send("SCRIPT KILL", from: other).hasPrefix("-UNKILLABLE Sorry"))
        pass(.milliseconds(100))
        #expect(served.takeMessages(of: client) == "$4\r\ndone\r\n")
        #expect(served.send("GET {a}k", from: other) == "$1\r\n1\r\n")
    }

    @Test func `a script whose client is gone goes on to its end`() {
        let other = served.connect(from: "127.0.0.1:50002")
        let script = "for i = 1, 3e6 do end redis.call('set', KEYS[1], 1)"
        let request = ["EVAL", script, "1", "{a}k"].map { Array($0.utf8) }.request
        #expect(served.send(request, from: client) == "")
        served.step(.clientGone(client))
        pass(.milliseconds(100))
        #expect(!served.isConnected(client))
        #expect(served.send("GET {a}k", from: other) == "$1\r\n1\r\n")
    }

    // MARK: - In the middle of something else

    /// Sends all lines at once.
    private func send(_ lines: [[String]], from client: ClientID) -> String {
        served.send(
            lines.flatMap { $0.map { Array($0.utf8) }.request }, from: client)
    }

    @Test func `a script within EXEC can be killed, and the commands behind it run`() {
        let other = served.connect(from: "127.0.0.1:50002")
        _ = served.send("CONFIG SET busy-reply-threshold 10", from: client)
        let loop = ["EVAL", "while true do end", "0"]
        let reply = send(
            [["MULTI"], ["SET", "{a}k", "1"], loop, ["INCR", "{a}k"], loop, ["GET", "{a}k"], ["EXEC"]],
            from: client)
        #expect(reply == "+OK\r\n" + String(repeating: "+QUEUED\r\n", count: 5))
        let killed =
            "-ERR Script killed by user with SCRIPT KILL... script: "
            + "694a5fe1ddb97a4c6a1bf299d9537c7d3d0f84e7, on @user_script:1.\r\n"
        for _ in 0..<2 {
            pass(.milliseconds(20))
            #expect(served.send("GET {a}k", from: other) == Self.busy)
            #expect(served.send("SCRIPT KILL", from: other) == "+OK\r\n")
            pass(.milliseconds(10))
        }
        #expect(
            served.takeMessages(of: client)
                == "*5\r\n+OK\r\n\(killed):2\r\n\(killed)$1\r\n2\r\n")
        #expect(served.send("GET {a}k", from: other) == "$1\r\n2\r\n")
    }

    @Test func `monitors see an EXEC with a long script in it when it ends`() {
        let monitor = served.connect(from: "127.0.0.1:50002")
        _ = served.send("MONITOR", from: monitor)
        _ = send([["MULTI"], ["EVAL", "for i = 1, 3e6 do end", "0"], ["GET", "{a}k"], ["exec"]], from: client)
        let before = served.takeMessages(of: monitor)
        #expect(before.contains("EVAL") && !before.contains("exec"))
        pass(.milliseconds(100))
        let after = served.takeMessages(of: monitor)
        #expect(after.contains(#""GET" "{a}k""#) && after.hasSuffix(#""exec""# + "\r\n"))
    }

    @Test func `a script that takes long is not answered to a client that skips the reply`() {
        _ = send([["CLIENT", "REPLY", "SKIP"], ["EVAL", "for i = 1, 3e6 do end return 5", "0"]], from: client)
        pass(.milliseconds(100))
        #expect(served.takeMessages(of: client) == "")
        #expect(served.send("PING", from: client) == "+PONG\r\n")
    }

    @Test func `an EXEC for keys of other slots is refused before it runs`() {
        let replies = send([["MULTI"], ["GET", "{a}"], ["GET", "{b}"], ["EXEC"], ["EXEC"]], from: client)
        #expect(replies.contains("-CROSSSLOT Keys in request don't hash to the same slot\r\n"))
        #expect(replies.hasSuffix("-ERR EXEC without MULTI\r\n"))
        let line = served.send("INFO commandstats", from: client).split(separator: "\r\n").first {
            $0.hasPrefix("cmdstat_exec:")
        }
        #expect(line?.hasSuffix("rejected_calls=1,failed_calls=1") == true)
    }

    // MARK: - Copies

    @Test func `of two copies of a node the second one tells that its script has gone on elsewhere`() {
        let script = "redis.call('set', KEYS[1], 1) for i = 1, 3e6 do end return 'done'"
        #expect(send([["EVAL", script, "1", "{a}k"]], from: client) == "")
        var copy = served.node
        pass(.milliseconds(100))
        #expect(served.takeMessages(of: client) == "$4\r\ndone\r\n")
        var actions: [Action] = []
        copy.step(.timer(.script), at: .start.advanced(by: .seconds(1)), into: &actions)
        let replies = actions.compactMap { action -> String? in
            guard case .write(client, let bytes) = action else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(replies.count == 1 && replies[0].contains("it has gone on in another copy of this node"))
        copy.step(.timer(.script), at: .start.advanced(by: .seconds(2)), into: &actions)
    }

    @Test func `a copy of a node has its scripts and functions, and an interpreter of its own`() {
        let library = "#!lua name=l\nredis.register_function('f', function(k) return 7 end)"
        _ = served.send(
            ["FUNCTION", "LOAD", library].map { Array($0.utf8) }.request, from: client)
        #expect(served.send("FCALL f 0", from: client) == ":7\r\n")
        let hash = served.send(#"SCRIPT LOAD "return 5""#, from: client).split(separator: "\r\n")[1]
        let copy = served.node
        #expect(served.send("FCALL f 0", from: client) == ":7\r\n")
        #expect(served.send("EVALSHA \(hash) 0", from: client) == ":5\r\n")
        withExtendedLifetime(copy) {}
    }
}
