import Lab
import Lessons
import RESP
import Shell
import Testing

/// One node at 7000: every key has slot 42, and DBSIZE is 7.
private final class OneNode: LabCluster, LabConnection {
    let address = NodeAddress(port: 7000)
    var nodes: [NodeAddress] { [address] }
    var time: Duration { .seconds(75) }

    func connect(to address: NodeAddress) throws(LabError) -> any LabConnection { self }
    func shutDown() {}
    func close() {}

    func send(_ arguments: [[UInt8]]) throws(LabError) -> RESPValue {
        switch arguments.map({ String(decoding: $0, as: UTF8.self) }).prefix(2) {
        case ["CLUSTER", "KEYSLOT"]: .integer(42)
        case ["CLUSTER", "NODES"]:
            .bulkString(
                Array(
                    "aaaaaaaa 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-16383\n".utf8))
        case ["DBSIZE"]: .integer(7)
        default: .simpleString("OK")
        }
    }
}

private struct OneNodeBackend: LabBackend {
    func start(_ plan: ClusterPlan) throws(LabError) -> any LabCluster { OneNode() }
}

private final class Screen {
    var text = ""

    /// What was written since the last look, without empty lines.
    func take() -> [String] {
        defer { text = "" }
        return text.split(separator: "\n").map(String.init)
    }
}

struct PracticeModeTests {
    private let screen = Screen()
    private let course: Course

    init() throws {
        let exercise = try ExerciseFile(
            path: "practice/01-find.md",
            text: """
                ---
                id: find
                title: Find it
                minutes: 3
                kind: practice
                pass: 5
                ---
                Find ${word}.
                ```vary
                word: left | right | middle
                ```
                ```check
                [4] The slot of ${word}
                    answer(slot) = slot(${word})
                    wrong answer(slot) = 43: One too many.
                    lacks: Which command tells a slot?
                [2] The number of keys
                    answer(keys) = @any DBSIZE
                ```
                ```hint
                Ask.
                ```
                ```hint costs 1
                `CLUSTER KEYSLOT ${word}`
                ```
                """,
            solution:
                "So:\n```redis\n127.0.0.1:7000> DBSIZE\nlab> answer keys 7\nlab> answer slot 42\n```"
        )
        let lesson = try LessonParser(path: "01-a/01-b.md", folder: "Lessons").lesson(
            """
            ---
            id: b
            title: B
            ---
            ## One
            ```check
            A
                answer = 1
            ```
            ## Challenge
            Count.
            ```check
            All are counted
                answer = @any DBSIZE
            ```
            """)
        course = Course(lessons: [lesson], exercises: [exercise])
    }

    private func mode(_ progress: ProgressStore = ProgressStore(path: nil)) throws -> LessonMode {
        let backend = OneNodeBackend()
        return LessonMode(
            course: course, progress: progress, backend: backend,
            cluster: try backend.start(ClusterPlan()), plan: ClusterPlan(),
            terminal: Terminal { [screen] in screen.text += $0 })
    }

    private func word(seed: UInt64) throws -> String {
        try course.exercises[0].exercise(seed: seed).variation.values[0].text
    }

    @Test func `an exercise opens with its task, its points and the prices of its hints`() throws {
        var mode = try mode()
        guard case .clusterReplaced = try mode.run("start", ["find", "4"]) else {
            Issue.record("the exercise begins on a cluster of its own")
            return
        }
        let word = try word(seed: 4)
        #expect(
            screen.take() == [
                "Exercise 1: Find it (about 3 minutes, seed 4)", "Find \(word).",
                "  [ ] 4  The slot of \(word)", "  [ ] 2  The number of keys",
                "5 of 6 points are enough. 2 hints: free, 1 point. Type `grade` whenever you",
                "like.",
            ])
        #expect(mode.label == "exercise 1")
    }

    @Test func `grade says what each point lacks, and the exercise stays open`() throws {
        var mode = try mode()
        _ = try mode.run("start", ["1", "4"])
        let word = try word(seed: 4)
        _ = try mode.run("answer", ["slot", "43"])
        _ = screen.take()
        #expect(try mode.run("grade", []).hasFailed)
        #expect(
            screen.take() == [
                "  [ ] 0/4  The slot of \(word) (now: 43)", "           One too many.",
                "  [ ] 0/2  The number of keys (now: no answer yet)",
                "Score: 0 of 6 after 0:00 minutes",
                "5 points are needed. The exercise stays open: go on, or type `hint`.",
            ])
        _ = try mode.run("answer", ["slot", "42"])
        _ = try mode.run("answer", ["keys", "7"])
        #expect(
            screen.take().suffix(2) == ["  [x] The number of keys", "That is all. Type `grade`."])
        #expect(try mode.run("grade", []).hasFailed == false)
        #expect(screen.take().contains("Score: 6 of 6 after 0:00 minutes"))
        #expect(mode.progress(of: "find").best?.score == 6)
    }

    @Test func `a value without its name is asked for the name`() throws {
        var mode = try mode()
        _ = try mode.run("start", ["1", "4"])
        _ = screen.take()
        #expect(try mode.run("answer", ["42"]).hasFailed)
        #expect(
            screen.take() == [
                "Which of them is that? Put the word before it: `answer slot 42` or",
                "`answer keys 42`.",
            ])
    }

    @Test func `hints tell the next price, and cost points`() throws {
        var mode = try mode()
        _ = try mode.run("start", ["1"])
        _ = screen.take()
        _ = try mode.run("hint", [])
        #expect(
            screen.take() == ["Hint 1 of 2 (free): Ask.", "The next hint costs: 1 point."])
        _ = try mode.run("hint", [])
        _ = try mode.run("answer", ["slot", "42"])
        _ = try mode.run("answer", ["keys", "7"])
        _ = screen.take()
        #expect(try mode.run("grade", []).hasFailed == false)
        let lines = screen.take()
        #expect(lines.contains("Hints: 2 of 2 read, minus 1 point"))
        #expect(lines.contains("Score: 5 of 6 after 0:00 minutes"))
        #expect(try mode.run("hint", []).hasFailed)
    }

    @Test func `again begins another variation, restart the same`() throws {
        var mode = try mode()
        _ = try mode.run("start", ["1", "4"])
        _ = try mode.run("restart", [])
        #expect(screen.take().last { $0.hasPrefix("Find") } == "Find \(try word(seed: 4)).")
        _ = try mode.run("again", [])
        let task = screen.take().last { $0.hasPrefix("Find ") }
        #expect(task != nil)
        #expect(try task != "Find \(word(seed: 4)).")
    }

    @Test func `the solution types itself, and the go has no score`() throws {
        var mode = try mode()
        _ = try mode.run("start", ["1"])
        _ = screen.take()
        _ = try mode.run("solution", ["run"])
        #expect(
            screen.take() == [
                "So:", "    127.0.0.1:7000> DBSIZE", "    (integer) 7",
                "    127.0.0.1:7000> answer keys 7", "    127.0.0.1:7000> answer slot 42",
                "This go is not scored any more: `again` begins another one. `grade` still shows",
                "how it stands.",
            ])
        _ = try mode.run("grade", [])
        #expect(
            screen.take().suffix(2) == [
                "Score: 6 of 6 after 0:00 minutes",
                "Not scored: the solution was shown. Type `again`.",
            ])
        #expect(mode.progress(of: "find").best == nil)
    }

    @Test func `the list shows the best score`() throws {
        var store = ProgressStore(path: nil)
        store.add(.init(score: 5, points: 6, seconds: 75, hints: 1, seed: 9), of: "find")
        var mode = try mode(store)
        _ = try mode.run("practice", [])
        #expect(
            screen.take() == [
                "   1  [x] Find it (3 minutes): best 5 of 6 in 1:15, 1 hint, seed 9",
                "Type `start` and a number.",
            ])
    }

    @Test func `a passed challenge marks the whole lesson as done`() throws {
        var mode = try mode()
        _ = try mode.run("challenge", ["1"])
        #expect(mode.label == "challenge 1")
        _ = try mode.run("answer", ["7"])
        #expect(try mode.run("grade", []).hasFailed == false)
        _ = screen.take()
        _ = try mode.run("lessons", [])
        #expect(screen.take().first == "  1  [x] B (10 minutes)")
    }

    @Test(arguments: [
        ("start", [], "`start` wants an exercise's number or id. Type `practice` to see them."),
        ("start", ["9"], "There is no exercise '9'. Type `practice` to see them all."),
        (
            "start", ["1", "x"],
            "Behind the exercise may stand a seed, which is a number: `start 1 7`."
        ),
        ("grade", [], "No exercise is open. Type `practice` to see them, `start 1` to begin."),
        ("challenge", ["9"], "There is no lesson '9'. Type `lessons` to see them all."),
    ])
    func `a word that cannot be followed says what to type`(
        word: String, arguments: [String], message: String
    ) throws {
        var mode = try mode()
        #expect(try mode.run(word, arguments).hasFailed)
        #expect(screen.take() == [message])
    }

    @Test func `an exercise has no steps, and goto leaves it`() throws {
        var mode = try mode()
        _ = try mode.run("start", ["1"])
        #expect(try mode.run("next", []).hasFailed)
        #expect(mode.label == "exercise 1")
        _ = try mode.run("goto", ["1"])
        #expect(mode.label == "lesson 1, step 1/1")
        #expect(try mode.run("grade", []).hasFailed)
    }
}

extension LessonMode.Outcome {
    fileprivate var hasFailed: Bool { if case .failed = self { true } else { false } }
}
