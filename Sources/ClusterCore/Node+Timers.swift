import Keyspace

extension Node {
    /// hz 10.
    static let cronPeriod = Duration.milliseconds(100)

    /// What Redis' `serverCron` and `clusterCron` do.
    mutating func runCron() {
        // A node that sleeps does nothing at all.
        if stall == nil {
            database.expireSome()
            if isPropagating { propagateExpired() }
            runClusterCron()
            dropIdleClients()
            measureRates()
        }
        outbox.append(.setTimer(.cron, at: now.advanced(by: Self.cronPeriod)))
    }

    private mutating func measureRates() {
        statistics.commandRate.measure(statistics.commands, at: now)
        statistics.inputRate.measure(statistics.inputBytes, at: now)
        statistics.outputRate.measure(statistics.outputBytes, at: now)
    }

    private mutating func dropIdleClients() {
        guard configuration.timeout > 0 else { return }
        let limit = Duration.seconds(configuration.timeout)
        for client in clients.all where client.lastInteraction.duration(to: now) > limit {
            drop(client.id)
        }
    }
}
