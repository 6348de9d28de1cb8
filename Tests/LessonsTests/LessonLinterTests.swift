import Lab
import Lessons
import TestSupport
import Testing

/// What `lessons check` refuses, each as the one mistake of a course that is right without it.
struct LessonLinterTests {
    /// A course of one lesson and one exercise, in files.
    struct Files {
        var texts: [String: String] = [
            "Lessons/01-a/01-one.md": lesson, "Solutions/01-a/01-one.md": solution,
            "Lessons/practice/01-e.md": exercise, "Solutions/practice/01-e.md": exerciseSolution,
        ]

        static let lesson = """
            ---
            id: one
            title: One
            minutes: 5
            ---
            Welcome.
            ```cluster
            masters 3
            replicas 1
            ```
            ## Store
            Store it.
            ```check
            It is there
                @owner(a) EXISTS a = 1
                wrong ran GET a giving nil: You have read it.
            ```
            ```hint
            SET
            ```
            ## Recap
            Bye.
            """
        static let solution = """
            ## Store
            ```redis
            127.0.0.1:7002> SET a 1
            OK
            ```
            ```wrong
            127.0.0.1:7002> GET a
            ! You have read
            ```
            """
        static let exercise = """
            ---
            id: e
            title: E
            kind: practice
            ---
            Store it.
            ```check
            [1] It is there
                @owner(a) EXISTS a = 1
                lacks: Not there.
            ```
            ```hint
            A
            ```
            ```hint
            B
            ```
            ```hint
            C
            ```
            """
        static let exerciseSolution = """
            ```redis
            127.0.0.1:7002> SET a 1
            ```
            ```wrong
            127.0.0.1:7002> GET a
            ! Not there
            ```
            """
    }

    /// A change that makes one mistake, and how it is told.
    struct Mistake: CustomTestStringConvertible {
        var file: String
        var old: String
        var new: String
        var problems: [String]

        var testDescription: String { problems.first ?? "" }

        /// One word for another in the lesson.
        static func lesson(_ old: String, _ new: String, _ problems: String...) -> Mistake {
            Mistake(file: "Lessons/01-a/01-one.md", old: old, new: new, problems: problems)
        }

        static func solution(_ old: String, _ new: String, _ problems: String...) -> Mistake {
            Mistake(file: "Solutions/01-a/01-one.md", old: old, new: new, problems: problems)
        }

        static func exercise(_ old: String, _ new: String, _ problems: String...) -> Mistake {
            Mistake(file: "Lessons/practice/01-e.md", old: old, new: new, problems: problems)
        }

        static func answer(_ old: String, _ new: String, _ problems: String...) -> Mistake {
            Mistake(file: "Solutions/practice/01-e.md", old: old, new: new, problems: problems)
        }
    }

    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
    }

    private func problems(_ files: Files, in name: String) throws -> [String] {
        let root = "\(home.path)/\(name)"
        for (path, text) in files.texts { try TextFile.replace("\(root)/\(path)", with: text) }
        return LessonLinter.problems(of: try Course(folder: root)).map(\.description)
    }

    @Test func `a course that is as it should be has no mistake`() throws {
        #expect(try problems(Files(), in: "right") == [])
    }

    static let mistakes: [Mistake] = [
        // Headers.
        .lesson(
            "id: one", "idd: one",
            "Lessons/01-a/01-one.md:2: unknown header 'idd'; did you mean 'id'?"),
        .lesson("id: one\n", "", "Lessons/01-a/01-one.md:1: the header has no 'id'"),
        .lesson("id: one", "id: o ne", "Lessons/01-a/01-one.md:1: the id 'o ne' has a blank in it"),
        .lesson(
            "id: one", "id: One",
            "Lessons/01-a/01-one.md:1: the id 'One' may have small letters, digits and hyphens between them"
        ),
        .lesson(
            "id: one", "id: 12",
            "Lessons/01-a/01-one.md:1: the id '12' has no letter; a number means a place in the list"
        ),
        .lesson("minutes: 5", "minutes: five", "Lessons/01-a/01-one.md:4: minutes is no number"),
        .lesson("id: one", "id: e", "Lessons/practice/01-e.md:1: the id 'e' is taken"),
        .exercise(
            "kind: practice", "kind: practise",
            "Lessons/practice/01-e.md:4: the header of an exercise has 'kind: practice', not 'practise'"
        ),
        // Steps without what every step has.
        .lesson(
            "```hint\nSET\n```\n", "", "Lessons/01-a/01-one.md:11: 'Store' has no hint"),
        .lesson(
            "```check\nIt is there\n    @owner(a) EXISTS a = 1\n    wrong ran GET a giving nil: You have read it.\n```\n",
            "", "Lessons/01-a/01-one.md:11: 'Store' has no check",
            "Solutions/01-a/01-one.md:6: no sentence of the check answers 'You have read'; the check has no 'wrong' line"
        ),
        .lesson("## Recap\nBye.", "", "Lessons/01-a/01-one.md:1: the lesson has no ## Recap"),
        // Blocks and the check language.
        .lesson(
            "```check", "```chek",
            "Lessons/01-a/01-one.md:13: unknown block 'chek'; did you mean 'check'?"),
        .lesson(
            "```hint\n", "```hint cost 1\n",
            "Lessons/01-a/01-one.md:18: unknown option 'cost' of a 'hint' block; did you mean 'costs'?"
        ),
        .lesson(
            "masters 3", "master 3",
            "Lessons/01-a/01-one.md:8: unknown setting 'master'; did you mean 'masters'?"),
        .lesson(
            "masters 3", "masters -3", "Lessons/01-a/01-one.md:8: 'masters' takes 0 to 1000, not -3"
        ),
        .lesson(
            "masters 3", "masters 30",
            "Lessons/01-a/01-one.md:1: 60 nodes; a lesson has 20 at most: 7000 to 7019 move with the lab's ports"
        ),
        .lesson(
            "replicas 1", "replicas 1\nrun 7006 PING",
            "Lessons/01-a/01-one.md:10: 'run 7006': the cluster has no such node, only 7000 to 7005"
        ),
        .lesson(
            "@owner(a) EXISTS a = 1", "ownr(a) = 7000",
            "Lessons/01-a/01-one.md:15: unknown function 'ownr'; did you mean 'owner'?"),
        .lesson(
            "@owner(a) EXISTS", "@mastrs EXISTS",
            "Lessons/01-a/01-one.md:15: unknown node '@mastrs'; did you mean '@masters'?"),
        .lesson(
            "giving nil", "giving nill",
            "Lessons/01-a/01-one.md:16: unknown reply 'nill'; did you mean 'nil'?"),
        .lesson(
            "wrong ran GET a giving nil", "wrong ran GETT a giving nil",
            "Lessons/01-a/01-one.md:16: Redis has no command 'GETT'; did you mean 'GET'?"),
        .lesson(
            "wrong ran GET a giving nil", "wrong ran get a giving nil",
            "Lessons/01-a/01-one.md:16: Redis has no command 'get'; did you mean 'GET'?"),
        .lesson(
            "wrong ran GET a giving nil", "wrong ran CLUSTER KEYSLOTT a giving nil",
            "Lessons/01-a/01-one.md:16: CLUSTER has no 'KEYSLOTT'; did you mean 'KEYSLOT'?"),
        .lesson(
            "wrong ran GET a giving nil", "wrong ran GET a with SET b *",
            "Lessons/01-a/01-one.md:16: 'with' stands between EXEC and what it ran: ran EXEC with SET a * with SET b *"
        ),
        .lesson(
            "wrong ran GET a giving nil", "wrong saw MOVES",
            "Lessons/01-a/01-one.md:16: unknown reply 'MOVES'; did you mean 'MOVED'?"),
        .lesson(
            "wrong ran GET a giving nil", "wrong event failed 7010",
            "Lessons/01-a/01-one.md:16: the cluster has no node 7010, only 7000 to 7005"),
        .lesson(
            "    @owner(a) EXISTS a = 1", "    role(7009) = master",
            "Lessons/01-a/01-one.md:15: the cluster has no node 7009, only 7000 to 7005"),
        .lesson(
            "    @owner(a) EXISTS a = 1", "@owner(a) EXISTS a = 1",
            "Lessons/01-a/01-one.md:15: '@owner(a) EXISTS a = 1' stands at the margin; indent it below its label"
        ),
        .lesson(
            "    @owner(a) EXISTS a = 1", "    @owner(a) EXISTS ${a} = 1",
            "Lessons/01-a/01-one.md:15: unknown word '${a}'"),
        .lesson(
            "SET\n```\n", "Once\nor twice:\n`SET a ${slto(a)}`\n```\n",
            "Lessons/01-a/01-one.md:21: unknown function 'slto'; did you mean 'slot'?"),
        .lesson(
            "You have read it.\n```\n", "You have read it.\n",
            "Lessons/01-a/01-one.md:13: the 'check' block is not closed before '```hint' in line 17"),
        // Lines that the lab types.
        .lesson(
            "Store it.\n", "Store it.\n```fault\ncrash 7001\ncrsh 7001\n```\n",
            "Lessons/01-a/01-one.md:15: 'crsh' is no word of the lab; did you mean 'crash'?"),
        .lesson(
            "Store it.\n", "Store it.\n```fault\nuntil fial(7001) within 3s\n```\n",
            "Lessons/01-a/01-one.md:14: 'until' knows no 'fial'; did you mean 'fail'?"),
        .lesson(
            "Store it.\n", "Store it.\n```fault\nuntil fail(7009) within 3s\n```\n",
            "Lessons/01-a/01-one.md:14: 'until fail 7009': the cluster has no such node, only 7000 to 7005"
        ),
        .lesson(
            "Store it.\n", "Store it.\n```fault\ncrash 7009\n```\n",
            "Lessons/01-a/01-one.md:14: 'crash 7009': the cluster has no such node, only 7000 to 7005"
        ),
        .lesson(
            "Store it.\n", "Store it.\n```fault\nDEL a\n```\n",
            "Lessons/01-a/01-one.md:14: 'DEL' is a command of Redis: say where, as in redis-cli -p 7000 DEL …"
        ),
        .lesson(
            "replicas 1", "replicas 1\ndo writr start 50",
            "Lessons/01-a/01-one.md:10: 'writr' is no word of the lab; did you mean 'writer'?"),
        // Pairs.
        .solution(
            "## Store", "## Stor", "Solutions/01-a/01-one.md:1: no solution of the step 'Store'",
            "Solutions/01-a/01-one.md:1: no step 'Stor'; did you mean 'Store'?"),
        .solution(
            "```wrong\n127.0.0.1:7002> GET a\n! You have read\n```",
            "## Store\n```redis\n127.0.0.1:7002> PING\n```",
            "Solutions/01-a/01-one.md:6: 'Store' is solved twice"),
        .solution(
            "```redis\n127.0.0.1:7002> SET a 1\nOK\n```\n", "",
            "Solutions/01-a/01-one.md:1: 'Store' types nothing"),
        .solution(
            "! You have read\n", "",
            "Solutions/01-a/01-one.md:6: a wrong attempt needs a line '! sentence' that must answer it"
        ),
        .solution(
            "! You have read", "! You have raed",
            "Solutions/01-a/01-one.md:6: no sentence of the check answers 'You have raed'; did you mean 'You have read it.'?"
        ),
        // Exercises.
        .exercise("[1] It", "It", "Lessons/practice/01-e.md:8: 'It is there' has no points"),
        .exercise("```hint\nC\n```", "", "Lessons/practice/01-e.md:1: 2 hints; there are to be 3"),
        .exercise(
            "[1]", "[1 kept]", "Lessons/practice/01-e.md:1: nothing is to be brought about"),
        .exercise(
            "[1]", "[1 keept]",
            "Lessons/practice/01-e.md:8: points are written [3], [3 kept] or [3 once]; a step has [once]"),
        .exercise(
            "kind: practice", "kind: practice\npass: 17",
            "Lessons/practice/01-e.md:5: 'pass: 17' is more than the 1 points that there are"),
        .exercise(
            "Store it.\n", "Store ${cont}.\n```vary\ncount: 3..6\n```\n",
            "Lessons/practice/01-e.md:6: ${cont} is no value that can be asked for; did you mean '${count}'?"
        ),
        .exercise(
            "@owner(a) EXISTS a = 1\n    lacks: Not there.",
            "keys(a) = ${cont}\n    lacks: Not there.\n```\n```vary\ncount: 3..6",
            "Lessons/practice/01-e.md:9: unknown word '${cont}'; did you mean '${count}'?"),
        .exercise(
            "Store it.\n", "Store it.\n```vary\ncount: 6..3\n```\n",
            "Lessons/practice/01-e.md:8: the range 6..3 is upside down: write 3..6"),
        .answer(
            "127.0.0.1:7002> SET", "127.0.0.1:${too}> SET",
            "Solutions/practice/01-e.md:2: ${too} is no value that can be asked for"),
        .answer(
            "```wrong\n127.0.0.1:7002> GET a\n! Not there\n```", "",
            "Solutions/practice/01-e.md:1: no wrong attempt"),
        .answer(
            "```redis\n127.0.0.1:7002> SET a 1\n```\n", "",
            "Solutions/practice/01-e.md:1: types nothing"),
        .answer(
            "! Not there", "! Not here",
            "Solutions/practice/01-e.md:4: no sentence of the check answers 'Not here'; did you mean 'Not there.'?"
        ),
    ]

    @Test(arguments: mistakes.indices)
    func `each mistake is told by file, line and the nearest right word`(index: Int) throws {
        let mistake = Self.mistakes[index]
        var files = Files()
        let text = try #require(files.texts[mistake.file])
        try #require(text.contains(mistake.old))
        files.texts[mistake.file] = text.replacing(
            mistake.old, with: mistake.new, maxReplacements: 1)
        #expect(try problems(files, in: "mistake-\(index)") == mistake.problems)
    }

    @Test func `files without their pair, strays and shared numbers are refused`() throws {
        var files = Files()
        files.texts["Solutions/01-a/01-one.md"] = nil
        files.texts["Solutions/practice/01-e.md"] = nil
        #expect(
            try problems(files, in: "unpaired") == [
                "Lessons/01-a/01-one.md:1: no solution: Solutions/01-a/01-one.md",
                "Lessons/practice/01-e.md:1: no solution: Solutions/practice/01-e.md",
            ])
        files = Files()
        files.texts["Lessons/01-a/notes.txt"] = ""
        files.texts["Lessons/02-alone.md"] = Files.lesson
        files.texts["Solutions/01-a/02-gone.md"] = Files.solution
        files.texts["Solutions/practice/02-gone.md"] = Files.exerciseSolution
        let stray =
            "a stray file; lessons and solutions are named 01-topic/01-name.md, exercises practice/01-name.md"
        #expect(
            try problems(files, in: "strays") == [
                "Lessons/01-a/notes.txt:1: \(stray)", "Lessons/02-alone.md:1: \(stray)",
                "Solutions/practice/02-gone.md:1: no exercise: Lessons/practice/02-gone.md",
                "Solutions/01-a/02-gone.md:1: no lesson: Lessons/01-a/02-gone.md",
            ])
        files = Files()
        files.texts["Lessons/01-a/01-other.md"] = Files.lesson.replacing(
            "id: one", with: "id: other")
        files.texts["Solutions/01-a/01-other.md"] = Files.solution
        #expect(
            try problems(files, in: "numbers") == [
                "Lessons/01-a/01-other.md:1: the number 01 is also that of Lessons/01-a/01-one.md"
            ])
        files.texts["Lessons/01-a/01-other.md"] = Files.lesson
        #expect(
            try problems(files, in: "numbers").contains(
                "Lessons/01-a/01-other.md:1: the id 'one' is also that of Lessons/01-a/01-one.md"))
    }
}
