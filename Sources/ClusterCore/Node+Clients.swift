import Keyspace
import RESP

extension Node {
    /// Welcomes a client. nil where there are too many (maxclients): the driver then sends `refusal` and closes.
    package mutating func connect(
        address: String, localAddress: String, isSecure: Bool = false, isTrusted: Bool = false,
        at now: Instant
    ) -> ClientID? {
        advance(to: now)
        guard clients.count < configuration.maxclients else {
            statistics.rejectedConnections += 1
            return nil
        }
        statistics.connections += 1
        let id = clients.add(
            address: address, localAddress: localAddress, isSecure: isSecure, at: now)
        if isTrusted { clients[id.index].flags.insert(.trusted) }
        resetUser(ofClientAt: id.index)
        return id
    }

    /// What a client is told that `connect` turned away.
    package static let refusal = "-ERR max number of clients reached\r\n"

    /// Whether a client of that address may not even speak (protected mode): what it is told then.
    package func denial(ofClientAt address: String) -> String? {
        guard configuration.protectedMode, access.standard.needsNoPassword,
            !Self.isLocal(address)
        else { return nil }
        return Self.denial
    }

    private static func isLocal(_ address: String) -> Bool {
        address.hasPrefix("127.") || address.hasPrefix("::1") || address.hasPrefix("::ffff:127.")
    }

    private static let denial =
        "-DENIED Redis is running in protected mode because protected mode is enabled "
        + "and no password is set for the default user. In this mode connections are only "
        + "accepted from the loopback interface. If you want to connect from external "
        + "computers to Redis you may adopt one of the following solutions: 1) Just "
        + "disable protected mode sending the command 'CONFIG SET protected-mode no' from "
        + "the loopback interface by connecting to Redis from the same host the server is "
        + "running, however MAKE SURE Redis is not publicly accessible from internet if "
        + "you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively "
        + "you can just disable the protected mode by editing the Redis configuration "
        + "file, and setting the protected mode option to 'no', and then restarting the "
        + "server. 3) If you started the server manually just for testing, restart it "
        + "with the '--protected-mode no' option. 4) Setup a an authentication password "
        + "for the default user. NOTE: You only need to do one of the above things in "
        + "order for the server to start accepting connections from the outside.\r\n"

    /// Bytes of replies to one client after which `receive` pauses, so that they can be sent first.
    package static let outputPause = 1024 * 1024

    /// Executes every whole command in a client's input and encodes the replies into its output buffer.
    ///
    /// The input begins at the first byte that was not consumed before; `stream` holds the client's parser and
    /// replies.
    /// - Returns: how many bytes were consumed. The rest has to be handed in again, with what follows it, or
    ///   when `Action.resume` or `.resumeAll` says so.
    package mutating func receive(
        _ start: UnsafePointer<UInt8>, count: Int, from client: ClientID,
        stream: inout ClientStream, at now: Instant, into actions: inout [Action]
    ) -> Int {
        guard clients.contains(client) else { return count }
        advance(to: now)
        caller = client.index
        isReceiving = true
        clients[caller].lastInteraction = now
        clients.note(input: count, output: clients[caller].outputBytes, ofClientAt: caller)
        if clients[caller].flags.contains(.debugging) {
            receiveDebugging(UnsafeBufferPointer(start: start, count: count), from: client)
            isReceiving = false
            deliver(into: &actions)
            return count
        }
        stream.parser.isUnauthenticated = isLoginRequired
        let outputBefore = stream.output.count
        let begun = configuration.latencyTracking ? stopwatch?() ?? 0 : nil
        stream.parser.maximumBulk = configuration.protoMaxBulkLength
        var consumed = 0
        reading: while consumed < count, takesCommands(client), stream.output.count < Self.outputPause {
            switch stream.parser.parse(start + consumed, count: count - consumed) {
            case .command(let length, let argumentCount):
                if argumentCount > 0 {
                    let isDone = execute(
                        stream.parser.arguments(at: start + consumed, count: argumentCount),
                        output: &stream.output)
                    guard isDone else { break reading }
                    if stream.parser.isUnauthenticated {
                        stream.parser.isUnauthenticated = isLoginRequired
                    }
                } else if clients[caller].flags.contains(.replica) {
                    noteLoadingReplica()
                }
                consumed += length
            case .needMore:
                if count - consumed > configuration.clientQueryBufferLimit { drop(client) }
                break reading
            case .failure(let error):
                statistics.protocolErrors += 1
                stream.output.error("ERR Protocol error: \(error.message)")
                close(client)
                break reading
            }
        }
        // What is sent behind an EVAL that is debugged is for nobody.
        if !clients[client.index].flags.isDisjoint(with: [.closing, .debugging]) { consumed = count }
        statistics.inputBytes += consumed
        statistics.outputBytes += stream.output.count - outputBefore
        isReceiving = false
        if let begun { noteQuickCommands(since: begun) }
        if clients.contains(client) {
            clients.note(
                input: count - consumed, output: clients[client.index].outputBytes,
                ofClientAt: client.index)
        }
        if configuration.maxmemoryClients != 0 { evictClients() }
        if tracking.isActive { invalidateModified(by: client) }
        deliver(into: &actions)
        return consumed
    }

    /// Gives the reply that a client waits for since an `Action.save`.
    package mutating func complete(
        _ client: ClientID, error: String?, stream: inout ClientStream, at now: Instant,
        into actions: inout [Action]
    ) {
        guard clients.contains(client), clients[client.index].flags.contains(.waiting) else {
            return
        }
        advance(to: now)
        clients[client.index].flags.remove(.waiting)
        if clients[client.index].flags.isDisjoint(with: [.replyOff, .replySkip]) {
            if let error { stream.output.error(error) } else { stream.output.ok() }
        }
        clients[client.index].flags.subtract([.replySkip, .asking])
        outbox.append(.resume(client))
        deliver(into: &actions)
    }

    /// Ends the connection of the client once its replies are sent.
    mutating func close(_ client: ClientID) {
        guard clients.contains(client) else { return }
        forgetWait(of: client)
        clients[client.index].flags.insert(.closing)
        outbox.append(.close(client))
    }

    /// Ends the connection of the client at once. A client that does not take its replies would never be rid of
    /// otherwise.
    mutating func drop(_ client: ClientID) {
        guard clients.contains(client) else { return }
        forgetWait(of: client)
        endListening(of: client)
        clients[client.index].flags.insert(.closing)
        outbox.append(.drop(client))
    }

    /// Whether what the client sends is taken.
    @inline(__always)
    package func isServing(_ client: ClientID) -> Bool {
        takesCommands(client) || clients[client.index].flags.contains(.debugging)
    }

    /// Whether the client's commands are taken: neither it nor the node waits for something else first.
    @inline(__always)
    private func takesCommands(_ client: ClientID) -> Bool {
        stall == nil && persistence.foreground == nil
            && clients[client.index].flags.isDisjoint(with: Self.heldFlags)
    }

    private static let heldFlags: Client.Flags = [.closing, .waiting, .postponed]

    // MARK: - One command

    /// Finds, checks and runs one command, in the order of Redis' `processCommand`.
    /// - Returns: false where the command has to wait for the end of a pause.
    @inline(__always)
    private mutating func execute(_ arguments: Arguments, output: inout ReplyBuffer) -> Bool {
        let mark = output.bytes.count
        let changes = database.changes
        var hasRun = false
        /// The command that those who monitor are shown.
        var shown: Int?
        running: do throws(ReplyError) {
            let command = try command(of: arguments)
            var entry = commands.entries[command]
            if entry.flags.contains(.runsScript) {
                entry.flags = self.flags(of: entry, running: arguments)
            }
            clients[caller].lastCommand = command
            try check(command, entry, arguments)
            if tracking.isActive { limitTracking() }
            let flags = clients[caller].flags
            if isRestricted || flags.contains(.subscribed), try mustPostpone(entry) {
                return false
            }
            if flags.contains(.multi), try queue(command, arguments, &output) { break running }
            hasRun = true
            shown = command
            // As in Redis, a command is counted when it has run, and so not in its own reply.
            defer {
                statistics.commands += 1
                statistics.calls[command] += 1
            }
            let begun = measures(entry) ? stopwatch?() ?? 0 : nil
            if let begun { commandBegun = begun }
            defer {
                if let begun {
                    noteDuration(since: begun, of: arguments, command)
                } else if configuration.latencyTracking {
                    times.noteQuick(command)
                }
            }
            switch entry.handler {
            case .database(let run): try run(&database, arguments, &output)
            case .node(let run):
                try run(&self, arguments, &output)
                if !cluster.lostSlots.isEmpty { dropLostChannels() }
            }
            if isPropagating {
                propagate(arguments, of: entry, since: changes)
                clients[caller].writeOffset = pendingOffset
            }
            if database.changes != changes, database.count == 0 { resetDump(after: command) }
        } catch {
            var error = error
            if !hasRun,
                clients[caller].flags.contains(.multi) || arguments[0].isKeyword("EXEC")
            {
                error = abortTransaction(because: error, arguments[0])
                // A transaction that they saw begin is over.
                if error.message.hasPrefix("EXECABORT") { shown = commands.find(arguments[0]) }
            }
            if isPropagating { propagateExpired() }
            output.truncate(to: mark)
            reply(error, to: &output)
            count(arguments, hasFailed: hasRun)
        }
        if tracking.isActive { followTracking(arguments, hasRun ? shown : nil) }
        if hasObservers {
            // A transaction that goes on is shown when it ends.
            tellObservers(
                of: arguments, goesOnInTransaction ? nil : shown, &output, from: mark)
        }
        if !database.readyKeys.isEmpty { serveReadyKeys() }
        if !clients[caller].flags.isDisjoint(with: Self.briefFlags),
            !clients[caller].flags.contains(.waiting)
        {
            silence(&output, from: mark)
            if clients[caller].flags.remove(.askingNext) != nil {
                clients[caller].flags.insert(.asking)
            } else if !clients[caller].flags.contains(.multi) {
                clients[caller].flags.remove(.asking)
            }
        }
        if tracking.isActive { endCachingChoice(after: arguments) }
        return true
    }

    /// Whether the caller's transaction waits for a script.
    private var goesOnInTransaction: Bool {
        scripting.transaction != nil && clients[caller].flags.contains(.waiting)
    }

    /// Flags that change from command to command; where a client waits, with the end of its wait.
    private static let briefFlags: Client.Flags = [
        .replyOff, .replySkip, .replySkipNext, .asking, .askingNext,
    ]

    /// The command or subcommand that the arguments name, with their number checked.
    @inline(__always)
    private func command(of arguments: Arguments) throws(ReplyError) -> Int {
        guard let command = commands.find(arguments[0]) else { throw unknownCommand(arguments) }
        let entry = commands.entries[command]
        if entry.isContainer, arguments.count > 1 {
            return try subcommand(of: command, arguments)
        }
        if CommandInfo.isWrong(count: arguments.count, arity: entry.arity) {
            throw .wrongNumberOfArguments(commands.rows[command].fullName)
        }
        return command
    }

    private func subcommand(of command: Int, _ arguments: Arguments) throws(ReplyError) -> Int {
        guard let subcommand = commands.find(arguments[1], in: command) else {
            throw ReplyError(
                "ERR unknown subcommand '\(arguments[1].text.prefix(128))'. "
                    + "Try \(arguments[0].text.uppercased()) HELP.")
        }
        if CommandInfo.isWrong(count: arguments.count, arity: commands.entries[subcommand].arity) {
            throw .wrongNumberOfArguments(commands.rows[subcommand].fullName)
        }
        return subcommand
    }

    @inline(__always)
    private mutating func check(
        _ command: Int, _ entry: CommandTable.Entry, _ arguments: Arguments
    ) throws(ReplyError) {
        let flags = clients[caller].flags
        if entry.flags.contains(.protected) {
            try requireProtected(commands.rows[command].fullName)
        }
        if !flags.contains(.authenticated), isLoginRequired, !entry.flags.contains(.noAuth) {
            throw ReplyError("NOAUTH Authentication required.")
        }
        if flags.contains(.restricted) {
            try authorize(command, arguments)
        } else if !database.mayReadAnyKey {
            database.mayReadAnyKey = true
        }
        if entry.hasKeys {
            try route(entry, arguments, flags)
        } else {
            database.slot = nil
            if entry.flags.contains(.runsQueue) { try routeTransaction(flags) }
        }
        // Replicas, and those that monitor, are not held by pauses, and so kept from the data.
        if !flags.isDisjoint(with: [.replica, .monitor]),
            !entry.flags.isDisjoint(with: Self.keyspaceFlags)
        {
            throw ReplyError("ERR Replica can't interact with the keyspace")
        }
    }

    private static let keyspaceFlags: CommandFlags = [.write, .readonly, .mayReplicate]

    private func unknownCommand(_ arguments: Arguments) -> ReplyError {
        // Redis quotes up to 128 characters of arguments, each one cut to what is left.
        var quoted = ""
        for index in 1..<max(1, arguments.count) where quoted.utf8.count < 128 {
            quoted += "'\(arguments[index].text.prefix(128 - quoted.utf8.count))' "
        }
        return ReplyError(
            "ERR unknown command '\(arguments[0].text.prefix(128))', with args beginning with: \(quoted)"
        )
    }

    private mutating func reply(_ error: ReplyError, to output: inout ReplyBuffer) {
        count(error)
        output.error(error.message)
    }

    /// Counts an error reply.
    mutating func count(_ error: ReplyError) {
        statistics.errors[error.code, default: 0] += 1
    }

    /// Counts a command that was answered by an error: it failed, or it was not even run.
    private mutating func count(_ arguments: Arguments, hasFailed: Bool) {
        guard var command = commands.find(arguments[0]) else { return }
        if commands.entries[command].isContainer, arguments.count > 1 {
            guard let subcommand = commands.find(arguments[1], in: command) else { return }
            command = subcommand
        }
        if hasFailed {
            statistics.failedCalls[command] += 1
        } else {
            statistics.rejectedCalls[command] += 1
        }
    }

    /// Takes the reply back that CLIENT REPLY OFF or SKIP does not want.
    private mutating func silence(_ output: inout ReplyBuffer, from mark: Int) {
        let flags = clients[caller].flags
        if flags.contains(.replyOff) || flags.contains(.replySkip) { output.truncate(to: mark) }
        clients[caller].flags.remove(.replySkip)
        if flags.contains(.replySkipNext) {
            clients[caller].flags.remove(.replySkipNext)
            clients[caller].flags.insert(.replySkip)
        }
    }
}

extension ReplyError {
    /// The word that errors are counted by: the first one, unless it is the only one or longer than any code.
    fileprivate var code: String {
        let start = message.utf8.prefix(31)
        guard let end = start.firstIndex(of: UInt8(ascii: " ")) else { return "ERR" }
        return String(decoding: start[..<end], as: UTF8.self)
    }
}
