extension Node {
    /// INFO replication.
    var replicationLines: [String] {
        let isReplica = replication.master != nil
        return ["role:\(isReplica ? "slave" : "master")"] + masterLines
            + ["connected_slaves:\(replication.attached.count)"] + replicaLines + historyLines
    }

    /// What a replica tells about its master.
    private var masterLines: [String] {
        guard let master = replication.master else { return [] }
        let isUp = master.isConnected
        let offset = isUp || replication.hasHistory ? replication.offset : 1
        let read = offset + (isUp ? Int64(master.input.count) : 0)
        let silence = seconds(since: master.lastInteraction)
        var lines = [
            "master_host:\(master.host)", "master_port:\(master.port)",
            "master_link_status:\(isUp ? "up" : "down")",
            "master_last_io_seconds_ago:\(isUp ? silence : -1)",
            "master_sync_in_progress:\(master.transfer == nil ? 0 : 1)",
            "slave_read_repl_offset:\(read)", "slave_repl_offset:\(offset)",
        ]
        if let transfer = master.transfer { lines += transferLines(transfer, silence) }
        if !isUp {
            let down = master.downSince.map { seconds(since: $0) } ?? -1
            lines.append("master_link_down_since_seconds:\(down)")
        }
        return lines + [
            "slave_priority:\(configuration.replicaPriority)",
            "slave_read_only:\(configuration.replicaReadOnly ? 1 : 0)",
            "replica_announced:\(configuration.replicaAnnounced ? 1 : 0)",
        ]
    }

    private func transferLines(_ transfer: MasterLink.Transfer, _ silence: Int64) -> [String] {
        let total =
            switch transfer.form {
            case .unknown: -1
            case .mark: 0
            case .length(let length): length
            }
        let hundredths = total > 0 ? transfer.received * 10_000 / total : 0
        let decimals = hundredths % 100
        return [
            "master_sync_total_bytes:\(total)", "master_sync_read_bytes:\(transfer.received)",
            "master_sync_left_bytes:\(total - transfer.received)",
            "master_sync_perc:\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)",
            "master_sync_last_io_seconds_ago:\(silence)",
        ]
    }

    /// A line for each replica.
    private var replicaLines: [String] {
        var lines: [String] = []
        if configuration.minReplicasToWrite > 0, configuration.minReplicasMaxLag > 0 {
            lines.append("min_slaves_good_slaves:\(replication.goodReplicas)")
        }
        for (number, replica) in replication.attached.enumerated() {
            lines.append(
                "slave\(number):ip=\(replica.shownHost),port=\(replica.port),state=\(replica.stateName),"
                    + "offset=\(replica.acknowledgedOffset),lag=\(replica.lag(at: now))")
        }
        return lines
    }

    private var historyLines: [String] {
        let backlog = replication.backlog
        // Writes of the step at hand are in the stream already as far as anybody can see.
        let unwritten = pendingOffset - replication.offset
        return [
            "master_failover_state:no-failover", "master_replid:\(replication.id)",
            "master_replid2:\(replication.secondID)", "master_repl_offset:\(pendingOffset)",
            "second_repl_offset:\(replication.secondOffset)",
            "repl_backlog_active:\(backlog == nil ? 0 : 1)",
            "repl_backlog_size:\(configuration.replBacklogSize)",
            "repl_backlog_first_byte_offset:\(backlog?.firstOffset ?? 0)",
            "repl_backlog_histlen:\(backlog.map { Int64($0.count) + unwritten } ?? 0)",
        ]
    }

    private func seconds(since instant: Instant) -> Int64 {
        instant.duration(to: now).components.seconds
    }
}
