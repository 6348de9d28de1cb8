/// Parameters that say how Redis is to go about its work, and that these nodes have no use for: they hold what they are
/// given, in the forms that Redis takes, so that tools which read or set them go on.
extension ConfigurationParameter {
    static let accepted: [ConfigurationParameter] =
        off.map { parameter($0, .boolean, "no") } + on.map { parameter($0, .boolean, "yes") }
        + numbers.map { parameter($0.0, .integer($0.1), "\($0.2)") }
        + [
            parameter(
                "active-defrag-ignore-bytes", .memory(1...Int.max), "104857600"),
            parameter("bind-source-addr", .text, ""), parameter("ignore-warnings", .text, ""),
            parameter(
                "oom-score-adj", .choice(["no", "yes", "relative", "absolute"]), "no"),
            parameter(
                "proc-title-template", .text, "{title} {listen-addr} {server-mode}"),
            parameter(
                "propagation-error-behavior",
                .choice(["ignore", "panic", "panic-on-replicas"]), "ignore"),
            parameter(
                "repl-diskless-load", .choice(["disabled", "on-empty-db", "swapdb"]), "disabled"),
            ConfigurationParameter(
                "slave-lazy-flush", .accepted(.boolean, key: "replica-lazy-flush", initial: "no")),
        ]
        + constants.map { ConfigurationParameter($0.0, .constant($0.1), .immutable) }
        + fixed.map { ConfigurationParameter($0.0, .constant($0.1), .unsupported) }

    private static let off = [
        "aof-disable-auto-gc", "aof-timestamp-enabled", "lazyfree-lazy-eviction",
        "lazyfree-lazy-expire", "lazyfree-lazy-server-del", "lazyfree-lazy-user-del",
        "lazyfree-lazy-user-flush", "rdb-del-sync-files", "repl-disable-tcp-nodelay",
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
        ("logfile", ""), ("pidfile", ""), ("server_cpulist", ""), ("set-proc-title", "yes"),
        ("socket-mark-id", "0"), ("syslog-enabled", "no"), ("syslog-facility", "local0"),
        ("syslog-ident", "redis"), ("tcp-backlog", "511"), ("unixsocketperm", "0"),
    ]

    /// What a client would rely on if it could be set.
    private static let fixed = [
        ("latency-tracking-info-percentiles", "50 99 99.9"), ("loglevel", "notice"),
        ("maxmemory-clients", "0"), ("oom-score-adj-values", "0 200 800"),
        ("replica-announced", "yes"), ("sanitize-dump-payload", "no"),
        ("shutdown-on-sigint", "default"), ("shutdown-on-sigterm", "default"),
    ]

    private static func parameter(
        _ name: String, _ rule: Directive.Rule, _ initial: String
    ) -> ConfigurationParameter {
        ConfigurationParameter(name, .accepted(rule, key: name, initial: initial))
    }
}

extension Directive.Rule {
    /// A value as CONFIG shows it, if it is one.
    func normalized(_ value: String) throws(ConfigurationParameter.Refusal) -> String {
        try check(value)
        return switch self {
        case .boolean, .choice: value.lowercased()
        case .memory(let range): String(try ConfigurationParameter.memory(value, in: range))
        case .integer, .text, .list: value
        }
    }
}
