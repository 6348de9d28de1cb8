import Keyspace

/// How masters vote.
extension Node {
    /// Votes for the replica that asks, or says in the log why not (`clusterSendFailoverAuthIfNeeded`).
    mutating func voteIfAllowed(for candidate: PeerIndex, _ request: BusMessage.Header) {
        guard cluster.myself.isMaster, !cluster.myself.slots.isEmpty else { return }
        if let refusal = refusal(of: candidate, request) {
            return trace(.voteRefused(to: cluster[candidate].id, refusal))
        }
        cluster.lastVoteEpoch = cluster.currentEpoch
        if let master = cluster[candidate].master { cluster[master].votedTime = unixMilliseconds }
        cluster.todo.formUnion(.saveForGood)
        send(.failoverAuthAck, to: candidate)
        trace(.voteGranted(to: cluster[candidate].id, epoch: cluster.currentEpoch))
    }

    private func refusal(
        of candidate: PeerIndex, _ request: BusMessage.Header
    ) -> NodeEvent.VoteRefusal? {
        if request.currentEpoch < cluster.currentEpoch {
            return .epochTooOld(requested: request.currentEpoch, current: cluster.currentEpoch)
        }
        // One vote an epoch: that is what makes a winner the only one.
        if cluster.lastVoteEpoch == cluster.currentEpoch, !configuration.flaws.contains(.votesAgain)
        {
            return .alreadyVoted(epoch: cluster.currentEpoch)
        }
        if cluster[candidate].isMaster { return .requesterIsMaster }
        guard let master = cluster[candidate].master else { return .masterUnknown }
        if !cluster[master].hasFailed, !request.marks.contains(.forceAck) { return .masterIsUp }
        // Not needed for safety; it lets the first candidate finish in peace.
        let pause = nodeTimeout * 2 - (unixMilliseconds - cluster[master].votedTime)
        if pause > 0 { return .votedRecently(milliseconds: pause) }
        return claimRefusal(request)
    }

    /// The candidate's view of its slots has to be as new as this node's.
    private func claimRefusal(_ request: BusMessage.Header) -> NodeEvent.VoteRefusal? {
        var refusal: NodeEvent.VoteRefusal?
        request.slots.forEach { slot in
            let owner = cluster.owner(of: slot)
            guard refusal == nil, owner != .none, !cluster.unclaimed.contains(slot),
                cluster[owner].configEpoch > request.configEpoch
            else { return }
            refusal = .slotEpochNewer(
                slot: slot.index, epoch: cluster[owner].configEpoch,
                requested: request.configEpoch)
        }
        return refusal
    }
}
