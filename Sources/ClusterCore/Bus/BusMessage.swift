/// A message of the cluster bus as a value (`clusterMsg` in cluster.h). `BusCodec` turns it into Redis' bytes and
/// back; the simulation passes it as it is.
///
/// A value of one word: what queues and copies it moves no more than that.
package struct BusMessage: Hashable, Sendable {
    private let contents: Contents

    /// Where the message lies; it never changes.
    private final class Contents: Sendable {
        let header: Header
        let body: Body

        init(header: Header, body: Body) {
            self.header = header
            self.body = body
        }
    }

    package var header: Header {
        _read { yield contents.header }
        set { self = BusMessage(header: newValue, body: body) }
    }

    package var body: Body {
        _read { yield contents.body }
        set { self = BusMessage(header: header, body: newValue) }
    }

    package static func == (left: BusMessage, right: BusMessage) -> Bool {
        left.contents === right.contents || left.header == right.header && left.body == right.body
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(header)
        hasher.combine(body)
    }

    /// What every message says of its sender.
    package struct Header: Hashable, Sendable {
        package var sender: NodeID
        package var currentEpoch: UInt64
        /// The sender's if it is a master, else its master's.
        package var configEpoch: UInt64
        /// The replication offset: of a master what it has written, of a replica what it has processed.
        package var offset: Int64
        /// The slots of the sender, or of its master.
        package var slots: SlotSet
        /// A replica's master.
        package var master: NodeID?
        /// The address that the sender announces; empty where receivers are to take the connection's.
        package var host: String
        package var port: Int
        package var busPort: Int
        package var flags: Peer.Flags
        /// cluster_state:ok, as the sender sees it.
        package var isClusterOK: Bool
        package var marks: Marks
        /// The port without TLS, where `port` is that of TLS; else 0.
        package var plainPort: Int

        package init(
            sender: NodeID, currentEpoch: UInt64, configEpoch: UInt64, offset: Int64,
            slots: SlotSet, master: NodeID?, host: String, port: Int, busPort: Int,
            flags: Peer.Flags, isClusterOK: Bool, marks: Marks = [], plainPort: Int = 0
        ) {
            self.sender = sender
            self.currentEpoch = currentEpoch
            self.configEpoch = configEpoch
            self.offset = offset
            self.slots = slots
            self.master = master
            self.host = host
            self.port = port
            self.busPort = busPort
            self.flags = flags
            self.isClusterOK = isClusterOK
            self.marks = marks
            self.plainPort = plainPort
        }
    }

    /// `mflags[0]` on the wire. That a packet carries extensions is the codec's business.
    package struct Marks: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// A master that holds its clients for a manual failover.
        package static let paused = Marks(rawValue: 1 << 0)
        /// A vote that is asked for although the master is well: a manual failover.
        package static let forceAck = Marks(rawValue: 1 << 1)
    }

    /// What the message is about.
    package enum Body: Hashable, Sendable {
        case ping(Gossip)
        case pong(Gossip)
        /// A PING that also asks to be let into the cluster.
        case meet(Gossip)
        case fail(NodeID)
        case publish(channel: [UInt8], message: [UInt8])
        case publishShard(channel: [UInt8], message: [UInt8])
        case failoverAuthRequest
        case failoverAuthAck
        /// To a node that claims slots with an old epoch: who has them now.
        case update(owner: NodeID, configEpoch: UInt64, slots: SlotSet)
        /// A replica asks its master to hold its clients (MFSTART).
        case manualFailoverStart
    }

    /// What PING, PONG and MEET carry.
    package struct Gossip: Hashable, Sendable {
        package var entries: [GossipEntry]
        /// The sender's cluster-announce-hostname (an extension); empty for none.
        package var hostname: String
        package var shard: Shard

        package init(entries: [GossipEntry] = [], hostname: String = "", shard: Shard = .none) {
            self.entries = entries
            self.hostname = hostname
            self.shard = shard
        }
    }

    /// What the sender says of its shard, in an extension of Redis 7.2.
    package enum Shard: Hashable, Sendable {
        /// It is none of those who know of shards.
        case none
        /// It reads extensions, and tells none of its shard: it may not know that the receiver reads them.
        case untold
        case id(NodeID)
    }

    package init(header: Header, body: Body) {
        contents = Contents(header: header, body: body)
    }

    package var kind: Kind {
        switch body {
        case .ping: .ping
        case .pong: .pong
        case .meet: .meet
        case .fail: .fail
        case .publish: .publish
        case .publishShard: .publishShard
        case .failoverAuthRequest: .failoverAuthRequest
        case .failoverAuthAck: .failoverAuthAck
        case .update: .update
        case .manualFailoverStart: .manualFailoverStart
        }
    }

    /// The kinds of message, with their numbers on the wire.
    package enum Kind: Int, Sendable, CaseIterable {
        case ping = 0
        case pong = 1
        case meet = 2
        case fail = 3
        case publish = 4
        case failoverAuthRequest = 5
        case failoverAuthAck = 6
        case update = 7
        case manualFailoverStart = 8
        /// 9 is for modules.
        case publishShard = 10

        /// As CLUSTER INFO counts it: `cluster_stats_messages_ping_sent`.
        package var name: String {
            switch self {
            case .ping: "ping"
            case .pong: "pong"
            case .meet: "meet"
            case .fail: "fail"
            case .publish: "publish"
            case .failoverAuthRequest: "auth-req"
            case .failoverAuthAck: "auth-ack"
            case .update: "update"
            case .manualFailoverStart: "mfstart"
            case .publishShard: "publishshard"
            }
        }
    }
}

/// What a node says of another one in its gossip section (`clusterMsgDataGossip`).
package struct GossipEntry: Hashable, Sendable {
    package var id: NodeID
    package var flags: Peer.Flags
    /// Unix seconds.
    package var pingSent: UInt32
    package var pongReceived: UInt32
    private let portNumber: UInt16
    private let busPortNumber: UInt16
    private let plainPortNumber: UInt16
    package var host: String

    @inline(__always)
    package init(
        id: NodeID, pingSent: UInt32, pongReceived: UInt32, host: String, port: Int, busPort: Int,
        flags: Peer.Flags, plainPort: Int = 0
    ) {
        self.id = id
        self.pingSent = pingSent
        self.pongReceived = pongReceived
        self.host = host
        portNumber = UInt16(truncatingIfNeeded: port)
        busPortNumber = UInt16(truncatingIfNeeded: busPort)
        plainPortNumber = UInt16(truncatingIfNeeded: plainPort)
        self.flags = flags
    }

    package var port: Int { Int(portNumber) }

    package var busPort: Int { Int(busPortNumber) }

    /// The port without TLS, where `port` is that of TLS; else 0.
    package var plainPort: Int { Int(plainPortNumber) }
}
