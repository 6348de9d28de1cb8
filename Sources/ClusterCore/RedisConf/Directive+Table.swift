extension Directive {
    /// All of them: what `standardConfig` of Redis 7.0 has and CONFIG of these nodes has not, or has as a constant.
    static let all: [Directive] = process + refused + tuning

    /// Directives of older versions that do nothing any more.
    static let deprecated: Set<String> = [
        "list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands",
    ]

    /// About the process.
    private static let process: [Directive] = [
        Directive("bind", .list, .bind),
        Directive("daemonize", .boolean, .daemonize),
        Directive("logfile", .text, .logFile),
        Directive("loglevel", .choice(["debug", "verbose", "notice", "warning"]), .logLevel),
        Directive("pidfile", .text, .pidFile),
        Directive("replicaof", .list, .replicaOf),
        Directive("save", .list, .save),
        Directive("slaveof", .list, .replicaOf),
    ]

    /// What would change what a client, a peer or the file system gets.
    private static let refused: [Directive] = [
        Directive(
            "aclfile", .text,
            .refused(
                accepting: [""],
                "this server keeps no users in a file of their own: leave aclfile out, use user")),
        Directive(
            "supervised", .choice(["upstart", "systemd", "auto", "no"]),
            .refused(
                accepting: ["no", "auto"],
                "this server does not report to a supervisor: set supervised to no")),
        Directive(
            "syslog-enabled", .boolean,
            .refused(
                accepting: ["no"],
                "this server does not write to the system's log: use logfile instead")),
        Directive(
            "unixsocket", .text,
            .refused(
                accepting: [""], "this server has no Unix socket: leave unixsocket out, use port")),
    ]

    /// What only says how Redis is to go about its work.
    private static let tuning: [Directive] =
        booleans.map { Directive($0, .boolean) }
        + integers.map { Directive($0.0, .integer($0.1)) }
        + memories.map { Directive($0, .memory(0...Int.max)) }
        + texts.map { Directive($0, .text) }
        + choices.map { Directive($0.0, .choice($0.1)) }
        + [
            Directive("oom-score-adj-values", .scores),
            Directive("proc-title-template", .titleTemplate),
        ]

    private static let booleans = [
        "activedefrag", "activerehashing", "always-show-logo", "aof-disable-auto-gc",
        "aof-rewrite-incremental-fsync", "aof-timestamp-enabled",
        "crash-log-enabled", "crash-memcheck-enabled",
        "disable-thp", "dynamic-hz", "io-threads-do-reads", "jemalloc-bg-thread",
        "lazyfree-lazy-eviction", "lazyfree-lazy-expire",
        "lazyfree-lazy-server-del", "lazyfree-lazy-user-del", "lazyfree-lazy-user-flush",
        "no-appendfsync-on-rewrite", "rdb-del-sync-files", "rdb-save-incremental-fsync",
        "rdbchecksum", "repl-disable-tcp-nodelay",
        "replica-ignore-disk-write-errors", "replica-lazy-flush", "set-proc-title",
        "slave-lazy-flush", "use-exit-on-panic",
    ]

    private static let integers: [(String, ClosedRange<Int>)] = [
        ("active-defrag-cycle-max", 1...99),
        ("active-defrag-cycle-min", 1...99), ("active-defrag-max-scan-fields", 1...Int.max),
        ("active-defrag-threshold-lower", 0...1000), ("active-defrag-threshold-upper", 0...1000),
        ("active-expire-effort", 1...10),
        ("databases", 1...largest),
        ("hz", 0...largest), ("io-threads", 1...128), ("key-load-delay", -largest...largest),
        ("loading-process-events-interval-bytes", 1024...largest),
        ("rdb-key-save-delay", -largest...largest), ("socket-mark-id", 0...Int(UInt32.max)),
        ("tcp-backlog", 0...largest), ("unixsocketperm", 0...777),
        ("watchdog-period", 0...largest),
    ]

    private static let memories = [
        "active-defrag-ignore-bytes"
    ]

    private static let texts = [
        "aof_rewrite_cpulist", "bgsave_cpulist", "bind-source-addr", "bio_cpulist",
        "ignore-warnings", "server_cpulist", "syslog-ident",
    ]

    private static let choices: [(String, [String])] = [
        ("enable-module-command", ["no", "yes", "local"]),
        ("enable-protected-configs", ["no", "yes", "local"]),
        ("oom-score-adj", ["no", "yes", "relative", "absolute"]),
        ("propagation-error-behavior", ["ignore", "panic", "panic-on-replicas"]),
        ("repl-diskless-load", ["disabled", "on-empty-db", "swapdb"]),
        ("sanitize-dump-payload", ["no", "yes", "clients"]),
        (
            "syslog-facility",
            ["user"] + (0...7).map { "local\($0)" }
        ),
    ]

    private static let largest = Int(Int32.max)
}
