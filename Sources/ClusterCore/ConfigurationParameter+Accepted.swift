/// Parameters that say how Redis is to go about its work, and that these nodes have no use for: they hold what they are
/// given, in the forms that Redis takes, so that tools which read or set them go on.
extension ConfigurationParameter {
    static let accepted: [ConfigurationParameter] =
        off.map { parameter($0, .boolean, "no") } + on.map { parameter($0, .boolean, "yes") }
        + numbers.map { parameter($0.0, .integer($0.1), "\($0.2)") }
        + [
            parameter(
                "active-defrag-ignore-bytes", .memory(1...Int.max), "104857600"),
            parameter("activedefrag", .off(noDefragmentation), "no"),
            parameter("bind-source-addr", .text, ""), parameter("ignore-warnings", .text, ""),
            parameter(
                "oom-score-adj", .choice(["no", "yes", "relative", "absolute"]), "no"),
            parameter("hz", .clamped(1...500), "10"),
            parameter("oom-score-adj-values", .scores, "0 200 800"),
            parameter("sanitize-dump-payload", .choice(["no", "yes", "clients"]), "no"),
            parameter(
                "proc-title-template", .titleTemplate, "{title} {listen-addr} {server-mode}"),
            parameter(
                "propagation-error-behavior",
                .choice(["ignore", "panic", "panic-on-replicas"]), "ignore"),
            parameter(
                "repl-diskless-load", .choice(["disabled", "on-empty-db", "swapdb"]), "disabled"),
            ConfigurationParameter(
                "slave-lazy-flush", .accepted(.boolean, key: "replica-lazy-flush", initial: "no")),
        ]
        + constants.map { ConfigurationParameter($0.0, .constant($0.1), .immutable) }

    private static let off = [
        "aof-disable-auto-gc", "aof-timestamp-enabled", "lazyfree-lazy-eviction",
        "lazyfree-lazy-expire", "lazyfree-lazy-server-del", "lazyfree-lazy-user-del",
        "lazyfree-lazy-user-flush", "no-appendfsync-on-rewrite", "rdb-del-sync-files",
        "repl-disable-tcp-nodelay",
        "replica-ignore-disk-write-errors", "replica-lazy-flush",
    ]

    private static let on = [
        "activerehashing", "aof-rewrite-incremental-fsync", "crash-log-enabled",
        "crash-memcheck-enabled", "dynamic-hz", "jemalloc-bg-thread",
        "rdb-save-incremental-fsync",
    ]

    private static let numbers: [(String, ClosedRange<Int>, Int)] = [
        ("active-defrag-cycle-max", 1...99, 25), ("active-defrag-cycle-min", 1...99, 1),
        ("active-defrag-max-scan-fields", 1...Int.max, 1000),
        ("active-defrag-threshold-lower", 0...1000, 10),
        ("active-defrag-threshold-upper", 0...1000, 100), ("active-expire-effort", 1...10, 1),
    ]

    /// What Redis cannot change either.
    private static let constants = [
        ("always-show-logo", "no"), ("aof_rewrite_cpulist", ""), ("bgsave_cpulist", ""),
        ("bio_cpulist", ""), ("disable-thp", "yes"), ("io-threads-do-reads", "no"),
        ("server_cpulist", ""), ("set-proc-title", "yes"),
        ("socket-mark-id", "0"), ("syslog-enabled", "no"), ("syslog-facility", "local0"),
        ("syslog-ident", "redis"), ("tcp-backlog", "511"), ("unixsocketperm", "0"),
    ]

    /// The lab's allocator is the system's, as that of a Redis which is built without jemalloc.
    private static let noDefragmentation =
        "Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified "
        + "Jemalloc like the one shipped by default with the Redis source distribution"

    private static func parameter(
        _ name: String, _ rule: Directive.Rule, _ initial: String
    ) -> ConfigurationParameter {
        ConfigurationParameter(name, .accepted(rule, key: name, initial: initial))
    }
}
