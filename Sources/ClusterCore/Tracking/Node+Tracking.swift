import Keyspace
import RESP

/// How clients are told that their copies of keys hold no longer (tracking.c).
///
/// All of it hangs on `tracking.isActive`, so that it costs next to nothing while nobody tracks keys.
extension Node {
    /// Begins to tell the caller of keys.
    mutating func track(
        _ options: TrackingTable.Options, redirection: ClientID?, prefixes: [ByteString]
    ) {
        tracking.follow(
            clients[caller].id, options, redirection: redirection, prefixes: prefixes)
        clients[caller].flags.subtract(Self.trackingFlags)
        clients[caller].flags.insert(.tracking)
        if options.isBroadcast { clients[caller].flags.insert(.trackingBroadcast) }
        database.recordsModified = true
    }

    /// Ends it for a client.
    mutating func stopTracking(by client: ClientID) {
        guard clients[client.index].flags.contains(.tracking) else { return }
        clients[client.index].flags.subtract(Self.trackingFlags)
        tracking.forget(client)
        forgetTracking()
    }

    /// Looks at what changes no longer once nobody is to hear of it.
    private mutating func forgetTracking() {
        guard !tracking.isActive, database.recordsModified else { return }
        database.recordsModified = false
        database.modifiedKeys = []
    }

    private static let trackingFlags: Client.Flags = [
        .tracking, .trackingBroadcast, .trackingBroken,
    ]

    // MARK: - Around a command

    /// What a command of the caller, nil for one that was not run, means for those who track keys.
    @inline(never)
    mutating func followTracking(_ arguments: Arguments, _ command: Int?) {
        invalidateModified(by: clients[caller].id)
        if let command, clients[caller].flags.contains(.tracking) {
            rememberKeys(of: arguments, commands.entries[command])
        }
    }

    /// CLIENT CACHING holds for one command or transaction. What else CLIENT can do is in between.
    @inline(never)
    mutating func endCachingChoice(after arguments: Arguments) {
        guard clients[caller].flags.isDisjoint(with: .multi) else { return }
        let isClient = arguments.count > 1 && arguments[0].isKeyword("CLIENT")
        guard !isClient || commands.find(arguments) == nil else { return }
        tracking.chooseCaching(false, by: clients[caller].id)
    }

    /// A script's commands stand for all the keys that it was given, and the script itself for none.
    private mutating func rememberKeys(of arguments: Arguments, _ entry: CommandTable.Entry) {
        let client = clients[caller].id
        guard entry.flags.contains(.readonly), tracking[client]?.wantsKeys == true else { return }
        if let script = scripting.running {
            for key in script.keys { tracking.remember(key, for: client) }
        } else if entry.hasKeys, entry.flags.isDisjoint(with: [.pubsub, .runsScript]) {
            for index in entry.keyIndexes(in: arguments) {
                tracking.remember(ByteString(arguments[index]), for: client)
            }
        }
    }

    /// Keeps tracking-table-max-keys, by telling of keys at random as if they had changed.
    @inline(never)
    mutating func limitTracking() {
        let limit = configuration.trackingTableMaxKeys
        guard limit > 0, tracking.clientCount > 0, tracking.keyCount > limit else {
            tracking.overruns = 0
            return
        }
        for _ in 0..<100 * (tracking.overruns + 1) {
            let key = tracking.key(at: random.next(below: tracking.keyCount))
            invalidate(key, by: nil, followsReply: false)
            guard tracking.keyCount > limit else {
                tracking.overruns = 0
                return
            }
        }
        tracking.overruns += 1
    }

    // MARK: - Changed keys

    /// Tells of the keys that have changed since this was last done, nearly all of them by the client whose command
    /// is running, if any is.
    mutating func invalidateModified(by client: ClientID?) {
        guard !database.modifiedKeys.isEmpty else { return }
        let modified = database.modifiedKeys
        database.modifiedKeys.removeAll(keepingCapacity: true)
        for change in modified {
            guard let key = change.key else {
                invalidateAll(by: client)
                continue
            }
            tracking.noteChange(of: key, by: change.isByClient ? client : nil)
            invalidate(key, by: client, followsReply: change.followsReply)
        }
        forgetTracking()
    }

    /// Tells those who have read a key. The client itself hears of it after its reply.
    private mutating func invalidate(
        _ key: ByteString, by client: ClientID?, followsReply: Bool
    ) {
        for follower in tracking.take(key) {
            let isOwn = follower.client == client
            if isOwn, follower.options.isNoLoop { continue }
            tell(follower, followsReply: isOwn || followsReply) { message in
                message.array(1)
                message.bulkString(key)
            }
        }
    }

    /// Every key is gone.
    private mutating func invalidateAll(by client: ClientID?) {
        let own = tracking.all.filter { $0.client == client }
        let others = tracking.all.filter { $0.client != client }
        for follower in others + own {
            let isOld = clients[follower.client.index].protocolVersion == 2
            tell(follower, followsReply: follower.client == client) { message in
                message.raw(isOld ? "$-1\r\n" : "_\r\n")
            }
        }
        tracking.removeAllKeys()
    }

    /// Tells of changed keys by prefix, once for all commands of a step.
    mutating func broadcastInvalidations() {
        for prefix in tracking.takeBroadcasts() {
            for client in prefix.clients {
                guard let follower = tracking[client] else { continue }
                let keys = prefix.keys(without: follower.options.isNoLoop ? client : nil)
                guard !keys.isEmpty else { continue }
                tell(follower, followsReply: true) { message in
                    message.array(keys.count)
                    for key in keys { message.bulkString(key) }
                }
            }
        }
    }

    // MARK: - Messages

    /// Sends keys to a client, or to the one that it has named for that (`sendTrackingMessage`). A client of RESP2 can
    /// be told in the only way that it can hear of anything: as a subscriber.
    private mutating func tell(
        _ follower: TrackingTable.Follower, followsReply: Bool,
        _ encodeKeys: (inout ReplyBuffer) -> Void
    ) {
        let target = follower.redirection ?? follower.client
        guard clients.contains(target), !clients[target.index].flags.contains(.closing) else {
            return tellOfBrokenRedirection(follower, target, followsReply: followsReply)
        }
        var message = ReplyBuffer()
        message.protocolVersion = clients[target.index].protocolVersion
        if message.protocolVersion > 2 {
            message.push(2)
            message.bulkString("invalidate")
        } else if follower.redirection != nil, clients[target.index].flags.contains(.subscribed) {
            message.array(3)
            message.bulkString("message")
            message.bulkString("__redis__:invalidate")
        } else {
            return
        }
        encodeKeys(&message)
        push(
            Array(message.bytes), to: target, followsReply: followsReply,
            followsTransaction: followsReply)
    }

    private mutating func tellOfBrokenRedirection(
        _ follower: TrackingTable.Follower, _ target: ClientID, followsReply: Bool
    ) {
        guard target != follower.client, clients.contains(follower.client) else { return }
        tracking.breakRedirection(of: follower.client)
        clients[follower.client.index].flags.insert(.trackingBroken)
        guard clients[follower.client.index].protocolVersion > 2 else { return }
        var message = ReplyBuffer()
        message.protocolVersion = 3
        message.push(2)
        message.bulkString("tracking-redir-broken")
        message.integer(target.number)
        push(
            Array(message.bytes), to: follower.client, followsReply: followsReply,
            followsTransaction: followsReply)
    }
}
