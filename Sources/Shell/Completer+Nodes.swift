import Lab

// Words that mean nodes: behind `@` and behind `why`.
extension Completer {
    /// What may stand behind an `@`: groups, ports, and keys of the current node for `@owner(`.
    func selectors(_ word: String, at address: NodeAddress) -> [String] {
        let opening = "@owner("
        guard word.hasPrefix(opening) else {
            return starting(word, NodeSelector.words + ports.map { "@" + $0 })
        }
        return keys(String(word.dropFirst(opening.count)), at: address).map { opening + $0 + ")" }
    }

    /// The node whose commands and keys are proposed behind a word such as `@7001`; nil for a word that
    /// begins without `@`. For several nodes it is the current one.
    func selected(by word: String, at address: NodeAddress) -> NodeAddress? {
        guard word.hasPrefix("@") else { return nil }
        let name = word.dropFirst()
        return cluster.nodes.first { "\($0.port)" == name || $0.description == name } ?? address
    }

    /// What may follow `why` and `words`.
    func subjects(
        _ word: String, after words: [String], at address: NodeAddress
    ) -> [String] {
        switch words {
        case []:
            starting(word, ["key", "node", "slot"] + ports)
                + (word.isEmpty ? [] : keys(word, at: address))
        case ["key"]: keys(word, at: address)
        case ["node"]: starting(word, places)
        default: []
        }
    }
}
