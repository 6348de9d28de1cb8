import Keyspace

/// How a replica becomes the master of a shard whose master has failed (`clusterHandleSlaveFailover`).
extension Node {
    /// Goes one step further in an election, if there is reason for one.
    ///
    /// Called by the cron and whenever a vote arrives. The times: 0.5 to 1 s after the master's FAIL, so that the
    /// word gets round, and a second more for every sibling with more of the master's data; votes count for two
    /// node timeouts; after four the next attempt is made.
    mutating func advanceElection() {
        let timeout = max(nodeTimeout * 2, 2000)
        guard cluster.myself.isReplica, let master = cluster.myself.master,
            cluster[master].hasFailed || isManualFailoverReady,
            !configuration.clusterReplicaNoFailover || isManualFailoverReady,
            !cluster[master].slots.isEmpty
        else { return cluster.failover.obstacle = nil }
        guard isDataFresh || isManualFailoverReady else { return explain(.dataAge) }
        if unixMilliseconds - cluster.failover.electionTime > timeout * 2 {
            return scheduleElection()
        }
        if !cluster.failover.isElectionStarted, !cluster.failover.isManual { updateRank() }
        guard unixMilliseconds >= cluster.failover.electionTime else {
            return explain(.waitingDelay)
        }
        guard unixMilliseconds - cluster.failover.electionTime <= timeout else {
            return explain(.expired)
        }
        guard cluster.failover.isElectionStarted else { return startElection() }
        guard cluster.failover.votes >= cluster.size / 2 + 1 else { return explain(.waitingVotes) }
        winElection()
    }

    /// Whether the replica's data is recent enough (cluster-replica-validity-factor): the silence that made the
    /// master fail is not counted.
    private var isDataFresh: Bool {
        guard configuration.clusterReplicaValidityFactor > 0 else { return true }
        // Redis reckons in whole seconds here.
        var age = replicationDataAge.components.seconds * 1000
        if age > nodeTimeout { age -= nodeTimeout }
        return age <= Int64(configuration.replPingReplicaPeriod) * 1000
            + nodeTimeout * Int64(configuration.clusterReplicaValidityFactor)
    }

    private mutating func scheduleElection() {
        let isManual = cluster.failover.isManual
        let rank = isManual ? 0 : replicaRank
        let delay = isManual ? 0 : 500 + Int64(random.next(below: 500)) + Int64(rank) * 1000
        cluster.failover.electionTime = unixMilliseconds + delay
        cluster.failover.votes = 0
        cluster.failover.isElectionStarted = false
        cluster.failover.rank = rank
        if isManual { cluster.todo.insert(.handleFailover) }
        trace(.electionScheduled(delay: delay, rank: rank, offset: replicationOffset))
        // Siblings learn this replica's offset, and so their rank.
        broadcastPong(toSiblingsOnly: true)
    }

    /// How many siblings have more of the master's data.
    private var replicaRank: Int {
        guard let master = cluster.myself.master else { return 0 }
        let offset = replicationOffset
        return cluster.replicas(of: master).count { sibling in
            sibling != .myself && !cluster[sibling].flags.contains(.noFailover)
                && cluster[sibling].replicationOffset > offset
        }
    }

    private mutating func updateRank() {
        let rank = replicaRank
        guard rank > cluster.failover.rank else { return }
        let delay = Int64(rank - cluster.failover.rank) * 1000
        cluster.failover.electionTime += delay
        cluster.failover.rank = rank
        log(.warning, "Replica rank updated to #\(rank), added \(delay) milliseconds of delay.")
    }

    private mutating func startElection() {
        cluster.failover.electionEpoch = cluster.beginEpoch()
        trace(.electionStarted(epoch: cluster.currentEpoch))
        broadcast(.failoverAuthRequest, marks: cluster.failover.isManual ? .forceAck : [])
        cluster.failover.isElectionStarted = true
        cluster.todo.formUnion([.saveForGood, .updateState])
    }

    /// A vote counts if a master with slots gives it in this election's epoch or later.
    mutating func countVote(of sender: PeerIndex, _ header: BusMessage.Header) {
        guard cluster[sender].isMaster, !cluster[sender].slots.isEmpty,
            header.currentEpoch >= cluster.failover.electionEpoch
        else { return }
        cluster.failover.votes += 1
        trace(.voteReceived(from: cluster[sender].id, epoch: header.currentEpoch))
        cluster.todo.insert(.handleFailover)
    }

    private mutating func winElection() {
        trace(.electionWon(epoch: cluster.failover.electionEpoch))
        if cluster.myself.configEpoch < cluster.failover.electionEpoch {
            cluster.peers[0].configEpoch = cluster.failover.electionEpoch
            trace(.promoted(epoch: cluster.failover.electionEpoch))
        }
        replaceMaster()
    }

    /// Takes the master's slots and role, and tells everybody (`clusterFailoverReplaceYourMaster`). The new epoch
    /// is the caller's business.
    mutating func replaceMaster() {
        guard cluster.myself.isReplica, let master = cluster.myself.master else { return }
        setAsMaster(.myself)
        stopFollowing()
        let slots = cluster[master].slots
        slots.forEach { cluster.assign($0, to: .myself) }
        updateClusterState()
        cluster.todo.formUnion(.saveForGood)
        broadcastPong()
        resetManualFailover()
    }

    /// Says why no election is held: once for each reason and every five minutes, and not while all goes its
    /// ordinary way (`clusterLogCantFailover`).
    private mutating func explain(_ obstacle: NodeEvent.FailoverObstacle) {
        let clock = unixMilliseconds
        guard
            obstacle != cluster.failover.obstacle
                || clock - cluster.failover.obstacleLogged >= 300_000
        else { return }
        cluster.failover.obstacle = obstacle
        if let master = cluster.myself.master, cluster[master].hasFailed,
            clock - cluster[master].failTime < nodeTimeout + 5000
        {
            return
        }
        cluster.failover.obstacleLogged = clock
        trace(.cannotFailOver(obstacle))
    }
}
