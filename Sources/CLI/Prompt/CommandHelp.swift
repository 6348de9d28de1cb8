package import RESP

/// What the connected server says of its commands, as redis-cli's `help`, Tab and hints use it.
package struct CommandHelp: Sendable {
    /// Sorted by name; groups come first.
    package private(set) var entries: [Entry] = []

    /// A command, a subcommand, or a group of commands.
    package struct Entry: Sendable {
        /// In capitals: `CLUSTER NODES`; a group is `@cluster`.
        package var name: String
        package var isGroup = false
        /// `key value [NX|XX]`.
        package var syntax = ""
        package var summary = ""
        package var since: String?
        package var group = ""

        /// Of the name.
        var words: [Substring] { name.split(separator: " ") }
    }

    package init() {}

    /// Reads a COMMAND DOCS reply, be it RESP2's array or RESP3's map.
    package init(_ reply: RESPValue) {
        for (name, fields) in Self.pairs(reply) { add(name.uppercased(), fields) }
        let groups = Set(entries.map(\.group)).subtracting([""])
        entries += groups.map { Entry(name: "@\($0)", isGroup: true) }
        entries.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private mutating func add(_ name: String, _ fields: RESPValue) {
        var entry = Entry(name: name)
        var subcommands: [(String, RESPValue)] = []
        for (key, value) in Self.pairs(fields) {
            switch key {
            case "summary": entry.summary = value.text ?? ""
            case "since": entry.since = value.text
            case "group": entry.group = value.text ?? ""
            case "arguments":
                entry.syntax = (value.elements ?? []).map { CommandArgument($0).syntax }
                    .joined(separator: " ")
            case "subcommands": subcommands = Self.pairs(value)
            default: break
            }
        }
        entries.append(entry)
        let command = name.split(separator: " ").first.map(String.init) ?? name
        for (subcommand, fields) in subcommands {
            // Their keys are `cluster|nodes`.
            let word = subcommand.split(separator: "|").last.map { $0.uppercased() } ?? ""
            add("\(command) \(word)", fields)
        }
    }

    fileprivate static func pairs(_ reply: RESPValue) -> [(String, RESPValue)] {
        let elements = reply.elements ?? []
        return stride(from: 0, to: elements.count - 1, by: 2).map {
            (elements[$0].text ?? "", elements[$0 + 1])
        }
    }

    // MARK: - What is asked of it

    /// The commands and subcommands that `help WORD …` shows.
    package func commands(named words: [String]) -> [Entry] {
        entries.filter { entry in
            let name = entry.words
            return !entry.isGroup && words.count <= name.count
                && zip(words, name).allSatisfy { $0.lowercased() == $1.lowercased() }
        }
    }

    /// The commands of a group, named without its `@`.
    package func commands(inGroup group: String) -> [Entry] {
        entries.filter { !$0.isGroup && $0.group.lowercased() == group.lowercased() }
    }

    /// The whole lines that Tab proposes for a line (`completionCallback`).
    package func completions(of line: String) -> [String] {
        let isHelp = line.lowercased().hasPrefix("help ")
        let topic = isHelp ? line.dropFirst(5).drop { $0 == " " } : line[...]
        let start = line.prefix(line.count - topic.count)
        return entries.filter { isHelp || !$0.isGroup }
            .filter { $0.name.lowercased().hasPrefix(topic.lowercased()) }
            .map { start + $0.name }
    }

    /// What may follow on a line, as it is shown while the line is typed; nil for nothing (`hintsCallback`).
    package func hint(for line: String) -> String? {
        guard let words = splitArguments(Array(line.utf8)), !words.isEmpty else { return nil }
        let typed = words.map { String(decoding: $0, as: UTF8.self).lowercased() }
        var best: Entry?
        for entry in entries where !entry.isGroup {
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

/// An argument as COMMAND DOCS describes it (`cliAddArgument`).
private struct CommandArgument {
    private var name = ""
    private var type = ""
    private var token = ""
    private var flags: Set<String> = []
    private var arguments: [CommandArgument] = []

    init(_ fields: RESPValue) {
        for (key, value) in CommandHelp.pairs(fields) {
            switch key {
            case "name": name = Self.orQuotes(value.text)
            case "type": type = value.text ?? ""
            case "token": token = Self.orQuotes(value.text)
            case "flags": flags = Set((value.elements ?? []).compactMap(\.text))
            case "arguments": arguments = (value.elements ?? []).map(CommandArgument.init)
            default: break
            }
        }
    }

    var syntax: String {
        let introduction = token.isEmpty || type == "pure-token" ? token : token + " "
        var text = introduction + value
        if flags.contains("multiple") {
            text += " [" + (flags.contains("multiple_token") ? introduction : "") + value + " ...]"
        }
        return flags.contains("optional") ? "[\(text)]" : text
    }

    private var value: String {
        switch type {
        case "oneof": arguments.map(\.syntax).joined(separator: "|")
        case "block": arguments.map(\.syntax).joined(separator: " ")
        case "pure-token": ""
        default: name
        }
    }

    private static func orQuotes(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "\"\"" }
        return text
    }
}
