import Keyspace
import RESP

/// A time during which clients have to wait (`pause_event` in server.h).
struct Pause: Sendable {
    var kind: Kind
    /// nil where somebody has to end it.
    var end: Instant?

    /// Whose commands wait.
    enum Kind: Int, Sendable, Comparable {
        /// Those that may change the data.
        case write
        case all

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    /// Why clients are paused. Each reason has its own pause; the strictest holds.
    enum Purpose: Int, CaseIterable, Sendable {
        case command, shutdown, failover
    }
}

/// CLIENT PAUSE and the pauses of the node's own.
extension Node {
    /// Whether anything is paused.
    var isPaused: Bool { pauses.contains { $0 != nil } }

    /// The strictest of the pauses.
    private var pauseKind: Pause.Kind? { pauses.compactMap { $0?.kind }.max() }

    /// Whether the data has to stay as it is for a replica that is about to take over.
    var isPausedForFailover: Bool { pauses[Pause.Purpose.failover.rawValue] != nil }

    /// Begins a pause, or makes the one for the same purpose longer and stricter.
    mutating func pause(_ purpose: Pause.Purpose, _ pause: Pause) {
        var pause = pause
        if let old = pauses[purpose.rawValue] {
            pause.kind = max(pause.kind, old.kind)
            pause.end = old.end.flatMap { end in pause.end.map { max($0, end) } }
        }
        pauses[purpose.rawValue] = pause
        pausesChanged()
    }

    /// Ends the pause for a purpose.
    mutating func endPause(_ purpose: Pause.Purpose) {
        guard pauses[purpose.rawValue] != nil else { return }
        pauses[purpose.rawValue] = nil
        pausesChanged()
        // All go on; who still has to wait will find out.
        releasePostponed()
    }

    /// Ends the pauses whose time is over.
    mutating func endDuePauses() {
        for purpose in Pause.Purpose.allCases {
            if let end = pauses[purpose.rawValue]?.end, end <= now { endPause(purpose) }
        }
        pausesChanged()
    }

    private mutating func pausesChanged() {
        database.isFrozen = isPaused || isHeld
        updateRestrictions()
        guard let next = pauses.compactMap({ $0?.end }).min() else { return }
        outbox.append(.setTimer(.unpause, at: next))
    }

    private mutating func releasePostponed() {
        for client in clients.all where client.flags.contains(.postponed) {
            clients[client.id.index].flags.remove(.postponed)
        }
        outbox.append(.resumeAll)
    }

    // MARK: - Whether a command may run now

    /// Brings `isRestricted` up to date.
    mutating func updateRestrictions() {
        isRestricted =
            replication.master != nil || needsReplicas || isPaused || diskError != nil
            || busyError != nil || configuration.maxmemory > 0
    }

    /// Whether writes need replicas that are not behind (`checkGoodReplicasStatus`).
    private var needsReplicas: Bool {
        configuration.minReplicasToWrite > 0 && configuration.minReplicasMaxLag > 0
    }

    /// Whether the command at hand is PING, which tells of a disk that does not take writes.
    private var isPing: Bool {
        clients[caller].lastCommand.map { commands.rows[$0].fullName == "ping" } ?? false
    }

    /// A client of RESP2 could not tell replies from messages: while it is subscribed, it may do little else.
    private func requireSubscribing(_ entry: CommandTable.Entry) throws(ReplyError) {
        guard clients[caller].flags.contains(.subscribed), clients[caller].protocolVersion == 2,
            !entry.flags.contains(.whileSubscribed)
        else { return }
        let name = clients[caller].lastCommand.map { commands.rows[$0].fullName } ?? ""
        throw ReplyError(
            "ERR Can't execute '\(name)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
                + "RESET are allowed in this context")
    }

    /// Whether a command has to wait for the end of a pause. Throws where this node does not run it at all, in the
    /// order of `processCommand`.
    @inline(never)
    mutating func mustPostpone(_ entry: CommandTable.Entry) throws(ReplyError) -> Bool {
        var flags = entry.flags
        if flags.contains(.runsQueue), let transaction = clients[caller].transaction {
            flags = transaction.flags
        }
        let isWrite = flags.contains(.write)
        if configuration.maxmemory > 0 { try requireMemory(for: entry, flags) }
        if isWrite || isPing, let error = diskError { throw error }
        if let master = replication.master {
            if isWrite, configuration.replicaReadOnly {
                throw ReplyError("READONLY You can't write against a read only replica.")
            }
            try requireSubscribing(entry)
            if !master.isConnected, !configuration.replicaServeStaleData,
                !flags.contains(.stale)
            {
                throw ReplyError(
                    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."
                )
            }
        } else if isWrite, needsReplicas,
            replication.goodReplicas < configuration.minReplicasToWrite
        {
            throw ReplyError("NOREPLICAS Not enough good replicas to write.")
        }
        try requireSubscribing(entry)
        if let busyError, !entry.flags.contains(.allowBusy) { throw busyError }
        guard let pauseKind, clients[caller].flags.isDisjoint(with: [.replica, .monitor]) else {
            return false
        }
        let mustWait = pauseKind == .all || isWrite || flags.contains(.mayReplicate)
        if mustWait { clients[caller].flags.insert(.postponed) }
        return mustWait
    }
}
