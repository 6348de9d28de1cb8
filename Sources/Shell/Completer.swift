import Lab
import RESP

/// Knows the connected server's commands, and proposes words for a line that is being typed.
///
/// It asks over connections of its own: the learner's transaction and protocol stay as they are.
final class Completer {
    var cluster: any LabCluster
    private var commands: [CommandDoc] = []

    /// Key names come from at most this many SCAN calls and candidates, so that Tab never waits long.
    private static let scanLimit = 10
    private static let keyLimit = 100

    init(cluster: any LabCluster) {
        self.cluster = cluster
    }

    /// The commands of the server at `address`; where it does not answer, those of the first node that does.
    func commands(of address: NodeAddress) -> [CommandDoc] {
        for node in [address] + cluster.nodes where commands.isEmpty {
            guard let reply = try? ask(node, "COMMAND", "DOCS") else { continue }
            commands = CommandDoc.commands(in: reply)
        }
        return commands
    }

    /// Candidates for the last word of `text`, sorted. `labWords` proposes what follows a word of the lab.
    func candidates(
        for text: String, at address: NodeAddress, labWords: [String],
        arguments labArguments: (_ word: String, _ argument: String) -> [String]
    ) -> [String] {
        let typed = TypedLine(text)
        let address = typed.target ?? address
        let word = Completion.lastWord(of: text)
        var words = typed.command.split(separator: " ").map(String.init)
        if !word.isEmpty { words = words.dropLast() }
        if words.isEmpty, word.hasPrefix("@") { return selectors(word, at: address) }
        let asked = words.first.flatMap { selected(by: $0, at: address) }
        if asked != nil { words.removeFirst() }
        if words.count > 0, Int(words[0]) != nil { words.removeFirst() }
        guard let first = words.first?.lowercased() else {
            let names = matching(word, commands(of: asked ?? address).map(\.name))
            return asked == nil ? names + starting(word, labWords) : names
        }
        if let asked { return commandArguments(word, after: words, at: asked) }
        switch first {
        case "help", "?": return helpTopics(word, after: words.count, at: address)
        case "connect": return words.count == 1 ? starting(word, places) : []
        case "redis-cli": return starting(word, ["-c", "-h", "-p", "--raw"] + ports)
        case "peek": return words.count == 1 ? keys(word, at: address) : []
        case "log": return starting(word, ports)
        case "timeline": return starting(word, ports + ["--svg", "since"])
        case "live" where words.count == 1:
            return starting(word, ["log", "map", "nodes", "peek", "timeline", "views", "why"])
                + matching(word, commands(of: address).map(\.name))
        case "why":
            return subjects(word, after: words.dropFirst().map { $0.lowercased() }, at: address)
        default: break
        }
        let proposed = labWords.contains(first) ? labArguments(first, word) : []
        return proposed + commandArguments(word, after: words, at: address)
    }

    var ports: [String] { cluster.nodes.map { String($0.port) } }
    var places: [String] { ports + cluster.nodes.map(\.description) }

    private func helpTopics(_ word: String, after count: Int, at address: NodeAddress) -> [String] {
        guard count == 1 else { return [] }
        let commands = commands(of: address)
        let groups = Set(commands.map { "@" + $0.group }).sorted()
        return matching(word, commands.map(\.name)) + starting(word, groups)
    }

    private func commandArguments(
        _ word: String, after words: [String], at address: NodeAddress
    ) -> [String] {
        guard
            let command = commands(of: address).first(where: { $0.name == words[0].uppercased() })
        else { return [] }
        guard !command.subcommands.isEmpty else {
            return matching(word, command.tokens) + keys(word, of: command, at: address)
        }
        let names = command.subcommands.map { String($0.name.dropFirst(command.name.count + 1)) }
        guard words.count > 1 else { return matching(word, names) }
        guard let index = names.firstIndex(of: words[1].uppercased()) else { return [] }
        let subcommand = command.subcommands[index]
        return matching(word, subcommand.tokens) + keys(word, of: subcommand, at: address)
    }

    private func keys(_ word: String, of command: CommandDoc, at address: NodeAddress) -> [String] {
        command.takesKey ? keys(word, at: address) : []
    }

    /// Names that the node holds, beginning with `word`; bounded.
    func keys(_ word: String, at address: NodeAddress) -> [String] {
        guard let connection = try? cluster.connect(to: address) else { return [] }
        defer { connection.close() }
        let special: Set<Character> = ["*", "?", "[", "]", "\\"]
        let pattern = word.map { special.contains($0) ? "\\\($0)" : "\($0)" }.joined() + "*"
        var found: Set<String> = []
        var cursor = "0"
        for _ in 0..<Self.scanLimit {
            guard
                let reply = try? connection.send("SCAN", cursor, "MATCH", pattern, "COUNT", "1000"),
                let parts = reply.elements, parts.count == 2, let next = parts[0].text
            else { break }
            found.formUnion((parts[1].elements ?? []).compactMap(Self.typable))
            cursor = next
            if cursor == "0" || found.count >= Self.keyLimit { break }
        }
        return found.sorted()
    }

    /// A key as it can be typed without quotes; nil for one that cannot.
    private static func typable(_ key: RESPValue) -> String? {
        guard case .bulkString(let bytes) = key else { return nil }
        let name = String(decoding: bytes, as: UTF8.self)
        guard Array(name.utf8) == bytes, splitArguments(bytes) == [bytes], !name.contains("\\")
        else { return nil }
        return name
    }

    /// Words of Redis in any case: what is typed in small letters is completed in small letters.
    private func matching(_ word: String, _ names: [String]) -> [String] {
        let isSmall = word.contains(where: \.isLowercase)
        return names.filter { $0.uppercased().hasPrefix(word.uppercased()) }
            .map { isSmall ? $0.lowercased() : $0 }
    }

    func starting(_ word: String, _ names: [String]) -> [String] {
        names.filter { $0.hasPrefix(word) }
    }

    private func ask(_ address: NodeAddress, _ words: String...) throws(LabError) -> RESPValue {
        let connection = try cluster.connect(to: address)
        defer { connection.close() }
        return try connection.send(words.map { Array($0.utf8) })
    }
}
