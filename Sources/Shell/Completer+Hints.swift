import CLI
import Lab
import RESP

// What may follow on a line, as it stands behind the cursor while the line is typed.
extension Completer {
    /// The rest of a command's syntax, as the server at `address` tells it, or of a word of the lab; nil for nothing.
    func hint(for text: String, at address: NodeAddress) -> String? {
        let typed = TypedLine(text)
        let address = typed.target ?? address
        var rest = typed.command[...]
        if rest.hasPrefix("@") {
            guard let end = rest.firstIndex(where: \.isWhitespace) else { return nil }
            let asked = selected(by: String(rest[..<end]), at: address) ?? address
            rest = rest[end...].drop(while: \.isWhitespace)
            return help(of: asked).hint(for: String(rest))
        }
        let first = rest.prefix { !$0.isWhitespace }
        if Int(first) != nil { rest = rest[first.endIndex...].drop(while: \.isWhitespace) }
        if first == "redis-cli" { return hint(forRedisCLI: rest, at: address) }
        return LabWord.hint(for: String(rest)).map { UsagePorts.shown($0, for: cluster.nodes) }
            ?? help(of: address).hint(for: String(rest))
    }

    /// Behind redis-cli's options stands a command.
    private func hint(forRedisCLI line: Substring, at address: NodeAddress) -> String? {
        var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        words.removeFirst()
        let command = CLIOptions.command(behind: words.filter { !$0.isEmpty })
        guard !command.isEmpty else { return LabWord.hint(for: String(line)) }
        let end = line.last == " " ? " " : ""
        return help(of: address).hint(for: command.joined(separator: " ") + end)
    }
}
