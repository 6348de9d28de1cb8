extension Node {
    /// Tells the world outside, and the log.
    mutating func trace(_ event: NodeEvent) {
        outbox.append(.trace(event))
        if let (level, line) = event.logLine { outbox.append(.log(level, line)) }
    }

    /// Writes a line to the node's log.
    mutating func log(_ level: LogLevel, _ line: String) {
        outbox.append(.log(level, line))
    }
}

extension NodeEvent {
    /// The event in the words of Redis' log; nil for what Redis does not write.
    var logLine: (LogLevel, String)? {
        switch self {
        case .suspected(let node): (.debug, "*** NODE \(node) possibly failing")
        case .suspicionEnded: nil
        case .failureReported(let node, let reporter):
            (.verbose, "Node \(reporter) reported node \(node) as not reachable.")
        case .failureReportEnded(let node, let reporter):
            (.verbose, "Node \(reporter) reported node \(node) is back online.")
        case .failed(let node, _): (.notice, "Marking node \(node) as failing (quorum reached).")
        case .failureAnnounced(let node, let sender):
            (.notice, "FAIL message received from \(sender) about \(node)")
        case .failureEnded(let node, let end):
            (.notice, "Clear FAIL state for node \(node): \(end.logText)")
        case .clusterStateChanged(let isOK, _):
            (.warning, "Cluster state changed: \(isOK ? "ok" : "fail")")
        case .electionScheduled, .electionStarted, .electionWon, .cannotFailOver,
            .voteGranted, .voteRefused, .voteReceived, .promoted:
            electionLogLine
        case .manualFailoverRequested, .manualFailoverAccepted, .manualFailoverOffset,
            .manualFailoverReady, .manualFailoverTimedOut:
            manualFailoverLogLine
        case .epochCollision(let node, let epoch):
            (
                .verbose,
                "WARNING: configEpoch collision with node \(node). configEpoch set to \(epoch)"
            )
        case .demoted(let master):
            (
                .warning,
                "Configuration change detected. Reconfiguring myself as a replica of \(master)"
            )
        case .migrating(let master): (.warning, "Migrating to orphaned master \(master)")
        case .slotsChanged: nil
        case .handshakeCompleted(let node): (.debug, "Handshake with node \(node) completed.")
        case .addressChanged(let node, let host, let port):
            (.warning, "Address updated for node \(node), now \(host):\(port)")
        case .introduced, .forgotten: nil
        }
    }

    private var electionLogLine: (LogLevel, String)? {
        switch self {
        case .electionScheduled(let delay, let rank, let offset):
            (
                .warning,
                "Start of election delayed for \(delay) milliseconds (rank #\(rank), offset \(offset))."
            )
        case .electionStarted(let epoch):
            (.warning, "Starting a failover election for epoch \(epoch).")
        case .electionWon: (.warning, "Failover election won: I'm the new master.")
        case .cannotFailOver(let obstacle):
            (.warning, "Currently unable to failover: \(obstacle.logText)")
        case .voteGranted(let node, let epoch):
            (.warning, "Failover auth granted to \(node) for epoch \(epoch)")
        case .voteRefused(let node, let refusal):
            (.warning, "Failover auth denied to \(node): \(refusal.logText)")
        case .promoted(let epoch):
            (.warning, "configEpoch set to \(epoch) after successful failover")
        default: nil
        }
    }

    private var manualFailoverLogLine: (LogLevel, String)? {
        switch self {
        case .manualFailoverRequested(.agreed):
            (.warning, "Manual failover user request accepted.")
        case .manualFailoverRequested(.force):
            (.warning, "Forced failover user request accepted.")
        case .manualFailoverRequested(.takeover):
            (.warning, "Taking over the master (user request).")
        case .manualFailoverAccepted(let replica):
            (.warning, "Manual failover requested by replica \(replica).")
        case .manualFailoverOffset(let offset):
            (
                .warning,
                "Received replication offset for paused master manual failover: \(offset)"
            )
        case .manualFailoverReady:
            (
                .warning,
                "All master replication stream processed, manual failover can start."
            )
        case .manualFailoverTimedOut: (.warning, "Manual failover timed out.")
        default: nil
        }
    }
}

extension NodeEvent.FailureEnd {
    fileprivate var logText: String {
        switch self {
        case .replicaReachable: "replica is reachable again."
        case .masterWithoutSlotsReachable: "master without slots is reachable again."
        case .masterStillOwner:
            "is reachable again and nobody is serving its slots after some time."
        }
    }
}

extension NodeEvent.FailoverObstacle {
    /// The reason as the log says it.
    package var logText: String {
        switch self {
        case .dataAge:
            "Disconnected from master for longer than allowed. "
                + "Please check the 'cluster-replica-validity-factor' configuration option."
        case .waitingDelay: "Waiting the delay before I can start a new failover."
        case .expired: "Failover attempt expired."
        case .waitingVotes: "Waiting for votes, but majority still not reached."
        }
    }
}

extension NodeEvent.VoteRefusal {
    /// The reason as the log says it.
    package var logText: String {
        switch self {
        case .epochTooOld(let requested, let current):
            "reqEpoch (\(requested)) < curEpoch(\(current))"
        case .alreadyVoted(let epoch): "already voted for epoch \(epoch)"
        case .requesterIsMaster: "it is a master node"
        case .masterUnknown: "I don't know its master"
        case .masterIsUp: "its master is up"
        case .votedRecently(let milliseconds):
            "can't vote about this master before \(milliseconds) milliseconds"
        case .slotEpochNewer(let slot, let epoch, let requested):
            "slot \(slot) epoch (\(epoch)) > reqEpoch (\(requested))"
        }
    }
}
