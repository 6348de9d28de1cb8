import Keyspace

/// What a node keeps about replication, as a master and as a replica.
package struct Replication: Sendable {
    /// 40 hexadecimal digits that name the history of writes (`master_replid`).
    package var id: String
    /// Bytes of the replication stream written so far (`master_repl_offset`); of a replica, processed so far.
    package var offset: Int64 = 0
    /// The history that this node had before it became a master, or its master changed (`master_replid2`).
    package var secondID = Replication.noID
    /// The first offset at which the two histories differ; -1 for none.
    package var secondOffset: Int64 = -1
    var backlog: ReplicationBacklog?

    // MARK: As a master

    /// The clients that are replicas, or said that they will be, in the order in which they came.
    var replicas: [ReplicaLink] = []
    /// Whether the next write is to be preceded by a SELECT, as after every full sync.
    var selectsDatabase = true
    /// Since when there has been no replica.
    var noReplicasSince = Instant.start
    var snapshot: SnapshotTransfer?
    /// Clients in WAIT.
    var waits: [AcknowledgementWait] = []
    /// Replicas have to be asked for their offset at the end of the step.
    var wantsAcknowledgements = false
    /// Replicas that are not behind by more than min-replicas-max-lag.
    var goodReplicas = 0

    // MARK: As a replica

    /// The connection to the master; nil on a master.
    var master: MasterLink?
    /// Whether `id` and `offset` name data that a master could go on from (Redis' cached master).
    var hasHistory = false

    /// How often the replication's cron has run: once a second.
    var ticks = 0

    /// What stands for no id.
    package static let noID = String(repeating: "0", count: NodeID.length)

    package init(id: String) {
        self.id = id
    }

    /// The replicas that are attached, wherever they are in their synchronisation.
    var attached: [ReplicaLink] { replicas.filter(\.isAttached) }

    /// Whether any are, without a list of them.
    var hasReplicas: Bool { replicas.contains { $0.isAttached } }

    /// The place of a client among `replicas`.
    func index(of client: ClientID) -> Int? { replicas.firstIndex { $0.client == client } }

    /// Takes a new id, as a history without a past (`changeReplicationId`, `clearReplicationId2`).
    mutating func beginHistory(id: String) {
        self.id = id
        secondID = Self.noID
        secondOffset = -1
    }

    /// Takes a new id, and remembers the old one up to here (`shiftReplicationId`).
    mutating func shiftHistory(to id: String) {
        secondID = self.id
        secondOffset = offset + 1
        self.id = id
    }

    /// How many replicas have processed the stream up to an offset (`replicationCountAcksByOffset`).
    func acknowledgements(of offset: Int64) -> Int {
        replicas.count { $0.isOnline && $0.acknowledgedOffset >= offset }
    }
}
