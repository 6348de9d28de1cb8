import Keyspace

/// From a silent peer to a failed one, and back.
extension Node {
    /// Turns this node's suspicion into a failure where a majority of masters shares it, and tells everybody
    /// (`markNodeAsFailingIfNeeded`).
    ///
    /// The agreement is weak: reports are collected over a while. That does no harm, because without a majority
    /// that can be reached nobody is elected, and the mark is cleared after a time.
    mutating func markAsFailedIfAgreed(_ peer: PeerIndex) {
        guard cluster[peer].isTimedOut, !cluster[peer].hasFailed else { return }
        dropOldReports(of: peer)
        var reporters = cluster[peer].failureReports.map(\.reporter)
        if cluster.myself.isMaster { reporters.append(cluster.myself.id) }
        guard reporters.count >= cluster.size / 2 + 1 else { return }
        cluster[peer].flags.remove(.pfail)
        cluster[peer].flags.insert(.fail)
        cluster[peer].failTime = unixMilliseconds
        trace(.failed(cluster[peer].id, reports: reporters))
        // A replica passes on what the masters found, too.
        broadcast(.fail(cluster[peer].id))
        cluster.todo.formUnion([.saveConfiguration, .updateState])
    }

    /// A failed node answers: a replica, or a master without slots, is well again. A master that has slots is only
    /// after a while in which nobody took them over (`clearNodeFailureIfNeeded`).
    mutating func clearFailureIfAllowed(of peer: PeerIndex) {
        let end: NodeEvent.FailureEnd
        if cluster[peer].isReplica {
            end = .replicaReachable
        } else if cluster[peer].slots.isEmpty {
            end = .masterWithoutSlotsReachable
        } else if unixMilliseconds - cluster[peer].failTime > nodeTimeout * 2 {
            end = .masterStillOwner
        } else {
            return
        }
        cluster[peer].flags.remove(.fail)
        trace(.failureEnded(cluster[peer].id, end))
        cluster.todo.formUnion([.saveConfiguration, .updateState])
    }

    /// Looks after one peer: an old link is made anew, a PING is sent where the last PONG is old, and a peer that
    /// stays silent for the node timeout is suspected.
    /// - Returns: whether it is suspected from now on.
    mutating func watch(_ peer: PeerIndex, _ nodeTimeout: Int64) -> Bool {
        let clock = unixMilliseconds
        // Nearly all of them are well at nearly all times.
        if cluster[peer].pingSent == 0, clock - cluster[peer].pongReceived <= nodeTimeout / 2,
            !cluster.failover.isManual
        {
            return false
        }
        let pingDelay = clock - cluster[peer].pingSent
        let dataDelay = clock - cluster[peer].dataReceived
        let isWaiting = cluster[peer].pingSent != 0
        if isWaiting, pingDelay > nodeTimeout / 2, dataDelay > nodeTimeout / 2,
            let id = cluster[peer].link, let link = links[id], clock - link.created > nodeTimeout
        {
            // Perhaps only the connection is broken.
            closeLink(id)
        }
        if let link = cluster[peer].link {
            let isSilent = clock - cluster[peer].pongReceived > nodeTimeout / 2
            let isFailingOver =
                cluster.failover.isManual && cluster.myself.isMaster
                && cluster.failover.requester == peer
            if !isWaiting && isSilent || isFailingOver {
                sendPing(.ping, over: link)
                return false
            }
        }
        guard isWaiting, min(pingDelay, dataDelay) > nodeTimeout,
            cluster[peer].flags.isDisjoint(with: [.pfail, .fail])
        else { return false }
        cluster[peer].flags.insert(.pfail)
        trace(.suspected(cluster[peer].id))
        return true
    }
}
