import ClusterCore
import Keyspace

/// The invariants, held against a host after each of its steps. Only what has changed costs anything.
extension World {
    /// Ends the run.
    mutating func violate(_ violation: Violation) {
        guard invariants.violation == nil else { return }
        invariants.violation = violation
        trace.note("VIOLATION: \(violation)", time)
    }

    /// Looks at what a host's step has changed.
    mutating func examine(_ host: Int) {
        guard settings.isChecked, hosts[host].isUp else { return }
        examineEpochs(of: host)
        examineClaim(of: host)
        examineData(of: host)
    }

    // MARK: - Epochs

    private mutating func examineEpochs(of host: Int) {
        let old = invariants.epochs[host]
        let new = Invariants.Epochs(of: hosts[host].node.cluster, after: old)
        guard new != old else { return }
        invariants.epochs[host] = new
        let pairs = [
            ("currentEpoch", old.current, new.current),
            ("lastVoteEpoch", old.lastVote, new.lastVote),
            ("configEpoch", old.config, new.config),
        ]
        for (name, before, after) in pairs where after < before {
            violate(.epochWentBack(host: host, name: name, from: before, to: after))
        }
    }

    // MARK: - Slots

    private mutating func examineClaim(of host: Int) {
        guard invariants.claims[host].differs(from: hosts[host].node.cluster.myself) else {
            return
        }
        let myself = hosts[host].node.cluster.myself
        let old = invariants.claims[host]
        var new = old
        new.isMaster = myself.isMaster
        new.slots = myself.slots
        if old.epoch != myself.configEpoch || old.isMaster != myself.isMaster {
            new.epoch = myself.configEpoch
            new.since = time
            new.origin = pendingOrigin(of: host)
            if new.origin == .own, let successor = successor(of: host, old) {
                new.origin = .takenBack(from: successor)
            }
        }
        invariants.claims[host] = new
        guard new.isMaster else { return }
        if old.isMaster { noteSlotsLost(by: old.slots, new.slots) }
        for other in hosts.indices where other != host { compare(new, of: host, with: other) }
        auditAll()
    }

    /// How the host got the epoch that it has just come by.
    private mutating func pendingOrigin(of host: Int) -> Invariants.Origin {
        defer { invariants.pendingOrigins[host] = nil }
        return invariants.pendingOrigins[host] ?? .own
    }

    /// The host that has won a master's slots, where the master does not know it yet.
    func successor(of host: Int, _ claim: Invariants.Claim) -> Int? {
        guard claim.isMaster else { return nil }
        return hosts.indices.first { other in
            let rival = invariants.claims[other]
            return other != host && rival.isMaster && rival.epoch > claim.epoch
                && rival.slots.intersects(claim.slots)
        }
    }

    private mutating func compare(_ claim: Invariants.Claim, of host: Int, with other: Int) {
        let rival = invariants.claims[other]
        guard rival.isMaster, rival.epoch == claim.epoch, claim.isVoted, rival.isVoted,
            claim.slots.intersects(rival.slots)
        else { return }
        violate(.sameEpoch(epoch: claim.epoch, host, other))
    }

    /// The host that owns a slot by the highest epoch; nil where two have the same or none does.
    func owner(of slot: HashSlot) -> Int? {
        var best: Int?
        var isTied = false
        for host in hosts.indices {
            let claim = invariants.claims[host]
            guard claim.isMaster, claim.slots.contains(slot) else { continue }
            guard let leader = best, claim.epoch <= invariants.claims[leader].epoch else {
                best = host
                isTied = false
                continue
            }
            if claim.epoch == invariants.claims[leader].epoch { isTied = true }
        }
        return isTied ? nil : best
    }

    // MARK: - Votes

    /// Looks at a packet that a node sends.
    mutating func examine(
        _ message: BusMessage, from host: Int, over id: ConnectionID, _ side: Connection.Side
    ) {
        guard case .failoverAuthAck = message.body,
            case .host(let candidate) = connections[id]?.party(side.other)
        else { return }
        let vote = Invariants.Vote(epoch: message.header.currentEpoch, candidate: candidate)
        if let last = invariants.votes[host], last.epoch == vote.epoch,
            last.candidate != candidate
        {
            violate(.votedTwice(host: host, epoch: vote.epoch))
        }
        invariants.votes[host] = vote
    }

    /// Looks at what a node tells.
    mutating func examine(_ event: NodeEvent, of host: Int) {
        switch event {
        case .electionStarted: invariants.hasOtherHistory[host] = hasOtherHistoryThanMaster(host)
        case .electionWon(let epoch):
            if let winner = invariants.winners[epoch], winner != host {
                violate(.twoWinners(epoch: epoch, winner, host))
            }
            invariants.winners[epoch] = host
            invariants.pendingOrigins[host] = originOfElection(of: host)
        case .manualFailoverRequested(let kind):
            invariants.manualFailovers[host] = Invariants.ManualFailover(
                kind: kind, requested: time)
            if kind == .takeover { invariants.pendingOrigins[host] = .takeover }
        case .manualFailoverOffset:
            let isStale = !isMasterInManualFailover(host)
            invariants.manualFailovers[host]?.isStale = isStale
        case .manualFailoverReady(let offset):
            invariants.manualFailovers[host]?.isReady = true
            invariants.manualFailovers[host]?.isEmpty =
                offset == 0 && !hosts[host].node.isMasterLinkUp
        case .epochCollision(let id, _):
            invariants.pendingOrigins[host] = ordinal(of: id).map { .collision(with: $0) }
        case .manualFailoverTimedOut: invariants.manualFailovers[host] = nil
        default: break
        }
    }

    private mutating func originOfElection(of host: Int) -> Invariants.Origin {
        defer { invariants.manualFailovers[host] = nil }
        let elected = invariants.hasOtherHistory[host] ? Invariants.Origin.foreignFailover : .election
        guard let manual = invariants.manualFailovers[host] else { return elected }
        switch manual.kind {
        case .agreed:
            guard manual.isReady else { return elected }
            if manual.isStale { return .staleFailover }
            return manual.isEmpty ? .emptyFailover : .agreedFailover
        case .force: return .forcedFailover
        case .takeover: return elected
        }
    }

    /// Whether the master of a host holds its clients for a replica.
    private func isMasterInManualFailover(_ host: Int) -> Bool {
        let cluster = hosts[host].node.cluster
        let master = ordinal(of: cluster.peers[cluster.myMaster.index].id)
        return master.map { hosts[$0].node.cluster.failover.isManual } ?? false
    }

    /// Whether a replica's data are those of a master that it had before.
    private func hasOtherHistoryThanMaster(_ host: Int) -> Bool {
        let node = hosts[host].node
        let master = node.cluster.peers[node.cluster.myMaster.index].id
        guard let history = ordinal(of: master).map({ hosts[$0].node.replication }) else { return false }
        return ![history.id, history.secondID].contains(node.replication.id)
    }
}

extension Invariants.Epochs {
    /// What a node has now. A replica's own epoch means nothing, and nodes.conf has its master's in its place.
    fileprivate init(of cluster: borrowing ClusterState, after old: Self) {
        current = cluster.currentEpoch
        lastVote = cluster.lastVoteEpoch
        config = cluster.myself.isMaster ? cluster.myself.configEpoch : old.config
    }
}

extension Invariants.Claim {
    /// Whether the node claims something else by now.
    fileprivate func differs(from myself: borrowing Peer) -> Bool {
        isMaster != myself.isMaster || epoch != myself.configEpoch || slots != myself.slots
    }

    /// Whether other masters have agreed to the epoch.
    var isVoted: Bool {
        switch origin {
        case .layout, .election, .agreedFailover, .forcedFailover, .emptyFailover,
            .foreignFailover, .staleFailover:
            true
        case .takeover, .collision, .own, .takenBack: false
        }
    }
}
