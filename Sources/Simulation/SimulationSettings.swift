package import ClusterCore
import Keyspace

/// What a run is made of. All of it follows from the number of nodes and the seed.
package struct SimulationSettings: Hashable, Sendable {
    package let nodes: Int
    package let seed: UInt64
    /// The first node's port; the others follow.
    package private(set) var firstPort = 7000
    /// Nodes that know nobody and own no slot.
    package private(set) var isEmpty = false
    /// Whether the invariants are held against every step. They are about clients that the world itself has.
    package private(set) var isChecked = true
    /// Whether the world keeps what its nodes tell, for `takeEvents`.
    package private(set) var keepsEvents = false
    package var masters: Int
    /// Of each master.
    package var replicas: Int
    package var clients: Int
    package var nodeTimeout: Duration
    /// What a payload takes between two machines that nothing is wrong with.
    package var latency: ClosedRange<Duration>
    /// How long things go wrong.
    package var faultPhase: Duration
    /// Between two faults, on average.
    package var faultInterval: Duration
    package var faults: Set<FaultPlan.Kind>
    /// Within that everything has to be well again after the heal.
    package var recovery: Duration
    /// Whether clocks are wrong, and run wrong.
    package var hasBadClocks: Bool
    package var configuration: Configuration

    /// Whether a node that is started again has all that it acknowledged.
    var keepsData: Bool { configuration.appendonly && configuration.appendfsync == "always" }

    /// - Parameter nodes: at least 3; those beyond whole shards start outside the cluster.
    package init(
        nodes: Int, seed: UInt64, faults: Set<FaultPlan.Kind> = FaultPlan.Kind.usual
    ) {
        precondition(nodes >= 3, "a cluster needs 3 nodes, not \(nodes)")
        self.nodes = nodes
        self.seed = seed
        self.faults = faults
        var random = SplitMix64(seed: ~seed)
        replicas = nodes >= 9 && random.next(below: 3) == 0 ? 2 : nodes >= 6 ? 1 : 0
        masters = nodes / (1 + replicas)
        clients = 3
        nodeTimeout = .milliseconds(1000 + random.next(below: 1001))
        // Packets grow with the square of the nodes and shrink with the timeout: large clusters have Redis' own.
        let isLarge = nodes > Self.largestWithFiles
        if isLarge { nodeTimeout = .seconds(15) }
        latency = .microseconds(100)...(.microseconds(300 + random.next(below: 3000)))
        faultPhase = isLarge ? .seconds(30) : .seconds(60)
        faultInterval = .milliseconds(1000 + random.next(below: 6000))
        recovery = .seconds(90)
        hasBadClocks = faults.contains(.clock)
        configuration = Configuration()
        // A node with a folder saves its nodes.conf; the world keeps it.
        if nodes <= Self.largestWithFiles { configuration.dir = "disk" }
        if isLarge { configuration.clusterGossipShare = Self.gossipShareOfLargeClusters }
        configuration.clusterNodeTimeout = nodeTimeout
        configuration.replDisklessSyncDelay = random.next(below: 3)
        configuration.clusterRequireFullCoverage = random.next(below: 4) != 0
    }

    /// A cluster for clients from outside, who may do with it whatever they like. Nothing goes wrong by itself.
    /// - Parameter spares: nodes beside it that know nobody.
    package init(
        masters: Int, replicas: Int, spares: Int = 0, port: Int, isEmpty: Bool, seed: UInt64,
        configuration: Configuration
    ) {
        nodes = masters * (1 + replicas) + spares
        self.masters = masters
        self.replicas = replicas
        self.seed = seed
        self.configuration = configuration
        self.isEmpty = isEmpty
        firstPort = port
        isChecked = false
        keepsEvents = true
        clients = 0
        nodeTimeout = configuration.clusterNodeTimeout
        latency = .microseconds(100)...(.microseconds(300))
        faultPhase = .zero
        faultInterval = .seconds(1)
        faults = []
        recovery = .zero
        hasBadClocks = false
        if nodes <= Self.largestWithFiles {
            self.configuration.dir = "/simulated"
            self.configuration.configFile = "/simulated/redis.conf"
        } else {
            self.configuration.clusterGossipShare = Self.gossipShareOfLargeClusters
        }
    }

    /// What large clusters take in place of Redis' 10: gossip is most of their work. Who is suspected is told in every
    /// packet all the same.
    private static let gossipShareOfLargeClusters = 50

    /// A thousand lines of text a save would be most of the work of a large cluster.
    private static let largestWithFiles = 100

    /// Whether nodes save their nodes.conf. Else what it would hold is taken from a node when it dies.
    var hasFiles: Bool { !configuration.dir.isEmpty }

    /// The clock of the next host.
    func clocks(using random: inout SplitMix64) -> HostClock {
        guard hasBadClocks else { return HostClock() }
        return HostClock(
            offset: .milliseconds(random.next(below: 2000)),
            drift: Int64(random.next(below: 401)) - 200)
    }
}
