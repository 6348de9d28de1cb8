import CLI
import Lab
import RESP

/// Knows the connected server's commands, and proposes words for a line that is being typed.
///
/// It asks over connections of its own: the learner's transaction and protocol stay as they are.
final class Completer {
    var cluster: any LabCluster {
        didSet { known = [:] }
    }
    /// What servers said; nothing of one that did not answer.
    private var known: [NodeAddress: CommandHelp] = [:]

    /// Key names come from at most this many SCAN calls and candidates, so that Tab never waits long.
    private static let scanLimit = 10
    private static let keyLimit = 100

    private var writes: Set<String>?
    /// Runs lines that are no commands of Redis; nil where nothing does.
    private let programs: ShellPrograms?

    init(cluster: any LabCluster, programs: ShellPrograms?) {
        self.cluster = cluster
        self.programs = programs
    }

    /// What the server at `address` says of its commands; where it does not, what the first node says that does.
    func help(of address: NodeAddress) -> CommandHelp {
        for node in [address] + cluster.nodes {
            let help = known[node] ?? ask(node)
            known[node] = help
            if !help.commands.isEmpty { return help }
        }
        return CommandHelp()
    }

    /// The commands of the server at `address`.
    func commands(of address: NodeAddress) -> [CommandDoc] { help(of: address).commands }

    /// The commands that write, as the server at `address` has them; none where it does not answer.
    func writeCommands(of address: NodeAddress) -> Set<String> {
        if let writes { return writes }
        let names = connect(to: address)?
            .ask("COMMAND", "LIST", "FILTERBY", "ACLCAT", "write")?.elements
        writes = names.map { Set($0.compactMap { $0.text?.uppercased() }) }
        return writes ?? []
    }

    /// Another server may be there from now on.
    func forget(_ address: NodeAddress) {
        known[address] = nil
    }

    private func ask(_ address: NodeAddress) -> CommandHelp {
        connect(to: address)?.ask("COMMAND", "DOCS").map { CommandHelp($0) } ?? CommandHelp()
    }

    /// A connection for a few questions; nil where nobody answers.
    func connect(to address: NodeAddress) -> SideQuestions? {
        do throws(LabError) {
            return SideQuestions(try cluster.observe(address))
        } catch {
            return nil
        }
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
            return asked == nil ? names + starting(word, labWords + Self.programNames) : names
        }
        if let asked { return commandArguments(word, after: words, at: asked) }
        switch first {
        case "help", "?": return helpTopics(word, after: words.dropFirst(), at: address)
        case "connect": return words.count == 1 ? starting(word, places) : []
        case "redis-cli": return redisCLI(word, after: words.dropFirst(), at: address)
        case "redis-server": return redisServer(word, after: words.dropFirst(), at: address)
        case "docker": return docker(word, after: words.dropFirst(), at: address)
        case "peek": return words.count == 1 ? keys(word, at: address) : []
        case "log": return starting(word, ports)
        case "share", "replay", "load": return files(word)
        case "timeline": return starting(word, ports + ["--svg", "since"])
        case "live" where words.count == 1:
            return starting(word, ["log", "map", "nodes", "peek", "timeline", "views", "why"])
                + matching(word, commands(of: address).map(\.name))
        case "why":
            return subjects(word, after: words.dropFirst().map { $0.lowercased() }, at: address)
        default: break
        }
        let isWord = labWords.contains(first)
        guard isWord || command(first, at: address) != nil else { return files(word) }
        let proposed = isWord ? labArguments(first, word) : []
        return proposed + commandArguments(word, after: words, at: address)
    }

    /// The commands of the lab's docker.
    var dockerWords: [ProgramCommand] { programs?.dockerCommands ?? [] }

    /// Files where programs run, for the word that is typed.
    func files(_ word: String) -> [String] { programs?.files(beginning: word) ?? [] }

    var ports: [String] { cluster.nodes.map { String($0.port) } }
    var places: [String] { ports + cluster.nodes.map(\.description) }

    private func helpTopics(
        _ word: String, after words: ArraySlice<String>, at address: NodeAddress
    ) -> [String] {
        guard words.isEmpty else {
            return words.count == 1
                ? subcommands(word, of: words[words.startIndex], at: address) : []
        }
        let help = help(of: address)
        return matching(word, help.commands.map(\.name)) + starting(word, help.groups)
            + starting(word, LabWord.names)
    }

    /// What may follow the words of a command.
    func commandArguments(
        _ word: String, after words: [String], at address: NodeAddress
    ) -> [String] {
        guard let command = command(words[0], at: address) else { return [] }
        guard !command.subcommands.isEmpty else {
            return matching(word, command.tokens) + keys(word, of: command, at: address)
        }
        guard words.count > 1 else { return subcommands(word, of: words[0], at: address) }
        let name = "\(command.name) \(words[1].uppercased())"
        guard let subcommand = command.subcommands.first(where: { $0.name == name }) else {
            return []
        }
        return matching(word, subcommand.tokens) + keys(word, of: subcommand, at: address)
    }

    private func command(_ word: String, at address: NodeAddress) -> CommandDoc? {
        commands(of: address).first { $0.name == word.uppercased() }
    }

    private func subcommands(
        _ word: String, of container: String, at address: NodeAddress
    ) -> [String] {
        guard let command = command(container, at: address) else { return [] }
        return matching(
            word, command.subcommands.map { String($0.name.dropFirst(command.name.count + 1)) })
    }

    private func keys(_ word: String, of command: CommandDoc, at address: NodeAddress) -> [String] {
        command.takesKey ? keys(word, at: address) : []
    }

    /// Names that the node holds, beginning with `word`; bounded.
    func keys(_ word: String, at address: NodeAddress) -> [String] {
        guard let connection = connect(to: address) else { return [] }
        let special: Set<Character> = ["*", "?", "[", "]", "\\"]
        let pattern = word.map { special.contains($0) ? "\\\($0)" : "\($0)" }.joined() + "*"
        var found: Set<String> = []
        var cursor = "0"
        for _ in 0..<Self.scanLimit {
            guard
                let parts = connection.ask("SCAN", cursor, "MATCH", pattern, "COUNT", "1000")?
                    .elements,
                parts.count == 2, let next = parts[0].text
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
    func matching(_ word: String, _ names: [String]) -> [String] {
        let isSmall = word.contains(where: \.isLowercase)
        return names.filter { $0.uppercased().hasPrefix(word.uppercased()) }
            .map { isSmall ? $0.lowercased() : $0 }
    }

    /// Words of the lab and of programs, as they are.
    func starting(_ word: String, _ names: [String]) -> [String] {
        names.filter { $0.hasPrefix(word) }
    }
}
