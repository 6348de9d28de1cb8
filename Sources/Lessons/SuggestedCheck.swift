package import Lab
import RESP

/// A condition that a line has brought about, as a check would have it.
package struct SuggestedCheck: Sendable, Hashable {
    package var text: String
    /// It comes true at gossip's pace.
    package var mayTakeTime = false

    /// For a word of the lab: how it leaves the nodes that it names, or that it was typed.
    init(word words: [String]) {
        let ports = words.dropFirst().compactMap { Int($0) }
        guard let state = Self.states[words.first ?? ""], !ports.isEmpty,
            ports.count == words.count - 1
        else {
            text = "typed " + words.map(Self.quoted).joined(separator: " ")
            return
        }
        text = ports.map { "state(\($0)) = \(state)" }.joined(separator: " and ")
    }

    init(text: String, mayTakeTime: Bool = false) {
        self.text = text
        self.mayTakeTime = mayTakeTime
    }

    private static let states = [
        "crash": "down", "stop": "down", "freeze": "frozen", "thaw": "running", "boot": "running",
    ]

    /// `GET user:1`; the words of commands in capitals, which fit in any case. Ids of nodes are others in another cluster.
    static func shape(of exchange: Exchange) -> String { shape(of: exchange.words) }

    /// The kind of reply, as `giving` has it.
    static func kind(of exchange: Exchange) -> String {
        if exchange.reply.errorCode != nil { return "error" }
        return exchange.redirects.isEmpty ? (exchange.reply == .null ? "nil" : "value") : "redirect"
    }

    fileprivate static func shape(of words: [String]) -> String {
        var words = words.map { $0.isNodeID ? "*" : quoted($0) }
        words[0] = words[0].uppercased()
        return words.joined(separator: " ")
    }

    /// A word that is nothing of the check language.
    fileprivate static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || ":_-.{}/*,()%".contains($0))
            }
        let isKeyword = [
            "and", "or", "at", "giving", "after", "with", "near", "answer", "here", "prediction",
        ].contains(word)
        if isPlain, !isKeyword { return word }
        return "\""
            + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n").replacing("\r", with: "\\r").replacing("\t", with: "\\t")
            + "\""
    }
}

/// Looks at the cluster before and behind a line, and finds what tells that it was typed.
package struct CheckFinder {
    private let arguments: [[UInt8]]
    private let observer: ClusterObserver
    private let node: NodeAddress
    private let isWrite: Bool
    /// What each probe said before.
    private var before: [(probe: String, value: String?)] = []

    /// Commands that tell something of a key, the most telling first.
    private static let probes = ["EXISTS", "GET", "LLEN", "SCARD", "HLEN", "ZCARD", "XLEN"]
    /// A longer value makes no readable check.
    private static let longestValue = 40

    /// Looks before the line runs.
    package init(
        _ arguments: [[UInt8]], at node: NodeAddress, isWrite: Bool, observer: ClusterObserver
    ) {
        self.arguments = arguments
        self.observer = observer
        self.node = node
        self.isWrite = isWrite
        before = probes.map { ($0, value(of: $0)) }
    }

    /// What newly holds behind the line.
    package func check(behind exchange: Exchange) -> SuggestedCheck {
        if let code = exchange.reply.errorCode {
            let isWord = code.allSatisfy { $0.isASCII && $0.isUppercase }
            let isKnown = isWord && CheckParser.codes.contains(code)
            return SuggestedCheck(text: isKnown ? "saw \(code)" : ran(giving: "error"))
        }
        if let state = stateCheck(exchange.answeredBy.port) { return state }
        for (probe, old) in before {
            guard let new = value(of: probe), new != old, !new.isEmpty else { continue }
            return SuggestedCheck(text: "\(probe) = \(SuggestedCheck.quoted(new))")
        }
        return SuggestedCheck(text: ran(giving: SuggestedCheck.kind(of: exchange)))
    }

    // MARK: Keys

    private var probes: [String] {
        guard isWrite else { return [] }
        let keys = self.keys.prefix(2).filter { key in
            key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ":_-.{}".contains($0)) }
        }
        return keys.flatMap { key in Self.probes.map { "@owner(\(key)) \($0) \(key)" } }
    }

    private var keys: [String] {
        let words = ["COMMAND", "GETKEYS"] + words
        let reply = try? observer.ask(node, words)
        return (reply?.elements ?? []).compactMap(\.text)
    }

    private func value(of expression: String) -> String? {
        var parser = CheckParser(file: "")
        guard
            let parsed = try? parser.condition("\(expression) = 0", at: 1),
            case .compare(let left, _, _) = parsed,
            let value = try? evaluator.value(left)
        else { return nil }
        switch value.each.first {
        case .number, .text: break
        default: return nil
        }
        let text = value.description
        return text.count <= Self.longestValue ? text : nil
    }

    private var evaluator: CheckEvaluator {
        CheckEvaluator(observer: observer, journal: Journal(currentNode: node))
    }

    // MARK: The cluster

    /// What administration leaves behind.
    private func stateCheck(_ here: Int) -> SuggestedCheck? {
        let words = words
        guard words.count > 1, words[0].uppercased() == "CLUSTER" else { return nil }
        switch (words[1].uppercased(), words.count) {
        case ("SETSLOT", 5) where words[3].uppercased() == "NODE":
            // Of all others the owner is told by gossip, perhaps before anybody tells them.
            guard let owner = port(of: words[4]), owner == here else { return nil }
            return SuggestedCheck(
                text: "@\(here) owner-of-slot(\(words[2])) = \(owner)", mayTakeTime: false)
        case ("SETSLOT", 5):
            return SuggestedCheck(text: "@\(here) open() > 0")
        case ("FAILOVER", _):
            return SuggestedCheck(text: "role(\(here)) = master", mayTakeTime: true)
        case ("REPLICATE", 3):
            guard let master = port(of: words[2]) else { return nil }
            return SuggestedCheck(
                text: "master(\(here)) = \(master)", mayTakeTime: true)
        default: return nil
        }
    }

    /// The port of the node with an id.
    private func port(of id: String) -> Int? {
        let table = try? observer.table(of: node)
        return table?.first { $0.id == id }?.address.port
    }

    // MARK: What was typed

    private var words: [String] { arguments.map { String(decoding: $0, as: UTF8.self) } }

    /// `ran GET user:1 giving value`; of a command that Redis has not, only that it was refused can be said.
    private func ran(giving kind: String) -> String {
        guard KnownCommands.problem(with: [words[0].uppercased()]) == nil else {
            return "saw error"
        }
        return "ran \(SuggestedCheck.shape(of: words)) giving \(kind)"
    }
}

extension String {
    /// Whether it is 40 hexadecimal digits.
    fileprivate var isNodeID: Bool { count == 40 && allSatisfy(\.isHexDigit) }
}
