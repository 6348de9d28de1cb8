import TestSupport
import Testing

/// CLIENT TRACKING of a lab node and of a real redis-server 7.0: who is told of which keys, with what, and when among
/// the replies.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.absence)))
struct TrackingConformanceTests {
    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `what is read is told of when it changes`(protocolVersion: Int) throws {
        try compare(TrackingConformanceLines.reading, protocolVersion)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `options, their errors and what is shown of them`(protocolVersion: Int) throws {
        try compare(TrackingConformanceLines.options, protocolVersion)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `prefixes`(protocolVersion: Int) throws {
        try compare(TrackingConformanceLines.prefixes, protocolVersion)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `reads that are chosen one by one`(protocolVersion: Int) throws {
        try compare(TrackingConformanceLines.choosing, protocolVersion)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `another client that is told`(protocolVersion: Int) throws {
        try compare(TrackingConformanceLines.redirecting, protocolVersion)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `transactions and scripts`(protocolVersion: Int) throws {
        try compare(TrackingConformanceLines.together, protocolVersion)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [2, 3])
    func `keys that go by themselves`(protocolVersion: Int) throws {
        try compare(TrackingConformanceLines.vanishing, protocolVersion)
    }

    private func compare(_ lines: String, _ protocolVersion: Int) throws {
        try compareDialogue(lines, protocolVersion, awaitsReplies: true)
    }
}
