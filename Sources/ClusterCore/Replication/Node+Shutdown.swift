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
        let client = clients[caller].id
        clients[caller].flags.insert(.waiting)
        guard shutdown == nil else {
            shutdown?.clients.append(client)
            return
        }
        log(.warning, "User requested shutdown...")
        deliverPropagated()
        let isWaiting =
            !options.isNow && configuration.shutdownTimeout != 0 && !areReplicasInSync
        shutdown = Shutdown(
            deadline: now.advanced(by: .seconds(isWaiting ? configuration.shutdownTimeout : 0)),
            clients: [client], options: options)
        guard isWaiting else { return finishShutdown() }
        if !isPaused { requestAcknowledgements() }
        pause(.shutdown, Pause(kind: .write, end: nil))
        log(.notice, "Waiting for replicas before shutting down.")
    }

    /// Ends the node if nothing is waited for any more.
    mutating func continueShutdown() {
        guard let shutdown else { return }
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
        guard !shutdown.options.isSaving || shutdown.options.isForced else {
            // Redis' answer where the dump cannot be written, as it cannot here.
            log(
                .warning,
                "Errors trying to shut down the server. Check the logs for more information.")
            return cancelShutdown()
        }
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
