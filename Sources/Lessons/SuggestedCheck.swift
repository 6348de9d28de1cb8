package import Lab
import RESP

/// A condition that a line has brought about, as a check would have it.
package struct SuggestedCheck: Sendable, Hashable {
    package var text: String
    /// It comes true at gossip's pace.
    package var mayTakeTime = false
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
            return SuggestedCheck(text: isWord ? "saw \(code)" : ran(giving: "error"))
        }
        if let state = stateCheck(exchange.answeredBy.port) { return state }
        for (probe, old) in before {
            guard let new = value(of: probe), new != old, !new.isEmpty else { continue }
            return SuggestedCheck(text: "\(probe) = \(Self.quoted(new))")
        }
        let kind =
            exchange.redirects.isEmpty ? (exchange.reply == .null ? "nil" : "value") : "redirect"
        return SuggestedCheck(text: ran(giving: kind))
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

    /// `ran GET user:1 giving value`; the words of commands in capitals, which fit in any case.
    private func ran(giving kind: String) -> String {
        // Ids of nodes are others in another cluster.
        var words = words.map { $0.isNodeID ? "*" : Self.quoted($0) }
        words[0] = words[0].uppercased()
        return "ran \(words.joined(separator: " ")) giving \(kind)"
    }

    /// A word that is nothing of the check language.
    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || ":_-.{}/*,".contains($0))
            }
        let isKeyword = ["and", "or", "at", "giving", "after", "answer", "here", "prediction"]
            .contains(word)
        if isPlain, !isKeyword { return word }
        return "\""
            + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n").replacing("\r", with: "\\r").replacing("\t", with: "\\t")
            + "\""
    }
}

extension String {
    /// Whether it is 40 hexadecimal digits.
    fileprivate var isNodeID: Bool { count == 40 && allSatisfy(\.isHexDigit) }
}
