import Keyspace

/// dump.rdb (rdb.c).
extension Node {
    /// Changes since the last dump.
    var unsavedChanges: Int { database.changes - persistence.savedChanges }

    /// Takes a snapshot of the data as it is now, after all writes so far are handed over.
    mutating func snapshot(
        for purpose: Snapshot.Purpose, isForeground: Bool = false
    ) -> Snapshot {
        // A transaction is handed over whole.
        if !isInTransaction { deliverPropagated() }
        defer { persistence.nextSnapshot += 1 }
        return Snapshot(
            number: persistence.nextSnapshot, purpose: purpose, isForeground: isForeground,
            writer: snapshotWriter(for: purpose))
    }

    private func snapshotWriter(for purpose: Snapshot.Purpose) -> Snapshot.Writer {
        let functions = scripting.functions.codes
        guard purpose == .dump || configuration.aofUseRDBPreamble else {
            return .commands(CommandWriter(database, functions: functions))
        }
        return .dump(
            RDBWriter(
                database, auxiliary: snapshotFields(isBase: purpose != .dump),
                functions: functions))
    }

    /// What a dump says about itself (`rdbSaveInfoAuxFields`).
    func snapshotFields(isBase: Bool) -> [(name: String, value: String)] {
        [
            ("redis-ver", Self.redisVersion), ("redis-bits", String(Int.bitWidth)),
            ("ctime", String(unixMilliseconds / 1000)),
            ("used-mem", String(host.memory?.used ?? 0)),
        ] + (isBase ? [] : historyFields) + [("aof-base", isBase ? "1" : "0")]
    }

    /// Where the replication is; nothing where nobody could go on from there (`rdbPopulateSaveInfo`). A master
    /// without a backlog does not count what it writes: its offset would stand for other data after each dump.
    private var historyFields: [(name: String, value: String)] {
        let isKnown =
            replication.master == nil ? replication.backlog != nil : replication.hasHistory
        guard isKnown else { return [] }
        return [
            ("repl-stream-db", "0"), ("repl-id", replication.id),
            ("repl-offset", String(replication.offset)),
        ]
    }

    /// Writes a dump while everybody waits.
    mutating func saveInForeground(_ wanted: Persistence.Foreground.Wanted) {
        persistence.saves += 1
        let snapshot = snapshot(for: .dump, isForeground: true)
        persistence.foreground = Persistence.Foreground(
            number: snapshot.number, changes: database.changes, wanted: wanted)
        outbox.append(.dump(snapshot))
    }

    /// After a command that has left no key: a FLUSHALL empties the dump, too, where there are save points, so that
    /// a restart does not bring the keys back (`flushAllDataAndResetRDB`).
    @inline(never)
    mutating func resetDump(after command: Int) {
        guard commands.rows[command].fullName == "flushall" else { return }
        if persistence.job?.purpose == .dump { abandonJob() }
        guard !configuration.savePoints.isEmpty, !configuration.dir.isEmpty else { return }
        saveInForeground(.flush)
    }

    /// Begins to write a dump on the side (`rdbSaveBackground`).
    mutating func saveInBackground() {
        persistence.saves += 1
        persistence.isSaveScheduled = false
        persistence.lastAttempt = now
        begin(.dump)
        log(.notice, "Background saving started")
    }

    /// Begins to write a snapshot on the side.
    mutating func begin(_ purpose: Snapshot.Purpose) {
        precondition(persistence.job == nil, "two snapshots cannot be written at once")
        let snapshot = snapshot(for: purpose)
        persistence.job = Persistence.Job(
            number: snapshot.number, purpose: purpose, begun: now, changes: database.changes)
        outbox.append(.dump(snapshot))
    }

    /// Gives up what is being written on the side.
    mutating func abandonJob() {
        guard persistence.job != nil else { return }
        persistence.job = nil
        outbox.append(.abandonDump)
    }

    // MARK: - Outcomes

    /// A snapshot is on the disk, or could not be written.
    mutating func snapshotEnded(_ number: Int, size: Int, error: String?) {
        if let foreground = persistence.foreground, foreground.number == number {
            persistence.foreground = nil
            outbox.append(.resumeAll)
            if error == nil { dumpSaved(changes: foreground.changes) }
            finish(foreground.wanted, error)
        } else if let job = persistence.job, job.number == number {
            persistence.job = nil
            switch job.purpose {
            case .dump: dumpEnded(job, error)
            case .base: rewriteEnded(job, size: size, error)
            }
        }
    }

    private mutating func dumpSaved(changes: Int) {
        log(.notice, "DB saved on disk")
        persistence.savedChanges = changes
        persistence.lastSave = unixMilliseconds
        persistence.hasSaveFailed = false
        updateRestrictions()
    }

    private mutating func dumpEnded(_ job: Persistence.Job, _ error: String?) {
        persistence.lastSaveSeconds = job.begun.duration(to: now).components.seconds
        if let error {
            log(.warning, "Background saving error: \(error)")
            persistence.hasSaveFailed = true
            updateRestrictions()
        } else {
            dumpSaved(changes: job.changes)
            log(.notice, "Background saving terminated with success")
        }
    }

    private mutating func finish(_ wanted: Persistence.Foreground.Wanted, _ error: String?) {
        if let error { log(.warning, "Write error saving DB on disk: \(error)") }
        switch wanted {
        case .reply(let client):
            guard clients.contains(client) else { return }
            answer(client, Array((error == nil ? "+OK\r\n" : "-ERR\r\n").utf8))
        case .shutdown: finalSaveEnded(hasFailed: error != nil)
        case .flush: return
        }
    }

    // MARK: - By itself

    /// Begins what is due: a rewrite or a dump that was asked for, a save point, a rewrite of a file that has
    /// grown (`serverCron`).
    mutating func runPersistenceCron() {
        syncEverySecond()
        guard persistence.job == nil, !configuration.dir.isEmpty else { return }
        if persistence.appendOnly.isRewriteScheduled, !isRewriteLimited() { return rewrite() }
        if persistence.isSaveScheduled, maySave { return saveInBackground() }
        if let point = dueSavePoint {
            log(.notice, "\(point.changes) changes in \(point.seconds) seconds. Saving...")
            return saveInBackground()
        }
        rewriteIfGrown()
    }

    private var dueSavePoint: Configuration.SavePoint? {
        guard maySave else { return nil }
        let seconds = unixMilliseconds / 1000 - persistence.lastSave / 1000
        return configuration.savePoints.first {
            unsavedChanges >= $0.changes && seconds > $0.seconds
        }
    }

    /// After a failure five seconds pass before the next attempt (CONFIG_BGSAVE_RETRY_DELAY).
    private var maySave: Bool {
        guard persistence.hasSaveFailed, let last = persistence.lastAttempt else { return true }
        return last.duration(to: now) > .seconds(5)
    }

    // MARK: - Refusals

    /// Why writes are refused, where the disk does not take them (`writeCommandsDeniedByDiskError`).
    var diskError: ReplyError? {
        if let error = persistence.appendOnly.writeError, configuration.appendonly {
            return ReplyError("MISCONF Errors writing to the AOF file: \(error)")
        }
        guard persistence.hasSaveFailed, configuration.stopWritesOnBgsaveError,
            !configuration.savePoints.isEmpty
        else { return nil }
        return ReplyError(
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to "
                + "disk. Commands that may modify the data set are disabled, because this instance is "
                + "configured to report errors during writes if RDB snapshotting fails "
                + "(stop-writes-on-bgsave-error option). Please check the Redis logs for details about "
                + "the RDB error.")
    }
}
