import Lab
import Lessons
import Testing

struct ReplayTests {
    private let text = """
        clusterlab replay 1
        # A comment.
        backend simulated
        masters 3
        replicas 1
        timeout 2000
        seed 9
        fill page: 5
        run 7001 DEL page:1

        0.006 7000> SET user:1 "Alice"
        1.25 7001 -c> SET b 1

        # 2.000 $ python3 app.py (a program: type it yourself)
        61.000000001 7002> CLUSTER FAILOVER
        70 end

        """

    @Test func `a replay is read, and moves with the lab's ports`() throws {
        let replay = try Replay(text, file: "demo", firstPort: 12400)
        #expect(replay.backend == "simulated")
        #expect(
            replay.start.plan
                == ClusterPlan(port: 12400, nodeTimeout: .seconds(2), seed: 9))
        #expect(replay.start.fills.map { "\($0.prefix)\($0.count)" } == ["page:5"])
        guard case .command(let port, _) = replay.start.deeds.first else {
            Issue.record("a command is run")
            return
        }
        #expect(port == 12401)
        #expect(replay.lines.map(\.node.port) == [12400, 12401, 12402])
        #expect(replay.lines.map(\.followsRedirects) == [false, true, false])
        #expect(replay.lines.map(\.text)[0] == "SET user:1 \"Alice\"")
        #expect(
            replay.lines.map(\.time) == [
                .milliseconds(6), .milliseconds(1250), .seconds(61) + .nanoseconds(1),
            ])
        #expect(replay.end == .seconds(70))
    }

    @Test func `what is written is read again, at any port`() throws {
        let replay = try Replay(text, file: "demo", firstPort: 12400)
        let written = replay.text
        #expect(written.contains("\n0.006 7000> SET user:1 \"Alice\"\n1.250 7001 -c> SET b 1\n"))
        #expect(written.contains("\nrun 7001 DEL page:1\n"))
        #expect(written.hasSuffix("61.000000001 7002> CLUSTER FAILOVER\n70.000 end\n"))
        #expect(try Replay(written, file: "x", firstPort: 12400).text == written)
        #expect(try Replay(written, file: "x", firstPort: 7000).text == written)
    }

    @Test(arguments: [
        ("", ":1: a replay begins with 'clusterlab replay 1'"),
        ("clusterlab replay two", ":1: a replay begins with 'clusterlab replay 1'"),
        ("clusterlab replay 2", ":1: this is version 2 of a replay; this clusterlab reads 1"),
        ("clusterlab replay 1\nmaster 3", ":2: unknown setting 'master'; did you mean 'masters'?"),
        ("clusterlab replay 1\nmasters 100000", ":2: 'masters' takes 0 to 1000, not 100000"),
        ("clusterlab replay 1\n1.x 7000> PING", ":2: '1.x' is no time in seconds, such as 1.250"),
        (
            "clusterlab replay 1\n1 7000 PING",
            ":2: behind the time belongs a prompt, such as '7000>' or '7000 -c>'"
        ),
        ("clusterlab replay 1\n1 7000>", ":2: nothing is typed here"),
        (
            "clusterlab replay 1\n2 7000> PING\n1 7000> PING",
            ":3: 1 is before the line above, 2.000"
        ),
        ("clusterlab replay 1\n2 end\n3 7000> PING", ":3: nothing comes behind 'end'"),
        (
            "clusterlab replay 1\n2 7000> PING\nmasters 3",
            ":3: a line begins with its time, such as '2.000 7000> PING'"
        ),
    ])
    func `a mistake is told by file and line`(text: String, problem: String) {
        #expect(throws: LessonError.self) { try Replay(text, file: "demo") }
        do {
            _ = try Replay(text, file: "demo")
        } catch {
            #expect("\(error)" == "demo\(problem)")
        }
    }
}
