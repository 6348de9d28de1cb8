import Lab
import LabBackends
import Lessons
import RESP
import Shell
import Synchronization
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct LessonVerifierTests {
    private let prompts = PromptMaker.shell()

    /// The whole course is verified so by `clusterlab verify`, which `./lab test` runs.
    @Test func `lessons and exercises pass with their solutions and refuse wrong answers`() throws {
        let lanes = try (0..<4).map { _ in
            let port = try FreePorts(count: PortShift.count).first
            return LessonVerifier.Lane(
                course: try Course(folder: CourseTests.root, firstPort: port),
                backend: InProcessLab(), prompts: prompts, firstPort: port)
        }
        let report = LessonVerifier(lanes: lanes).verify([
            "slots", "looking", "redirects", "count", "half-moved", "name-for-a-slot",
        ])
        #expect(report.problems.map(\.description) == [])
        #expect(report.lessons == 3)
        #expect(report.exercises == 3)
        #expect(report.wrongAttempts >= 50)
    }

    @Test func `every lesson and exercise is the same on a simulated cluster`() throws {
        let course = try Course(folder: CourseTests.root)
        let lane = LessonVerifier.Lane(course: course, backend: SimulatedLab(), prompts: prompts)
        let verifier = LessonVerifier(lanes: [lane, lane])
        let total = Mutex(0)
        let report = verifier.verify { progress in
            #expect(progress.done <= progress.total && progress.running.count <= 2)
            total.withLock { $0 = max($0, progress.done) }
        }
        #expect(report.problems.map(\.description) == [])
        #expect(report.lessons >= 14)
        #expect(report.exercises >= 16)
        #expect(report.wrongAttempts >= 300)
        #expect(total.withLock(\.self) > report.lessons + report.exercises)
        #expect(
            report.times.map(\.id)
                == course.lessons.filter { !$0.needsPrograms }.map(\.id)
                + course.exercises.map(\.sample).filter { !$0.needsPrograms }.map(\.id))
        #expect(report.times.map(\.steps).reduce(0, +) == report.steps)
        #expect(report.timesText.contains(" s  slots: 5 steps, "))
    }

    /// A lesson of two steps whose wrong attempts leave nothing as it was.
    private func destructiveCourse(firstPort: Int) throws -> Course {
        let ports = PortShift(first: firstPort)
        let lesson = try LessonParser(path: "01-a/01-b.md", folder: "Lessons", ports: ports)
            .lesson(Self.destructive)
        let solution = try LessonParser(path: lesson.path, folder: "Solutions", ports: ports)
            .solution(Self.destructiveSolution)
        return Course(lessons: [lesson], solutions: [lesson.path: solution])
    }

    @Test(arguments: TestedLab.allCases)
    func `a wrong attempt leaves the cluster to the others as it was`(_ lab: TestedLab) throws {
        let port = try FreePorts(count: 6).first
        let lane = LessonVerifier.Lane(
            course: try destructiveCourse(firstPort: port), backend: lab.backend,
            prompts: prompts, firstPort: port)
        let report = LessonVerifier(lanes: [lane]).verify()
        #expect(report.problems.map(\.description) == [])
        #expect(report.wrongAttempts == 4)
    }

    @Test func `where programs run each wrong attempt has a cluster of its own`() throws {
        let text = Self.destructive.replacing("title: B\n", with: "title: B\nneeds: programs\n")
        let lesson = try LessonParser(path: "01-a/01-b.md", folder: "Lessons").lesson(text)
        let solution = try LessonParser(path: lesson.path, folder: "Solutions")
            .solution(Self.destructiveSolution)
        let course = Course(lessons: [lesson], solutions: [lesson.path: solution])
        let programs = PromptMaker(runsPrograms: true, has: { _ in true }, make: prompts.make)
        let started = Counter()
        let lane = LessonVerifier.Lane(
            course: course, backend: CountingLab(count: started), prompts: programs)
        let report = LessonVerifier(lanes: [lane]).verify()
        #expect(report.problems.map(\.description) == [])
        #expect(report.wrongAttempts == 4)
        // One for the steps, which has no transcript to read beside, and one an attempt.
        #expect(started.next() == 6)
    }

    @Test func `messages have the ports of the files, and come in the course's order`() throws {
        let lane = { (port: Int) in
            var course = try destructiveCourse(firstPort: port)
            let other = try LessonParser(
                path: "01-a/02-c.md", folder: "Lessons", ports: PortShift(first: port)
            ).lesson(
                Self.destructive.replacing("id: b", with: "id: c").replacing(
                    "3300 = 1", with: "3300 = 2"))
            course.lessons.append(other)
            course.solutions[other.path] = course.solutions["01-a/01-b.md"]
            return LessonVerifier.Lane(
                course: course, backend: SimulatedLab(), prompts: prompts, firstPort: port)
        }
        let text = LessonVerifier(lanes: [try lane(9000), try lane(9100)]).verify().text
        #expect(text.contains("the solution leaves open: 7000 has it (line"))
        #expect(text.contains(", now: 1)"))
        #expect(text == LessonVerifier(lanes: [try lane(7000)]).verify().text)
        #expect(text.hasSuffix("2 lessons, 4 steps, 0 exercises, 8 wrong attempts: 1 problem"))
    }

    @Test func `the example of the authors' guide is a lesson as it should be`() throws {
        let guide = try TextFile.read("\(CourseTests.root)/Sources/Lessons/Lessons.docc/Lessons.md")
        let lines = guide.split(separator: "\n", omittingEmptySubsequences: false)
        let sections = lines.split {
            $0 == "## A whole lesson" || $0 == "And its solution:" || $0 == "### Header"
        }
        let examples = sections[1...2].map { section in
            section.filter { $0.hasPrefix("    ") || $0.isEmpty }.map { $0.dropFirst(4) }
                .drop(while: \.isEmpty).joined(separator: "\n")
        }
        let ports = PortShift(first: try FreePorts(count: 6).first)
        let lesson = try LessonParser(path: "01-a/01-b.md", folder: "Lessons", ports: ports)
            .lesson(examples[0])
        let solution = try LessonParser(path: lesson.path, folder: "Solutions", ports: ports)
            .solution(examples[1])
        let course = Course(lessons: [lesson], solutions: [lesson.path: solution])
        let report = LessonVerifier(course: course, backend: InProcessLab()).verify()
        #expect(report.problems.map(\.description) == [])
        #expect(report.wrongAttempts == 1)
    }

    private func verify(check: String, solution: String) throws -> [String] {
        let lesson = try Lesson.checking(check)
        let solution = try LessonParser(path: lesson.path, folder: "Solutions").solution(
            "## One\n\(solution)")
        let course = Course(lessons: [lesson], solutions: [lesson.path: solution])
        return LessonVerifier(course: course, backend: FakeBackend()).verify().problems
            .map(\.description).filter {
                !$0.hasSuffix("has no ## Recap") && !$0.hasSuffix("has no hint")
            }
    }

    private let solution = "```redis\nlab> answer ${slot(abc)}\n```\n"

    @Test func `a lesson that is as it should be has no problem`() throws {
        #expect(try verify(check: "A\n    answer = slot(abc)", solution: solution) == [])
    }

    @Test func `a check that passes before anything is done is a problem`() throws {
        #expect(
            try verify(check: "A\n    slot(abc) = 3000", solution: solution)
                == ["Lessons/01-a/01-b.md:5: 'One' passes before anything is done"])
    }

    @Test func `a solution that does not pass is a problem`() throws {
        #expect(
            try verify(check: "A\n    answer = slot(abcd)", solution: solution)
                == ["Solutions/01-a/01-b.md:1: the solution leaves open: A (line 8, now: 3000)"])
    }

    @Test func `a reply that differs is a problem`() throws {
        #expect(
            try verify(
                check: "A\n    answer = slot(abc)",
                solution: "```redis\n127.0.0.1:7000> DBSIZE\n(integer) 11\nlab> answer 3000\n```")
                == ["Solutions/01-a/01-b.md:3: 'DBSIZE' replied otherwise:\n    (integer) 10"])
    }

    @Test func `a wrong attempt has to be refused with its sentence`() throws {
        let check = "A\n    answer = slot(abc)\n    wrong answer = 5: Five is too few."
        func attempt(_ answer: Int, _ sentence: String) -> String {
            solution + "```wrong\nlab> answer \(answer)\n! \(sentence)\n```"
        }
        #expect(try verify(check: check, solution: attempt(5, "too few")) == [])
        #expect(
            try verify(check: check, solution: attempt(5, "too many"))
                == [
                    "Solutions/01-a/01-b.md:5: no sentence of the check answers 'too many'; there are: Five is too few.",
                    "Solutions/01-a/01-b.md:5: this wrong attempt is not answered 'too many' but: Five is too few.; A (line 8, now: 5)",
                ])
        #expect(
            try verify(check: check, solution: attempt(6, "too few"))
                == [
                    "Solutions/01-a/01-b.md:5: this wrong attempt is not answered 'too few' but: nothing; A (line 8, now: 6)"
                ])
        #expect(
            try verify(check: check, solution: attempt(3000, "too few"))
                == ["Solutions/01-a/01-b.md:5: this wrong attempt passes 'One'"])
    }

    @Test func `a solution that is objected to on its way is a problem, unless that leads on`() throws {
        let check = "A\n    answer = slot(abc)\n    wrong ran DBSIZE: Not their number."
        let solution = "```redis\n127.0.0.1:7000> DBSIZE\nlab> answer ${slot(abc)}\n```\n"
        #expect(
            try verify(check: check, solution: solution) == [
                "Solutions/01-a/01-b.md:3: 'DBSIZE' is a line of the solution, and the check objects: Not their number."
            ])
        let leading = check.replacing("wrong ran", with: "halfway ran")
        #expect(try verify(check: leading, solution: solution) == [])
    }

    @Test func `a condition that comes true a moment later is to be waited for`() throws {
        let lesson = try Lesson.checking("A\n    @7003 ROLE = master\n    answer = 1")
        let solution = try LessonParser(path: lesson.path, folder: "Solutions").solution(
            "## One\n```redis\nlab> answer 1\n```\n")
        let course = Course(lessons: [lesson], solutions: [lesson.path: solution])
        // It is looked at twice before it is waited for, and twice a look: for the verdict, and for what is so now.
        let asked = Counter()
        let backend = FakeBackend { _, words in
            words == ["ROLE"] ? .simpleString(asked.next() < 9 ? "slave" : "master") : nil
        }
        let problems = LessonVerifier(course: course, backend: backend).verify().problems
        let open = try #require(problems.first { $0.message.contains("leaves open") })
        #expect(
            open.message.hasPrefix("the solution leaves open: A (line 8, now: slave); it held "))
        #expect(open.message.hasSuffix(" ms later: put 'within 10s:' in front of the condition"))
    }

    @Test func `a line of the lab's own that fails is told by its line`() throws {
        let fault = "## One\n\n```fault\nuntil fail(7001) within 1s\n```\n"
        let text = Self.destructive.replacing("## One\n", with: fault, maxReplacements: 1)
        let lesson = try LessonParser(path: "01-a/01-b.md", folder: "Lessons").lesson(text)
        let solution = try LessonParser(path: lesson.path, folder: "Solutions")
            .solution(Self.destructiveSolution)
        let course = Course(lessons: [lesson], solutions: [lesson.path: solution])
        let report = LessonVerifier(course: course, backend: SimulatedLab(), prompts: prompts)
            .verify()
        #expect(
            report.problems.map(\.description) == [
                "Lessons/01-a/01-b.md:14: 'until fail(7001) within 1s' is refused: fail(7001) has not come within 1 s."
            ])
    }

    @Test func `an unknown lesson is told with the nearest one`() throws {
        let course = try Course(folder: CourseTests.root)
        let report = LessonVerifier(course: course, backend: FakeBackend()).verify(["slotz"])
        #expect(
            report.problems.map(\.description)
                == ["Lessons:1: no lesson 'slotz'; did you mean 'slots'?"])
    }
}

/// Simulated clusters that are counted.
private struct CountingLab: LabBackend {
    let count: Counter

    func start(_ plan: ClusterPlan) throws(LabError) -> any LabCluster {
        _ = count.next()
        return try SimulatedLab().start(plan)
    }
}
