import ClusterCore

/// What the world's queue holds.
enum Occurrence: Sendable {
    /// A node starts for the first time.
    case start(host: Int)
    case timer(host: Int, TimerID, at: Instant, incarnation: Int)
    /// A request for a connection reaches the other end.
    case knock(ConnectionID, attempt: Int)
    /// The process at the other end takes it from its kernel.
    case accept(ConnectionID)
    /// Something reaches an end of a connection.
    case arrival(ConnectionID, to: Connection.Side, Payload)
    /// A process takes it from its kernel.
    case delivery(ConnectionID, to: Connection.Side, Payload)
    /// Nothing has gone through for too long.
    case giveUp(ConnectionID, Connection.Side)
    /// Whatever a node left for later in the same instant.
    case later(host: Int, incarnation: Int, Deferred)
    case clientWake(Int, generation: Int)
    case fault(Fault)

    /// What a driver does after the step that asked for it, never in the middle of it.
    enum Deferred: Sendable {
        case resume(ClientID)
        case resumeAll
        case complete(ClientID)
        case clientGone(ClientID)
        /// A snapshot is on the disk.
        case written(Snapshot)
        case shutDown
    }
}

/// What travels over a connection.
enum Payload: Sendable {
    /// The other end's answers to a request for a connection.
    case accepted
    case refused(String)
    case message(BusMessage)
    /// Bytes, and when they were sent: for replies that is when the command was executed.
    case bytes([UInt8], sent: Instant)
    /// The connection is gone.
    case end

    /// Whether it is something that a process has sent.
    var isData: Bool {
        switch self {
        case .message, .bytes: true
        case .accepted, .refused, .end: false
        }
    }
}
