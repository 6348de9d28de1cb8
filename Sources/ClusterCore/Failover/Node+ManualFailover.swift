import Keyspace

/// CLUSTER FAILOVER: a replica takes over from a master that is well, without losing a write.
///
/// The replica asks its master to hold its clients; the master announces its offset from then on; once the replica
/// has processed as much, it stands for election at once, and masters vote although its master is up.
extension Node {
    /// CLUSTER_MF_TIMEOUT.
    private static let manualFailoverTimeout: Int64 = 5000

    /// Begins a manual failover of this replica's master.
    mutating func startManualFailover(_ kind: NodeEvent.ManualFailoverKind) {
        resetManualFailover()
        cluster.failover.manualEnd = unixMilliseconds + Self.manualFailoverTimeout
        trace(.manualFailoverRequested(kind))
        switch kind {
        case .agreed:
            if let master = cluster.myself.master { send(.manualFailoverStart, to: master) }
        case .force: cluster.failover.canStart = true
        case .takeover:
            bumpEpoch()
            replaceMaster()
        }
    }

    /// On the master: holds the clients for one of its replicas.
    mutating func startManualFailover(for replica: PeerIndex, over link: LinkID) {
        guard cluster[replica].master == .myself else { return }
        resetManualFailover()
        cluster.failover.manualEnd = unixMilliseconds + Self.manualFailoverTimeout
        cluster.failover.requester = replica
        // Twice the time: the pause must not end before the failover does.
        pauseWrites(until: now.advanced(by: .milliseconds(Self.manualFailoverTimeout * 2)))
        trace(.manualFailoverAccepted(from: cluster[replica].id))
        sendPing(.ping, over: link)
    }

    /// Forgets a manual failover, done or not, and lets the clients go on.
    mutating func resetManualFailover() {
        if cluster.failover.requester != nil { resumeWrites() }
        cluster.failover.manualEnd = 0
        cluster.failover.canStart = false
        cluster.failover.requester = nil
        cluster.failover.masterOffset = nil
    }

    mutating func checkManualFailover() {
        guard cluster.failover.isManual, cluster.failover.manualEnd < unixMilliseconds else {
            return
        }
        trace(.manualFailoverTimedOut)
        resetManualFailover()
    }

    /// On the replica: sees whether all that the master wrote has been processed.
    mutating func advanceManualFailover() {
        guard cluster.failover.isManual, !cluster.failover.canStart,
            let offset = cluster.failover.masterOffset,
            offset == replicationOffset || configuration.flaws.contains(.skipsOffset)
        else { return }
        cluster.failover.canStart = true
        trace(.manualFailoverReady(offset: offset))
        cluster.todo.insert(.handleFailover)
    }

    /// Whether this replica may take over although its master is well.
    var isManualFailoverReady: Bool {
        cluster.failover.isManual && cluster.failover.canStart
    }
}
