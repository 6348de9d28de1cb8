import Keyspace

/// What a node keeps about writing its data to its folder.
package struct Persistence: Sendable {
    /// Unix milliseconds of the last dump, at first of the node's start.
    var lastSave: Int64
    /// The database's count of changes that the last dump has.
    var savedChanges = 0
    /// When a dump was last begun on the side.
    var lastAttempt: Instant?
    /// Whether it could be written.
    var hasSaveFailed = false
    /// BGSAVE SCHEDULE: a dump is to begin when nothing else is written.
    var isSaveScheduled = false
    /// Dumps since the start.
    var saves = 0
    /// How long the last one took, in seconds.
    var lastSaveSeconds: Int64?
    /// What is being written on the side; one thing at a time, as in Redis.
    var job: Job?
    /// A SAVE or the dump of a SHUTDOWN, whose outcome is not known yet.
    var foreground: Foreground?
    var appendOnly = AppendOnly()
    var nextSnapshot = 1
    /// Keys that the start found in a dump, and those of them that had expired.
    var loadedKeys = 0
    var expiredKeys = 0

    /// A snapshot that is being written on the side.
    struct Job: Sendable {
        let number: Int
        let purpose: Snapshot.Purpose
        let begun: Instant
        /// The database's count of changes that it has.
        let changes: Int
    }

    /// A snapshot that everybody waits for.
    struct Foreground: Sendable {
        let number: Int
        let changes: Int
        let wanted: Wanted

        /// What follows.
        enum Wanted: Sendable {
            case reply(ClientID)
            case shutdown
            /// Nothing: the data was thrown away, and the dump with it.
            case flush
        }
    }

    /// The append-only file.
    struct AppendOnly: Sendable {
        var state = State.off
        /// Bytes of all its files.
        var size = 0
        /// The same after the last rewrite, or at the start.
        var baseSize = 0
        /// Bytes of the file that is being written.
        var incrementSize = 0
        /// Whether the next write is to be preceded by a SELECT.
        var selectsDatabase = true
        /// Written, but perhaps not on the disk yet.
        var hasUnsynced = false
        var lastSync = Instant.start
        /// Why the file cannot be written at the moment.
        var writeError: String?
        var isRewriteScheduled = false
        var hasRewriteFailed = false
        var consecutiveFailures = 0
        /// When a rewrite that failed again and again may begin by itself once more.
        var nextRewrite: Instant?
        var retryMinutes = 0
        var rewrites = 0
        var lastRewriteSeconds: Int64?

        enum State: Sendable {
            case off
            /// Turned on; its first base is not written yet.
            case waiting
            case on
        }
    }

    init(lastSave: Int64) {
        self.lastSave = lastSave
    }
}
