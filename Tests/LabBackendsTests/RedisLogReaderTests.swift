import Lab
import LabBackends
import Testing

/// What servers of all versions say of the same events.
struct RedisLogReaderTests {
    private static let names = (
        String(repeating: "a", count: 40), String(repeating: "b", count: 40)
    )

    /// Lines of a log, and what the last of them tells.
    struct Told: CustomTestStringConvertible {
        var lines: [String]
        var event: LabEvent.Kind

        init(_ lines: String..., event: LabEvent.Kind) {
            (self.lines, self.event) = (lines, event)
        }

        var testDescription: String { lines.last ?? "" }
    }

    static let told: [Told] = {
        let (a, b) = names
        return [
            Told(
                "Start of election delayed for 612 milliseconds (rank #0, offset 98).",
                event: .electionScheduled(delay: .milliseconds(612), rank: 0, offset: 98)),
            Told(
                "Start of election delayed for 612 milliseconds (rank #1, primary rank #0, offset 98).",
                event: .electionScheduled(delay: .milliseconds(612), rank: 1, offset: 98)),
            Told("Starting a failover election for epoch 7.", event: .electionStarted(epoch: 7)),
            Told(
                "Starting a failover election for epoch 7, node config epoch is 1",
                event: .electionStarted(epoch: 7)),
            Told(
                "Taking over the master (user request).", "New configEpoch set to 8",
                event: .promoted(epoch: 8)),
            Told(
                "Taking over the primary (user request from 'id=3 addr=127.0.0.1:5 name= user=default').",
                "New configEpoch set to 8", event: .promoted(epoch: 8)),
            Told("Migrating to orphaned master \(a)", event: .migrating(to: a)),
            Told(
                "Migrating to orphaned primary \(a) () in shard \(b)", event: .migrating(to: a)),
            Told(
                "Clear FAIL state for node \(a): replica is reachable again.",
                event: .failureEnded(a, reason: "replica is reachable again.")),
            Told(
                "Clear FAIL state for node \(a) ():replica is reachable again.",
                event: .failureEnded(a, reason: "replica is reachable again.")),
            Told(
                "Failover auth denied to \(a) () for epoch 7: its primary is up",
                event: .voteRefused(to: a, reason: "its primary is up")),
            Told(
                "FAIL message received from \(a) () about \(b) ()",
                event: .failureAnnounced(b, by: a)),
            Told(
                "Configuration change detected. Reconfiguring myself as a replica of node \(a) () in shard \(b)",
                event: .demoted(to: a)),
            Told(
                "All primary replication stream processed, manual failover can start.",
                event: .manualFailoverReady(offset: 0)),
        ]
    }()

    @Test(arguments: told) func `a line tells the same event in the words of each version`(
        told: Told
    ) {
        var reader = RedisLogReader()
        let news = told.lines.map { reader.news(in: Substring($0)) }
        #expect(news.last == .event(told.event))
    }
}
