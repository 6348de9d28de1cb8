import Keyspace

/// maxmemory: what a node does when its data takes more than it may (evict.c).
///
/// Redis counts what its allocator has given out. These nodes count keys, values, the backlog, what waits in clients'
/// buffers and what is kept for those that track keys, by estimates that are the same on every machine, so that a run
/// repeats exactly.
extension Node {
    /// What counts for maxmemory.
    var usedMemory: Int {
        database.usedMemory + (replication.backlog?.count ?? 0) + clientMemory + tracking.byteCount
    }

    /// Keys that are evicted at once at most, by maxmemory-eviction-tenacity; the others follow. Redis has a time for
    /// that, half a millisecond by default.
    private var evictionLimit: Int {
        let tenacity = configuration.maxmemoryEvictionTenacity
        return tenacity >= 100 ? .max : 100 * max(1, tenacity)
    }

    /// Whether this node has to keep to maxmemory now.
    private var keepsMemoryLimit: Bool {
        configuration.maxmemory > 0 && !database.isFrozen
            && !(isReplica && configuration.replicaIgnoreMaxmemory)
    }

    /// Whether more memory is used than may be.
    var isOutOfMemory: Bool { keepsMemoryLimit && usedMemory > configuration.maxmemory }

    /// Evicts keys until the data takes no more than it may (`performEvictions`).
    /// - Returns: false where there is nothing that may be evicted.
    mutating func makeRoom() -> Bool {
        guard keepsMemoryLimit, usedMemory > configuration.maxmemory else { return true }
        guard let policy = EvictionPolicy(configuration.maxmemoryPolicy) else { return false }
        var evicted = 0
        var hasFailed = false
        while usedMemory > configuration.maxmemory, evicted < evictionLimit {
            guard let key = database.evict(policy, samples: configuration.maxmemorySamples) else {
                hasFailed = true
                break
            }
            propagateDeletion(of: key)
            evicted += 1
        }
        isEvicting = !hasFailed && usedMemory > configuration.maxmemory
        // Who has copies hears of it before the command at hand does anything.
        if tracking.isActive { invalidateModified(by: nil) }
        return !hasFailed
    }

    /// Goes on with an eviction that was too much for one command.
    mutating func continueEviction() {
        guard isEvicting else { return }
        isEvicting = false
        _ = makeRoom()
    }

    /// Refuses a command that may need memory that there is not. `flags` are those of all commands of a transaction.
    mutating func requireMemory(
        for entry: CommandTable.Entry, _ flags: CommandFlags
    ) throws(ReplyError) {
        guard !makeRoom() else { return }
        // What a transaction keeps takes memory too.
        let isQueued = clients[caller].flags.contains(.multi) && !endsTransaction(entry)
        guard flags.contains(.denyOOM) || isQueued else { return }
        throw ReplyError("OOM command not allowed when used memory > 'maxmemory'.")
    }

    private func endsTransaction(_ entry: CommandTable.Entry) -> Bool {
        let name = clients[caller].lastCommand.map { commands.rows[$0].fullName } ?? ""
        return entry.flags.contains(.runsQueue) || ["discard", "quit", "reset"].contains(name)
    }
}
