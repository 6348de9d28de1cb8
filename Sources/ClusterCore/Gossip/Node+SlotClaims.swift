import Keyspace

/// Who owns which slot, as nodes claim them: the claim with the greatest epoch wins.
extension Node {
    /// Compares the slots that the sender claims with what this node knows, and corrects one or the other.
    mutating func noteSlots(of sender: PeerIndex, _ header: BusMessage.Header) {
        let claimant = cluster[sender].isMaster ? sender : cluster[sender].master
        let isDirty = claimant.map { cluster[$0].slots != header.slots } ?? false
        // Processing a claim may demote this node, but never changes the list of nodes.
        if cluster[sender].isMaster, isDirty {
            takeSlots(header.slots, of: sender, epoch: header.configEpoch)
        }
        if isDirty { correct(sender, header) }
        if cluster.myself.isMaster, cluster[sender].isMaster,
            header.configEpoch == cluster.myself.configEpoch
        {
            resolveCollision(with: sender)
        }
    }

    /// Tells a sender that claims a slot with an old epoch who has it now.
    private mutating func correct(_ sender: PeerIndex, _ header: BusMessage.Header) {
        var newer: PeerIndex?
        let foreign = header.slots.subtracting(cluster[sender].slots)
        foreign.subtracting(cluster.unclaimed).forEach { slot in
            let owner = cluster.owner(of: slot)
            if newer == nil, owner != .none, cluster[owner].configEpoch > header.configEpoch {
                newer = owner
            }
        }
        guard let newer else { return }
        log(
            .verbose,
            "Node \(cluster[sender].id) has old slots configuration, "
                + "sending an UPDATE message about \(cluster[newer].id)")
        var slots = cluster[newer].slots
        slots.subtract(cluster.unclaimed)
        send(
            .update(
                owner: cluster[newer].id, configEpoch: cluster[newer].configEpoch, slots: slots),
            to: sender)
    }

    /// UPDATE: news of another node's slots.
    mutating func receiveUpdate(_ id: NodeID, _ epoch: UInt64, _ slots: SlotSet) {
        guard let owner = cluster.peer(id), cluster[owner].configEpoch < epoch else { return }
        if owner == .myself { return log(.warning, "Discarding UPDATE message about myself.") }
        if cluster[owner].isReplica { setAsMaster(owner) }
        cluster[owner].configEpoch = epoch
        cluster.todo.formUnion(.saveForGood)
        takeSlots(slots, of: owner, epoch: epoch)
    }

    /// Binds the slots that a master claims to it where its epoch is greater than the owner's, and makes this
    /// node its replica where that took the last slot of this shard (`clusterUpdateSlotsConfigWith`).
    mutating func takeSlots(_ slots: SlotSet, of claimant: PeerIndex, epoch: UInt64) {
        guard claimant != .myself else { return }
        let shardMaster = cluster.myself.isMaster ? .myself : cluster.myself.master
        var lostWithKeys: [HashSlot] = []
        var previousOwners: [PeerIndex] = []
        var lostByShard = 0
        // Nearly all of them are the claimant's already, and a whole rebalancing is told slot by slot.
        let gained = slots.subtracting(cluster[claimant].slots)
        cluster.unclaimed.subtract(slots.subtracting(gained))
        gained.forEach { slot in
            let owner = cluster.owner(of: slot)
            // A slot that is being imported is closed by whoever opened it.
            guard cluster.importing[slot] == nil else { return }
            guard
                owner == .none || cluster.unclaimed.contains(slot)
                    || cluster[owner].configEpoch < epoch
                    || configuration.flaws.contains(.ignoresEpochs)
            else { return }
            if owner == .myself, database.count(in: slot) > 0 { lostWithKeys.append(slot) }
            if owner == shardMaster { lostByShard += 1 }
            if owner != .none, !previousOwners.contains(owner) { previousOwners.append(owner) }
            cluster.assign(slot, to: claimant)
            // What others own can be learnt again; that this node lost a slot has to be remembered.
            cluster.todo.formUnion(owner == .myself ? .saveForGood : .saveConfiguration)
            cluster.todo.insert(.updateState)
        }
        let known = cluster[claimant].slots
        cluster.unclaimed.formUnion(known.subtracting(slots))
        // Equal views share one table.
        if known == slots { cluster[claimant].slots = slots }
        if !previousOwners.isEmpty {
            trace(
                .slotsChanged(
                    owner: cluster[claimant].id, from: previousOwners.map { cluster[$0].id },
                    epoch: epoch))
        }
        settleRole(
            after: claimant, claimed: slots.count, lostByShard: lostByShard,
            shardMaster: shardMaster, lostWithKeys: lostWithKeys)
    }

    private mutating func settleRole(
        after claimant: PeerIndex, claimed: Int, lostByShard: Int, shardMaster: PeerIndex?,
        lostWithKeys: [HashSlot]
    ) {
        if lostByShard > 0, let shardMaster, cluster[shardMaster].slots.isEmpty,
            configuration.clusterAllowReplicaMigration || claimed == lostByShard
        {
            trace(.demoted(to: cluster[claimant].id))
            replicate(claimant)
        } else if let master = cluster.myself.master, let grandmaster = cluster[master].master,
            grandmaster != .myself
        {
            log(
                .warning,
                "I'm a sub-replica! Reconfiguring myself as a replica of grandmaster "
                    + "\(cluster[grandmaster].id)")
            replicate(grandmaster)
        } else {
            // This master serves on, and keeps no key of a slot that is not its own.
            for slot in lostWithKeys { removeKeys(in: slot) }
        }
    }

    /// Makes this node, which owns no slot, the replica of a master (`clusterSetMaster`).
    mutating func replicate(_ master: PeerIndex) {
        precondition(master != .myself, "a node cannot replicate itself")
        if cluster.myself.isMaster {
            cluster.migrating = [:]
            cluster.importing = [:]
            cluster.peers[0].flags.remove(.migrateTo)
        }
        cluster.setMaster(of: .myself, to: master)
        follow(host: cluster[master].host, port: cluster[master].port)
        resetManualFailover()
        cluster.todo.formUnion([.saveForGood, .updateState])
    }

    // MARK: - Epochs

    /// Two masters with one epoch: the one with the smaller name takes the next (`clusterHandleConfigEpochCollision`).
    private mutating func resolveCollision(with sender: PeerIndex) {
        guard cluster[sender].configEpoch == cluster.myself.configEpoch,
            cluster.myself.id < cluster[sender].id
        else { return }
        cluster.peers[0].configEpoch = cluster.beginEpoch()
        cluster.todo.formUnion(.saveForGood)
        trace(.epochCollision(with: cluster[sender].id, newEpoch: cluster.currentEpoch))
    }

    /// Gives this node a new epoch without asking anybody, unless it has the greatest already
    /// (`clusterBumpConfigEpochWithoutConsensus`). Two nodes that do so at once collide, and settle it.
    /// - Returns: whether it has a new one.
    @discardableResult
    mutating func bumpEpoch() -> Bool {
        let myself = cluster.myself.configEpoch
        guard myself == 0 || myself != cluster.greatestEpoch else { return false }
        cluster.peers[0].configEpoch = cluster.beginEpoch()
        cluster.todo.formUnion(.saveForGood)
        log(.warning, "New configEpoch set to \(cluster.currentEpoch)")
        return true
    }
}
