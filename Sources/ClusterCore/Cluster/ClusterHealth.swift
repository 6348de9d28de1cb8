/// What the cluster's state depends on besides the present (`clusterUpdateState`'s static variables). Times are
/// instants of the node.
struct ClusterHealth: Sendable {
    /// When the state was first looked at: a master that has just come up stays at fail for a while, to give the
    /// cluster a chance to tell it of what it missed.
    var firstUpdate: Instant?
    /// When this node last found itself with a minority of masters.
    var amongMinority: Instant?
    let start: Instant

    /// CLUSTER_WRITABLE_DELAY: how long a master waits after its start.
    static let writableDelay = Duration.milliseconds(2000)

    init(start: Instant) {
        self.start = start
    }

    /// How long a master that was cut off waits after it is back, so that news can reach it first.
    static func rejoinDelay(nodeTimeout: Duration) -> Duration {
        min(max(nodeTimeout, .milliseconds(500)), .milliseconds(5000))
    }
}

extension Node {
    /// Decides whether the cluster can serve: every slot has an owner that has not failed (unless full coverage is
    /// not required), and this node sees a majority of the masters that own slots (`clusterUpdateState`).
    mutating func updateClusterState() {
        cluster.todo.remove(.updateState)
        let firstUpdate = cluster.health.firstUpdate ?? now
        cluster.health.firstUpdate = firstUpdate
        if cluster.myself.isMaster, !cluster.isOK,
            firstUpdate.duration(to: now) < ClusterHealth.writableDelay
        {
            return
        }
        change(to: problem())
    }

    /// What keeps the cluster from serving, nil where nothing does; counts the masters on the way.
    private mutating func problem() -> NodeEvent.ClusterDownReason? {
        let masters = cluster.peers.lazy.filter { $0.isMaster && !$0.slots.isEmpty }
        cluster.size = masters.count
        let reachable = masters.count { $0.flags.isDisjoint(with: [.fail, .pfail]) }
        guard reachable < cluster.size / 2 + 1 else { return coverageProblem }
        cluster.health.amongMinority = now
        return .minority
    }

    private var coverageProblem: NodeEvent.ClusterDownReason? {
        guard configuration.clusterRequireFullCoverage else { return nil }
        guard cluster.assignedCount == cluster.owners.count else { return .uncoveredSlot }
        let hasFailedOwner = cluster.peers.contains { $0.hasFailed && !$0.slots.isEmpty }
        return hasFailedOwner ? .failedOwner : nil
    }

    private mutating func change(to reason: NodeEvent.ClusterDownReason?) {
        let isOK = reason == nil
        guard isOK != cluster.isOK else { return }
        if isOK, cluster.myself.isMaster, let minority = cluster.health.amongMinority,
            minority.duration(to: now)
                < ClusterHealth.rejoinDelay(nodeTimeout: configuration.clusterNodeTimeout)
        {
            return
        }
        cluster.isOK = isOK
        trace(.clusterStateChanged(isOK: isOK, reason))
    }

    /// Begins as a member of a cluster that has long been in agreement, without the pause after a start.
    mutating func settleCluster() {
        cluster.health.firstUpdate = now.advanced(by: .zero - ClusterHealth.writableDelay)
        cluster.isOK = problem() == nil
    }
}
