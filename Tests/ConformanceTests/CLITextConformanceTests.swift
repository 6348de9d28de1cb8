import Foundation
import Lab
import LabBackends
import Shell
import TestSupport
import Testing

/// The same lines, typed into the lab's prompt and into the real redis-cli, at the same cluster.
@Suite(
    .serialized,
    .enabled(if: RedisCLI.isInstalled, Comment(rawValue: RedisCLI.absence)))
struct CLITextConformanceTests {
    static let lines = #"""
        PING
        SET user:1 "Alice Smith"
        GET user:1
        GET nothing
        3 INCR {user:1}:n
        MSET {a}1 "\x00\xff\"" {a}2 "Zoë"
        MGET {a}1 {a}2 {a}3
        MGET a b
        SET k
        nosuch a b
        GET "open
        0 PING
        CLUSTER KEYSLOT user:1
        CLUSTER SLOTS
        CLUSTER SHARDS
        CLUSTER INFO
        CLUSTER NODES x
        CLUSTER GETKEYSINSLOT 10778 10
        COMMAND DOCS GET
        COMMAND INFO GET nosuch
        SCAN 0
        HELLO 3
        COMMAND DOCS SET CLUSTER
        COMMAND INFO SET nosuch
        CLUSTER SHARDS
        CONFIG GET *max*
        LCS {a}1 {a}2 IDX
        SET number 1.5
        INCRBYFLOAT number 0.1
        RESET
        SELECT 1
        READONLY
        EXPIRE user:1 100
        TYPE user:1
        connect 127.0.0.1 %PORT%
        GET user:1
        PING
        """#

    @Test(.timeLimit(.minutes(1)))
    func `the prompt prints what redis-cli prints, redirects included`() throws {
        // Two clusters one after the other on the same ports: both begin with the same state.
        let port = try FreePorts(count: 6).first
        let cluster = try InProcessLab().start(ClusterPlan(port: port))
        let lines = Self.lines.replacing("%PORT%", with: String(port + 1))
        let ours = Self.typeIntoShell(lines, cluster)
        cluster.shutDown()

        let again = try InProcessLab().start(ClusterPlan(port: port))
        defer { again.shutDown() }
        let theirs = try RedisCLI.run("-c", "-p", String(port), input: lines, terminal: true).text
        #expect(Self.comparable(ours) == Self.comparable(theirs))
    }

    private static func typeIntoShell(_ lines: String, _ cluster: any LabCluster) -> String {
        var screen = ""
        var session = ShellSession(
            cluster: cluster, followsRedirects: true, lines: Lines(lines),
            terminal: Terminal { screen += $0 })
        _ = session.run()
        return screen
    }

    /// Without what differs from connection to connection.
    private static func comparable(_ screen: String) -> [Substring] {
        screen.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("\"id\" => (integer)") }
    }

    private final class Lines: LineSource {
        private var rest: [Substring]

        init(_ text: String) { rest = text.split(separator: "\n") }

        var isInteractive: Bool { false }
        func remember(_ line: String) {}

        func read(prompt: String, aid: LineAid) -> LineInput {
            rest.isEmpty ? .end : .line(String(rest.removeFirst()))
        }
    }
}
