import Lab
import RESP

// `--eval`, and `--ldb` with it.
extension CLISession {
    /// Sends the script of a file, in the debugger as often as `restart` is typed (`evalMode`).
    mutating func evaluate(_ path: [UInt8]) throws(CLIExit) -> Int32 {
        debugging.isOn = options.debugsScript
        while true {
            let isDebugged = debugging.isOn
            if isDebugged { output.print(Self.greeting) }
            let command = try evalCommand(path)
            if isDebugged { enableDebugger() }
            let isAnswered = try issue(command, times: options.times)
            guard isDebugged else { return isAnswered ? 0 : 1 }
            guard debugging.isOn else {
                output.print("Eval debugging session can't start:\n")
                _ = try readReply()
                return isAnswered ? 0 : 1
            }
            debugging.prompt = "lua debugger> "
            let status = try prompt()
            guard debugging.isToRestart else { return status }
            debugging.isToRestart = false
            connect(isForced: true)
            output.print("\n")
        }
    }

    /// EVAL with the script of the file. Arguments before a comma are its keys, those behind it its arguments.
    private func evalCommand(_ path: [UInt8]) throws(CLIExit) -> [[UInt8]] {
        let name = String(decoding: path, as: UTF8.self)
        let script: [UInt8]
        do throws(FileBytes.Failure) {
            script = try FileBytes.read(name)
        } catch {
            throw .refused("Can't open file '\(name)': \(error.reason)")
        }
        var words = options.command
        let comma = words.firstIndex(of: [UInt8(ascii: ",")])
        if let comma { words.remove(at: comma) }
        let count = Array(String(comma ?? words.count).utf8)
        return [Array("EVAL".utf8), script, count] + words
    }

    // MARK: - The debugger

    private static let greeting = """
        Lua debugging session started, please use:
        quit    -- End the session.
        restart -- Restart the script in debug mode again.
        help    -- Show Lua script debugging commands.


        """

    /// What is answered is not looked at, as in redis-cli: EVAL tells.
    private func enableDebugger() {
        let mode = options.debugsInSync ? "sync" : "yes"
        let words = ["SCRIPT", "DEBUG", mode].map { Array($0.utf8) }
        do throws(CLIConnection.Failure) {
            _ = try connection?.request(words)
        } catch {
            output.flush()
        }
    }

    /// What is printed for a reply.
    mutating func text(of reply: RESPValue, isVerbatim: Bool) throws(CLIExit) -> [UInt8] {
        let isColored = system.variable("TERM")?.contains("xterm") == true
        guard debugging.isOn,
            let (text, isEnd) = debugging.lines(
                of: reply, delimiter: options.format.elementDelimiter, isColored: isColored)
        else { return try options.format.text(of: reply, isVerbatim: isVerbatim) }
        if isEnd {
            debugging = ScriptDebugging()
            debugging.hasEnded = true
            options.format.style = .standard
        }
        return text + options.format.replyDelimiter
    }

    /// Shows the reply to EVAL, where the session has just ended.
    mutating func showEndOfDebugging() throws(CLIExit) {
        guard debugging.hasEnded else { return }
        debugging.hasEnded = false
        _ = try readReply()
        let loss = options.debugsInSync ? "" : " -- dataset changes rolled back"
        output.print("\n(Lua debugging session ended\(loss))\n\n")
        let known = help
        help = nil
        loadHelp()
        help = help ?? known
    }
}
