import CLibedit
import RESP

// The prompt, redis-cli's `repl`.
extension CLISession {
    /// Reads lines and runs them until `quit` or the end of the input.
    mutating func prompt() throws(CLIExit) -> Int32 {
        isInteractive = true
        connection?.endsWaitAtSignal = true
        catch_interrupts()
        loadHelp()
        var lines = PromptLines(system: system, output: output, help: help ?? CommandHelp())
        if system.isInputTerminal {
            for line in preferenceLines {
                if let words = splitArguments(line), !words.isEmpty {
                    lines.showsHints = prefer(words, lines.showsHints, from: ".redisclirc: ")
                }
            }
        }
        output.flush()
        while let line = lines.next(prompt: promptText) {
            guard !line.isEmpty else { continue }
            guard try run(line, &lines) else { return 0 }
        }
        // Where nothing edits the line, Ctrl-C is a signal, and the end.
        return take_interrupt() ? 1 : 0
    }

    /// `127.0.0.1:7000[1](TX)> `.
    private var promptText: String {
        guard connection != nil else { return "not connected> " }
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
        guard let words = splitArguments(line) else {
            output.print("Invalid argument(s)\n")
            output.flush()
            lines.remember(text)
            return true
        }
        guard let first = words.first else { return true }
        var command = words[...]
        var times = 1
        if words.count > 1, let number = CText.wholeInteger(first) {
            guard let number, number > 0 else {
                output.print("Invalid redis-cli repeat command option value.\n")
                return true
            }
            times = number
            command.removeFirst()
        }
        if !CLIHistory.isSensitive(Array(command)) { lines.remember(text) }
        return try run(words, command: Array(command), times: times, &lines)
    }

    /// `words` are the whole line, `command` is what follows the number in front of it.
    private mutating func run(
        _ words: [[UInt8]], command: [[UInt8]], times: Int, _ lines: inout PromptLines
    ) throws(CLIExit) -> Bool {
        switch (Self.lowercased(words[0]), words.count) {
        case ("quit", _), ("exit", _): return false
        case _ where words[0].first == UInt8(ascii: ":"):
            lines.showsHints = prefer(words, lines.showsHints, from: "")
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
            let elapsed = start.duration(to: system.now())
            if elapsed >= .milliseconds(500), options.format.style == .standard {
                output.print("(\(CText.fixed(elapsed / .seconds(1)))s)\n")
            }
        }
        return true
    }

    // MARK: - Preferences

    /// The lines of ~/.redisclirc.
    private var preferenceLines: [ArraySlice<UInt8>] {
        guard let path = system.dotFile(".redisclirc", unless: "REDISCLI_RCFILE"),
            let bytes = try? FileBytes.read(path)
        else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n"))
    }

    /// `:set hints` and `:set nohints`. Returns whether hints are wanted from now on.
    private func prefer(_ words: [[UInt8]], _ hints: Bool, from source: String) -> Bool {
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
