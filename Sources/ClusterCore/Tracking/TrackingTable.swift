import Keyspace

/// What clients keep copies of (CLIENT TRACKING; tracking.c): which keys each of them has read, or which prefixes it
/// wants to hear of.
struct TrackingTable: Sendable {
    /// How a client wants to be told.
    struct Options: Sendable {
        /// Of every key with one of its prefixes, read or not.
        var isBroadcast = false
        /// Only what is read right after CLIENT CACHING YES.
        var isOptIn = false
        /// All but what is read right after CLIENT CACHING NO.
        var isOptOut = false
        /// Not of what it changed itself.
        var isNoLoop = false
    }

    /// A client that is told when its copies hold no longer.
    struct Follower: Sendable {
        let client: ClientID
        var options: Options
        /// The client that is told instead, if it is still there.
        var redirection: ClientID?
        /// CLIENT CACHING was said right before.
        var isCachingChosen = false
        var isRedirectionBroken = false
        /// Its prefixes in order.
        var prefixes: [ByteString] = []

        /// Whether the keys of a command that reads are to be remembered.
        var wantsKeys: Bool {
            !options.isBroadcast && !(options.isOptIn && !isCachingChosen)
                && !(options.isOptOut && isCachingChosen)
        }
    }

    /// A prefix with those who want to hear of it, and the keys that have changed since they were told.
    struct Prefix: Sendable {
        let prefix: ByteString
        var clients: [ClientID] = []
        /// Each with the client that changed it last, nil where none did.
        var changed: [ByteString: ClientID?] = [:]
    }

    /// A key with the numbers of the clients that have read it.
    private struct Key: Sendable {
        let key: ByteString
        var readers: [Int64]
    }

    private var followers: [Int64: Follower] = [:]
    private var keys: [Key] = []
    private var indexes: [ByteString: Int] = [:]
    /// In order.
    private(set) var prefixes: [Prefix] = []
    /// Whether keys have changed that some prefix is about.
    private(set) var hasBroadcasts = false
    /// Whether anybody tracks anything, or did, and what it has read has not changed yet.
    private(set) var isActive = false
    /// How often in a row the limit could not be kept.
    var overruns = 0

    var clientCount: Int { followers.count }
    var keyCount: Int { keys.count }
    /// Readers of all keys together.
    private(set) var itemCount = 0
    /// What the names of the keys take beyond their places.
    private var nameBytes = 0

    /// What all of it takes, roughly.
    var byteCount: Int {
        keys.count * Self.bytesPerKey + nameBytes + itemCount * MemoryLayout<Int64>.stride
    }

    /// A key's place in the list and in the table of indexes.
    private static let bytesPerKey = MemoryLayout<Key>.stride + 2 * MemoryLayout<ByteString>.stride

    subscript(client: ClientID) -> Follower? { followers[client.number] }

    /// All clients that track something, the oldest first.
    var all: [Follower] { followers.values.sorted { $0.client.number < $1.client.number } }

    // MARK: - Clients

    /// Begins to tell a client, or tells it otherwise from now on.
    mutating func follow(
        _ client: ClientID, _ options: Options, redirection: ClientID?, prefixes: [ByteString]
    ) {
        var follower = followers[client.number] ?? Follower(client: client, options: options)
        follower.options = options
        follower.redirection = redirection
        follower.isRedirectionBroken = false
        if options.isBroadcast {
            for prefix in prefixes.isEmpty ? [ByteString()] : prefixes
            where !follower.prefixes.contains(prefix) {
                follower.prefixes.append(prefix)
                add(client, to: prefix)
            }
            follower.prefixes.sort(by: precedes)
        }
        followers[client.number] = follower
        isActive = true
    }

    /// Ends it. What the client has read is forgotten when it changes.
    mutating func forget(_ client: ClientID) {
        guard let follower = followers.removeValue(forKey: client.number) else { return }
        for prefix in follower.prefixes {
            guard let index = prefixes.firstIndex(where: { $0.prefix == prefix }) else { continue }
            prefixes[index].clients.removeAll { $0 == client }
            if prefixes[index].clients.isEmpty { prefixes.remove(at: index) }
        }
        isActive = !followers.isEmpty || !keys.isEmpty
    }

    /// Notes that CLIENT CACHING was said, or that the command after it is over.
    mutating func chooseCaching(_ isChosen: Bool, by client: ClientID) {
        followers[client.number]?.isCachingChosen = isChosen
    }

    /// The client that was to be told in place of another one is gone.
    mutating func breakRedirection(of client: ClientID) {
        followers[client.number]?.isRedirectionBroken = true
    }

    private mutating func add(_ client: ClientID, to prefix: ByteString) {
        if let index = prefixes.firstIndex(where: { $0.prefix == prefix }) {
            prefixes[index].clients.append(client)
            return
        }
        let index = prefixes.firstIndex { precedes(prefix, $0.prefix) } ?? prefixes.count
        prefixes.insert(Prefix(prefix: prefix, clients: [client]), at: index)
    }

    // MARK: - Keys

    /// Remembers that a client has read a key.
    mutating func remember(_ key: ByteString, for client: ClientID) {
        guard let index = indexes[key] else {
            indexes[key] = keys.count
            keys.append(Key(key: key, readers: [client.number]))
            nameBytes += key.heapBytes
            itemCount += 1
            return
        }
        guard !keys[index].readers.contains(client.number) else { return }
        keys[index].readers.append(client.number)
        itemCount += 1
    }

    /// Takes a key out that has changed.
    /// - Returns: those who have read it and track keys still.
    mutating func take(_ key: ByteString) -> [Follower] {
        guard let index = indexes.removeValue(forKey: key) else { return [] }
        let last = keys.count - 1
        keys.swapAt(index, last)
        let readers = keys.removeLast().readers
        if index != last { indexes[keys[index].key] = index }
        itemCount -= readers.count
        nameBytes -= key.heapBytes
        isActive = !followers.isEmpty || !keys.isEmpty
        return readers.compactMap { followers[$0] }.filter { !$0.options.isBroadcast }
    }

    /// The key at a place among all of them, for drawing one at random.
    func key(at index: Int) -> ByteString { keys[index].key }

    /// Forgets every key.
    mutating func removeAllKeys() {
        keys = []
        indexes = [:]
        itemCount = 0
        nameBytes = 0
        isActive = !followers.isEmpty
    }

    // MARK: - Prefixes

    /// Notes a changed key for those who want to hear of its prefix.
    mutating func noteChange(of key: ByteString, by client: ClientID?) {
        for index in prefixes.indices where key.begins(with: prefixes[index].prefix) {
            prefixes[index].changed[key] = .some(client)
            hasBroadcasts = true
        }
    }

    /// The prefixes with changed keys; these are forgotten.
    mutating func takeBroadcasts() -> [Prefix] {
        let changed = prefixes.filter { !$0.changed.isEmpty }
        for index in prefixes.indices { prefixes[index].changed = [:] }
        hasBroadcasts = false
        return changed
    }
}

extension TrackingTable.Prefix {
    /// The changed keys in order, without those that `client` changed itself, if one is given.
    func keys(without client: ClientID?) -> [ByteString] {
        changed.filter { client == nil || $0.value != client }.map(\.key).sorted(by: precedes)
    }
}

extension ByteString {
    fileprivate func begins(with prefix: ByteString) -> Bool {
        withBuffer { bytes in prefix.withBuffer { bytes.starts(with: $0) } }
    }
}

private func precedes(_ left: ByteString, _ right: ByteString) -> Bool {
    left.withBuffer { left in right.withBuffer { left.lexicographicallyPrecedes($0) } }
}
