import Keyspace

extension Node {
    /// Begins to replicate another node, and drops whatever it replicated before (`replicationSetMaster`).
    mutating func follow(host: String, port: Int) {
        database.isReplica = true
    }

    /// Ends the replication: from now on this node is a master with a history of its own (`replicationUnsetMaster`).
    mutating func stopFollowing() {
        database.isReplica = false
    }

    /// Whether this node replicates another one, in sync or not.
    var isFollowing: Bool { database.isReplica }

    /// What the bus announces: of a master the bytes written to its replicas, of a replica the bytes processed.
    var replicationOffset: Int64 { replication.offset }

    /// Whether the link to the master is up and in sync.
    var isMasterLinkUp: Bool { false }

    /// How old the data is: since the last byte from the master while the link is up, since its loss otherwise.
    var replicationDataAge: Duration { .zero }

    /// Holds the writes of all clients until then (`pauseClients`).
    mutating func pauseWrites(until: Instant) {}

    /// Lets them go on.
    mutating func resumeWrites() {}
}
