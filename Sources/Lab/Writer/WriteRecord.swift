/// One write: what was sent, and what came of it.
package struct WriteRecord: Hashable, Sendable {
    /// Counts the writes of one run, from 1; the value that was written tells it.
    package let serial: Int
    package let key: String
    package let slot: Int
    /// When it was sent first; redirects that were followed do not change that.
    package let sent: Duration
    package internal(set) var replied: Duration?
    package internal(set) var outcome: Outcome
    /// Who was asked last: whoever acknowledged or refused it.
    package internal(set) var node: NodeAddress

    /// What came of a write.
    package enum Outcome: Hashable, Sendable {
        case underWay
        /// The node said OK, and as many replicas confirmed it as were asked for.
        case acknowledged
        /// The node said OK, but WAIT counted only so many replicas.
        case unconfirmed(replicas: Int)
        /// It was not done: an error's first word, or why nothing could be sent.
        case refused(String)
        /// It was sent, and no reply came: it may have been done or not.
        case unknown(String)
    }

    /// From the sending to the reply.
    package var latency: Duration? { replied.map { $0 - sent } }
}
