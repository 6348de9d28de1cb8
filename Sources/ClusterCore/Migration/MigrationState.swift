import Keyspace
import RESP

/// What a node keeps for MIGRATE: the one that is under way, and connections for the next ones.
struct MigrationState: Sendable {
    var current: Migration?
    private(set) var streams: [CachedStream] = []

    /// A connection to a target, which is kept for a while after its use (`migrateCachedSocket`).
    struct CachedStream: Sendable {
        let stream: StreamID
        let host: String
        let port: Int
        var isUp = false
        /// The database that is selected at the other end; nil where that is not known.
        var database: Int64?
        var lastUse: Instant
    }

    /// MIGRATE_SOCKET_CACHE_ITEMS: with more than these, one is closed.
    static let maximumStreams = 64
    /// MIGRATE_SOCKET_CACHE_TTL: how long an unused one is kept.
    static let idleLimit = Duration.seconds(10)

    /// The connection to a target, if there is one.
    func stream(to host: String, _ port: Int) -> CachedStream? {
        streams.first { $0.host == host && $0.port == port }
    }

    subscript(stream: StreamID) -> CachedStream? {
        get { streams.first { $0.stream == stream } }
        set {
            let index = streams.firstIndex { $0.stream == stream }
            switch (index, newValue) {
            case (let index?, let value?): streams[index] = value
            case (let index?, nil): streams.remove(at: index)
            case (nil, let value?): streams.append(value)
            case (nil, nil): break
            }
        }
    }
}

/// A MIGRATE that waits for its target. The keys stay until the target has acknowledged them, one by one.
struct Migration: Sendable {
    let client: ClientID
    /// What the reply is for.
    let place: Place
    /// MIGRATE in the command table.
    let command: Int?
    /// What is noted of it when it ends.
    let unfinished: SlowLog.UnfinishedCommand
    let request: MigrateRequest
    /// The keys that were found; once they are sent, those that were.
    var keys: [ByteString]
    var stream: StreamID
    /// When the target has been silent for too long.
    var deadline: Instant
    /// Whether all is sent and replies are awaited.
    var isSent = false
    /// A connection that was kept may turn out to be dead; then a new one is tried, once.
    var mayRetry = true
    /// Replies that come before those for the keys: to AUTH and SELECT.
    var preludeLeft = 0
    /// The first error among the prelude's replies, AUTH's before SELECT's.
    var preludeError: String?
    /// Keys whose reply has come.
    var answered = 0
    /// What the client is told: the first error of the target.
    var targetError: String?
    /// Keys that the target has taken and that are not deleted here yet.
    var acknowledged: [ByteString] = []
    /// Keys that are deleted here, to be told to the replicas.
    var deleted: [ByteString] = []
    private var parser = RESPParser()

    /// What a MIGRATE is part of.
    enum Place: Sendable {
        /// Nothing: the client has sent it, and gets the reply.
        case client
        /// An EXEC, which goes on when the reply is there.
        case transaction
        /// A script, which gets the reply and goes on.
        case script
    }

    init(
        client: ClientID, place: Place, command: Int?, unfinished: SlowLog.UnfinishedCommand,
        request: MigrateRequest, keys: [ByteString], stream: StreamID, deadline: Instant
    ) {
        self.client = client
        self.place = place
        self.command = command
        self.unfinished = unfinished
        self.request = request
        self.keys = keys
        self.stream = stream
        self.deadline = deadline
    }

    /// Whether every key has its answer.
    var isComplete: Bool { isSent && answered == keys.count && preludeLeft == 0 }

    /// Begins again over another connection.
    mutating func retry(over stream: StreamID, deadline: Instant) {
        self.stream = stream
        self.deadline = deadline
        mayRetry = false
        isSent = false
        preludeLeft = 0
        preludeError = nil
        parser = RESPParser()
    }

    /// Takes what the target sent.
    /// - Returns: false where it is no RESP.
    mutating func receive(_ bytes: [UInt8]) -> Bool {
        parser.append(bytes)
        do throws(RESPParser.Malformed) {
            while !isComplete, let reply = try parser.next() { take(reply) }
            return true
        } catch {
            return false
        }
    }

    private mutating func take(_ reply: RESPValue) {
        var error: String?
        if case .error(let message) = reply { error = message }
        guard preludeLeft == 0 else {
            preludeLeft -= 1
            preludeError = preludeError ?? error
            return
        }
        answered += 1
        if let problem = preludeError ?? error {
            targetError = targetError ?? problem
        } else if !request.isCopy {
            acknowledged.append(keys[answered - 1])
        }
    }
}
