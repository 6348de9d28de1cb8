import Foundation
import Lab
import RESP
import Shell
import Testing

/// Lines that are programs, in a workspace of their own, beside a node that knows PING, ECHO and GET.
@Suite(.timeLimit(.minutes(1)))
final class ShellProgramsTests {
    private let folder: String
    private let cluster = ScriptedCluster { port, command in
        switch command {
        case "PING": .simpleString("PONG")
        case "ECHO hi", "echo hi": .bulkString(Array("hi".utf8))
        case "COMMAND DOCS":
            .array(
                ["ping", "echo", "get"].flatMap {
                    [.bulkString(Array($0.utf8)), .array([])] as [RESPValue]
                })
        default: .error("ERR unknown command '\(command)', with args beginning with: ")
        }
    }

    init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appending(path: "clusterlab-shell-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: "\(folder)/bin", withIntermediateDirectories: true)
        let launcher = "#!/bin/sh\necho \"[$*]\" in \"${PWD##*/}\"\n"
        try launcher.write(toFile: "\(folder)/bin/redis-cli", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: "\(folder)/bin/redis-cli")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func shell(isInteractive: Bool = true, path: String? = nil) -> ScriptedShell {
        let shell = ScriptedShell(isInteractive: isInteractive)
        let folder = folder
        shell.programs = { output in
            ShellPrograms(
                workspace: "\(folder)/workspace", programs: "\(folder)/bin",
                socket: "\(folder)/socket",
                stateFile: "\(folder)/state", output: .captured(output), shell: path)
        }
        return shell
    }

    /// What the lines print, without a terminal.
    private func printed(_ lines: [String], path: String? = nil) -> String {
        let shell = shell(isInteractive: false, path: path)
        _ = shell.run(lines, on: cluster)
        return shell.screen
    }

    @Test func `where nobody sits, a line that does not end is ended`() {
        let shell = ScriptedShell(isInteractive: false)
        let folder = folder
        shell.programs = { output in
            ShellPrograms(
                workspace: "\(folder)/workspace", programs: "\(folder)/bin",
                socket: "\(folder)/socket", stateFile: "\(folder)/state",
                output: .captured(output)
            ).running(within: .seconds(1))
        }
        let start = ContinuousClock.now
        _ = shell.run(["echo begun; sleep 50", "printf 'next\\n'"], on: cluster)
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(shell.screen.contains("begun\n"))
        #expect(
            shell.screen.contains(
                "clusterlab: ended after 1 s. A server that stays needs `daemonize yes` or `&`.\n"))
        #expect(shell.screen.contains("next\n"))
    }

    @Test func `where no node answers, a command of Redis is one, and a word that nobody knows is told so`() {
        let shell = shell(isInteractive: false)
        let nobody = ScriptedCluster(refusing: [7000, 7001]) { _, _ in nil }
        _ = shell.run(["nosuchprogram file", "GET a", "printf yes"], on: nobody)
        #expect(
            shell.screen.replacing("\n", with: " ").contains(
                "nosuchprogram: no program on this machine, no command of Redis, no word of the lab."),
            "\(shell.screen)")
        #expect(shell.screen.hasSuffix("Connection refused\nyes"), "\(shell.screen)")
    }

    struct Example: CustomTestStringConvertible {
        var lines: [String]
        var output: String
        var testDescription: String { lines.joined(separator: " / ") }
    }

    @Test(arguments: [
        Example(lines: ["printf 'a\\nb\\n' | wc -l | tr -d ' '"], output: "2\n"),
        Example(lines: ["for i in 1 2; do", "printf '%s.' $i", "done"], output: "1.2."),
        Example(lines: ["if true", "then printf yes", "fi"], output: "yes"),
        Example(lines: ["printf '%s\\n' 'open", "quote'"], output: "open\nquote\n"),
        Example(lines: ["cat <<END", "# 1", "PING", "END"], output: "# 1\nPING\n"),
        Example(lines: ["printf '%s,' a \\", "  b \\", "  c"], output: "a,b,c,"),
        Example(lines: ["mkdir -p one/two", "cd one/two", "basename $PWD"], output: "two\n"),
        Example(lines: ["export NAME='a b'", "printenv NAME"], output: "a b\n"),
        Example(
            lines: ["printf 'port 7000' > redis.conf", "cat < redis.conf"], output: "port 7000"),
        Example(lines: ["(cd /; pwd)", "basename $PWD"], output: "/\nworkspace\n"),
        Example(lines: ["false || printf other"], output: "other"),
        Example(lines: ["printenv CLUSTERLAB_SOCKET | sed 's,.*/,,'"], output: "socket\n"),
        Example(lines: ["true # a comment", "# another", ""], output: ""),
    ])
    func `every shell runs what a shell runs`(_ example: Example) {
        for path in [nil, "/bin/sh"] {
            try? FileManager.default.removeItem(atPath: "\(folder)/state.folder")
            try? FileManager.default.removeItem(atPath: "\(folder)/state")
            #expect(printed(example.lines, path: path) == example.output)
        }
    }

    @Test func `bash keeps variables and functions, too`() throws {
        try #require(FileManager.default.isExecutableFile(atPath: "/bin/bash"))
        let lines = [
            "n=5", "list=(x 'y z')", "show() { printf '<%s>' \"$@\"; }", "show $n \"${list[1]}\"",
        ]
        #expect(printed(lines, path: "/bin/bash") == "<5><y z>")
        #expect(printed(["printf '%s ' {7000..7002}"], path: "/bin/bash") == "7000 7001 7002 ")
    }

    @Test func `a word of Redis goes to the node, unless only a shell can follow it`() {
        #expect(printed(["PING", "ping"]).hasPrefix("PONG\n"))
        #expect(printed(["echo hi"]) == "\"hi\"\n")
        #expect(printed(["echo hi there"]) == "hi there\n")
        #expect(printed(["echo hi > a; cat a"]) == "hi\n")
        #expect(printed(["nosuchword 1"]).hasPrefix("(error) ERR unknown command"))
    }

    @Test func `redis-cli moves the prompt where it can, and runs where it must`() {
        let shell = shell()
        _ = shell.run(
            [
                "redis-cli -p 7001", "redis-cli -p 7000 PING",
                "redis-cli --cluster info 127.0.0.1:7000",
            ],
            on: cluster)
        #expect(
            shell.screen == """
                127.0.0.1:7000> redis-cli -p 7001
                127.0.0.1:7001> redis-cli -p 7000 PING
                PONG
                127.0.0.1:7001> redis-cli --cluster info 127.0.0.1:7000
                [--cluster info 127.0.0.1:7000] in workspace

                """)
        #expect(printed(["redis-cli PING | cat"]) == "[PING] in workspace\n")
        #expect(printed(["redis-cli -p 7000 MONITOR"]) == "[-p 7000 MONITOR] in workspace\n")
        #expect(
            printed(["redis-cli --cluster create a:1 \\", "  b:2"])
                == "[--cluster create a:1 b:2] in workspace\n")
    }

    @Test func `what is open asks for more, and Ctrl-C drops it`() {
        let shell = shell()
        _ = shell.run(
            inputs: [
                .line("for i in 1; do"), .line("printf $i"), .interrupted, .line("while true; do"),
                .line("break; done"), .line("exit"),
            ], on: cluster)
        #expect(
            shell.screen == """
                127.0.0.1:7000> for i in 1; do
                > printf $i
                127.0.0.1:7000> while true; do
                > break; done
                127.0.0.1:7000> exit

                """)
        #expect(shell.remembered.contains("break; done"))
    }

    @Test func `an exit code is shown, and fails a script`() {
        let failing = shell(isInteractive: false)
        #expect(failing.run(["sh -c 'exit 3'"], on: cluster) == 1)
        #expect(failing.screen == "(exit code 3)\n")
        #expect(shell(isInteractive: false).run(["true", "cd ."], on: cluster) == 0)
        #expect(shell(isInteractive: false).run(["for i in 1; do"], on: cluster) == 1)
    }

    @Test func `without anything that runs programs all goes to the node`() {
        let shell = ScriptedShell()
        _ = shell.run(["mkdir a"], on: cluster)
        #expect(shell.screen.contains("ERR unknown command 'mkdir a'"))
    }
}
