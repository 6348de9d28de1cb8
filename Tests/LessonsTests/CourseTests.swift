import Lab
import Lessons
import Testing

struct CourseTests {
    /// The repository's root, three folders above this file.
    static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    private func lesson(_ id: String, path: String, body: String) throws(LessonError) -> Lesson {
        try LessonParser(path: path, folder: "Lessons").lesson(
            "---\nid: \(id)\ntitle: T\n---\n\(body)")
    }

    @Test func `the lessons of this repository have no mistakes`() throws {
        let course = try Course(folder: Self.root)
        #expect(LessonLinter.problems(of: course).map(\.description) == [])
        #expect(course.lessons.count >= 3)
        #expect(course.exercises.count >= 5)
    }

    @Test func `a lesson is found by id, number or the beginning of its id`() throws {
        let course = try Course(folder: Self.root)
        #expect(course.lesson(named: "slots")?.steps.isEmpty == false)
        #expect(course.lesson(named: "slots")?.id == "slots")
        #expect(course.lesson(named: "redi")?.id == "redirects")
        #expect(course.lesson(named: "0") == nil)
        #expect(course.lesson(named: "nothing") == nil)
        #expect(course.exercise(named: "name")?.sample.id == "name-for-a-slot")
        #expect(course.exercise(named: "half")?.sample.id == "half-moved")
        #expect(course.exercise(named: "99") == nil)
    }

    @Test func `the linter finds what does not fit together`() throws {
        let step = "## One\n```check\nA\n    answer = 1\n```\n```hint\nH\n```\n"
        let course = Course(
            lessons: [
                try lesson("a", path: "01-a/01-a.md", body: "\(step)\(step)## Recap\nBye."),
                try lesson("a", path: "01-a/02-a.md", body: "## Two\nText."),
            ],
            solutions: [
                "01-a/01-a.md": try LessonParser(path: "01-a/01-a.md", folder: "Solutions")
                    .solution("## One\nText.\n## Onee\n```redis\nlab> answer 1\n```"),
                "01-a/09-x.md": try LessonParser(path: "01-a/09-x.md", folder: "Solutions")
                    .solution(""),
            ])
        #expect(
            LessonLinter.problems(of: course).map(\.description) == [
                "Lessons/01-a/01-a.md:13: two steps are called 'One'",
                "Lessons/01-a/02-a.md:1: the id 'a' is also that of Lessons/01-a/01-a.md",
                "Lessons/01-a/02-a.md:1: the lesson has no ## Recap",
                "Lessons/01-a/02-a.md:5: 'Two' has no check",
                "Lessons/01-a/02-a.md:5: 'Two' has no hint",
                "Solutions/01-a/01-a.md:1: 'One' types nothing",
                "Solutions/01-a/01-a.md:3: no step 'Onee'; did you mean 'One'?",
                "Lessons/01-a/02-a.md:1: no solution: Solutions/01-a/02-a.md",
                "Solutions/01-a/09-x.md:1: no lesson: Lessons/01-a/09-x.md",
            ])
    }
}
