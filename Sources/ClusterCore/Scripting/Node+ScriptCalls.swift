import CLua
import Keyspace
import RESP

/// The commands that scripts call (`scriptCall`).
extension Node {
    /// redis.call: runs a command of the script that runs, and hands its reply over.
    mutating func runCommandOfScript(_ arguments: Arguments, _ interpreter: OpaquePointer) {
        var reply = ReplyBuffer()
        reply.protocolVersion = Int(clua_protocol(interpreter))
        var found: Int?
        do throws(ReplyError) {
            let command = try commandOfScript(arguments, found: &found)
            try verify(command, arguments)
            run(command, arguments, clua_replication(interpreter), &reply)
            // A MIGRATE has its reply when its target has answered.
            if migration.current != nil { return clua_await_result(interpreter) }
        } catch {
            count(error)
            if let found { statistics.rejectedCalls[found] += 1 }
            clua_refuse(interpreter)
            reply.truncate(to: 0)
            reply.error(error.message)
        }
        clua_set_result(
            interpreter, reply.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), reply.count)
    }

    /// redis.acl_check_cmd: 1 or 0, and -1 where there is no such command.
    mutating func permitsCommandOfScript(_ arguments: Arguments) -> Int32 {
        guard let command = lookUp(arguments) else { return -1 }
        guard scripting.running?.client != nil else { return 1 }
        return permits(command, arguments) ? 1 : 0
    }

    /// redis.log. Nothing below the level of the log is written.
    mutating func logLineOfScript(level: Int, _ line: String) {
        let levels: [LogLevel] = [.debug, .verbose, .notice, .warning]
        guard level >= 2, levels.indices.contains(level) else { return }
        log(levels[level], line)
    }

    // MARK: - Whether it may run

    // All of these are mutating only so that none of them is given a copy of the node.

    private mutating func lookUp(_ arguments: Arguments) -> Int? {
        guard let command = commands.find(arguments[0]) else { return nil }
        guard commands.entries[command].isContainer, arguments.count > 1 else { return command }
        return commands.find(arguments[1], in: command)
    }

    private mutating func commandOfScript(
        _ arguments: Arguments, found: inout Int?
    ) throws(ReplyError) -> Int {
        guard let command = lookUp(arguments) else {
            throw ReplyError("ERR Unknown Redis command called from script")
        }
        found = command
        if CommandInfo.isWrong(count: arguments.count, arity: commands.entries[command].arity) {
            throw ReplyError("ERR Wrong number of args calling Redis command from script")
        }
        guard commands.entries[command].flags.isDisjoint(with: Self.notForScripts) else {
            throw ReplyError("ERR This Redis command is not allowed from script")
        }
        return command
    }

    private mutating func verify(
        _ command: Int, _ arguments: Arguments
    ) throws(ReplyError) {
        // Whoever took the script that runs out of its place would count references to all that it has.
        let flags = commands.entries[command].flags
        let hasClient = scripting.running?.client != nil
        if isStale, !flags.contains(.stale) {
            throw ReplyError("ERR Can not execute the command on a stale replica")
        }
        if hasClient { try authorizeInScript(command, arguments) }
        try verifyWrite(flags, hasClient)
        if configuration.maxmemory > 0, hasClient, scripting.running?.isRefusedMemory == true,
            flags.contains(.denyOOM)
        {
            throw ReplyError("OOM command not allowed when used memory > 'maxmemory'.")
        }
        if flags.contains(.write) { scripting.running?.hasWritten = true }
        try verifyKeys(command, arguments)
    }

    private mutating func verifyWrite(
        _ flags: CommandFlags, _ hasClient: Bool
    ) throws(ReplyError) {
        if scripting.running?.isReadOnly == true, !flags.isDisjoint(with: Self.changing) {
            throw ReplyError("ERR Write commands are not allowed from read-only scripts.")
        }
        // A script that has begun to write is not stopped in the middle.
        guard flags.contains(.write), scripting.running?.hasWritten == false else { return }
        if replication.master != nil, configuration.replicaReadOnly, hasClient {
            throw ReplyError("READONLY You can't write against a read only replica.")
        }
        if let error = diskError { throw error }
        try requireGoodReplicas()
    }

    /// Scripts use only keys that are here (`scriptVerifyClusterState`).
    private mutating func verifyKeys(
        _ command: Int, _ arguments: Arguments
    ) throws(ReplyError) {
        database.slot = nil
        guard commands.entries[command].hasKeys, let client = scripting.running?.client else {
            return
        }
        do throws(ReplyError) {
            try route(commands.entries[command], arguments, clients[client.index].flags)
        } catch {
            throw Self.refusal(for: error)
        }
        guard configuration.clusterEnabled, let slot = database.slot,
            scripting.running?.allowsCrossSlotKeys == false
        else { return }
        guard let first = scripting.running?.slot else {
            scripting.running?.slot = slot
            return
        }
        guard first == slot else {
            throw ReplyError(
                "ERR Script attempted to access keys that do not hash to the same slot")
        }
    }

    private static func refusal(for redirect: ReplyError) -> ReplyError {
        switch redirect.message {
        case "CLUSTERDOWN The cluster is down and only accepts read commands":
            ReplyError(
                "ERR Script attempted to execute a write command while the cluster is down and "
                    + "readonly")
        case "CLUSTERDOWN The cluster is down":
            ReplyError("ERR Script attempted to execute a command while the cluster is down")
        default:
            ReplyError("ERR Script attempted to access a non local key in a cluster node")
        }
    }

    // As arrays in the middle of a function they would be made with each call.
    private static let notForScripts: CommandFlags = [.noScript, .answersLater]
    private static let changing: CommandFlags = [.write, .mayReplicate]
    private static let notForMonitors: CommandFlags = [.skipMonitor, .admin]

    // MARK: - Running it

    private mutating func run(
        _ command: Int, _ arguments: Arguments, _ replication: Int32,
        _ reply: inout ReplyBuffer
    ) {
        let entry = commands.entries[command]
        let changes = database.changes
        if !monitors.isEmpty, entry.flags.isDisjoint(with: Self.notForMonitors) {
            sendToMonitors(arguments, from: "lua")
        }
        let start = propagated.count
        hasPropagatedItself = false
        do throws(ReplyError) {
            let begun = measuresWithin(entry) ? stopwatch?() ?? 0 : nil
            defer {
                if let begun { noteDuration(since: begun, of: arguments, command, inScript: true) }
            }
            switch entry.handler {
            case .database(let run): try run(&database, arguments, &reply)
            case .node(let run):
                try run(&self, arguments, &reply)
                if !cluster.lostSlots.isEmpty { dropLostChannels() }
            }
            if isPropagating { propagate(arguments, of: entry, since: changes) }
            if database.changes != changes, database.count == 0 { resetDump(after: command) }
        } catch {
            if isPropagating { propagateExpired() }
            count(error)
            reply.truncate(to: 0)
            reply.error(error.message)
            statistics.failedCalls[command] += 1
        }
        // Who has the script run has what it reads.
        if tracking.isActive { followTracking(arguments, command) }
        statistics.commands += 1
        statistics.calls[command] += 1
        if hasObservers { publishEvents() }
        limitPropagation(from: start, to: replication)
    }

    /// What is only for a file or for replicas that are not there is for nobody, and makes no transaction of
    /// what is.
    mutating func effectiveReplication(_ flags: Int32) -> Int32 {
        switch flags {
        case 1 where !configuration.appendonly: 0
        case 2 where replication.backlog == nil || replication.master != nil: 0
        default: flags
        }
    }

    /// redis.set_repl: what was written since a place is for the file (1), for replicas (2), or for nobody.
    private mutating func limitPropagation(from start: Int, to flags: Int32) {
        guard flags != 3, propagated.count > start else { return }
        let flags = effectiveReplication(flags)
        guard flags != 0 else {
            propagated.removeSubrange(start...)
            return
        }
        partialPropagations.append(
            PartialPropagation(range: start..<propagated.count, for: flags))
    }
}
