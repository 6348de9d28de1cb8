import CLua
import Keyspace
import RESP

/// Scripts that take long. Redis stops whatever it does until a script ends, and after busy-reply-threshold begins to
/// tell others that it is busy. A node is to come back to its driver, so it runs a script by turns: up to the threshold
/// nobody is served in between, and from then on all get BUSY.
extension Node {
    /// Leaves the script that has used up its turn until the next one.
    /// - Parameter begun: when its turn began, by the stopwatch.
    mutating func holdScript(since begun: Int64) {
        guard let run = scripting.running else { return }
        // Nothing of it is to be seen by others until all of it is.
        let isPart = { (part: PartialPropagation) in part.range.lowerBound >= run.firstEffect }
        scripting.running?.held = HeldEffects(
            turn: clua_turns(run.interpreter.handle),
            bytes: Array(propagated[run.firstEffect...]),
            partial: partialPropagations.filter(isPart).map { $0.moved(by: -run.firstEffect) })
        propagated.removeSubrange(run.firstEffect...)
        partialPropagations.removeAll(where: isPart)
        if isPropagating { hasPropagatedItself = true }
        isInTransaction = false
        database.isFrozen = true
        if stall == nil, !run.isBusy { stall = .script }
        outbox.append(.setTimer(.script, at: nextTurn(since: begun)))
    }

    /// Where time does not pass by itself, instructions take some. Otherwise the next turn is a moment later than now, so
    /// that the driver gets to what has come meanwhile.
    private func nextTurn(since begun: Int64) -> Instant {
        guard let stopwatch else {
            return now.advanced(by: RunningScript.timeOfInstruction * Int(RunningScript.slice))
        }
        return now.advanced(by: .nanoseconds(stopwatch() - begun) + RunningScript.gap)
    }

    /// Gives the script another turn.
    mutating func continueScript() {
        guard var run = scripting.running, let held = run.held else { return }
        if let client = run.client { caller = client.index } else { obeyMaster(true) }
        isInTransaction = true
        run.held = nil
        run.isLost = clua_turns(run.interpreter.handle) != held.turn
        run.firstEffect = propagated.count
        propagated += held.bytes
        partialPropagations += held.partial.map { $0.moved(by: run.firstEffect) }
        if run.isInTransaction { transactionStart = run.firstEffect }
        scripting.running = run
        let time = database.now
        database.now = run.time
        database.isFrozen = isPaused
        let begun = stopwatch?() ?? 0
        let hasEnded =
            run.isLost
            || withUnsafeMutablePointer(to: &self) { clua_resume(run.interpreter.handle, $0) }
                == clua_done
        database.now = time
        guard hasEnded else {
            obeyMaster(false)
            holdScript(since: begun)
            return checkThreshold()
        }
        endLongScript(run)
    }

    /// Whether what runs comes from the master, and so is not asked whether it may.
    private mutating func obeyMaster(_ isMaster: Bool) {
        database.obeysMaster = isMaster
        if isMaster { database.mayReadAnyKey = true }
    }

    private mutating func endLongScript(_ run: RunningScript) {
        if let client = run.client { answerLongScript(of: client) } else { continueStream() }
        obeyMaster(false)
        // In what goes on then another one may take long.
        guard scripting.running == nil else { return updateRestrictions() }
        if case .script = stall { stall = nil }
        updateRestrictions()
        outbox.append(.resumeAll)
        takePostponed()
    }

    /// Ends the command of a client that ran the script: EVAL, or EXEC with all that comes behind it.
    private mutating func answerLongScript(of client: ClientID) {
        var reply = ReplyBuffer()
        reply.protocolVersion = clients[client.index].protocolVersion
        if let transaction = scripting.transaction {
            scripting.transaction = nil
            reply.raw(transaction.reply)
            finishScript(&reply)
            endLongCommand()
            guard goOn(with: transaction, from: 0, &reply) else { return }
            if hasObservers { showEnd(of: transaction) }
        } else {
            finishScript(&reply)
            endLongCommand()
        }
        hasPropagatedItself = false
        clients[client.index].writeOffset = pendingOffset
        answer(client, Array(reply.bytes))
    }

    private mutating func checkThreshold() {
        guard let run = scripting.running, !run.isBusy else { return }
        let elapsed = run.begun.duration(to: now).wholeMilliseconds
        guard elapsed >= configuration.busyReplyThreshold else { return }
        log(
            .warning,
            "Slow script detected: still in execution after \(elapsed) milliseconds. You can try killing the "
                + "script using the \(run.isFunction ? "FUNCTION" : "SCRIPT") KILL command. Script name is: "
                + "\(run.name).")
        scripting.running?.isBusy = true
        if case .script = stall { stall = nil }
        updateRestrictions()
        outbox.append(.resumeAll)
        // The others in the cluster have waited for an answer as well: whoever is busy has not failed.
        let events = postponedEvents
        postponedEvents = events.filter(waitsForScript)
        for event in events where !waitsForScript(event) { take(event) }
    }

    // MARK: - What others may do

    /// Whether a script is in the middle of its work.
    package var isHeldByScript: Bool { scripting.running?.isPaused ?? false }

    /// What those are told whose commands do not run while a script does.
    var busyError: ReplyError? {
        guard let run = scripting.running, run.isBusy else { return nil }
        return run.isFunction ? .busyFunction : .busyScript
    }

    /// Whether an event has to wait for the end of the script that runs.
    func waitsForScript(_ event: Event) -> Bool {
        guard let run = scripting.running, run.isPaused else { return false }
        switch event {
        case .timer(.cron), .timer(.script): return false
        case .clientGone(let client): return client == run.client
        // The master's writes must not come in between.
        case .streamUp, .streamDown, .streamBytes, .signal: return true
        case .timer, .linkUp, .linkDown, .bus, .snapshotWritten, .snapshotFailed,
            .appendOnlyChanged:
            return !run.isBusy
        }
    }

    /// SCRIPT KILL and FUNCTION KILL (`scriptKill`).
    mutating func killScript(isFunction: Bool) throws(ReplyError) {
        guard let run = scripting.running else {
            throw ReplyError("NOTBUSY No scripts in execution right now.")
        }
        guard run.client != nil else {
            throw ReplyError(
                "UNKILLABLE The busy script was sent by a master instance in the context of replication "
                    + "and cannot be killed.")
        }
        guard !run.hasWritten else {
            throw ReplyError(
                "UNKILLABLE Sorry the script already executed write commands against the dataset. You can "
                    + "either wait the script termination or kill the server in a hard way using the "
                    + "SHUTDOWN NOSAVE command.")
        }
        guard run.isFunction == isFunction else {
            throw run.isFunction ? .busyFunction : .busyScript
        }
        clua_kill(run.interpreter.handle)
        scripting.running?.isKilled = true
        log(.warning, "Lua script killed by user with SCRIPT KILL.")
    }
}
