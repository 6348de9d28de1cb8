import Lab
import LabBackends
import RESP
import Shell
import TestSupport
import Testing

/// The word `writer` at the prompt.
@Suite(.serialized, .timeLimit(.minutes(1))) struct WriterAtPromptTests {
    private func start() throws -> any LabCluster {
        try InProcessLab().start(
            ClusterPlan(masters: 3, replicas: 0, port: try FreePorts(count: 3).first))
    }

    @Test func `a run from its start to its report, and again`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let shell = ScriptedShell(isInteractive: false)
        var session = shell.session(on: cluster)
        session.run("writer start 200")
        try cluster.pass(.milliseconds(300))
        for line in ["writer", "writer report", "WRITER STOP", "writer stop"] { session.run(line) }
        let screen = shell.screen
        #expect(screen.hasPrefix("The writer sends 200 writes a second to all slots."))
        #expect(screen.contains("The writer is at work. "))
        #expect(screen.contains("\nLOST          0\n"))
        #expect(screen.contains("\n    0-5460        \(cluster.nodes[0].port) "))
        #expect(screen.contains("The writer has stopped. "))
        #expect(screen.hasSuffix("The writer does not write: writer start lets it.\n"))
        shell.clear()
        for line in ["writer start 1 wait 1", "writer nonsense", "exit"] { session.run(line) }
        #expect(shell.screen.contains("each followed by WAIT 1"))
        #expect(
            shell.screen.replacing("\n", with: " ").contains(
                "writer wants start, stop, report or nothing: \(LabWriter.usage)"
            ))
    }

    @Test func `a key is written and read until the word comes, and slips are named`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let shell = ScriptedShell(isInteractive: false)
        var session = shell.session(on: cluster)
        for line in ["writer start 200 key deal:7", "reader start 200 KEY deal:7"] {
            session.run(line)
        }
        try cluster.pass(.milliseconds(300))
        for line in ["reader", "reader stop", "reader report", "reader stop", "writer report"] {
            session.run(line)
        }
        let screen = shell.screen
        #expect(screen.hasPrefix("The writer sends 200 writes a second to deal:7. "))
        #expect(screen.contains("The reader sends 200 reads a second of deal:7. "))
        #expect(screen.contains("The reader is at work. "))
        #expect(screen.contains(" reads of deal:7 in "))
        #expect(screen.contains("\nanswered      "))
        #expect(screen.contains("The reader does not read: reader start lets it.\n"))
        #expect(screen.contains(" writes to deal:7 in "))
        shell.clear()
        for line in [
            "reader start wait 1", "reader start 0", "writer start key", "writer start key a key b",
            "writer start 5 wait none",
        ] { session.run(line) }
        #expect(
            shell.screen == """
                reader start does not know 'wait': it takes key KEY.
                reader start wants 1 to 1000 reads a second: reader start 50
                key wants the name of a key: writer start 200 key deal:7
                writer start does not know 'key': it takes key KEY and wait R.
                wait wants a number of replicas: writer start wait 1

                """)
    }

    @Test func `a script whose session ends ends the writer`() throws {
        let cluster = try start()
        defer { cluster.shutDown() }
        let shell = ScriptedShell(isInteractive: false)
        #expect(shell.run(["writer start 100", "PING"], on: cluster) == 0)
        let connection = try cluster.connectInTest(to: cluster.nodes[0])
        defer { connection.close() }
        // The one that asks; whoever wrote has said farewell, as the node sees at its next look.
        try cluster.waitUntil("no other client", step: .milliseconds(10)) {
            try connection.send("CLIENT", "LIST").text?.split(separator: "\n").count == 1
        }
        let size = try connection.send("DBSIZE")
        try cluster.pass(.milliseconds(100))
        #expect(try connection.send("DBSIZE") == size)
    }

    @Test func `help names it, and its hint says what may follow`() {
        let cluster = ScriptedCluster { _, _ in .simpleString("OK") }
        let shell = ScriptedShell(isInteractive: false)
        _ = shell.run(["help"], on: cluster)
        #expect(shell.screen.contains("writer [start N OPTIONS|stop|report]"))
        #expect(shell.screen.contains("reader [start N OPTIONS|stop|report]"))
        #expect(shell.hint("writer", on: cluster) == " [start N OPTIONS|stop|report]")
        #expect(shell.hint("reader ", on: cluster) == "[start N OPTIONS|stop|report]")
    }
}
