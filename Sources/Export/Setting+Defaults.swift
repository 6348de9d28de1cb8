extension ClusterTopology.Setting {
    /// What an export asks for and takes along where it differs, with the values that Redis 7.0 has by itself. What
    /// belongs to a machine (addresses, files, limits of the system) is not among them.
    static let defaults: [ClusterTopology.Setting] = [
        ("appendonly", "no"), ("appendfsync", "everysec"), ("save", "3600 1 300 100 60 10000"),
        ("maxmemory", "0"), ("maxmemory-policy", "noeviction"), ("maxclients", "10000"),
        ("timeout", "0"), ("tcp-keepalive", "300"), ("cluster-node-timeout", "15000"),
        ("cluster-require-full-coverage", "yes"), ("cluster-allow-reads-when-down", "no"),
        ("cluster-allow-pubsubshard-when-down", "yes"), ("cluster-migration-barrier", "1"),
        ("cluster-allow-replica-migration", "yes"), ("cluster-replica-validity-factor", "10"),
        ("cluster-replica-no-failover", "no"), ("cluster-link-sendbuf-limit", "0"),
        ("min-replicas-to-write", "0"), ("min-replicas-max-lag", "10"),
        ("repl-backlog-size", "1048576"), ("repl-backlog-ttl", "3600"), ("repl-timeout", "60"),
        ("repl-ping-replica-period", "10"), ("repl-diskless-sync", "yes"),
        ("repl-diskless-sync-delay", "5"), ("replica-priority", "100"),
        ("replica-read-only", "yes"), ("replica-serve-stale-data", "yes"),
        ("notify-keyspace-events", ""), ("slowlog-log-slower-than", "10000"),
        ("slowlog-max-len", "128"), ("latency-monitor-threshold", "0"),
        ("hash-max-listpack-entries", "512"), ("hash-max-listpack-value", "64"),
        ("list-max-listpack-size", "-2"), ("list-compress-depth", "0"),
        ("set-max-intset-entries", "512"), ("stop-writes-on-bgsave-error", "yes"),
        ("stream-node-max-bytes", "4096"), ("stream-node-max-entries", "100"),
    ].map { ClusterTopology.Setting(name: $0.0, value: $0.1) }

    /// Passwords go into no file.
    static let secrets = ["requirepass", "masterauth"]

    /// The line of redis.conf.
    var line: String {
        value.isEmpty ? "\(name) \"\"" : "\(name) \(value)"
    }
}
