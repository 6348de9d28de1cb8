import Keyspace

/// Replication as the rest of the node sees it.
extension Node {
    /// Begins to replicate another node, and drops whatever it replicated before (`replicationSetMaster`).
    mutating func follow(host: String, port: Int) {
        deliverPropagated()
        if let master = replication.master {
            if master.isConnected { reportLostMaster() }
            if let stream = master.stream { outbox.append(.shut(stream)) }
        } else {
            if replication.hasHistory {
                log(.notice, "Discarding previously cached master state.")
            }
            adoptOwnHistory()
        }
        let downSince =
            replication.master?.isConnected == true ? now : replication.master?.downSince
        replication.master = MasterLink(host: host, port: port, at: now)
        replication.master?.downSince = downSince
        database.isReplica = true
        disconnectWaits()
        disconnectBlockedClients()
        updatePropagation()
        log(.notice, "Connecting to MASTER \(host):\(port)")
        connectWithMaster()
    }

    /// Takes this node's own history for its master's: a master that becomes a replica may have the same one as its
    /// new master up to here (`replicationCacheMasterUsingMyself`).
    private mutating func adoptOwnHistory() {
        log(
            .notice,
            "Before turning into a replica, using my own master parameters to synthesize a cached "
                + "master: I may be able to synchronize with the new master with just a partial transfer."
        )
        replication.hasHistory = true
    }

    /// Ends the replication: from now on this node is a master with a history of its own (`replicationUnsetMaster`).
    mutating func stopFollowing() {
        database.isReplica = false
        guard let master = replication.master else { return }
        if master.isConnected { reportLostMaster() }
        if let stream = master.stream { outbox.append(.shut(stream)) }
        if replication.hasHistory { log(.notice, "Discarding previously cached master state.") }
        replication.master = nil
        replication.hasHistory = false
        replication.shiftHistory(to: newReplicationID())
        log(
            .warning,
            "Setting secondary replication ID to \(replication.secondID), valid up to offset: "
                + "\(replication.secondOffset). New replication ID is \(replication.id)")
        // They come again at once and learn the new id.
        dropReplicas()
        replication.selectsDatabase = true
        replication.noReplicasSince = now
        updatePropagation()
        updateRestrictions()
    }

    /// Whether this node replicates another one, in sync or not.
    var isFollowing: Bool { replication.master != nil }

    /// What the bus announces: of a master the bytes written to its replicas, of a replica the bytes processed.
    var replicationOffset: Int64 { pendingOffset }

    /// Whether the link to the master is up and in sync.
    package var isMasterLinkUp: Bool { replication.master?.isConnected ?? false }

    /// How old the data is: since the last byte from the master while the link is up, since its loss otherwise.
    var replicationDataAge: Duration {
        guard let master = replication.master else { return .zero }
        if master.isConnected { return master.lastInteraction.duration(to: now) }
        // A link that never was up counts as lost when Unix time began, as in Redis.
        return master.downSince?.duration(to: now) ?? .milliseconds(unixMilliseconds)
    }

    /// Holds the writes of all clients until then (`pauseClients`).
    mutating func pauseWrites(until end: Instant) {
        pause(.failover, Pause(kind: .write, end: end))
    }

    /// Lets them go on.
    mutating func resumeWrites() { endPause(.failover) }

    /// Deletes every key without a word to anybody (`emptyData`).
    mutating func emptyData() { database.removeAll() }

    /// Begins in sync with others that were given the same history: a master with a backlog, or its replica.
    mutating func beginInSync(id: String, offset: Int64) {
        replication.id = id
        replication.offset = offset
        createBacklog()
    }

    /// Takes over where the replication was when a dump was made, before the node starts: a replica may go on from
    /// there, and the replicas of a master may, too.
    mutating func restoreHistory(id: String, offset: Int64) {
        replication.offset = offset
        if isReplica {
            replication.id = id
            adoptOwnHistory()
        } else {
            replication.secondID = id
            replication.secondOffset = offset + 1
            createBacklog()
        }
    }

    // MARK: - What happens

    /// What replication does once a second.
    mutating func runReplicationCron() {
        runMasterCron()
        runReplicaCron()
        replication.ticks += 1
    }

    /// A configuration parameter may have changed.
    mutating func configurationChanged() {
        if configuration.clusterEnabled { refreshMyself() }
        // CONFIG_REPL_BACKLOG_MIN_SIZE
        configuration.replBacklogSize = max(configuration.replBacklogSize, 16 * 1024)
        replication.backlog?.resize(to: configuration.replBacklogSize)
        countGoodReplicas()
        updatePropagation()
        updateRestrictions()
        isEvicting = configuration.maxmemory > 0
    }

    /// Whether a stream is the one to the master.
    func isMasterStream(_ stream: StreamID) -> Bool { replication.master?.stream == stream }
}
