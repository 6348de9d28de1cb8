import Keyspace
import RESP

/// How clients subscribe, and cease to (pubsub.c). Each step is confirmed by a message of its own, not by a reply.
extension Node {
    /// Subscribes the caller to a channel or pattern, and confirms it.
    mutating func subscribe(to name: ByteString, _ kind: Subscriptions.Kind) {
        let client = clients[caller].id
        subscriptions.add(client, to: name, kind)
        clients[caller].flags.insert(.subscribed)
        if kind == .shardChannel { cluster.watchesLosses = true }
        confirm(kind.subscribed, name, kind, to: client)
    }

    /// Ends a subscription of the caller, and confirms it.
    mutating func unsubscribe(from name: ByteString, _ kind: Subscriptions.Kind) {
        let client = clients[caller].id
        subscriptions.remove(client, from: name, kind)
        confirm(kind.unsubscribed, name, kind, to: client)
        noteSubscriptions(of: client)
    }

    /// Ends all subscriptions of a kind that the caller has. Without any it is told so.
    mutating func unsubscribeAll(_ kind: Subscriptions.Kind) {
        let client = clients[caller].id
        let names = subscriptions.names(of: client, kind)
        for name in names { unsubscribe(from: name, kind) }
        guard names.isEmpty else { return }
        confirm(kind.unsubscribed, nil, kind, to: client)
        noteSubscriptions(of: client)
    }

    /// Ends all that a client listens to, without a word.
    mutating func endListening(of client: ClientID) {
        stopTracking(by: client)
        if !subscriptions.isEmpty {
            subscriptions.removeAll(of: client)
            noteSubscriptions(of: client)
        }
        if clients[client.index].flags.remove(.monitor) != nil {
            monitors.removeAll { $0 == client }
            updateObservers()
        }
    }

    /// Ends the subscriptions to channels of slots that this node's shard has lost, and tells the subscribers.
    mutating func dropLostChannels() {
        let slots = cluster.lostSlots
        cluster.lostSlots.removeAll(keepingCapacity: true)
        for channel in slots.flatMap({ subscriptions.shardChannels(in: $0) }) { drop(channel) }
    }

    private mutating func drop(_ channel: ByteString) {
        let kind = Subscriptions.Kind.shardChannel
        for client in subscriptions.removeShardChannel(channel) {
            confirm(kind.unsubscribed, channel, kind, to: client)
            noteSubscriptions(of: client)
        }
    }

    /// A client without subscriptions is an ordinary one again.
    private mutating func noteSubscriptions(of client: ClientID) {
        if !subscriptions.contains(client) { clients[client.index].flags.remove(.subscribed) }
        cluster.watchesLosses = subscriptions.count(.shardChannel) > 0
    }

    /// Tells a client what has become of a subscription, and how many it has now: of channels and patterns
    /// together, or of sharded channels.
    private mutating func confirm(
        _ change: StaticString, _ name: ByteString?, _ kind: Subscriptions.Kind,
        to client: ClientID
    ) {
        let count =
            kind == .shardChannel
            ? subscriptions.count(of: client, .shardChannel)
            : subscriptions.count(of: client, .channel) + subscriptions.count(of: client, .pattern)
        push(to: [client]) { push in
            push.push(3)
            push.bulkString(change.utf8Start, change.utf8CodeUnitCount)
            if let name { push.bulkString(name) } else { push.null() }
            push.integer(count)
        }
    }
}

extension Subscriptions.Kind {
    fileprivate var subscribed: StaticString {
        switch self {
        case .channel: "subscribe"
        case .pattern: "psubscribe"
        case .shardChannel: "ssubscribe"
        }
    }

    fileprivate var unsubscribed: StaticString {
        switch self {
        case .channel: "unsubscribe"
        case .pattern: "punsubscribe"
        case .shardChannel: "sunsubscribe"
        }
    }
}
