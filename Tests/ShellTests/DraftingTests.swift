import CLI
import Lab
import LabBackends
import Lessons
import RESP
import Shell
import TestSupport
import Testing

/// `lessons record`: what is typed on a simulated cluster becomes a lesson that holds.
@Suite(.timeLimit(.minutes(1))) struct DraftingTests {
    private let home: TemporaryFolder
    private var folder: String { home.path }

    init() throws {
        home = try TemporaryFolder()
    }

    private func run(
        _ lines: [String], port: Int = 7000, status: Int32 = 0
    ) throws -> String {
        let shell = ScriptedShell(isInteractive: false)
        let backend = SimulatedLab()
        let plan = ClusterPlan(port: port)
        let cluster = try backend.start(plan)
        let mode = LessonMode(
            course: try Course(folder: folder), progress: ProgressStore(path: nil),
            backend: backend, cluster: cluster, plan: plan,
            terminal: Terminal { shell.show($0) })
        let result = shell.run(lines, on: cluster, lessonMode: mode)
        #expect(result.status == status, "\(shell.screen)")
        // Folders are long, and lines are wrapped where they end.
        return shell.screen.split(separator: "\n").joined(separator: " ")
    }

    private func verify(on backend: any LabBackend, firstPort: Int = 7000) throws -> [String] {
        let course = try Course(folder: folder, firstPort: firstPort)
        #expect(LessonLinter.problems(of: course).map(\.description) == [])
        return LessonVerifier(course: course, backend: backend, prompts: .shell()).verify()
            .problems.map(\.description)
    }

    private let session = [
        "SET b 1", "lessons record tour", "SET user:1 Alice", "GET user:1", "redis-cli -c -p 7000",
        "SET user:1 \"Alice Cooper\"", "GET user:1", "SET user:1 Bob", "APPEND user:1 by",
        "CLUSTER KEYSLOT user:1", "@7000 CLUSTER NODES", "redis-cli -p 7002", "LPUSH a x y",
        "INCR a", "GET missing:{a}", "EXPIRE a 100", "@7001 DEL user:1", "connect 7003", "ROLE",
        "MGET x y", "CLUSTER FAILOVER", "lessons record stop",
    ]

    @Test func `a session becomes a lesson that passes check and verify`() throws {
        let screen = try run(session, status: 1)
        #expect(screen.contains("The cluster begins anew."))
        let lesson = try TextFile.read("\(folder)/Lessons/01-drafts/01-tour.md")
        let solution = try TextFile.read("\(folder)/Solutions/01-drafts/01-tour.md")
        #expect(lesson.contains("    saw MOVED\n"))
        #expect(lesson.contains("    @owner(user:1) EXISTS user:1 = 1\n"))
        #expect(lesson.contains("    @owner(user:1) GET user:1 = Bob\n"), "\(lesson)")
        #expect(lesson.contains("    within 30s: role(7003) = master\n"))
        #expect(solution.contains("127.0.0.1:7000> redis-cli -c -p 7000\n"))
        #expect(!lesson.contains("SET b 1"))
        #expect(try verify(on: SimulatedLab()) == [])
    }

    @Test func `the draft holds on nodes of this process, too, at any ports`() throws {
        let ports = try FreePorts(count: 6)
        let lines = session.filter { !$0.contains("FAILOVER") }
        _ = try run(
            lines.map { line in
                (0..<6).reduce(line) { $0.replacing("700\($1)", with: "\(12400 + $1)") }
            }, port: 12400, status: 1)
        let lesson = try TextFile.read("\(folder)/Lessons/01-drafts/01-tour.md")
        #expect(!lesson.contains("124"), "\(lesson)")
        #expect(try verify(on: InProcessLab(), firstPort: ports.first) == [])
    }

    @Test func `a slot that moves is a check of its owner`() throws {
        _ = try run(
            [
                "lessons record move", "lessons record stop",
            ], status: 1)
        let ids = try (0...1).map { index in
            try SimulatedLab().start(ClusterPlan()).connect(to: .init(port: 7000 + index))
                .send("CLUSTER", "MYID").text ?? ""
        }
        _ = try run(
            [
                "lessons record move", "@7001 CLUSTER SETSLOT 5 IMPORTING \(ids[0])",
                "CLUSTER SETSLOT 5 MIGRATING \(ids[1])", "@7001 CLUSTER SETSLOT 5 NODE \(ids[1])",
                "CLUSTER SETSLOT 5 NODE \(ids[1])",
            ])
        let lesson = try TextFile.read("\(folder)/Lessons/01-drafts/01-move.md")
        let solution = try TextFile.read("\(folder)/Solutions/01-drafts/01-move.md")
        #expect(lesson.contains("    @7001 owner-of-slot(5) = 7001\n"), "\(lesson)")
        #expect(solution.contains("7000> CLUSTER SETSLOT 5 NODE ${id(7001)}\n"))
        #expect(!lesson.contains(ids[1]) && !solution.contains(ids[1]))
        #expect(try verify(on: SimulatedLab()) == [])
    }

    /// Faults and what is waited for, a transaction, and lines for nodes that are not the prompt's.
    private let drill = [
        "lessons record drill", "@all DBSIZE", "MULTI", "SET {b}:1 x",
        "@owner({b}:3) SET {b}:3 aside", "INCR {b}:2", "EXEC", "MULTI", "DISCARD",
        "connect 7001", "crash 7000", "until fail(7000) within 30s", "until ok within 30s",
        "crash 7009", "boot 7000", "until replica(7000) within 30s", "until synced within 60s",
        "partition 7002 client | rest", "advance 300ms", "heal", "@masters PING",
        "lessons record stop",
    ]

    @Test func `faults, transactions and addressed lines are kept, and hold`() throws {
        let screen = try run(drill, status: 1)
        #expect(!screen.contains("No transcript types these"), "\(screen)")
        let lesson = try TextFile.read("\(folder)/Lessons/01-drafts/01-drill.md")
        let solution = try TextFile.read("\(folder)/Solutions/01-drafts/01-drill.md")
        #expect(
            lesson.contains("    ran EXEC with SET {b}:1 x with INCR {b}:2 giving value\n"),
            "\(lesson)")
        #expect(lesson.contains("## 2. MULTI … EXEC\n"))
        #expect(lesson.contains("    ran DISCARD giving value\n"))
        #expect(lesson.contains("    state(7000) = down\n"))
        #expect(lesson.contains("    typed partition 7002 client \"|\" rest\n"))
        #expect(lesson.contains("    ran DBSIZE giving value\n"))
        #expect(
            solution.contains(
                "7001> crash 7000\n127.0.0.1:7001> until fail(7000) within 30s\n"), "\(solution)")
        #expect(solution.contains("7000> @owner({b}:3) SET {b}:3 aside\n"))
        #expect(!solution.contains("7009"))
        #expect(try verify(on: SimulatedLab()) == [])
        let ports = try FreePorts(count: 6)
        // What comes back has to find its nodes.conf.
        let lab = InProcessLab(dir: "\(folder)/nodes", isScratch: true, events: EventLog())
        #expect(try verify(on: lab, firstPort: ports.first) == [])
    }

    @Test func `secrets and what no transcript types stay out, and that is said`() throws {
        let screen = try run([
            "lessons record safe", "SET b 1", "CONFIG SET masterauth hunter2", "undo",
            "lessons record stop",
        ])
        #expect(screen.contains("No transcript types these"))
        #expect(screen.contains("CONFIG …; undo."), "\(screen)")
        let solution = try TextFile.read("\(folder)/Solutions/01-drafts/01-safe.md")
        #expect(!solution.contains("hunter2"))
        #expect(try verify(on: SimulatedLab()) == [])
    }

    @Test func `names that are taken or cannot be, and words out of place, are refused`() throws {
        _ = try run(["lessons record tour", "SET b 1", "lessons record stop"])
        let screen = try run(
            [
                "lessons record stop", "lessons record", "lessons record tour",
                "lessons record Big", "lessons record x", "lessons record y", "lessons record stop",
            ], status: 1)
        #expect(
            screen
                == [
                    "No lesson is being recorded: lessons record NAME begins.",
                    "lessons record wants a name, such as first-key, or stop.",
                    "the id 'tour' is that of Lessons/01-drafts/01-tour.md",
                    "the id 'Big' may have small letters, digits and hyphens between them",
                    "What you type becomes a lesson, \(folder)/Lessons/01-drafts/02-x.md: one step a line.",
                    "lessons record stop writes it.",
                    "x is being recorded: lessons record stop ends that.",
                    "Nothing was typed at a node, so there is no lesson.",
                ].joined(separator: " "))
    }
}
