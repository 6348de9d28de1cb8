import Keyspace

/// The append-only file (aof.c): every write as the command that repeats it. What is in the file when the reply
/// leaves is what appendfsync promises: on the disk with `always`, a second or two behind it with `everysec`.
extension Node {
    private static let selection = [UInt8]("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n".utf8)

    /// Takes writes, as commands, into the append-only file.
    mutating func appendToFile(_ commands: [UInt8]) {
        switch persistence.appendOnly.state {
        case .off: return
        case .waiting:
            // Before its first rewrite has begun, whatever is written will be in the base.
            guard persistence.job.map({ $0.purpose != .dump }) == true else { return }
        case .on: break
        }
        let bytes = persistence.appendOnly.selectsDatabase ? Self.selection + commands : commands
        let isSynced = configuration.appendfsync == "always"
        persistence.appendOnly.selectsDatabase = false
        persistence.appendOnly.size += bytes.count
        persistence.appendOnly.incrementSize += bytes.count
        persistence.appendOnly.hasUnsynced = !isSynced
        outbox.append(.append(bytes, isSynced: isSynced))
    }

    /// Once a second under `everysec`, after the last write too.
    mutating func syncEverySecond() {
        // Where writing failed, it is tried again.
        if persistence.appendOnly.writeError != nil {
            outbox.append(.append([], isSynced: false))
        }
        guard persistence.appendOnly.hasUnsynced, persistence.appendOnly.state != .off,
            configuration.appendfsync == "everysec",
            persistence.appendOnly.lastSync.duration(to: now) >= .seconds(1)
        else { return }
        persistence.appendOnly.hasUnsynced = false
        persistence.appendOnly.lastSync = now
        outbox.append(.syncAppendOnly)
    }

    /// The driver could not write the file, or can again.
    mutating func appendOnlyChanged(error: String?) {
        if let error {
            log(.warning, "Error writing to the AOF file: \(error)")
        } else if persistence.appendOnly.writeError != nil {
            log(.warning, "AOF write error looks solved, Redis can write again.")
        }
        persistence.appendOnly.writeError = error
        updateRestrictions()
    }

    // MARK: - On and off

    /// Goes on with the file that was loaded, or begins one (`aofOpenIfNeededOnServerStart`).
    mutating func openAppendOnly() {
        guard configuration.appendonly else { return }
        persistence.appendOnly.state = .on
        persistence.appendOnly.selectsDatabase = true
        outbox.append(
            .openAppendOnly(base: snapshot(for: .base(isFirst: true), isForeground: true)))
    }

    /// CONFIG SET appendonly yes (`startAppendOnly`): the file is valid once a base is written.
    mutating func startAppendOnly() {
        persistence.appendOnly.state = .waiting
        persistence.appendOnly.writeError = nil
        persistence.appendOnly.lastSync = now
        updatePropagation()
        switch persistence.job?.purpose {
        case .dump:
            persistence.appendOnly.isRewriteScheduled = true
            log(
                .warning,
                "AOF was enabled but there is already another background operation. An AOF background was "
                    + "scheduled to start when possible.")
        case .base:
            log(
                .warning,
                "AOF was enabled but there is already an AOF rewriting in background. Stopping background "
                    + "AOF and starting a rewrite now.")
            abandonJob()
            rewrite()
        case nil: rewrite()
        }
    }

    /// CONFIG SET appendonly no (`stopAppendOnly`). The file stays as it is.
    mutating func stopAppendOnly() {
        deliverPropagated()
        persistence.appendOnly.state = .off
        persistence.appendOnly.isRewriteScheduled = false
        if persistence.job.map({ $0.purpose != .dump }) == true { abandonJob() }
        outbox.append(.closeAppendOnly)
        updatePropagation()
    }

    /// After a full synchronisation nothing of the file is valid (`restartAOFAfterSYNC`).
    mutating func restartAppendOnly() {
        guard configuration.appendonly else { return }
        stopAppendOnly()
        startAppendOnly()
    }

    // MARK: - Rewriting

    /// Begins to write a new base (`rewriteAppendOnlyFileBackground`).
    mutating func rewrite() {
        persistence.appendOnly.isRewriteScheduled = false
        persistence.appendOnly.rewrites += 1
        begin(.base(isFirst: persistence.appendOnly.state != .on))
        // What follows goes to a file of its own.
        persistence.appendOnly.selectsDatabase = true
        persistence.appendOnly.incrementSize = 0
        log(.notice, "Background append only file rewriting started")
    }

    /// `backgroundRewriteDoneHandler`.
    mutating func rewriteEnded(_ job: Persistence.Job, size: Int, _ error: String?) {
        persistence.appendOnly.lastRewriteSeconds = job.begun.duration(to: now).components.seconds
        if let error {
            log(.warning, "Background AOF rewrite terminated with error: \(error)")
            persistence.appendOnly.hasRewriteFailed = true
            persistence.appendOnly.consecutiveFailures += 1
            if persistence.appendOnly.state == .waiting {
                persistence.appendOnly.isRewriteScheduled = true
            }
            return
        }
        log(.notice, "Background AOF rewrite terminated with success")
        persistence.appendOnly.hasRewriteFailed = false
        persistence.appendOnly.consecutiveFailures = 0
        if persistence.appendOnly.state == .waiting { persistence.appendOnly.state = .on }
        if persistence.appendOnly.state == .on {
            persistence.appendOnly.size = size + persistence.appendOnly.incrementSize
            persistence.appendOnly.baseSize = persistence.appendOnly.size
        }
        log(.notice, "Background AOF rewrite finished successfully")
    }

    /// auto-aof-rewrite-percentage and auto-aof-rewrite-min-size.
    mutating func rewriteIfGrown() {
        let file = persistence.appendOnly
        guard file.state == .on, configuration.autoAOFRewritePercentage > 0,
            file.size > configuration.autoAOFRewriteMinSize
        else { return }
        let growth = file.size * 100 / max(1, file.baseSize) - 100
        guard growth >= configuration.autoAOFRewritePercentage, !isRewriteLimited() else { return }
        log(.notice, "Starting automatic rewriting of AOF on \(growth)% growth")
        rewrite()
    }

    /// Whether rewrites that began by themselves failed so often that the next one has to wait: one minute, then
    /// two, and so on, an hour at most (`aofRewriteLimited`). Each failed one leaves a small file behind.
    mutating func isRewriteLimited() -> Bool {
        guard persistence.appendOnly.consecutiveFailures >= 3 else {
            persistence.appendOnly.nextRewrite = nil
            persistence.appendOnly.retryMinutes = 0
            return false
        }
        if let next = persistence.appendOnly.nextRewrite {
            guard next <= now else { return true }
            persistence.appendOnly.nextRewrite = nil
            return false
        }
        let minutes = min(60, max(1, persistence.appendOnly.retryMinutes * 2))
        persistence.appendOnly.retryMinutes = minutes
        persistence.appendOnly.nextRewrite = now.advanced(by: .seconds(minutes * 60))
        log(
            .warning,
            "Background AOF rewrite has repeatedly failed and triggered the limit, will retry in "
                + "\(minutes) minutes")
        return true
    }
}
