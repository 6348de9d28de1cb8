/// Something that a node did or noticed in the cluster, and why: what its log, the timeline and `why` tell.
package enum NodeEvent: Hashable, Sendable {
    /// This node cannot reach the other any more.
    case suspected(NodeID)
    /// This node reaches it again.
    case suspicionEnded(NodeID)
    /// A master says that it cannot reach the node.
    case failureReported(NodeID, by: NodeID)
    /// A master takes that back.
    case failureReportEnded(NodeID, by: NodeID)
    /// A majority of masters cannot reach the node: these, this node among them if it is a master.
    case failed(NodeID, reports: [NodeID])
    /// Another node said so.
    case failureAnnounced(NodeID, by: NodeID)
    /// The node is reachable again.
    case failureEnded(NodeID, FailureEnd)
    case clusterStateChanged(isOK: Bool, ClusterDownReason?)

    /// An election will start after a delay, in milliseconds.
    case electionScheduled(delay: Int64, rank: Int, offset: Int64)
    case electionStarted(epoch: UInt64)
    case electionWon(epoch: UInt64)
    /// Why a replica does not stand for election.
    case cannotFailOver(FailoverObstacle)
    case voteGranted(to: NodeID, epoch: UInt64)
    case voteRefused(to: NodeID, VoteRefusal)
    case voteReceived(from: NodeID, epoch: UInt64)

    case manualFailoverRequested(ManualFailoverKind)
    /// On the master: its replica asked for it.
    case manualFailoverAccepted(from: NodeID)
    /// On the replica: its master holds its clients, at this offset.
    case manualFailoverOffset(Int64)
    case manualFailoverReady(offset: Int64)
    case manualFailoverTimedOut

    case epochCollision(with: NodeID, newEpoch: UInt64)
    /// Another node took all slots: this one becomes its replica.
    case demoted(to: NodeID)
    case promoted(epoch: UInt64)
    /// An orphaned master gets this replica.
    case migrating(to: NodeID)
    case slotsChanged(owner: NodeID, from: [NodeID], epoch: UInt64)
    case handshakeCompleted(NodeID)
    /// A member has told of a node that was not known: no handshake is needed.
    case introduced(NodeID, by: NodeID)
    case addressChanged(NodeID, host: String, port: Int)
    case forgotten(NodeID)

    package enum FailureEnd: Hashable, Sendable {
        case replicaReachable
        case masterWithoutSlotsReachable
        /// A master that nobody replaced for a while.
        case masterStillOwner
    }

    /// Why cluster_state is fail.
    package enum ClusterDownReason: Hashable, Sendable {
        case uncoveredSlot
        case failedOwner
        case minority
    }

    package enum ManualFailoverKind: Hashable, Sendable {
        case agreed, force, takeover
    }

    /// `clusterLogCantFailover`.
    package enum FailoverObstacle: Hashable, Sendable {
        case dataAge
        case waitingDelay
        case expired
        case waitingVotes
    }

    /// `clusterSendFailoverAuthIfNeeded`.
    package enum VoteRefusal: Hashable, Sendable {
        case epochTooOld(requested: UInt64, current: UInt64)
        case alreadyVoted(epoch: UInt64)
        case requesterIsMaster
        case masterUnknown
        case masterIsUp
        case votedRecently(milliseconds: Int64)
        case slotEpochNewer(slot: Int, epoch: UInt64, requested: UInt64)
    }
}
