package import RESP

/// What the connected server says of its commands, as redis-cli's `help`, Tab and hints use it.
package struct CommandHelp: Sendable {
    /// All commands by name, each with its subcommands.
    package private(set) var commands: [CommandDoc] = []
    /// Commands and subcommands by name.
    private var entries: [CommandDoc] = []
    /// `@cluster` and so on, by name.
    package private(set) var groups: [String] = []

    package init() {}

    /// Reads a COMMAND DOCS reply, be it RESP2's array or RESP3's map.
    package init(_ reply: RESPValue) {
        commands = CommandDoc.commands(in: reply)
        entries = commands.flatMap { [$0] + $0.subcommands }
        groups = Set(entries.map(\.group)).subtracting([""]).map { "@\($0)" }.sorted()
    }

    // MARK: - What is asked of it

    /// The commands and subcommands that `help WORD …` shows.
    package func commands(named words: [String]) -> [CommandDoc] {
        entries.filter { entry in
            let name = entry.words
            return words.count <= name.count
                && zip(words, name).allSatisfy { $0.lowercased() == $1.lowercased() }
        }
    }

    /// The commands of a group, named without its `@`.
    package func commands(inGroup group: String) -> [CommandDoc] {
        entries.filter { $0.group.lowercased() == group.lowercased() }
    }

    /// The whole lines that Tab proposes for a line (`completionCallback`).
    package func completions(of line: String) -> [String] {
        let isHelp = line.lowercased().hasPrefix("help ")
        let topic = isHelp ? line.dropFirst(5).drop { $0 == " " } : line[...]
        let start = line.prefix(line.count - topic.count)
        return ((isHelp ? groups : []) + entries.map(\.name))
            .filter { $0.lowercased().hasPrefix(topic.lowercased()) }
            .map { start + $0 }
    }

    /// What may follow on a line, as it is shown while the line is typed; nil for nothing (`hintsCallback`).
    package func hint(for line: String) -> String? {
        guard let words = splitArguments(Array(line.utf8)), !words.isEmpty else { return nil }
        let typed = words.map { String(decoding: $0, as: UTF8.self).lowercased() }
        var best: CommandDoc?
        for entry in entries {
            let name = entry.words
            guard name.count <= typed.count, name.count > (best?.words.count ?? 0),
                zip(name, typed).allSatisfy({ $0.lowercased() == $1 })
            else { continue }
            best = entry
        }
        guard let best else { return nil }
        let rest = Self.untyped(best.syntax, after: typed.count - best.words.count)
        return (line.last.map { $0 == " " } ?? false) ? rest : " " + rest
    }

    /// The syntax without the arguments that stand there already. From the first optional one on it stays whole.
    private static func untyped(_ syntax: String, after count: Int) -> String {
        var rest = syntax[...]
        var remaining = count
        while remaining > 0, let first = rest.first, first != "[" {
            if first == " " { remaining -= 1 }
            rest.removeFirst()
        }
        return String(rest)
    }
}
