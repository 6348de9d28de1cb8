import Keyspace
import RESP

/// Clients that wait for something in a key (blocked.c).
extension Node {
    /// Serves the caller from the first key that has what it wants, or holds its further commands until one of them
    /// has. Within a transaction nothing waits, and `none` answers.
    mutating func serveOrBlock(
        _ arguments: Arguments, keys: Range<Int>, kind: Value.Kind, until deadline: Instant?,
        _ reply: inout ReplyBuffer, none: (inout ReplyBuffer) -> Void = { $0.nullArray() },
        serve: @escaping KeyWait.Serve
    ) throws(ReplyError) {
        for index in keys {
            if try serve(&self, arguments[index], &reply) { return }
        }
        guard !isInTransaction else { return none(&reply) }
        block(
            KeyWait(
                client: clients[caller].id, keys: keys.map { ByteString(arguments[$0]) },
                kind: kind, deadline: deadline, serve: serve))
    }

    /// When a timeout in seconds is over; nil for 0, which is never.
    func deadline(_ timeout: Argument) throws(ReplyError) -> Instant? {
        deadline(milliseconds: try timeout.timeoutMilliseconds(at: unixMilliseconds))
    }

    /// The same for a timeout in milliseconds.
    func deadline(milliseconds: Int64) -> Instant? {
        // What lies beyond the end of this clock is never, too.
        let (wait, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        guard milliseconds > 0, !overflow, wait < Int64.max - now.nanoseconds else { return nil }
        return now.advanced(by: .nanoseconds(wait))
    }

    /// Holds the caller's further commands until it is served.
    mutating func block(_ wait: KeyWait) {
        clients[caller].flags.insert(.waiting)
        blocked.add(wait)
        database.recordsReady = true
        setBlockTimer()
    }

    /// Serves those that wait for keys that have come into being or have got more (`handleClientsBlockedOnKeys`). What
    /// they move elsewhere may serve others in turn.
    @inline(never)
    mutating func serveReadyKeys() {
        // What a script brings into being is given away when it has ended.
        guard scripting.running == nil else { return }
        database.slot = nil
        while !database.readyKeys.isEmpty {
            for key in database.takeReadyKeys() { serve(key) }
        }
    }

    private mutating func serve(_ key: ByteString) {
        for client in blocked.queue(for: key) {
            guard let wait = blocked.wait(of: client) else { continue }
            if holds(key, wait.kind) {
                serve(wait, from: key)
            } else if let error = wait.errorWhenGone {
                countFailure(of: client)
                endWait(of: client, error)
            }
        }
    }

    private func holds(_ key: ByteString, _ kind: Value.Kind) -> Bool {
        key.withArgument { key in
            database.contains(key) && database.peek(key).map { database[$0].kind == kind } == true
        }
    }

    private mutating func serve(_ wait: KeyWait, from key: ByteString) {
        var reply = ReplyBuffer()
        reply.protocolVersion = clients[wait.client.index].protocolVersion
        let begun = stopwatch?() ?? 0
        let isServed = key.withArgument { key in
            do throws(ReplyError) {
                return try wait.serve(&self, key, &reply)
            } catch {
                count(error)
                countFailure(of: wait.client)
                reply.truncate(to: 0)
                reply.error(error.message)
                return true
            }
        }
        if isPropagating { propagateEffects() }
        guard isServed else { return }
        // The time of the wait itself does not count.
        noteDelay(
            of: clients[wait.client.index].lastCommand,
            .nanoseconds((stopwatch?() ?? begun) - begun))
        unblock(wait.client)
        clients[wait.client.index].writeOffset = pendingOffset
        answer(wait.client, Array(reply.bytes))
    }

    /// Counts the command that a client waits with as one that has failed (`updateStatsOnUnblock`).
    private mutating func countFailure(of client: ClientID) {
        clients[client.index].lastCommand.map { statistics.failedCalls[$0] += 1 }
    }

    // MARK: - The end of a wait

    /// Lets a client go on, without a reply.
    private mutating func unblock(_ client: ClientID) {
        blocked.remove(client)
        database.recordsReady = !blocked.isEmpty
    }

    /// Forgets that a client waits: it is gone, or about to be.
    mutating func forgetWait(of client: ClientID) {
        guard !blocked.isEmpty else { return }
        unblock(client)
    }

    /// Tells those that have waited long enough that there is nothing.
    mutating func endDueWaits() {
        for wait in blocked.all where wait.deadline.map({ $0 <= now }) ?? false {
            giveUp(wait.client)
        }
        setBlockTimer()
    }

    /// Ends a wait as if its time were over (`replyToBlockedClientTimedOut`).
    mutating func giveUp(_ client: ClientID) {
        unblock(client)
        answer(
            client, Array((clients[client.index].protocolVersion == 3 ? "_\r\n" : "*-1\r\n").utf8))
    }

    /// Ends a wait with an error.
    mutating func endWait(of client: ClientID, _ error: ReplyError) {
        unblock(client)
        count(error)
        answer(client, Array("-\(error.message)\r\n".utf8))
    }

    /// Frees the clients of a node that is a master no more (`disconnectAllBlockedClients`).
    mutating func disconnectBlockedClients() {
        for wait in blocked.all {
            endWait(of: wait.client, .stateChanged)
            close(wait.client)
        }
    }

    /// Sends away those whose keys this node does not serve any more, as no element will ever come here
    /// (`clusterRedirectBlockedClientIfNeeded`).
    mutating func redirectBlockedClients() {
        guard !blocked.isEmpty, configuration.clusterEnabled else { return }
        for wait in blocked.all {
            if let error = redirect(of: wait) { endWait(of: wait.client, error) }
        }
    }

    private func redirect(of wait: KeyWait) -> ReplyError? {
        guard cluster.isOK else { return ReplyError("CLUSTERDOWN The cluster is down") }
        guard let slot = wait.keys.first.map({ HashSlot(of: $0.bytes) }) else { return nil }
        let owner = cluster.owner(of: slot)
        guard owner != .myself, cluster.importing[slot] == nil else { return nil }
        let isReplicaRead =
            wait.isReadOnly && clients[wait.client.index].flags.contains(.readonly)
            && isReplica && owner == cluster.myMaster
        guard !isReplicaRead else { return nil }
        guard owner != .none else { return ReplyError("CLUSTERDOWN Hash slot not served") }
        return ReplyError("MOVED \(slot) \(address(of: owner, for: wait.client))")
    }

    private mutating func setBlockTimer() {
        guard let next = blocked.nextDeadline else { return }
        outbox.append(.setTimer(.blockTimeout, at: next))
    }
}

extension ReplyError {
    /// What clients are told that waited on a node whose role has changed.
    static let stateChanged = ReplyError(
        "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)"
    )
}
