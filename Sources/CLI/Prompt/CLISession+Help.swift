import RESP

// `help`, `help COMMAND`, `help @GROUP`.
extension CLISession {
    /// Asks the server for its commands, until it has told them.
    mutating func loadHelp() {
        guard help == nil, connect(isQuiet: true), let connection,
            let reply = try? connection.request("COMMAND", "DOCS")
        else { return }
        help = CommandHelp(reply)
    }

    /// `help` with what follows it.
    mutating func showHelp(_ topics: [String]) {
        guard let first = topics.first else { return output.print(Self.introduction) }
        loadHelp()
        let isGroup = first.hasPrefix("@")
        let found =
            isGroup
            ? help?.commands(inGroup: String(first.dropFirst()))
            : help?.commands(named: topics)
        for entry in found ?? [] { show(entry, withGroup: !isGroup) }
        output.print("\r\n")
    }

    private func show(_ entry: CommandHelp.Entry, withGroup: Bool) {
        output.print(
            "\r\n  \u{1B}[1m\(entry.name)\u{1B}[0m \u{1B}[90m\(entry.syntax)\u{1B}[0m\r\n")
        output.print("  \u{1B}[33msummary:\u{1B}[0m \(entry.summary)\r\n")
        if let since = entry.since { output.print("  \u{1B}[33msince:\u{1B}[0m \(since)\r\n") }
        if withGroup { output.print("  \u{1B}[33mgroup:\u{1B}[0m \(entry.group)\r\n") }
    }

    private static let introduction = """
        \(CLIUsage.version)
        To get help about Redis commands type:
              "help @<group>" to get a list of commands in <group>
              "help <command>" for help on <command>
              "help <tab>" to get a list of possible help topics
              "quit" to exit

        To set redis-cli preferences:
              ":set hints" enable online hints
              ":set nohints" disable online hints
        Set your preferences in ~/.redisclirc

        """
}
