import CLibedit
import Lab
import RESP

// A command, its replies and its redirects.
extension CLISession {
    /// Runs a command as often as wanted, at whichever node the redirects lead to (`issueCommandRepeat`).
    ///
    /// - Returns: false when the connection was lost, or could not be made.
    mutating func issue(_ arguments: [[UInt8]], times: Int) throws(CLIExit) -> Bool {
        let word = Self.lowercased(arguments[0])
        // The debugger has a help of its own.
        if !debugging.isOn, word == "help" || word == "?" {
            showHelp(arguments.dropFirst().map { String(decoding: $0, as: UTF8.self) })
            return true
        }
        var asks = false
        (redirects, trouble) = ([], nil)
        while true {
            if hasToReissue || connection?.isUsable != true {
                guard connect(isForced: true) else {
                    printFailure()
                    hasToReissue = false
                    return false
                }
            }
            hasToReissue = false
            if asks, !sayAsking() {
                printFailure()
                return false
            }
            guard try send(arguments, times: times) else {
                printFailure()
                connection = nil
                return false
            }
            guard options.followsRedirects, hasToReissue else { return true }
            asks = lastReply?.errorCode == "ASK"
        }
    }

    /// Sends a command to the current node (`cliSendCommand`). Negative times are for ever.
    private mutating func send(_ arguments: [[UInt8]], times: Int) throws(CLIExit) -> Bool {
        guard connection != nil else { return false }
        let isVerbatim = RESPValue.isPrintedRaw(repliesTo: arguments)
        let word = Self.lowercased(arguments[0])
        switch word {
        case "shutdown": isShuttingDown = true
        default: if let started = Self.stream(of: word) { stream = started }
        }
        if debugging.note(arguments.map(Self.lowercased)) { options.format.style = .raw }
        var remaining = times
        while remaining != 0, let connection {
            remaining -= remaining > 0 ? 1 : 0
            connection.queue(arguments)
            if let stream {
                try follow(stream, isVerbatim: isVerbatim)
                if stream == .monitor { return true }
                continue
            }
            if word == "sync" || word == "psync" {
                output.print("Entering replica output mode...  (press Ctrl-C to quit)\n")
                try followMaster()
                return false
            }
            guard try readReply(isVerbatim: isVerbatim) else { return false }
            noteState(after: arguments, word)
            if hasToReissue { break }
            if options.interval > .zero { system.pause(options.interval) }
            output.flush()
            if handlesInterrupts, take_interrupt() { throw stop() }
        }
        return true
    }

    private static func stream(of word: String) -> Stream? {
        switch word {
        case "monitor": .monitor
        case "subscribe", "psubscribe", "ssubscribe": .messages
        default: nil
        }
    }

    /// Whether the answers to a command come until Ctrl-C, or never.
    package static func isEndless(_ arguments: [[UInt8]]) -> Bool {
        let words = arguments.prefix(3).map(lowercased)
        if words.starts(with: ["client", "reply"]) { return words.last != "on" }
        let word = words.first ?? ""
        return stream(of: word) != nil || word == "sync" || word == "psync"
    }

    /// Prints what comes until Ctrl-C, or until the server refuses.
    private mutating func follow(_ kind: Stream, isVerbatim: Bool) throws(CLIExit) {
        if kind == .messages {
            if options.format.style != .raw {
                output.print("Reading messages... (press Ctrl-C to quit)\n")
            }
            connection?.pushes = .delivered
        }
        while stream != nil {
            guard try readReply(isVerbatim: isVerbatim) else {
                printFailure()
                throw CLIExit(status: 1)
            }
            output.flush()
            if case .error = lastReply { stream = nil }
        }
        if kind == .messages, options.showsPushes { connection?.pushes = printedPushes }
    }

    /// Reads one reply and prints it, unless it is a redirect to follow (`cliReadReply`).
    ///
    /// - Returns: false when the connection was lost and someone at a prompt may go on.
    mutating func readReply(isVerbatim: Bool = false) throws(CLIExit) -> Bool {
        guard let connection else { return false }
        let reply: RESPValue
        do throws(CLIConnection.Failure) {
            reply = try connection.reply()
        } catch {
            if case .malformed = error {
                trouble = .malformedReply(address)
            } else {
                trouble = .connectionLost(address)
            }
            return try goOn(after: error)
        }
        lastReply = reply
        if options.followsRedirects, follow(redirect: reply) { return true }
        if !isInteractive, options.failsOnError, case .error(let message) = reply {
            throw .refused(message)
        }
        output.print(try text(of: reply, isVerbatim: isVerbatim))
        output.flush()
        return true
    }

    private mutating func goOn(after failure: CLIConnection.Failure) throws(CLIExit) -> Bool {
        if case .system(let reason) = failure, reason.kind == .interrupted {
            _ = take_interrupt()
            guard stream != nil else { throw stop() }
            stream = nil
            trouble = .interrupted
            return connect(isForced: true)
        }
        if isShuttingDown {
            connection = nil
            return true
        }
        if isInteractive {
            switch failure {
            case .closed: return false
            case .system(let reason) where reason.kind == .reset: return false
            case .system, .malformed: break
            }
        }
        throw .refused("Error: \(failure.text)")
    }

    private mutating func stop() -> CLIExit {
        trouble = .interrupted
        return .interrupted
    }

    /// Takes a MOVED or ASK as the way to go; false when the reply is neither.
    private mutating func follow(redirect reply: RESPValue) -> Bool {
        guard case .error(let message) = reply else { return false }
        let words = message.split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[0] == "MOVED" || words[0] == "ASK",
            let colon = words[2].lastIndex(of: ":"), redirects.count < redirectLimit
        else { return false }
        let slot = CText.int(Array(words[1].utf8))
        options.host = String(words[2][..<colon])
        options.port = CText.int(Array(words[2][words[2].index(after: colon)...].utf8))
        redirects.append(
            Redirect(kind: words[0] == "ASK" ? .ask : .moved, slot: slot, target: address))
        if isInteractive {
            output.print(
                "-> Redirected to slot [\(slot)] located at \(options.host):\(options.port)\n")
        }
        hasToReissue = true
        return true
    }

    /// What the command did to database, transaction and protocol.
    private mutating func noteState(after arguments: [[UInt8]], _ word: String) {
        let isRefused = lastReply?.errorCode != nil
        switch (word, arguments.count) {
        case ("select", 2) where !isRefused:
            database = CText.int(arguments[1])
            options.database = database
        case ("auth", 2), ("auth", 3): _ = select()
        case ("multi", 1) where !isRefused:
            isInTransaction = true
            databaseBeforeTransaction = database
        case ("exec", 1) where isInTransaction:
            isInTransaction = false
            if isRefused || lastReply == .null { returnToDatabaseBeforeTransaction() }
        case ("discard", 1) where !isRefused:
            isInTransaction = false
            returnToDatabaseBeforeTransaction()
        case ("reset", 1) where !isRefused:
            isInTransaction = false
            database = 0
            options.database = 0
            options.resp3 = .none
        default: break
        }
    }

    private mutating func returnToDatabaseBeforeTransaction() {
        database = databaseBeforeTransaction
        options.database = database
    }

    static func lowercased(_ word: [UInt8]) -> String {
        String(decoding: word, as: UTF8.self).lowercased()
    }
}
