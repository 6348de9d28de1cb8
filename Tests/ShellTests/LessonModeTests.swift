import Lab
import Lessons
import RESP
import Shell
import Synchronization
import Testing

/// One node that knows how many clusters its backend has started; the slot of every key is 42. Below 0 it is dead.
private final class OneNode: LabCluster, LabConnection {
    let address = NodeAddress(port: 7000)
    let number: Atomic<Int>

    init(number: Int) {
        self.number = Atomic(number)
    }

    var nodes: [NodeAddress] { [address] }
    func connect(to address: NodeAddress) throws(LabError) -> any LabConnection { self }
    func shutDown() {}
    func close() {}

    func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
        let number = number.load(ordering: .relaxed)
        if number < 0 { throw .connectionLost(address) }
        return switch arguments.map({ String(decoding: $0, as: UTF8.self) }).prefix(2) {
        case ["CLUSTER", "KEYSLOT"]: .integer(42)
        case ["CLUSTER", "NODES"]:
            .bulkString(
                Array(
                    "aaaaaaaa 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-16383\n".utf8))
        default: .integer(Int64(number))
        }
    }
}

private final class CountingBackend: LabBackend {
    private let started = Mutex(0)

    func start(_ plan: ClusterPlan) throws(LabError) -> any LabCluster {
        OneNode(
            number: started.withLock {
                $0 += 1
                return $0
            })
    }
}

/// What was written.
private final class Screen {
    var text = ""

    /// What was written since the last look, without empty lines.
    func take() -> [String] {
        defer { text = "" }
        return text.split(separator: "\n").map(String.init)
    }
}

struct LessonModeTests {
    private let screen = Screen()
    private let course: Course

    init() throws {
        func lesson(_ id: String, _ text: String) throws(LessonError) -> Lesson {
            try LessonParser(path: "01-a/0\(id).md", folder: "Lessons").lesson(
                "---\nid: \(id)\ntitle: Lesson \(id)\nminutes: 4\n---\nWelcome to \(id).\n\(text)")
        }
        let text = """
            ## Ask
            Ask for the slot.
            ```predict
            Which?
            truth: slot(x)
            ```
            ```check
            The slot is handed in
                answer = slot(x)
                wrong answer = 1234: Not ${answer}, that is what the text says.
                proven: The slot of x is ${slot(x)}.
            You have asked
                ran CLUSTER KEYSLOT x
                wrong ran CLUSTER KEYSLOT y: Another key's.
            ```
            ```hint
            What might the command be called?
            ```
            ```hint
            `CLUSTER KEYSLOT x`, then `answer ${slot(x)}`
            ```
            ```why
            Arithmetic.
            ```
            ## Look
            ```check
            You have seen an error
                saw error
            ```
            ```hint
            Mistype.
            ```
            ## Recap
            It was about slots.
            """
        let solution =
            "## Ask\nSo:\n```redis\n127.0.0.1:7000> CLUSTER KEYSLOT x\nlab> answer ${slot(x)}\n```"
        course = Course(
            lessons: [try lesson("a", text), try lesson("b", text)],
            solutions: [
                "01-a/0a.md": try LessonParser(path: "01-a/0a.md", folder: "Solutions").solution(
                    solution)
            ])
    }

    private func mode(progress: ProgressStore = ProgressStore(path: nil)) throws -> LessonMode {
        let backend = CountingBackend()
        return LessonMode(
            course: course, progress: progress, backend: backend,
            cluster: try backend.start(ClusterPlan()), plan: ClusterPlan(),
            terminal: Terminal { [screen] in screen.text += $0 })
    }

    private func type(_ line: String, _ reply: RESPValue, into mode: inout LessonMode)
        -> LessonMode.Outcome
    {
        let node = NodeAddress(port: 7000)
        let exchange = Exchange(
            address: node, arguments: line.split(separator: " ").map { Array($0.utf8) },
            answeredBy: node, reply: reply)
        return mode.observe([exchange], currentNode: node)
    }

    @Test func `the introduction comes first, then the step, with what it asks for`() throws {
        var mode = try mode()
        #expect(mode.label == nil)
        #expect(try mode.open(lesson: nil).isDone)
        #expect(
            screen.take() == [
                "Lesson 1: Lesson a (about 4 minutes)", "Welcome to a.",
                "Type `next` for the first of 2 steps.",
            ])
        #expect(try mode.run("next", []).isDone)
        #expect(
            screen.take() == [
                "Step 1 of 2: Ask", "Ask for the slot.",
                "Predict: Which? Type `predict` and your guess; it is not graded.",
                "  [ ] The slot is handed in", "  [ ] You have asked",
            ])
        #expect(mode.label == "lesson 1, step 1/2")
    }

    @Test func `a wrong answer gets its sentence, a right one and the command finish the step`()
        throws
    {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        _ = try mode.run("predict", ["7"])
        screen.text = ""
        #expect(try !mode.run("answer", ["1234"]).isDone)
        #expect(screen.take() == ["Not 1234, that is what the text says."])
        #expect(try !mode.run("answer", ["5"]).isDone)
        #expect(screen.take() == ["`5` is not it. Look once more, or type `hint`."])
        #expect(try mode.run("answer", ["42"]).isDone)
        #expect(screen.take() == ["  [x] The slot is handed in"])
        #expect(try !mode.run("next", []).isDone)
        #expect(
            screen.take() == [
                "  [x] The slot is handed in", "  [ ] You have asked",
                "This step is not done yet. Type `hint` for help, or `skip` to leave it open.",
            ])
        #expect(type("cluster keyslot x", .integer(42), into: &mode).isDone)
        #expect(
            screen.take() == [
                "  [x] You have asked", "Step 1 is done.", "- The slot of x is 42.",
                "You predicted 7; it is 42.", "Arithmetic.", "Type `next` to go on.",
            ])
        #expect(mode.label == "lesson 1, step 1/2, done")
    }

    @Test func `a line that is wrong in the same way gets its sentence again, and other lines do not`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        screen.text = ""
        _ = type("CLUSTER KEYSLOT y", .integer(7), into: &mode)
        #expect(screen.take() == ["Another key's."])
        _ = type("PING", .simpleString("PONG"), into: &mode)
        mode.followed("map", printed: "slots")
        #expect(screen.take() == [])
        _ = type("CLUSTER KEYSLOT y", .integer(7), into: &mode)
        #expect(screen.take() == ["Another key's."])
    }

    @Test func `a guess behind the step's end is told what is known`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        _ = type("CLUSTER KEYSLOT x", .integer(42), into: &mode)
        #expect(try mode.run("answer", ["42"]).isDone)
        screen.text = ""
        #expect(try mode.run("predict", ["7"]).isDone)
        #expect(screen.take() == ["This step is done, and the answer is known: 42."])
    }

    @Test func `a sentence about an earlier line is not said about a later one`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        _ = type("CLUSTER KEYSLOT y", .integer(42), into: &mode)
        #expect(screen.take().last == "Another key's.")
        #expect(try !mode.run("answer", ["5"]).isDone)
        #expect(screen.take() == ["`5` is not it. Look once more, or type `hint`."])
    }

    @Test func `back says that the cluster has gone on`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        _ = try mode.run("skip", [])
        screen.text = ""
        _ = try mode.run("back", [])
        let text = screen.text.replacing("\n", with: " ")
        #expect(text.contains("Step 1 of 2: Ask"))
        #expect(text.contains("`restart step` brings it to where this one begins."))
    }

    @Test func `a check fails until the step is done, and does not run ahead after it`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        #expect(try !mode.run("check", []).isDone)
        _ = try mode.run("answer", ["42"])
        _ = type("CLUSTER KEYSLOT x", .integer(42), into: &mode)
        #expect(try mode.run("check", []).isDone)
        screen.text = ""
        _ = type("NONSENSE", .error("ERR unknown command"), into: &mode)
        #expect(screen.take() == [])
        #expect(mode.label == "lesson 1, step 1/2, done")
        _ = try mode.run("next", [])
        #expect(mode.label == "lesson 1, step 2/2")
    }

    @Test func `hints come one by one, with live values`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        screen.text = ""
        _ = try mode.run("hint", [])
        #expect(
            screen.take() == [
                "Hint 1 of 2: What might the command be called?",
                "The next hint is the exact line.",
            ])
        _ = try mode.run("hint", [])
        #expect(screen.take() == ["Hint 2 of 2: `CLUSTER KEYSLOT x`, then `answer 42`"])
        #expect(try !mode.run("hint", []).isDone)
        #expect(
            screen.take() == ["Those were all the hints. Type `solution` for the worked answer."])
        _ = try mode.run("solution", [])
        #expect(
            screen.take() == ["So:", "    127.0.0.1:7000> CLUSTER KEYSLOT x", "    lab> answer 42"])
    }

    @Test func `a skipped step is marked so and never as done`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        // At the introduction nobody has seen yet what would be skipped.
        _ = try mode.run("skip", [])
        #expect(screen.text.contains("Type it once more to go on."))
        _ = try mode.run("skip", [])
        screen.text = ""
        _ = try mode.run("lessons", [])
        #expect(
            screen.take() == [
                "> 1  [~] Lesson a (4 minutes): 0 of 2 steps done, 1 skipped",
                "  2  [ ] Lesson b (4 minutes)",
                "[x] done, [~] partial, [-] skipped, [ ] not begun",
                "Type `goto` and a number to open one.",
            ])
        _ = try mode.run("progress", [])
        #expect(
            screen.take() == [
                "0 of 4 steps done, 1 skipped, about 8 minutes left.",
                "  [~] 1 Lesson a: 0 of 2 steps done, 1 skipped", "        [-] Ask",
                "  [ ] 2 Lesson b", "[x] done, [~] partial, [-] skipped, [ ] not begun",
                "Not kept: neither XDG_STATE_HOME nor HOME says where.",
            ])
    }

    @Test func `a step of which a part holds is partial, until it is done or skipped`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        #expect(mode.report.lessons[0].steps.map(\.state) == [.open, .open])
        _ = type("CLUSTER KEYSLOT x", .integer(42), into: &mode)
        #expect(mode.report.lessons[0].steps.map(\.state) == [.partial, .open])
        _ = try mode.run("hint", [])
        screen.text = ""
        _ = try mode.run("lessons", [])
        #expect(
            screen.take()[0]
                == "> 1  [~] Lesson a (4 minutes): 0 of 2 steps done, 1 partial, 1 hint read")
        _ = try mode.run("answer", ["42"])
        _ = try mode.run("next", [])
        _ = try mode.run("skip", [])
        #expect(mode.report.lessons[0].steps.map(\.state) == [.done, .skipped])
        #expect(mode.report.lessons[0].state == .skipped)
    }

    @Test func `progress writes a report, and refuses what it does not know`() throws {
        var mode = try mode()
        #expect(try mode.run("progress", ["--report", "json", "--name", "Ada"]).isDone)
        #expect(screen.text.hasPrefix("{\n    \"schema\": \"clusterlab progress report\",\n"))
        #expect(screen.text.contains("\"learner\": \"Ada\""))
        screen.text = ""
        #expect(try mode.run("progress", ["--report"]).isDone)
        #expect(screen.text.hasPrefix("# Progress\n\n0 of 4 steps done"))
        screen.text = ""
        #expect(try !mode.run("progress", ["--reprot"]).isDone)
        #expect(
            screen.take().joined(separator: " ")
                == "`progress` stands alone, or `progress --report markdown|json [FILE] [--name NAME]`; not '--reprot'."
        )
    }

    @Test func `a step done in an earlier session leaves its traces before the next begins`() throws
    {
        var progress = ProgressStore(path: nil)
        progress.set(.done, for: .init(lesson: "a", step: "ask"))
        var mode = try mode(progress: progress)
        _ = try mode.open(lesson: "a")
        screen.text = ""
        _ = try mode.run("next", [])
        #expect(screen.take().last == "You did this step before: do it again, or type `next`.")
        _ = try mode.run("next", [])
        #expect(
            screen.take().prefix(2).joined(separator: " ")
                == "You did this step before. The lab typed its solution: the next step builds on it."
        )
        #expect(mode.label == "lesson 1, step 2/2")
        _ = try mode.run("back", [])
        screen.text = ""
        _ = try mode.run("next", [])
        #expect(screen.take().first == "Step 2 of 2: Look")
    }

    @Test func `an answer to a step that is done is told so`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = type("CLUSTER KEYSLOT x", .integer(42), into: &mode)
        _ = try mode.run("answer", ["42"])
        screen.text = ""
        #expect(try mode.run("answer", ["43"]).isDone)
        #expect(screen.take() == ["This step is done. Type `next` to go on."])
    }

    /// In the first step of a lesson that wants more than one key, and loses hope at 1000.
    private func counting(_ cluster: OneNode) throws -> LessonMode {
        let lesson = try LessonParser(path: "01-a/01.md", folder: "Lessons").lesson(
            """
            ---
            id: c
            title: C
            minutes: 1
            ---
            Welcome.
            ## Count
            ```check
            Enough keys
                @7000 DBSIZE > 1
                @7000 DBSIZE < 1000
                lost @7000 DBSIZE >= 1000: Too many.
            ```
            ## Recap
            Done.
            """)
        var mode = LessonMode(
            course: Course(lessons: [lesson]), progress: ProgressStore(path: nil),
            backend: CountingBackend(), cluster: cluster, plan: ClusterPlan(),
            terminal: Terminal { [screen] in screen.text += $0 })
        _ = try mode.open(lesson: nil)
        _ = try mode.run("next", [])
        screen.text = ""
        return mode
    }

    @Test(arguments: ["status", "next"])
    func `what was done in another window counts when it is asked for`(word: String) throws {
        let cluster = OneNode(number: 1)
        var mode = try counting(cluster)
        #expect(try !mode.run("next", []).isDone)
        cluster.number.store(2, ordering: .relaxed)
        #expect(try mode.run(word, []).isDone)
        #expect(mode.label == "lesson 1, step 1/1, done")
    }

    @Test func `a step that cannot be finished any more says how to begin it again`() throws {
        let cluster = OneNode(number: 1000)
        var mode = try counting(cluster)
        _ = type("SET x 1", .simpleString("OK"), into: &mode)
        #expect(screen.take() == ["Too many. Type `restart step`."])
        _ = try mode.run("check", [])
        #expect(screen.take() == ["  [!] Enough keys: Too many. Type `restart step`."])
    }

    @Test func `a node that does not answer is named where the step is checked`() throws {
        let cluster = OneNode(number: 1)
        var mode = try counting(cluster)
        cluster.number.store(-1, ordering: .relaxed)
        _ = try mode.run("status", [])
        #expect(screen.text.contains("No answer from 7000. If that was not meant, `restart step`"))
    }

    @Test func `the end of a lesson recaps and names the next, which begins on a new cluster`()
        throws
    {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("next", [])
        _ = try mode.run("skip", [])
        _ = try mode.run("skip", [])
        let end = Array(screen.take().suffix(3))
        #expect(
            end == [
                "Lesson 1 is behind you: Lesson a", "It was about slots.",
                "Next: Lesson b (about 4 minutes). Type `next` to begin.",
            ])
        guard case .clusterReplaced(let cluster) = try mode.run("next", []) else {
            Issue.record("lesson b began on the used cluster")
            return
        }
        #expect((cluster as? OneNode)?.number.load(ordering: .relaxed) == 2)
        #expect(mode.label == "lesson 2, step 1/2")
    }

    @Test func `a lesson begins on the first cluster as long as nobody used it`() throws {
        var mode = try mode()
        #expect(try mode.open(lesson: "a").isDone)
        #expect(try mode.run("goto", ["b"]).isDone)
        _ = type("SET x 1", .simpleString("OK"), into: &mode)
        guard case .clusterReplaced = try mode.run("goto", ["a"]) else {
            Issue.record("lesson a began on the used cluster")
            return
        }
    }

    @Test func `restart begins the lesson anew on a new cluster`() throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        _ = try mode.run("skip", [])
        guard case .clusterReplaced = try mode.run("restart", []) else {
            Issue.record("no new cluster")
            return
        }
        #expect(mode.label == "lesson 1, step 1/2")
    }

    @Test func `learners come back to the step that they left`() throws {
        var progress = ProgressStore(path: nil)
        progress.move(to: .init(lesson: "a", step: "look"))
        var mode = try mode(progress: progress)
        _ = try mode.open(lesson: nil)
        #expect(mode.label == "lesson 1, step 2/2")
    }

    @Test(arguments: [
        ("goto", ["9"]), ("goto", ["a", "7"]), ("back", []), ("answer", []), ("predict", []),
    ])
    func `a word that cannot be followed says what to type instead`(
        word: String, arguments: [String]
    ) throws {
        var mode = try mode()
        _ = try mode.open(lesson: "a")
        screen.text = ""
        #expect(try !mode.run(word, arguments).isDone)
        #expect(screen.text.contains("`") || screen.text.contains("steps 1 to 2"))
    }

    @Test func `lessons and a text finds where the course speaks of it`() throws {
        var mode = try mode()
        #expect(try mode.run("lessons", ["SEEN", "an", "error"]).isDone)
        #expect(
            screen.take() == [
                "  1  Lesson a, step 2", "  2  Lesson b, step 2",
                "`goto` and the two numbers opens a lesson at a step.",
            ])
        #expect(try mode.run("lessons", ["welcome to b"]).isDone)
        #expect(screen.take().first == "  2  Lesson b")
        #expect(try !mode.run("lessons", ["sharks"]).isDone)
        #expect(screen.take() == ["No lesson speaks of 'sharks'. `lessons` lists them all."])
    }

    @Test func `words complete to lessons`() throws {
        #expect(try mode().completions(for: "goto", argument: "") == ["a", "b"])
        #expect(try mode().completions(for: "restart", argument: "s") == ["step"])
    }
}

extension LessonMode.Outcome {
    fileprivate var isDone: Bool { if case .done = self { true } else { false } }
}
