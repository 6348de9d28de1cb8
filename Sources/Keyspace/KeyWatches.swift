package import RESP

/// Who watches which keys (WATCH in multi.c), and who of them has to be told that one has changed.
///
/// Clients are known here by their number alone.
package struct KeyWatches: Sendable {
    private var watchers: [ByteString: [Watcher]] = [:]
    private var keys: [Int64: [ByteString]] = [:]
    private var changed: Set<Int64> = []

    /// One client's watch over one key.
    private struct Watcher: Sendable {
        let client: Int64
        /// The key had expired when the watch began: that it is deleted is no change then.
        var hadExpired: Bool
    }

    /// Whether nobody watches anything.
    package var isEmpty: Bool { watchers.isEmpty }

    /// Whether a key that the client watched has changed.
    package func hasChanged(for client: Int64) -> Bool { changed.contains(client) }

    /// How many keys the client watches.
    package func count(of client: Int64) -> Int { keys[client]?.count ?? 0 }

    fileprivate mutating func add(_ key: ByteString, for client: Int64, hadExpired: Bool) {
        guard keys[client]?.contains(key) != true else { return }
        keys[client, default: []].append(key)
        watchers[key, default: []].append(Watcher(client: client, hadExpired: hadExpired))
    }

    /// Forgets the keys of a client.
    fileprivate mutating func forgetKeys(of client: Int64) {
        for key in keys.removeValue(forKey: client) ?? [] {
            watchers[key]?.removeAll { $0.client == client }
            if watchers[key]?.isEmpty == true { watchers[key] = nil }
        }
    }

    /// Forgets the keys of a client, and that one of them has changed.
    fileprivate mutating func forget(_ client: Int64) {
        forgetKeys(of: client)
        changed.remove(client)
    }

    /// Marks those who watch a key. `exists` is whether it is there, expired or not.
    fileprivate mutating func touch(_ key: ByteString, exists: Bool) {
        guard let present = watchers[key] else { return }
        for (index, watcher) in present.enumerated() {
            guard watcher.hadExpired else {
                changed.insert(watcher.client)
                continue
            }
            // As in Redis, nobody behind a client whose key is still there, expired, is marked either.
            if exists { break }
            watchers[key]?[index].hadExpired = false
        }
        for watcher in present where changed.contains(watcher.client) {
            forgetKeys(of: watcher.client)
        }
    }

    fileprivate var watchedKeys: [ByteString] { Array(watchers.keys) }

    /// The keys of a client that had not expired when it began to watch them.
    fileprivate func liveKeys(of client: Int64) -> [ByteString] {
        (keys[client] ?? []).filter { key in
            watchers[key]?.contains { $0.client == client && !$0.hadExpired } == true
        }
    }
}

extension Database {
    /// WATCH: the client is marked from now on when the key changes.
    package mutating func watch(_ key: Argument, for client: Int64) {
        watches.add(ByteString(key), for: client, hadExpired: hasExpired(key))
    }

    /// UNWATCH, and the end of a transaction.
    package mutating func unwatch(_ client: Int64) {
        guard !watches.isEmpty || watches.hasChanged(for: client) else { return }
        watches.forget(client)
    }

    /// Whether a key that the client watches has expired meanwhile (`isWatchedKeyExpired`).
    package func hasExpiredWatch(of client: Int64) -> Bool {
        watches.liveKeys(of: client).contains { $0.withArgument { hasExpired($0) } }
    }

    /// Marks those who watch a key (`touchWatchedKey`). `isGone` is that it had expired, and is deleted or about to be.
    mutating func touchWatched(_ key: ByteString, isGone: Bool) {
        let exists = !isGone && key.withArgument { peekAnywhere($0) != nil }
        watches.touch(key, exists: exists)
    }

    /// All keys are about to go: marks those who watch one that is there (`touchAllWatchedKeysInDb`).
    mutating func touchAllWatched() {
        for key in watches.watchedKeys where key.withArgument({ peekAnywhere($0) != nil }) {
            watches.touch(key, exists: false)
        }
    }

    /// A key that lies there with an expiry that is over.
    private func hasExpired(_ key: Argument) -> Bool {
        peekAnywhere(key).flatMap { expiry(of: $0) }.map { $0 < now } ?? false
    }

    /// The entry of a key, whatever the slot of the command at hand.
    private func peekAnywhere(_ key: Argument) -> Reference? { peek(key, in: HashSlot(of: key)) }
}
