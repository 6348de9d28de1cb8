import Lab

// What happened in the cluster since the step began, as its nodes tell it.
extension CheckEvaluator {
    /// Whether such an event came, after one of the other shape where that is asked for.
    func happened(
        _ pattern: EventPattern, after earlier: EventPattern?
    ) throws(LabError) -> Bool {
        var events = events[...]
        if let earlier {
            guard let place = try events.first(like: earlier, by: self) else { return false }
            events = events[(place + 1)...]
        }
        return try events.first(like: pattern, by: self) != nil
    }

    /// How many came.
    func count(_ pattern: EventPattern) throws(LabError) -> CheckValue {
        guard observer.cluster.events != nil else { return .missing("these nodes tell no events") }
        let matcher = try matcher(pattern)
        return .number(Int64(events.count { matcher.fits($0) }))
    }

    /// Milliseconds between the first of one shape and the next of the other. What was taken back before that came, such as a
    /// partition that was healed, does not count.
    func elapsed(from: EventPattern, to: EventPattern) throws(LabError) -> CheckValue {
        let events = events
        guard var start = try events[...].first(like: from, by: self) else {
            return .missing("no \(from.kind.rawValue) yet")
        }
        guard let end = try events[(start + 1)...].first(like: to, by: self) else {
            return .missing("no \(to.kind.rawValue) yet")
        }
        while let undone = try from.undone(in: events[(start + 1)..<end], by: self),
            let again = try events[(undone + 1)..<end].first(like: from, by: self)
        {
            start = again
        }
        let milliseconds = (events[end].time - events[start].time) / .milliseconds(1)
        return .number(Int64(milliseconds.rounded()))
    }

    /// How a node's process is.
    func state(of name: String) -> CheckValue {
        guard let control = observer.cluster.control, let port = Int(name) else {
            return .missing("nobody knows")
        }
        let node = observer.nodes.first { $0.port == port }
        return node.map { .text(control.state(of: $0).rawValue) } ?? .text("down")
    }

    private var events: [LabEvent] {
        observer.cluster.events?.events(since: journal.begin.events) ?? []
    }

    /// The events since the step began, in the words of checks.
    var toldEvents: [(kind: EventKind, text: String)] {
        let log = observer.cluster.events
        return events.compactMap { event in
            guard let (kind, name) = event.told else { return nil }
            let subject = name.map { log?.address(of: $0) } ?? event.node
            return (kind, subject.map { "\(kind.rawValue) \($0.port)" } ?? kind.rawValue)
        }
    }

    fileprivate func matcher(_ pattern: EventPattern) throws(LabError) -> EventMatcher {
        EventMatcher(
            kind: pattern.kind,
            subjects: try pattern.subject.map { selector throws(LabError) in
                try nodesAtStart(selector)
            },
            tellers: try pattern.teller.map { selector throws(LabError) in
                try nodesAtStart(selector)
            },
            log: observer.cluster.events)
    }
}

/// A pattern with the nodes that it means.
private struct EventMatcher {
    let kind: EventKind
    let subjects: [NodeAddress]?
    let tellers: [NodeAddress]?
    let log: EventLog?

    func fits(_ event: LabEvent) -> Bool {
        guard let (kind, name) = event.told, kind == self.kind else { return false }
        if let tellers, !tellers.contains(event.node) { return false }
        guard let subjects else { return true }
        let subject = name.map { log?.address(of: $0) } ?? event.node
        return subject.map(subjects.contains) ?? false
    }
}

extension ArraySlice<LabEvent> {
    /// The place of the first event of that shape.
    fileprivate func first(
        like pattern: EventPattern, by evaluator: CheckEvaluator
    ) throws(LabError) -> Int? {
        guard !isEmpty else { return nil }
        let matcher = try evaluator.matcher(pattern)
        return firstIndex { matcher.fits($0) }
    }
}

extension EventPattern {
    /// Where the event was taken back; nil for what cannot be, or was not.
    fileprivate func undone(
        in events: ArraySlice<LabEvent>, by evaluator: CheckEvaluator
    ) throws(LabError) -> Int? {
        guard let opposite = kind.opposite else { return nil }
        var pattern = self
        pattern.kind = opposite
        return try events.first(like: pattern, by: evaluator)
    }
}

extension LabEvent {
    /// The word for it, and to whom it happened: nil for the node that tells it. Nil for what checks do not ask for.
    fileprivate var told: (EventKind, NodeName?)? {
        switch kind {
        case .suspected(let name): (.suspected, name)
        case .suspicionEnded(let name): (.unsuspected, name)
        case .failed(let name, _): (.failed, name)
        case .failureEnded(let name, _): (.recovered, name)
        case .stateChanged(let isOK, _): (isOK ? .ok : .down, nil)
        case .electionStarted: (.standing, nil)
        case .voteGranted(let name, _): (.voted, name)
        case .voteRefused(let name, _): (.refused, name)
        case .promoted: (.promoted, nil)
        case .demoted: (.demoted, nil)
        case .cannotFailOver: (.stuck, nil)
        case .manualFailoverRequested: (.manual, nil)
        case .manualFailoverTimedOut: (.abandoned, nil)
        case .handshakeCompleted(let name), .introduced(let name, _): (.joined, name)
        case .forgotten(let name): (.forgotten, name)
        case .migrating: (.migrating, nil)
        case .slotsChanged(let owner, _, _): (.moved, owner)
        case .epochCollision: (.collided, nil)
        case .process(let change):
            switch change {
            case .started: (.started, nil)
            case .ended: (.ended, nil)
            case .crashed: (.crashed, nil)
            case .frozen: (.frozen, nil)
            case .thawed: (.thawed, nil)
            }
        case .network(let sentence):
            if sentence == "healed" { (.healed, nil) } else if sentence.contains("nothing passes") { (.parted, nil) } else { nil }
        case .failureReported, .failureReportEnded, .failureAnnounced, .electionScheduled,
            .electionWon, .voteReceived, .manualFailoverAccepted, .manualFailoverOffset,
            .manualFailoverReady, .addressChanged, .writeLost:
            nil
        }
    }
}
