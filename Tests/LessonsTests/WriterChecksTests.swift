import Lab
import LabBackends
import Lessons
import RESP
import Shell
import TestSupport
import Testing

/// What checks may ask of the writer, on a cluster that runs.
@Suite(.serialized, .timeLimit(.minutes(1))) struct WriterChecksTests {
    private func holds(_ condition: String, _ observer: ClusterObserver) throws -> Bool {
        let journal = Journal(currentNode: observer.nodes[0])
        return try CheckEvaluator(observer: observer, journal: journal)
            .report(on: try Lesson.checking("Label\n    \(condition)").steps[0]).isDone
    }

    private func start() throws -> any LabCluster {
        try InProcessLab().start(
            ClusterPlan(masters: 3, replicas: 0, port: try FreePorts(count: 3).first))
    }

    @Test func `before a run nothing about the writer holds`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let observer = ClusterObserver(cluster: cluster)
        for value in Expression.WriterFinding.allCases {
            #expect(try !holds("writer \(value.rawValue) >= 0", observer))
        }
        let journal = Journal(currentNode: observer.nodes[0])
        let report = try CheckEvaluator(observer: observer, journal: journal)
            .report(on: try Lesson.checking("Label\n    writer lost = 0").steps[0])
        #expect(report.requirements[0].now == " (now: the writer has not written yet)")
    }

    @Test func `a run's findings are values`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let observer = ClusterObserver(cluster: cluster)
        defer { observer.writer.end() }
        observer.writer.start(WriterPlan(pace: 200))
        try cluster.waitUntil("60 acknowledged", step: .milliseconds(10)) {
            observer.writer.log?.acknowledged ?? 0 >= 60
        }
        #expect(try holds("writer acknowledged >= 60 and writer lost = 0", observer))
        observer.writer.stop()
        let expected = [
            "writer refused = 0", "writer unknown = 0", "writer unconfirmed = 0",
            "writer outage = 0", "writer lost = 0", "not writer lost > 0",
        ]
        for condition in expected { #expect(try holds(condition, observer)) }
        let gone = try #require(observer.writer.log?.records.first)
        let owner = try cluster.connectInTest(to: gone.node)
        defer { owner.close() }
        #expect(try owner.send("DEL", gone.key) == .integer(1))
        #expect(try holds("writer lost = 1", observer))
    }

    @Test func `as long as a key cannot be read it is not known what is lost`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let observer = ClusterObserver(cluster: cluster)
        defer { observer.writer.end() }
        observer.writer.start(WriterPlan(pace: 200))
        try cluster.waitUntil("60 acknowledged", step: .milliseconds(10)) {
            observer.writer.log?.acknowledged ?? 0 >= 60
        }
        observer.writer.stop()
        try #require(cluster.control).crash(cluster.nodes[2])
        #expect(try !holds("writer lost = 0", observer))
        #expect(try !holds("writer lost > 0", observer))
    }

    @Test func `the lines of a transcript may let it write`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let observer = ClusterObserver(cluster: cluster)
        defer { observer.writer.end() }
        var player = TranscriptPlayer(
            cluster: cluster, observer: observer, prompts: .shell())
        let lines = """
            lab> writer
            The writer has not written yet: writer start lets it.
            lab> writer start 100
            The writer sends 100 writes a second to all slots. writer report tells what became of them.
            lab> writer stop
            The writer has stopped. *
            lab> writer stop
            The writer does not write: writer start lets it.
            """
        #expect(try player.play(try transcript(lines)).isEmpty)
        #expect(observer.writer.hasRun && !observer.writer.isWriting)
    }

    private func transcript(_ lines: String) throws -> Transcript {
        let lesson = try LessonParser(path: "01-a/01-b.md", folder: "Lessons").lesson(
            "---\nid: b\ntitle: B\n---\n## One\n```redis\n\(lines)\n```\n```check\nA\n    here = 1\n```\n"
        )
        for case .transcript(let transcript) in lesson.steps[0].body { return transcript }
        throw LessonError(file: "", line: 0, message: "no transcript")
    }
}
