import CLibedit
import RESP

// The prompt, redis-cli's `repl`.
extension CLISession {
    /// Reads lines and runs them until `quit` or the end of the input.
    mutating func prompt() throws(CLIExit) -> Int32 {
        isInteractive = true
        handlesInterrupts = true
        connection?.endsWaitAtSignal = true
        catch_interrupts()
        if !debugging.isOn { loadHelp() }
        var lines = PromptLines(
            system: system, output: output, input: input, help: knownHelp)
        if system.isInputTerminal { lines.showsHints = preferredHints() }
        output.flush()
        while let line = lines.next(prompt: promptText) {
            guard !line.isEmpty else { continue }
            guard try run(line, &lines) else { return 0 }
        }
        // Where nothing edits the line, Ctrl-C is a signal, and the end.
        return take_interrupt() ? 1 : 0
    }

    /// `127.0.0.1:7000[1](TX)> `.
    package var promptText: String {
        guard connection != nil else { return "not connected> " }
        if let prompt = debugging.prompt { return prompt }
        let address: String
        if let socket = options.socket {
            address = "redis \(socket)"
        } else {
            let host = options.host.contains(":") ? "[\(options.host)]" : options.host
            address = "\(host):\(options.port)"
        }
        let suffix = (database == 0 ? "" : "[\(database)]") + (isInTransaction ? "(TX)" : "")
        // redis-cli's buffer takes no more.
        return String((address + suffix + "> ").prefix(127))
    }

    /// False when the line ends the session.
    private mutating func run(_ line: [UInt8], _ lines: inout PromptLines) throws(CLIExit) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        guard let words = debugging.split(line) else {
            output.print("Invalid argument(s)\n")
            output.flush()
            lines.remember(text)
            return true
        }
        guard !words.isEmpty else { return true }
        let command = RepeatedCommand(words)
        guard let times = command.times else {
            output.print(RepeatedCommand.refusal + "\n")
            return true
        }
        if !CLIHistory.isSensitive(command.arguments) { lines.remember(text) }
        return try run(words, command: command.arguments, times: times, &lines)
    }

    /// `words` are the whole line, `command` is what follows the number in front of it.
    private mutating func run(
        _ words: [[UInt8]], command: [[UInt8]], times: Int, _ lines: inout PromptLines
    ) throws(CLIExit) -> Bool {
        switch (Self.lowercased(words[0]), words.count) {
        case ("quit", _), ("exit", _): return false
        case _ where words[0].first == UInt8(ascii: ":"):
            lines.showsHints = prefer(words, lines.showsHints)
        case ("restart", _) where options.script != nil:
            (debugging.isOn, debugging.isToRestart) = (true, true)
            options.format.style = .raw
            return false
        case ("restart", _):
            output.print("Use 'restart' only in Lua debugging mode.\n")
            output.flush()
        case ("connect", 3):
            options.host = String(decoding: words[1], as: UTF8.self)
            options.port = CText.int(words[2])
            _ = connect(isForced: true)
        case ("clear", 1):
            output.print("\u{1B}[H\u{1B}[2J")
            output.flush()
        default:
            let start = system.now()
            _ = try issue(command, times: times)
            try showEndOfDebugging()
            tellDuration(start.duration(to: system.now()))
        }
        return true
    }

    /// Commands that took half a second or longer tell how long.
    package func tellDuration(_ elapsed: Duration) {
        guard elapsed >= .milliseconds(500), options.format.style == .standard else { return }
        output.print("(\(CText.fixed(elapsed / .seconds(1)))s)\n")
    }

    // MARK: - Preferences

    /// Whether ~/.redisclirc wants hints.
    package func preferredHints() -> Bool {
        var hints = true
        for line in preferenceLines {
            guard let words = splitArguments(line), !words.isEmpty else { continue }
            hints = prefer(words, hints, from: ".redisclirc: ")
        }
        return hints
    }

    /// The lines of ~/.redisclirc.
    private var preferenceLines: [ArraySlice<UInt8>] {
        guard let path = system.dotFile(".redisclirc", unless: "REDISCLI_RCFILE"),
            let bytes = try? FileBytes.read(path)
        else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n"))
    }

    /// `:set hints` and `:set nohints`. Returns whether hints are wanted from now on.
    package func prefer(_ words: [[UInt8]], _ hints: Bool, from source: String = "") -> Bool {
        guard Self.lowercased(words[0]) == ":set", words.count >= 2 else {
            let word = String(decoding: words[0], as: UTF8.self)
            output.print("\(source)unknown redis-cli internal command '\(word)'\n")
            return hints
        }
        switch Self.lowercased(words[1]) {
        case "hints": return true
        case "nohints": return false
        default:
            let name = String(decoding: words[1], as: UTF8.self)
            output.print("\(source)unknown redis-cli preference '\(name)'\n")
            return hints
        }
    }
}
