import Lab
import LabBackends
import Lessons
import RESP
import Testing

struct ExerciseTests {
    private static let header = "---\nid: e\ntitle: E\nkind: practice\n---\n"
    private static let hints = String(repeating: "```hint costs 1\nH\n```\n", count: 3)

    private func file(_ body: String, solution: String? = nil) throws(LessonError) -> ExerciseFile {
        try ExerciseFile(
            path: "practice/01-e.md", text: Self.header + body, solution: solution)
    }

    private func grade(
        _ checks: String, at port: Int = 7000, typed: [Exchange] = [], hints: Int = 0
    ) throws -> ExerciseGrade {
        let exercise = try file("```check\n\(checks)\n```\n\(Self.hints)").sample
        let node = NodeAddress(port: port)
        var runner = PracticeRunner(exercise: exercise, seed: 1, at: node, began: .zero)
        for exchange in typed { runner.journal.record(exchange, currentNode: node) }
        for _ in 0..<hints { _ = runner.takeHint() }
        return try runner.grade(by: ClusterObserver(cluster: FakeCluster()), waits: false)
    }

    // MARK: Variations

    @Test func `the same seed draws the same, another one something else`() throws {
        let text = "```vary\nuser: 42 | 77 | 105\ncount: 100..300\n```\nUser ${user}: ${count}."
        let file = try file(text)
        #expect(try file.exercise(seed: 7).variation == file.exercise(seed: 7).variation)
        let drawn = try Set((1...30).map { try file.exercise(seed: $0).variation })
        #expect(drawn.count > 20)
        for variation in drawn {
            #expect(["42", "77", "105"].contains(variation.values[0].text))
            #expect((100...300).contains(Int(variation.values[1].text) ?? 0))
        }
    }

    @Test func `names that change together are drawn together`() throws {
        let file = try file("```vary\nkey slot: a 15495 | b 3300\n```\n")
        for seed: UInt64 in 1...20 {
            let words = try file.exercise(seed: seed).variation.values.map(\.text)
            #expect(words == ["a", "15495"] || words == ["b", "3300"])
        }
    }

    @Test func `a variation reaches text, checks, hints, solutions and wrong attempts`() throws {
        let file = try file(
            """
            Find ${word}.
            ```vary
            word: left | right
            ```
            ```cluster
            fill ${word}: 3
            run 7000 DEL ${word}
            ```
            ```check
            [3] ${word} it is
                answer = ${word}
            ```
            ```hint costs 2
            Try ${word}.
            ```
            """,
            solution:
                "So:\n```redis\nlab> answer ${word}\n```\n```wrong\nlab> answer no-${word}\n! no\n```"
        )
        let exercise = try file.exercise(seed: 1)
        let word = exercise.variation.values[0].text
        let solution = try #require(exercise.solution)
        guard case .prose(let task) = exercise.task.first else {
            Issue.record("the task is prose")
            return
        }
        #expect(task.written == "Find \(word).")
        #expect(exercise.requirements.map(\.label) == ["\(word) it is"])
        #expect(
            exercise.requirements[0].conditions[0].condition
                == .compare(.answer, .equal, .literal(word)))
        #expect(exercise.hints.map(\.text.written) == ["Try \(word)."])
        #expect(exercise.hints.map(\.cost) == [2])
        #expect(exercise.start.fills.map(\.prefix) == [word + ":"])
        guard case .command(let port, let line) = exercise.start.deeds.first else {
            Issue.record("a command is run")
            return
        }
        #expect(port != nil)
        #expect(line.text.written == "DEL \(word)")
        #expect(solution.transcripts.map(\.text.written) == ["lab> answer \(word)"])
        #expect(solution.wrong.map(\.transcript.text.written) == ["lab> answer no-\(word)"])
    }

    @Test(arguments: [
        ("```vary\nuser 42\n```", "a line of a vary block is 'name: a | b | c' or 'name: 1..9'"),
        ("```vary\nuser: 42\n```", "one choice is none"),
        ("```vary\na b: 1 2 | 3\n```", "'3' has 1 words for 2"),
        ("```vary\na b: 1..3\n```", "a range is for one name"),
        ("```vary\na1: 1 | 3\n```", "a name of a vary block has letters only"),
        ("```vary\na: \"x | 3\n```", "a quote is left open"),
        ("```check\n[x] A\n    answer = 1\n```", "points are written [3], [3 kept] or [3 once]; a step has [once]"),
        (
            "```check\n[3 ever] A\n    answer = 1\n```",
            "points are written [3], [3 kept] or [3 once]; a step has [once]"
        ),
        ("```hint costs much\nH\n```", "unknown option 'much' of a 'hint' block; there are: costs"),
        ("```hint costs\nH\n```", "a hint's price is written 'hint costs 1'"),
        ("## Step\nText.", "an exercise has no ## steps"),
    ])
    func `a mistake in an exercise is told`(body: String, message: String) {
        #expect { try file(body) } throws: { ($0 as? LessonError)?.message == message }
    }

    @Test func `an exercise says that it is one, and a lesson does not`() {
        #expect(throws: LessonError.self) {
            try ExerciseFile(
                path: "practice/01-e.md", text: "---\nid: e\ntitle: E\n---\n", solution: nil)
        }
        #expect(throws: LessonError.self) {
            try LessonParser(path: "01-a/01-b.md", folder: "Lessons").lesson(Self.header + "## A\n")
        }
    }

    // MARK: Scores

    @Test func `each requirement is scored by itself, and says why points are lacking`() throws {
        let grade = try grade(
            """
            [3] A
                slot(abc) = 3000
            [2] B
                slot(abc) = 5
                wrong slot(abc) > 2000: Too far, at ${slot(abc)}.
            [1] C
                slot(abc) = 6
                lacks: Look at ${slot(a)}.
            [4] D
                slot(abc) = 7
            """)
        #expect(grade.items.map(\.got) == [3, 0, 0, 0])
        #expect(grade.items.map(\.reason) == [nil, "Too far, at 3000.", "Look at 1000.", nil])
        #expect(
            grade.items.map(\.tick.now) == ["", " (now: 3000)", " (now: 3000)", " (now: 3000)"])
        #expect((grade.score, grade.points, grade.pass) == (3, 10, 7))
        #expect(!grade.isPassed)
    }

    @Test func `what is only kept counts beside something that was brought about`() throws {
        let kept = "[4 kept] A\n    slot(abc) = 3000\n"
        let alone = try grade(kept + "[6] B\n    ran PING")
        #expect(alone.score == 0)
        #expect(
            alone.items[0].reason == "So it was at the start. It counts together with another one.")
        let both = try grade(
            kept + "[6] B\n    ran PING", typed: [Exchange("PING", .simpleString("PONG"))])
        #expect(both.score == 10)
        #expect(both.isFull)
    }

    @Test func `hints cost points, but nobody falls below none`() throws {
        let check = "[2] A\n    slot(abc) = 3000\n[1] B\n    slot(abc) = 1"
        #expect(try grade(check, hints: 1).score == 1)
        #expect(try grade(check, hints: 3).score == 0)
    }

    @Test func `what has held once counts to the end`() throws {
        let exercise = try file("```check\n[2 once] A\n    answer = 1\n[2] B\n    answer = 2\n```")
            .sample
        let observer = ClusterObserver(cluster: FakeCluster())
        var runner = PracticeRunner(
            exercise: exercise, seed: 1, at: NodeAddress(port: 7000), began: .zero)
        runner.journal.answer = "1"
        #expect(try runner.grade(by: observer, waits: false).score == 2)
        runner.journal.answer = "2"
        #expect(try runner.grade(by: observer, waits: false).score == 4)
    }

    @Test func `values may be handed in under names`() throws {
        var journal = Journal(currentNode: NodeAddress(port: 7000))
        journal.answer = "total 12"
        journal.answer = "7000 5"
        #expect(journal.answers == ["total": "12", "7000": "5"])
    }

    @Test(arguments: [
        "@all served() = 16384", "@all known() = 6", "views() = 1", "imbalance() = 1",
        "epochs() = 3", "@masters open() = 0", "@masters copies() = 1", "number(user:12) = 12",
        "not number(user:x) = 12",
    ])
    func `a value of the whole cluster`(condition: String) throws {
        let grade = try grade("[1] A\n    \(condition)")
        #expect(grade.isFull)
    }

    @Test func `a line of a patient transcript is typed again until its reply fits`() throws {
        let tries = Counter()
        let cluster = FakeCluster { _, words in
            words == ["INCR", "x"] ? .integer(Int64(tries.next())) : nil
        }
        func solution(_ block: String) throws -> [TranscriptPlayer.Difference] {
            let text = "```\(block)\n127.0.0.1:7000> INCR x\n(integer) 3\n```"
            let exercise = try file("Text.", solution: text).sample
            let transcript = try #require(exercise.solution?.transcripts.first)
            var player = TranscriptPlayer(
                cluster: cluster, observer: ClusterObserver(cluster: cluster),
                at: NodeAddress(port: 7000))
            return try player.play(transcript)
        }
        #expect(try solution("redis").count == 1)
        #expect(try solution("redis within 30s") == [])
        #expect(throws: LessonError.self) { try solution("redis within") }
    }

    @Test func `a score does not wait for what has to be handed in`() throws {
        let body = """
            ```check
            [1] A
                within 30s: answer(count) = slot(abc)
            [1] B
                within 30s: slot(abc) = 1
            ```
            """
        let exercise = try file(body, solution: nil).sample
        func grade(_ answer: String?) throws -> [String] {
            let cluster = try SimulatedLab().start(ClusterPlan())
            var waited: [String] = []
            var runner = PracticeRunner(
                exercise: exercise, seed: 1, at: NodeAddress(port: 7000), began: .zero)
            runner.journal.answer = answer
            runner.journal.note("map", printed: "")
            _ = try runner.grade(by: ClusterObserver(cluster: cluster), waits: true) { labels, _ in
                waited += labels
            }
            return waited
        }
        #expect(try grade(nil) == ["B"])
        #expect(try grade("count 5") == ["A", "B"])
    }

    // MARK: Linter and verifier

    private func problems(check: String, solution: String, in body: String = hints) throws
        -> [String]
    {
        let file = try file("```check\n\(check)\n```\n" + body, solution: solution)
        let course = Course(exercises: [file])
        return LessonVerifier(course: course, backend: FakeBackend()).verify().problems
            .map(\.description)
    }

    private let solution = "```redis\nlab> answer 3000\n```\n"
    private let wrong = "```wrong\nlab> answer 5\n! Five\n```"
    private let check = "[1] A\n    answer = slot(abc)\n    wrong answer = 5: Five is too few."

    @Test func `an exercise that is as it should be has no problem`() throws {
        #expect(try problems(check: check, solution: solution + wrong) == [])
    }

    @Test func `the linter wants points, three hints, a solution and a wrong attempt`() throws {
        let text = Self.header + "```check\nA\n    answer = 1\n```"
        let bare = try ExerciseFile(path: "practice/01-e.md", text: text, solution: nil)
        #expect(
            LessonLinter.problems(of: Course(exercises: [bare])).map(\.description) == [
                "Lessons/practice/01-e.md:7: 'A' has no points",
                "Lessons/practice/01-e.md:1: no solution: Solutions/practice/01-e.md",
                "Lessons/practice/01-e.md:1: 0 hints; there are to be 3",
            ])
        #expect(
            try problems(check: check, solution: "Nothing.") == [
                "Solutions/practice/01-e.md:1: types nothing",
                "Solutions/practice/01-e.md:1: no wrong attempt",
            ]
                + (1...3).map {
                    "Solutions/practice/01-e.md:1: seed \($0): the solution leaves open: A (line 8, now: no answer yet)"
                })
    }

    @Test func `a requirement that holds at the start is a problem unless it is kept`() throws {
        let at = "Lessons/practice/01-e.md:10: seed "
        #expect(
            try problems(check: check + "\n[1] B\n    slot(abc) = 3000", solution: solution + wrong)
                == (1...3).map { "\(at)\($0): 'B' holds before anything is done" })
        #expect(
            try problems(
                check: check + "\n[1 kept] B\n    slot(abc) = 3000", solution: solution + wrong)
                == [])
    }

    @Test func `a wrong attempt must not get all points, and gets its sentence`() throws {
        let full = "```wrong\nlab> answer 3000\n! Five\n```"
        #expect(
            try problems(check: check, solution: solution + full)
                == ["Solutions/practice/01-e.md:4: this wrong attempt gets all points"])
        let other = "```wrong\nlab> answer 6\n! Five\n```"
        #expect(
            try problems(check: check, solution: solution + other)
                == [
                    "Solutions/practice/01-e.md:4: this wrong attempt is not answered 'Five' but: nothing"
                ])
    }
}
