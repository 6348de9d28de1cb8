import RESP
import Shell
import Testing

struct CompletionTests {
    /// Documents GET, SET and CLUSTER, and holds three keys.
    private let cluster = ScriptedCluster { _, command in
        switch command {
        case "COMMAND DOCS": docs
        case "SCAN 0 MATCH al* COUNT 1000":
            .array([.bulkString(Array("7".utf8)), .array([text("alphabet")])])
        case "SCAN 7 MATCH al* COUNT 1000":
            .array([.bulkString(Array("0".utf8)), .array([text("alpha"), text("al pha")])])
        case "CONFIG GET *": .array(["port", "7000", "cluster-enabled", "yes"].map(text))
        default: .array([text("0"), .array([])])
        }
    }

    struct Tab: CustomTestStringConvertible {
        var text: String
        var words: [String]
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ words: [String]) {
            self.text = text
            self.words = words
        }
    }

    @Test(arguments: [
        Tab("S", ["SET"]),
        Tab("s", ["set", "share", "skip", "solution", "speed", "start", "status", "step", "stop"]),
        Tab("5 G", ["GET"]),
        Tab("127.0.0.1:7000> G", ["GET"]),
        Tab("CLUSTER ", ["ADDSLOTS", "NODES"]),
        Tab("cluster n", ["nodes"]),
        Tab("CLUSTER NODES ", []),
        Tab("GET al", ["alpha", "alphabet"]),
        Tab("SET k v N", ["NX"]),
        Tab("set k v e", ["ex"]),
        Tab("connect 7", ["7000", "7001"]),
        Tab("connect 127", ["127.0.0.1:7000", "127.0.0.1:7001"]),
        Tab("redis-cli -p 7", ["7000", "7001"]),
        Tab("redis-cli --cluster re", ["reshard", "rebalance"]),
        Tab("redis-cli --cluster-re", ["--cluster-replace", "--cluster-replicas"]),
        Tab("redis-cli --cluster check 127.0.0.1:7001", ["127.0.0.1:7001"]),
        Tab("redis-cli -p 7001 --raw GET al", ["alpha", "alphabet"]),
        Tab("redis-cli -p 7001 cluster n", ["nodes"]),
        Tab("redis-s", ["redis-server"]),
        Tab("redis-server --cluster-en", ["--cluster-enabled"]),
        Tab("redis-server --cluster-enabled ", ["no", "yes"]),
        Tab("redis-server --port 7", ["7000"]),
        Tab("help cluster n", ["nodes"]),
        Tab("help @", ["@cluster", "@string"]),
        Tab("help cl", ["cluster", "clear"]),
        Tab("nosuch x", []),
        Tab("@", ["@all", "@masters", "@owner(", "@replicas", "@7000", "@7001"]),
        Tab("@m", ["@masters"]),
        Tab("@owner(al", ["@owner(alpha)", "@owner(alphabet)"]),
        Tab("@all G", ["GET"]),
        Tab("@7001 cluster n", ["nodes"]),
        Tab("@7001 GET al", ["alpha", "alphabet"]),
        Tab("127.0.0.1:7000> @all g", ["get"]),
        Tab("wh", ["why"]),
        Tab("why ", ["key", "node", "slot", "7000", "7001"]),
        Tab("why key al", ["alpha", "alphabet"]),
        Tab("why node 127", ["127.0.0.1:7000", "127.0.0.1:7001"]),
        Tab("doc", ["doctor", "docker"]),
    ])
    func `Tab proposes what may follow`(_ tab: Tab) {
        #expect(ScriptedShell().complete(tab.text, on: cluster) == tab.words)
    }

    @Test(
        arguments: [
            ("set", " key value [NX|XX] [EX seconds] [more [more ...]]"), ("GET ", "key"),
            ("get k", " "), ("cluster addslots ", "slot [slot ...]"), ("5 get ", "key"),
            ("@7001 get ", "key"), ("127.0.0.1:7001> GET ", "key"), ("nosuch ", nil), ("", nil),
            ("connect", " PORT | HOST:PORT"), ("connect 7", nil), ("redis-cli -p 7001 get ", "key"),
            ("redis-cli ", "[OPTIONS] [CMD ...]"),
        ] as [(String, String?)])
    func `hints say what may follow`(_ line: String, _ hint: String?) {
        #expect(ScriptedShell().hint(line, on: cluster) == hint)
    }

    @Test func `hints can be switched off and on`() {
        let shell = ScriptedShell()
        _ = shell.run([":set foo", ":set nohints", ":foo"], on: cluster)
        #expect(shell.screen.contains("unknown redis-cli preference 'foo'\n"))
        #expect(shell.screen.contains("unknown redis-cli internal command ':foo'\n"))
    }

    @Test(arguments: [
        ("help why", "why [KEY | SLOT | NODE]"), ("help doctor", "doctor: what"),
        ("help @all", "@all DBSIZE"), ("help @owner", "@owner(user:1)"),
        ("help cluster nodes", "CLUSTER NODES"),
    ])
    func `help knows the words of the lab and those in front of a command`(
        _ line: String, _ words: String
    ) {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run([line], on: cluster) == 0)
        #expect(shell.screen.contains(words))
    }

    @Test func `help prints what the server says, as redis-cli does`() {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run(["help set", "help @cluster"], on: cluster) == 0)
        #expect(
            shell.screen == """

                  SET key value [NX|XX] [EX seconds] [more [more ...]]
                  summary: Set the string value of a key
                  since: 1.0.0
                  group: string


                  CLUSTER \("")
                  summary: A container
                  since: 3.0.0

                  CLUSTER ADDSLOTS slot [slot ...]
                  summary: Assign slots
                  since: 3.0.0

                  CLUSTER NODES \("")
                  summary: Show nodes
                  since: 3.0.0


                """)
    }
}

private func text(_ string: String) -> RESPValue { .bulkString(Array(string.utf8)) }

private func fields(_ pairs: [(String, RESPValue)]) -> RESPValue {
    .array(pairs.flatMap { [text($0.0), $0.1] })
}

private func argument(
    _ name: String, _ type: String, token: String? = nil, flags: [String] = [],
    _ arguments: [RESPValue] = []
) -> RESPValue {
    fields(
        [("name", text(name)), ("type", text(type))]
            + (token.map { [("token", text($0))] } ?? [])
            + [
                ("flags", .array(flags.map(RESPValue.simpleString))),
                ("arguments", .array(arguments)),
            ])
}

private func doc(
    _ summary: String, _ since: String, _ group: String, _ arguments: [RESPValue] = [],
    subcommands: [(String, RESPValue)] = []
) -> RESPValue {
    fields([
        ("summary", text(summary)), ("since", text(since)), ("group", text(group)),
        ("arguments", .array(arguments)), ("subcommands", fields(subcommands)),
    ])
}

private let docs = fields([
    (
        "set",
        doc(
            "Set the string value of a key", "1.0.0", "string",
            [
                argument("key", "key"), argument("value", "string"),
                argument(
                    "condition", "oneof", flags: ["optional"],
                    [
                        argument("nx", "pure-token", token: "NX"),
                        argument("xx", "pure-token", token: "XX"),
                    ]),
                argument("seconds", "integer", token: "EX", flags: ["optional"]),
                argument("more", "string", flags: ["optional", "multiple"]),
            ])
    ),
    ("get", doc("Get the value of a key", "1.0.0", "string", [argument("key", "key")])),
    (
        "cluster",
        doc(
            "A container", "3.0.0", "cluster",
            subcommands: [
                ("cluster|nodes", doc("Show nodes", "3.0.0", "cluster")),
                (
                    "cluster|addslots",
                    doc(
                        "Assign slots", "3.0.0", "cluster",
                        [argument("slot", "integer", flags: ["multiple"])])
                ),
            ])
    ),
])
