import Keyspace

extension Node {
    /// The version whose behaviour the node has.
    static let redisVersion = "7.0.15"

    /// The lines of one section. Dashboards look for the names of all fields: what these nodes do not do is 0, and what
    /// nobody can know of them is left out.
    func lines(of section: InfoSection) -> [String] {
        switch section {
        case .server: serverLines
        case .clients:
            [
                "connected_clients:\(clients.count - replication.attached.count)",
                "cluster_connections:\(max(0, cluster.peers.count - 1) * 2)",
                "maxclients:\(configuration.maxclients)", "client_recent_max_input_buffer:0",
                "client_recent_max_output_buffer:0", "blocked_clients:\(blockedClients)",
                "tracking_clients:\(tracking.clientCount)",
                "clients_in_timeout_table:0",
            ]
        case .memory: memoryLines
        case .persistence: persistenceLines
        case .stats: statisticsLines
        case .replication: replicationLines
        case .cpu: processorLines
        case .modules: []
        case .commandstats: commandLines
        case .errorstats:
            statistics.errors.sorted { $0.key < $1.key }
                .map { "errorstat_\($0.key):count=\($0.value)" }
        case .latencystats: configuration.latencyTracking ? latencyLines : []
        case .cluster: ["cluster_enabled:\(configuration.clusterEnabled ? 1 : 0)"]
        case .keyspace:
            database.count == 0
                ? []
                : [
                    "db0:keys=\(database.count),expires=\(database.volatileCount),"
                        + "avg_ttl=\(database.averageTTL)"
                ]
        }
    }

    private var serverLines: [String] {
        let uptime = started.duration(to: now).components.seconds
        var lines = [
            "redis_version:\(Self.redisVersion)", "redis_git_sha1:00000000", "redis_git_dirty:0",
            "redis_build_id:0",
            "redis_mode:\(configuration.clusterEnabled ? "cluster" : "standalone")",
        ]
        if !host.operatingSystem.isEmpty { lines.append("os:\(host.operatingSystem)") }
        lines += [
            "arch_bits:\(Int.bitWidth)", "monotonic_clock:POSIX clock_gettime",
            "multiplexing_api:\(host.multiplexing)", "atomicvar_api:c11-builtin",
            "gcc_version:0.0.0",
        ]
        if let process = host.processID { lines.append("process_id:\(process)") }
        lines += [
            "process_supervised:no", "run_id:\(runID)", "tcp_port:\(configuration.mainPort)",
            "server_time_usec:\(unixMicroseconds)", "uptime_in_seconds:\(uptime)",
            "uptime_in_days:\(uptime / 86_400)", "hz:\(configuration.accepted["hz"] ?? "10")",
            "configured_hz:\(configuration.accepted["hz"] ?? "10")",
            "lru_clock:\(AccessClock.seconds(at: unixMilliseconds) & 0xFF_FFFF)",
        ]
        if !host.executable.isEmpty { lines.append("executable:\(host.executable)") }
        return lines + ["config_file:\(host.configurationFile)", "io_threads_active:0"]
    }

    private var statisticsLines: [String] {
        [
            "total_connections_received:\(statistics.connections)",
            "total_commands_processed:\(statistics.commands)",
            "instantaneous_ops_per_sec:\(statistics.commandRate.perSecond)",
            "total_net_input_bytes:\(statistics.inputBytes)",
            "total_net_output_bytes:\(statistics.outputBytes)", "total_net_repl_input_bytes:0",
            "total_net_repl_output_bytes:0",
            "instantaneous_input_kbps:\(kilobytes(statistics.inputRate.perSecond))",
            "instantaneous_output_kbps:\(kilobytes(statistics.outputRate.perSecond))",
            "instantaneous_input_repl_kbps:0.00", "instantaneous_output_repl_kbps:0.00",
            "rejected_connections:\(statistics.rejectedConnections)",
            "sync_full:\(statistics.fullSyncs)",
            "sync_partial_ok:\(statistics.partialSyncs)",
            "sync_partial_err:\(statistics.refusedPartialSyncs)",
            "expired_keys:\(database.statistics.expiredKeys)", "expired_stale_perc:0.00",
            "expired_time_cap_reached_count:0", "expire_cycle_cpu_milliseconds:0",
            "evicted_keys:\(database.statistics.evictedKeys)",
            "evicted_clients:\(statistics.evictedClients)", "total_eviction_exceeded_time:0",
            "current_eviction_exceeded_time:0", "keyspace_hits:\(database.statistics.hits)",
            "keyspace_misses:\(database.statistics.misses)",
            "pubsub_channels:\(subscriptions.count(.channel))",
            "pubsub_patterns:\(subscriptions.count(.pattern))",
            "pubsubshard_channels:\(subscriptions.count(.shardChannel))", "latest_fork_usec:0",
            "total_forks:0",
            "migrate_cached_sockets:0", "slave_expires_tracked_keys:0", "active_defrag_hits:0",
            "active_defrag_misses:0", "active_defrag_key_hits:0", "active_defrag_key_misses:0",
            "total_active_defrag_time:0", "current_active_defrag_time:0",
            "tracking_total_keys:\(tracking.keyCount)",
            "tracking_total_items:\(tracking.itemCount)",
            "tracking_total_prefixes:\(tracking.prefixes.count)", "unexpected_error_replies:0",
            "total_error_replies:\(statistics.errors.values.reduce(0, +))",
            "dump_payload_sanitizations:0", "total_reads_processed:0", "total_writes_processed:0",
            "io_threaded_reads_processed:0", "io_threaded_writes_processed:0",
            "reply_buffer_shrinks:0", "reply_buffer_expands:0",
        ]
    }

    /// Clients that wait for something: in WAIT, or for the end of a pause.
    private var blockedClients: Int {
        clients.all.count { !$0.flags.isDisjoint(with: [.waiting, .postponed]) }
    }

    private var processorLines: [String] {
        guard let processor = host.processor else { return [] }
        return [
            "used_cpu_sys:\(processor.system.secondsText)",
            "used_cpu_user:\(processor.user.secondsText)", "used_cpu_sys_children:0.000000",
            "used_cpu_user_children:0.000000",
            "used_cpu_sys_main_thread:\(processor.system.secondsText)",
            "used_cpu_user_main_thread:\(processor.user.secondsText)",
        ]
    }

    private var latencyLines: [String] {
        commands.rows.indices.compactMap { command in
            guard let histogram = times.histograms[command] else { return nil }
            let times = configuration.latencyTrackingInfoPercentiles.map { percentile in
                let time = histogram.time(atPercentile: percentile)
                let decimals = String(1000 + time % 1000).dropFirst()
                return "p\(percentile.trimmedText)=\(time / 1000).\(decimals)"
            }
            return "latency_percentiles_usec_\(commands.rows[command].fullName):"
                + times.joined(separator: ",")
        }
    }

    private var commandLines: [String] {
        commands.rows.indices
            .filter { statistics.calls[$0] + statistics.rejectedCalls[$0] > 0 }
            .map {
                "cmdstat_\(commands.rows[$0].fullName):calls=\(statistics.calls[$0]),"
                    + durations(of: $0) + "rejected_calls=\(statistics.rejectedCalls[$0]),"
                    + "failed_calls=\(statistics.failedCalls[$0])"
            }
    }
}

extension Node {
    /// What a command took where that was measured, which it is not of fast ones unless LATENCY or SLOWLOG asks for it.
    private func durations(of command: Int) -> String {
        let microseconds = Int(statistics.nanoseconds[command] / 1000)
        let hundredths = microseconds * 100 / max(1, statistics.calls[command])
        let decimals = hundredths % 100
        let perCall = "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
        return "usec=\(microseconds),usec_per_call=\(perCall),"
    }
}

extension Duration {
    /// Seconds with six decimals.
    fileprivate var secondsText: String {
        let microseconds = String(components.attoseconds / 1_000_000_000_000)
        let zeros = String(repeating: "0", count: 6 - microseconds.count)
        return "\(components.seconds).\(zeros)\(microseconds)"
    }
}

/// Bytes as kilobytes with two decimals.
private func kilobytes(_ bytes: Int64) -> String {
    let hundredths = bytes * 100 / 1024
    let decimals = hundredths % 100
    return "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
}
