import Keyspace
import RESP

/// A client in WAIT.
struct AcknowledgementWait: Sendable {
    let client: ClientID
    /// The stream's offset after the client's last write.
    let offset: Int64
    /// How many replicas have to have processed it.
    let replicas: Int64
    /// When the client gets its answer in any case; nil for never.
    let deadline: Instant?
}

/// What replicas say they have processed, and who waits for it.
extension Node {
    /// Takes REPLCONF ACK of the caller.
    mutating func acknowledge(_ offset: Int64) {
        guard clients[caller].flags.contains(.replica),
            let index = replication.index(of: clients[caller].id)
        else { return }
        if offset > replication.replicas[index].acknowledgedOffset {
            replication.replicas[index].acknowledgedOffset = offset
        }
        replication.replicas[index].acknowledged = now
        if replication.replicas[index].state == .loadingSnapshot { startStream(index) }
        answerWaits()
    }

    /// Takes an empty line of the caller: a replica that loads a great snapshot is alive.
    mutating func noteLoadingReplica() {
        guard let index = replication.index(of: clients[caller].id) else { return }
        replication.replicas[index].acknowledged = now
    }

    /// WAIT: answers at once or holds the caller's further commands.
    /// - Returns: how many replicas have processed the caller's writes, if that is enough; else nil.
    mutating func wait(for replicas: Int64, timeout: Int64) -> Int? {
        let offset = clients[caller].writeOffset
        let count = replication.acknowledgements(of: offset)
        guard count < replicas, !isInTransaction else { return count }
        let deadline = timeout == 0 ? nil : now.advanced(by: .milliseconds(timeout))
        clients[caller].flags.insert(.waiting)
        replication.waits.append(
            AcknowledgementWait(
                client: clients[caller].id, offset: offset, replicas: replicas, deadline: deadline))
        replication.wantsAcknowledgements = true
        setWaitTimer()
        return nil
    }

    /// Answers those in WAIT whose replicas are enough, or whose time is over.
    mutating func answerWaits() {
        guard !replication.waits.isEmpty else { return }
        var remaining: [AcknowledgementWait] = []
        let waits = replication.waits
        for wait in waits where clients.contains(wait.client) {
            let count = replication.acknowledgements(of: wait.offset)
            let isOver = wait.deadline.map { $0 <= now } ?? false
            if count >= wait.replicas || isOver {
                answer(wait.client, [UInt8](":\(count)\r\n".utf8))
            } else {
                remaining.append(wait)
            }
        }
        replication.waits = remaining
        setWaitTimer()
    }

    /// Frees the clients that wait for replicas of a node that is a master no more (`disconnectAllBlockedClients`).
    mutating func disconnectWaits() {
        let waits = replication.waits
        replication.waits = []
        for wait in waits where clients.contains(wait.client) {
            answer(wait.client, [UInt8]("-\(ReplyError.stateChanged.message)\r\n".utf8))
            close(wait.client)
        }
    }

    /// Ends a client's WAIT as if its time were over, or with an error.
    /// - Returns: false where the client is not in WAIT.
    mutating func endAcknowledgementWait(of client: ClientID, error: ReplyError?) -> Bool {
        guard let index = replication.waits.firstIndex(where: { $0.client == client }) else {
            return false
        }
        let wait = replication.waits.remove(at: index)
        if let error { count(error) }
        let count = replication.acknowledgements(of: wait.offset)
        answer(client, [UInt8]((error.map { "-\($0.message)\r\n" } ?? ":\(count)\r\n").utf8))
        return true
    }

    /// Gives a client the reply that it waits for, and goes on with what it sent.
    mutating func answer(_ client: ClientID, _ reply: [UInt8]) {
        clients[client.index].flags.remove(.waiting)
        if clients[client.index].flags.isDisjoint(with: [.replyOff, .replySkip]) {
            outbox.append(.write(client, reply))
        }
        clients[client.index].flags.subtract([.replySkip, .asking])
        outbox.append(.resume(client))
    }

    private mutating func setWaitTimer() {
        guard let next = replication.waits.compactMap(\.deadline).min() else { return }
        outbox.append(.setTimer(.waitTimeout, at: next))
    }
}
