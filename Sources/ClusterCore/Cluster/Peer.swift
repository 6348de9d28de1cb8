/// A node of the cluster as another one, or itself, knows it (`clusterNode` in cluster.h).
///
/// Times are Unix milliseconds of the node that holds this view, 0 for never.
package struct Peer: Hashable, Sendable {
    // What every PING, PONG and cron looks at comes first: of a thousand nodes with a thousand peers each little is
    // ever in the processor's cache.
    package var id: NodeID
    package var flags: Flags
    /// A replica's master; nil also where a replica's master is not known yet.
    package var master: PeerIndex?
    /// Whether `link` is up.
    package var isConnected = false
    /// The last of this node's gossip sections that told of it.
    var gossipRound: UInt32 = 0
    /// When the PING was sent that no PONG has answered yet.
    package var pingSent: Int64 = 0
    package var pongReceived: Int64 = 0
    package var failureReports: [FailureReport] = []
    private var linkNumber: Int64 = 0

    /// Its address; empty for this node itself before it has learnt it.
    package var host: String
    private var portNumber: Int32
    private var busPortNumber: Int32
    private var plainPortNumber: Int32 = 0
    /// When anything at all came from it.
    package var dataReceived: Int64 = 0
    package var replicationOffset: Int64 = 0
    package var replicationOffsetTime: Int64 = 0
    package var configEpoch: UInt64 = 0
    /// The slots that it owns.
    package internal(set) var slots = SlotSet()

    private var inboundLinkNumber: Int64 = 0
    /// cluster-announce-hostname; empty for none.
    package var hostname = ""
    /// When it was found to FAIL.
    package var failTime: Int64 = 0
    /// When this node last voted for a replica of it.
    package var votedTime: Int64 = 0
    /// Since when it is a master whose replicas are all gone.
    package var orphanedTime: Int64 = 0
    /// When this node first heard of it.
    package var created: Int64 = 0
    /// How many replicas it has.
    package var replicaCount = 0

    /// A master's word that the peer is not reachable.
    package struct FailureReport: Hashable, Sendable {
        package let reporter: NodeID
        package var time: Int64
    }

    /// What a node is, and what others think of it; the numbers are those of the bus.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt16

        package init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        package static let master = Flags(rawValue: 1 << 0)
        package static let replica = Flags(rawValue: 1 << 1)
        /// Possibly failing: this node alone finds it unreachable.
        package static let pfail = Flags(rawValue: 1 << 2)
        /// The majority of masters does.
        package static let fail = Flags(rawValue: 1 << 3)
        package static let myself = Flags(rawValue: 1 << 4)
        /// Met, but it has not told its name yet.
        package static let handshake = Flags(rawValue: 1 << 5)
        package static let noAddress = Flags(rawValue: 1 << 6)
        /// Its first message is to be a MEET.
        package static let meet = Flags(rawValue: 1 << 7)
        /// A master that may be given replicas of others (replica migration).
        package static let migrateTo = Flags(rawValue: 1 << 8)
        /// A replica that does not try to become a master.
        package static let noFailover = Flags(rawValue: 1 << 9)
        /// It reads the extensions of servers later than Redis 7.0. So nodes here tell one another,
        /// once they have met such servers, which know it of each other by other means.
        package static let readsExtensions = Flags(rawValue: 1 << 10)
    }

    package init(
        id: NodeID, host: String, port: Int, busPort: Int? = nil, flags: Flags = .master
    ) {
        self.id = id
        self.host = host
        portNumber = Int32(truncatingIfNeeded: port)
        busPortNumber = Int32(truncatingIfNeeded: busPort ?? port + 10_000)
        self.flags = flags
    }

    package var port: Int {
        get { Int(portNumber) }
        set { portNumber = Int32(truncatingIfNeeded: newValue) }
    }

    /// Where its cluster bus listens.
    package var busPort: Int {
        get { Int(busPortNumber) }
        set { busPortNumber = Int32(truncatingIfNeeded: newValue) }
    }

    /// Where it serves clients without TLS, where `port` is that of TLS; else 0. nodes.conf does not keep it.
    package var plainPort: Int {
        get { Int(plainPortNumber) }
        set { plainPortNumber = Int32(truncatingIfNeeded: newValue) }
    }

    /// The connection that this node made to it, or tries to make.
    package var link: LinkID? {
        get { linkNumber == 0 ? nil : LinkID(number: linkNumber) }
        set { linkNumber = newValue?.number ?? 0 }
    }

    /// The connection that came from it.
    package var inboundLink: LinkID? {
        get { inboundLinkNumber == 0 ? nil : LinkID(number: inboundLinkNumber) }
        set { inboundLinkNumber = newValue?.number ?? 0 }
    }

    package var isMaster: Bool { flags.contains(.master) }
    package var isReplica: Bool { flags.contains(.replica) }
    package var hasFailed: Bool { flags.contains(.fail) }
    package var isTimedOut: Bool { flags.contains(.pfail) }
    package var isInHandshake: Bool { flags.contains(.handshake) }
}

/// A peer's place in the cluster's list of nodes. Dense, so that tables by slot stay small. When a node is
/// forgotten the later ones move up: keep none across a change of the list.
package struct PeerIndex: Hashable, Sendable {
    package let rawValue: UInt16

    package init(_ index: Int) {
        rawValue = UInt16(index)
    }

    package var index: Int { Int(rawValue) }

    /// What stands for nobody in tables.
    package static let none = PeerIndex(Int(UInt16.max))
    /// A node is the first of its own list.
    package static let myself = PeerIndex(0)
}
