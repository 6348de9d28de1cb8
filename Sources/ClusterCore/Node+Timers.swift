import Keyspace

extension Node {
    /// hz 10.
    static let cronPeriod = Duration.milliseconds(100)
    private static let ticksPerSecond = 10

    /// What Redis' `serverCron` and `clusterCron` do.
    mutating func runCron() {
        // A node that sleeps does nothing at all, nor does one in the middle of a script or an EXEC.
        if !isAsleep, scripting.running == nil, scripting.transaction == nil {
            closeIdleMigrationStreams()
            if expiresActively { database.expireSome() }
            if isPropagating { propagateExpired() }
            continueEviction()
            if tracking.isActive { limitTracking() }
            runClusterCron()
            if ticks % Self.ticksPerSecond == 0 { runReplicationCron() }
            continueShutdown()
            runPersistenceCron()
            ticks += 1
            dropIdleClients()
            if configuration.maxmemoryClients != 0 { evictClients() }
            redirectBlockedClients()
            measureRates()
        }
        outbox.append(.setTimer(.cron, at: now.advanced(by: Self.cronPeriod)))
    }

    /// Whether a DEBUG SLEEP goes on.
    package var isAsleep: Bool {
        if case .sleep = stall { true } else { false }
    }

    private mutating func measureRates() {
        statistics.commandRate.measure(statistics.commands, at: now)
        statistics.inputRate.measure(statistics.inputBytes, at: now)
        statistics.outputRate.measure(statistics.outputBytes, at: now)
    }

    private mutating func dropIdleClients() {
        guard configuration.timeout > 0 else { return }
        let limit = Duration.seconds(configuration.timeout)
        // A replica has its own limit; who listens, or waits for a reply, is not idle.
        let busy: Client.Flags = [.replica, .monitor, .subscribed, .waiting, .postponed]
        for client in clients.all
        where client.flags.isDisjoint(with: busy)
            && client.lastInteraction.duration(to: now) > limit
        {
            drop(client.id)
        }
    }
}
