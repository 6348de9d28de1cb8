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
        let held = holdEffects(
            since: run.firstEffect, turn: clua_turns(run.interpreter.handle))
        scripting.running?.held = held
        isInTransaction = false
        database.isFrozen = true
        // One that waits for a MIGRATE goes on with its end, one that is debugged with the next command.
        guard migration.current == nil else { return }
        if stall == nil, !run.isBusy { stall = .script }
        guard !isStoppedByDebugger else { return }
        outbox.append(.setTimer(.script, at: nextTurn(since: begun)))
    }

    /// Takes out of what is propagated all since a place: nothing of it is to be seen by others until all of it
    /// is.
    mutating func holdEffects(since first: Int, turn: UInt64 = 0) -> HeldEffects {
        let isPart = { (part: PartialPropagation) in part.range.lowerBound >= first }
        let held = HeldEffects(
            turn: turn, bytes: Array(propagated[first...]),
            partial: partialPropagations.filter(isPart).map { $0.moved(by: -first) })
        propagated.removeSubrange(first...)
        partialPropagations.removeAll(where: isPart)
        if isPropagating { hasPropagatedItself = true }
        return held
    }

    /// Puts back what was held.
    mutating func restore(_ held: HeldEffects, at first: Int) {
        propagated += held.bytes
        partialPropagations += held.partial.map { $0.moved(by: first) }
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
        guard var run = scripting.running, let held = run.held, migration.current == nil else {
            return
        }
        if let client = run.client { caller = client.index } else { obeyMaster(true) }
        isInTransaction = true
        run.held = nil
        run.isLost = clua_turns(run.interpreter.handle) != held.turn
        run.firstEffect = propagated.count
        restore(held, at: run.firstEffect)
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
            showDebugLines()
            return migration.current == nil ? checkThreshold() : ()
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
        finishScript(&reply)
        endLongCommand()
        if var transaction = scripting.transaction.take() {
            transaction.reply += reply.bytes
            return endLongTransaction(transaction)
        }
        hasPropagatedItself = false
        clients[client.index].writeOffset = pendingOffset
        guard let end = endOfSession(ofDebugging: client) else {
            return answer(client, Array(reply.bytes))
        }
        answer(client, end + reply.bytes)
        close(client)
    }

    /// Runs what is left of an EXEC, and answers it unless it has to wait once more.
    mutating func endLongTransaction(_ run: TransactionRun) {
        var reply = ReplyBuffer()
        reply.protocolVersion = clients[run.client.index].protocolVersion
        reply.raw(run.reply)
        // The commands that are left wait for nothing.
        clients[run.client.index].flags.remove(.waiting)
        guard goOn(with: run, from: 0, &reply) else { return }
        run.unfinished.map { noteEnd(of: $0) }
        if hasObservers { showEnd(of: run) }
        hasPropagatedItself = false
        clients[run.client.index].writeOffset = pendingOffset
        answer(run.client, Array(reply.bytes))
    }

    private mutating func checkThreshold() {
        guard !noteOverdueDebugging(), let run = scripting.running, !run.isBusy else { return }
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
    var isHeldByScript: Bool { scripting.running?.isPaused ?? false }

    /// Whether a script is, or an EXEC that waits for the target of a MIGRATE.
    package var isHeld: Bool { isHeldByScript || scripting.transaction?.held != nil }

    /// What those are told whose commands do not run while a script does.
    var busyError: ReplyError? {
        guard let run = scripting.running, run.isBusy else { return nil }
        return run.isFunction ? .busyFunction : .busyScript
    }

    /// Whether an event has to wait for the end of the script that runs, or of the EXEC that waits.
    func waitsForScript(_ event: Event) -> Bool {
        guard isHeld else { return false }
        switch event {
        case .timer(.cron), .timer(.script), .timer(.migration), .timer(.debugger): return false
        case .clientGone(let client):
            return client == scripting.running?.client ?? scripting.transaction?.client
        // The master's writes must not come in between; what the target of a MIGRATE says is waited for.
        case .streamUp(let stream), .streamDown(let stream, _), .streamBytes(let stream, _):
            return isMasterStream(stream)
        case .signal: return true
        case .timer, .linkUp, .linkDown, .bus, .snapshotWritten, .snapshotFailed,
            .appendOnlyChanged:
            return scripting.running?.isBusy != true
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
