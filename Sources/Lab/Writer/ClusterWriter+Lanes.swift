package import RESP

// What goes out to the nodes, and what comes back.
extension ClusterWriter {
    /// A node has replied to what was sent to it last.
    package mutating func received(
        _ reply: RESPValue, from node: NodeAddress, at now: Duration
    ) -> [Action] {
        guard let (job, _) = lanes[node]?.current else { return [] }
        lanes[node]?.current = nil
        var actions: [Action] = []
        switch job {
        case .slots: actions = refreshed(SlotMap(reply, from: node), at: now)
        case .write(let write): actions = take(reply, to: write, from: node, at: now)
        }
        return actions + goOn(at: node, now)
    }

    /// No reply will come from the node.
    package mutating func failed(
        _ node: NodeAddress, _ failure: Failure, at now: Duration
    ) -> [Action] {
        guard let (job, _) = lanes[node]?.current else { return [] }
        lanes[node]?.current = nil
        switch job {
        // It tells nothing, and so leads to nothing.
        case .slots: _ = refreshed(nil, at: now)
        case .write(let write):
            switch failure {
            case .refused(let reason) where write.stage != .wait:
                settle(write, .refused(reason), at: now)
            case .refused(let reason), .noReply(let reason):
                settle(write, .unknown(reason), at: now)
            }
            doubtOwners(at: now)
        }
        return goOn(at: node, now)
    }

    /// Gives up the replies that are overdue.
    mutating func expire(at now: Duration) -> [Action] {
        var actions: [Action] = []
        for node in lanes.keys.sorted() {
            guard let current = lanes[node]?.current, current.deadline <= now else { continue }
            actions.append(.disconnect(node))
            actions += failed(node, .noReply("no reply in time"), at: now)
        }
        return actions
    }

    /// Gives a node something to do, after all else that waits there.
    mutating func begin(_ job: Job, at node: NodeAddress, _ now: Duration) -> [Action] {
        lanes[node, default: Lane()].waiting.append(job)
        return goOn(at: node, now)
    }

    // MARK: - Sending

    private mutating func goOn(at node: NodeAddress, _ now: Duration) -> [Action] {
        guard var lane = lanes[node], lane.current == nil, !lane.waiting.isEmpty else { return [] }
        var job = lane.waiting.removeFirst()
        let command = command(for: &job, at: node, now)
        lane.current = (job, now + patience(with: job))
        lanes[node] = lane
        return [.send(node, command.map { Array($0.utf8) })]
    }

    private func patience(with job: Job) -> Duration {
        guard case .write(let write) = job, write.stage == .wait else {
            return WriterPlan.patience
        }
        return WriterPlan.patience + .milliseconds(WriterPlan.waitMilliseconds)
    }

    /// What to send for it; a write that is sent for the first time is noted.
    private mutating func command(
        for job: inout Job, at node: NodeAddress, _ now: Duration
    ) -> [String] {
        guard case .write(var write) = job else { return ["CLUSTER", "SLOTS"] }
        let place = write.place ?? log.add(slot: write.slot, to: node, at: now)
        log.redirect(place, to: node)
        write.place = place
        job = .write(write)
        switch write.stage {
        case .asking: return ["ASKING"]
        case .set:
            let record = log.records[place]
            guard plan.traffic == .writes else { return ["GET", record.key] }
            return ["SET", record.key, log.value(of: record)]
        case .wait: return ["WAIT", "\(plan.replicas)", "\(WriterPlan.waitMilliseconds)"]
        }
    }

    // MARK: - Replies to writes

    private mutating func take(
        _ reply: RESPValue, to write: Write, from node: NodeAddress, at now: Duration
    ) -> [Action] {
        switch write.stage {
        case .asking:
            // Whatever it says: the reply to SET tells what came of it.
            insert(write, stage: .set, at: node)
        case .wait:
            let count = Int(reply.integer ?? 0)
            settle(
                write, count >= plan.replicas ? .acknowledged : .unconfirmed(replicas: count),
                at: now)
        case .set: return taken(reply, by: write, from: node, at: now)
        }
        return []
    }

    private mutating func taken(
        _ reply: RESPValue, by write: Write, from node: NodeAddress, at now: Duration
    ) -> [Action] {
        if let code = reply.errorCode {
            guard code != "CLUSTERDOWN" else {
                doubtOwner(Refusal(write: write, node: node, code: code, time: now), at: now)
                return []
            }
            doubtOwners(at: now)
            guard let redirect = Redirect(reply, from: node),
                write.redirects < CommandSession.redirectLimit
            else {
                settle(write, .refused(code), at: now)
                return []
            }
            if redirect.kind == .moved { map?[redirect.slot] = redirect.target }
            return follow(
                write, to: redirect.target, stage: redirect.kind == .ask ? .asking : .set, at: now)
        }
        if plan.replicas > 0 {
            insert(write, stage: .wait, at: node)
        } else {
            settle(write, .acknowledged, at: now)
        }
        return []
    }

    /// A node that redirects has not done the write, so that it may be sent elsewhere.
    mutating func follow(
        _ write: Write, to node: NodeAddress, stage: Write.Stage, at now: Duration
    ) -> [Action] {
        var write = write
        write.redirects += 1
        insert(write, stage: stage, at: node)
        return goOn(at: node, now)
    }

    /// Puts a write before all that waits: what follows belongs to the same connection, or is older.
    private mutating func insert(_ write: Write, stage: Write.Stage, at node: NodeAddress) {
        var write = write
        write.stage = stage
        lanes[node, default: Lane()].waiting.insert(.write(write), at: 0)
    }

    mutating func settle(
        _ write: Write, _ outcome: WriteRecord.Outcome, at now: Duration
    ) {
        if let place = write.place { log.settle(place, outcome, at: now) }
    }
}
