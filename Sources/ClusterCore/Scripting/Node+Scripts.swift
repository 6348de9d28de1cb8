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
        if byHash, arguments[1].count != 40 { throw .noScript }
        guard let count = arguments[2].integer else { throw .notAnInteger }
        let keys = try ScriptKeys(arguments, count: count)
        let hash =
            byHash
            ? ByteString(arguments[1].text.lowercased()) : scripting.hash(of: arguments[1])
        let script: Scripting.Script
        if let known = scripting.scripts[hash] {
            script = known
        } else {
            guard !byHash else { throw .noScript }
            script = try scripting.keep(arguments[1], as: hash)
        }
        let interpreter = try scripting.evaluator(with: script, hash)
        let name = hash.description
        try prepareScript(name, script.flags, readOnly: readOnly, isFunction: false, interpreter)
        start(
            ScriptCall(script: "f_\(name)", reference: 0, name: name), keys, arguments, &reply)
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
        let name = function.name.description
        try prepareScript(name, function.flags, readOnly: readOnly, isFunction: true, engine)
        start(
            ScriptCall(script: "", reference: function.reference, name: name), keys, arguments,
            &reply)
    }

    /// The flags of a command that runs a script, as the script has them.
    @inline(never)
    func flags(
        of entry: CommandTable.Entry, running arguments: Arguments
    ) -> CommandFlags {
        guard !commandRunsFunction(arguments[0]) else {
            let function = scripting.functions.find(ByteString(arguments[1]))
            return function.map { $0.flags.adjusted(entry.flags) } ?? entry.flags
        }
        let isHash = arguments[0].count > 7 && !arguments[0].isKeyword("EVAL_RO")
        if isHash {
            let hash = ByteString(arguments[1].text.lowercased())
            return scripting.scripts[hash].map { $0.flags.adjusted(entry.flags) } ?? entry.flags
        }
        // Only those with a first line for the engine have flags of their own.
        guard arguments[1].buffer.starts(with: "#!".utf8) else { return entry.flags }
        do throws(ReplyError) {
            return try ScriptHeader(ofScript: arguments[1].buffer).flags.adjusted(entry.flags)
        } catch {
            return entry.flags
        }
    }

    private func commandRunsFunction(_ name: Argument) -> Bool {
        name.isKeyword("FCALL") || name.isKeyword("FCALL_RO")
    }

    /// Monitors see a script before its commands.
    private mutating func showScriptToMonitors(_ arguments: Arguments) {
        guard !monitors.isEmpty, !database.obeysMaster else { return }
        sendToMonitors(arguments, from: clients[caller].address)
    }

    // MARK: - Before

    /// Refuses a script that may not run here and now (`scriptPrepareForRun`).
    private mutating func prepareScript(
        _ name: String, _ flags: ScriptFlags, readOnly: Bool, isFunction: Bool,
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
            isReadOnly: readOnly || isNewStyle && flags.contains(.noWrites),
            allowsOOM: isNewStyle && flags.contains(.allowOOM),
            allowsCrossSlotKeys: !isNewStyle || flags.contains(.allowCrossSlotKeys),
            isOutOfMemory: isOutOfMemory, interpreter: interpreter, begun: now,
            isInTransaction: isInTransaction, slot: database.slot,
            firstEffect: propagated.count, time: database.now)
    }

    /// What a script that says what it does may do here.
    private func require(_ flags: ScriptFlags, readOnly: Bool) throws(ReplyError) {
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
        _ call: ScriptCall, _ keys: ScriptKeys, _ arguments: Arguments,
        _ reply: inout ReplyBuffer
    ) {
        guard let run = scripting.running else { return }
        if tracking.isActive {
            scripting.running?.keys = keys.keys.map { ByteString(arguments[$0]) }
        }
        let handle = run.interpreter.handle
        // Within a transaction nothing can come in between, nor while a file or the master's stream is repeated.
        let mayPause =
            !run.isInTransaction && run.client != nil && configuration.busyReplyThreshold > 0
        let slice = mayPause ? RunningScript.slice : 0
        isInTransaction = true
        let protocolVersion = Int32(reply.protocolVersion)
        let begun = slice > 0 ? stopwatch?() ?? 0 : 0
        let outcome = call.script.withCString { script in
            call.name.withCString { name in
                withUnsafeMutablePointer(to: &self) { node in
                    clua_start(
                        handle, node,
                        clua_run(
                            name: script, reference: call.reference, shown_name: name,
                            keys: arguments.part(keys.keys),
                            arguments: arguments.part(keys.rest), protocol: protocolVersion,
                            slice: slice))
                }
            }
        }
        if outcome == clua_done {
            finishScript(&reply)
        } else {
            scripting.running?.command = arguments.indices.map { ByteString(arguments[$0]) }
            beginLongCommand(arguments)
            clients[caller].flags.insert(.waiting)
            holdScript(since: begun)
        }
    }

    /// The script is over: its effects go out as one, and its reply is written.
    mutating func finishScript(_ reply: inout ReplyBuffer) {
        guard let run = scripting.running else { return }
        scripting.running = nil
        isInTransaction = run.isInTransaction
        if isPropagating {
            // EVAL itself is never propagated.
            hasPropagatedItself = true
            if !run.isInTransaction { bracketEffects(since: run.firstEffect) }
        }
        let bytes = run.interpreter.bytes
        reply.raw(bytes)
        database.slot = nil
        guard clua_failed(run.interpreter.handle), let command = callersCommand else { return }
        guard !clua_is_counted(run.interpreter.handle) else { return }
        count(ReplyError(String(decoding: bytes.dropFirst(), as: UTF8.self)))
        statistics.failedCalls[command] += 1
    }

    private var callersCommand: Int? { database.obeysMaster ? nil : clients[caller].lastCommand }
}

/// Which script is run, and what errors call it.
private struct ScriptCall {
    let script: String
    let reference: Int32
    let name: String
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
