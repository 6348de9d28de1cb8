import RESP

/// A replica as its master sees it: a client of the master that asked for the replication stream.
package struct ReplicaLink: Sendable {
    let client: ClientID
    /// Its own end of the connection, without the port.
    let host: String
    var state = State.introduced
    /// REPLCONF listening-port.
    var port = 0
    /// REPLCONF ip-address; empty for none.
    var announcedHost = ""
    /// Whether it can take a snapshot of unknown length (REPLCONF capa eof).
    var takesMarkedSnapshots = false
    /// Whether it understands a new replication id in +CONTINUE (REPLCONF capa psync2).
    var understandsNewIDs = false
    /// It wants a snapshot only, not what is written later (REPLCONF rdb-only).
    var wantsSnapshotOnly = false
    /// It wants a snapshot without keys: of functions, which these nodes do not have, or of nothing (REPLCONF
    /// rdb-filter-only).
    var wantsNoKeys = false
    /// It came with SYNC and will never send an acknowledgement.
    var isSilent = false
    /// What it said last to have processed.
    var acknowledgedOffset: Int64 = 0
    var acknowledged = Instant.start
    /// When it asked for a full sync.
    var requested = Instant.start
    /// What was written since its snapshot was taken and could not be sent to it yet.
    var pending: [UInt8] = []
    /// Since when it has had more to take than the soft limit.
    var overdueSince: Instant?

    /// How far it is (`SLAVE_STATE_WAIT_BGSAVE_START` and its kind).
    enum State: Hashable, Sendable {
        /// It has told about itself by REPLCONF, and not asked for anything yet.
        case introduced
        /// It waits for a snapshot to begin.
        case waitingForSnapshot
        /// A snapshot is being sent, or made.
        case takingSnapshot
        /// The snapshot is sent; what was written since follows when the replica says that it has loaded it.
        case loadingSnapshot
        case online
    }

    init(client: ClientID, host: String) {
        self.client = client
        self.host = host
    }

    /// Whether it counts as a replica.
    var isAttached: Bool { state != .introduced }

    var isOnline: Bool { state == .online || state == .loadingSnapshot }

    /// Where others find it.
    var shownHost: String { announcedHost.isEmpty ? host : announcedHost }

    /// What the log calls it (`replicationGetSlaveName`).
    var name: String {
        "\(shownHost):\(port == 0 ? "<unknown-replica-port>" : String(port))"
    }

    /// Its state as INFO shows it.
    var stateName: String { isOnline ? "online" : "wait_bgsave" }

    /// Seconds since its last acknowledgement.
    func lag(at now: Instant) -> Int64 {
        isOnline ? acknowledged.duration(to: now).components.seconds : 0
    }
}
