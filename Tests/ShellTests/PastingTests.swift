import Lab
import RESP
import Shell
import Testing

struct PastingTests {
    /// Every node answers OK but to BAD.
    private let cluster = ScriptedCluster { _, command in
        command == "BAD" ? .error("ERR bad") : .simpleString("OK")
    }

    private func screen(_ lines: [String]) -> String {
        let shell = ScriptedShell()
        _ = shell.run(pasting: lines, on: cluster)
        return shell.screen
    }

    @Test func `a block runs line by line and stops at its first failure`() {
        #expect(
            screen(["PING", "", "# remark", "BAD", "PING", "PING"]) == """
                127.0.0.1:7000> PING
                OK
                127.0.0.1:7000> BAD
                (error) ERR bad
                Stopped at line 4 of 6: BAD
                Type why for the reason. 2 commands below it did not run.

                """)
    }

    @Test func `what a pasted command once printed is not run`() {
        #expect(
            screen([
                "127.0.0.1:7000> ROLE", "cluster_state:ok", "cluster_slots_assigned:16384",
                "...", "127.0.0.1:7001> PING", "# Lists nodes, roles, and slots",
            ]) == """
                127.0.0.1:7000> 127.0.0.1:7000> ROLE
                OK
                (2 pasted lines of printed output: not run)
                127.0.0.1:7000> 127.0.0.1:7001> PING
                OK

                """)
    }

    @Test func `a command of the shell that goes on below is no output`() {
        #expect(
            screen(["$ PING a \\", "  b", "OK", "$ PING"]).split(separator: "\n").filter {
                $0.hasPrefix("127")
            } == ["127.0.0.1:7000> $ PING a \\", "127.0.0.1:7000>   b", "127.0.0.1:7000> $ PING"])
    }

    @Test func `Ctrl-C ends a block`() {
        #expect(
            screen(["WAIT-FOREVER", "PING"]) == """
                127.0.0.1:7000> WAIT-FOREVER

                Stopped at line 1 of 2: WAIT-FOREVER
                Type why for the reason. 1 command below it did not run.

                """)
    }

    @Test func `a script can be taken as one block`() {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run(pasting: ["PING", "BAD", "PING"], on: cluster) == 1)
        #expect(
            shell.screen == """
                OK
                (error) ERR bad
                Stopped at line 2 of 3: BAD
                Type why for the reason. 1 command below it did not run.

                """)
    }

    @Test func `a password is not shown where a block stops`() {
        #expect(
            screen(["127.0.0.1:7000> AUTH \"x", "PING"]).contains(
                "Stopped at line 1 of 2: AUTH …\n"))
    }

    struct Line: CustomTestStringConvertible {
        var text: String
        var sent: [String]
        var testDescription: String { text }

        init(_ text: String, _ sent: [String]) {
            self.text = text
            self.sent = sent
        }
    }

    @Test(arguments: [
        Line("127.0.0.1:7001> GET key1", ["7001 GET key1"]),
        Line("127.0.0.1:7001[2](TX)> GET key1", ["7001 GET key1"]),
        Line("not connected> PING", ["7000 PING"]),
        Line("$ PING", ["7000 PING"]),
        Line("root@host:~# PING", ["7000 PING"]),
        Line("user@host-1:~/redis lab$ PING", ["7000 user@host-1:~/redis lab$ PING"]),
        Line("user@host-1:~/lab$ PING", ["7000 PING"]),
        Line("me@mac:dir% PING", ["7000 PING"]),
        Line("SET mail a@b:c$", ["7000 SET mail a@b:c$"]),
        Line("...", []), Line("  …  ", []), Line("# comment", []), Line("$", []),
        Line("127.0.0.1:7000> # comment", []), Line("127.0.0.1:7000> ...", []),
        Line("127.0.0.1:7001>", []), Line("root@host:~#", []),
    ])
    func `a prompt in front of a line is no part of it`(_ line: Line) {
        let shell = ScriptedShell(isInteractive: false)
        let echo = ScriptedCluster { port, command in .simpleString("\(port) \(command)") }
        #expect(shell.run([line.text], on: echo) == 0)
        #expect(shell.screen.split(separator: "\n").map(String.init) == line.sent)
    }
}
