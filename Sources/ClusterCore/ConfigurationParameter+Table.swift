extension ConfigurationParameter {
    /// Every parameter that CONFIG knows, by name. A parameter of Redis is missing here where these nodes have
    /// nothing of what it is about.
    static let all: [ConfigurationParameter] =
        (connections + tls + memory + encodings + cluster + replication + persistence + process
        + absent
        + accepted)
        .sorted { $0.name < $1.name }

    private static let connections: [ConfigurationParameter] = [
        ConfigurationParameter("busy-reply-threshold", .integer(\.busyReplyThreshold, 0...Int.max)),
        ConfigurationParameter("latency-tracking", .boolean(\.latencyTracking)),
        ConfigurationParameter(
            "latency-tracking-info-percentiles", .percentiles(\.latencyTrackingInfoPercentiles)),
        ConfigurationParameter("lua-time-limit", .integer(\.busyReplyThreshold, 0...Int.max)),
        ConfigurationParameter("bind", .words(\.bind), .unsupported),
        ConfigurationParameter(
            "client-query-buffer-limit", .memory(\.clientQueryBufferLimit, megabyte...Int.max)),
        ConfigurationParameter(
            "enable-debug-command", .choice(\.enableDebugCommand, ["no", "yes", "local"]),
            .immutable),
        ConfigurationParameter("maxclients", .integer(\.maxclients, 1...Int(UInt32.max))),
        ConfigurationParameter("port", .integer(\.port, 0...65535), .unsupported),
        ConfigurationParameter(
            "proto-max-bulk-len", .memory(\.protoMaxBulkLength, megabyte...Int.max)),
        ConfigurationParameter("protected-mode", .boolean(\.protectedMode)),
        ConfigurationParameter(
            "acl-pubsub-default",
            .choice(\.aclPubsubDefault, ["allchannels", "resetchannels"])),
        ConfigurationParameter(
            "latency-monitor-threshold", .integer(\.latencyMonitorThreshold, 0...Int.max)),
        ConfigurationParameter(
            "slowlog-log-slower-than", .integer(\.slowlogLogSlowerThan, -1...Int.max)),
        ConfigurationParameter("slowlog-max-len", .integer(\.slowlogMaxLen, 0...Int.max)),
        ConfigurationParameter("acllog-max-len", .integer(\.acllogMaxLen, 0...Int.max)),
        ConfigurationParameter("requirepass", .text(\.requirepass)),
        ConfigurationParameter("tcp-keepalive", .integer(\.tcpKeepalive, 0...largest)),
        ConfigurationParameter("timeout", .integer(\.timeout, 0...largest)),
    ]

    private static let tls: [ConfigurationParameter] = [
        ConfigurationParameter(
            "tls-auth-clients", .choice(\.tls.authClients, ["no", "yes", "optional"])),
        ConfigurationParameter("tls-ca-cert-dir", .text(\.tls.caCertDir)),
        ConfigurationParameter("tls-ca-cert-file", .text(\.tls.caCertFile)),
        ConfigurationParameter("tls-cert-file", .text(\.tls.certFile)),
        ConfigurationParameter("tls-ciphers", .text(\.tls.ciphers)),
        ConfigurationParameter("tls-ciphersuites", .text(\.tls.ciphersuites)),
        ConfigurationParameter("tls-client-cert-file", .text(\.tls.clientCertFile)),
        ConfigurationParameter("tls-client-key-file", .text(\.tls.clientKeyFile)),
        ConfigurationParameter("tls-client-key-file-pass", .text(\.tls.clientKeyFilePass)),
        ConfigurationParameter("tls-cluster", .boolean(\.tls.cluster)),
        ConfigurationParameter("tls-dh-params-file", .text(\.tls.dhParamsFile)),
        ConfigurationParameter("tls-key-file", .text(\.tls.keyFile)),
        ConfigurationParameter("tls-key-file-pass", .text(\.tls.keyFilePass)),
        ConfigurationParameter("tls-port", .integer(\.tls.port, 0...65535)),
        ConfigurationParameter("tls-prefer-server-ciphers", .boolean(\.tls.preferServerCiphers)),
        ConfigurationParameter("tls-protocols", .text(\.tls.protocols)),
        ConfigurationParameter("tls-replication", .boolean(\.tls.replication)),
        ConfigurationParameter(
            "tls-session-cache-size", .integer(\.tls.sessionCacheSize, 0...largest)),
        ConfigurationParameter(
            "tls-session-cache-timeout", .integer(\.tls.sessionCacheTimeout, 0...largest)),
        ConfigurationParameter("tls-session-caching", .boolean(\.tls.sessionCaching)),
    ]

    private static let memory: [ConfigurationParameter] = [
        ConfigurationParameter("databases", .constant("16"), .immutable),
        ConfigurationParameter("lfu-decay-time", .integer(\.lfuDecayTime, 0...largest)),
        ConfigurationParameter("notify-keyspace-events", .keyspaceEvents(\.notifyKeyspaceEvents)),
        ConfigurationParameter("lfu-log-factor", .integer(\.lfuLogFactor, 0...largest)),
        ConfigurationParameter(
            "maxmemory-eviction-tenacity", .integer(\.maxmemoryEvictionTenacity, 0...100)),
        ConfigurationParameter("maxmemory-samples", .integer(\.maxmemorySamples, 1...largest)),
        ConfigurationParameter(
            "replica-ignore-maxmemory", .boolean(\.replicaIgnoreMaxmemory)),
        ConfigurationParameter("slave-ignore-maxmemory", .boolean(\.replicaIgnoreMaxmemory)),
        ConfigurationParameter(
            "tracking-table-max-keys", .integer(\.trackingTableMaxKeys, 0...Int.max)),
        ConfigurationParameter("maxmemory", .unlimitedMemory(\.maxmemory)),
        ConfigurationParameter("maxmemory-clients", .memoryOrPercent(\.maxmemoryClients)),
        ConfigurationParameter(
            "maxmemory-policy",
            .choice(
                \.maxmemoryPolicy,
                [
                    "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
                    "allkeys-lru", "allkeys-lfu", "allkeys-random", "noeviction",
                ])),
    ]

    /// Up to where collections are compact. Redis knows most of these by an older name, too.
    private static let encodings: [ConfigurationParameter] =
        ["listpack", "ziplist"].flatMap { encoding in
            [
                ConfigurationParameter(
                    "hash-max-\(encoding)-entries",
                    .integer(\.hashMaxListpackEntries, 0...Int.max)),
                ConfigurationParameter(
                    "hash-max-\(encoding)-value", .memory(\.hashMaxListpackValue, 0...Int.max)),
                ConfigurationParameter(
                    "list-max-\(encoding)-size",
                    .integer(\.listMaxListpackSize, Int(Int32.min)...largest)),
                ConfigurationParameter(
                    "zset-max-\(encoding)-entries",
                    .integer(\.zsetMaxListpackEntries, 0...Int.max)),
                ConfigurationParameter(
                    "zset-max-\(encoding)-value", .memory(\.zsetMaxListpackValue, 0...Int.max)),
            ]
        } + [
            ConfigurationParameter(
                "list-compress-depth", .integer(\.listCompressDepth, 0...largest)),
            ConfigurationParameter(
                "hll-sparse-max-bytes", .memory(\.hllSparseMaxBytes, 0...Int.max)),
            ConfigurationParameter(
                "set-max-intset-entries", .integer(\.setMaxIntsetEntries, 0...Int.max)),
            ConfigurationParameter(
                "stream-node-max-bytes", .memory(\.streamNodeMaxBytes, 0...Int.max)),
            ConfigurationParameter(
                "stream-node-max-entries", .integer(\.streamNodeMaxEntries, 0...Int.max)),
        ]

    private static let cluster: [ConfigurationParameter] = [
        ConfigurationParameter(
            "cluster-allow-pubsubshard-when-down", .boolean(\.clusterAllowPubsubshardWhenDown)),
        ConfigurationParameter(
            "cluster-allow-reads-when-down", .boolean(\.clusterAllowReadsWhenDown)),
        ConfigurationParameter(
            "cluster-allow-replica-migration", .boolean(\.clusterAllowReplicaMigration)),
        ConfigurationParameter(
            "cluster-announce-bus-port", .integer(\.clusterAnnounceBusPort, 0...65535)),
        ConfigurationParameter("cluster-announce-hostname", .hostname(\.clusterAnnounceHostname)),
        ConfigurationParameter("cluster-announce-ip", .text(\.clusterAnnounceIP)),
        ConfigurationParameter(
            "cluster-announce-port", .integer(\.clusterAnnouncePort, 0...65535)),
        ConfigurationParameter(
            "cluster-announce-tls-port", .integer(\.tls.announcePort, 0...65535)),
        ConfigurationParameter(
            "cluster-link-sendbuf-limit", .unlimitedMemory(\.clusterLinkSendbufLimit)),
        ConfigurationParameter(
            "cluster-migration-barrier", .integer(\.clusterMigrationBarrier, 0...largest)),
        ConfigurationParameter("cluster-port", .integer(\.clusterPort, 0...65535), .immutable),
        ConfigurationParameter(
            "cluster-preferred-endpoint-type",
            .choice(\.clusterPreferredEndpointType, ["ip", "hostname", "unknown-endpoint"])),
        ConfigurationParameter(
            "cluster-replica-no-failover", .boolean(\.clusterReplicaNoFailover)),
        ConfigurationParameter(
            "cluster-slave-no-failover", .boolean(\.clusterReplicaNoFailover)),
        ConfigurationParameter(
            "cluster-replica-validity-factor",
            .integer(\.clusterReplicaValidityFactor, 0...largest)),
        ConfigurationParameter(
            "cluster-slave-validity-factor",
            .integer(\.clusterReplicaValidityFactor, 0...largest)),
        ConfigurationParameter("cluster-config-file", .text(\.clusterConfigFile), .immutable),
        ConfigurationParameter("cluster-enabled", .boolean(\.clusterEnabled), .immutable),
        ConfigurationParameter("cluster-node-timeout", .milliseconds(\.clusterNodeTimeout)),
        ConfigurationParameter(
            "cluster-require-full-coverage", .boolean(\.clusterRequireFullCoverage)),
        ConfigurationParameter("masterauth", .text(\.masterauth)),
        ConfigurationParameter("masteruser", .text(\.masteruser)),
    ]

    private static let replication: [ConfigurationParameter] =
        ["replica", "slave"].flatMap { role in
            [
                ConfigurationParameter(
                    "\(role)-serve-stale-data", .boolean(\.replicaServeStaleData)),
                ConfigurationParameter("\(role)-read-only", .boolean(\.replicaReadOnly)),
                ConfigurationParameter(
                    "\(role)-priority", .integer(\.replicaPriority, 0...largest)),
                ConfigurationParameter(
                    "min-\(role)s-to-write", .integer(\.minReplicasToWrite, 0...largest)),
                ConfigurationParameter(
                    "min-\(role)s-max-lag", .integer(\.minReplicasMaxLag, 0...largest)),
                ConfigurationParameter(
                    "\(role)-announce-port", .integer(\.replicaAnnouncePort, 0...65535)),
                ConfigurationParameter("\(role)-announce-ip", .text(\.replicaAnnounceIP)),
                ConfigurationParameter(
                    "repl-ping-\(role)-period",
                    .integer(\.replPingReplicaPeriod, 1...largest)),
            ]
        } + [
            ConfigurationParameter(
                "client-output-buffer-limit", .outputLimits(\.outputBufferLimits)),
            ConfigurationParameter("repl-backlog-size", .memory(\.replBacklogSize, 1...Int.max)),
            ConfigurationParameter("repl-backlog-ttl", .integer(\.replBacklogTTL, 0...Int.max)),
            ConfigurationParameter("repl-diskless-sync", .boolean(\.replDisklessSync)),
            ConfigurationParameter(
                "repl-diskless-sync-delay", .integer(\.replDisklessSyncDelay, 0...largest)),
            ConfigurationParameter(
                "repl-diskless-sync-max-replicas",
                .integer(\.replDisklessSyncMaxReplicas, 0...largest)),
            ConfigurationParameter("replica-announced", .boolean(\.replicaAnnounced)),
            // Their value is that of the node, not of its configuration.
            ConfigurationParameter("replicaof", .constant(""), .immutable),
            ConfigurationParameter("slaveof", .constant(""), .immutable),
            ConfigurationParameter("repl-timeout", .integer(\.replTimeout, 1...largest)),
            ConfigurationParameter("shutdown-timeout", .integer(\.shutdownTimeout, 0...largest)),
        ]

    private static let persistence: [ConfigurationParameter] = [
        ConfigurationParameter("aof-load-truncated", .boolean(\.aofLoadTruncated)),
        ConfigurationParameter("aof-use-rdb-preamble", .boolean(\.aofUseRDBPreamble)),
        ConfigurationParameter("appenddirname", .text(\.appenddirname), .immutable),
        ConfigurationParameter("appendfilename", .text(\.appendfilename), .immutable),
        ConfigurationParameter(
            "appendfsync", .choice(\.appendfsync, ["everysec", "always", "no"])),
        ConfigurationParameter("appendonly", .boolean(\.appendonly)),
        ConfigurationParameter(
            "auto-aof-rewrite-min-size", .memory(\.autoAOFRewriteMinSize, 0...Int.max)),
        ConfigurationParameter(
            "auto-aof-rewrite-percentage", .integer(\.autoAOFRewritePercentage, 0...largest)),
        ConfigurationParameter("dbfilename", .text(\.dbfilename), .protected),
        ConfigurationParameter("rdbchecksum", .constant("yes"), .immutable),
        ConfigurationParameter("rdbcompression", .boolean(\.rdbCompression)),
        ConfigurationParameter("save", .savePoints(\.savePoints)),
        ConfigurationParameter(
            "stop-writes-on-bgsave-error", .boolean(\.stopWritesOnBgsaveError)),
    ]

    /// What the process does.
    private static let process: [ConfigurationParameter] = [
        ConfigurationParameter("daemonize", .boolean(\.isDaemon), .immutable),
        ConfigurationParameter("logfile", .text(\.logFile), .immutable),
        ConfigurationParameter("loglevel", .choice(\.logLevel, Configuration.logLevels)),
        ConfigurationParameter("pidfile", .text(\.pidFile), .immutable),
        ConfigurationParameter(
            "shutdown-on-sigint", .choices(\.shutdownOnSIGINT, ShutdownOptions.signalWords)),
        ConfigurationParameter(
            "shutdown-on-sigterm", .choices(\.shutdownOnSIGTERM, ShutdownOptions.signalWords)),
    ]

    /// What these nodes do not do, where clients and tools ask.
    private static let absent: [ConfigurationParameter] =
        [
            ConfigurationParameter("aclfile", .constant(""), .immutable),
            ConfigurationParameter("dir", .text(\.dir), .protected),
            ConfigurationParameter("enable-module-command", .constant("no"), .immutable),
            ConfigurationParameter("enable-protected-configs", .constant("no"), .immutable),
            ConfigurationParameter("io-threads", .constant("1"), .immutable),
            ConfigurationParameter("supervised", .constant("no"), .immutable),
            ConfigurationParameter("unixsocket", .constant(""), .immutable),
        ]

    private static let megabyte = 1024 * 1024
    private static let largest = Int(Int32.max)

    /// The parameter of that name, in either case.
    static func named(_ name: String) -> ConfigurationParameter? {
        let name = name.lowercased()
        return all.first { $0.name == name }
    }
}
