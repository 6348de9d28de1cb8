import Keyspace

/// Who is subscribed to what: channels and patterns of the whole cluster, and channels of a shard, which belong to a
/// slot as keys do.
///
/// Clients get a message in the order in which they subscribed. Nothing of a hash table's order is ever seen.
package struct Subscriptions: Sendable {
    /// What can be subscribed to.
    enum Kind: Int, Sendable, CaseIterable {
        case channel, pattern, shardChannel
    }

    /// The subscribers of each name, by kind.
    private var receivers: [[ByteString: [ClientID]]] = Array(
        repeating: [:], count: Kind.allCases.count)
    /// Patterns in the order in which they came.
    private var patterns: [ByteString] = []
    /// The sharded channels that belong to a slot.
    private var slots: [HashSlot: Set<ByteString>] = [:]
    /// What each client is subscribed to, by its number.
    private var subscribers: [Int64: Subscriber] = [:]
    private var nextSerial = 0

    /// One client's subscriptions: the names of each kind, with numbers that tell which came first.
    private struct Subscriber: Sendable {
        var serials: [[ByteString: Int]] = Array(repeating: [:], count: Kind.allCases.count)

        var isEmpty: Bool { serials.allSatisfy(\.isEmpty) }
    }

    /// Whether nobody listens to anything.
    @inline(__always)
    package var isEmpty: Bool { subscribers.isEmpty }

    /// Whether nobody listens to channels of the whole cluster, by name or pattern.
    var hasNoListeners: Bool {
        receivers[Kind.channel.rawValue].isEmpty && patterns.isEmpty
    }

    /// Subscribes a client.
    /// - Returns: false where it is subscribed already.
    @discardableResult
    mutating func add(_ client: ClientID, to name: ByteString, _ kind: Kind) -> Bool {
        guard subscribers[client.number]?.serials[kind.rawValue][name] == nil else { return false }
        subscribers[client.number, default: Subscriber()].serials[kind.rawValue][name] = nextSerial
        nextSerial += 1
        receivers[kind.rawValue][name, default: []].append(client)
        if receivers[kind.rawValue][name]?.count == 1 { appeared(name, kind) }
        return true
    }

    /// Ends a subscription, if it is there.
    mutating func remove(_ client: ClientID, from name: ByteString, _ kind: Kind) {
        guard forget(client, name, kind) else { return }
        receivers[kind.rawValue][name]?.removeAll { $0 == client }
        if receivers[kind.rawValue][name]?.isEmpty == true { vanish(name, kind) }
    }

    /// Ends all subscriptions of a client.
    mutating func removeAll(of client: ClientID) {
        for kind in Kind.allCases {
            for name in names(of: client, kind) { remove(client, from: name, kind) }
        }
    }

    /// The sharded channels that belong to a slot, by ascending name, as Redis' tree has them.
    func shardChannels(in slot: HashSlot) -> [ByteString] {
        (slots[slot] ?? []).sorted(by: precedes)
    }

    /// Takes a sharded channel away.
    /// - Returns: who was subscribed to it.
    mutating func removeShardChannel(_ channel: ByteString) -> [ClientID] {
        let clients = clients(of: channel, .shardChannel)
        for client in clients { _ = forget(client, channel, .shardChannel) }
        vanish(channel, .shardChannel)
        return clients
    }

    // MARK: - Who and what

    /// The subscribers of a name.
    func clients(of name: ByteString, _ kind: Kind) -> [ClientID] {
        receivers[kind.rawValue][name] ?? []
    }

    /// The patterns that match a channel, with their subscribers.
    func patterns(
        matching channel: ByteString
    ) -> [(pattern: ByteString, clients: [ClientID])] {
        patterns.filter { channel.matches($0) }.map { ($0, clients(of: $0, .pattern)) }
    }

    /// How many names of a kind somebody is subscribed to.
    func count(_ kind: Kind) -> Int { receivers[kind.rawValue].count }

    /// The names of a kind that somebody is subscribed to, in order.
    func names(_ kind: Kind) -> [ByteString] {
        receivers[kind.rawValue].keys.sorted(by: precedes)
    }

    /// How many subscriptions of a kind a client has.
    func count(of client: ClientID, _ kind: Kind) -> Int {
        subscribers[client.number]?.serials[kind.rawValue].count ?? 0
    }

    /// What a client is subscribed to, the oldest first.
    func names(of client: ClientID, _ kind: Kind) -> [ByteString] {
        (subscribers[client.number]?.serials[kind.rawValue] ?? [:])
            .sorted { $0.value < $1.value }.map(\.key)
    }

    /// Whether a client is subscribed to anything.
    func contains(_ client: ClientID) -> Bool { subscribers[client.number] != nil }

    // MARK: - Both sides of a subscription

    /// Takes a name from what its subscriber has; false where it had none.
    private mutating func forget(_ client: ClientID, _ name: ByteString, _ kind: Kind) -> Bool {
        let serial = subscribers[client.number]?.serials[kind.rawValue].removeValue(forKey: name)
        guard serial != nil else { return false }
        if subscribers[client.number]?.isEmpty == true { subscribers[client.number] = nil }
        return true
    }

    private mutating func appeared(_ name: ByteString, _ kind: Kind) {
        switch kind {
        case .channel: break
        case .pattern: patterns.append(name)
        case .shardChannel: slots[name.slot, default: []].insert(name)
        }
    }

    private mutating func vanish(_ name: ByteString, _ kind: Kind) {
        receivers[kind.rawValue][name] = nil
        switch kind {
        case .channel: break
        case .pattern: patterns.removeAll { $0 == name }
        case .shardChannel:
            let slot = name.slot
            slots[slot]?.remove(name)
            if slots[slot]?.isEmpty == true { slots[slot] = nil }
        }
    }
}

extension ByteString {
    /// The slot of a sharded channel.
    fileprivate var slot: HashSlot { withArgument { HashSlot(of: $0) } }

    /// Whether all of it matches a pattern.
    func matches(_ pattern: ByteString) -> Bool {
        withBuffer { text in pattern.withBuffer { Keyspace.matchesGlob(text, $0) } }
    }
}

private func precedes(_ left: ByteString, _ right: ByteString) -> Bool {
    left.withBuffer { left in right.withBuffer { left.lexicographicallyPrecedes($0) } }
}
