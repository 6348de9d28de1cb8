import Lab
import RESP
import Shell
import Testing

struct ShellSessionTests {
    /// Node 7001 holds `a`; `PING` works everywhere.
    private let cluster = ScriptedCluster { port, command in
        switch (port, command) {
        case (_, "PING"): .simpleString("PONG")
        case (7000, "GET a"): .error("MOVED 15495 127.0.0.1:7001")
        case (7001, "GET a"): .bulkString(Array("1".utf8))
        case (7001, "ASKING"): .simpleString("OK")
        case (7000, "GET b"): .error("ASK 3300 127.0.0.1:7001")
        case (7001, "GET b"): .null
        case (_, "INCR n"): .integer(1)
        case (_, "MULTI"), (_, "SELECT 2"): .simpleString("OK")
        case (_, "EXEC"): .array([.simpleString("OK")])
        case (7001, "SHUTDOWN"), (7001, "DIE"): nil
        case (_, "CLUSTER INFO"): .bulkString(Array("cluster_state:ok\r\n".utf8))
        case (_, "CLUSTER NODES"):
            .bulkString(
                Array(
                    """
                    aa :7000@17000 myself,master - 0 0 1 connected 0-8191 [8192->-bb]
                    bb 127.0.0.1:7001@17001 master - 0 0 2 connected 8192-16383
                    cc 127.0.0.1:7002@17002,host slave,fail? aa 0 0 1 disconnected

                    """.utf8))
        default: .error("ERR unknown command '\(command)', with args beginning with: ")
        }
    }

    private func screen(_ lines: [String], followsRedirects: Bool = false) -> String {
        let shell = ScriptedShell()
        _ = shell.run(lines, on: cluster, followsRedirects: followsRedirects)
        return shell.screen
    }

    @Test func `a redirect is an error until it is followed`() {
        #expect(
            screen(["GET a"]) == """
                127.0.0.1:7000> GET a
                (error) MOVED 15495 127.0.0.1:7001

                """)
        #expect(
            screen(["GET a", "GET a"], followsRedirects: true) == """
                127.0.0.1:7000> GET a
                -> Redirected to slot [15495] located at 127.0.0.1:7001
                "1"
                127.0.0.1:7001> GET a
                "1"

                """)
    }

    @Test func `ASK moves the prompt as redis-cli moves it`() {
        #expect(
            screen(["GET b", "PING"], followsRedirects: true) == """
                127.0.0.1:7000> GET b
                -> Redirected to slot [3300] located at 127.0.0.1:7001
                (nil)
                127.0.0.1:7001> PING
                PONG

                """)
    }

    @Test func `a pasted line runs where its prompt says`() {
        #expect(
            screen(["127.0.0.1:7001> GET a", "127.0.0.1:7000>", "$ redis-cli -p 7001 GET a"]) == """
                127.0.0.1:7000> 127.0.0.1:7001> GET a
                "1"
                127.0.0.1:7001> 127.0.0.1:7000>
                127.0.0.1:7000> $ redis-cli -p 7001 GET a
                "1"

                """)
    }

    @Test func `empty lines and comments do nothing`() {
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run(["", "   ", "# a comment", "  # GET a", "$"], on: cluster) == 0)
        #expect(shell.screen.isEmpty)
        #expect(shell.remembered.isEmpty)
    }

    @Test func `redis-cli without a command moves the session, with one it does not`() {
        #expect(
            screen([
                "redis-cli -c -p 7001", "redis-cli -c -p 7000 GET a",
                "redis-cli -p 7000 --raw INCR n",
            ])
                == """
                127.0.0.1:7000> redis-cli -c -p 7001
                127.0.0.1:7001> redis-cli -c -p 7000 GET a
                "1"
                127.0.0.1:7001> redis-cli -p 7000 --raw INCR n
                1

                """)
    }

    @Test func `redis-cli with a host or a port goes by its own rules, without either it stays`() {
        #expect(
            screen(["redis-cli -h 10.0.0.1", "redis-cli -n 1", "redis-cli -p 7001"])
                == """
                127.0.0.1:7000> redis-cli -h 10.0.0.1
                Could not connect to Redis at 10.0.0.1:6379: Connection refused
                The lab's nodes are at ports 7000 to 7001.
                not connected> redis-cli -n 1
                Could not connect to Redis at 10.0.0.1:6379: Connection refused
                The lab's nodes are at ports 7000 to 7001.
                not connected> redis-cli -p 7001

                """)
    }

    @Test func `redis-cli's options are those of clusterlab cli, and so are its refusals`() {
        #expect(
            screen([
                "redis-cli -p 7001 --no-raw -r 2 PING", "redis-cli -p 7000 -e GET a",
                "redis-cli -p 7009 PING", "redis-cli -p", "redis-cli --csv -p 7001 GET a",
                "redis-cli -p 7001 -n 2", "redis-cli --cluster check",
            ]) == """
                127.0.0.1:7000> redis-cli -p 7001 --no-raw -r 2 PING
                PONG
                PONG
                127.0.0.1:7000> redis-cli -p 7000 -e GET a
                MOVED 15495 127.0.0.1:7001
                127.0.0.1:7000> redis-cli -p 7009 PING
                Could not connect to Redis at 127.0.0.1:7009: Connection refused
                127.0.0.1:7000> redis-cli -p
                Unrecognized option or bad number of args for: '-p'
                127.0.0.1:7000> redis-cli --csv -p 7001 GET a
                "1"
                127.0.0.1:7000> redis-cli -p 7001 -n 2
                127.0.0.1:7001[2]> redis-cli --cluster check
                [ERR] Wrong number of arguments for specified --cluster sub command

                """)
    }

    @Test func `replies print in the form that redis-cli was started with`() {
        #expect(
            screen([
                "redis-cli --raw -p 7001", "GET a", "@7001 GET a", "redis-cli -p 7001", "GET a",
            ])
            .split(separator: "\n").filter { !$0.contains(">") }
                == ["1", "127.0.0.1:7001:", "1", "\"1\""])
    }

    @Test func `a number in front repeats the command`() {
        #expect(
            screen(["2 INCR n", "0 INCR n"]) == """
                127.0.0.1:7000> 2 INCR n
                (integer) 1
                (integer) 1
                127.0.0.1:7000> 0 INCR n
                Invalid redis-cli repeat command option value.

                """)
    }

    @Test func `the prompt shows transaction and database`() {
        #expect(
            screen(["SELECT 2", "MULTI", "EXEC", "connect 7001", "PING"]) == """
                127.0.0.1:7000> SELECT 2
                OK
                127.0.0.1:7000[2]> MULTI
                OK
                127.0.0.1:7000[2](TX)> EXEC
                1) OK
                127.0.0.1:7000[2]> connect 7001
                127.0.0.1:7001[2]> PING
                PONG

                """)
    }

    @Test func `a lost connection is said and opened anew`() {
        #expect(
            screen(["connect 7001", "DIE", "PING", "SHUTDOWN", "connect 127.0.0.1 7009", "PING"])
                == """
                127.0.0.1:7000> connect 7001
                127.0.0.1:7001> DIE
                Error: Server closed the connection
                not connected> PING
                PONG
                127.0.0.1:7001> SHUTDOWN
                not connected> connect 127.0.0.1 7009
                Could not connect to Redis at 127.0.0.1:7009: Connection refused
                The lab's nodes are at ports 7000 to 7001.
                not connected> PING
                Could not connect to Redis at 127.0.0.1:7009: Connection refused

                """)
    }

    @Test func `Ctrl-C ends a wait or drops a line, and the session goes on`() {
        let shell = ScriptedShell()
        _ = shell.run(inputs: [.line("WAIT-FOREVER"), .interrupted, .line("PING")], on: cluster)
        #expect(
            shell.screen == """
                127.0.0.1:7000> WAIT-FOREVER

                127.0.0.1:7000> PING
                PONG

                """)
    }

    @Test func `a slow command tells its time`() {
        let start = ContinuousClock.now
        var readings = [start, start + .milliseconds(1254)]
        let shell = ScriptedShell()
        _ = shell.run(["PING"], on: cluster, now: { readings.removeFirst() })
        #expect(shell.screen == "127.0.0.1:7000> PING\nPONG\n(1.25s)\n")
    }

    @Test func `long texts are printed as they are`() {
        #expect(screen(["CLUSTER INFO"]) == "127.0.0.1:7000> CLUSTER INFO\ncluster_state:ok\r\n")
    }

    @Test func `nodes shows what the current node knows`() {
        #expect(
            screen(["nodes"]) == """
                127.0.0.1:7000> nodes
                node            role     slots                 state
                127.0.0.1:7000  master   0-8191 [8192->-7001]  connected  <- you are here
                127.0.0.1:7001  master   8192-16383            connected
                127.0.0.1:7002  replica  of 127.0.0.1:7000     fail?, disconnected

                """)
    }

    @Test(arguments: ["nodes | grep master", "doctor > report", "clear all"])
    func `what stands behind a word that takes nothing is not passed over`(line: String) {
        let word = line.prefix { $0 != " " }
        #expect(
            screen([line]) == """
                127.0.0.1:7000> \(line)
                \(word) stands alone. Only programs print into a pipe or a file.

                """)
    }

    @Test func `nodes fits into its width, and an open slot names a port`() {
        let shell = ScriptedShell(isInteractive: false)
        let id = String(repeating: "b", count: 40)
        let slots = (0..<12).map { "\($0 * 1000)-\($0 * 1000 + 99)" }.joined(separator: " ")
        let cluster = ScriptedCluster { _, command in
            guard command == "CLUSTER NODES" else { return .simpleString("OK") }
            return .bulkString(
                Array(
                    "\(String(repeating: "a", count: 40)) :7000@17000 myself,master - 0 0 1 connected \(slots) [93->-\(id)]\n\(id) 127.0.0.1:7001@17001 master - 0 0 2 connected 12001\n"
                        .utf8))
        }
        #expect(shell.run(["nodes"], on: cluster) == 0)
        #expect(
            shell.screen == """
                node            role     slots                        state
                127.0.0.1:7000  master   0-99 1000-1099 2000-2099     connected  <- you are here
                                         3000-3099 4000-4099
                                         5000-5099 6000-6099
                                         7000-7099 8000-8099
                                         9000-9099 10000-10099
                                         11000-11099 [93->-7001]
                127.0.0.1:7001  master   12001                        connected

                """)
    }

    struct Script: CustomTestStringConvertible {
        var lines: [String]
        var status: Int32
        var testDescription: String { lines.joined(separator: "; ") }
    }

    @Test(arguments: [
        Script(lines: ["PING"], status: 0),
        Script(lines: ["PING", "exit", "nosuch"], status: 0),
        Script(lines: ["nosuch", "PING"], status: 1),
        Script(lines: ["GET \"a"], status: 1),
        Script(lines: ["connect 7009"], status: 1),
        Script(lines: ["connect here"], status: 1),
        Script(lines: ["next"], status: 1),
        Script(lines: ["SUBSCRIBE news"], status: 1),
        Script(lines: ["help nosuch"], status: 1),
        Script(lines: ["help", "nodes"], status: 0),
    ])
    func `a script's status tells whether a line failed`(_ script: Script) {
        #expect(ScriptedShell(isInteractive: false).run(script.lines, on: cluster) == script.status)
        #expect(ScriptedShell().run(script.lines, on: cluster) == 0)
    }

    @Test func `help wraps to the terminal's width`() {
        for width in [40, 80] {
            let shell = ScriptedShell()
            _ = shell.run(["help"], on: cluster, width: width)
            let longest = shell.screen.split(separator: "\n").map(\.count).max() ?? 0
            #expect(longest <= width && longest > width / 2)
        }
    }

    @Test func `help without any node says so`() {
        let shell = ScriptedShell()
        _ = shell.run(["help set"], on: ScriptedCluster(refusing: [7000, 7001]) { _, _ in nil })
        #expect(shell.screen.hasSuffix("No node answers, so nobody knows the commands.\n"))
    }

    @Test func `a cluster that does not answer leaves a prompt`() {
        let shell = ScriptedShell()
        _ = shell.run(["exit"], on: ScriptedCluster(refusing: [7000]) { _, _ in nil })
        #expect(
            shell.screen == """
                Could not connect to Redis at 127.0.0.1:7000: Connection refused
                not connected> exit

                """)
    }
}
