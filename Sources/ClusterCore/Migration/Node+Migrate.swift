import Keyspace
import RESP

/// MIGRATE over a connection to the target's client port.
///
/// Redis blocks as a whole until the target has answered, and so moves keys at one moment as far as its clients
/// can tell. This node serves no client meanwhile either, but its cron and its bus go on. An EXEC or a script
/// with a MIGRATE in it waits for the answer as a value (`Node+MigrateWithin`); then cron and bus wait, too.
extension Node {
    /// Begins to move the caller's keys; the caller's reply comes when the target has answered.
    mutating func migrate(
        _ keys: [ByteString], as request: MigrateRequest, _ arguments: Arguments
    ) throws(ReplyError) {
        guard !isCopyForDebugging else { throw .noConnection }
        let stream = try streamForMigration(request)
        let place = placeOfMigration
        let command = commands.find(arguments[0])
        clients[caller].flags.insert(.waiting)
        stall = .migration
        migration.current = Migration(
            client: clients[caller].id, place: place, command: command,
            unfinished: unfinished(arguments, command, inScript: place == .script),
            request: request, keys: keys, stream: stream,
            deadline: now.advanced(by: request.timeout))
        outbox.append(.setTimer(.migration, at: now.advanced(by: request.timeout)))
        if migration[stream]?.isUp == true { sendKeys() }
    }

    // MARK: - Events

    /// A connection to a target is there.
    mutating func migrationStreamUp(_ stream: StreamID) {
        migration[stream]?.isUp = true
        if migration.current?.stream == stream { sendKeys() }
    }

    /// A connection to a target is gone, or could not be made.
    mutating func migrationStreamDown(_ stream: StreamID, reason: String) {
        let wasUp = migration[stream]?.isUp == true
        migration[stream] = nil
        guard let current = migration.current, current.stream == stream else { return }
        if wasUp {
            fail(current, during: "reading")
        } else if reason.hasPrefix("Connection refused") {
            // Redis finds out when it sends.
            fail(current, during: "writing")
        } else {
            finish(.noConnection)
        }
    }

    /// The target has answered.
    mutating func migrationStreamReceived(_ bytes: [UInt8], over stream: StreamID) {
        guard migration.current?.stream == stream, migration.current?.isSent == true else {
            // Nobody asked for anything: what comes is not to be taken for an answer later.
            return closeMigrationStream(stream)
        }
        let isWellFormed = migration.current?.receive(bytes) ?? true
        deleteAcknowledged()
        guard let current = migration.current else { return }
        guard isWellFormed else {
            closeMigrationStream(stream)
            return fail(current, during: "reading")
        }
        if current.isComplete { return complete(current) }
        let deadline = now.advanced(by: current.request.timeout)
        migration.current?.deadline = deadline
        outbox.append(.setTimer(.migration, at: deadline))
    }

    /// The target of the MIGRATE under way has been silent for too long.
    mutating func migrationTimerFired() {
        guard let current = migration.current, now >= current.deadline else { return }
        closeMigrationStream(current.stream)
        finish(current.targetError == nil ? .failed(current.isSent ? "reading" : "writing") : nil)
    }

    // MARK: - The connection

    private mutating func streamForMigration(
        _ request: MigrateRequest
    ) throws(ReplyError) -> StreamID {
        if var kept = migration.stream(to: request.host, request.port) {
            kept.lastUse = now
            migration[kept.stream] = kept
            return kept.stream
        }
        guard request.port >= 0 else { throw .noConnection }
        return openMigrationStream(request)
    }

    private mutating func openMigrationStream(_ request: MigrateRequest) -> StreamID {
        if migration.streams.count == MigrationState.maximumStreams {
            let chosen = random.next(below: migration.streams.count)
            closeMigrationStream(migration.streams[chosen].stream)
        }
        let stream = newStream()
        migration[stream] = MigrationState.CachedStream(
            stream: stream, host: request.host, port: request.port, lastUse: now)
        outbox.append(.open(stream, host: request.host, port: request.port))
        return stream
    }

    private mutating func closeMigrationStream(_ stream: StreamID) {
        guard migration[stream] != nil else { return }
        migration[stream] = nil
        outbox.append(.shut(stream))
    }

    /// Closes connections that no MIGRATE has used for a while (`migrateCloseTimedoutSockets`).
    mutating func closeIdleMigrationStreams() {
        for kept in migration.streams
        where kept.lastUse.duration(to: now) > MigrationState.idleLimit
            && kept.stream != migration.current?.stream
        {
            closeMigrationStream(kept.stream)
        }
    }

    // MARK: - Sending and ending

    /// Sends AUTH and SELECT where they are needed, and then all keys at once.
    private mutating func sendKeys() {
        guard var current = migration.current else { return }
        var bytes: [UInt8] = []
        if !current.request.login.isEmpty {
            bytes += encodeRequest([Array("AUTH".utf8)] + current.request.login)
            current.preludeLeft += 1
        }
        if migration[current.stream]?.database != current.request.database {
            bytes += encodeRequest(
                ["SELECT", "\(current.request.database)"].map { Array($0.utf8) })
            current.preludeLeft += 1
        }
        let isReplacing = current.request.isReplacing
        database.slot = nil
        current.keys = current.keys.filter { append($0, isReplacing: isReplacing, to: &bytes) }
        current.isSent = true
        current.deadline = now.advanced(by: current.request.timeout)
        migration.current = current
        guard !current.isComplete else { return complete(current) }
        outbox.append(.transmit(current.stream, bytes))
        outbox.append(.setTimer(.migration, at: current.deadline))
    }

    /// Appends the RESTORE of a key.
    /// - Returns: false where the key has expired in the meantime.
    private mutating func append(
        _ key: ByteString, isReplacing: Bool, to bytes: inout [UInt8]
    ) -> Bool {
        guard let reference = key.withArgument({ database.find($0) }) else { return false }
        // A key has at least a millisecond to live there: 0 would mean for ever.
        let left = database.expiry(of: reference).map { max(1, $0 - unixMilliseconds) } ?? 0
        let command = configuration.clusterEnabled ? "RESTORE-ASKING" : "RESTORE"
        let payload = DumpPayload.bytes(
            of: database[reference], compresses: database.compressesDumps)
        var arguments = [Array(command.utf8), key.bytes, Array("\(left)".utf8), payload]
        if isReplacing { arguments.append(Array("REPLACE".utf8)) }
        bytes += encodeRequest(arguments)
        return true
    }

    /// Deletes what the target has taken. A node that has been made a replica in the meantime leaves that to its
    /// master.
    private mutating func deleteAcknowledged() {
        guard let current = migration.current, !isReplica else { return }
        database.slot = nil
        for key in current.acknowledged where key.withArgument({ database.remove($0) != nil }) {
            migration.current?.deleted.append(key)
            database.notify(.generic, "del", key)
        }
        migration.current?.acknowledged = []
    }

    /// The connection broke. Where nothing was answered yet another is tried.
    private mutating func fail(_ current: Migration, during phase: String) {
        guard current.answered == 0, current.mayRetry else {
            return finish(current.targetError == nil ? .failed(phase) : nil)
        }
        let deadline = now.advanced(by: current.request.timeout)
        let stream = openMigrationStream(current.request)
        migration.current?.retry(over: stream, deadline: deadline)
        outbox.append(.setTimer(.migration, at: deadline))
    }

    /// Every key has its answer.
    private mutating func complete(_ current: Migration) {
        migration[current.stream]?.database =
            current.targetError == nil ? current.request.database : nil
        finish(nil)
    }

    /// Ends the MIGRATE under way with an error of this node, or what the target made of it.
    private mutating func finish(_ failure: ReplyError?) {
        guard let current = migration.current else { return }
        migration.current = nil
        stall = nil
        noteEnd(of: current.unfinished)
        let targetError = current.targetError.map {
            ReplyError("ERR Target instance replied with error: \($0)")
        }
        let reply = replyBytes(targetError ?? failure, current)
        let effects = isPropagating ? deletion(of: current.deleted) : []
        switch current.place {
        case .client:
            propagated += effects
            guard clients.contains(current.client) else { break }
            clients[current.client.index].writeOffset = pendingOffset
            answer(current.client, reply)
        case .transaction: continueTransaction(reply, effects)
        case .script: continueScript(reply, effects)
        }
        outbox.append(.resumeAll)
    }

    /// To replicas and the append-only file a MIGRATE is the DEL of what the target has taken.
    private func deletion(of keys: [ByteString]) -> [UInt8] {
        guard !keys.isEmpty else { return [] }
        var bytes: [UInt8] = []
        bytes.appendCommand(of: keys.count + 1)
        bytes.appendWord("DEL")
        for key in keys { bytes.appendBulk(key) }
        return bytes
    }

    private mutating func replyBytes(_ error: ReplyError?, _ ended: Migration) -> [UInt8] {
        var reply = ReplyBuffer()
        if let error {
            count(error)
            if let command = ended.command { statistics.failedCalls[command] += 1 }
            reply.error(error.message)
        } else {
            reply.ok()
        }
        return Array(reply.bytes)
    }
}

extension ReplyError {
    fileprivate static let noConnection = ReplyError(
        "IOERR error or timeout connecting to the client")

    fileprivate static func failed(_ phase: String) -> ReplyError {
        ReplyError("IOERR error or timeout \(phase) to target instance")
    }
}
