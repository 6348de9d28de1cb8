import Lab
import LabBackends
import Lessons
import Shell
import Testing

/// What was written.
private final class Screen {
    var text = ""

    /// What was written since the last look, without empty lines.
    func take() -> [String] {
        defer { text = "" }
        return text.split(separator: "\n").map(String.init)
    }
}

/// Lessons whose steps do something to a simulated cluster.
@Suite(.timeLimit(.minutes(1))) struct LessonFaultsTests {
    private let screen = Screen()

    private static let lesson = """
        ---
        id: a
        title: A
        ---
        Welcome.
        ```cluster
        masters 3
        replicas 1
        do until synced
        ```
        ## Lose it
        The slot's owner is ${owner(user:1)} in
        ${owner-of-slot(10778)}. It was another.
        ```fault
        crash 7001
        until fail(7001) within 30s
        until ok within 30s
        ```
        ```predict
        Is it ${slot(user:1)}?
        truth: yes
        ```
        ```check
        7001 is alive
            state(7001) = running
            wrong state(7001) = down: It is down.
        A replica has taken over
            event promoted @replicas(7001)
        You have asked
            ran GET user:1
        ```
        ```hint
        `redis-cli -p ${owner(user:1)}`
        ```
        ## Lose the next
        ```check
        Two owners are gone
            state(7001) = running and state(7004) = down
        ```
        ```hint
        `crash`
        ```
        ## Recap
        Bye.
        """

    private static let solution = """
        ## Lose it
        ```redis
        lab> boot 7001
        lab> redis-cli -p ${owner(user:1)}
        lab> GET user:1
        ```
        What is right there, for ${owner(user:1)}.

        It is not enough to look:
        ```wrong
        lab> GET user:1
        ! It is down
        ```
        ## Lose the next
        ```redis
        lab> stop ${owner(user:1)}
        lab> until ok within 30s
        lab> stop ${owner(user:1)}
        lab> answer ${slot(user:1)} ${writer lost}
        ```
        """

    private func mode(
        tools: String = "", has: @escaping @Sendable (String) -> Bool = { _ in true }
    ) throws -> LessonMode {
        let text = Self.lesson.replacing("title: A\n", with: "title: A\n\(tools)")
        let lesson = try LessonParser(path: "01-a/01-a.md", folder: "Lessons").lesson(text)
        let solution = try LessonParser(path: lesson.path, folder: "Solutions")
            .solution(Self.solution)
        let backend = SimulatedLab()
        var prompts = PromptMaker.shell()
        if !tools.isEmpty {
            prompts = PromptMaker(runsPrograms: true, has: has, make: prompts.make)
        }
        return LessonMode(
            course: Course(lessons: [lesson], solutions: [lesson.path: solution]),
            progress: ProgressStore(path: nil), backend: backend,
            cluster: try backend.start(ClusterPlan()), plan: ClusterPlan(),
            terminal: Terminal { [screen] in screen.text += $0 }, prompts: prompts)
    }

    @Test func `the text and the boxes tell of the cluster behind the step's faults`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        screen.text = ""
        _ = try mode.run("next", [])
        let lines = screen.take()
        #expect(lines.first == "The lab prepares the step …")
        #expect(lines.contains("The slot's owner is 7004 in 7004. It was another."), "\(lines)")
        #expect(lines.contains { $0.hasPrefix("Predict: Is it 10778? Type") })
        let fault = try #require(lines.firstIndex(of: "lab> crash 7001"))
        let box = try #require(lines.firstIndex(of: "  [ ] 7001 is alive"))
        #expect(fault < box)
        // 7004 was a replica when the step began.
        #expect(lines.contains("  [x] A replica has taken over"))
        #expect(!lines.contains("It is down."))
    }

    @Test func `no sentence is about somebody who has typed nothing`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        screen.text = ""
        _ = try mode.run("status", [])
        #expect(!screen.take().contains("It is down."))
        _ = mode.observe([], currentNode: NodeAddress(port: 7000))
        #expect(screen.take() == ["It is down."])
    }

    @Test func `a solution says in words what its own lines will change`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        screen.text = ""
        _ = try mode.run("solution", [])
        #expect(
            screen.take() == [
                "    lab> boot 7001", "    lab> redis-cli -p <the owner of user:1>",
                "    lab> GET user:1", "What is right there, for the owner of user:1.",
            ])
        _ = try mode.run("hint", [])
        #expect(screen.take()[0] == "Hint 1 of 1: `redis-cli -p 7004`")
        _ = try mode.run("skip", [])
        screen.text = ""
        _ = try mode.run("solution", [])
        #expect(
            screen.take() == [
                "    lab> stop 7004", "    lab> until ok within 30s",
                "    lab> stop <the owner of user:1>",
                "    lab> answer 10778 <what the writer has as lost>",
            ])
    }

    @Test func `a step begun again leaves the learner at a node that runs`() throws {
        let shell = ScriptedShell()
        let backend = SimulatedLab()
        let cluster = try backend.start(ClusterPlan())
        let text = Self.lesson.replacing(
            "crash 7001\nuntil fail(7001) within 30s", with: "until synced"
        )
        .replacing("## Lose the next\n", with: "## Lose the next\n```fault\ncrash 7000\n```\n")
        let lesson = try LessonParser(path: "01-a/01-a.md", folder: "Lessons").lesson(text)
        let mode = LessonMode(
            course: Course(lessons: [lesson]), progress: ProgressStore(path: nil), backend: backend,
            cluster: cluster, plan: ClusterPlan(), terminal: Terminal { shell.show($0) })
        let result = shell.run(
            ["goto a 2", "PING", "restart step", "PING"], on: cluster, lessonMode: mode)
        result.cluster.shutDown()
        #expect(shell.screen.contains("Bringing the cluster to step 2 of 'A' …"))
        #expect(!shell.screen.contains("not connected>"), "\(shell.screen)")
        #expect(shell.screen.split(separator: "7001> PING\nPONG").count == 3, "\(shell.screen)")
    }

    @Test func `a skipped step whose solution does not fit any more is made good on a new cluster`() throws {
        let shell = ScriptedShell()
        let backend = SimulatedLab()
        let cluster = try backend.start(ClusterPlan())
        let lesson = try LessonParser(path: "01-a/01-a.md", folder: "Lessons").lesson(
            """
            ---
            id: a
            title: A
            ---
            ```cluster
            masters 3
            replicas 1
            do until synced
            ```
            ## Hand over
            ```check
            7000 is a replica
                within 10s: @any role(7000) = replica
            A number is handed in
                answer = 1
            ```
            ## Then
            ```check
            B
                answer = 2
            ```
            """)
        let solution = try LessonParser(path: lesson.path, folder: "Solutions").solution(
            """
            ## Hand over
            ```redis
            lab> connect ${replicas(7000)}
            lab> CLUSTER FAILOVER
            lab> advance 3s
            lab> answer 1
            ```
            """)
        let mode = LessonMode(
            course: Course(lessons: [lesson], solutions: [lesson.path: solution]),
            progress: ProgressStore(path: nil), backend: backend, cluster: cluster,
            plan: ClusterPlan(), terminal: Terminal { shell.show($0) }, prompts: .shell())
        // Typed once more at 7000, which is a replica by now, the failover would give its role back.
        let result = shell.run(
            [
                "goto a", "next", "@7003 CLUSTER FAILOVER", "@7004 CLUSTER FAILOVER",
                "@7005 CLUSTER FAILOVER", "advance 3s", "connect 7000", "skip", "@7000 ROLE",
            ], on: cluster, lessonMode: mode)
        defer { result.cluster.shutDown() }
        let said = shell.screen.replacing("\n", with: " ")
        #expect(said.contains("so the next step begins on a new cluster."), "\(shell.screen)")
        #expect(said.contains("Bringing the cluster to step 2 of 'A'"))
        let masters = try ClusterObserver(cluster: result.cluster).table().filter(\.isMaster)
        #expect(masters.filter { $0.address.port >= 7003 }.count == 1, "\(shell.screen)")
    }

    @Test func `what the machine cannot run is passed over, and that is said`() throws {
        var mode = try mode(tools: "needs: programs redis-py\n") { $0 != "redis-py" }
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        screen.text = ""
        _ = try mode.run("skip", [])
        let said = screen.take().joined(separator: " ")
        #expect(said.contains("Its solution wants redis-py, which this machine has not"), "\(said)")
        #expect(!said.contains("The lab types"))
        #expect(mode.label == "lesson 1, step 2/2")
    }
}
