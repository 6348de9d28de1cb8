import Keyspace

/// The replication stream as a master writes it (`replicationFeedSlaves` and `replicationCron` in replication.c).
extension Node {
    /// Says who wants to hear of writes from now on.
    mutating func updatePropagation() {
        let feedsReplicas = replication.backlog != nil && replication.master == nil
        isPropagating = feedsReplicas || configuration.appendonly
        database.recordsExpired = isPropagating
        database.recordsEffects = isPropagating
        if !isPropagating { database.effects = [] }
        if !isPropagating { database.effectsAreAll = false }
        if !isPropagating { propagated = [] }
    }

    /// The stream's offset with the writes of the step at hand, those that are not written yet among them.
    var pendingOffset: Int64 {
        guard !propagated.isEmpty, replication.master == nil, replication.backlog != nil else {
            return replication.offset
        }
        let selection = replication.selectsDatabase ? Self.selection.count : 0
        return replication.offset + Int64(propagated.count + selection)
    }

    /// Begins a backlog at the stream's offset (`createReplicationBacklog`).
    mutating func createBacklog() {
        replication.backlog = ReplicationBacklog(
            after: replication.offset, capacity: configuration.replBacklogSize)
        updatePropagation()
    }

    private static let selection = [UInt8]("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n".utf8)
    private static let ping = [UInt8]("*1\r\n$4\r\nPING\r\n".utf8)
    private static let acknowledgementRequest = [UInt8](
        "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n".utf8)

    /// Gives writes, as commands, to the replicas and the backlog. A replica does not: it passes its master's
    /// stream on, byte for byte.
    mutating func feedReplicas(_ commands: [UInt8]) {
        guard replication.master == nil, replication.backlog != nil else { return }
        if replication.selectsDatabase {
            replication.selectsDatabase = false
            feed(Self.selection + commands)
        } else {
            feed(commands)
        }
    }

    /// Appends bytes to the stream.
    mutating func feed(_ bytes: [UInt8]) {
        replication.offset += Int64(bytes.count)
        replication.backlog?.append(bytes)
        for index in replication.replicas.indices {
            switch replication.replicas[index].state {
            case .introduced, .waitingForSnapshot: break
            case .takingSnapshot, .loadingSnapshot:
                if !replication.replicas[index].wantsSnapshotOnly {
                    replication.replicas[index].pending += bytes
                }
            case .online: outbox.append(.write(replication.replicas[index].client, bytes))
            }
        }
    }

    /// Asks the replicas how far they are (`sendGetackToReplicas`).
    mutating func requestAcknowledgements() {
        replication.wantsAcknowledgements = false
        guard replication.hasReplicas else { return }
        feed(Self.acknowledgementRequest)
    }

    // MARK: - Once a second

    /// What a master does for its replicas once a second.
    mutating func runReplicaCron() {
        pingReplicas()
        keepWaitingReplicasAlive()
        dropSilentReplicas()
        dropOverdueReplicas()
        dropUnusedBacklog()
        startDueSnapshot()
        countGoodReplicas()
    }

    /// So that replicas notice when the master is gone. While clients are paused the offset has to stay as it is,
    /// for a replica that is about to take over.
    private mutating func pingReplicas() {
        guard replication.ticks % configuration.replPingReplicaPeriod == 0, replication.hasReplicas,
            replication.master == nil, !isPausedForFailover
        else { return }
        feed(Self.ping)
    }

    /// A line end for those that wait for a snapshot, so that they do not give up.
    private mutating func keepWaitingReplicasAlive() {
        let isBeingMade = replication.snapshot?.isBeingMade ?? false
        for replica in replication.replicas {
            if replica.state == .waitingForSnapshot
                || replica.state == .takingSnapshot && isBeingMade
            {
                outbox.append(.write(replica.client, [10]))
            }
        }
    }

    private mutating func dropSilentReplicas() {
        let limit = Duration.seconds(configuration.replTimeout)
        for replica in replication.replicas
        where replica.isOnline && !replica.isSilent
            && replica.acknowledged.duration(to: now) > limit
        {
            log(.warning, "Disconnecting timedout replica (streaming sync): \(replica.name)")
            dropReplica(replica.client)
        }
        guard let snapshot = replication.snapshot, snapshot.lastPart.duration(to: now) > limit
        else { return }
        // Each part goes to all of them, so whoever does not take it holds up the others as well.
        for client in snapshot.receivers {
            guard let index = replication.index(of: client) else { continue }
            let name = replication.replicas[index].name
            log(.warning, "Disconnecting timedout replica (full sync): \(name)")
            dropReplica(client)
        }
    }

    /// client-output-buffer-limit of replicas, for what is kept until a snapshot is loaded; what is on its way
    /// already is for the driver to limit.
    private mutating func dropOverdueReplicas() {
        let limit = configuration.replicaOutputLimit
        for index in replication.replicas.indices.reversed() {
            let replica = replication.replicas[index]
            guard limit.isReached(by: replica.pending.count) else {
                replication.replicas[index].overdueSince = nil
                continue
            }
            let since = replica.overdueSince ?? now
            replication.replicas[index].overdueSince = since
            if limit.isExceeded(by: replica.pending.count, for: since.duration(to: now)) {
                log(
                    .warning,
                    "Client id=\(replica.client.number) addr=\(replica.name) scheduled to be closed "
                        + "ASAP for overcoming of output buffer limits.")
                dropReplica(replica.client)
            }
        }
    }

    /// Frees the backlog of a master that has long had no replicas. The stream goes on unseen from then on, so it
    /// needs another name.
    private mutating func dropUnusedBacklog() {
        guard replication.backlog != nil, replication.master == nil,
            configuration.replBacklogTTL > 0,
            !replication.hasReplicas,
            replication.noReplicasSince.duration(to: now)
                > .seconds(configuration.replBacklogTTL)
        else { return }
        replication.beginHistory(id: newReplicationID())
        replication.backlog = nil
        updatePropagation()
        log(
            .notice,
            "Replication backlog freed after \(configuration.replBacklogTTL) seconds without connected "
                + "replicas.")
    }

    /// `refreshGoodSlavesCount`.
    mutating func countGoodReplicas() {
        replication.goodReplicas = replication.replicas.count {
            $0.isOnline && $0.lag(at: now) <= configuration.minReplicasMaxLag
        }
    }

    // MARK: - Replicas that go

    /// Ends the connection of a replica.
    mutating func dropReplica(_ client: ClientID) {
        forgetReplica(client)
        drop(client)
    }

    /// Ends the connections of all replicas, so that they come again and learn what is new (`disconnectSlaves`).
    mutating func dropReplicas() {
        for replica in replication.attached { dropReplica(replica.client) }
    }

    /// Takes note that a client is no replica any more.
    mutating func forgetReplica(_ client: ClientID) {
        guard let index = replication.index(of: client) else { return }
        let replica = replication.replicas.remove(at: index)
        replication.snapshot?.receivers.removeAll { $0 == client }
        if replication.snapshot?.receivers.isEmpty == true { replication.snapshot = nil }
        guard replica.isAttached else { return }
        log(.warning, "Connection with replica \(replica.name) lost.")
        if !replication.hasReplicas { replication.noReplicasSince = now }
        countGoodReplicas()
    }

    /// A new name for a history of writes, from the node's own randomness.
    mutating func newReplicationID() -> String { NodeID.random(using: &random).description }
}
