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

    /// What the server has told; before one has, what this program knows of commands itself, as redis-cli has a table
    /// of its own.
    var knownHelp: CommandHelp {
        help ?? system.ownCommands().map { CommandHelp($0) } ?? CommandHelp()
    }

    /// `help` with what follows it.
    mutating func showHelp(_ topics: [String]) {
        guard !topics.isEmpty else { return output.print(Self.introduction) }
        loadHelp()
        output.print(knownHelp.text(about: topics))
        output.print("\r\n")
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
