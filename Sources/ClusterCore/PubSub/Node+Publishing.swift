import Keyspace
import RESP

/// How messages reach those who subscribed (pubsub.c).
extension Node {
    /// PUBLISH: to the subscribers here, and over the bus to every other node.
    /// - Returns: how many clients of this node got it.
    mutating func publish(_ channel: ByteString, _ message: ByteString) -> Int {
        let receivers = deliver(message, of: channel)
        if configuration.clusterEnabled, cluster.peers.count > 1 {
            broadcast(.publish(channel: channel.bytes, message: message.bytes))
        }
        return receivers
    }

    /// SPUBLISH: to the subscribers here, and to the other nodes of this shard.
    /// - Returns: how many clients of this node got it.
    mutating func publishInShard(_ channel: ByteString, _ message: ByteString) -> Int {
        let receivers = deliverInShard(message, of: channel)
        guard configuration.clusterEnabled else { return receivers }
        let master = cluster.myMaster
        let nodes = [master] + cluster.replicas(of: master)
        for node in nodes where node != .myself && !cluster[node].isInHandshake {
            send(.publishShard(channel: channel.bytes, message: message.bytes), to: node)
        }
        return receivers
    }

    /// Hands a message to the subscribers of this node.
    /// - Returns: how many got it; once for each subscription that matches.
    @discardableResult
    mutating func deliver(_ message: ByteString, of channel: ByteString) -> Int {
        let direct = subscriptions.clients(of: channel, .channel)
        push(to: direct) { push in
            push.push(3)
            push.bulkString("message")
            push.bulkString(channel)
            push.bulkString(message)
        }
        var count = direct.count
        for (pattern, clients) in subscriptions.patterns(matching: channel) {
            push(to: clients) { push in
                push.push(4)
                push.bulkString("pmessage")
                push.bulkString(pattern)
                push.bulkString(channel)
                push.bulkString(message)
            }
            count += clients.count
        }
        return count
    }

    /// Hands a message of a sharded channel to the subscribers of this node. Patterns do not hear of these.
    @discardableResult
    mutating func deliverInShard(_ message: ByteString, of channel: ByteString) -> Int {
        let clients = subscriptions.clients(of: channel, .shardChannel)
        push(to: clients) { push in
            push.push(3)
            push.bulkString("smessage")
            push.bulkString(channel)
            push.bulkString(message)
        }
        return clients.count
    }

    /// PUBLISH of another node, which has told every node itself.
    mutating func receivePublication(_ channel: [UInt8], _ message: [UInt8], isSharded: Bool) {
        guard !subscriptions.isEmpty else { return }
        if isSharded {
            deliverInShard(ByteString(message), of: ByteString(channel))
        } else {
            deliver(ByteString(message), of: ByteString(channel))
        }
    }

    /// Outside a cluster the replicas of this node hear of a message by the replication stream. The append-only
    /// file does not keep it. In a transaction it follows what the transaction has changed.
    mutating func propagateOutsideCluster(_ arguments: Arguments) {
        guard !configuration.clusterEnabled, isPropagating else { return }
        publications += encodeRequest(arguments.copied)
        if !isInTransaction { deliverPropagated() }
    }

    /// PUBLISH or SPUBLISH in a master's stream.
    mutating func receivePublicationOfMaster(_ arguments: Arguments) {
        guard arguments.count == 3 else { return }
        let (channel, message) = (ByteString(arguments[1]), ByteString(arguments[2]))
        if arguments[0].isKeyword("SPUBLISH") {
            deliverInShard(message, of: channel)
        } else {
            deliver(message, of: channel)
        }
    }

    // MARK: - To clients

    /// Sends the same to several clients, to each in its protocol; encoded once for each protocol.
    mutating func push(to clients: [ClientID], _ encode: (inout ReplyBuffer) -> Void) {
        var encoded: [Int: [UInt8]] = [:]
        for client in clients {
            let version = self.clients[client.index].protocolVersion
            let bytes = encoded[version] ?? Self.encoded(version, encode)
            encoded[version] = bytes
            push(bytes, to: client)
        }
    }

    private static func encoded(
        _ version: Int, _ encode: (inout ReplyBuffer) -> Void
    ) -> [UInt8] {
        var buffer = ReplyBuffer()
        buffer.protocolVersion = version
        encode(&buffer)
        return Array(buffer.bytes)
    }

    /// Sends bytes to a client that are no reply. The client whose command is running gets them around its reply.
    mutating func push(
        _ bytes: [UInt8], to client: ClientID, followsReply: Bool = false,
        followsTransaction: Bool = false
    ) {
        guard clients.contains(client), !clients[client.index].flags.contains(.closing) else {
            return
        }
        guard isReceiving, client.index == caller else {
            return outbox.append(.write(client, bytes))
        }
        hasObservers = true
        if followsTransaction, isInTransaction {
            pushes.last += bytes
        } else if followsReply || pushes.areLate {
            pushes.late += bytes
        } else {
            pushes.early += bytes
        }
    }
}

/// What the client whose command is running is told besides its reply.
struct Pushes: Sendable {
    /// Before the reply.
    var early: [UInt8] = []
    /// After it.
    var late: [UInt8] = []
    /// After the reply to the whole transaction that the command belongs to.
    var last: [UInt8] = []
    /// What comes now is to follow the reply.
    var areLate = false

    var isEmpty: Bool { early.isEmpty && late.isEmpty && last.isEmpty }
}
