import Foundation
import Lab
import Lessons
import Testing

struct ProgressReportTests {
    private let course: Course

    init() throws {
        func step(_ title: String) -> String {
            "## \(title)\n```check\nA\n    answer = 1\n```\n```hint\nH\n```\n```hint\nI\n```\n"
        }
        func lesson(_ id: String) throws(LessonError) -> Lesson {
            let steps = step("One") + step("Two | three") + step("Four")
            return try LessonParser(path: "01-a/01-\(id).md", folder: "Lessons").lesson(
                "---\nid: \(id)\ntitle: Lesson \(id)\nminutes: 9\n---\n\(steps)## Recap\nBye.")
        }
        let exercise =
            "---\nid: e\ntitle: E\nkind: practice\n---\n```check\n[10] A\n    answer = 1\n```\n"
        course = Course(
            lessons: [try lesson("a"), try lesson("b")],
            exercises: [try ExerciseFile(path: "practice/01-e.md", text: exercise, solution: nil)])
    }

    private func key(_ lesson: String, _ step: String) -> ProgressStore.StepKey {
        .init(lesson: lesson, step: step)
    }

    private var progress: ProgressStore {
        var progress = ProgressStore(path: nil)
        progress.set(.done, for: key("a", "one"))
        progress.set(.partial, for: key("a", "two-three"))
        progress.set(.skipped, for: key("a", "four"))
        progress.noteHints(2, of: key("a", "two-three"))
        progress.set(.done, for: key("gone", "x"))
        progress.begin("e", seed: 7)
        progress.begin("e", seed: 8)
        progress.add(.init(score: 6, points: 10, seconds: 133, hints: 1, seed: 8), of: "e")
        return progress
    }

    @Test func `done, partial, skipped and not begun are told apart`() {
        let report = ProgressReport(of: course, progress)
        #expect(
            report.lines == [
                "1 of 6 steps done, 1 partial, 1 skipped, about 15 minutes left.",
                "  [~] 1 Lesson a: 1 of 3 steps done, 1 partial, 1 skipped, 2 hints read",
                "        [~] Two | three", "        [-] Four", "  [ ] 2 Lesson b",
                "0 of 1 exercise passed.",
                "  [~] 1 E: best 6 of 10 in 2:13, 1 hint, 2 goes, seed 8",
                "[x] done, [~] partial, [-] skipped, [ ] not begun",
            ])
    }

    @Test func `a lesson is skipped when nothing of it is left, and done when all is`() {
        var progress = ProgressStore(path: nil)
        for step in ["one", "two-three"] { progress.set(.done, for: key("b", step)) }
        progress.set(.skipped, for: key("b", "four"))
        #expect(ProgressReport(of: course, progress).lessons.map(\.state) == [.open, .skipped])
        progress.set(.done, for: key("b", "four"))
        #expect(ProgressReport(of: course, progress).lessons.map(\.state) == [.open, .done])
    }

    @Test func `the Markdown is readable as it is`() {
        let report = ProgressReport(of: course, progress, learner: "Ada | Lovelace")
        #expect(
            report.markdown == #"""
                # Progress: Ada \| Lovelace

                1 of 6 steps done, 1 partial, 1 skipped, about 15 minutes left. 0 of 1 exercise passed.

                ## Lesson 1: Lesson a

                partial: 1 of 3 steps done, 1 partial, 1 skipped, 2 hints read

                | step         | state   | hints  |
                |--------------|---------|--------|
                | One          | done    |        |
                | Two \| three | partial | 2 of 2 |
                | Four         | skipped |        |

                ## Lesson 2: Lesson b

                open

                | step         | state | hints |
                |--------------|-------|-------|
                | One          | open  |       |
                | Two \| three | open  |       |
                | Four         | open  |       |

                ## Exercises

                | exercise | state   | best    | time | hints | goes | graded | seed |
                |----------|---------|---------|------|-------|------|--------|------|
                | 1. E     | partial | 6 of 10 | 2:13 | 1     | 2    | 1      | 8    |

                ## Not in this course

                - gone x

                """#)
    }

    @Test func `the JSON has what is written down of it`() throws {
        let text = ProgressReport(of: course, progress, learner: "Ada \"A\" Lovelace").json
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(report["schema"] as? String == "clusterlab progress report")
        #expect(report["version"] as? Int == ProgressReport.schemaVersion)
        #expect(report["learner"] as? String == "Ada \"A\" Lovelace")
        #expect(
            report["steps"] as? [String: Int] == ["done": 1, "partial": 1, "skipped": 1, "open": 3])
        let lessons = try #require(report["lessons"] as? [[String: Any]])
        let steps = try #require(lessons[0]["steps"] as? [[String: Any]])
        #expect(steps.map { $0["state"] as? String } == ["done", "partial", "skipped"])
        #expect(steps[1]["hintsRead"] as? Int == 2)
        let exercises = try #require(report["exercises"] as? [[String: Any]])
        let best = try #require(exercises[0]["best"] as? [String: Any])
        #expect(best["seconds"] as? Int == 133)
        #expect(best["seed"] as? String == "8")
        #expect(exercises[0]["seeds"] as? [String] == ["7", "8"])
        #expect(report["others"] as? [String] == ["gone x"])
    }
}
