extension Node {
    /// INFO persistence.
    var persistenceLines: [String] {
        let job = persistence.job
        let isSaving = job.map { $0.purpose == .dump } ?? false
        let isRewriting = job.map { $0.purpose != .dump } ?? false
        let seconds = job.map { $0.begun.duration(to: now).components.seconds } ?? -1
        let file = persistence.appendOnly
        return [
            "loading:0", "async_loading:0", "current_cow_peak:0", "current_cow_size:0",
            "current_cow_size_age:0", "current_fork_perc:0.00", "current_save_keys_processed:0",
            "current_save_keys_total:0", "rdb_changes_since_last_save:\(unsavedChanges)",
            "rdb_bgsave_in_progress:\(isSaving ? 1 : 0)",
            "rdb_last_save_time:\(persistence.lastSave / 1000)",
            "rdb_last_bgsave_status:\(persistence.hasSaveFailed ? "err" : "ok")",
            "rdb_last_bgsave_time_sec:\(persistence.lastSaveSeconds ?? -1)",
            "rdb_current_bgsave_time_sec:\(isSaving ? seconds : -1)",
            "rdb_saves:\(persistence.saves)", "rdb_last_cow_size:0",
            "rdb_last_load_keys_expired:\(persistence.expiredKeys)",
            "rdb_last_load_keys_loaded:\(persistence.loadedKeys)",
            "aof_enabled:\(file.state == .off ? 0 : 1)",
            "aof_rewrite_in_progress:\(isRewriting ? 1 : 0)",
            "aof_rewrite_scheduled:\(file.isRewriteScheduled ? 1 : 0)",
            "aof_last_rewrite_time_sec:\(file.lastRewriteSeconds ?? -1)",
            "aof_current_rewrite_time_sec:\(isRewriting ? seconds : -1)",
            "aof_last_bgrewrite_status:\(file.hasRewriteFailed ? "err" : "ok")",
            "aof_rewrites:\(file.rewrites)",
            "aof_rewrites_consecutive_failures:\(file.consecutiveFailures)",
            "aof_last_write_status:\(file.writeError == nil ? "ok" : "err")",
            "aof_last_cow_size:0", "module_fork_in_progress:0", "module_fork_last_cow_size:0",
        ] + (file.state == .off ? [] : sizeLines)
    }

    private var sizeLines: [String] {
        let file = persistence.appendOnly
        return [
            "aof_current_size:\(file.size)", "aof_base_size:\(file.baseSize)",
            "aof_pending_rewrite:0", "aof_buffer_length:0", "aof_pending_bio_fsync:0",
            "aof_delayed_fsync:0",
        ]
    }
}
