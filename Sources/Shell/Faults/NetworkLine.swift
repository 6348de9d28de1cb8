import Lab

/// What a learner says of the network: `partition 7000 7003 | rest`, `lag 7000 7001 300ms bus`, `drop 7000 -> 7001 5%`.
struct NetworkLine {
    /// The rules that come of it.
    let rules: [NetworkFaults.Rule]
    /// It in a sentence.
    let sentence: String

    /// A sentence about what is wrong, with how it is typed right.
    struct Mistake: Error, Equatable {
        var sentence: String
    }

    private static let usages = [
        "partition": "partition 7000 7003 | 7001 7002 7004 7005, partition 7000 client | rest, "
            + "partition 7000 -> 7001",
        "lag": "lag 7000 7001 300ms, lag 7000 -> 7003 500ms replication",
        "drop": "drop 7000 7001 10%, drop 7000 -> rest 5% bus",
    ]

    /// - Parameters:
    ///   - word: `partition`, `lag` or `drop`.
    ///   - nodes: all nodes of the cluster, for `rest` and `all`.
    init(_ word: String, _ words: [String], nodes: [NodeAddress]) throws(Mistake) {
        let usage = "Type it like this: \(UsagePorts.shown(Self.usages[word] ?? "", for: nodes))"
        var words = words
        let traffic = Self.takeTraffic(&words)
        let effect = try Self.takeEffect(word, &words, usage)
        let reader = PartyReader(nodes: nodes)
        if word != "partition", !words.contains("->"), !words.contains("|") {
            // Two nodes, or one and all others: both ways.
            let parties = try reader.sides(words.map { [$0] }, usage)
            let pair = parties.count == 1 ? [parties[0], reader.rest(of: parties)] : parties
            guard pair.count == 2 else { throw Mistake(sentence: usage) }
            self.init(pair, isOneWay: false, traffic, effect)
        } else if let arrow = words.firstIndex(of: "->") {
            let pair = try reader.sides(
                [Array(words[..<arrow]), Array(words[(arrow + 1)...])], usage)
            self.init(pair, isOneWay: true, traffic, effect)
        } else {
            var sides = try reader.sides(
                words.split(separator: "|", omittingEmptySubsequences: false).map(Array.init), usage)
            if sides.count == 1 { sides.append(reader.rest(of: sides)) }
            self.init(sides, isOneWay: false, traffic, effect)
        }
    }

    private init(
        _ sides: [Set<NetworkFaults.Party>], isOneWay: Bool, _ traffic: Set<NetworkFaults.Traffic>,
        _ effect: NetworkFaults.Effect
    ) {
        var rules: [NetworkFaults.Rule] = []
        for (index, side) in sides.enumerated() where !isOneWay || index == 0 {
            let others = sides.enumerated().filter { $0.offset != index }
            let rest = others.reduce(into: Set<NetworkFaults.Party>()) {
                $0.formUnion($1.element)
            }
            rules.append(.init(from: side, to: rest, traffic: traffic, effect: effect))
        }
        self.rules = rules
        let names = sides.map { $0.sorted().map(\.name).joined(separator: " ") }
        let what =
            switch effect {
            case .blocked: "nothing passes"
            case .delayed(let delay): "everything is \(delay.shown) late"
            case .lossy(let percent): "\(percent) % of the packets are lost and sent again"
            }
        let part =
            traffic.count == NetworkFaults.Traffic.allCases.count
            ? "" : " (\(traffic.map(\.rawValue).sorted().joined(separator: ", ")) only)"
        sentence =
            isOneWay
            ? "From \(names[0]) to \(names[1]) \(what)\(part)."
            : "Between \(names.joined(separator: " | ")) \(what)\(part)."
    }

    private static func takeTraffic(_ words: inout [String]) -> Set<NetworkFaults.Traffic> {
        let named = words.compactMap { NetworkFaults.Traffic(rawValue: $0.lowercased()) }
        words.removeAll { NetworkFaults.Traffic(rawValue: $0.lowercased()) != nil }
        return named.isEmpty ? Set(NetworkFaults.Traffic.allCases) : Set(named)
    }

    private static func takeEffect(
        _ word: String, _ words: inout [String], _ usage: String
    ) throws(Mistake) -> NetworkFaults.Effect {
        guard word != "partition" else { return .blocked }
        let place = words.firstIndex { text in
            word == "lag"
                ? text.contains { $0.isLetter } && Duration(typed: text) != nil
                : text.hasSuffix("%")
        }
        guard let place else {
            let what = word == "lag" ? "a time, such as 300ms" : "a share, such as 10%"
            throw Mistake(sentence: "\(word) wants \(what). \(usage)")
        }
        let text = words.remove(at: place)
        if word == "lag", let delay = Duration(typed: text) { return .delayed(delay) }
        guard let percent = Int(text.dropLast()), (0...100).contains(percent) else {
            throw Mistake(sentence: "\(text) is no share of 0% to 100%. \(usage)")
        }
        return .lossy(percent: percent)
    }
}

/// Reads who is meant: a port, an address, `client`, `all`, `rest`.
private struct PartyReader {
    let nodes: [NodeAddress]

    func sides(
        _ groups: [[String]], _ usage: String
    ) throws(NetworkLine.Mistake) -> [Set<NetworkFaults.Party>] {
        guard groups.allSatisfy({ !$0.isEmpty }), !groups.isEmpty else {
            throw NetworkLine.Mistake(sentence: "A side has nobody on it. \(usage)")
        }
        var sides: [Set<NetworkFaults.Party>] = []
        for group in groups where group.map({ $0.lowercased() }) != ["rest"] {
            var side: Set<NetworkFaults.Party> = []
            for word in group { side.formUnion(try parties(word, usage)) }
            sides.append(side)
        }
        for (index, group) in groups.enumerated() where group.map({ $0.lowercased() }) == ["rest"] {
            sides.insert(rest(of: sides), at: min(index, sides.count))
        }
        for (index, side) in sides.enumerated() {
            for other in sides[..<index] where !side.isDisjoint(with: other) {
                let twice = side.intersection(other).sorted().map(\.name).joined(separator: " ")
                throw NetworkLine.Mistake(sentence: "\(twice) cannot be on two sides.")
            }
        }
        return sides
    }

    /// All nodes that are on none of the sides.
    func rest(of sides: [Set<NetworkFaults.Party>]) -> Set<NetworkFaults.Party> {
        let taken = sides.reduce(into: Set<NetworkFaults.Party>()) { $0.formUnion($1) }
        return Set(nodes.map(NetworkFaults.Party.node)).subtracting(taken)
    }

    private func parties(
        _ word: String, _ usage: String
    ) throws(NetworkLine.Mistake) -> Set<NetworkFaults.Party> {
        switch word.lowercased() {
        case "client", "clients": return [.client]
        case "all": return Set(nodes.map(NetworkFaults.Party.node))
        default: break
        }
        let address = nodes.first { "\($0.port)" == word || $0.description == word }
        guard let address else {
            let ports = nodes.map { "\($0.port)" }.joined(separator: ", ")
            throw NetworkLine.Mistake(
                sentence: "There is no node \(word): there are \(ports), client, rest. \(usage)")
        }
        return [.node(address)]
    }
}

extension NetworkFaults.Party {
    /// The port, or `client`.
    var name: String {
        switch self {
        case .node(let address): "\(address.port)"
        case .client: "client"
        }
    }
}

extension NetworkFaults.Rule {
    /// `7000 7003 -> 7001: nothing passes`.
    var line: String {
        let ends = [from, to].map { $0.sorted().map(\.name).joined(separator: " ") }
        let part =
            traffic.count == NetworkFaults.Traffic.allCases.count
            ? "" : " (\(traffic.map(\.rawValue).sorted().joined(separator: ", ")))"
        let what =
            switch effect {
            case .blocked: "blocked"
            case .delayed(let delay): "\(delay.shown) late"
            case .lossy(let percent): "\(percent) % lost"
            }
        return "\(ends[0]) -> \(ends[1]): \(what)\(part)"
    }
}
