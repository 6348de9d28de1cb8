import CLI
import Lab
import Lessons
import RESP

// Lines that are programs, not commands of Redis.
extension ShellSession {
    /// Words that are programs of every shell and commands of Redis: with a pipe or a redirection behind them
    /// they are meant for the shell.
    private static let ambiguous: Set = [
        "command", "echo", "exec", "sort", "time", "touch", "type", "wait",
    ]

    /// Runs the line if it is a program; false when it is for Redis or the lab.
    mutating func runProgram(_ typed: TypedLine) -> Bool {
        guard let programs, !typed.command.isEmpty, isProgram(typed.command, programs) else {
            return false
        }
        guard let text = readRest(of: typed.command, programs) else { return true }
        // Ctrl-C may have come while nobody had the terminal yet.
        guard !lines.takeInterrupt() else {
            terminal.writeLine()
            return true
        }
        noteMoment(before: typed, isProgram: true)
        do throws(LabError) {
            let status = try programs.run(text, atTerminal: lines.isInteractive)
            hasEnded(status)
            let printed = programs.takeTranscript()
            note(output: printed, of: text)
            lessonMode?.followed(text, printed: printed)
        } catch {
            fail(error.description)
        }
        return true
    }

    /// In this order: a word of the lab, a command that the node knows, a program.
    func isProgram(_ command: String, _ programs: ShellPrograms) -> Bool {
        let word = ShellText.firstWord(of: command)
        if word == "redis-cli" { return isForRealCLI(command) }
        guard !word.hasPrefix("@"), Int(word) == nil, word != "?" else { return false }
        if ShellText.isShellOnly(command) { return true }
        if LabWord.names.contains(word.lowercased()) { return false }
        if isCommand(word) { return Self.ambiguous.contains(word) && isForShell(command) }
        return programs.knows(word)
    }

    /// Whether the node knows the command; where none answers, whether Redis does.
    private func isCommand(_ word: String) -> Bool {
        let commands = completer.commands(of: session.address)
        guard !commands.isEmpty else { return KnownCommands.contain(word) }
        let name = word.uppercased()
        return commands.contains { $0.name == name }
    }

    /// Says that there is no such program, where the line would else go to a node that is not there; false for a command.
    mutating func refuseUnknown(_ word: String, _ arguments: [[UInt8]]) -> Bool {
        guard programs != nil, !session.isConnected, !isCommand(word) else { return false }
        connectQuietly()
        guard !session.isConnected else { return false }
        fail("\(word): no program on this machine, no command of Redis, no word of the lab.")
        // `why` knows lines that belong elsewhere, and that no node is there.
        if let trouble = session.trouble {
            last = .failure(trouble, at: session.address, arguments: arguments)
        }
        return true
    }

    /// Whether a word that both know is the shell's here: Redis could not follow it as it stands.
    private func isForShell(_ command: String) -> Bool {
        let count = splitArguments(command.utf8)?.count
        return !session.isConnected || ShellText.hasOperator(command)
            || (command.hasPrefix("echo") && count != 2)
    }

    /// The prompt itself follows `redis-cli -p 7001` and runs single commands; all else is for the program.
    private func isForRealCLI(_ command: String) -> Bool {
        guard !ShellText.hasOperator(command), let words = splitArguments(command.utf8) else {
            return true
        }
        do throws(CLIExit) {
            return try CLIOptions.parse(Array(words.dropFirst()), on: system).purpose == .program
        } catch {
            return false
        }
    }

    /// The line with all that belongs to it; nil when it was dropped.
    private mutating func readRest(of first: String, _ programs: ShellPrograms) -> String? {
        var text = first
        while programs.isOpen(text) {
            switch lines.read(prompt: "> ", aid: LineAid()) {
            case .line(let line):
                lines.remember(line)
                text += "\n" + line
            case .interrupted: return nil
            // The shell says what is missing.
            case .end: return text
            }
        }
        return text
    }

    private mutating func hasEnded(_ status: Int32) {
        // The signal of Ctrl-C.
        if status == 130 {
            terminal.writeLine()
        } else if status != 0 {
            fail("(exit code \(status))")
        }
        connectQuietly()
    }
}
