import Lab
import RESP
import Shell
import Testing

/// What `why` says about every error, on a cluster of a master at 7000 and its replica at 7001.
struct WhyTests {
    private static func cluster(answering message: String) -> ScriptedCluster {
        ScriptedCluster { port, command in
            switch command {
            case "CLUSTER NODES":
                text(
                    """
                    aaaaaaaaaa 127.0.0.1:7000@17000 \(port == 7000 ? "myself," : "")master - 0 0 4 connected 0-16383
                    bbbbbbbbbb 127.0.0.1:7001@17001 \(port == 7001 ? "myself," : "")slave aaaaaaaaaa 0 0 4 connected
                    """)
            case "CLUSTER INFO": text("cluster_state:ok\r\n")
            case "COMMAND GETKEYS MGET a b": .array([text("a"), text("b")])
            case "COMMAND GETKEYS GET a": .array([text("a")])
            case "CONFIG GET min-replicas-to-write":
                .array([text("min-replicas-to-write"), text("2")])
            case "INFO replication":
                text(
                    "role:slave\r\nmaster_host:127.0.0.1\r\nmaster_port:7000\r\nmaster_link_status:down\r\n"
                )
            case "INFO persistence": text("loading:1\r\nloading_loaded_perc:40.00\r\n")
            case "COMMAND DOCS": .array([])
            case _ where command.hasPrefix("COMMAND"):
                .error("ERR The command has no key arguments")
            default: .error(message)
            }
        }
    }

    struct Case: CustomTestStringConvertible {
        var message: String
        var line: String
        var saying: [String]
        var testDescription: String { message }

        init(_ message: String, _ line: String = "GET a", _ saying: String...) {
            self.message = message
            self.line = line
            self.saying = saying
        }
    }

    @Test(arguments: [
        Case(
            "MOVED 15495 127.0.0.1:7001", "GET a", "GET a", "slot 15495: CRC16(a) is 31879",
            "@7001 GET a"),
        Case("MOVED 15495 :7001", "GET a", "127.0.0.1:7001"),
        Case(
            "MOVED 15495 172.17.0.4:6379", "GET a", "connect 172.17.0.4:6379",
            "@172.17.0.4:6379 GET a", "redis-cli -c -p 7000"),
        Case("MOVED 15495 127.0.0.1:7009", "GET a", "127.0.0.1:7009"),
        Case("MOVED oddly", "GET a", "MOVED oddly"),
        Case(
            "ERR Script killed by user with SCRIPT KILL... script: 9b71, on @user_script:1.", "EXEC",
            "had written nothing", "SLOWLOG GET 1"),
        Case("ASK 15495 127.0.0.1:7001", "GET a", "once", "ASKING", "open no more"),
        Case(
            "CROSSSLOT Keys in request don't hash to the same slot", "MGET a b", "a: slot 15495",
            "b: slot 3300", "hash tag"),
        Case("TRYAGAIN Multiple keys request during rehashing of slot", "MGET a b", "being moved"),
        Case("CLUSTERDOWN Hash slot not served", "GET a", "By now", "16384 slots have an owner"),
        Case("CLUSTERDOWN The cluster is down", "GET a", "By now 127.0.0.1:7000 says"),
        Case(
            "CLUSTERDOWN The cluster is down and only accepts read commands", "GET a", "By now"),
        Case("READONLY You can't write against a read only replica.", "FLUSHALL", "is a master"),
        Case("LOADING Redis is loading the dataset in memory", "GET a", "40.00 percent"),
        Case(
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "GET a", "127.0.0.1:7000", "the link is down"),
        Case("NOREPLICAS Not enough good replicas to write.", "SET a 1", "at least 2 replica"),
        Case("NOAUTH Authentication required.", "GET a", "masterauth", "AUTH password"),
        Case(
            "WRONGPASS invalid username-password pair or user is disabled.", "AUTH secret",
            "default"),
        Case("NOPERM this user has no permissions", "GET a", "ACL WHOAMI"),
        Case("DENIED Redis is running in protected mode", "GET a", "protected mode"),
        Case("EXECABORT Transaction discarded because of previous errors.", "EXEC", "MULTI"),
        Case(
            "ERR Slot 0 is already busy", "CLUSTER ADDSLOTS 0", "127.0.0.1:7000 (master of 0-16383)"
        ),
        Case("ERR Slot 100 is already unassigned", "CLUSTER DELSLOTS 100", "slot 100", "own map"),
        Case("ERR Invalid or out of range slot", "CLUSTER ADDSLOTS x", "0 to 16383"),
        Case(
            "ERR wrong number of arguments for 'cluster|addslots' command", "CLUSTER ADDSLOTS",
            "CLUSTER ADDSLOTS got 0 words"),
        Case(
            "ERR You should send CLUSTER FAILOVER to a replica", "CLUSTER FAILOVER",
            "@7001 CLUSTER FAILOVER", "CLUSTER REPLICAS aaaaaaaaaa"),
        Case(
            "ERR Master is down or failed, please use CLUSTER FAILOVER FORCE", "CLUSTER FAILOVER",
            "FORCE", "TAKEOVER"),
        Case(
            "ERR To set a master the node must be empty and without assigned slots.",
            "CLUSTER REPLICATE aaaaaaaaaa", "throws away"),
        Case(
            "ERR I tried hard but I can't forget myself...", "CLUSTER FORGET aaaaaaaaaa",
            "127.0.0.1:7000 itself"),
        Case("ERR Can't forget my master!", "CLUSTER FORGET aaaaaaaaaa", "replica of that node"),
        Case(
            "ERR I'm already the owner of hash slot 0", "CLUSTER SETSLOT 0 IMPORTING x", "IMPORTING"
        ),
        Case(
            "ERR I'm not the owner of hash slot 5", "CLUSTER SETSLOT 5 MIGRATING x", "connect 7000"),
        Case("ERR I don't know about node badid", "CLUSTER SETSLOT 0 NODE badid", "40 digits"),
        Case("ERR Unknown node badid", "CLUSTER REPLICATE badid", "40 digits"),
        Case("ERR unknown subcommand 'bogus'. Try CLUSTER HELP.", "CLUSTER bogus", "CLUSTER BOGUS"),
        Case(
            "ERR Can't assign hashslot 10778 to a different node while I still hold keys for this hash slot.",
            "CLUSTER SETSLOT 10778 NODE bbbbbbbbbb", "CLUSTER GETKEYSINSLOT 10778 10"),
        Case(
            "ERR CLUSTER RESET can't be called with master nodes containing keys", "CLUSTER RESET",
            "FLUSHALL"),
        Case(
            "ERR DB must be empty to perform CLUSTER FLUSHSLOTS.", "CLUSTER FLUSHSLOTS", "FLUSHALL"),
        Case("ERR SELECT is not allowed in cluster mode", "SELECT 1", "one database"),
        Case("ERR REPLICAOF not allowed in cluster mode.", "REPLICAOF h 1", "CLUSTER REPLICATE"),
        Case(
            "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.",
            "FAILOVER", "@7001 CLUSTER FAILOVER"),
        Case(
            "ERR Invalid node address specified: localhost:7001", "CLUSTER MEET localhost 7001",
            "no host name"),
        Case(
            "ERR Script attempted to access a non local key in a cluster node script", "EVAL x 0",
            "declared"),
        Case(
            "ERR This instance has cluster support disabled", "CLUSTER SHARDS",
            "cluster-enabled yes"),
        Case(
            "ERR CONFIG SET failed (possibly related to argument 'cluster-enabled') - can't set immutable config",
            "CONFIG SET cluster-enabled no", "at the start only"),
        Case("ERR DEBUG command not allowed. If the", "DEBUG SLEEP 1", "enable-debug-command"),
        Case(
            "ERR unknown command 'port', with args beginning with: '7000'", "port 7000",
            "redis.conf"),
        Case(
            "ERR unknown command 'nodez', with args beginning with: ", "nodez",
            "Did you mean NODES?"),
        Case("ERR unknown command '1)', with args beginning with: ", "1) x", "pasted"),
        Case("WRONGTYPE Operation against a key", "GET a", "why key a"),
        Case("ERR something new", "GET a", "ERR something new"),
    ])
    func `why knows every error`(_ matter: Case) {
        let shell = ScriptedShell(isInteractive: false)
        _ = shell.run([matter.line, "why"], on: Self.cluster(answering: matter.message))
        let lines = shell.screen.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 || !$0.contains(" ") || $0.hasPrefix("(error)") })
        let said = lines.dropFirst().joined(separator: " ").replacing(#/ +/#, with: " ")
        for words in matter.saying { #expect(said.contains(words), "\(shell.screen)") }
        #expect(!said.contains("secret"))
    }

    struct Output: CustomTestStringConvertible {
        var text: String
        var saying: [String]
        var testDescription: String { text }

        init(_ text: String, _ saying: String...) {
            self.text = text
            self.saying = saying
        }
    }

    @Test(arguments: [
        Output(
            """

            *** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***
            Reading the configuration file, at line 1
            >>> 'port 7000  # Unique port per node (e.g., 7000, 7001, 7002)'
            wrong number of arguments
            """, "up to line 1", "wrong number of arguments", "line of its own", "  port 7000 "),
        Output(
            "*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line 3\n"
                + ">>> 'prot 7000'\nBad directive or wrong number of arguments", "line 3", "prot"),
        Output(
            "Sorry, the cluster configuration file nodes.conf is already used by a different Redis Cluster "
                + "node. Please make sure that different nodes use different cluster configuration files.",
            "folder", "dir ./redis-7001"),
        Output(
            "[ERR] Node 127.0.0.1:7000 is not empty. Either the node already knows other nodes (check with "
                + "CLUSTER NODES) or contains some key in database 0.", "@all CLUSTER RESET HARD"),
        Output(
            "*** ERROR: Invalid configuration for cluster creation.\n*** Redis Cluster requires at least 3 "
                + "master nodes.\n*** This is not possible with 4 nodes and 1 replicas per node.\n*** At "
                + "least 6 nodes are required.", "majority", "6 nodes"),
        Output(
            ">>> Performing hash slots allocation\nCan I set the above configuration? (type 'yes' to "
                + "accept): y\n", "whole word yes"),
        Output(
            "(type 'yes' to accept): yes\n>>> Nodes configuration updated\n>>> Sending CLUSTER MEET "
                + "messages to join the cluster\nWaiting for the cluster to join\n......",
            "bus ports",
            "127.0.0.1:7000 knows 2 node(s)"),
        Output(
            "Could not connect to Redis at 127.0.0.1:7005: Connection refused", "127.0.0.1:7005"),
        Output("(error) MOVED 15495 127.0.0.1:7001", "Slot 15495"),
        Output(
            "[WARNING] Node 127.0.0.1:7000 has slots in migrating state 5.\n[WARNING] Node 127.0.0.1:7001 has "
                + "slots in importing state 5.",
            "importing state 5. [WARNING] Node 127.0.0.1:7000 has slots in migrating state 5. A move of slots",
            "redis-cli --cluster fix 127.0.0.1:7000"),
        Output("ERR Slot 7 is already busy", "Slot 7 has an owner"),
        Output("AttributeError: 'dict' object has no attribute 'name'", "ClusterNode"),
        Output("error: externally-managed-environment", "venv"),
        Output("\u{1B}[31;1m(error) ERR Slot 7 is already busy\u{1B}[0m", "Slot 7 has an owner"),
        Output("all went well", "The last that the lab has seen", "all went well"),
    ])
    func `why explains what programs printed`(_ output: Output) {
        let shell = ScriptedShell(isInteractive: false)
        var session = shell.session(on: Self.cluster(answering: "ERR x"))
        session.note(output: output.text, of: "redis-cli -p 7000 GET a")
        session.run("why")
        let said = shell.screen.replacing(#/\s+/#, with: " ")
        for words in output.saying {
            #expect(said.contains(words.replacing(#/\s+/#, with: " ")), "\(shell.screen)")
        }
    }

    @Test func `without anything to explain why says what it takes`() {
        let shell = ScriptedShell(isInteractive: false)
        _ = shell.run(["why", "why a b c"], on: Self.cluster(answering: "ERR x"))
        #expect(shell.screen.hasPrefix("Nothing has been typed yet"))
        #expect(shell.screen.contains("why slot 10778"))
    }

    @Test func `a word after why is a node, a slot or a key, and says so`() {
        func said(_ line: String) -> String {
            let shell = ScriptedShell(isInteractive: false)
            _ = shell.run([line], on: Self.cluster(answering: "ERR x"))
            return shell.screen.replacing(#/\s+/#, with: " ")
        }
        #expect(
            said("why 7001").hasPrefix(
                "7001 is read as a node; for the other meaning type `why slot 7001` or `why key 7001`."
            ))
        #expect(
            said("why 1234").hasPrefix(
                "1234 is read as a slot; for the other meaning type `why key 1234`."))
        #expect(said("why slot 7001").hasPrefix("Slot 7001 is one of"))
        #expect(said("why key 1234").hasPrefix("The key 1234 hashes to slot 6025"))
        #expect(said("why aaaaaa").contains("is node aaaaaaaaaa, master of 0-16383"))
        #expect(said("why node 7009").contains("No node that answers knows 127.0.0.1:7009"))
        #expect(said("why node x").contains("No node is known by x"))
        #expect(said("why slot 16384").contains("no slot"))
        #expect(said("why 99999").hasPrefix("The key 99999 hashes"))
    }

    @Test(arguments: [
        ("user:1", "CRC16(user:1) is 27162, modulo 16384."), ("{user}:1", "CRC16(user)"),
        ("foo{}{bar}", "braces are empty"), ("foo{bar", "never closed"),
        ("foo{{bar}}zap", "CRC16({bar)"), ("\"a b\"", "CRC16(\"a b\")"),
    ])
    func `why shows how a key hashes`(_ key: String, _ words: String) {
        let shell = ScriptedShell(isInteractive: false)
        _ = shell.run(["why key \(key)"], on: Self.cluster(answering: "ERR x"))
        #expect(shell.screen.replacing("\n", with: " ").contains(words), "\(shell.screen)")
    }
}

private func text(_ string: String) -> RESPValue { .bulkString(Array(string.utf8)) }
