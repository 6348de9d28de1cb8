import Keyspace

/// Replicas that go to masters that have lost all of theirs.
extension Node {
    /// How the working replicas are spread over the masters.
    struct ReplicaCounts {
        /// Working replicas by the place of their master.
        var working: [Int]
        var orphans = 0
        var most = 0
        /// Of this replica's own master.
        var ofMyMaster = 0
    }

    /// Counts the replicas; nil on a master and on an only replica, neither of which ever migrates.
    func countReplicas() -> ReplicaCounts? {
        guard cluster.myself.isReplica, cluster[cluster.myMaster].replicaCount > 1 else {
            return nil
        }
        var counts = ReplicaCounts(working: Array(repeating: 0, count: cluster.peers.count))
        for peer in cluster.peers where !peer.hasFailed {
            if let master = peer.master { counts.working[master.index] += 1 }
        }
        for (index, peer) in cluster.peers.enumerated().dropFirst()
        where peer.isMaster && peer.flags.isDisjoint(with: [.fail, .noAddress, .handshake]) {
            let working = counts.working[index]
            if working == 0, !peer.slots.isEmpty, peer.flags.contains(.migrateTo) {
                counts.orphans += 1
            }
            counts.most = max(counts.most, working)
            if cluster.myself.master?.index == index { counts.ofMyMaster = working }
        }
        return counts
    }

    /// Goes to a master that is orphaned for five seconds, if this is the replica to do so: one of the masters with
    /// the most replicas gives it, and it has the smallest name among theirs (`clusterHandleSlaveMigration`).
    mutating func considerMigration(_ counts: ReplicaCounts) {
        guard counts.orphans > 0, counts.most >= 2, counts.ofMyMaster == counts.most,
            configuration.clusterAllowReplicaMigration, cluster.isOK,
            let master = cluster.myself.master
        else { return }
        let reachable = cluster.replicas(of: master).count {
            cluster[$0].flags.isDisjoint(with: [.fail, .pfail])
        }
        guard reachable > configuration.clusterMigrationBarrier else { return }
        guard let target = orphan(counts), isCandidate(counts),
            unixMilliseconds - cluster[target].orphanedTime > Self.migrationDelay
        else { return }
        trace(.migrating(to: cluster[target].id))
        replicate(target)
    }

    /// CLUSTER_SLAVE_MIGRATION_DELAY: after a failover the old replicas need a moment to say whose they are.
    private static let migrationDelay: Int64 = 5000

    /// The first orphaned master that owns slots; notes since when masters are orphaned.
    private mutating func orphan(_ counts: ReplicaCounts) -> PeerIndex? {
        var target: PeerIndex?
        for index in cluster.peers.indices {
            let peer = cluster.peers[index]
            let isOrphaned =
                peer.isMaster && !peer.hasFailed && peer.flags.contains(.migrateTo)
                && counts.working[index] == 0
            if !isOrphaned {
                cluster.peers[index].orphanedTime = 0
                continue
            }
            if target == nil, !peer.slots.isEmpty { target = PeerIndex(index) }
            if peer.orphanedTime == 0 { cluster.peers[index].orphanedTime = unixMilliseconds }
        }
        return target
    }

    private func isCandidate(_ counts: ReplicaCounts) -> Bool {
        !cluster.peers.contains { peer in
            guard let master = peer.master, cluster[master].isMaster else { return false }
            return counts.working[master.index] == counts.most && peer.id < cluster.myself.id
        }
    }
}
