import Keyspace

/// A SHUTDOWN that waits for replicas.
struct Shutdown: Sendable {
    let deadline: Instant
    /// Those who asked for it. They get no reply unless it fails.
    var clients: [ClientID]
    let options: ShutdownOptions
}

/// Ending the node (`prepareForShutdown` and `finishShutdown` in server.c).
extension Node {
    /// Ends the node as the caller asks: at once, or when its replicas have everything.
    mutating func beginShutdown(_ options: ShutdownOptions) {
        clients[caller].flags.insert(.waiting)
        beginShutdown(options, by: clients[caller].id)
    }

    /// Ends the node as the system asks, by a signal of that name.
    mutating func beginShutdown(signal: String) {
        guard shutdown == nil else { return }
        log(.warning, "Received \(signal) scheduling shutdown...")
        beginShutdown(ShutdownOptions(signal: signal, configuration), for: [])
    }

    private mutating func beginShutdown(_ options: ShutdownOptions, by client: ClientID) {
        guard shutdown == nil else {
            shutdown?.clients.append(client)
            return
        }
        log(.warning, "User requested shutdown...")
        beginShutdown(options, for: [client])
    }

    private mutating func beginShutdown(_ options: ShutdownOptions, for clients: [ClientID]) {
        deliverPropagated()
        let isWaiting =
            !options.isNow && configuration.shutdownTimeout != 0 && !areReplicasInSync
        shutdown = Shutdown(
            deadline: now.advanced(by: .seconds(isWaiting ? configuration.shutdownTimeout : 0)),
            clients: clients, options: options)
        guard isWaiting else { return finishShutdown() }
        if !isPaused { requestAcknowledgements() }
        pause(.shutdown, Pause(kind: .write, end: nil))
        log(.notice, "Waiting for replicas before shutting down.")
    }

    /// Ends the node if nothing is waited for any more.
    mutating func continueShutdown() {
        guard let shutdown else { return }
        guard persistence.foreground == nil else { return }
        if areReplicasInSync || shutdown.deadline <= now { finishShutdown() }
    }

    /// Gives a shutdown up (`cancelShutdown`).
    /// - Returns: whether there was one.
    mutating func abortShutdown() -> Bool {
        guard shutdown != nil else { return false }
        cancelShutdown()
        log(.notice, "Shutdown manually aborted.")
        return true
    }

    private var areReplicasInSync: Bool {
        replication.attached.allSatisfy { $0.acknowledgedOffset == replication.offset }
    }

    private mutating func cancelShutdown() {
        guard let shutdown else { return }
        self.shutdown = nil
        for client in shutdown.clients where clients.contains(client) {
            answer(client, [UInt8]("-ERR Errors trying to SHUTDOWN. Check logs.\r\n".utf8))
        }
        endPause(.shutdown)
    }

    private mutating func finishShutdown() {
        guard let shutdown else { return }
        reportLaggingReplicas()
        let options = shutdown.options
        guard mayLeaveAppendOnly(isForced: options.isForced) else { return failShutdown() }
        abandonJob()
        guard options.isSaving || !configuration.savePoints.isEmpty && !options.isWithoutSaving
        else {
            return endShutdown()
        }
        log(.notice, "Saving the final RDB snapshot before exiting.")
        guard !configuration.dir.isEmpty else { return finalSaveEnded(hasFailed: true) }
        saveInForeground(.shutdown)
    }

    /// The last dump is written, or could not be.
    mutating func finalSaveEnded(hasFailed: Bool) {
        guard let shutdown else { return }
        guard !hasFailed || shutdown.options.isForced else {
            log(.warning, "Error trying to save the DB, can't exit.")
            return failShutdown()
        }
        if hasFailed { log(.warning, "Error trying to save the DB. Exit anyway.") }
        endShutdown()
    }

    /// Says what becomes of the snapshot that is being written and of the append-only file. One that was turned on a
    /// moment ago has nothing yet, and the node would come back without data.
    private mutating func mayLeaveAppendOnly(isForced: Bool) -> Bool {
        switch persistence.job?.purpose {
        case .dump: log(.warning, "There is a child saving an .rdb. Killing it!")
        case .base:
            if persistence.appendOnly.state == .waiting {
                log(.warning, "Writing initial AOF\(isForced ? ". Exit anyway." : ", can't exit.")")
                guard isForced else { return false }
            }
            if persistence.appendOnly.state != .off {
                log(.warning, "There is a child rewriting the AOF. Killing it!")
            }
        case nil: break
        }
        if persistence.appendOnly.state != .off { log(.notice, "Calling fsync() on the AOF file.") }
        return true
    }

    private mutating func failShutdown() {
        log(
            .warning,
            "Errors trying to shut down the server. Check the logs for more information.")
        cancelShutdown()
    }

    private mutating func endShutdown() {
        guard let shutdown else { return }
        // No reply: the connection's end is the answer. What else the clients sent is not executed any more.
        for client in shutdown.clients where clients.contains(client) {
            clients[client.index].flags.insert(.closing)
        }
        self.shutdown = nil
        log(.warning, "Redis is now ready to exit, bye bye...")
        outbox.append(.shutDown)
    }

    private mutating func reportLaggingReplicas() {
        let replicas = replication.attached
        guard !replicas.isEmpty else { return }
        let lagging = replicas.filter { $0.acknowledgedOffset != replication.offset }
        for replica in lagging {
            let behind = replication.offset - replica.acknowledgedOffset
            log(
                .warning,
                "Lagging replica \(replica.name) reported offset \(behind) behind master, "
                    + "lag=\(replica.lag(at: now)), state=\(replica.stateName).")
        }
        log(
            .notice,
            "\(replicas.count - lagging.count) of \(replicas.count) replicas are in sync when shutting "
                + "down.")
    }
}
