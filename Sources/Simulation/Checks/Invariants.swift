package import ClusterCore
import Keyspace

/// What is known about the nodes from outside, to hold their next state against it.
package struct Invariants: Sendable {
    /// The first that was broken; the run ends with it.
    package internal(set) var violation: Violation?
    package internal(set) var claims: [Claim]
    var epochs: [Epochs]
    /// Who won each epoch.
    var winners: [UInt64: Int] = [:]
    /// The latest vote of each host.
    var votes: [Vote?]
    /// How far the master of each replication id has written.
    var written: [String: Int64] = [:]
    /// What the data were at an offset of a replication id, as a hash.
    var contents: [DataPoint: UInt64] = [:]
    /// How each host became a master last, if it was no ordinary election.
    var manualFailovers: [ManualFailover?]
    /// Whether each host stood for election with the data of another master than its own.
    var hasOtherHistory: [Bool]
    /// How the epoch that a host is about to get came to it.
    var pendingOrigins: [Origin?]
    var databaseChanges: [Int]
    var offsets: [Int64]
    /// Since when each host's replication offset is above 0; nil while it writes no stream.
    var streamSince: [Instant?]

    /// What a host says that it owns.
    package struct Claim: Hashable, Sendable {
        package var isMaster = false
        package var epoch: UInt64 = 0
        package var slots = SlotSet()
        /// Since when by this epoch.
        package var since = Instant.start
        package var origin = Origin.layout
    }

    /// How a host came by its epoch.
    package enum Origin: Hashable, Sendable {
        case layout
        case election
        case agreedFailover
        case forcedFailover
        case takeover
        /// By votes, at CLUSTER FAILOVER, without ever having had the master's data.
        case emptyFailover
        /// By votes, at CLUSTER FAILOVER, at the offset of an earlier one that its master has given up.
        case staleFailover
        /// By votes, with the data of a master that it was a replica of before.
        case foreignFailover
        /// It had the same epoch as that host, and has the smaller name.
        case collision(with: Int)
        /// Without anybody's vote, as a master that has been replaced by that host and does not know it.
        case takenBack(from: Int)
        /// Without anybody's vote: SETSLOT, BUMPEPOCH.
        case own
    }

    struct Epochs: Hashable, Sendable {
        var current: UInt64 = 0
        var lastVote: UInt64 = 0
        var config: UInt64 = 0
    }

    struct Vote: Hashable, Sendable {
        let epoch: UInt64
        let candidate: Int
    }

    struct DataPoint: Hashable, Sendable {
        let replicationID: String
        let offset: Int64
    }

    struct ManualFailover: Hashable, Sendable {
        let kind: NodeEvent.ManualFailoverKind
        let requested: Instant
        var isReady = false
        /// It was found ready although it has never been connected to its master.
        var isEmpty = false
        /// The offset that it got is of an earlier failover: its master does not hold its clients any more.
        var isStale = false
    }

    init(hosts: Int) {
        claims = Array(repeating: Claim(), count: hosts)
        epochs = Array(repeating: Epochs(), count: hosts)
        votes = Array(repeating: nil, count: hosts)
        manualFailovers = Array(repeating: nil, count: hosts)
        hasOtherHistory = Array(repeating: false, count: hosts)
        pendingOrigins = Array(repeating: nil, count: hosts)
        databaseChanges = Array(repeating: 0, count: hosts)
        offsets = Array(repeating: 0, count: hosts)
        streamSince = Array(repeating: nil, count: hosts)
    }

    /// Takes down how a host starts.
    mutating func begin(with node: Node, at host: Int) {
        let myself = node.cluster.myself
        claims[host].isMaster = myself.isMaster
        claims[host].epoch = myself.configEpoch
        claims[host].slots = myself.slots
        epochs[host] = Epochs(
            current: node.cluster.currentEpoch, lastVote: node.cluster.lastVoteEpoch,
            config: myself.configEpoch)
    }
}
