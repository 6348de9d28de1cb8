/// A line that the lab types at its prompt, as far as it can be judged without a cluster.
struct PromptLine {
    private let words: [String]
    private let nodes: [Int]
    private let mayRunPrograms: Bool

    /// Words of the prompt that do something to the cluster or its time.
    static let words = [
        "stop", "crash", "boot", "freeze", "thaw", "partition", "lag", "drop", "heal", "speed",
        "pause", "advance", "until", "writer", "reader", "undo", "rewind", "keep", "load",
    ]
    /// What else is typed there: it moves the prompt, shows something, or runs in the lab itself.
    private static let others = [
        "connect", "redis-cli", "nodes", "map", "views", "timeline", "peek", "log", "why", "faults",
    ]
    private static let forNodes: Set = ["stop", "crash", "boot", "freeze", "thaw"]
    /// What `until` waits for.
    private static let awaited = ["ok", "down", "synced", "fail", "pfail", "master", "replica"]

    /// - Parameter nodes: the ports there are; empty where that is not known.
    init(_ text: String, nodes: [Int], mayRunPrograms: Bool) {
        words = text.split(separator: " ").map(String.init)
        self.nodes = nodes
        self.mayRunPrograms = mayRunPrograms
    }

    /// What cannot be typed so; nil where nothing is known against it.
    var problem: String? {
        guard let first = words.first, !first.hasPrefix("@"), !first.contains("${") else {
            return nil
        }
        let known = Self.words + Self.others
        guard known.contains(first.lowercased()) else { return unknown(first, known) }
        switch first.lowercased() {
        case let word where Self.forNodes.contains(word):
            return nodeProblem(word, words.dropFirst())
        case "until": return untilProblem
        case "connect": return nodeProblem("connect", words.dropFirst())
        default: return nil
        }
    }

    private func unknown(_ first: String, _ known: [String]) -> String? {
        let meant = Nearest.match(to: first, among: known)
        if first.allSatisfy({ $0.isUppercase || $0 == "_" }) {
            return "'\(first)' is a command of Redis: say where, as in redis-cli -p 7000 \(first) …"
        }
        // Any word may be a program; one that is a word of the lab but for a letter hardly is.
        guard !mayRunPrograms || (meant.map { Self.isSlip(first, of: $0) } ?? false) else {
            return nil
        }
        return "'\(first)' is no word of the lab" + Nearest.advice(for: first, among: known)
    }

    /// Whether the words have the same length, or one letter more or less, and begin alike.
    private static func isSlip(_ word: String, of known: String) -> Bool {
        word.first == known.first && abs(word.count - known.count) <= 1 && word.count > 3
    }

    private func nodeProblem(_ word: String, _ named: ArraySlice<String>) -> String? {
        guard !named.isEmpty else { return "'\(word)' wants a node, such as \(word) 7000" }
        guard let first = nodes.first, let last = nodes.last else { return nil }
        for name in named where !name.contains("${") && name.lowercased() != "all" {
            guard let port = name.split(separator: ":").last.flatMap({ Int($0) }) else {
                return "'\(name)' is no node: write its port, such as \(word) \(first)"
            }
            guard nodes.contains(port) else {
                return "'\(word) \(port)': the cluster has no such node, only \(first) to \(last)"
            }
        }
        return nil
    }

    private var untilProblem: String? {
        let condition = words.dropFirst().prefix { $0 != "within" }.joined()
        let name = condition.prefix { $0 != "(" }.lowercased()
        guard Self.awaited.contains(name) else {
            return "'until' knows no '\(name)'" + Nearest.advice(for: name, among: Self.awaited)
        }
        let argument = condition.dropFirst(name.count)
        let wantsNode = ["fail", "pfail", "master", "replica"].contains(name)
        guard wantsNode else {
            return argument.isEmpty ? nil : "nothing stands behind 'until \(name)' but within"
        }
        guard argument.hasPrefix("("), argument.hasSuffix(")") else {
            return "'until \(name)' wants a node in brackets: until \(name)(7000)"
        }
        return nodeProblem("until \(name)", [String(argument.dropFirst().dropLast())])
    }
}
