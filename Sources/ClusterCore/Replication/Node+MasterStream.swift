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
                "MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to parser")
        } else if line.hasPrefix("$"), let length = Int(line.dropFirst()), length >= 0 {
            transfer.form = .length(length)
            log(
                .notice,
                "MASTER <-> REPLICA sync: receiving \(length) bytes from master to parser")
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
        // Replicas of this one have to begin again, too.
        dropReplicas()
        replication.backlog = nil
        log(.notice, "MASTER <-> REPLICA sync: Flushing old data")
        database.removeAll()
        log(.notice, "MASTER <-> REPLICA sync: Loading DB in memory")
        do throws(RDBError) {
            try RDBReader.load(snapshot, into: &database)
        } catch {
            log(
                .warning,
                "Failed trying to load the MASTER synchronization DB from socket, check server logs: \(error)"
            )
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

    /// Executes the whole commands that have come, and passes their bytes on to replicas of this one.
    mutating func applyStream() {
        guard let input = replication.master?.input, !input.isEmpty else { return }
        replication.master?.input = []
        var parser = RequestParser()
        var reply = ReplyBuffer()
        var consumed = 0
        var isBroken = false
        database.obeysMaster = true
        let available = input.count
        input.withUnsafeBufferPointer { input in
            guard let start = input.baseAddress else { return }
            parsing: while consumed < available {
                switch parser.parse(start + consumed, count: available - consumed) {
                case .command(let length, let count):
                    if count > 0 {
                        apply(parser.arguments(at: start + consumed, count: count), &reply)
                    }
                    // GETACK is answered with the offset before it, as in Redis.
                    acknowledge(offset: replication.offset + Int64(consumed))
                    consumed += length
                case .needMore: break parsing
                case .failure(let error):
                    log(.warning, "Protocol error (\(error.message)) from master")
                    isBroken = true
                    break parsing
                }
            }
        }
        database.obeysMaster = false
        guard replication.master != nil else { return }
        pass(on: consumed == available ? input : Array(input[..<consumed]))
        // All that a manual failover waits for may have come.
        if cluster.failover.isManual { cluster.todo.insert(.handleManualFailover) }
        if isBroken {
            // What comes after this cannot be told, so nothing can be gone on from.
            replication.hasHistory = false
            log(.warning, "Connection with master lost.")
            waitForMaster()
            replication.master?.downSince = now
        } else {
            replication.master?.input = Array(input[consumed...])
        }
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
        if name.isKeyword("PING") || name.isKeyword("MULTI") || name.isKeyword("EXEC") { return }
        if name.isKeyword("REPLCONF") {
            let asks = arguments.count > 1 && arguments[1].isKeyword("GETACK")
            if asks { replication.wantsAcknowledgements = true }
            return
        }
        if name.isKeyword("SELECT"), arguments.count == 2 {
            replication.master?.isElsewhere = arguments[1].integer != 0
            return
        }
        guard replication.master?.isElsewhere == false else { return }
        execute(arguments, &reply)
    }

    /// Runs a command on the data, which is what a master's commands are about.
    private mutating func execute(_ arguments: Arguments, _ reply: inout ReplyBuffer) {
        reply.truncate(to: 0)
        let changes = database.changes
        var failure: String?
        if let command = commands.find(arguments[0]),
            !CommandInfo.isWrong(
                count: arguments.count, arity: commands.entries[command].arity)
        {
            let entry = commands.entries[command]
            // Such as PUBLISH: what is not about the data is not for this node.
            guard case .database(let run) = entry.handler else { return }
            database.slot = nil
            do throws(ReplyError) {
                try run(&database, arguments, &reply)
                statistics.commands += 1
                statistics.calls[command] += 1
                if isPropagating { propagate(arguments, of: entry, since: changes) }
            } catch {
                failure = error.message
            }
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
