package import Keyspace

/// The parameters of redis.conf that a node honours, with Redis' defaults.
package struct Configuration: Hashable, Sendable {
    package var port = 6379
    package var bind = ["127.0.0.1"]
    package var tls = TLSParameters()
    /// The node's folder; empty where it has none and nothing is kept.
    package var dir = ""
    /// The file that CONFIG REWRITE writes; empty where there is none.
    package var configFile = ""
    package var requirepass = ""
    /// The users that redis.conf defines: the name and rules of each.
    package var users: [[String]] = []
    /// Refusals that ACL LOG keeps.
    package var acllogMaxLen = 128
    /// What users may hear at first: `resetchannels` or `allchannels`.
    package var aclPubsubDefault = "resetchannels"
    /// Without a password only clients of the same machine are served.
    package var protectedMode = true
    /// What a replica says to its master.
    package var masteruser = ""
    package var masterauth = ""
    package var maxclients = 10_000
    /// Seconds after which an idle client is dropped; 0 for never.
    package var timeout = 0
    /// Seconds between probes of a silent connection; 0 for none. Holds for connections made from then on.
    package var tcpKeepalive = 300
    package var clusterEnabled = true
    package var clusterConfigFile = "nodes.conf"
    package var clusterNodeTimeout = Duration.milliseconds(15_000)
    package var clusterRequireFullCoverage = true
    package var clusterAllowReadsWhenDown = false
    package var clusterAllowPubsubshardWhenDown = true
    /// The bus port; 0 for port + 10000.
    package var clusterPort = 0
    /// What this node says of its address; empty, or 0, for what its peers see.
    package var clusterAnnounceIP = ""
    package var clusterAnnouncePort = 0
    package var clusterAnnounceBusPort = 0
    package var clusterAnnounceHostname = ""
    /// What clients are told: `ip`, `hostname` or `unknown-endpoint`.
    package var clusterPreferredEndpointType = "ip"
    /// Node timeouts that a replica may have been without its master and still be elected; 0 for any.
    package var clusterReplicaValidityFactor = 10
    package var clusterReplicaNoFailover = false
    /// Replicas that a master keeps when one of its own goes to a master without any.
    package var clusterMigrationBarrier = 1
    package var clusterAllowReplicaMigration = true
    /// A PING tells of one node in so many, and of three at least. Redis has no such parameter and always takes 10;
    /// simulations of large clusters take less time with a greater number.
    package var clusterGossipShare = 10
    /// Bytes that a bus link may have waiting; 0 for no limit.
    package var clusterLinkSendbufLimit = 0

    package var replDisklessSync = true
    /// Seconds that a full sync waits for more replicas.
    package var replDisklessSyncDelay = 5
    /// Replicas that a full sync waits for, and for no more; 0 for any number.
    package var replDisklessSyncMaxReplicas = 0
    package var replBacklogSize = 1024 * 1024
    /// Seconds after which a backlog without replicas is dropped; 0 for never.
    package var replBacklogTTL = 3600
    /// Seconds of silence after which a replication link is given up.
    package var replTimeout = 60
    /// Seconds between a master's PINGs to its replicas.
    package var replPingReplicaPeriod = 10
    package var replicaServeStaleData = true
    package var replicaReadOnly = true
    package var replicaPriority = 100
    /// Whether INFO shows the replica as one that Sentinel should know of.
    package var replicaAnnounced = true
    /// What a replica says of its address; empty, or 0, for what its master sees.
    package var replicaAnnounceIP = ""
    package var replicaAnnouncePort = 0
    package var minReplicasToWrite = 0
    /// Seconds.
    package var minReplicasMaxLag = 10

    package var dbfilename = "dump.rdb"
    /// Seconds and changes after which the data is saved.
    package var savePoints: [SavePoint] = []
    /// Whether writes are refused after a dump at a save point failed.
    package var stopWritesOnBgsaveError = true
    package var appendonly = false
    package var appendfsync = "everysec"
    /// How much the append-only file grows before it is rewritten, in percent of its size; 0 for never.
    package var autoAOFRewritePercentage = 100
    /// Bytes up to which it is not rewritten by itself.
    package var autoAOFRewriteMinSize = 64 * 1024 * 1024
    package var appendfilename = "appendonly.aof"
    package var appenddirname = "appendonlydir"
    package var aofLoadTruncated = true
    /// Whether the base of the append-only file is a dump, and not commands.
    package var aofUseRDBPreamble = true
    /// Whether long strings are compressed in dumps.
    package var rdbCompression = true
    /// What a signal of the system asks for beside the end, in the words of SHUTDOWN; `default` for nothing.
    package var shutdownOnSIGINT = "default"
    package var shutdownOnSIGTERM = "default"
    /// What the process is told, for CONFIG: where its log goes and what of it, and its other files.
    package var logFile = ""
    package var logLevel = "notice"
    package var pidFile = ""
    package var isDaemon = false
    /// Seconds that SHUTDOWN waits for replicas that lag behind.
    package var shutdownTimeout = 10
    /// Milliseconds after which others are told that a script keeps the node busy; 0 for never.
    package var busyReplyThreshold = 5000
    /// Bytes; 0 for no limit.
    package var maxmemory = 0
    package var maxmemoryPolicy = "noeviction"
    /// Keys that are looked at to find one to evict.
    package var maxmemorySamples = 5
    /// Bytes that clients' buffers may take together; negative for a percentage of maxmemory, 0 for no limit.
    package var maxmemoryClients = 0
    /// From 0 to 100: how long a command may have to wait for others' keys to be evicted.
    package var maxmemoryEvictionTenacity = 10
    /// A replica leaves it to its master to evict keys.
    package var replicaIgnoreMaxmemory = true
    /// Keys that are remembered for clients that track them; 0 for no limit.
    package var trackingTableMaxKeys = 1_000_000
    package var lfuLogFactor = 10
    package var lfuDecayTime = 1
    /// Up to where collections are kept in compact encodings (`EncodingLimits`).
    package var hashMaxListpackEntries = 512
    package var hashMaxListpackValue = 64
    package var listMaxListpackSize = -2
    package var hllSparseMaxBytes = 3000
    package var setMaxIntsetEntries = 512
    package var streamNodeMaxBytes = 4096
    package var streamNodeMaxEntries = 100
    package var zsetMaxListpackEntries = 128
    package var zsetMaxListpackValue = 64
    /// Nodes at each end of a list that are not compressed in memory. These nodes compress none.
    package var listCompressDepth = 0
    /// Microseconds from which a command is in the slow log; negative for never.
    package var slowlogLogSlowerThan = 10_000
    package var slowlogMaxLen = 128
    /// Whether it is kept how long commands take, for LATENCY HISTOGRAM and INFO, and which percentiles INFO shows.
    package var latencyTracking = true
    package var latencyTrackingInfoPercentiles = [50, 99, 99.9]
    /// Milliseconds from which LATENCY notes a command; 0 for never.
    package var latencyMonitorThreshold = 0
    /// Parameters that these nodes hold and have no use for, where they were set.
    package var accepted: [String: String] = [:]
    package var protoMaxBulkLength = 512 * 1024 * 1024
    package var clientQueryBufferLimit = 1024 * 1024 * 1024
    package var outputBufferLimits = OutputBufferLimits()
    /// The classes of events that are published when keys change.
    package var notifyKeyspaceEvents: KeyspaceEvents = []
    /// `no`, `local` or `yes`. The lab's nodes allow DEBUG to local clients.
    package var enableDebugCommand = "no"

    /// A line of `save`: the data is saved after so many seconds if there were so many changes.
    package struct SavePoint: Hashable, Sendable {
        package var seconds: Int
        package var changes: Int

        package init(seconds: Int, changes: Int) {
            self.seconds = seconds
            self.changes = changes
        }

        /// Those of a redis-server that is told nothing.
        package static let standard = [
            SavePoint(seconds: 3600, changes: 1), SavePoint(seconds: 300, changes: 100),
            SavePoint(seconds: 60, changes: 10_000),
        ]
    }

    /// Rules that are broken on purpose; only tests of the simulation do, to see that it notices.
    package var flaws: Flaws = []

    /// See `flaws`.
    package struct Flaws: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Votes more than once in an epoch.
        package static let votesAgain = Flaws(rawValue: 1 << 0)
        /// Takes over what others claim, with whatever epoch.
        package static let ignoresEpochs = Flaws(rawValue: 1 << 1)
        /// A replica acknowledges what its master may have written, not what it has processed.
        package static let acknowledgesEarly = Flaws(rawValue: 1 << 2)
        /// A manual failover does not wait until the replica has all that its master wrote.
        package static let skipsOffset = Flaws(rawValue: 1 << 3)
        /// nodes.conf is not saved.
        package static let forgets = Flaws(rawValue: 1 << 4)
    }

    package init() {}

    /// Whether a line of that level is to be in the log.
    package func logs(_ level: LogLevel) -> Bool {
        let levels: [LogLevel] = [.debug, .verbose, .notice, .warning]
        return (levels.firstIndex(of: level) ?? 0) >= (Self.logLevels.firstIndex(of: logLevel) ?? 0)
    }

    /// What `logLevel` may be, the most talkative first.
    static let logLevels = ["debug", "verbose", "notice", "warning"]

    /// Where the cluster bus listens.
    package var busPort: Int { clusterPort == 0 ? basePort + 10_000 : clusterPort }
}

extension Database {
    /// Takes over what a configuration says about the keys.
    mutating func follow(_ configuration: Configuration) {
        isClusterEnabled = configuration.clusterEnabled
        usesLFU = configuration.maxmemoryPolicy.hasSuffix("-lfu")
        accessPace.logFactor = configuration.lfuLogFactor
        accessPace.decayMinutes = configuration.lfuDecayTime
        encodingLimits.hashEntries = configuration.hashMaxListpackEntries
        encodingLimits.hashElementSize = configuration.hashMaxListpackValue
        encodingLimits.listFill = configuration.listMaxListpackSize
        encodingLimits.setIntegers = configuration.setMaxIntsetEntries
        encodingLimits.streamNodeBytes = configuration.streamNodeMaxBytes
        encodingLimits.streamNodeEntries = configuration.streamNodeMaxEntries
        encodingLimits.sortedSetEntries = configuration.zsetMaxListpackEntries
        encodingLimits.sortedSetElementSize = configuration.zsetMaxListpackValue
        encodingLimits.hyperLogLogSparseBytes = configuration.hllSparseMaxBytes
        compressesDumps = configuration.rdbCompression
        maximumStringLength = configuration.protoMaxBulkLength
        countsMemory = configuration.maxmemory > 0
        usesLRU = configuration.maxmemoryPolicy.hasSuffix("-lru")
        let events = configuration.notifyKeyspaceEvents
        notified = events.isDisjoint(with: [.keyspace, .keyevent]) ? [] : events
    }
}
