import Lab
import LabBackends
import Lessons
import Shell
import TestSupport
import Testing

/// `lessons new`: where it goes, and that what it makes holds.
@Suite(.timeLimit(.minutes(1))) struct LessonPlaceTests {
    private let home: TemporaryFolder
    private var folder: String { home.path }

    init() throws {
        home = try TemporaryFolder()
    }

    private func place(
        _ id: String, topic: String? = nil, isPractice: Bool = false
    ) throws -> LessonPlace {
        try LessonPlace(
            for: id, in: try Course(folder: folder), folder: folder, topic: topic,
            isPractice: isPractice)
    }

    private func refusal(_ id: String, topic: String? = nil) -> String? {
        do {
            _ = try place(id, topic: topic)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func make(_ id: String, topic: String? = nil, isPractice: Bool = false) throws {
        let form =
            isPractice
            ? LessonForm.exercise(id: id, title: LessonDraft.title(of: id))
            : LessonForm.lesson(id: id, title: LessonDraft.title(of: id))
        try place(id, topic: topic, isPractice: isPractice).write(
            lesson: form.text, solution: form.solution)
    }

    @Test func `an empty folder gets its first lesson, and the next ones their numbers`() throws {
        #expect(try place("first-key").path == "01-lessons/01-first-key.md")
        try make("first-key")
        #expect(try place("second").path == "01-lessons/02-second.md")
        #expect(try place("other", topic: "failover").path == "02-failover/01-other.md")
        try make("other", topic: "07-failover")
        #expect(try place("third").path == "07-failover/02-third.md")
        #expect(try place("third", topic: "failover").path == "07-failover/02-third.md")
        #expect(try place("third", topic: "01-lessons").path == "01-lessons/02-third.md")
        #expect(try place("third", topic: "new").path == "08-new/01-third.md")
        #expect(try place("count", isPractice: true).path == "practice/01-count.md")
    }

    @Test func `an id that is taken or cannot be is refused`() throws {
        try make("first-key")
        try make("count", isPractice: true)
        #expect(
            refusal("first-key")
                == "the id 'first-key' is that of Lessons/01-lessons/01-first-key.md")
        #expect(refusal("count") == "the id 'count' is that of Lessons/practice/01-count.md")
        #expect(refusal("a b") == "the id 'a b' has a blank in it")
        #expect(refusal("17") == "the id '17' has no letter; a number means a place in the list")
        #expect(
            refusal("../x")
                == "the id '../x' may have small letters, digits and hyphens between them")
        #expect(
            refusal("x", topic: "../..")
                == "a folder is named such as 02-failover, or failover for the next number; not '../..'"
        )
        let again = try LessonPlace(at: "\(folder)/Lessons/01-lessons/01-first-key.md")
        #expect(throws: LessonPlace.Refusal.self) { try again.write(lesson: "", solution: "") }
        #expect(throws: LessonPlace.Refusal.self) { try LessonPlace(at: "\(folder)/first.md") }
    }

    @Test func `what is made passes the check and holds`() throws {
        try make("first-key")
        try make("count", isPractice: true)
        let course = try Course(folder: folder)
        #expect(LessonLinter.problems(of: course).map(\.description) == [])
        let report = LessonVerifier(course: course, backend: SimulatedLab(), prompts: .shell()).verify()
        #expect(report.problems.map(\.description) == [])
        #expect(report.steps == 2)
        #expect(report.wrongAttempts == 4)
    }
}
