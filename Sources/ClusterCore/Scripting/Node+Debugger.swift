import CLua
import Keyspace
import RESP

/// SCRIPT DEBUG: EVAL line by line, in a dialogue with the client (eval.c, `ldbStartSession` and what follows
/// it).
///
/// What the commands of the dialogue do is in `CLua` (`debugger.c`), on the script's own stack: it is left
/// where the script stops, and gone back to with each command.
extension Node {
    // MARK: - Beginning

    /// Whether EVAL of the caller is debugged. Within EXEC it is not.
    var debugsScripts: Bool {
        clients[caller].flags.contains(.debugsScripts) && !isInTransaction
            && !database.obeysMaster
    }

    /// EVAL of a client that debugs.
    mutating func debug(_ arguments: Arguments, readOnly: Bool, _ reply: inout ReplyBuffer) {
        guard !clients[caller].flags.contains(.debugsOnNode) else {
            log(.warning, "Redis synchronous debugging eval session started")
            return runDebugged(arguments, readOnly: readOnly, &reply)
        }
        log(.warning, "Redis forked for debugging eval")
        var copy = self
        copy.becomeCopyForDebugging()
        copy.runDebugged(arguments, readOnly: readOnly, &reply)
        let client = clients[caller].id
        guard !copy.debugSessions.isEmpty else { return endDebugging(client) }
        clients[caller].flags.formUnion([.debugging, .waiting])
        debugSessions.append(DebugSession(client: client, copy: [copy]))
    }

    /// Lets go of everything by which others could hear of what a copy does.
    private mutating func becomeCopyForDebugging() {
        isCopyForDebugging = true
        outbox = []
        debugSessions = []
        monitors = []
        tracking = TrackingTable()
        propagated = []
        partialPropagations = []
        isPropagating = false
        updateObservers()
    }

    private mutating func runDebugged(
        _ arguments: Arguments, readOnly: Bool, _ reply: inout ReplyBuffer
    ) {
        let mark = reply.count
        let client = clients[caller].id
        debugSessions.append(DebugSession(client: client))
        do throws(ReplyError) {
            try evaluate(arguments, byHash: false, readOnly: readOnly, &reply)
        } catch {
            count(error)
            if let command = clients[caller].lastCommand { statistics.failedCalls[command] += 1 }
            reply.truncate(to: mark)
            reply.error(error.message)
        }
        guard !isHeldByScript else {
            clients[caller].flags.insert(.debugging)
            return reply.raw(takeDebugLines())
        }
        let own = Array(reply.bytes[mark...])
        reply.truncate(to: mark)
        reply.raw(endOfSession(client) + own)
        close(client)
    }

    /// Lets the script that is about to run be debugged, where it is.
    mutating func debugNextScript(_ interpreter: OpaquePointer, _ body: Argument) {
        guard !database.obeysMaster, debugSessions.contains(where: isOnNode) else { return }
        clua_begin_debugging(interpreter, body.buffer.baseAddress, body.count)
    }

    private func isOnNode(_ session: DebugSession) -> Bool { session.copy.isEmpty }

    // MARK: - The dialogue

    /// Takes what the client of a session has sent.
    mutating func receiveDebugging(_ bytes: UnsafeBufferPointer<UInt8>, from client: ClientID) {
        guard let index = debugSessions.firstIndex(where: { $0.client == client }) else { return }
        guard !debugSessions[index].copy.isEmpty else {
            debugSessions[index].input.append(bytes)
            return runDebugCommands(of: client)
        }
        debugSessions[index].copy[0].advance(to: now)
        debugSessions[index].copy[0].receiveDebugging(bytes, from: client)
        takeActions(ofCopy: index)
    }

    private mutating func runDebugCommands(of client: ClientID) {
        if let run = scripting.running, let held = run.held,
            clua_turns(run.interpreter.handle) != held.turn
        {
            // It has gone on in another copy of the node.
            return continueScript()
        }
        while let run = scripting.running, run.isPaused, clua_is_stopped(run.interpreter.handle),
            let index = debugSessions.firstIndex(where: { $0.client == client }),
            let found = debugSessions[index].input.next()
        {
            // Waiting for somebody at a keyboard is no time of the script.
            scripting.running?.begun = now
            let time = unixMilliseconds
            scripting.running?.time = time
            switch found {
            case .command(let words): runDebugCommand(words, run.interpreter.handle)
            case .failure(let failure): failDebugging(failure, run.interpreter.handle)
            }
        }
    }

    /// Goes on with the script, whose first act is the command.
    private mutating func runDebugCommand(_ words: [[UInt8]], _ interpreter: OpaquePointer) {
        var bytes: [UInt8] = []
        let ranges = words.map { word in
            let range = clua_range(offset: UInt32(bytes.count), count: UInt32(word.count))
            bytes += word + [0]
            return range
        }
        bytes.withUnsafeBufferPointer { bytes in
            ranges.withUnsafeBufferPointer { ranges in
                clua_set_command(
                    interpreter,
                    clua_arguments(
                        bytes: bytes.baseAddress, ranges: ranges.baseAddress, count: ranges.count),
                    nil)
                continueScript()
            }
        }
    }

    private mutating func failDebugging(
        _ failure: DebugInput.Failure, _ interpreter: OpaquePointer
    ) {
        failure.rawValue.withCString {
            clua_set_command(
                interpreter, clua_arguments(bytes: nil, ranges: nil, count: 0), $0)
            continueScript()
        }
    }

    /// Shows the client of the script that has just paused what there is to be seen, where it waits for a
    /// command.
    mutating func showDebugLines() {
        guard let run = scripting.running, let client = run.client, isStoppedByDebugger else {
            return
        }
        outbox.append(.write(client, takeDebugLines()))
    }

    /// Whether a script waits for a command of who debugs it.
    var isStoppedByDebugger: Bool {
        scripting.running.map { clua_is_stopped($0.interpreter.handle) } ?? false
    }

    /// A debugged script that runs on and on stops after as long as others become busy in.
    /// - Returns: whether the script that runs is one.
    mutating func noteOverdueDebugging() -> Bool {
        guard let run = scripting.running, clua_is_debugging(run.interpreter.handle) else {
            return false
        }
        let limit = configuration.busyReplyThreshold
        if run.begun.duration(to: now).wholeMilliseconds >= (limit > 0 ? limit : 5000) {
            clua_note_overdue(run.interpreter.handle)
        }
        return true
    }

    private mutating func takeDebugLines() -> [UInt8] {
        guard let handle = scripting.running?.interpreter.handle else { return [] }
        let lines = Self.takeLines(of: handle)
        return Array("*\(lines.count)\r\n".utf8) + lines.bytes
    }

    private static func takeLines(of interpreter: OpaquePointer) -> (bytes: [UInt8], count: Int) {
        var (length, count) = (0, 0)
        let start = clua_logs(interpreter, &length, &count)
        let bytes = Array(UnsafeBufferPointer(start: start, count: length))
        clua_forget_logs(interpreter)
        return (bytes, count)
    }

    // MARK: - Ending

    /// The script has ended: keeps what its session has still to show.
    mutating func endDebugging(of run: RunningScript) {
        guard let index = debugSessions.firstIndex(where: isOnNode), !run.isLost else { return }
        debugSessions[index].lastLines = Self.takeLines(of: run.interpreter.handle)
        clua_end_debugging(run.interpreter.handle)
    }

    /// Ends the session of a client on this node.
    /// - Returns: what it is shown before the reply; nil where it has none.
    mutating func endOfSession(ofDebugging client: ClientID) -> [UInt8]? {
        guard clients[client.index].flags.contains(.debugging) else { return nil }
        return endOfSession(client)
    }

    private mutating func endOfSession(_ client: ClientID) -> [UInt8] {
        guard let index = debugSessions.firstIndex(where: isOnNode) else { return [] }
        let lines = debugSessions.remove(at: index).lastLines
        log(
            .warning,
            isCopyForDebugging
                ? "Lua debugging session child exiting"
                : "Redis synchronous debugging eval session ended")
        return Array("*\(lines.count + 1)\r\n".utf8) + lines.bytes
            + Array("+<endsession>\r\n".utf8)
    }

    /// The connection ends with the session.
    private mutating func endDebugging(_ client: ClientID) {
        guard clients.contains(client) else { return }
        clients[client.index].flags.subtract([.debugging, .waiting])
        close(client)
    }

    /// Nobody is there any more who could say anything. A script on the node goes on to its end, as what it has
    /// written is there; a copy goes.
    mutating func abandonDebugging(of client: ClientID) {
        guard let index = debugSessions.firstIndex(where: { $0.client == client }) else { return }
        guard debugSessions[index].copy.isEmpty else {
            debugSessions.remove(at: index)
            return
        }
        guard let handle = scripting.running?.interpreter.handle else { return }
        clua_abandon(handle)
        if clua_is_stopped(handle) { continueScript() }
    }

    // MARK: - Copies

    /// Gives scripts that take long in copies another turn.
    mutating func continueDebugging() {
        var index = 0
        while index < debugSessions.count {
            guard !debugSessions[index].copy.isEmpty, !debugSessions[index].copy[0].isStoppedByDebugger
            else {
                index += 1
                continue
            }
            debugSessions[index].copy[0].advance(to: now)
            debugSessions[index].copy[0].continueScript()
            if takeActions(ofCopy: index) { index += 1 }
        }
    }

    /// Of what a copy asks for only that is done which concerns its client.
    /// - Returns: whether the session goes on.
    @discardableResult
    private mutating func takeActions(ofCopy index: Int) -> Bool {
        let client = debugSessions[index].client
        let actions = debugSessions[index].copy[0].outbox
        debugSessions[index].copy[0].outbox = []
        for action in actions {
            switch action {
            case .write(client, _), .log: outbox.append(action)
            case .setTimer(.script, let instant): outbox.append(.setTimer(.debugger, at: instant))
            case _: break
            }
        }
        guard debugSessions[index].copy[0].debugSessions.isEmpty else { return true }
        debugSessions.remove(at: index)
        endDebugging(client)
        return false
    }
}
