import CLua
import Keyspace
import RESP

/// Scripts and functions (script.c, eval.c, functions.c).
extension Node {
    /// REDIS_VERSION_NUM: a byte for each part of the version.
    static let redisVersionNumber: Int32 = 0x07_00_0F

    /// EVAL and its kind.
    mutating func evaluate(
        _ arguments: Arguments, byHash: Bool, readOnly: Bool, _ reply: inout ReplyBuffer
    ) throws(ReplyError) {
        showScriptToMonitors(arguments)
        if byHash, arguments[1].count != 2 * SHA1.length { throw .noScript }
        if byHash, debugsScripts {
            throw ReplyError("ERR Please use EVAL instead of EVALSHA for debugging")
        }
        guard let count = arguments[2].integer else { throw .notAnInteger }
        let keys = try ScriptKeys(arguments, count: count)
        let compiled =
            byHash
            ? try scripting.script(hash: arguments[1]) : try scripting.script(of: arguments[1])
        let script = compiled.script
        try prepareScript(
            script.hash, script.flags, readOnly: readOnly, isFunction: false, compiled.interpreter)
        start(compiled.interpreter, compiled.reference, keys, arguments, &reply)
    }

    /// FCALL and FCALL_RO.
    mutating func callFunction(
        _ arguments: Arguments, readOnly: Bool, _ reply: inout ReplyBuffer
    ) throws(ReplyError) {
        showScriptToMonitors(arguments)
        guard scripting.functions.find(ByteString(arguments[1])) != nil else {
            throw ReplyError("ERR Function not found")
        }
        guard let count = arguments[2].integer else {
            throw ReplyError("ERR Bad number of keys provided")
        }
        let keys = try ScriptKeys(arguments, count: count)
        let engine = try scripting.functionEngine()
        // Its reference is another one where the engine had to be made anew.
        guard let function = scripting.functions.find(ByteString(arguments[1])) else {
            throw ReplyError("ERR Function not found")
        }
        try prepareScript(
            function.name, function.flags, readOnly: readOnly, isFunction: true, engine)
        start(engine, function.reference, keys, arguments, &reply)
    }

    /// The flags of a command that runs a script, as the script has them. A method that does not mutate would be given a
    /// copy of the node.
    @inline(never)
    mutating func flags(
        of entry: CommandTable.Entry, running arguments: Arguments
    ) -> CommandFlags {
        switch arguments[0].count {
        case 5, 8:  // FCALL, FCALL_RO
            let function = scripting.functions.find(ByteString(arguments[1]))
            return function.map { $0.flags.adjusted(entry.flags) } ?? entry.flags
        case 7 where arguments[0].isKeyword("EVALSHA"), 10:  // and EVALSHA_RO
            let script = scripting.script(named: arguments[1])
            return script.map { $0.flags.adjusted(entry.flags) } ?? entry.flags
        default:
            // Only those with a first line for the engine have flags of their own.
            guard ScriptHeader.isThere(in: arguments[1].buffer) else { return entry.flags }
            do throws(ReplyError) {
                return try ScriptHeader(ofScript: arguments[1].buffer).flags.adjusted(entry.flags)
            } catch {
                return entry.flags
            }
        }
    }

    /// Monitors see a script before its commands.
    private mutating func showScriptToMonitors(_ arguments: Arguments) {
        guard !monitors.isEmpty, !database.obeysMaster else { return }
        sendToMonitors(arguments, from: clients[caller].address)
    }

    // MARK: - Before

    /// Refuses a script that may not run here and now (`scriptPrepareForRun`).
    private mutating func prepareScript(
        _ name: ByteString, _ flags: ScriptFlags, readOnly: Bool, isFunction: Bool,
        _ interpreter: ScriptInterpreter
    ) throws(ReplyError) {
        if flags.contains(.isOldStyle) {
            if isStale { throw .masterDown }
        } else {
            try require(flags, readOnly: readOnly)
        }
        let isNewStyle = !flags.contains(.isOldStyle)
        let obeys = database.obeysMaster
        scripting.running = RunningScript(
            name: name, isFunction: isFunction, client: obeys ? nil : clients[caller].id,
            commandIndex: obeys ? nil : clients[caller].lastCommand,
            isReadOnly: readOnly || isNewStyle && flags.contains(.noWrites),
            allowsOOM: isNewStyle && flags.contains(.allowOOM),
            allowsCrossSlotKeys: !isNewStyle || flags.contains(.allowCrossSlotKeys),
            isOutOfMemory: configuration.maxmemory > 0 && isOutOfMemory, interpreter: interpreter,
            begun: now,
            isInTransaction: isInTransaction, slot: database.slot,
            firstEffect: isInTransaction ? transactionStart : propagated.count, time: database.now)
    }

    /// What a script that says what it does may do here.
    private mutating func require(_ flags: ScriptFlags, readOnly: Bool) throws(ReplyError) {
        if flags.contains(.noCluster), configuration.clusterEnabled {
            throw ReplyError("ERR Can not run script on cluster, 'no-cluster' flag is set.")
        }
        if isStale, !flags.contains(.allowStale) {
            throw ReplyError(
                "MASTERDOWN Link with MASTER is down, replica-serve-stale-data is set to 'no' and "
                    + "'allow-stale' flag is not set on the script.")
        }
        if !flags.contains(.noWrites) { try requireWritable(readOnly: readOnly) }
        if isOutOfMemory, flags.isDisjoint(with: [.allowOOM, .noWrites]) {
            throw ReplyError(
                "OOM allow-oom flag is not set on the script, can not run it when used memory > "
                    + "'maxmemory'")
        }
    }

    private func requireWritable(readOnly: Bool) throws(ReplyError) {
        if replication.master != nil, configuration.replicaReadOnly, !database.obeysMaster {
            throw ReplyError("READONLY Can not run script with write flag on readonly replica")
        }
        if let error = persistence.appendOnly.writeError, configuration.appendonly,
            !database.obeysMaster
        {
            throw ReplyError(
                "MISCONF Redis is configured to persist data to AOF, but it's currently unable to persist "
                    + "to disk. Writable scripts are blocked. Use 'no-writes' flag for read only scripts. "
                    + "AOF error: \(error)")
        }
        if diskError != nil, !database.obeysMaster {
            throw ReplyError(
                "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to "
                    + "disk. Writable scripts are blocked. Use 'no-writes' flag for read only scripts."
            )
        }
        if readOnly {
            throw ReplyError("ERR Can not execute a script with write flag using *_ro command.")
        }
        try requireGoodReplicas()
    }

    /// Whether this is a replica that serves no data while its master is away, and it is.
    var isStale: Bool {
        guard let master = replication.master else { return false }
        return !master.isConnected && !configuration.replicaServeStaleData
    }

    func requireGoodReplicas() throws(ReplyError) {
        if replication.master == nil, configuration.minReplicasToWrite > 0,
            configuration.minReplicasMaxLag > 0,
            replication.goodReplicas < configuration.minReplicasToWrite
        {
            throw ReplyError("NOREPLICAS Not enough good replicas to write.")
        }
    }

    // MARK: - Running

    /// Runs the script that was prepared.
    private mutating func start(
        _ interpreter: ScriptInterpreter, _ reference: Int32, _ keys: ScriptKeys,
        _ arguments: Arguments, _ reply: inout ReplyBuffer
    ) {
        if tracking.isActive {
            scripting.running?.keys = keys.keys.map { ByteString(arguments[$0]) }
        }
        let handle = interpreter.handle
        if !debugSessions.isEmpty { debugNextScript(handle, arguments[1]) }
        let slice = mayPauseScript ? RunningScript.slice : 0
        isInTransaction = true
        let run = clua_run(
            reference: reference, keys: arguments.part(keys.keys),
            arguments: arguments.part(keys.rest), protocol: Int32(reply.protocolVersion),
            slice: slice)
        let outcome = withUnsafeMutablePointer(to: &self) { clua_start(handle, $0, run) }
        guard outcome != clua_done else { return finishScript(&reply) }
        scripting.running?.command = arguments.indices.map { ByteString(arguments[$0]) }
        if scripting.running?.client != nil {
            beginLongCommand(arguments)
            clients[caller].flags.insert(.waiting)
        }
        holdScript(since: commandBegun)
    }

    /// While a file is repeated there is nobody yet who could come in between.
    private var mayPauseScript: Bool {
        configuration.busyReplyThreshold > 0
            && (!database.obeysMaster || replication.master?.isConnected == true)
    }

    /// The script is over: its effects go out as one, and its reply is written.
    mutating func finishScript(_ reply: inout ReplyBuffer) {
        guard let run = scripting.running.take() else { return }
        isInTransaction = run.isInTransaction
        if !debugSessions.isEmpty { endDebugging(of: run) }
        if isPropagating {
            // EVAL itself is never propagated.
            hasPropagatedItself = true
            if !run.isInTransaction { bracketEffects(since: run.firstEffect) }
        }
        database.slot = nil
        guard !run.isLost else { return answerLost(run, &reply) }
        reply.raw(run.interpreter.bytes)
        if run.interpreter.hasErrors, let command = run.commandIndex {
            countErrors(of: run.interpreter, command)
        }
    }

    private mutating func answerLost(_ run: RunningScript, _ reply: inout ReplyBuffer) {
        let error = ReplyError(
            "ERR Error running script \(run.name), it has gone on in another copy of this node")
        count(error)
        if let command = run.commandIndex { statistics.failedCalls[command] += 1 }
        reply.error(error.message)
    }

    /// An error that a command has given is counted there; the script has failed all the same, once for each of them and
    /// once for all others together (`afterErrorReply`, `incrCommandStatsOnError`).
    @inline(never)
    private mutating func countErrors(of interpreter: ScriptInterpreter, _ command: Int) {
        let (counted, uncounted) = interpreter.errors
        for message in uncounted { count(ReplyError(message)) }
        statistics.failedCalls[command] += counted + (uncounted.isEmpty ? 0 : 1)
    }

    /// Tells what errors call the script by.
    func nameScript(to interpreter: OpaquePointer) {
        scripting.running?.name.withBuffer {
            clua_set_name(interpreter, $0.baseAddress, $0.count)
        }
    }
}

/// Which arguments are keys.
private struct ScriptKeys {
    let keys: Range<Int>
    let rest: Range<Int>

    init(_ arguments: Arguments, count: Int64) throws(ReplyError) {
        guard count <= Int64(arguments.count - 3) else {
            throw ReplyError("ERR Number of keys can't be greater than number of args")
        }
        guard count >= 0 else { throw ReplyError("ERR Number of keys can't be negative") }
        keys = 3..<3 + Int(count)
        rest = keys.upperBound..<arguments.count
    }
}

extension Arguments {
    /// Some of the arguments, for C.
    fileprivate func part(_ range: Range<Int>) -> clua_arguments {
        let places = UnsafeRawPointer(ranges).assumingMemoryBound(to: clua_range.self)
        return clua_arguments(
            bytes: base, ranges: places + range.lowerBound, count: range.count)
    }
}

extension ReplyError {
    static let noScript = ReplyError("NOSCRIPT No matching script. Please use EVAL.")
    static let masterDown = ReplyError(
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")
    static let busyScript = ReplyError(
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")
    static let busyFunction = ReplyError(
        "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.")
}
