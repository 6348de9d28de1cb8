import ClusterCore
import Keyspace
import Testing

struct RedisConfTests {
    @Test func `the defaults are redis-server's`() {
        let settings = ServerSettings()
        #expect(settings.configuration.port == 6379)
        #expect(!settings.configuration.clusterEnabled)
        #expect(settings.configuration.protectedMode)
        #expect(settings.configuration.savePoints.map(\.seconds) == [3600, 300, 60])
        #expect(settings.configuration.savePoints.map(\.changes) == [1, 100, 10_000])
        #expect(
            settings.configuration.logs(.notice) && settings.configuration.logs(.warning)
                && !settings.configuration.logs(.verbose))
    }

    @Test func `comments, blanks, quotes and capitals are read as Redis reads them`() throws {
        let settings = try read(
            """
            # port 1

              PORT 7001\r
            \tcluster-enabled "yes"
            requirepass 'it\\'s # no comment'
            logfile "a\\x41.log"
            bind 127.0.0.1   -::1
            cluster-node-timeout 5000
            maxmemory 1gb
            """)
        #expect(settings.configuration.port == 7001)
        #expect(settings.configuration.clusterEnabled)
        #expect(settings.configuration.requirepass == "it's # no comment")
        #expect(settings.configuration.logFile == "aA.log")
        #expect(settings.configuration.bind == ["127.0.0.1", "-::1"])
        #expect(settings.configuration.clusterNodeTimeout == .seconds(5))
        #expect(settings.configuration.maxmemory == 1 << 30)
        #expect(settings.ignored == [])
    }

    @Test func `save points replace the default ones and then add up`() throws {
        let points = try read("save 900 1\nsave \"60 5 30 7\"").configuration.savePoints
        #expect(points.map(\.seconds) == [900, 60, 30])
        #expect(points.map(\.changes) == [1, 5, 7])
        #expect(try read("save 900 1\nsave \"\"").configuration.savePoints == [])
    }

    @Test func `what only tunes is taken and told, each name once`() throws {
        let settings = try read("hz 50\nlfu-decay-time 3\nhz 20\nio-threads 2")
        #expect(settings.ignored == ["hz", "io-threads"])
        #expect(settings.configuration.lfuDecayTime == 3)
    }

    @Test(arguments: [
        "unixsocket /run/redis.sock", "aclfile users.acl",
        "loadmodule m.so", "rename-command GET G", "syslog-enabled yes", "supervised systemd",
    ])
    func `what would change a promise is refused in a line of its own`(_ line: String) {
        let failure = #expect(throws: RedisConf.Failure.self) { try read("port 1\n\(line)") }
        guard case .line(2, line, let reason) = failure else {
            Issue.record("\(line): \(String(describing: failure))")
            return
        }
        #expect(reason.hasPrefix("this server "))
    }

    @Test func `users are those that the file defines, and CONFIG REWRITE keeps them`() throws {
        let text = "user anna on >pw ~app:* +@read (+set ~b)\nuser default off"
        let configuration = try read(text).configuration
        #expect(configuration.users.map(\.first) == ["anna", "default"])
        let served = ServedNode(configuration)
        let client = served.connect()
        #expect(served.send("PING", from: client) == "-NOAUTH Authentication required.\r\n")
        #expect(served.send("AUTH anna pw", from: client) == "+OK\r\n")
        #expect(served.send("SET b 1", from: client) == "+OK\r\n")
        #expect(configuration.rewriting("USER old on\n".utf8).contains("user anna on >pw"))
        #expect(!configuration.rewriting("USER old on\n".utf8).contains("old"))
    }

    @Test(arguments: [
        (
            "user a +@nope",
            "Error in user declaration 'user': "
                + "Unknown command or category name in ACL"
        ),
        ("user a on what", "Error in user declaration 'a': Syntax error"),
        (
            "user a on\nuser a off",
            "Error in user declaration 'a': Duplicate user found. A user can "
                + "only be defined once in config files"
        ),
    ])
    func `a user with a rule that is wrong is refused`(text: String, reason: String) {
        let failure = #expect(throws: RedisConf.Failure.self) { try read(text) }
        #expect(failure?.description.hasSuffix(reason) == true)
    }

    @Test func `keyspace events and sharded channels are as the file has them`() throws {
        let text = "notify-keyspace-events \"Ex\"\ncluster-allow-pubsubshard-when-down no"
        let configuration = try read(text).configuration
        #expect(configuration.notifyKeyspaceEvents == [.keyevent, .expired])
        #expect(!configuration.clusterAllowPubsubshardWhenDown)
        #expect(configuration.rewriting(text.utf8).contains("notify-keyspace-events \"xE\"\n"))
        #expect(throws: RedisConf.Failure.self) { try read("notify-keyspace-events Q") }
    }

    @Test func `an included file has its own lines and may be overruled`() throws {
        let files = ["a": "port 1\ninclude b\n", "b": "port 2\ntimeout 7", "c": "\n\nprt 3"]
        let settings = try read("include a\ntimeout 8", files)
        #expect(settings.configuration.port == 2 && settings.configuration.timeout == 8)
        #expect(
            throws: RedisConf.Failure.line(
                3, text: "prt 3", reason: "Bad directive or wrong number of arguments")
        ) { try read("include c", files) }
        #expect(
            throws: RedisConf.Failure.unreadable(RedisConf.Unreadable(path: "d", reason: "gone"))
        ) { try read("include d", files) }
    }

    @Test func `a file that includes itself comes to an end`() {
        #expect(
            throws: RedisConf.Failure.line(
                1, text: "include a", reason: "Too many files include one another")
        ) { try read("include a", ["a": "include a"]) }
    }

    @Test func `a log file that cannot be written is nobody's line`() {
        let failure = RedisConf.Failure.whole(reason: "Can't open the log file: no such place")
        #expect(throws: failure) { try read("logfile /nowhere/log") }
        #expect(
            failure.description
                == "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nCan't open the log file: no such place"
        )
    }

    @Test(
        arguments: [
            (
                ["--port", "7000", "--cluster-enabled", "yes"],
                "port \"7000\" \ncluster-enabled \"yes\" "
            ),
            (["--port 7000", "--timeout", "1"], "port 7000 \ntimeout \"1\" "),
            (["--save", "--appendonly", "yes"], "save \"\"\nappendonly \"yes\" "),
            (["--appendonly", "yes", "--save"], "appendonly \"yes\" \nsave \"\""),
            (["--save", "900", "1"], "save \"900\" \"1\" "),
            (["--requirepass", "--x\"y\n"], "requirepass \"--x\\\"y\\n\" "),
        ] as [([String], String)])
    func `options are lines of a configuration`(_ arguments: [String], _ lines: String) {
        let parsed = ServerArguments(arguments)
        #expect(parsed.options.replacingSpaces == lines.replacingSpaces)
        #expect(parsed.configFile == nil && !parsed.readsStandardInput)
    }

    @Test func `a file and standard input come before options`() {
        let both = ServerArguments(["a.conf", "--port", "1", "-"])
        #expect(both.configFile == "a.conf" && both.readsStandardInput)
        #expect(both.options == "port \"1\" ")
        #expect(ServerArguments(["-"]).readsStandardInput)
        #expect(ServerArguments([]) == ServerArguments([]))
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `any bytes are read or refused`(_ seed: UInt64) {
        var random = SplitMix64Source(seed: seed)
        let words = [
            "port", "save", "include", "dir", "bind", "\"", "'", "#", "\\x", "-", "1", "\n",
        ]
        var refused = 0
        for _ in 0..<5_000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                text +=
                    Bool.random(using: &random)
                    ? Array(words[Int.random(in: 0..<words.count, using: &random)].utf8)
                    : [UInt8.random(in: 0...255, using: &random)]
                if Bool.random(using: &random) { text.append(0x20) }
            }
            var conf = RedisConf(surroundings(["1": "port 1"]))
            do { try conf.read(text) } catch { refused += 1 }
        }
        #expect(refused > 100 && refused < 5_000)
    }

    private func read(
        _ text: String, _ files: [String: String] = [:]
    ) throws -> ServerSettings {
        var conf = RedisConf(surroundings(files))
        try conf.read(text.utf8)
        return conf.settings
    }

    private func surroundings(_ files: [String: String]) -> RedisConf.Surroundings {
        RedisConf.Surroundings(
            read: { path throws(RedisConf.Unreadable) in
                guard let text = files[path] else {
                    throw RedisConf.Unreadable(path: path, reason: "gone")
                }
                return Array(text.utf8)
            }, enter: { _ in nil },
            append: { $0.hasPrefix("/nowhere") ? "no such place" : nil })
    }
}

extension String {
    /// Without the blanks at the ends of lines, which mean nothing.
    fileprivate var replacingSpaces: String {
        split(separator: "\n").map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}

/// Chance that repeats, for the standard library's functions.
private struct SplitMix64Source: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
