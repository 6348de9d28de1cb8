import RESP
import Shell
import Testing

struct DoctorTests {
    /// A machine with all that the lab can use.
    private var machine: Machine {
        var machine = Machine(process: 42, stateFolder: "/state/clusterlab")
        let variables = ["TERM": "xterm", "LANG": "en_GB.UTF-8", "PATH": "/usr/bin:/opt"]
        let outputs = [
            "/usr/bin/python3 --version": "Python 3.12.1\n",
            "/usr/bin/python3 -c import redis; print(redis.__version__)": "5.0.1\n",
            "/opt/docker --version": "Docker version 24.0.7, build afdd53b\n",
            "/opt/docker info --format {{.ServerVersion}}": "24.0.7\n",
            "/usr/bin/redis-server --version":
                "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0",
            "/usr/bin/redis-cli --version": "redis-cli 7.0.15\n",
            "/usr/bin/valkey-server --version": "Valkey server v=8.0.1 sha=0\n",
        ]
        machine.variable = { variables[$0] }
        machine.isProgram = { path in outputs.keys.contains { $0.hasPrefix(path + " ") } }
        machine.run = { outputs[$0.joined(separator: " ")].map { Machine.Output(text: $0) } }
        machine.screen = { (100, 30) }
        machine.read = { $0 == "/proc/net/tcp" ? Self.header : nil }
        return machine
    }

    private static let header =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

    private func report(_ machine: Machine) -> (text: String, isWell: Bool) {
        let screen = Screen()
        let terminal = Terminal(width: 80, hasColour: true) { screen.text += $0 }
        let isWell = Doctor(machine: machine, terminal: terminal, ports: [7000, 7001, 7002])
            .report()
        #expect(screen.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        return (screen.text, isWell)
    }

    private final class Screen {
        var text = ""
    }

    @Test func `a machine with everything is well`() {
        let (text, isWell) = report(machine)
        #expect(isWell)
        #expect(
            text.split(separator: "\n").filter { !$0.hasPrefix(" ") }.joined(separator: "\n") == """
                ok  ports           7000 to 7002: free
                ok  bus ports       17000 to 17002: free
                ok  terminal        xterm, 100x30
                ok  locale          en_GB.UTF-8
                ok  colour          yes
                ok  state folder    /state/clusterlab, writable
                ok  python3         3.12.1, /usr/bin/python3
                ok  redis-py        5.0.1
                ok  docker          client 24.0.7, /opt/docker; daemon 24.0.7
                ok  redis-server    7.0.15, /usr/bin/redis-server
                ok  redis-cli       7.0.15, /usr/bin/redis-cli
                ok  valkey-server   8.0.1, /usr/bin/valkey-server
                The lab has what it needs.
                """)
    }

    @Test func `a bare machine is told what to type`() {
        let (text, isWell) = report(Machine(process: 1, stateFolder: nil))
        #expect(!isWell)
        #expect(text.contains("--  docker          not on PATH"))
        #expect(text.contains("      type apt install redis-server"))
        #expect(text.contains("      type export TERM=xterm-256color"))
        #expect(text.contains("!!  state folder    none"))
        #expect(text.hasSuffix("Not as it should be: state folder.\n"))
    }

    @Test func `ports that others have are told with their processes`() {
        var machine = machine
        let table =
            Self.header
            + "   0: 0100007F:1B58 00000000:0000 0A 00000000:00000000 00:00000000 00000000   0   0 500 1\n"
            + "   1: 0100007F:1B59 00000000:0000 0A 00000000:00000000 00:00000000 00000000   0   0 501 1\n"
            + "   2: 0100007F:1B5A 00000000:0000 0A 00000000:00000000 00:00000000 00000000 998   0 502 1\n"
            + "   3: 0100007F:4268 00000000:0000 0A 00000000:00000000 00:00000000 00000000   0   0 503 1\n"
            + "   4: 0100007F:4269 0100007F:0050 01 00000000:00000000 00:00000000 00000000   0   0 504 1\n"
        machine.read = { path in
            switch path {
            case "/proc/net/tcp": table
            case "/proc/7/comm": "redis-server\n"
            default: nil
            }
        }
        machine.list = { path in
            switch path {
            case "/proc": ["self", "7", "42"]
            case "/proc/7/fd": ["0", "5", "6"]
            case "/proc/42/fd": ["3"]
            default: []
            }
        }
        machine.linkTarget = { path in
            [
                "/proc/7/fd/0": "/dev/null", "/proc/7/fd/5": "socket:[500]",
                "/proc/7/fd/6": "socket:[501]", "/proc/42/fd/3": "socket:[503]",
            ][path]
        }
        let (text, isWell) = report(machine)
        #expect(!isWell)
        #expect(
            text.hasPrefix(
                """
                !!  ports           7000 to 7002: taken: 7000 to 7001 by redis-server, process
                                    7; 7002 by a process of user 998
                      for the lab's nodes, which listen there for clients
                      type clusterlab --port 7100, for other ports; or kill 7, if it may end
                ok  bus ports       17000 to 17002: 1 of them open, by this lab

                """))
    }

    @Test func `where there is no proc lsof is asked`() {
        var machine = machine
        machine.read = { _ in nil }
        let run = machine.run
        machine.run = { words in
            guard words.first == "lsof" else { return run(words) }
            return Machine.Output(
                text: """
                    COMMAND   PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME
                    ControlCe 512 me      9u  IPv4    0x0      0t0  TCP *:7000 (LISTEN)
                    """)
        }
        let (text, _) = report(machine)
        #expect(text.contains("7000 by ControlCe, process 512"))
        #expect(text.contains("AirPlay Receiver"))
    }

    @Test func `an old redis-py and a sleeping docker are told`() {
        var machine = machine
        let run = machine.run
        machine.run = { words in
            if words.contains("info") { return Machine.Output(text: "Cannot connect", status: 1) }
            if words.contains("-c") { return Machine.Output(text: "3.5.3\n") }
            return run(words)
        }
        machine.problemWriting = { "\($0): Permission denied" }
        let (text, isWell) = report(machine)
        #expect(!isWell)
        #expect(text.contains("3.5.3: too old to know clusters"))
        #expect(text.contains("its daemon does not"))
        #expect(text.contains("Permission denied"))
    }

    @Test func `every engine on PATH is named, the one first that is taken`() {
        var machine = machine
        let outputs = [
            "/bin/redis-server": "Redis server v=7.0.15 sha=00000000:0",
            "/usr/bin/redis-server": "Redis server v=7.0.15 sha=00000000:0",
            "/opt/redis-server": "Valkey server v=8.1.8 sha=00000000:1",
            "/opt/valkey-server": "Server v=7.2.7 sha=00000000:0 malloc=libc bits=64",
            "/old/valkey-server": "Valkey server v=9.1.2 sha=00000000:1",
            "/lab/redis-server": "Redis server v=7.0.15 sha=00000000:0 build=clusterlab",
        ]
        machine.variable = { ["PATH": "/lab:/usr/bin:/bin:/opt:/old", "TERM": "xterm"][$0] }
        machine.linkTarget = { ["/bin": "usr/bin"][$0] }
        machine.isProgram = { outputs.keys.contains($0) }
        machine.run = { outputs[$0[0]].map { Machine.Output(text: $0) } }
        let said = report(machine).text.split(separator: "\n").map { line in
            line.split(separator: " ").joined(separator: " ")
        }.joined(separator: " ")
        #expect(
            said.contains(
                "ok redis-server 7.0.15, /usr/bin/redis-server; Valkey 8.1.8, /opt/redis-server for"))
        #expect(
            said.contains(
                "ok valkey-server 7.2.7, /opt/valkey-server; 9.1.2, /old/valkey-server: outside of 7.2 to 8, which"
            ))
    }

    @Test func `doctor is a word of the shell`() {
        let shell = ScriptedShell(isInteractive: false)
        let cluster = ScriptedCluster { _, _ in .simpleString("OK") }
        #expect(shell.run(["doctor"], on: cluster, machine: machine) == 0)
        #expect(shell.screen.hasPrefix("ok  ports           7000 to 7001: free\n"))
    }
}
