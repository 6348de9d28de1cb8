import Keyspace
import RESP

/// What a master answers to SYNC and PSYNC (`syncCommand` and `masterTryPartialResynchronization`).
extension Node {
    /// What the caller has said about itself as a replica.
    var callingReplica: ReplicaLink {
        get {
            replication.index(of: clients[caller].id).map { replication.replicas[$0] }
                ?? ReplicaLink(client: clients[caller].id, host: clients[caller].host)
        }
        set {
            if let index = replication.index(of: newValue.client) {
                replication.replicas[index] = newValue
            } else {
                replication.replicas.append(newValue)
            }
        }
    }

    /// FAILOVER of this node's master, the caller, which has given up its own role: makes this node the master. It
    /// has all that the caller has.
    mutating func takeOver(fromMasterOf id: String) throws(ReplyError) {
        log(.warning, "Failover request received for replid \(id).")
        guard replication.master != nil else {
            throw ReplyError("ERR PSYNC FAILOVER can't be sent to a master.")
        }
        guard id.lowercased() == replication.id else {
            throw ReplyError("ERR PSYNC FAILOVER replid must match my replid.")
        }
        guard !configuration.clusterEnabled else {
            throw ReplyError("ERR PSYNC FAILOVER is not for nodes of a cluster.")
        }
        stopFollowing()
        let user = describe(clients[caller]).dropLast()
        log(.notice, "MASTER MODE enabled (failover request from '\(user)')")
    }

    /// Makes the caller a replica. `request` is PSYNC's id and offset, nil for SYNC.
    mutating func synchronize(_ request: (id: String, offset: Int64?)?) throws(ReplyError) {
        guard !clients[caller].flags.contains(.replica) else { return }
        if replication.master.map({ !$0.isConnected }) ?? false {
            throw ReplyError("NOMASTERLINK Can't SYNC while not connected with my master")
        }
        if callingReplica.wantsNoKeys, !callingReplica.takesMarkedSnapshots {
            throw ReplyError("ERR Filtered replica requires EOF capability")
        }
        log(.notice, "Replica \(callingReplica.name) asks for synchronization")
        if let request {
            guard let offset = request.offset else {
                log(
                    .warning,
                    "Replica \(callingReplica.name) asks for synchronization but with a wrong offset"
                )
                throw .notAnInteger
            }
            if resume(request.id, from: offset) { return }
            if request.id != "?" { statistics.refusedPartialSyncs += 1 }
        } else {
            callingReplica.isSilent = true
        }
        requestSnapshot()
    }

    /// Lets the caller go on from an offset, if the history is the same and the backlog reaches back so far.
    private mutating func resume(_ id: String, from offset: Int64) -> Bool {
        deliverPropagated()
        var replica = callingReplica
        let isCurrent = id.lowercased() == replication.id
        let isPrevious = id.lowercased() == replication.secondID
        guard isCurrent || isPrevious && offset <= replication.secondOffset else {
            explainRefusal(id, offset, isPrevious: isPrevious, of: replica)
            return false
        }
        guard let backlog = replication.backlog, backlog.holds(from: offset) else {
            log(
                .notice,
                "Unable to partial resync with replica \(replica.name) for lack of backlog "
                    + "(Replica request was: \(offset)).")
            if offset > replication.offset {
                log(
                    .warning,
                    "Warning: replica \(replica.name) tried to PSYNC with an offset that is greater than "
                        + "the master replication offset.")
            }
            return false
        }
        replica.state = .online
        replica.acknowledged = now
        callingReplica = replica
        clients[caller].flags.insert(.replica)
        let missed = backlog.bytes(from: offset)
        let answer = replica.understandsNewIDs ? "+CONTINUE \(replication.id)" : "+CONTINUE"
        outbox.append(.write(replica.client, [UInt8]("\(answer)\r\n".utf8) + missed))
        log(
            .notice,
            "Partial resynchronization request from \(replica.name) accepted. Sending \(missed.count) bytes "
                + "of backlog starting from offset \(offset).")
        statistics.partialSyncs += 1
        countGoodReplicas()
        return true
    }

    private mutating func explainRefusal(
        _ id: String, _ offset: Int64, isPrevious: Bool, of replica: ReplicaLink
    ) {
        if id == "?" {
            log(.notice, "Full resync requested by replica \(replica.name)")
        } else if isPrevious {
            log(
                .notice,
                "Partial resynchronization not accepted: Requested offset for second ID was \(offset), but "
                    + "I can reply up to \(replication.secondOffset)")
        } else {
            log(
                .notice,
                "Partial resynchronization not accepted: Replication ID mismatch (Replica asked for "
                    + "'\(id)', my replication IDs are '\(replication.id)' and '\(replication.secondID)')"
            )
        }
    }

    /// Puts the caller among those that wait for a snapshot.
    private mutating func requestSnapshot() {
        statistics.fullSyncs += 1
        var replica = callingReplica
        replica.state = .waitingForSnapshot
        replica.requested = now
        callingReplica = replica
        clients[caller].flags.insert(.replica)
        if replication.backlog == nil {
            replication.beginHistory(id: newReplicationID())
            createBacklog()
            log(
                .notice,
                "Replication backlog created, my new replication IDs are '\(replication.id)' and "
                    + "'\(replication.secondID)'")
        }
        if let snapshot = replication.snapshot {
            log(
                .notice,
                snapshot.mark != nil
                    ? "Current BGSAVE has socket target. Waiting for next BGSAVE for SYNC"
                    : "Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC"
            )
        } else if configuration.replDisklessSync, replica.takesMarkedSnapshots,
            configuration.replDisklessSyncDelay > 0
        {
            log(.notice, "Delay next BGSAVE for diskless SYNC")
        } else {
            startSnapshot()
        }
    }
}

extension Client {
    /// The client's end of the connection, without the port.
    var host: String { String(address[..<(address.lastIndex(of: ":") ?? address.endIndex)]) }
}
