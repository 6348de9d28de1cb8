import ClusterCore
import Lab

extension LabEvent.Kind {
    /// The event as the learner's side knows it.
    init(_ event: NodeEvent) {
        self =
            switch event {
            case .suspected(let id): .suspected("\(id)")
            case .suspicionEnded(let id): .suspicionEnded("\(id)")
            case .failureReported(let id, let reporter):
                .failureReported("\(id)", by: "\(reporter)")
            case .failureReportEnded(let id, let reporter):
                .failureReportEnded("\(id)", by: "\(reporter)")
            case .failed(let id, let reports): .failed("\(id)", reports: reports.map(\.description))
            case .failureAnnounced(let id, let sender): .failureAnnounced("\(id)", by: "\(sender)")
            case .failureEnded(let id, let end): .failureEnded("\(id)", reason: end.reason)
            case .clusterStateChanged(let isOK, let reason):
                .stateChanged(isOK: isOK, reason: reason?.text)
            case .electionScheduled, .electionStarted, .electionWon, .cannotFailOver, .voteGranted,
                .voteRefused, .voteReceived, .promoted, .demoted:
                Self(election: event)
            case .manualFailoverRequested, .manualFailoverAccepted, .manualFailoverOffset,
                .manualFailoverReady, .manualFailoverTimedOut:
                Self(manualFailover: event)
            case .handshakeCompleted(let id): .handshakeCompleted("\(id)")
            case .introduced(let id, let sender): .introduced("\(id)", by: "\(sender)")
            case .addressChanged(let id, let host, let port):
                .addressChanged("\(id)", NodeAddress(host: host, port: port))
            case .forgotten(let id): .forgotten("\(id)")
            case .migrating(let id): .migrating(to: "\(id)")
            case .slotsChanged(let owner, let previous, let epoch):
                .slotsChanged(
                    owner: "\(owner)", from: previous.map(\.description), epoch: epoch)
            case .epochCollision(let id, let epoch):
                .epochCollision(with: "\(id)", newEpoch: epoch)
            }
    }

    private init(election event: NodeEvent) {
        switch event {
        case .electionScheduled(let delay, let rank, let offset):
            self = .electionScheduled(delay: .milliseconds(delay), rank: rank, offset: offset)
        case .electionStarted(let epoch): self = .electionStarted(epoch: epoch)
        case .electionWon(let epoch): self = .electionWon(epoch: epoch)
        case .cannotFailOver(let obstacle): self = .cannotFailOver(reason: obstacle.logText)
        case .voteGranted(let id, let epoch): self = .voteGranted(to: "\(id)", epoch: epoch)
        case .voteRefused(let id, let refusal):
            self = .voteRefused(to: "\(id)", reason: refusal.logText)
        case .voteReceived(let id, let epoch): self = .voteReceived(from: "\(id)", epoch: epoch)
        case .promoted(let epoch): self = .promoted(epoch: epoch)
        case .demoted(let id): self = .demoted(to: "\(id)")
        default: preconditionFailure("\(event) is not about an election")
        }
    }

    private init(manualFailover event: NodeEvent) {
        switch event {
        case .manualFailoverRequested(.agreed): self = .manualFailoverRequested(.agreed)
        case .manualFailoverRequested(.force): self = .manualFailoverRequested(.force)
        case .manualFailoverRequested(.takeover): self = .manualFailoverRequested(.takeover)
        case .manualFailoverAccepted(let id): self = .manualFailoverAccepted(from: "\(id)")
        case .manualFailoverOffset(let offset): self = .manualFailoverOffset(offset)
        case .manualFailoverReady(let offset): self = .manualFailoverReady(offset: offset)
        case .manualFailoverTimedOut: self = .manualFailoverTimedOut
        default: preconditionFailure("\(event) is not about a manual failover")
        }
    }
}

extension NodeEvent.FailureEnd {
    fileprivate var reason: String {
        switch self {
        case .replicaReachable: "the replica is reachable again"
        case .masterWithoutSlotsReachable: "the master, which owns no slot, is reachable again"
        case .masterStillOwner:
            "the master is reachable again, and nobody has taken its slots for two node timeouts"
        }
    }
}

extension NodeEvent.ClusterDownReason {
    fileprivate var text: String {
        switch self {
        case .uncoveredSlot: "a slot has no owner"
        case .failedOwner: "the owner of a slot has failed"
        case .minority: "this node reaches no majority of the masters"
        }
    }
}
