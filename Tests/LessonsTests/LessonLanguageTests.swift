import Lab
import LabBackends
import Lessons
import RESP
import Shell
import TestSupport
import Testing

/// What lessons say of faults, events and lines that are no commands of Redis.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct LessonLanguageTests {
    private static let lesson = """
        ---
        id: crash
        title: Crash
        ---
        ```cluster
        masters 3
        replicas 1
        fill page: 20
        run all CONFIG SET cluster-allow-reads-when-down yes
        do until synced
        do writer start 20
        ```
        ## Crash
        ```fault hidden
        lag 7001 7002 10ms
        ```
        ```check
        [once] One node said that all is lost
            event down
        The replica of 7000 has taken over
            event failed 7000
            event promoted after failed 7000
            not event promoted after thawed 7000
            elapsed crashed 7000 to promoted >= 3000
            elapsed crashed 7000 to promoted near 7500 by 60%
            events voted >= 2
            state(7000) = down
            typed crash 7000
            distinct @masters CLUSTER MYID = 3
            writer acknowledged > 0
            within 30s: @any served() = 16384
            wrong typed freeze *: That one stands still, and another goes on.
        ```
        ## Boot
        ```check
        It is back, as a replica
            within 20s: @any role(7000) = replica
            event started 7000
        ```
        """
    private static let solution = """
        ## Crash
        ```redis
        lab> crash 7000
        lab> until fail(7000) within 30s
        lab> until ok within 30s
        lab> @masters PING
        ...
        lab> timeline
        ...
        ```
        ```wrong
        lab> freeze 7001
        ! That one stands still
        ```
        ## Boot
        ```redis
        lab> boot 7000
        ```
        """

    private func problems(on lab: TestedLab) throws -> [String] {
        let first = try FreePorts(count: 6).first
        let ports = PortShift(first: first)
        let lesson = try LessonParser(path: "01-a/01-b.md", folder: "Lessons", ports: ports)
            .lesson(Self.lesson)
        let solution = try LessonParser(path: lesson.path, folder: "Solutions", ports: ports)
            .solution(Self.solution)
        let folder = try TemporaryFolder()
        let backend: any LabBackend =
            lab == .simulated
            ? SimulatedLab()
            : InProcessLab(dir: folder.path, isScratch: true, events: EventLog())
        let lane = LessonVerifier.Lane(
            course: Course(lessons: [lesson], solutions: [lesson.path: solution]),
            backend: backend, prompts: .shell(), firstPort: first)
        return LessonVerifier(lanes: [lane]).verify().problems.map(\.description)
            .filter { !$0.hasSuffix("has no ## Recap") && !$0.hasSuffix("has no hint") }
    }

    @Test(arguments: TestedLab.allCases)
    func `faults, events and the lab's own words are as a lesson says`(_ lab: TestedLab) throws {
        #expect(try problems(on: lab) == [])
    }

    @Test func `what other clients send is seen, and what the lab sends is not`() throws {
        let first = try FreePorts(count: 2).first
        let cluster = try InProcessLab().start(ClusterPlan(masters: 1, replicas: 0, port: first))
        defer { cluster.shutDown() }
        let observer = ClusterObserver(cluster: cluster)
        let step = try Lesson.checking("A\n    client ran SET user:1 ... at @\(first)").steps[0]
        func isSeen() throws -> Bool {
            let journal = Journal(currentNode: cluster.nodes[0])
            return try CheckEvaluator(observer: observer, journal: journal).report(on: step).isDone
        }
        #expect(try !isSeen())
        let own = try cluster.connectInTest(to: cluster.nodes[0])
        #expect(try own.send("SET", "user:1", "Alice") == .simpleString("OK"))
        #expect(try !isSeen())
        let other = try testConnection(to: cluster.nodes[0])
        #expect(try other.send("SET", "user:1", "Bob") == .simpleString("OK"))
        #expect(try isSeen())
    }

    @Test(arguments: [
        ("event faild 7000", "unknown event 'faild'; did you mean 'failed'?"),
        ("event failed 7000 by", "'failed NODE by NODE' is all that fits"),
        ("elapsed crashed 7000 = 1", "'elapsed' wants two events: elapsed crashed 7000 to promoted"),
        (
            "answer near 5", "'near' wants a tolerance at its end: A near B by 10%, A near B by 500"
        ),
        ("has(redis-pie) = yes", "has() knows no 'redis-pie'; did you mean 'redis-py'?"),
        ("client sent GET", "behind 'client' belongs 'ran': client ran SET user:1 ..."),
        ("printed FATAL CONFIG", "'printed' wants one text in quotes: printed \"FATAL CONFIG\""),
    ])
    func `a mistake is told`(condition: String, message: String) {
        let error = #expect(throws: LessonError.self) {
            try Lesson.checking("A\n    \(condition)")
        }
        #expect(error?.message == message)
    }
}
