import Foundation
import Lab
import LabBackends
import TestSupport
import Testing

/// The same command lines for the real redis-cli and for `clusterlab cli`: what they print and how they end,
/// byte for byte.
@Suite(
    .serialized,
    .enabled(if: RedisCLI.isInstalled, Comment(rawValue: RedisCLI.absence)),
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)),
    .enabled(if: ServerProgram.labPath != nil, "the clusterlab program is not built"))
struct CLIConformanceTests {
    private static let forms: [[String]] = [
        [], ["--raw"], ["--no-raw"], ["--csv"], ["--json"], ["--quoted-json"], ["-3"],
        ["-3", "--no-raw"], ["-2", "--json"], ["-3", "--csv"], ["-d", "|", "-D", "#"],
        ["-e", "--no-raw"],
    ]

    /// Commands whose replies do not change between two runs.
    private static let commands = [
        "PING", "GET k", "GET none", "GET binary", "LRANGE list 0 -1", "HGETALL hash",
        "SMEMBERS set", "ZSCORE sorted m", "NOSUCH a", "GET list", "LRANGE none 0 -1",
        "HGETALL none", "SMEMBERS none", "COMMAND INFO GET", "CONFIG GET maxmemory*",
        "CLUSTER INFO", "OBJECT HELP", "SCAN 0", "HELLO 3", "HELLO", "EXEC", "help",
        "help GET", "help @hyperloglog", "help nosuch", "ACL GETUSER default",
    ]
    private static let types = [
        "string", "integer", "double", "null", "array", "set", "map", "attrib", "push", "verbatim",
        "true", "false", "bignum",
    ]

    @Test(.timeLimit(.minutes(4)), arguments: forms)
    func `replies of a real server`(_ form: [String]) throws {
        let server = try Self.server()
        let all = Self.commands + Self.types.map { "DEBUG PROTOCOL \($0)" }
        for command in all {
            for isTerminal in form.isEmpty ? [false, true] : [false] {
                let words = command.split(separator: " ").map(String.init)
                try compare(
                    CLIRun(
                        arguments: ["-p", "%PORT%"] + form + words, isTerminal: isTerminal),
                    port: server.address.port)
            }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `options, right and wrong`() throws {
        let server = try Self.server()
        for run in Self.optionRuns { try compare(run, port: server.address.port) }
    }

    private static let optionRuns: [CLIRun] =
        [
            ["--help"], ["-h"], ["--version"], ["-v"], ["--nosuch"], ["-n"], ["-x", "-X", "t"],
            ["-2", "-3"], ["-c", "-s", "x"], ["--rdb", "a", "--functions-rdb", "b"],
            ["--show-pushes", "q", "PING"], ["-u", "foo"], ["-u", "redis://%zz@h"],
            ["-u", "redis://%2@h"], ["--quoted-pattern", "\"a", "--scan"],
            ["--quoted-input", "GET", "\"k\""], ["--quoted-input", "GET", "\"k"],
            ["-r", "3", "PING"], ["-r", "2", "-i", "0.01", "PING"], ["-r", "0", "PING"],
            ["-n", "1", "DBSIZE"], ["-n", "99", "DBSIZE"], ["-a", "pw", "PING"],
            ["-a", "pw", "--no-auth-warning", "PING"], ["--user", "u", "--pass", "pw", "PING"],
            ["-u", "redis://localhost:%PORT%/2", "DBSIZE"],
            ["-u", "redis://u:p%40@localhost:%PORT%", "DBSIZE"], ["-p", "1", "PING"], ["-p", "1"],
            ["-s", "/nonexistent", "PING"], ["-e", "GET", "list"], ["-e", "NOSUCH"],
            ["--eval", "/nonexistent"], ["--cluster"], ["SUBSCRIBE"], ["MONITOR", "x"],
            ["--hotkeys"], ["--bigkeys"], ["--memkeys"], ["--scan"], ["--scan", "--no-raw"],
            ["--scan", "--pattern", "k*"], ["--bigkeys", "--pattern", "hash"],
            ["--scan", "--quoted-pattern", "\"b*\""], ["-X", "tag", "ECHO", "other"],
        ].map { CLIRun(arguments: ["-p", "%PORT%"] + $0) } + [
            CLIRun(arguments: ["-p", "%PORT%", "-x", "ECHO"], input: "a\nb"),
            CLIRun(arguments: ["-p", "%PORT%", "-X", "tag", "ECHO", "tag"], input: "a\nb"),
            CLIRun(arguments: ["-p", "%PORT%", "--askpass", "PING"], input: "secret\n"),
            CLIRun(arguments: ["-p", "%PORT%", "PING"], environment: ["REDISCLI_AUTH": "x"]),
            CLIRun(
                arguments: ["-p", "%PORT%", "--pipe"],
                input: "SET a b\r\nGET a\r\nNOSUCH\r\nDEL a\r\n"),
            CLIRun(arguments: ["-p", "%PORT%", "--pipe"], input: ""),
        ]

    private static let scripts = [
        "PING\nGET k\n", "PING", "\n  \nPING\n", "GET \"open\nPING\n",
        "3 PING\n0 PING\n-1 PING\n99999999999999999999 PING\n\"\" PING\n3\n+2 PING\n",
        "SELECT 3\nGET k\nSELECT 0\nGET k\n", "MULTI\nGET k\nEXEC\nGET k\n",
        "MULTI\nSELECT 1\nDISCARD\nGET k\n", "quit\nPING\n", ":set hints\n:set foo\n:foo\nPING\n",
        "restart\nPING\n", "clear\nPING\n",
        "connect 127.0.0.1 1\nPING\nconnect 127.0.0.1 %PORT%\nPING\nconnect 1\n",
        "help\nhelp get\n?\nPING\n", "DEBUG SLEEP 0.51\nPING\n",
        "HELLO 3\nHGETALL hash\nRESET\nHGETALL hash\n", "SUBSCRIBE\nPING\n", "AUTH x\nPING\n",
        "SET k v\nHELLO 3\nCLIENT TRACKING on\nGET k\nSET k v\nGET k\n", "PING\r\n",
        "CLUSTER INFO\n",
    ]

    @Test(.timeLimit(.minutes(2)), arguments: scripts)
    func `lines from a pipe`(_ script: String) throws {
        let server = try Self.server()
        for form in [[], ["-3", "--no-raw"], ["-n", "2"], ["--json"]] {
            for isTerminal in form.isEmpty ? [false, true] : [false] {
                try compare(
                    CLIRun(
                        arguments: ["-p", "%PORT%"] + form, input: script, isTerminal: isTerminal),
                    port: server.address.port)
            }
        }
    }

    private static let debugged = """
        local a = 1
        redis.debug("hi", a)
        redis.call('set', KEYS[1], ARGV[1])
        local big = string.rep('x', 400)
        return {a, redis.call('get', KEYS[1])}
        """

    /// What is typed in the debugger.
    private static let debuggerLines = [
        "s\np\nb 4\nc\np big\ne a  + 1\ne \"x\" .. \"y\"\nr get {k}1\nr nope\nhelp\nw\n\nz\nc\n"
            + "get {k}1\nset x 1\nquit\n",
        "s\nrestart\ns\nabort\nget {k}1\nrestart\n2 s\nquit\n", "\"\nc\nPING\n", "",
    ]

    @Test(.timeLimit(.minutes(2)), arguments: ["--ldb", "--ldb-sync-mode"])
    func `scripts in the debugger, of a lab node and of a real one`(form: String) throws {
        let server = try RedisServer(inCluster: false)
        let lab = try LabServer()
        let path = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-cli-\(UUID().uuidString).lua").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        for script in [Self.debugged, "return ("] {
            try script.write(toFile: path, atomically: true, encoding: .utf8)
            for (lines, type) in zip(Self.debuggerLines, ["xterm", "dumb", "dumb", "dumb"]) {
                let run = CLIRun(
                    arguments: ["-p", "%PORT%", form, "--eval", path, "{k}1", ",", "v"],
                    input: lines, environment: ["TERM": type])
                var screens: [RedisCLI.Outcome] = []
                for port in [server.address.port, lab.address.port] {
                    for program in RedisCLI.Program.allCases {
                        let outcome = try run.outcome(of: program, port: port)
                        screens.append(
                            outcome.with(text: outcome.text.replacing("\(port)", with: "PORT")))
                    }
                }
                #expect(Set(screens).count == 1, "\(lines.debugDescription)")
            }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `SCRIPT DEBUG at the prompt`() throws {
        let server = try Self.server()
        let lines =
            "script debug yes\neval \"local a = 1\\nreturn a\" 0\np\nhelp\nrestart\nc\nPING\n"
            + "script debug sync\nEVAL \"return 1\" 0\nc\nPING\nscript debug no\neval \"return 1\" 0\n"
        try compare(
            CLIRun(arguments: ["-p", "%PORT%"], input: lines, isTerminal: true),
            port: server.address.port)
    }

    @Test(.timeLimit(.minutes(2)))
    func `redirects within a cluster of the lab are followed`() throws {
        let cluster = try InProcessLab().start(
            ClusterPlan(port: try FreePorts(count: 6).first))
        defer { cluster.shutDown() }
        let port = cluster.nodes[0].port
        let lines = "SET user:1 x\nGET user:1\nGET other\nMGET a b\nCLUSTER KEYSLOT a\nGET user:1\n"
        for form in [["-c"], ["-c", "--no-raw"], ["-c", "--csv"], [], ["-c", "-3", "--json"]] {
            for isTerminal in [false, true] {
                try compare(
                    CLIRun(
                        arguments: ["-p", "%PORT%"] + form, input: lines, isTerminal: isTerminal),
                    port: port)
            }
            for word in ["a", "b", "c", "user:1"] {
                try compare(
                    CLIRun(arguments: ["-p", "%PORT%"] + form + ["GET", word]), port: port)
            }
        }
        for words in [
            ["--scan"], ["--bigkeys"], ["INFO", "nosuch"], ["help", "GET"], ["-r", "3", "PING"],
        ] {
            try compare(CLIRun(arguments: ["-p", "%PORT%"] + words), port: port)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a snapshot fetched by both is the same size, and both load`() throws {
        let server = try Self.server()
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for program in RedisCLI.Program.allCases {
            let file = folder.appending(path: program.rawValue).path
            let run = CLIRun(arguments: ["-p", "%PORT%", "--rdb", file])
            #expect(try run.outcome(of: program, port: server.address.port).status == 0)
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
            #expect(bytes.starts(with: "REDIS0010".utf8))
            // The end mark, and behind it eight bytes of checksum and nothing else.
            #expect(bytes.dropLast(8).last == 0xFF)
        }
    }

    private func compare(_ run: CLIRun, port: Int) throws {
        let theirs = try run.outcome(of: .redis, port: port)
        let ours = try run.outcome(of: .lab, port: port)
        #expect(ours == theirs, "\(run.testDescription)")
    }

    /// A server with a key of each kind.
    private static func server() throws -> RedisServer {
        let server = try RedisServer(
            inCluster: false, arguments: ["--repl-diskless-sync-delay", "0"])
        let connection = try server.connect()
        for line in [
            ["SET", "k", "v"], ["RPUSH", "list", "a", "b", "c"], ["HSET", "hash", "f", "1"],
            ["SADD", "set", "x"], ["ZADD", "sorted", "1.5", "m"],
        ] { _ = try connection.send(line.map { Array($0.utf8) }) }
        _ = try connection.send([
            Array("SET".utf8), Array("binary".utf8), [0, 0xFF, 0x22, 0x0A, 7],
        ])
        return server
    }
}
