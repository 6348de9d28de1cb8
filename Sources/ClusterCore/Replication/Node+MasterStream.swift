import Keyspace
import RESP

/// What a replica does with what its master sends: first a snapshot (`readSyncBulkPayload`), then the stream of
/// writes.
extension Node {
    /// Takes the next piece of a snapshot.
    /// - Returns: whether there may be more to take at once.
    mutating func receive(_ transfer: MasterLink.Transfer) -> Bool {
        switch transfer.form {
        case .unknown:
            guard let line = takeLine() else { return false }
            return begin(transfer, line)
        case .length(let length):
            guard let count = replication.master?.input.count else { return false }
            note(transfer, received: min(count, length))
            guard count >= length else { return false }
            let snapshot = takeInput(length)
            return load(snapshot, transfer)
        case .mark(let mark):
            // Nothing follows the mark until this node has spoken, so it can only be at the end.
            guard let input = replication.master?.input else { return false }
            note(transfer, received: input.count)
            guard input.count >= mark.count, input.suffix(mark.count).elementsEqual(mark) else {
                return false
            }
            let snapshot = Array(takeInput(input.count).dropLast(mark.count))
            return load(snapshot, transfer)
        }
    }

    private mutating func note(_ transfer: MasterLink.Transfer, received: Int) {
        var transfer = transfer
        transfer.received = received
        replication.master?.state = .transfer(transfer)
    }

    private mutating func takeInput(_ count: Int) -> [UInt8] {
        guard var input = replication.master?.input else { return [] }
        replication.master?.input = []
        guard count < input.count else { return input }
        let taken = Array(input[..<count])
        input.removeFirst(count)
        replication.master?.input = input
        return taken
    }

    /// Reads the line before the snapshot: `$length`, `$EOF:mark`, an error, or nothing, to keep the link alive.
    private mutating func begin(_ transfer: MasterLink.Transfer, _ line: String) -> Bool {
        var transfer = transfer
        if line.isEmpty { return true }
        if line.hasPrefix("-") {
            log(.warning, "MASTER aborted replication with an error: \(line.dropFirst())")
            waitForMaster()
            return false
        }
        let mark = [UInt8](line.utf8.dropFirst(5))
        if line.hasPrefix("$EOF:"), mark.count >= NodeID.length {
            transfer.form = .mark(Array(mark.prefix(NodeID.length)))
            log(
                .notice,
                "MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to disk")
        } else if line.hasPrefix("$"), let length = Int(line.dropFirst()), length >= 0 {
            transfer.form = .length(length)
            log(
                .notice,
                "MASTER <-> REPLICA sync: receiving \(length) bytes from master to disk")
        } else {
            log(
                .warning,
                "Bad protocol from MASTER, the first byte is not '$' (we received '\(line)'), are you sure "
                    + "the host and port are right?")
            waitForMaster()
            return false
        }
        replication.master?.state = .transfer(transfer)
        return true
    }

    /// Puts the snapshot in place of all data.
    private mutating func load(_ snapshot: [UInt8], _ transfer: MasterLink.Transfer) -> Bool {
        if replication.hasHistory { log(.notice, "Discarding previously cached master state.") }
        // Replicas of this one have to begin again, too.
        dropReplicas()
        replication.backlog = nil
        log(.notice, "MASTER <-> REPLICA sync: Flushing old data")
        database.removeAll()
        log(.notice, "MASTER <-> REPLICA sync: Loading DB in memory")
        do throws(RDBError) {
            let contents = try RDBReader.load(snapshot, into: &database)
            try takeFunctions(of: contents)
            report(contents)
        } catch {
            log(.warning, error.description)
            log(
                .warning,
                "Failed trying to load the MASTER synchronization DB from disk, check server logs.")
            database.removeAll()
            replication.hasHistory = false
            waitForMaster()
            return false
        }
        if let history = transfer.history {
            replication.beginHistory(id: history.id)
            replication.offset = history.offset
        } else {
            replication.beginHistory(id: newReplicationID())
        }
        connected()
        replication.hasHistory = transfer.history != nil
        createBacklog()
        restartAppendOnly()
        log(.notice, "MASTER <-> REPLICA sync: Finished with success")
        if case .mark = transfer.form { sendAcknowledgement() }
        return true
    }

    // MARK: - The stream

    /// Executes what has come whole, commands and transactions, and passes its bytes on to replicas of this one.
    mutating func applyStream() {
        guard let master = replication.master, !master.input.isEmpty, master.held == nil else {
            return
        }
        let input = master.input
        replication.master?.input = []
        database.obeysMaster = true
        database.mayReadAnyKey = true
        let outcome = input.withUnsafeBufferPointer { execute($0) }
        database.obeysMaster = false
        guard replication.master != nil else { return }
        let consumed = outcome.consumed
        pass(on: consumed == input.count ? input : Array(input[..<consumed]))
        // All that a manual failover waits for may have come.
        if cluster.failover.isManual { cluster.todo.insert(.handleManualFailover) }
        if let error = outcome.error {
            log(.warning, "Protocol error (\(error.message)) from master")
            // What comes after this cannot be told, so nothing can be gone on from.
            replication.hasHistory = false
            log(.warning, "Connection with master lost.")
            waitForMaster()
            replication.master?.downSince = now
        } else {
            // A great value comes in many pieces: they are not copied for each of them.
            replication.master?.input = consumed == 0 ? input : Array(input[consumed...])
        }
    }

    /// Executes the master's commands in a part of its stream. Those of a transaction wait for its EXEC: a link that
    /// breaks before it must not leave half of it here.
    /// - Returns: how many bytes are done with, and why what follows them cannot be understood.
    private mutating func execute(
        _ input: UnsafeBufferPointer<UInt8>
    ) -> (consumed: Int, error: ProtocolError?) {
        guard let start = input.baseAddress else { return (0, nil) }
        var parser = RequestParser()
        var reply = ReplyBuffer()
        var position = 0
        var consumed = 0
        var transaction: [Range<Int>]?
        while position < input.count {
            switch parser.parse(start + position, count: input.count - position) {
            case .command(let length, let count):
                let command = position..<position + length
                position += length
                guard count > 0 else { break }
                let arguments = parser.arguments(at: start + command.lowerBound, count: count)
                if arguments[0].isKeyword("MULTI") {
                    transaction = []
                    showMonitors(arguments)
                } else if let commands = transaction, arguments[0].isKeyword("EXEC") {
                    transaction = nil
                    beginTransaction()
                    if let rest = apply(commands, of: start, &reply) {
                        hold(position - consumed, rest.map { $0.moved(by: -consumed) })
                        return (consumed, nil)
                    }
                    endTransaction()
                    showMonitors(arguments)
                } else if transaction != nil {
                    transaction?.append(command)
                } else {
                    apply(arguments, &reply)
                    guard !isHeldByScript else {
                        hold(position - consumed, nil)
                        return (consumed, nil)
                    }
                }
            case .needMore: return (consumed, nil)
            case .failure(let error): return (consumed, error)
            }
            guard transaction == nil else { continue }
            // GETACK is answered with the offset before it, as in Redis.
            acknowledge(offset: replication.offset + Int64(consumed))
            consumed = position
        }
        return (consumed, nil)
    }

    /// Executes commands of a transaction.
    /// - Returns: those that are left where a script takes long.
    private mutating func apply(
        _ commands: [Range<Int>], of start: UnsafePointer<UInt8>, _ reply: inout ReplyBuffer
    ) -> [Range<Int>]? {
        isInTransaction = true
        for (index, command) in commands.enumerated() {
            var parser = RequestParser()
            let place = start + command.lowerBound
            guard case .command(_, let count) = parser.parse(place, count: command.count) else {
                preconditionFailure("a command that was whole is not any more")
            }
            apply(parser.arguments(at: place, count: count), &reply)
            if isHeldByScript { return Array(commands[(index + 1)...]) }
        }
        return nil
    }

    /// What a transaction of the master changes stays one transaction for the append-only file.
    private mutating func beginTransaction() {
        transactionStart = propagated.count
        if isPropagating { propagated.appendCommand("MULTI") }
    }

    private mutating func endTransaction() {
        isInTransaction = false
        guard isPropagating else { return }
        var opening: [UInt8] = []
        opening.appendCommand("MULTI")
        if propagated.count == transactionStart + opening.count {
            propagated.removeSubrange(transactionStart...)
        } else {
            propagated.appendCommand("EXEC")
        }
    }

    /// Lets the stream wait for the script that runs.
    private mutating func hold(_ length: Int, _ rest: [Range<Int>]?) {
        replication.master?.held = MasterLink.HeldCommand(length: length, rest: rest)
    }

    /// Goes on with the stream behind a script that took long, which has just ended.
    mutating func continueStream() {
        var reply = ReplyBuffer()
        finishScript(&reply)
        hasPropagatedItself = false
        guard let master = replication.master, let held = master.held else { return }
        if let rest = held.rest {
            let left = master.input.withUnsafeBufferPointer { input in
                input.baseAddress.flatMap { apply(rest, of: $0, &reply) }
            }
            replication.master?.held?.rest = left
            guard left == nil else { return }
            endTransaction()
            Arguments.withArguments([Array("EXEC".utf8)]) { showMonitors($0) }
        }
        replication.master?.held = nil
        acknowledge(offset: replication.offset)
        replication.master?.input = Array(master.input[held.length...])
        pass(on: Array(master.input[..<held.length]))
        applyStream()
    }

    /// Counts bytes of the master as processed, and gives them to replicas of this one as they are.
    private mutating func pass(on bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        feed(bytes)
    }

    private mutating func acknowledge(offset: Int64) {
        guard replication.wantsAcknowledgements, let stream = replication.master?.stream else {
            return
        }
        replication.wantsAcknowledgements = false
        var bytes: [UInt8] = []
        bytes.appendCommand("REPLCONF", "ACK", String(offset))
        outbox.append(.transmit(stream, bytes))
    }

    private mutating func apply(_ arguments: Arguments, _ reply: inout ReplyBuffer) {
        let name = arguments[0]
        if name.isKeyword("PING") || name.isKeyword("EXEC") { return showMonitors(arguments) }
        if name.isKeyword("REPLCONF") {
            let asks = arguments.count > 1 && arguments[1].isKeyword("GETACK")
            if asks { replication.wantsAcknowledgements = true }
            return
        }
        if name.isKeyword("SELECT"), arguments.count == 2 {
            replication.master?.isElsewhere = arguments[1].integer != 0
            return showMonitors(arguments)
        }
        guard replication.master?.isElsewhere == false else { return }
        execute(arguments, &reply)
    }

    /// Shows a command of the master to those who monitor this node.
    private mutating func showMonitors(_ arguments: Arguments) {
        guard !monitors.isEmpty, let command = commands.find(arguments[0]) else { return }
        showMonitors(arguments, commands.entries[command])
    }

    private mutating func showMonitors(_ arguments: Arguments, _ entry: CommandTable.Entry) {
        guard !monitors.isEmpty, let master = replication.master else { return }
        feedMonitors(arguments, entry, from: "\(master.host):\(master.port)")
    }

    /// Runs a command on the data, which is what a master's commands are about.
    private mutating func execute(_ arguments: Arguments, _ reply: inout ReplyBuffer) {
        reply.truncate(to: 0)
        let changes = database.changes
        var failure: String?
        if let command = commands.findWhole(arguments) {
            let entry = commands.entries[command]
            if commands.rows[command].info.group == .scripting {
                executeScripting(arguments, command)
                return showMonitors(arguments, entry)
            }
            guard case .database(let run) = entry.handler else {
                // What is not about the data is not for this node, but for its clients.
                if entry.flags.contains(.pubsub) { receivePublicationOfMaster(arguments) }
                return showMonitors(arguments, entry)
            }
            database.slot = nil
            do throws(ReplyError) {
                try run(&database, arguments, &reply)
                statistics.commands += 1
                statistics.calls[command] += 1
                if isPropagating { propagate(arguments, of: entry, since: changes) }
                if database.changes != changes, database.count == 0 { resetDump(after: command) }
            } catch {
                failure = error.message
            }
            publishEvents()
            showMonitors(arguments, entry)
        } else if let known = arguments.inEarlierWords {
            return Arguments.withArguments(known) { execute($0, &reply) }
        } else {
            failure = "ERR unknown command '\(arguments[0].text.prefix(128))'"
        }
        guard let failure else { return }
        log(
            .warning,
            "== CRITICAL == This replica is sending an error to its master: '\(failure)' after processing "
                + "the command '\(arguments[0].text.prefix(128).lowercased())'")
    }
}

extension Range<Int> {
    /// The same in bytes that have others in front of them, or no others any more.
    func moved(by count: Int) -> Range<Int> { lowerBound + count..<upperBound + count }
}
