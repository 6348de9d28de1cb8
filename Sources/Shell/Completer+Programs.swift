import CLI
import Lab
import RESP

// The lab's own programs: redis-cli, redis-server and docker, with their options.
extension Completer {
    /// Programs of the lab that are no words of its own.
    static let programNames = ["redis-server", "docker"]

    /// What may follow `redis-cli` and `words`: options and verbs, and behind them a command.
    func redisCLI(
        _ word: String, after words: ArraySlice<String>, at address: NodeAddress
    ) -> [String] {
        switch words.last {
        case "-p": return starting(word, ports)
        case "-h": return starting(word, Set(cluster.nodes.map(\.host)).sorted())
        case "--cluster": return starting(word, CLIOptions.verbNames)
        default: break
        }
        if word.hasPrefix("-") { return starting(word, CLIOptions.optionNames) }
        if words.contains("--cluster") { return starting(word, cluster.nodes.map(\.description)) }
        let command = CLIOptions.command(behind: Array(words))
        guard command.isEmpty else { return commandArguments(word, after: command, at: address) }
        return matching(word, commands(of: address).map(\.name))
            + starting(word, CLIOptions.optionNames)
    }

    /// What may follow `redis-server` and `words`: a file, then the directives that the current node knows.
    func redisServer(
        _ word: String, after words: ArraySlice<String>, at address: NodeAddress
    ) -> [String] {
        let directives = directives(of: address)
        if let name = words.last, name.hasPrefix("--"), !word.hasPrefix("-"),
            let value = directives[String(name.dropFirst(2))]
        {
            return starting(word, ["no", "yes"].contains(value) ? ["no", "yes"] : [value])
                .filter { !$0.isEmpty && !$0.contains(" ") }
        }
        let options = ["--help", "--version"] + directives.keys.map { "--\($0)" }
        return starting(word, options.sorted()) + files(word)
    }

    /// What may follow `docker` and `words`: its commands, and the options of each.
    func docker(
        _ word: String, after words: ArraySlice<String>, at address: NodeAddress
    ) -> [String] {
        guard let command = words.first else {
            return starting(word, dockerWords.map(\.name))
        }
        let options = dockerWords.first { $0.name == command }?.options ?? []
        if let inner = words.lastIndex(of: "redis-cli") {
            return redisCLI(word, after: words[(inner + 1)...], at: address)
        }
        if let inner = words.lastIndex(of: "redis-server") {
            return redisServer(word, after: words[(inner + 1)...], at: address)
        }
        return starting(word, options)
            + starting(word, ["redis", "redis-cli", "redis-server"].filter { !words.contains($0) })
    }

    private func directives(of address: NodeAddress) -> [String: String] {
        let pairs = connect(to: address)?.ask("CONFIG", "GET", "*")?.elements ?? []
        let texts = pairs.map { $0.text ?? "" }
        return Dictionary(
            stride(from: 0, to: texts.count - 1, by: 2).map { (texts[$0], texts[$0 + 1]) },
            uniquingKeysWith: { first, _ in first })
    }
}
