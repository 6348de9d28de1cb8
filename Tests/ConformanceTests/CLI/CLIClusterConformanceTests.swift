import Foundation
import Lab
import LabBackends
import TestSupport
import Testing

/// `--cluster` with the options of all of redis-cli around it: both programs, byte for byte.
@Suite(
    .serialized,
    .enabled(if: RedisCLI.isInstalled, Comment(rawValue: RedisCLI.absence)),
    .enabled(if: ServerProgram.labPath != nil, "the clusterlab program is not built"))
struct CLIClusterConformanceTests {
    private static let place = "127.0.0.1:%PORT%"

    private static let runs: [CLIRun] =
        [
            ["--cluster"], ["--cluster", "nope"], ["--cluster", "nope", place],
            ["--cluster", "help"], ["--cluster", "check"], ["--cluster", "check", "127.0.0.1"],
            ["--cluster", "-v"], ["--cluster", "check", "a:1", "--cluster", "info"],
            ["--cluster", "info", place, "--cluster-slots"], ["-2", "-3", "--cluster", "help"],
            ["--cluster-yes", "-p", "%PORT%", "PING"], ["--cluster-weight", "a=1"],
            [
                "--cluster", "rebalance", place, "--cluster-weight", "a=1", "--cluster-weight",
                "b=1",
            ],
            ["--cluster", "rebalance", place, "--cluster-weight", "--cluster-simulate"],
            ["-h", "nowhere", "-p", "9", "--cluster", "info", place],
            ["--cluster", "info", "-p", "9", place], ["--cluster", "info", "127.0.0.1", "%PORT%"],
            ["-c", "-s", "x", "--cluster", "info", place],
            ["--cluster", "info", place, "--nosuch"],
            ["-x", "-X", "t", "--cluster", "info", place],
            ["-a", "secret", "--cluster", "info", place],
            ["-a", "secret", "--no-auth-warning", "--cluster", "info", place],
            ["-a", "secret", "--user", "anna", "--cluster", "info", place],
            ["-u", "redis://anna:s%40cret@nowhere:1", "--cluster", "info", place],
            ["-u", "foo", "--cluster", "info", place],
            ["--cluster", "call", place, "GET", "absent", "--cluster-only-masters"],
            ["--cluster", "call", place, "CONFIG", "GET", "maxmemory*", "-3", "--json"],
            ["--help", "--cluster", "info", place], ["--cluster", "info", place, "--version"],
        ].map { CLIRun(arguments: $0) } + [
            CLIRun(
                arguments: ["-x", "--cluster", "call", place, "ECHO"], input: "from\nthe pipe"),
            CLIRun(arguments: ["-x", "--cluster", "call", place, "ECHO"], input: "a\0b"),
            CLIRun(
                arguments: ["-X", "tag", "--cluster", "call", place, "ECHO", "tag"], input: "x"),
            CLIRun(
                arguments: ["-X", "tag", "--cluster", "call", place, "ECHO", "t"], input: "x"),
            CLIRun(arguments: ["--askpass", "--cluster", "info", place], input: "secret\n"),
            CLIRun(arguments: ["--askpass", "--cluster", "info", place], input: ""),
            CLIRun(
                arguments: ["--askpass", "-a", "no", "--cluster", "info", place],
                input: "secret\n"),
            CLIRun(
                arguments: [
                    "--cluster", "import", place, "--cluster-from", "127.0.0.1:9",
                    "--cluster-from-askpass",
                ], input: "secret\n"),
            CLIRun(
                arguments: ["--cluster", "info", place], environment: ["REDISCLI_AUTH": "secret"]),
            CLIRun(
                arguments: ["--cluster", "rebalance", place, "--cluster-simulate"],
                environment: ["REDISCLI_CLUSTER_YES": "1"]),
        ]

    @Test(.timeLimit(.minutes(2)))
    func `options around a verb, right and wrong`() throws {
        let cluster = try InProcessLab().start(ClusterPlan(port: try FreePorts(count: 6).first))
        defer { cluster.shutDown() }
        for run in Self.runs { try compare(run, port: cluster.nodes[0].port) }
    }

    @Test(
        .timeLimit(.minutes(1)),
        .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
    func `a password reaches a server that wants one`() throws {
        let server = try RedisServer()
        let connection = try server.connect()
        _ = try connection.send(
            ["ACL", "SETUSER", "anna", "on", ">p@ss", "~*", "+@all"].map { Array($0.utf8) })
        _ = try connection.send(
            ["CONFIG", "SET", "requirepass", "secret"].map { Array($0.utf8) })
        let port = server.address.port
        let verb = ["--cluster", "info", Self.place]
        for run in [
            CLIRun(arguments: verb), CLIRun(arguments: ["-a", "wrong"] + verb),
            CLIRun(arguments: ["-a", "secret"] + verb),
            CLIRun(arguments: ["--askpass"] + verb, input: "secret\n"),
            CLIRun(arguments: ["--askpass", "--user", "anna"] + verb, input: "p@ss\n"),
            CLIRun(arguments: ["-u", "redis://anna:p%40ss@h"] + verb),
            CLIRun(arguments: verb, environment: ["REDISCLI_AUTH": "secret"]),
        ] { try compare(run, port: port) }
    }

    private func compare(_ run: CLIRun, port: Int) throws {
        let theirs = try run.outcome(of: .redis, port: port)
        let ours = try run.outcome(of: .lab, port: port)
        #expect(ours == theirs, "\(run.testDescription)")
    }
}
