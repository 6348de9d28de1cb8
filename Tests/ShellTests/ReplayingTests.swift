import Lab
import LabBackends
import Lessons
import RESP
import Shell
import TestSupport
import Testing

/// Sessions that are shared and typed again, on simulated clusters.
@Suite(.timeLimit(.minutes(1))) struct ReplayingTests {
    private let home: TemporaryFolder
    private var folder: String { home.path }

    init() throws {
        home = try TemporaryFolder()
    }

    /// What the screen shows behind the lines, and the cluster that is there then.
    private func run(
        _ lines: [String], plan: ClusterPlan = ClusterPlan(seed: 9), course: Course = Course(),
        status: Int32 = 0
    ) throws -> (screen: String, cluster: any LabCluster) {
        let shell = ScriptedShell(isInteractive: false)
        let backend = SimulatedLab()
        let cluster = try backend.start(plan)
        let mode = LessonMode(
            course: course, progress: ProgressStore(path: nil), backend: backend, cluster: cluster,
            plan: plan, terminal: Terminal { shell.show($0) })
        mode.recorder.backend = "simulated"
        let result = shell.run(lines, on: cluster, lessonMode: mode)
        #expect(result.status == status, "\(shell.screen)")
        return (shell.screen, result.cluster)
    }

    /// All events to the last digit, with the names of the nodes.
    private func timeline(_ cluster: any LabCluster) -> [String] {
        (cluster.events?.events ?? []).map { "\($0.time) \($0.node) \($0.kind)" }
    }

    @Test func `a replay on a simulated cluster gives the same timeline, byte for byte`() throws {
        let path = "\(folder)/demo"
        let (_, first) = try run(
            [
                "SET user:1 Alice", "@all DBSIZE", "redis-cli -c -p 7000", "SET user:1 Alice",
                "map",
                "SET b 2", "connect 7003", "advance 3s", "@7003 ROLE", "CLUSTER FAILOVER", "INFO",
                "until master(7003) within 30s", "partition 7001 | rest", "until fail(7001)",
                "views",
                "@7002 INCR counter:{x}", "until ok within 60s", "heal", "advance 20s",
                "crash 7002",
                "GET user:1", "@all CLUSTER NODES", "until fail(7002) within 40s", "boot 7002",
                "advance 10s", "share \(path)",
            ], status: 1)
        let text = try TextFile.read(path)
        #expect(Replay.isReplay(text))
        #expect(!text.contains("DBSIZE"))
        #expect(text.contains(" 7001 -c> SET b 2\n") || text.contains(" 7000 -c> SET b 2\n"))
        let events = timeline(first)
        #expect(events.count > 50)
        let (screen, second) = try run(["replay \(path)"], status: 1)
        #expect(screen.contains("The replay is at its end"))
        #expect(second !== first)
        let again = timeline(second)
        #expect(again == events)
        #expect(second.time == first.time)
        let (_, third) = try run(["load \(path)", "share \(folder)/again"], status: 1)
        #expect(timeline(third) == events)
        #expect(try TextFile.read("\(folder)/again") == text)
    }

    @Test func `the same session at other ports is the same file`() throws {
        let lines = ["SET b 1", "crash 7000", "advance 2s", "share"]
        let (low, _) = try run(lines)
        let moved = lines.map { $0.replacing("7000", with: "12400") }
        let (high, _) = try run(moved, plan: ClusterPlan(port: 12400, seed: 9))
        #expect(low.split(separator: "\n").contains { $0.hasSuffix(" 7000> crash 7000") })
        #expect(
            low.drop { $0 != "#" } == high.drop { $0 != "#" },
            "\(low)\n\(high)")
    }

    @Test func `what was undone is not shared`() throws {
        let (screen, _) = try run(
            [
                "SET b 1", "SET b 2", "undo", "keep here", "SET b 3", "load here", "SET b 4",
                "share",
            ], status: 0)
        let typed = screen.split(separator: "\n").filter { $0.contains("> SET") }
        #expect(typed.map { $0.drop { $0 != ">" } } == ["> SET b 1", "> SET b 4"])
    }

    @Test func `one command by redis-cli is shared and undone as that command`() throws {
        let (screen, _) = try run([
            "redis-cli -p 7000 SET b 1", "redis-cli -p 7000 SET b \"2 3\"", "redis-cli -p 7000 GET b",
            "redis-cli -p 7000 SET b 4", "undo", "GET b", "share",
        ])
        #expect(screen.contains("The cluster is as it was before: redis-cli -p 7000 SET b 4\n\"2 3\"\n"))
        let typed = screen.split(separator: "\n").filter { $0.contains(" 7000> ") }
        #expect(
            typed.map { $0.drop { $0 != ">" } } == ["> SET b 1", "> SET b \"2 3\""], "\(screen)")
    }

    @Test func `what a lesson's step has begun with is shared`() throws {
        let lesson = try LessonParser(path: "01-a/01-a.md", folder: "Lessons").lesson(
            """
            ---
            id: a
            title: A
            ---
            ```cluster
            masters 3
            replicas 1
            ```
            ## Lose it
            ```fault
            writer start 20
            redis-cli -p 7001 CONFIG SET maxmemory 0
            crash 7002
            ```
            ```check
            A
                answer = 1
            ```
            ## Then
            ```fault hidden
            boot 7002
            ```
            ```check
            B
                answer = 2
            ```
            """)
        let expected = [
            "7000> writer start 20", "7001> CONFIG SET maxmemory 0", "7000> crash 7002",
            "7000> boot 7002",
        ]
        for lines in [["goto a", "next", "skip", "share"], ["goto a 2", "share"]] {
            let (screen, _) = try run(lines, course: Course(lessons: [lesson]))
            let typed = screen.split(separator: "\n").filter { $0.contains(#/^[0-9.]+ 700[0-9]> /#) }
            #expect(typed.map { $0.drop { $0 != " " }.dropFirst() } == expected.map { $0[...] })
        }
    }

    @Test func `secrets stay out, and it is said that a line is missing`() throws {
        let (screen, _) = try run([
            "CONFIG SET requirepass hunter2", "AUTH hunter2", "SET b 1", "share",
        ])
        let shared = screen.drop { $0 != "#" }
        #expect(!shared.contains("hunter2"))
        #expect(shared.contains("CONFIG … (it holds a password: type it yourself)"))
        #expect(shared.contains("> SET b 1\n"))
    }

    @Test(
        arguments: [
            ("0 7000> rm -rf folder", nil),
            ("0 7000> docker ps", "'docker ps', is not typed by a replay"),
            ("0 7000> redis-server x.conf", "'redis-server x.conf', is not typed by a replay"),
            ("0 7000> redis-cli -p 7000 SET b 1", "is not typed by a replay"),
            ("0 7000> timeline --svg x.svg", "'timeline --svg x.svg', is not typed by a replay"),
            ("0 7000> share x", "'share x', is not typed by a replay"),
            ("0 7000> redis-cli --cluster backup 127.0.0.1:7000 x", "is not typed by a replay"),
            ("0 10.0.0.1:7000> FLUSHALL", "for 10.0.0.1:7000, which is no node of its cluster"),
            (
                "0 7000> redis-cli --cluster info 10.0.0.1:6379",
                "for 10.0.0.1:6379, which is no node"
            ),
        ] as [(String, String?)])
    func `a replay runs no program, writes no file and reaches no other node`(
        line: String, problem: String?
    ) throws {
        let path = "\(folder)/bad"
        try TextFile.replace(path, with: "clusterlab replay 1\n\(line)\n")
        let (screen, _) = try run(["replay \(path)"], status: 1)
        let text = screen.split(separator: "\n").joined(separator: " ")
        // What is no word of the lab goes to the node, as a command that it does not know.
        #expect(text.contains(problem ?? "(error) ERR unknown command 'rm'"), "\(text)")
    }

    @Test func `a file that is no replay is not written over, and a missing one is told`() throws {
        let path = "\(folder)/notes"
        try TextFile.replace(path, with: "mine\n")
        let (screen, _) = try run(
            ["share \(path)", "replay \(folder)/none", "load none"], status: 1)
        // Folders are long, and lines are wrapped where they end.
        let text = screen.split(separator: "\n").joined(separator: " ")
        #expect(text.contains("is there and is no replay: choose another"))
        #expect(text.contains("\(folder)/none: No such file or directory"))
        #expect(text.contains("Nothing was kept: keep NAME does. And there is no file none"))
        #expect(try TextFile.read(path) == "mine\n")
    }

    @Test func `redis-cli's verbs are typed again`() throws {
        let path = "\(folder)/verb"
        let line = "redis-cli --cluster reshard 127.0.0.1:7000 --cluster-from all --cluster-to "
        let ids = try SimulatedLab().start(ClusterPlan(seed: 9)).connect(to: .init(port: 7000))
            .send("CLUSTER", "MYID").text
        try TextFile.replace(
            path,
            with: "clusterlab replay 1\nbackend simulated\nseed 9\n"
                + "0.1 7000> \(line)\(try #require(ids)) --cluster-slots 10 --cluster-yes\n3 end\n")
        let (screen, _) = try run(["replay \(path)", "@7001 CLUSTER COUNTKEYSINSLOT 1", "nodes"])
        #expect(screen.contains("Moving slot"), "\(screen)")
    }

    // MARK: Lessons

    private let step = """
        ---
        id: keys
        title: Keys
        minutes: 3
        ---
        Hello.
        ## One
        Store a.
        ```check
        `a` is there
            @owner(a) EXISTS a = 1
        ```
        ```hint
        SET
        ```
        ## Two
        Store b.
        ```check
        `b` is there
            @owner(b) EXISTS b = 1
        ```
        ```hint
        SET
        ```
        ## Recap
        Bye.
        """

    private var course: Course {
        get throws {
            let path = "01-a/01-keys.md"
            let solution = """
                ## One
                ```redis
                127.0.0.1:7002> SET a 1
                ```
                ## Two
                ```redis
                127.0.0.1:7000> SET b 1
                ```
                """
            return Course(
                lessons: [try LessonParser(path: path, folder: "Lessons").lesson(step)],
                solutions: [
                    path: try LessonParser(path: path, folder: "Solutions").solution(solution)
                ]
            )
        }
    }

    @Test func `what the lab typed in a lesson is shared, too`() throws {
        let (screen, _) = try run(
            ["goto 1", "next", "skip", "SET b 2", "share"], course: try course)
        let typed = screen.split(separator: "\n").filter { $0.contains("> SET") }
        #expect(
            typed.suffix(2).map { $0.drop { $0 != " " } } == [" 7002> SET a 1", " 7000> SET b 2"])
    }

    @Test func `who comes back in the middle of a lesson finds the cluster as its step needs it`()
        throws
    {
        let path = "\(folder)/progress"
        let backend = SimulatedLab()
        func session(_ lines: [String]) throws -> (String, any LabCluster) {
            let shell = ScriptedShell(isInteractive: false)
            let cluster = try backend.start(ClusterPlan())
            let mode = LessonMode(
                course: try course, progress: ProgressStore(path: path), backend: backend,
                cluster: cluster, plan: ClusterPlan(), terminal: Terminal { shell.show($0) })
            let result = shell.run(lines, on: cluster, lessonMode: mode, opening: true)
            return (shell.screen, result.cluster)
        }
        let (first, _) = try session(["next", "connect 7002", "SET a 5", "next", "FLUSHALL"])
        #expect(first.contains("Step 1 is done."))
        let (second, cluster) = try session(["status"])
        #expect(second.contains("Step 2 of 2: Two"))
        #expect(second.contains("  [ ] `b` is there"))
        let connection = try cluster.connect(to: NodeAddress(port: 7002))
        #expect(try connection.send("GET", "a").text == "1")
    }
}
