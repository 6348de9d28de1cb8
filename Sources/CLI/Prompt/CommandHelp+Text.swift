// What `help` prints about commands.
extension CommandHelp {
    /// All that is known about a command with its subcommands, or about the commands of an `@group`; empty for a
    /// topic that is none.
    /// - Parameters:
    ///   - topics: the words behind `help`.
    ///   - hasColour: redis-cli has it on any terminal.
    ///   - lineEnd: redis-cli's is that of a raw terminal.
    package func text(
        about topics: [String], hasColour: Bool = true, lineEnd: String = "\r\n"
    ) -> String {
        guard let first = topics.first else { return "" }
        let isGroup = first.hasPrefix("@")
        let found =
            isGroup ? commands(inGroup: String(first.dropFirst())) : commands(named: topics)
        return found.flatMap { $0.lines(withGroup: !isGroup, hasColour: hasColour) }
            .map { $0 + lineEnd }.joined()
    }
}

extension CommandDoc {
    fileprivate func lines(withGroup: Bool, hasColour: Bool) -> [String] {
        func styled(_ text: String, _ code: Int) -> String {
            hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
        }
        return ["", "  \(styled(name, 1)) \(styled(syntax, 90))"]
            + ["  \(styled("summary:", 33)) \(summary)"]
            + (since.map { ["  \(styled("since:", 33)) \($0)"] } ?? [])
            + (withGroup ? ["  \(styled("group:", 33)) \(group)"] : [])
    }
}
