/// Where the prompt's lines come from: a terminal with editing, one without, or no terminal at all.
struct PromptLines {
    private let system: CLISystem
    private let output: CLIOutput
    private let plain: InputLines
    private let editor: LineEditor?
    private var history: CLIHistory
    var showsHints = true

    /// Terminals that know no editing, as linenoise has them.
    private static let plainTerminals: Set<String> = ["dumb", "cons25", "emacs"]

    /// The history is kept where someone types.
    init(system: CLISystem, output: CLIOutput, input: InputLines, help: CommandHelp) {
        self.system = system
        self.output = output
        plain = input
        guard system.isInputTerminal else {
            history = CLIHistory(path: nil)
            editor = nil
            return
        }
        history = CLIHistory(
            path: system.dotFile(".rediscli_history", unless: "REDISCLI_HISTFILE"))
        let terminal = system.variable("TERM")?.lowercased() ?? ""
        editor =
            Self.plainTerminals.contains(terminal)
            ? nil : LineEditor(help: help, history: history.lines)
    }

    /// The next line; nil at the end of the input, and at Ctrl-C.
    mutating func next(prompt: String) -> [UInt8]? {
        guard system.isInputTerminal else { return plain.next() }
        output.flush()
        if let editor {
            editor.showsHints = showsHints
            return editor.nextLine(prompt: prompt).map { Array($0.utf8) }
        }
        output.print(prompt)
        output.flush()
        var line = plain.next()
        while line?.last == UInt8(ascii: "\r") { line?.removeLast() }
        return line
    }

    /// Puts a line into the history, and saves it.
    mutating func remember(_ line: String) {
        guard system.isInputTerminal else { return }
        history.append(line)
        editor?.remember(line)
    }
}
