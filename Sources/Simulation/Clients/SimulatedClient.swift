import ClusterCore
import RESP

/// A client of the cluster: one command at a time, over a connection to each node that it has talked to.
struct SimulatedClient: Sendable {
    let ordinal: Int
    var connections: [Int: Line] = [:]
    /// What it is waiting for.
    var request: Request?
    /// Wakes of an earlier generation come to nothing.
    var generation = 0
    /// Its keys, as indices into the ledger.
    var keys: [Int] = []
    /// It begins nothing new.
    var isStopped = false

    /// A connection to a node.
    struct Line: Sendable {
        let id: ConnectionID
        var isUp = false
        var parser = RESPParser()
        /// What is sent once the connection is up.
        var waiting: [[UInt8]] = []
    }

    /// A command under way.
    struct Request: Sendable {
        let purpose: Purpose
        let arguments: [[UInt8]]
        /// Where it was sent.
        var host: Int
        /// Replies that come before its own: to ASKING.
        var repliesToSkip = 0
        var redirects = 0
        let begun: Instant
    }

    /// What a command is for.
    enum Purpose: Sendable {
        case write(key: Int, version: Int64)
        case increment(key: Int)
        case read(key: Int, required: Int64)
        /// WAIT after a write.
        case wait(key: Int, version: Int64, executed: Instant)
        case administer
    }

    /// How a command ended.
    enum Outcome: Sendable {
        /// The reply, and when it was sent.
        case reply(RESPValue, executed: Instant)
        /// It was certainly not executed.
        case refused
        /// Nobody knows whether it was.
        case unknown
    }
}
