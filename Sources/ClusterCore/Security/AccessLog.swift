import Keyspace

/// What was refused lately and to whom (ACL LOG).
struct AccessLog: Sendable {
    /// The newest first.
    private(set) var entries: [Entry] = []

    /// A refusal, or several of a kind within a minute.
    struct Entry: Sendable {
        var count = 1
        let reason: Reason
        let context: Context
        /// The command, key or channel.
        let object: ByteString
        let user: ByteString
        /// Unix milliseconds of the last one.
        var time: Int64
        /// The client, as CLIENT LIST describes it.
        var client: String
    }

    /// What was refused.
    enum Reason: String, Sendable {
        case command, key, channel, auth
    }

    /// Where.
    enum Context: String, Sendable {
        case toplevel, multi, lua
    }

    /// Milliseconds within which refusals of a kind are one entry.
    fileprivate static let groupingTime: Int64 = 60_000
    /// How many of the newest entries are looked at for one of the same kind.
    private static let searched = 10

    /// Notes a refusal (`addACLLogEntry`).
    mutating func add(_ entry: Entry, limit: Int) {
        if let index = entries.prefix(Self.searched).firstIndex(where: { $0.isLike(entry) }) {
            var known = entries.remove(at: index)
            known.count += 1
            known.time = entry.time
            known.client = entry.client
            entries.insert(known, at: 0)
        } else {
            entries.insert(entry, at: 0)
            trim(to: limit)
        }
    }

    /// Forgets the oldest entries.
    mutating func trim(to limit: Int) {
        if entries.count > limit { entries.removeLast(entries.count - limit) }
    }

    /// ACL LOG RESET.
    mutating func removeAll() {
        entries = []
    }
}

extension AccessLog.Entry {
    fileprivate func isLike(_ other: AccessLog.Entry) -> Bool {
        reason == other.reason && context == other.context && object == other.object
            && user == other.user && abs(time - other.time) <= AccessLog.groupingTime
    }
}
