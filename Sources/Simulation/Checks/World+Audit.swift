import ClusterCore
import Keyspace
import RESP

/// Whether what clients were told is still true.
extension World {
    /// A master that was replaced stops within that: by then it has heard of it, or finds itself in a minority.
    private var staleBound: Duration { settings.nodeTimeout * 2 + .seconds(1) }

    /// A replica that was without its master for longer is not elected (cluster-replica-validity-factor); the
    /// election itself takes its time, too.
    private var validityBound: Duration {
        settings.nodeTimeout * (settings.configuration.clusterReplicaValidityFactor + 4)
            + .seconds(settings.configuration.replPingReplicaPeriod)
    }

    /// Looks at every key.
    mutating func auditAll() {
        for key in ledger.keys.indices { audit(key) }
    }

    /// Holds one key against what its writer was told: the owner of its slot has it, unless the write fell into
    /// a window that Redis admits.
    mutating func audit(_ key: Int) {
        let entry = ledger.keys[key]
        let required = entry.required
        guard required > 0, !entry.isAbandoned, let owner = owner(of: entry.slot),
            hosts[owner].isUp
        else { return }
        let found = version(of: entry, at: owner)
        guard found < required else { return }
        for index in entry.acknowledged.indices.reversed() {
            let write = entry.acknowledged[index]
            if write.version <= found { break }
            guard write.excuse == nil else { continue }
            guard let excuse = excuse(for: write, of: entry, owner: owner) else {
                return violate(
                    .lostWrite(
                        key: entry.name, found: found, "n\(owner), which owns slot \(entry.slot),")
                )
            }
            if write.version == required {
                trace.note(
                    "\(entry.name): \(required) is lost, \(found) is found: \(excuse.rawValue)",
                    time)
            }
            ledger.excuse(key, at: index, excuse)
        }
    }

    private func excuse(
        for write: Ledger.Acknowledgement, of key: Ledger.Key, owner: Int
    ) -> Ledger.Excuse? {
        if isDisturbed(key.slot) { return .interruptedMove }
        let claim = invariants.claims[owner]
        let started = hosts[owner].started
        if started > write.executed, claim.since <= started, !settings.keepsData {
            return .restart
        }
        if claim.since <= write.executed {
            guard owner != write.host else { return nil }
            if isUnaware(write.host, of: claim, at: write.executed) { return .staleMaster }
            // Whoever took over without votes may be in a minority itself, and nobody else has to know.
            return claim.origin == .takeover ? .forced : nil
        }
        switch claim.origin {
        case .election:
            return write.executed.advanced(by: validityBound) >= claim.since ? .asynchronous : nil
        case .forcedFailover, .takeover: return .forced
        case .emptyFailover: return .emptyFailover
        case .foreignFailover: return .foreignFailover
        case .staleFailover: return .staleFailover
        case .collision(let rival): return isKnown(write, of: key, to: rival) ? .epochCollision : nil
        case .takenBack(let rival): return isKnown(write, of: key, to: rival) ? .takenBack : nil
        case .layout, .agreedFailover, .own: return nil
        }
    }

    /// Whether a host took a write, or has it.
    private func isKnown(
        _ write: Ledger.Acknowledgement, of key: Ledger.Key, to host: Int
    ) -> Bool {
        write.host == host || stored(key, at: host) >= write.version
    }

    /// Whether a master that was replaced may not have known it then.
    private func isUnaware(
        _ host: Int, of claim: Invariants.Claim, at instant: Instant
    ) -> Bool {
        instant <= max(claim.since, hosts[host].resumed).advanced(by: staleBound)
    }

    /// Whether a host that answered for a slot was replaced as its owner, and may not have known it.
    func isStale(_ host: Int, for slot: HashSlot, at executed: Instant) -> Bool {
        guard let owner = owner(of: slot), owner != host else { return false }
        let claim = invariants.claims[owner]
        return claim.since <= executed && isUnaware(host, of: claim, at: executed)
    }

    /// The value of a key on a host, or on the host to which its slot is on its way.
    private mutating func version(of key: Ledger.Key, at owner: Int) -> Int64 {
        let here = stored(key, at: owner)
        let cluster = hosts[owner].node.cluster
        guard let target = cluster.migrating[key.slot],
            let host = ordinal(of: cluster.peers[target.index].id)
        else { return here }
        return max(here, stored(key, at: host))
    }

    /// The value of a key in a node's data; 0 where it has none.
    func stored(_ key: Ledger.Key, at host: Int) -> Int64 {
        key.bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress,
                let reference = hosts[host].node.database.peek(
                    Argument(start: start, count: bytes.count), in: key.slot)
            else { return 0 }
            return hosts[host].node.database[reference].bytes?.integer ?? 0
        }
    }

    // MARK: - Data of replicas

    /// Looks at a host's offset and data.
    mutating func examineData(of host: Int) {
        let changes = hosts[host].node.database.changes
        let hasOther = changes != invariants.databaseChanges[host]
        guard hasOther || hosts[host].node.replication.offset != invariants.offsets[host] else {
            return
        }
        let replication = hosts[host].node.replication
        invariants.databaseChanges[host] = changes
        invariants.offsets[host] = replication.offset
        if replication.offset > 0, invariants.streamSince[host] == nil {
            invariants.streamSince[host] = time
        }
        if hasOther { auditKeys(ownedBy: host) }
        examineOffset(of: host, replication)
    }

    private mutating func auditKeys(ownedBy host: Int) {
        let claim = invariants.claims[host]
        guard claim.isMaster else { return }
        for key in ledger.keys.indices where claim.slots.contains(ledger.keys[key].slot) {
            audit(key)
        }
    }

    private mutating func examineOffset(of host: Int, _ replication: Replication) {
        let point = Invariants.DataPoint(
            replicationID: replication.id, offset: replication.offset)
        if hosts[host].node.cluster.myself.isMaster {
            let written = max(replication.offset, invariants.written[replication.id] ?? 0)
            invariants.written[replication.id] = written
            guard settings.replicas > 0 else { return }
            let hash = contentHash(of: host)
            if let known = invariants.contents.updateValue(hash, forKey: point), known != hash,
                hasLinkedReplica(replication.id)
            {
                violate(.silentChange(host: host, offset: replication.offset))
            }
        } else if let written = invariants.written[replication.id] {
            if replication.offset > written {
                violate(
                    .aheadOfMaster(host: host, offset: replication.offset, written: written))
            }
            if let hash = invariants.contents[point], hash != contentHash(of: host) {
                violate(.differentData(host: host, offset: replication.offset))
            }
        }
    }

    /// A master that loses a slot and stays a master deletes the slot's keys, and Redis 7.0 does not tell its
    /// replicas (`delKeysInSlot`): from then on those keys say nothing about replication.
    mutating func noteSlotsLost(by old: SlotSet, _ new: SlotSet) {
        for key in ledger.keys.indices {
            let slot = ledger.keys[key].slot
            guard old.contains(slot), !new.contains(slot) else { continue }
            ledger.keys[key].isLeftBehind = true
            invariants.contents = [:]
        }
    }

    /// Without replicas a master has no stream to write to.
    private func hasLinkedReplica(_ id: String) -> Bool {
        hosts.contains {
            $0.isUp && $0.node.isReplica && $0.node.isMasterLinkUp && $0.node.replication.id == id
        }
    }

    /// The data as one number, as far as clients have written them.
    private func contentHash(of host: Int) -> UInt64 {
        var sum: UInt64 = 0
        for (index, key) in ledger.keys.enumerated() where !key.isLeftBehind {
            let version = stored(key, at: host)
            guard version != 0 else { continue }
            var mixed = SplitMix64(seed: UInt64(index) << 32 ^ UInt64(bitPattern: version))
            sum &+= mixed.next()
        }
        return sum
    }

    /// Looks at what WAIT has counted.
    mutating func examineWait(
        _ key: Int, _ version: Int64, replicas: Int, _ executed: Instant
    ) {
        // What was resynchronised with a new master meanwhile may have had it, too.
        guard replicas > 0, !invariants.claims.contains(where: { $0.since > executed }) else {
            return
        }
        // A write before there was a stream has no offset that anybody could be behind.
        guard let master = ledger.keys[key].acknowledged.last?.host,
            let streamSince = invariants.streamSince[master], executed >= streamSince
        else { return }
        // Whoever was started anew meanwhile may have had it.
        let others = hosts.indices.filter { $0 != master }
        let holders = others.count {
            hosts[$0].started > executed || stored(ledger.keys[key], at: $0) >= version
        }
        if holders < replicas {
            violate(
                .waitLied(key: ledger.keys[key].name, replicas: replicas, holders: holders))
        }
    }

    // MARK: - Restarts

    /// Looks at what a node knows after a start.
    mutating func examineRestart(of host: Int) {
        let cluster = hosts[host].node.cluster
        // What was heard of and not saved may be forgotten; what was promised to others may not.
        invariants.epochs[host].current = min(
            invariants.epochs[host].current, cluster.currentEpoch)
        invariants.databaseChanges[host] = -1
        invariants.streamSince[host] = nil
        invariants.manualFailovers[host] = nil
        invariants.pendingOrigins[host] = nil
        auditAll()
    }
}
