import Keyspace

/// What clients take of memory: it counts for maxmemory, and has a limit of its own (maxmemory-clients).
///
/// Redis counts the buffers as its allocator has given them out; these nodes count the bytes that wait in them.
extension Node {
    /// The driver says what a client has not taken yet of what it was sent.
    package mutating func noteOutput(_ bytes: Int, of client: ClientID) {
        guard clients.contains(client) else { return }
        clients.note(
            input: clients[client.index].inputBytes, output: bytes, ofClientAt: client.index)
    }

    /// What counts for maxmemory of all clients. What replicas have not taken does not, or each key that is evicted
    /// would take more memory for the DEL that they are sent, and so another key.
    var clientMemory: Int {
        guard !replication.attached.isEmpty else { return clients.bufferBytes }
        return clients.bufferBytes - replicaOutput
    }

    /// What replicas have not taken yet.
    var replicaOutput: Int {
        replication.attached.reduce(0) { sum, replica in
            clients.contains(replica.client) ? sum + clients[replica.client.index].outputBytes : sum
        }
    }

    /// All that clients take that are no replicas, with what is kept about each of them.
    var normalClientsMemory: Int {
        clients.all.reduce(0) { $1.flags.contains(.replica) ? $0 : $0 + $1.memory }
    }

    // MARK: - maxmemory-clients

    /// Bytes that clients may take together; nil without a limit (`getClientEvictionLimit`). With less than 128 KB
    /// nobody could say anything any more.
    private var clientLimit: Int? {
        let limit = configuration.maxmemoryClients
        let leastLimit = 128 * 1024
        if limit > 0 { return max(limit, leastLimit) }
        guard limit < 0, configuration.maxmemory > 0 else { return nil }
        return max(Int(Double(configuration.maxmemory) * Double(-limit) / 100), leastLimit)
    }

    /// Ends the connections of the clients that take the most, until all together take no more than they may
    /// (`evictClients`).
    @inline(never)
    mutating func evictClients() {
        guard let limit = clientLimit else { return }
        let counted = clients.all.filter { $0.flags.isDisjoint(with: [.replica, .closing]) }
        var total = counted.reduce(0) { $0 + $1.memory }
        guard total >= limit else { return }
        let candidates = counted.filter { !$0.flags.contains(.noEvict) }
            .sorted { $0.memory > $1.memory }
        for client in candidates where total >= limit {
            log(.notice, "Evicting client: " + describe(client).dropLast())
            total -= client.memory
            drop(client.id)
            statistics.evictedClients += 1
        }
        if total >= limit {
            log(.warning, "Over client maxmemory after evicting all evictable clients")
        }
    }
}

extension Client {
    /// What it takes: what is kept about it, its buffers, and its transaction (`getClientMemoryUsage`).
    var memory: Int {
        MemoryLayout<Client>.stride + inputBytes + outputBytes + (transaction?.byteCount ?? 0)
    }
}
