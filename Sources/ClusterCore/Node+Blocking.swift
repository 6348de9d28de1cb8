import Keyspace
import RESP

/// Clients that wait for elements of lists (blocked.c).
extension Node {
    /// Holds the caller's further commands until there is an element in one of the lists.
    mutating func block(_ wait: ListWait) {
        clients[caller].flags.insert(.waiting)
        blocked.add(wait)
        database.recordsLists = true
        setBlockTimer()
    }

    /// Gives elements to those that wait for lists that have come into being (`handleClientsBlockedOnKeys`). What
    /// they move elsewhere may serve others in turn.
    @inline(never)
    mutating func serveReadyLists() {
        // What a script brings into being is given away when it has ended.
        guard scripting.running == nil else { return }
        database.slot = nil
        while !database.readyLists.isEmpty {
            let keys = database.readyLists
            database.readyLists = []
            for key in keys { serve(key) }
        }
    }

    private mutating func serve(_ key: ByteString) {
        for client in blocked.queue(for: key) {
            guard let wait = blocked.wait(of: client), isList(key) else { return }
            serve(wait, from: key)
        }
    }

    private func isList(_ key: ByteString) -> Bool {
        key.withArgument { key in
            database.contains(key) && database.peek(key).map { database[$0].kind == .list } == true
        }
    }

    private mutating func serve(_ wait: ListWait, from key: ByteString) {
        unblock(wait.client)
        var reply = ReplyBuffer()
        reply.protocolVersion = clients[wait.client.index].protocolVersion
        key.withArgument { key in
            do throws(ReplyError) {
                try perform(wait.purpose, on: key, &reply)
            } catch {
                count(error)
                reply.truncate(to: 0)
                reply.error(error.message)
            }
        }
        if isPropagating { propagateEffects() }
        clients[wait.client.index].writeOffset = pendingOffset
        answer(wait.client, Array(reply.bytes))
    }

    /// Does what a client waited for.
    /// - Returns: false where there is no list yet.
    @discardableResult
    mutating func perform(
        _ purpose: ListWait.Purpose, on key: Argument, _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        switch purpose {
        case .pop(let end): return try database.popOne(key, end, &reply)
        case .popMany(let end, let count): return try database.popMany(key, end, count, &reply)
        case .move(let move):
            let outcome = move.destination.withArgument { destination in
                Result { () throws(ReplyError) in
                    try database.perform(move, from: key, to: destination, &reply)
                }
            }
            return try outcome.get()
        }
    }

    // MARK: - The end of a wait

    /// Lets a client go on, without a reply.
    private mutating func unblock(_ client: ClientID) {
        blocked.remove(client)
        database.recordsLists = !blocked.isEmpty
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

    private func redirect(of wait: ListWait) -> ReplyError? {
        guard cluster.isOK else { return ReplyError("CLUSTERDOWN The cluster is down") }
        guard let slot = wait.keys.first.map({ HashSlot(of: $0.bytes) }) else { return nil }
        let owner = cluster.owner(of: slot)
        guard owner != .myself, cluster.importing[slot] == nil else { return nil }
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

extension Database {
    /// Takes an element from one list to another, and notes that.
    fileprivate mutating func perform(
        _ move: ListMove, from source: Argument, to destination: Argument,
        _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        guard try moveElement(source, move.from, destination, move.to, &reply) else {
            return false
        }
        let keys = [ByteString(source), ByteString(destination)]
        noteEffect(
            move.isOldStyle
                ? ["RPOPLPUSH"] + keys : ["LMOVE"] + keys + [move.from.name, move.to.name])
        return true
    }
}

extension ListValue.End {
    fileprivate var name: ByteString { self == .head ? "LEFT" : "RIGHT" }
}
