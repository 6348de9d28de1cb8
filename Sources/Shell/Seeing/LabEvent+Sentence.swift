import Lab

extension LabEvent.Kind {
    /// The sentence for several nodes: of verbs in the third person, which all sentences begin with.
    func sentenceOfSeveral(_ name: (LabEvent.NodeName) -> String) -> String {
        let sentence = sentence(name)
        let verb = String(sentence.prefix { $0 != " " })
        return (Self.plurals[verb] ?? verb) + sentence.dropFirst(verb.count)
    }

    private static let plurals = [
        "asks": "ask", "becomes": "become", "clears": "clear", "finds": "find",
        "forgets": "forget", "gives": "give", "has": "have", "hears": "hear", "is": "are",
        "learns": "learn", "lets": "let", "marks": "mark", "reaches": "reach", "takes": "take",
        "votes": "vote",
    ]

    /// What happened, as a sentence whose subject is the node that tells it.
    func sentence(_ name: (LabEvent.NodeName) -> String) -> String {
        switch self {
        case .suspected(let node): "cannot reach \(name(node)) (PFAIL)"
        case .suspicionEnded(let node): "reaches \(name(node)) again (no PFAIL any more)"
        case .failureReported(let node, let reporter):
            "hears from master \(name(reporter)) that it cannot reach \(name(node))"
        case .failureReportEnded(let node, let reporter):
            "hears from master \(name(reporter)) that \(name(node)) is back"
        case .failed(let node, let reports):
            "marks \(name(node)) as FAIL: a majority of the masters cannot reach it ("
                + NodeNames.list(reports.map(name)) + ")"
        case .failureAnnounced(let node, let sender):
            "is told by \(name(sender)) that \(name(node)) has failed (FAIL)"
        case .failureEnded(let node, let reason): "clears FAIL of \(name(node)): \(reason)"
        case .stateChanged(true, _): "cluster_state is ok"
        case .stateChanged(false, let reason):
            "cluster_state is fail" + (reason.map { ": \($0)" } ?? "")
        case .electionScheduled, .electionStarted, .electionWon, .cannotFailOver, .voteGranted,
            .voteRefused, .voteReceived, .promoted, .demoted:
            electionSentence(name)
        case .manualFailoverRequested, .manualFailoverAccepted, .manualFailoverOffset,
            .manualFailoverReady, .manualFailoverTimedOut:
            manualSentence(name)
        case .handshakeCompleted(let node): "has met \(name(node))"
        case .introduced(let node, let other): "hears of \(name(node)) from \(name(other))"
        case .addressChanged(let node, let address): "finds \(name(node)) at \(address) now"
        case .forgotten(let node): "forgets \(name(node))"
        case .migrating(let node): "becomes a replica of \(name(node)), which has none"
        case .slotsChanged(let owner, let previous, let epoch):
            "learns that \(name(owner)) owns slots of "
                + (previous.isEmpty ? "nobody" : NodeNames.list(previous.map(name)))
                + " (epoch \(epoch))"
        case .epochCollision(let node, let epoch):
            "has the same config epoch as \(name(node)), and takes \(epoch)"
        case .writeLost(let key, _): "had acknowledged a write to \(key) that is lost"
        case .process(let change): change.sentence
        case .network(let what): "sees the network changed: \(what)"
        }
    }

    private func electionSentence(_ name: (LabEvent.NodeName) -> String) -> String {
        switch self {
        case .electionScheduled(let delay, let rank, let offset):
            "will stand for election in \(Int(delay / .milliseconds(1))) ms "
                + "(rank \(rank), offset \(offset))"
        case .electionStarted(let epoch): "asks the masters for their votes in epoch \(epoch)"
        case .electionWon(let epoch): "has won the election of epoch \(epoch)"
        case .cannotFailOver(let reason): "cannot fail over: \(reason)"
        case .voteGranted(let node, let epoch): "votes for \(name(node)) in epoch \(epoch)"
        case .voteRefused(let node, let reason): "gives \(name(node)) no vote: \(reason)"
        case .voteReceived(let node, let epoch): "has the vote of \(name(node)) in epoch \(epoch)"
        case .promoted(let epoch): "is a master now, with config epoch \(epoch)"
        case .demoted(let node): "becomes a replica of \(name(node)), which took its slots"
        default: ""
        }
    }

    private func manualSentence(_ name: (LabEvent.NodeName) -> String) -> String {
        switch self {
        case .manualFailoverRequested(.agreed): "is asked for a failover: CLUSTER FAILOVER"
        case .manualFailoverRequested(.force): "is asked for a failover: CLUSTER FAILOVER FORCE"
        case .manualFailoverRequested(.takeover): "takes over: CLUSTER FAILOVER TAKEOVER"
        case .manualFailoverAccepted(let node): "lets its clients wait: \(name(node)) takes over"
        case .manualFailoverOffset(let offset): "is to reach its master's offset \(offset)"
        case .manualFailoverReady(let offset): "has reached its master's offset \(offset)"
        case .manualFailoverTimedOut: "gives the manual failover up: its time is over"
        default: ""
        }
    }

    /// The nodes that the event is about, besides the one that tells it.
    var mentioned: [LabEvent.NodeName] {
        switch self {
        case .suspected(let node), .suspicionEnded(let node), .failureEnded(let node, _),
            .voteGranted(let node, _), .voteRefused(let node, _), .voteReceived(let node, _),
            .demoted(let node), .manualFailoverAccepted(let node), .handshakeCompleted(let node),
            .addressChanged(let node, _), .forgotten(let node), .migrating(let node),
            .epochCollision(let node, _):
            [node]
        case .failureReported(let node, let other), .failureReportEnded(let node, let other),
            .failureAnnounced(let node, let other), .introduced(let node, let other):
            [node, other]
        case .failed(let node, let reports): [node] + reports
        case .slotsChanged(let owner, let previous, _): [owner] + previous
        case .stateChanged, .electionScheduled, .electionStarted, .electionWon, .cannotFailOver,
            .promoted, .manualFailoverRequested, .manualFailoverOffset, .manualFailoverReady,
            .manualFailoverTimedOut, .process, .network, .writeLost:
            []
        }
    }

    /// Who told the node what it tells; nil for what it found out itself.
    var teller: LabEvent.NodeName? {
        switch self {
        case .failureReported(_, let sender), .failureReportEnded(_, let sender),
            .failureAnnounced(_, let sender), .voteReceived(let sender, _),
            .manualFailoverAccepted(let sender):
            sender
        case .voteGranted(let candidate, _), .voteRefused(let candidate, _): candidate
        case .slotsChanged(let owner, _, _): owner
        default: nil
        }
    }

    /// A letter for it in a diagram.
    var sign: Character {
        switch self {
        case .suspected: "S"
        case .suspicionEnded, .failureReportEnded, .failureEnded: "B"
        case .failureReported: "R"
        case .failed, .failureAnnounced: "F"
        case .stateChanged(true, _): "+"
        case .stateChanged(false, _): "-"
        case .electionScheduled, .electionStarted, .cannotFailOver: "E"
        case .voteGranted, .voteReceived: "V"
        case .voteRefused: "N"
        case .electionWon, .promoted: "P"
        case .demoted, .migrating: "D"
        case .manualFailoverRequested, .manualFailoverAccepted, .manualFailoverOffset,
            .manualFailoverReady, .manualFailoverTimedOut:
            "M"
        case .handshakeCompleted, .introduced, .addressChanged, .forgotten: "H"
        case .slotsChanged, .epochCollision: "O"
        case .process, .network: "!"
        case .writeLost: "L"
        }
    }
}

extension LabEvent.ProcessChange {
    /// What was done, of the node it was done to.
    fileprivate var sentence: String {
        switch self {
        case .started: "is started again"
        case .ended: "is stopped, as by SIGTERM"
        case .crashed: "is crashed, as by kill -9"
        case .frozen: "is frozen, as by SIGSTOP"
        case .thawed: "is thawed, as by SIGCONT"
        }
    }
}

// What the space-time diagram wants to know.
extension LabEvent.Kind {
    /// A few words beside a mark.
    func label(_ name: (LabEvent.NodeName) -> String) -> String {
        switch self {
        case .suspected(let node): "\(name(node)) PFAIL"
        case .suspicionEnded(let node): "\(name(node)) reached"
        case .failureReported(let node, _): "\(name(node)) PFAIL too"
        case .failureReportEnded(let node, _), .failureEnded(let node, _): "\(name(node)) is back"
        case .failed(let node, _): "\(name(node)) FAIL"
        case .failureAnnounced(let node, _): "\(name(node)) FAIL, told"
        case .stateChanged(let isOK, _): "state \(isOK ? "ok" : "fail")"
        case .electionScheduled(let delay, let rank, _):
            "in \(Int(delay / .milliseconds(1))) ms, rank \(rank)"
        case .electionStarted(let epoch): "asks, epoch \(epoch)"
        case .electionWon(let epoch): "won, epoch \(epoch)"
        case .cannotFailOver: "cannot fail over"
        case .voteGranted(let node, _): "for \(name(node))"
        case .voteRefused(let node, _): "none for \(name(node))"
        case .voteReceived(let node, _): "vote of \(name(node))"
        case .promoted(let epoch): "master, epoch \(epoch)"
        case .demoted(let node), .migrating(let node): "replica of \(name(node))"
        case .manualFailoverRequested: "asked"
        case .manualFailoverAccepted: "clients wait"
        case .manualFailoverOffset(let offset), .manualFailoverReady(let offset):
            "offset \(offset)"
        case .manualFailoverTimedOut: "time over"
        case .handshakeCompleted(let node): "met \(name(node))"
        case .introduced(let node, _): "heard of \(name(node))"
        case .addressChanged(let node, _): "\(name(node)) moved"
        case .forgotten(let node): "forgot \(name(node))"
        case .slotsChanged(let owner, _, _): "slots to \(name(owner))"
        case .epochCollision(_, let epoch): "epoch \(epoch)"
        case .writeLost(let key, _): "\(key) lost"
        case .process(let change): change.rawValue
        case .network: "network"
        }
    }

    /// Whether another node did that before it told what this is.
    func isCaused(by other: LabEvent.Kind) -> Bool {
        switch (self, other) {
        case (.failureAnnounced(let node, _), .failed(let failed, _)): node == failed
        case (.failureReported(let node, _), .suspected(let suspected)): node == suspected
        case (.failureReportEnded(let node, _), .suspicionEnded(let back)): node == back
        case (.voteReceived(_, let epoch), .voteGranted(_, let granted)): epoch == granted
        case (.voteGranted(_, let epoch), .electionStarted(let asked)): epoch == asked
        case (.voteRefused, .electionStarted): true
        case (.slotsChanged(_, _, let epoch), .promoted(let promoted)): epoch == promoted
        case (.manualFailoverAccepted, .manualFailoverRequested): true
        default: false
        }
    }
}
