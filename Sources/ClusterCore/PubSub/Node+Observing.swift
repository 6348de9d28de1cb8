import Keyspace
import RESP

/// What others hear of a command: those who subscribed to keyspace events, and those who monitor.
///
/// All of it hangs on one flag, `hasObservers`, so that a command that nobody watches costs no more than a look at it.
extension Node {
    /// Brings `hasObservers` up to date.
    mutating func updateObservers() {
        hasObservers = !monitors.isEmpty || !database.notified.isEmpty
    }

    /// Tells of a command that is done, nil where it was refused or kept for EXEC, and puts what the caller itself is
    /// to hear around its reply, which begins at `mark`.
    @inline(never)
    mutating func tellObservers(
        of arguments: Arguments, _ command: Int?, _ output: inout ReplyBuffer, from mark: Int
    ) {
        publishEvents()
        if let command {
            feedMonitors(arguments, commands.entries[command], from: clients[caller].address)
        }
        updateObservers()
        guard !pushes.isEmpty else { return }
        var pushes = self.pushes
        self.pushes = Pushes()
        if isInTransaction {
            self.pushes.last = pushes.last
            hasObservers = hasObservers || !pushes.last.isEmpty
        } else {
            pushes.late += pushes.last
        }
        guard clients[caller].flags.isDisjoint(with: [.replyOff, .replySkip]) else {
            // A client that wants no replies gets messages all the same.
            return outbox.append(.write(clients[caller].id, pushes.early + pushes.late))
        }
        if !pushes.early.isEmpty { output.insert(pushes.early, at: mark) }
        if !pushes.late.isEmpty { output.raw(pushes.late) }
    }

    // MARK: - Keyspace events

    /// Publishes what has happened to keys (notify.c). No other node hears of it: each tells of its own keys.
    mutating func publishEvents() {
        guard !database.events.isEmpty else { return }
        let events = database.events
        database.events.removeAll(keepingCapacity: true)
        guard !subscriptions.hasNoListeners else { return }
        for event in events {
            pushes.areLate = event.followsReply
            publish(event)
        }
        pushes.areLate = false
    }

    private mutating func publish(_ event: KeyspaceEvent) {
        let name = ByteString(
            UnsafeBufferPointer(start: event.name.utf8Start, count: event.name.utf8CodeUnitCount))
        if database.notified.contains(.keyspace) {
            deliver(name, of: ByteString(Array("__keyspace@0__:".utf8) + event.key.bytes))
        }
        if database.notified.contains(.keyevent) {
            deliver(event.key, of: ByteString(Array("__keyevent@0__:".utf8) + name.bytes))
        }
    }

    // MARK: - MONITOR

    /// Shows a command to those who monitor (`replicationFeedMonitors`), but none of administration.
    mutating func feedMonitors(
        _ arguments: Arguments, _ entry: CommandTable.Entry, from address: String
    ) {
        guard !monitors.isEmpty, entry.flags.isDisjoint(with: [.skipMonitor, .admin]) else {
            return
        }
        sendToMonitors(arguments, from: address)
    }

    /// Shows a command to those who monitor, whatever it is.
    mutating func sendToMonitors(_ arguments: Arguments, from address: String) {
        let line = monitorLine(arguments, from: address)
        let mutes: Client.Flags = [.replyOff, .replySkip]
        for client in monitors where clients[client.index].flags.isDisjoint(with: mutes) {
            push(line, to: client, followsReply: true)
        }
    }

    /// Unix time with microseconds, the database and the client, and the arguments in quotes.
    private func monitorLine(_ arguments: Arguments, from address: String) -> [UInt8] {
        let (seconds, microseconds) = unixMicroseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(microseconds)
        let zeros = String(repeating: "0", count: 6 - digits.count)
        var line = Array("+\(seconds).\(zeros)\(digits) [0 \(address)]".utf8)
        let secrets = arguments.secrets
        for index in arguments.indices {
            line.append(UInt8(ascii: " "))
            if secrets.contains(index) {
                line += Array("\"(redacted)\"".utf8)
            } else {
                line.appendQuoted(arguments[index])
            }
        }
        return line + [13, 10]
    }
}

extension Arguments {
    /// The arguments that are passwords, or names that go with them (`redactClientCommandArgument`).
    var secrets: [Int] {
        if count > 2, self[0].isKeyword("ACL"), self[1].isKeyword("SETUSER") {
            return Array(2..<count)
        }
        if count > 2, self[0].isKeyword("CONFIG"), self[1].isKeyword("SET") {
            return secretsOfConfig
        }
        if self[0].isKeyword("AUTH") { return count <= 3 ? Array(1..<count) : [] }
        if self[0].isKeyword("HELLO") { return secretsOfHello }
        return self[0].isKeyword("MIGRATE") ? secretsOfMigrate : []
    }

    private var secretsOfConfig: [Int] {
        stride(from: 3, to: count, by: 2).filter { index in
            let name = self[index - 1]
            return name.isKeyword("REQUIREPASS") || name.isKeyword("MASTERAUTH")
                || name.isKeyword("MASTERUSER")
        }
    }

    private var secretsOfHello: [Int] {
        guard count > 1, let version = self[1].integer, version == 2 || version == 3 else {
            return []
        }
        var secrets: [Int] = []
        var index = 2
        while index < count {
            if self[index].isKeyword("AUTH"), index + 2 < count {
                secrets += [index + 1, index + 2]
                index += 3
            } else if self[index].isKeyword("SETNAME"), index + 1 < count,
                isPrintable(self[index + 1])
            {
                index += 2
            } else {
                break
            }
        }
        return secrets
    }

    private var secretsOfMigrate: [Int] {
        var secrets: [Int] = []
        var index = 6
        while index < count, !self[index].isKeyword("KEYS") {
            let isPair = self[index].isKeyword("AUTH2")
            let hidden = isPair ? 2 : self[index].isKeyword("AUTH") ? 1 : 0
            guard index + hidden < count else { break }
            secrets += (index + 1)..<(index + 1 + hidden)
            index += hidden + 1
        }
        return secrets
    }
}

extension [UInt8] {
    /// Appends bytes in double quotes, with escapes for what cannot be printed (`sdscatrepr`).
    fileprivate mutating func appendQuoted(_ argument: Argument) {
        append(UInt8(ascii: "\""))
        for byte in argument.buffer { appendEscaped(byte) }
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): self += [UInt8(ascii: "\\"), byte]
        case 7: self += Array("\\a".utf8)
        case 8: self += Array("\\b".utf8)
        case 9: self += Array("\\t".utf8)
        case 10: self += Array("\\n".utf8)
        case 13: self += Array("\\r".utf8)
        case 0x20...0x7E: append(byte)
        default:
            let digits = String(byte, radix: 16)
            self += Array("\\x\(digits.count == 1 ? "0" : "")\(digits)".utf8)
        }
    }
}
