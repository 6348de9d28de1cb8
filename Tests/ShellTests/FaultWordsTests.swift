import Lab
import LabBackends
import RESP
import Shell
import TestSupport
import Testing

/// Faults and time, typed at the prompt of a simulated cluster: 7000 to 7005, in virtual time.
@Suite(.timeLimit(.minutes(1))) struct FaultWordsTests {
    private func cluster() throws -> any LabCluster { try SimulatedLab().start(ClusterPlan()) }

    /// What the screen shows after the lines, which are not on it.
    private func screen(
        _ lines: [String], on cluster: any LabCluster, fails: Bool = false
    ) -> String {
        let shell = ScriptedShell(isInteractive: false)
        let status = shell.run(lines, on: cluster)
        #expect(status == (fails ? 1 : 0), "\(shell.screen)")
        return shell.screen
    }

    @Test func `a crashed master is replaced, and comes back as a replica`() throws {
        let cluster = try cluster()
        let seen = screen(
            [
                "crash 7000", "until fail(7000) within 30s", "until ok", "boot 7000",
                "until replica(7000) within 10s", "until synced within 30s", "faults",
            ], on: cluster)
        let way = "That was the node of your prompt: connect 7001 goes to one that runs.\n"
        #expect(seen.hasPrefix("7000 is gone, as after kill -9\n\(way)fail(7000) after "))
        #expect(seen.contains("\nok after "))
        #expect(seen.contains("\n7000 runs again\nreplica(7000) after "))
        #expect(seen.hasSuffix("All nodes run, and nothing is wrong with the network.\n"))
    }

    @Test func `behind 'until synced' every node reaches the one that came back`() throws {
        let cluster = try cluster()
        _ = screen(["stop 7003", "boot 7003", "until synced within 30s"], on: cluster)
        for node in cluster.nodes {
            let table = try cluster.connect(to: node).send("CLUSTER", "NODES").text ?? ""
            #expect(!table.isEmpty && !table.contains("disconnected"), "\(node)")
        }
    }

    @Test func `whoever ends the node of the prompt is told where to go`() throws {
        let seen = screen(["stop 7000"], on: try cluster()).split(separator: "\n").joined(separator: " ")
        #expect(
            seen
                == "7000 has ended in good order That was the node of your prompt: connect 7001 goes to one that runs."
        )
        #expect(!screen(["connect 7001", "stop 7002"], on: try cluster()).contains("That was"))
    }

    @Test func `connect is a new connection also to the node that one is at`() throws {
        let cluster = try cluster()
        let shell = ScriptedShell(isInteractive: false)
        var session = shell.session(on: cluster)
        session.run("MULTI")
        session.run("connect 7000")
        session.run("EXEC")
        #expect(shell.screen == "OK\n(error) ERR EXEC without MULTI\n")
        let control = try #require(cluster.control)
        try control.crash(NodeAddress(port: 7000))
        try control.boot(NodeAddress(port: 7000))
        shell.clear()
        session.run("connect 7000")
        session.run("PING")
        #expect(shell.screen == "PONG\n")
    }

    @Test func `a partition is told, listed and healed`() throws {
        let cluster = try cluster()
        let seen = screen(
            [
                "partition 7000 client | rest", "lag 7001 -> 7002 300ms bus", "drop 7003 7004 5%",
                "faults", "heal 7000", "heal", "heal",
            ], on: cluster)
        #expect(
            seen == """
                Between 7000 client | 7001 7002 7003 7004 7005 nothing passes. heal takes it
                back.
                From 7001 to 7002 everything is 300 ms late (bus only). heal takes it back.
                Between 7003 | 7004 5 % of the packets are lost and sent again. heal takes it
                back.
                7000 client -> 7001 7002 7003 7004 7005: blocked
                7001 7002 7003 7004 7005 -> 7000 client: blocked
                7001 -> 7002: 300 ms late (bus)
                7003 -> 7004: 5 % lost
                7004 -> 7003: 5 % lost
                What is left: faults shows it.
                The network is whole again.
                Nothing is wrong with the network.

                """)
    }

    @Test(arguments: [
        ("crash", "crash wants a node: crash 7000"),
        ("crash 7009", "There is no node 7009: there are 7000, 7001, 7002, 7003, 7004, 7005."),
        ("boot 7000", "7000 is there already"),
        ("partition 7000 7001 | 7001", "7001 cannot be on two sides."),
        ("partition |", "A side has nobody on it."),
        ("lag 7000 7001", "lag wants a time, such as 300ms."),
        ("drop 7000 7001 500%", "500% is no share of 0% to 100%."),
        ("speed fast", "speed wants a number"), ("advance", "advance wants a time"),
        ("until rain", "until wants to know what"), ("undo", "Nothing was changed yet"),
        ("rewind 3", "There is no such moment"), ("load x", "Nothing was kept"),
        ("until down within 2s", "down has not come within 2 s."),
    ])
    func `what cannot be done is said, with how it is typed`(_ line: String, _ sentence: String)
        throws
    {
        let cluster = try cluster()
        let seen = screen([line], on: cluster, fails: true)
        #expect(seen.replacing("\n", with: " ").contains(sentence), "\(seen)")
    }

    @Test func `undo, rewind and load make the cluster what it was`() throws {
        let cluster = try cluster()
        let seen = screen(
            [
                "SET b 1", "GET b", "keep first", "SET b 2", "SET b 3", "undo", "GET b", "rewind",
                "rewind 1", "GET b", "load first", "GET b",
            ], on: cluster)
        let lines = seen.split(separator: "\n").filter { !$0.contains(" ago ") }
        #expect(
            lines == [
                "OK", "\"1\"", "Kept as first, until the lab ends. load first comes back here.",
                "OK", "OK", "The cluster is as it was before: SET b 3", "\"2\"",
                "rewind N makes the cluster what it was before line N:",
                "The cluster is as it was before: SET b 1", "(nil)",
                "The cluster is as it was at first.", "\"1\"",
            ])
        #expect(seen.contains(" ago  SET b 2\n"))
    }

    @Test func `the lab sees what is behind a partition that its client is cut off by`() throws {
        let cluster = try cluster()
        let seen = screen(
            [
                "partition 7000 client | rest", "until master(7003) within 30s", "views",
                "connect 7001", "PING", "why",
            ], on: cluster, fails: true)
        #expect(seen.contains("master(7003) after "), "\(seen)")
        #expect(seen.contains(" 4 7003 F . . * . .   ok"), "\(seen)")
        #expect(seen.contains("The network lets nothing through between you and 127.0.0.1:7001"), "\(seen)")
    }

    @Test func `the lab's own questions want no password`() throws {
        let cluster = try cluster()
        let seen = screen(
            ["@all CONFIG SET requirepass x", "nodes", "until ok", "set b 1", "get b", "rewind"],
            on: cluster)
        #expect(!seen.contains("NOAUTH"), "\(seen)")
        #expect(seen.contains("connected  <- you are here"))
        // `set` is a word of sh, too: the server's list of commands tells whose it is.
        #expect(seen.contains("\nOK\n\"1\"\n"), "\(seen)")
        #expect(seen.hasSuffix("ago  set b 1\n"), "\(seen)")
    }

    @Test func `what was refused changed nothing, so undo goes before the line ahead of it`() throws {
        let cluster = try cluster()
        let seen = screen(
            ["SET b 1", "SET b 2", "LPUSH b x", "SET a 1", "@7001 SET b 3", "undo", "GET b"],
            on: cluster, fails: true)
        #expect(seen.hasSuffix("The cluster is as it was before: SET b 2\n\"1\"\n"), "\(seen)")
    }

    @Test func `a word that the lab refused changed nothing either`() throws {
        let cluster = try cluster()
        let seen = screen(
            ["crash 7003", "freeze 7009", "thaw all", "crash 7004 7003", "rewind", "faults"],
            on: cluster, fails: true)
        #expect(seen.contains("There is no node 7009"))
        #expect(seen.contains("Nothing is frozen."))
        let moments = seen.split(separator: "\n").filter { $0.contains(" ago ") }
        #expect(
            moments.map { $0.split(separator: " ").suffix(3).joined(separator: " ") }
                == ["ago crash 7003", "crash 7004 7003"], "\(seen)")
        #expect(seen.hasSuffix("7003 is down\n7004 is down\n"), "\(seen)")
    }

    @Test func `why after a word of the lab tells what became of it`() throws {
        let crashed = screen(["crash 7000", "why"], on: try cluster())
        #expect(crashed.contains("127.0.0.1:7000"), "\(crashed)")
        #expect(crashed.contains("boot 7000"), "\(crashed)")
        let frozen = screen(["GET b", "freeze 7001", "why"], on: try cluster())
        #expect(frozen.contains("a word of the lab, and was done: freeze 7001"), "\(frozen)")
        // Whoever only looks around still asks about the reply before.
        let looked = screen(["GET b", "nodes", "why"], on: try cluster())
        #expect(looked.contains("GET b"), "\(looked)")
    }

    @Test func `a long help wraps between words`() throws {
        let seen = screen(["help partition"], on: try cluster())
        #expect(seen.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(seen)")
        #expect(seen.contains("one way") || seen.contains("one\n      way"), "\(seen)")
    }

    @Test func `time stands still and is let go on by hand`() throws {
        let cluster = try cluster()
        let seen = screen(
            ["pause", "SET b 1 PX 1000", "PTTL b", "advance 400ms", "PTTL b", "advance 1s", "GET b"],
            on: cluster)
        #expect(seen.contains("(integer) 1000\n400 ms have passed: "))
        #expect(seen.contains("(integer) 600\n"))
        #expect(seen.hasSuffix("(nil)\n"))
    }
}
