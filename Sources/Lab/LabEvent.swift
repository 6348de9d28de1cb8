/// Something that a node of a running cluster did or noticed, and why. The timeline, `why` and the page tell it;
/// nothing that a client could not learn follows from it.
package struct LabEvent: Hashable, Sendable {
    /// Since the cluster was started.
    package let time: Duration
    /// The node that tells it.
    package let node: NodeAddress
    package let kind: Kind

    /// A node as others name it: its 40 hexadecimal digits.
    package typealias NodeName = String

    /// What happened, in Redis' terms.
    package enum Kind: Hashable, Sendable {
        // MARK: Failure detection

        /// The node cannot reach the other any more (PFAIL).
        case suspected(NodeName)
        case suspicionEnded(NodeName)
        /// A master says that it cannot reach the other.
        case failureReported(NodeName, by: NodeName)
        case failureReportEnded(NodeName, by: NodeName)
        /// A majority of masters cannot reach the other (FAIL): these ones.
        case failed(NodeName, reports: [NodeName])
        /// Another node said that it has failed.
        case failureAnnounced(NodeName, by: NodeName)
        /// The other is reachable again; the reason is a sentence.
        case failureEnded(NodeName, reason: String)
        /// cluster_state; the reason is a sentence where it is fail.
        case stateChanged(isOK: Bool, reason: String?)

        // MARK: Elections

        case electionScheduled(delay: Duration, rank: Int, offset: Int64)
        case electionStarted(epoch: UInt64)
        case electionWon(epoch: UInt64)
        /// Why a replica does not stand for election.
        case cannotFailOver(reason: String)
        case voteGranted(to: NodeName, epoch: UInt64)
        case voteRefused(to: NodeName, reason: String)
        case voteReceived(from: NodeName, epoch: UInt64)
        case promoted(epoch: UInt64)
        /// Another node took all slots: this one becomes its replica.
        case demoted(to: NodeName)

        // MARK: Manual failover

        case manualFailoverRequested(ManualFailover)
        /// On the master: its clients wait from now on.
        case manualFailoverAccepted(from: NodeName)
        /// On the replica: the master's offset, while its clients wait.
        case manualFailoverOffset(Int64)
        case manualFailoverReady(offset: Int64)
        case manualFailoverTimedOut

        // MARK: Membership and slots

        case handshakeCompleted(NodeName)
        /// A member has told of a node that was not known.
        case introduced(NodeName, by: NodeName)
        case addressChanged(NodeName, NodeAddress)
        case forgotten(NodeName)
        /// An orphaned master gets this replica.
        case migrating(to: NodeName)
        case slotsChanged(owner: NodeName, from: [NodeName], epoch: UInt64)
        case epochCollision(with: NodeName, newEpoch: UInt64)

        // MARK: What was done to the cluster from outside

        /// Somebody did something to the node's process.
        case process(ProcessChange)
        /// Somebody did something to the network, as a sentence; the node has no part in it.
        case network(String)

        // MARK: What the lab's writer found out

        /// The node had acknowledged this write, and it is gone: told when the writer reads back, with the time of the
        /// acknowledgement.
        case writeLost(key: String, value: String)
    }

    /// What became of a node's process.
    package enum ProcessChange: String, Hashable, Sendable {
        case started, ended, crashed, frozen, thawed
    }

    /// CLUSTER FAILOVER, with FORCE or TAKEOVER.
    package enum ManualFailover: Hashable, Sendable {
        case agreed, force, takeover
    }

    package init(time: Duration, node: NodeAddress, kind: Kind) {
        self.time = time
        self.node = node
        self.kind = kind
    }
}
