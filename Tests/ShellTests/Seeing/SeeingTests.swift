import Lab
import RESP
import Shell
import Testing

/// The screens of two nodes that answer by a table.
struct SeeingTests {
    private static let ids = (
        String(repeating: "a", count: 40), String(repeating: "b", count: 40),
        String(repeating: "c", count: 40)
    )

    /// 7000 and 7001 are masters; 7002, a replica of 7000, is not there, and 7001 suspects it.
    private static func nodes(at port: Int, open: String = "") -> String {
        let (a, b, c) = ids
        let own = { (other: Int) in other == port ? "myself," : "" }
        let doubt = port == 7001 ? ",fail?" : ""
        return """
            \(a) 127.0.0.1:7000@17000 \(own(7000))master - 0 0 1 connected 0-8191\(port == 7000 ? open : "")
            \(b) 127.0.0.1:7001@17001 \(own(7001))master - 0 0 2 connected 8192-16383
            \(c) 127.0.0.1:7002@17002 slave\(doubt) \(a) 0 0 1 connected

            """
    }

    private static func answer(_ port: Int, _ command: String) -> RESPValue? {
        switch command {
        case "CLUSTER NODES": return text(nodes(at: port))
        case "CLUSTER INFO":
            return text(
                "cluster_state:ok\r\ncluster_current_epoch:\(port - 6993)\r\n"
                    + "cluster_slots_assigned:16384\r\n")
        case "INFO replication": return text("role:master\r\nmaster_repl_offset:100\r\n")
        case "INFO commandstats":
            return text(
                "cmdstat_get:calls=\(port == 7000 ? 3 : 1),usec=1\r\ncmdstat_info:calls=9,usec=1\r\n"
            )
        case "DBSIZE": return .integer(port == 7000 ? 12 : 0)
        case "CLUSTER COUNTKEYSINSLOT 0": return .integer(12)
        case _ where command.hasPrefix("CLUSTER COUNTKEYSINSLOT"): return .integer(0)
        default: return .error("ERR unknown command '\(command)'")
        }
    }

    private func screen(
        _ lines: [String], on cluster: ScriptedCluster = ScriptedCluster(answer: answer),
        width: Int = 80, status: Int32 = 0
    ) -> String {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run(lines, on: cluster, width: width) == status)
        return shell.screen
    }

    @Test func `map has the slots, their owners, and what is wrong with each node`() {
        #expect(
            screen(["map"]) == """
                As 7000 sees it: cluster_state ok on the 2 that answer, epoch 7, 16384 slots
                       0               4096            8192            12288           16383
                slots |AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB|
                 keys |:                                                               |
                       256 slots a sign; keys: . 1  : 10  + 100  # 1000 or more
                node               slots    keys epoch work  health
                A 7000 master       8192      12     1  75%  ok
                    7002 replica               -          -  PFAIL at 7001, down: Connection
                                                             refused
                B 7001 master       8192       0     2  25%  ok

                """)
    }

    @Test func `where clients are sent to a hostname, a node is shown once, by that`() {
        let cluster = ScriptedCluster(hostname: "redis.example", answer: Self.answer)
        let said = screen(["nodes", "views", "connect 127.0.0.1:7001", "map"], on: cluster)
        #expect(said.contains("\nredis.example:7001  master   8192-16383 "))
        #expect(said.contains("\n 2 7001 . * P   ok"))
        #expect(said.contains("As 7001 sees it: cluster_state ok on the 2 that"))
        #expect(said.contains("\nB 7001 master"))
        #expect(!said.contains("unknown"))
        #expect(!said.contains("127.0.0.1"))
    }

    @Test func `map at 60 columns`() {
        let lines = screen(["map"], width: 60).split(separator: "\n")
        #expect(lines.map(\.count).max() ?? 0 <= 60)
        #expect(lines.contains("slots |AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB|"))
    }

    @Test func `map marks slots that are on their way or nobody's`() {
        let cluster = ScriptedCluster { port, command in
            guard command == "CLUSTER NODES" else { return Self.answer(port, command) }
            let open = " [3300->-\(Self.ids.1)]"
            return text(
                Self.nodes(at: port, open: open).replacing("8192-16383", with: "8192-12287"))
        }
        let said = screen(["map"], on: cluster)
        #expect(said.contains("BBBBBBBBBBBBBBBB----------------|"))
        let blanks = { String(repeating: " ", count: $0) }
        #expect(said.contains("      |\(blanks(12))>\(blanks(35))!!!!!!!!!!!!!!!!|"))
        #expect(said.contains("> 7000 -> 7001: slot 3300, migrating only"))
        #expect(said.contains("epoch 7, 12288 of 16384"))
    }

    @Test func `views sets who thinks what side by side`() {
        #expect(
            screen(["views"]) == """
                Each line is what one node thinks of all, in columns by their numbers.
                        1 2 3   state  epoch  slots
                 1 7000 * . .   ok         7  16384
                 2 7001 . * P   ok         8  16384
                 3 7002 - down: Connection refused
                * itself   . as that node itself says   P PFAIL
                7002: 7001 cannot reach it (PFAIL)
                current epoch: 7 at 7000; 8 at 7001

                """)
    }

    @Test func `views of twenty nodes fit on a line`() {
        let table = (0..<20).map { index in
            let id = String(repeating: Character(UnicodeScalar(UInt8(97 + index))), count: 40)
            let own = index == 0 ? "myself," : ""
            return "\(id) 127.0.0.1:\(7000 + index)@1 \(own)master - 0 0 \(index) connected"
        }.joined(separator: "\n")
        let cluster = ScriptedCluster { port, command in
            command == "CLUSTER NODES" && port == 7000 ? text(table) : Self.answer(port, command)
        }
        for width in [80, 60] {
            let lines = screen(["views"], on: cluster, width: width).split(separator: "\n")
            #expect(lines.map(\.count).max() ?? 0 <= width)
            #expect(lines.contains { $0.hasPrefix(" 1 7000 * ") })
            #expect(lines.contains { $0.hasPrefix("20 7019 - ") })
            #expect(lines.contains { $0.contains("columns do not fit") } == (width == 60))
        }
    }

    @Test func `nobody answers`() {
        let cluster = ScriptedCluster(refusing: [7000, 7001], answer: Self.answer)
        for word in ["map", "views"] {
            let said = screen([word], on: cluster, status: 1)
            #expect(said.contains("No node tells of the cluster:"))
            #expect(said.contains("  127.0.0.1:7001  down: Connection refused"))
        }
    }

    @Test(arguments: [
        ("map 7000", "map stands alone: it shows all nodes"),
        ("peek", "peek wants one key: peek user:1"),
        ("timeline", "The lab did not start these nodes, so it does not hear what they do: real"),
        ("log 7000 x", "log takes a node and a number of lines: log 7001, log 7001 50"),
        ("log", "The lab does not keep the log of 127.0.0.1:7000"),
        ("live", "live wants a screen or a command of Redis: live map, live views, live INFO"),
        ("live exit", "exit cannot be drawn again and again."),
        ("live map every 0", "every wants a time of 50 ms or more: live map every 0.5"),
        ("live MONITOR", "monitor has no end of its own: type it without live; Ctrl-C ends it."),
    ])
    func `what cannot be shown is said`(_ line: String, _ sentence: String) {
        #expect(screen([line], status: 1).hasPrefix(sentence))
    }

    @Test func `log has the last lines`() {
        let cluster = ScriptedCluster(logs: [7000: ["one", "two", "three"]], answer: Self.answer)
        #expect(screen(["log 2", "log 7000 1"], on: cluster) == "two\nthree\nthree\n")
    }
}

private func text(_ string: String) -> RESPValue { .bulkString(Array(string.utf8)) }
