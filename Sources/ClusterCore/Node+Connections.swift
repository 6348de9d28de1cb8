// A node that is what it was, among others that are, too.
extension Node {
    /// Takes a copy of a node into a world where its connections are gone and nothing is written for it any more: all
    /// of them end, its files are opened again, and it goes on as after a break of the network.
    package mutating func loseConnections(at now: Instant, into actions: inout [Action]) {
        outbox = []
        for client in clients.all { step(.clientGone(client.id), at: now, into: &actions) }
        for link in links.all { step(.linkDown(link), at: now, into: &actions) }
        let reason = "Connection reset by peer"
        let streams =
            [replication.master?.stream].compactMap(\.self) + migration.streams.map(\.stream)
        for stream in streams {
            step(.streamDown(stream, reason: reason), at: now, into: &actions)
        }
        if let job = persistence.job {
            step(.snapshotFailed(job.number, reason: "Interrupted"), at: now, into: &actions)
        }
        openAppendOnly()
        if configuration.clusterEnabled { cluster.todo.insert(.saveConfiguration) }
        deliver(into: &actions)
    }
}
