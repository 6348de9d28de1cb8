import Keyspace
import RESP

/// MULTI, EXEC and WATCH (multi.c).
extension Node {
    /// Keeps a command of a transaction for EXEC.
    /// - Returns: false where the command is one that is run at once.
    @inline(never)
    mutating func queue(
        _ command: Int, _ arguments: Arguments, _ reply: inout ReplyBuffer
    ) throws(ReplyError) -> Bool {
        let flags = commands.entries[command].flags
        guard !flags.contains(.unqueued) else { return false }
        guard flags.isDisjoint(with: [.noMulti, .answersLater]) else {
            throw ReplyError("ERR Command not allowed inside a transaction")
        }
        var transaction = clients[caller].transaction ?? Transaction()
        clients[caller].transaction = nil
        if !clients[caller].flags.contains(.aborted) {
            transaction.append(
                Transaction.Command(index: command, arguments: arguments.copied), flags: flags)
        }
        if transaction.byteCount > configuration.clientQueryBufferLimit {
            drop(clients[caller].id)
        }
        clients[caller].transaction = transaction
        reply.simpleString("QUEUED")
        return true
    }

    /// A command was refused while it was to be kept, or EXEC itself was.
    /// - Returns: what the client is told.
    @inline(never)
    mutating func abortTransaction(
        because error: ReplyError, _ command: Argument
    ) -> ReplyError {
        guard command.isKeyword("EXEC") else {
            clients[caller].flags.insert(.aborted)
            return error
        }
        discardTransaction()
        guard !error.isRedirect else { return error }
        let message = error.message
        let reason = message.hasPrefix("ERR ") ? message.dropFirst(4) : message[...]
        return ReplyError("EXECABORT Transaction discarded because of: \(reason)")
    }

    /// WATCH. There is no point in it for a client whose transaction will not run anyway.
    mutating func watch(_ keys: Arguments) {
        let client = clients[caller].id.number
        guard !database.watches.hasChanged(for: client) else { return }
        for index in 1..<keys.count { database.watch(keys[index], for: client) }
    }

    /// Whether a key that the caller watches has changed, or expired.
    private var hasWatchedChange: Bool {
        let client = clients[caller].id.number
        return database.watches.hasChanged(for: client) || database.hasExpiredWatch(of: client)
    }

    /// Forgets the caller's transaction, and what it watches.
    mutating func discardTransaction() {
        database.unwatch(clients[caller].id.number)
        clients[caller].transaction = nil
        clients[caller].flags.subtract([.multi, .aborted])
    }

    /// EXEC: runs the commands one after the other, with nothing in between. One that fails does not stop the
    /// others.
    mutating func runTransaction(
        _ arguments: Arguments, _ reply: inout ReplyBuffer
    ) throws(ReplyError) {
        let flags = clients[caller].flags
        guard flags.contains(.multi) else { throw ReplyError("ERR EXEC without MULTI") }
        let transaction = clients[caller].transaction ?? Transaction()
        let hasChanged = hasWatchedChange
        discardTransaction()
        guard !flags.contains(.aborted) else {
            throw ReplyError("EXECABORT Transaction discarded because of previous errors.")
        }
        if hasChanged { return reply.nullArray() }
        let mark = reply.count
        reply.array(transaction.count)
        transactionStart = propagated.count
        let run = TransactionRun(
            transaction: transaction, client: clients[caller].id, time: database.now,
            slot: database.slot, name: ByteString(arguments[0]),
            command: clients[caller].lastCommand)
        _ = goOn(with: run, from: mark, &reply)
        if isPropagating { hasPropagatedItself = true }
    }

    /// Runs the commands that are left of a transaction, up to a script that takes long, or a MIGRATE: then the
    /// rest waits for its end, with the replies from `mark` on.
    /// - Returns: whether all have run.
    mutating func goOn(
        with run: TransactionRun, from mark: Int, _ reply: inout ReplyBuffer
    ) -> Bool {
        isInTransaction = true
        let time = database.now
        database.now = run.time
        defer { database.now = time }
        var run = run
        while run.next < run.transaction.count {
            let command = run.transaction.commands[run.next]
            clients[caller].lastCommand = command.index
            self.run(command, in: run.slot, &reply)
            run.next += 1
            guard isHeldByScript || migration.current != nil else { continue }
            run.reply = Array(reply.bytes[mark...])
            reply.truncate(to: mark)
            if run.unfinished == nil { run.unfinished = unfinished(run) }
            if !isHeldByScript { holdTransaction(&run) }
            scripting.transaction = run
            return false
        }
        clients[caller].lastCommand = run.command
        isInTransaction = false
        if isPropagating { bracketEffects(since: transactionStart) }
        return true
    }

    private func unfinished(_ run: TransactionRun) -> SlowLog.UnfinishedCommand {
        Arguments.withArguments([run.name.bytes]) { unfinished($0, run.command) }
    }

    /// Shows those who monitor the EXEC of a transaction that took long.
    mutating func showEnd(of run: TransactionRun) {
        guard let command = run.command else { return }
        Arguments.withArguments([run.name.bytes]) {
            feedMonitors($0, commands.entries[command], from: clients[caller].address)
        }
    }

    /// Finds the slot of a transaction before EXEC itself is run; throws where this node does not serve all its keys.
    @inline(never)
    mutating func routeTransaction(_ flags: Client.Flags) throws(ReplyError) {
        guard flags.contains(.multi), configuration.clusterEnabled,
            let transaction = clients[caller].transaction
        else { return }
        database.slot = try slot(of: transaction, flags)
    }

    /// The slot of all keys of a transaction; throws where this node does not serve them all.
    private mutating func slot(
        of transaction: Transaction, _ flags: Client.Flags
    ) throws(ReplyError) -> HashSlot? {
        let keys = transaction.commands.flatMap { command in
            let entry = commands.entries[command.index]
            guard entry.hasKeys else { return [[UInt8]]() }
            return Arguments.withArguments(command.arguments) { arguments in
                entry.keyIndexes(in: arguments).map { command.arguments[$0] }
            }
        }
        guard !keys.isEmpty else { return nil }
        let entry = CommandTable.Entry(keysOnly: transaction.flags)
        let refusal = Arguments.withArguments(keys) { keys -> ReplyError? in
            do throws(ReplyError) {
                try route(entry, keys, flags)
                return nil
            } catch {
                return error
            }
        }
        if let refusal { throw refusal }
        return database.slot
    }

    private mutating func run(
        _ command: Transaction.Command, in slot: HashSlot?, _ reply: inout ReplyBuffer
    ) {
        let entry = commands.entries[command.index]
        let mark = reply.count
        let changes = database.changes
        database.slot = entry.hasKeys ? slot : nil
        Arguments.withArguments(command.arguments) { arguments in
            do throws(ReplyError) {
                if clients[caller].flags.contains(.restricted) {
                    try authorizeAgain(command.index, arguments)
                }
                let begun = measuresWithin(entry) ? stopwatch?() ?? 0 : nil
                if let begun { commandBegun = begun }
                defer { if let begun { noteDuration(since: begun, of: arguments, command.index) } }
                switch entry.handler {
                case .database(let run): try run(&database, arguments, &reply)
                case .node(let run):
                    try run(&self, arguments, &reply)
                    if !cluster.lostSlots.isEmpty { dropLostChannels() }
                }
                if isPropagating { propagate(arguments, of: entry, since: changes) }
                if database.changes != changes, database.count == 0 {
                    resetDump(after: command.index)
                }
            } catch {
                reply.truncate(to: mark)
                count(error)
                reply.error(error.message)
                statistics.failedCalls[command.index] += 1
            }
            if tracking.isActive { followTracking(arguments, command.index) }
            if hasObservers {
                tellObservers(of: arguments, command.index, &reply, from: mark)
            }
        }
        statistics.commands += 1
        statistics.calls[command.index] += 1
    }
}

extension ReplyError {
    /// Whether it says that other keys or another node are to be asked for (`clusterRedirectClient`).
    fileprivate var isRedirect: Bool {
        ["MOVED ", "ASK ", "CROSSSLOT ", "TRYAGAIN ", "CLUSTERDOWN "].contains(
            where: message.hasPrefix)
    }
}
