import Lab
import LabBackends
import RESP
import TestSupport
import Testing

/// Several clients of a lab node, and of a real redis-server 7.0, who do the same: what each of them gets, compared.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct PubSubConformanceTests {
    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `subscribers, publishers and PUBSUB`(protocolVersion: Int) throws {
        try compareDialogue(PubSubConformanceLines.publishing, protocolVersion)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `the events of every command on keys`(protocolVersion: Int) throws {
        let lines = PubSubConformanceLines.events + "\n" + PubSubConformanceLines.collectionEvents
        let events = lines.split(separator: "\n").map { "writer \($0)" }
        try compareDialogue(
            """
            writer CONFIG SET notify-keyspace-events KEAmn
            listener PSUBSCRIBE __key*__:*
            \(events.joined(separator: "\n"))
            writer CONFIG SET notify-keyspace-events E$x
            writer SET a 1 EX 100
            writer CONFIG SET notify-keyspace-events Kg
            writer DEL a
            writer CONFIG SET notify-keyspace-events g$lshzxetdnKEm
            writer CONFIG GET notify-keyspace-events
            writer CONFIG SET notify-keyspace-events mnEKztshl$g
            writer CONFIG GET notify-keyspace-events
            writer CONFIG SET notify-keyspace-events q
            """, protocolVersion)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a client that hears of its own changes gets them around its replies`() throws {
        // MGET is left out: within its array Redis 7.0 has the misses between the elements.
        let events = PubSubConformanceLines.events + "\n" + PubSubConformanceLines.collectionEvents
        let lines = events.split(separator: "\n")
            .filter { !$0.hasPrefix("MGET") }.map { "writer \($0)" }
        try compareDialogue(
            """
            writer CONFIG SET notify-keyspace-events KEAm
            writer PSUBSCRIBE __key*__:*
            \(lines.joined(separator: "\n"))
            """, 3)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `what MONITOR shows`(protocolVersion: Int) throws {
        try compareDialogue(PubSubConformanceLines.monitoring, protocolVersion)
    }
}
