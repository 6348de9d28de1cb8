import Lab
import Lessons
import Testing

struct LessonParserTests {
    private static let text = """
        ---
        id: slots
        title: Where does a key live?
        minutes: 8
        ---
        Hello *there*.

        ```cluster
        masters 3
        replicas 2
        fill page: 300
        ```

        ## Ask for a slot

        Ask 7000.

        ```conf
        ## no step
        port 7000
        ```

        ```redis
        127.0.0.1:7000> CLUSTER KEYSLOT user:1
        (integer) 10778
        ```

        ```predict
        Which slot?
        truth: slot(user:1)
        ```

        ```check
        The slot is handed in
            answer = slot(user:1)
            wrong answer = 1234: Ask a node: `CLUSTER KEYSLOT user:1`
            proven: it is ${slot(user:1)}
        The cluster is ok
            within 10s: @all CLUSTER INFO | cluster_state = ok
        ```

        ```hint
        Which command?
        ```

        ```hint
        This one.
        ```

        ```why
        Arithmetic.
        ```

        ## Recap

        That was it.
        """

    private func parse(_ text: String, first port: Int = 7000) throws(LessonError) -> Lesson {
        try LessonParser(path: "01-a/01-b.md", folder: "Lessons", ports: PortShift(first: port))
            .lesson(text)
    }

    @Test func `a lesson is read with its header, start, steps and recap`() throws {
        let lesson = try parse(Self.text)
        #expect(lesson.id == "slots")
        #expect(lesson.title == "Where does a key live?")
        #expect(lesson.minutes == 8)
        #expect(lesson.start.plan == ClusterPlan(masters: 3, replicas: 2))
        #expect(
            lesson.start.fills.map(\.prefix) == ["page:"]
                && lesson.start.fills.map(\.count) == [300])
        #expect(lesson.steps.map(\.id) == ["ask-for-a-slot"])
        #expect(lesson.recap.count == 1)
        let step = try #require(lesson.steps.first)
        #expect(step.line == 14)
        #expect(step.hints.map(\.written) == ["Which command?", "This one."])
        #expect(step.why?.written == "Arithmetic.")
        #expect(step.prediction?.question.written == "Which slot?")
        #expect(step.requirements.map(\.label) == ["The slot is handed in", "The cluster is ok"])
        #expect(step.requirements[1].conditions[0].patience == .seconds(10))
        #expect(step.requirements[0].wrong[0].line == 36)
    }

    @Test func `a fenced block of another language is prose, headings in it are none`() throws {
        let step = try #require(try parse(Self.text).steps.first)
        guard case .prose(let prose) = step.body[1] else {
            Issue.record("no prose: \(step.body)")
            return
        }
        #expect(prose.written == "```conf\n## no step\nport 7000\n```")
    }

    @Test func `with another first port text, transcripts and checks move`() throws {
        let lesson = try parse(Self.text, first: 21000)
        let step = try #require(lesson.steps.first)
        #expect(lesson.start.plan.port == 21000)
        guard case .prose(let prose) = step.body[0], case .transcript(let transcript) = step.body[2]
        else {
            Issue.record("unexpected blocks: \(step.body)")
            return
        }
        #expect(prose.written == "Ask 21000.")
        #expect(transcript.entries.map(\.port) == [21000])
        #expect(transcript.entries[0].expected.map(\.written) == ["(integer) 10778"])
    }

    struct Mistake: CustomTestStringConvertible {
        var replacing: String
        var by: String
        var message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Mistake(
            replacing: "```check", by: "```chek",
            message: "Lessons/01-a/01-b.md:33: unknown block 'chek'; did you mean 'check'?"),
        Mistake(
            replacing: "minutes: 8", by: "minuts: 8",
            message: "Lessons/01-a/01-b.md:4: unknown header 'minuts'; did you mean 'minutes'?"),
        Mistake(
            replacing: "id: slots\n", by: "",
            message: "Lessons/01-a/01-b.md:1: the header has no 'id'"),
        Mistake(
            replacing: "masters 3", by: "mastres 3",
            message: "Lessons/01-a/01-b.md:9: unknown setting 'mastres'; did you mean 'masters'?"),
        Mistake(
            replacing: "answer = slot(user:1)", by: "answer = slots(user:1)",
            message: "Lessons/01-a/01-b.md:35: slots() wants a node's port, not 'user:1'"),
        Mistake(
            replacing: "answer = slot(user:1)", by: "answer = slto(user:1)",
            message: "Lessons/01-a/01-b.md:35: unknown function 'slto'; did you mean 'slot'?"),
        Mistake(
            replacing: "answer = slot(user:1)", by: "writer lots = 0",
            message: "Lessons/01-a/01-b.md:35: the writer has no 'lots'; did you mean 'lost'?"),
        Mistake(
            replacing: "answer = slot(user:1)", by: "writer lost now = 0",
            message:
                "Lessons/01-a/01-b.md:35: behind 'writer' belongs one word: acknowledged, refused, "
                + "unconfirmed, unknown, lost, lost-keys, outage, latency"),
        Mistake(
            replacing: "@all CLUSTER", by: "@al CLUSTER",
            message: "Lessons/01-a/01-b.md:39: unknown node '@al'; did you mean '@all'?"),
        Mistake(
            replacing: "within 10s:", by: "within ten:",
            message: "Lessons/01-a/01-b.md:39: 'ten' is no time; write it as 10s"),
        Mistake(
            replacing: "1234: Ask a node: `CLUSTER", by: "1234 `CLUSTER",
            message:
                "Lessons/01-a/01-b.md:36: a colon and a space belong between the condition and the rest"
        ),
        Mistake(
            replacing: "127.0.0.1:7000> CLUSTER", by: "CLUSTER",
            message:
                "Lessons/01-a/01-b.md:24: a transcript begins with a prompt: 127.0.0.1:7000> COMMAND"
        ),
        Mistake(
            replacing: "Arithmetic.\n```", by: "Arithmetic.",
            message: "Lessons/01-a/01-b.md:50: the 'why' block is not closed"),
        Mistake(
            replacing: "it is ${slot(user:1)}", by: "it is ${slot(user:1)",
            message: "Lessons/01-a/01-b.md:37: '${' without its '}'"),
        Mistake(
            replacing: "wrong answer", by: "wrnog answer",
            message: "Lessons/01-a/01-b.md:36: unknown word 'wrnog'; did you mean 'wrong'?"),
        Mistake(
            replacing: "it is ${slot(user:1)}", by: "it is $answer",
            message:
                "Lessons/01-a/01-b.md:37: in a sentence the answer is ${answer}; $answer is for arguments"
        ),
        Mistake(
            replacing: "truth: slot(user:1)", by: "slot(user:1)",
            message: "Lessons/01-a/01-b.md:28: a predict block ends with a line 'truth: VALUE'"),
    ])
    func `a mistake is told with its file, line and the right word`(_ mistake: Mistake) throws {
        let parts = Self.text.split(separator: mistake.replacing, maxSplits: 1)
        let text = parts.joined(separator: mistake.by)
        #expect(throws: LessonError.self) { try parse(text) }
        do {
            _ = try parse(text)
        } catch {
            #expect(error.description == mistake.message)
        }
    }

    @Test func `a solution has steps, transcripts and wrong attempts`() throws {
        let solution = try LessonParser(path: "01-a/01-b.md", folder: "Solutions").solution(
            """
            ## Ask for a slot
            Ask.
            ```redis unordered
            127.0.0.1:7000> CLUSTER KEYSLOT user:1
            lab> answer ${slot(user:1)}
            ```
            ```wrong
            127.0.0.1:7000> answer 1234
            ! Ask a node
            ```
            """)
        #expect(solution.steps.map(\.title) == ["Ask for a slot"])
        #expect(solution.steps[0].transcripts[0].isUnordered)
        #expect(solution.steps[0].transcripts[0].entries.map(\.port) == [7000, nil])
        #expect(solution.steps[0].wrong[0].sentence == "Ask a node")
        #expect(solution.steps[0].wrong[0].exceptions == [])
        #expect(solution.steps[0].wrong[0].line == 7)
    }

    @Test func `a wrong attempt may come to something else on newer servers`() throws {
        func attempt(_ line: String) throws -> Solution.WrongAttempt {
            let text = "## Ask\nAsk.\n```wrong\nlab> answer 1\n! No\n\(line)\n```"
            let solution = try LessonParser(path: "01-a/01-b.md", folder: "Solutions").solution(text)
            return try #require(solution.steps.first?.wrong.first)
        }
        let (redis, valkey) = (EngineVersion("redis 7.2"), EngineVersion("valkey 7.2"))
        #expect(
            try attempt("on redis 7.2, valkey 7.2 ! It may").exceptions
                == [.init(versions: [redis, valkey].compactMap(\.self), sentence: "It may")])
        #expect(
            try attempt("on valkey 7.2 passes").exceptions
                == [.init(versions: [valkey].compactMap(\.self), sentence: nil)])
        for line in ["on valkey 8.0", "on keydb 6.0 ! no", "on valkey passes", "on redis 7.2 ok"] {
            #expect(throws: LessonError.self) { _ = try attempt(line) }
        }
    }

    @Test(arguments: [
        ("redis_version:7.0.15\r\n", "redis 7.2", false),
        ("redis_version:7.2.6\r\n", "redis 7.2", true),
        ("redis_version:8.2.3\r\n", "redis 7.2", true),
        ("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n", "valkey 8.0", true),
        ("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:7.2.7\r\n", "valkey 8.0", false),
        ("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:7.2.7\r\n", "redis 7.2", false),
    ])
    func `a server is known by its INFO`(info: String, version: String, isMeant: Bool) throws {
        let server = try #require(EngineVersion(info: "# Server\r\n" + info))
        #expect(try #require(EngineVersion(version)).includes(server) == isMeant)
    }
}
