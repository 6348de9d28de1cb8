import CLI
import ClusterAdmin
import Lab
import Testing

struct CLIOptionsTests {
    private func parse(_ line: String) throws -> CLIOptions {
        try CLIOptions.parse(
            line.split(separator: " ").map { Array($0.utf8) }, on: Self.nothing)
    }

    private static var nothing: CLISystem {
        CLISystem(
            connect: { _ throws(StreamFailure) in throw StreamFailure(reason: "no network") },
            variable: { _ in nil }, isInputTerminal: false, isOutputTerminal: true,
            readInput: { _ throws(StreamFailure) in [] }, pause: { _ in }, runCluster: { _, _ in 0 }
        )
    }

    @Test func `the options of TLS are one value, which counts only with --tls or rediss`() throws {
        var wanted = TLSOptions()
        (wanted.authorityFile, wanted.authorityFolder) = ("a", "b")
        (wanted.certificateFile, wanted.keyFile, wanted.serverName) = ("c", "d", "e")
        (wanted.ciphers, wanted.suites, wanted.skipsVerification) = ("f", "g", true)
        let line =
            "--cacert a --cacertdir b --cert c --key d --sni e --tls-ciphers f --tls-ciphersuites g "
            + "--insecure"
        #expect(try parse(line).tls == nil)
        let options = try parse("--tls \(line)")
        #expect(options.tls == wanted && options.cluster.tls == wanted)
        let other = try parse("-u rediss://me:pw@example.org:7001/2")
        #expect(other.tls == TLSOptions() && other.host == "example.org" && other.port == 7001)
    }

    @Test func `options end where the command begins`() throws {
        let options = try parse("-h example.org -p 7001x -n 2 -c GET -p")
        #expect(options.host == "example.org")
        #expect(options.port == 7001)
        #expect(options.database == 2)
        #expect(options.followsRedirects)
        #expect(options.command.map { String(decoding: $0, as: UTF8.self) } == ["GET", "-p"])
    }

    @Test(
        arguments: [
            ("--nosuch", "Unrecognized option or bad number of args for: '--nosuch'\n"),
            ("-p", "Unrecognized option or bad number of args for: '-p'\n"),
            ("-c -s x", "Options -c and -s are mutually exclusive.\n"),
            ("-2 -3", "Options -2 and -3 are mutually exclusive.\n"),
            ("-x -X t", "Options -x and -X are mutually exclusive.\n"),
            ("-u http://h", "Invalid URI scheme\n"),
            ("-u redis://%4@h", "Illegal character in URI encoding\n"),
            ("-u redis://%@h", "Incomplete URI encoding\n"),
            (
                "--rdb a --functions-rdb b",
                "Option --functions-rdb and --rdb are mutually exclusive.\n"
            ),
        ])
    func `what redis-cli refuses is refused in its words`(_ line: String, _ complaint: String) {
        #expect(throws: CLIExit(status: 1, complaint: complaint)) { try parse(line) }
    }

    @Test func `a URI names user, password, place and database`() throws {
        let options = try parse("-u redis://u:p%40@example.org:7005/4 PING")
        #expect(options.user == Array("u".utf8))
        #expect(options.password == Array("p@".utf8))
        #expect(options.host == "example.org")
        #expect(options.port == 7005)
        #expect(options.database == 4)
    }

    @Test func `a URI without a host leaves it as it was`() throws {
        let options = try parse("-h a -u redis:///2 PING")
        #expect(options.host == "a")
        #expect(options.database == 2)
    }

    @Test func `cluster options stand around the verb's arguments`() throws {
        let options = try parse("--cluster-yes --cluster reshard --cluster-slots 5 h:1 -a p")
        #expect(options.cluster.verb == "reshard")
        #expect(options.cluster.arguments == ["h:1"])
        #expect(options.cluster.saysYes)
        #expect(options.password == Array("p".utf8))
        let weights = try parse("--cluster rebalance --cluster-weight a=1 b=2 h:1").cluster
        #expect(weights.arguments == ["h:1"])
    }
}
