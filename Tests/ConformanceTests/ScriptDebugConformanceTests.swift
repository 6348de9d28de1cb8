import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// SCRIPT DEBUG on a lab node and on a real redis-server 7.0: the same dialogues, line by line.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct ScriptDebugConformanceTests {
    /// A script, and what is said in the debugger, with `;` between the commands.
    struct Dialogue: CustomTestStringConvertible {
        let script: String
        let commands: String
        let keys: [String]
        var testDescription: String { "\(commands) in \(script.prefix(60))" }

        init(_ script: String, _ commands: String, keys: [String] = ["{k}1"]) {
            self.script = script
            self.commands = commands
            self.keys = keys
        }
    }

    private static let long = #"""
        local a = 1
        local t = {1, 2, x='y\n"q"', [7]={true, nil}}
        redis.debug("hi", a, t)
        local r = redis.call('set', KEYS[1], ARGV[1])
        local function f(n)
          local z = n * 2.5
          return z
        end
        local v = f(a)
        local e = redis.pcall('incr', KEYS[1])
        redis.breakpoint()
        local big = string.rep('x', 400)
        for i = 1, 3 do
          a = a + i
        end
        redis.call('rpush', '{k}l', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
        return {a, r, redis.call('lrange', '{k}l', 0, -1)}
        """#

    private static let values = #"""
        local t = {} t.t = t
        local d = {{{{{{{{{{{{1}}}}}}}}}}}}
        local n = 0/0
        local i = 1e300
        local j = -1.5e-7
        local k = 12345678901234
        local b = {true,false}
        local m = {[1]=1,[3]=3}
        local e = {}
        return 1
        """#

    private static let replies = #"""
        redis.call("hset",KEYS[1],"a",1)
        redis.setresp(3)
        local h = redis.call("hgetall",KEYS[1])
        redis.call("zadd","{k}z",1.5,"m")
        local s = redis.call("zscore","{k}z","m")
        s = redis.call("zrange","{k}z",0,-1,"withscores")
        redis.call("sadd","{k}s","q")
        s = redis.call("smembers","{k}s")
        s = redis.call("get","{k}none")
        s = redis.call("lolwut","version","1")
        return 1
        """#

    private static let errors = #"""
        local x = redis.pcall("set",KEYS[1])
        x = redis.pcall("nope")
        x = redis.pcall("subscribe","x")
        x = redis.pcall("get","other")
        x = redis.pcall()
        x = redis.pcall({})
        redis.error_reply("x")
        redis.error_reply("MY x")
        redis.log(9,"x")
        return 1
        """#

    private static let dialogues = [
        Dialogue(long, "s;n;step;NEXT;s;s;p;p a;p t;p none;s;s;t;trace;p z;p n;s;s;s;s;s;c"),
        Dialogue(long, "h;w;whole;l;list;l 5;l 0;l 5 1;l 99;l 1 0;l x;c;c"),
        Dialogue(
            long,
            "b;b 3;b 3 7 9;b;b -3;b;b -3;b x;b 1x;b 0;b;b 99;b 16;b 18;b 17 16;c;c;p big;m;m 10;"
                + "p big;m 0;p big;m 100;p r;p e;c;c"),
        Dialogue(
            long,
            "e 1;e return 1;e a;e KEYS;e KEYS[1];eval {1,2,{3}};e x y;e error(\"boo\");e nosuch;"
                + "e string.rep(\"a\", 300);e {a=1};r get {k}1;redis set {k}2 z;r nope;r get;"
                + "r incr {k}2;r lrange {k}2 0 1;r debug sleep 0;r;zzz;e local q = 5;"
                + "e function() end;p KEYS;p ARGV;c;c"),
        Dialogue(long, "help;a"), Dialogue(long, "c;abort"), Dialogue(long, "s;s;s;s;abort"),
        Dialogue(values, "s;s;p;s;s;s;s;s;s;s;p;s"), Dialogue(replies, "s;s;s;s;s;s;s;s;s;s;s"),
        Dialogue(errors, "s;s;s;s;s;s;s;s;p;s"), Dialogue("return 1", "w;c"),
        Dialogue("return 1", "s"), Dialogue("", "c"), Dialogue("\n\n", "c"),
        Dialogue("return pcall(function() while true do end end", "c"),
        Dialogue("#!lua flags=no-writes\nlocal a = 1\nreturn redis.call('set', KEYS[1], 1)", "w;s;s"),
        Dialogue("#!lua flags=nosuch\nreturn 1", "c"),
        Dialogue("local a = 1\r\nlocal b = '\\255\\1'\r\nreturn {a, b}\r\n\r\n", "w;s;s;p;s"),
        Dialogue("for i = 1, 2 do\n  redis.debug(i)\nend\nredis.debug()\nreturn redis.breakpoint()", "c"),
        Dialogue("redis.call('set', KEYS[1], 1)\nredis.call('lpush', KEYS[1], 1)\nreturn 1", "s;s"),
        Dialogue("return 1", "c", keys: ["a", "b"]),
        Dialogue("local i = 0\nwhile true do\n i = i + 1 end", "c;a"),
    ]

    @Test(.timeLimit(.minutes(2)), arguments: ["yes", "sync"])
    func `the debugger says the same`(mode: String) throws {
        let pair = try Pair()
        defer { pair.close() }
        _ = try pair.send("CONFIG SET busy-reply-threshold 200")
        for dialogue in Self.dialogues {
            let (lab, redis) = try pair.connect()
            let said = (try Self.hold(dialogue, mode, lab), try Self.hold(dialogue, mode, redis))
            #expect(said.0 == said.1, "\(dialogue.testDescription)")
            let sizes = try pair.send("DBSIZE")
            #expect(sizes.lab == sizes.redis, "\(dialogue.testDescription)")
            _ = try pair.send("FLUSHALL")
        }
    }

    /// What a server says in a dialogue, up to the end of the connection.
    private static func hold(
        _ dialogue: Dialogue, _ mode: String, _ client: RESPConnection
    ) throws -> [RESPValue] {
        var said = [try client.send("SCRIPT", "DEBUG", mode)]
        let words =
            ["EVAL", dialogue.script, "\(dialogue.keys.count)"] + dialogue.keys + ["value"]
        said.append(try client.send(words.map { Array($0.utf8) }))
        for command in dialogue.commands.split(separator: ";") {
            guard !isEnd(said.last) else { break }
            let words = splitArguments(Array(command.utf8)) ?? []
            let code = words.first == Array("e".utf8) || words.first == Array("eval".utf8)
            let sent =
                code
                ? command.split(separator: " ", maxSplits: 1).map { Array($0.utf8) } : words
            said.append(try client.send(sent))
        }
        guard isEnd(said.last) else { return said }
        said.append(try client.receive())
        #expect(throws: LabError.self) { try client.receive() }
        return said
    }

    private static func isEnd(_ reply: RESPValue?) -> Bool {
        reply?.elements?.last == .simpleString("<endsession>")
    }

    @Test(.timeLimit(.minutes(1))) func `what is no session is answered alike`() throws {
        let pair = try Pair()
        defer { pair.close() }
        for line in [
            "SCRIPT DEBUG", "SCRIPT DEBUG maybe", "SCRIPT DEBUG no", "SCRIPT DEBUG sync",
            "SCRIPT DEBUG yes", "EVALSHA x 0", "EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0",
            "FCALL nosuch 0", "SCRIPT DEBUG no", "EVAL \"return redis.breakpoint()\" 0",
            "EVAL \"return redis.debug(1)\" 0",
        ] {
            let (lab, redis) = try pair.send(line)
            #expect(lab == redis, "\(line)")
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["yes", "sync"])
    func `what is no command ends the script`(mode: String) throws {
        let pair = try Pair()
        defer { pair.close() }
        let longWord = "*1\r\n$1025\r\n\(String(repeating: "x", count: 1025))\r\n"
        for bytes in [
            "PING\r\n", "*1\r\n$0\r\n\r\n", "*0\r\n", "*1\r\n+s\r\n", "*1\r\n$1\r\nsx\r\n", longWord,
        ] {
            let (lab, redis) = try pair.connect()
            let said = try [lab, redis].map { client in
                _ = try client.send("SCRIPT", "DEBUG", mode)
                var said = [try client.send("EVAL", "local a = 1\nreturn a", "0")]
                try client.write(Array(bytes.utf8))
                said.append(try client.receive())
                said.append(try client.receive())
                return said
            }
            #expect(said.first == said.last, "\(bytes.prefix(20))")
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["yes", "sync"])
    func `a script whose client leaves changes as much`(mode: String) throws {
        let pair = try Pair()
        defer { pair.close() }
        let script =
            "redis.call('set', KEYS[1], 1)\nredis.breakpoint()\nredis.call('set', '{k}2', 1)"
        let (lab, redis) = try pair.connect()
        for client in [lab, redis] {
            _ = try client.send("SCRIPT", "DEBUG", mode)
            _ = try client.send("EVAL", script, "1", "{k}1")
            client.close()
        }
        let one = RESPValue.bulkString(Array("1".utf8))
        let expected: [RESPValue] = mode == "yes" ? [.null, .null] : [one, one]
        try waitUntil("the servers have seen the end") {
            let seen = try pair.send("MGET {k}1 {k}2")
            return seen.lab == .array(expected) && seen.redis == .array(expected)
        }
    }
}
