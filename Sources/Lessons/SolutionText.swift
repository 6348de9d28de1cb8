import Lab

/// A solution for somebody who reads it before typing it. What its own lines change is not known yet: such a value is
/// shown in words, `<the owner of key3>`, and not as it is now.
package struct SolutionText {
    private let evaluator: CheckEvaluator
    private var effect = LineEffect.none

    package init(_ evaluator: CheckEvaluator) {
        self.evaluator = evaluator
    }

    /// Prose: words are words of the sentence.
    package func prose(_ template: Template) -> String {
        template.parts.map { part in
            switch part {
            case .text(let text): text
            case .value(let expression):
                known(expression).map(evaluator.mark) ?? expression.words
            }
        }.joined()
    }

    /// The lines of a transcript; what they do counts for what is shown below them.
    package mutating func lines(_ transcript: Transcript) -> [String] {
        var lines = [""]
        for part in transcript.text.parts {
            switch part {
            case .value(let expression):
                lines[lines.count - 1] += known(expression) ?? "<\(expression.words)>"
            case .text(let text):
                for (index, piece) in text.split(separator: "\n", omittingEmptySubsequences: false)
                    .enumerated()
                {
                    if index > 0 {
                        take(lines[lines.count - 1])
                        lines.append("")
                    }
                    lines[lines.count - 1] += piece
                }
            }
        }
        take(lines[lines.count - 1])
        return lines
    }

    private mutating func take(_ line: String) {
        guard let (_, input) = LessonParser.prompted(line) else { return }
        effect = max(effect, LineEffect(of: input))
    }

    /// nil for what is not known now, or will be another value when its line comes.
    private func known(_ expression: Expression) -> String? {
        guard !expression.isChanged(by: effect),
            let value = try? evaluator.value(expression)
        else { return nil }
        if case .missing = value { return nil }
        return value.description
    }
}

/// What a line at the prompt may change.
enum LineEffect: Comparable {
    case none
    /// Keys.
    case data
    /// Who has which slots, who runs, who is whose replica.
    case cluster

    private static let looks: Set = [
        "answer", "predict", "connect", "map", "views", "timeline", "nodes", "peek", "log", "live",
        "why", "help", "doctor", "faults", "status", "check",
    ]
    private static let readingCommands: Set = [
        "GET", "MGET", "STRLEN", "EXISTS", "TTL", "PTTL", "TYPE", "KEYS", "SCAN", "DBSIZE", "INFO",
        "ROLE", "PING", "ECHO", "TIME", "LLEN", "LRANGE", "SCARD", "SMEMBERS", "HGET", "HGETALL",
        "HLEN", "ZCARD", "ZRANGE", "XLEN", "OBJECT", "MEMORY", "COMMAND", "READONLY", "READWRITE",
        "ASKING", "WAIT", "LASTSAVE", "SLOWLOG", "LATENCY",
    ]
    private static let readingSubcommands: Set = [
        "INFO", "NODES", "SLOTS", "SHARDS", "KEYSLOT", "COUNTKEYSINSLOT", "GETKEYSINSLOT", "MYID",
        "LINKS", "REPLICAS", "SLAVES", "COUNT-FAILURE-REPORTS", "HELP", "GET",
    ]
    private static let administration: Set = [
        "CLUSTER", "CONFIG", "DEBUG", "SHUTDOWN", "FAILOVER", "REPLICAOF", "SLAVEOF",
    ]

    init(of line: String) {
        var words = line.split(separator: " ").map(String.init)[...]
        if words.first?.hasPrefix("@") == true || words.first.map({ Int($0) != nil }) == true {
            words = words.dropFirst()
        }
        guard let first = words.first, !Self.looks.contains(first), words != ["writer", "report"]
        else {
            self = .none
            return
        }
        self = first == "redis-cli" ? Self.ofClient(words.dropFirst()) : Self.ofCommand(words)
    }

    /// Behind `redis-cli`: options that only move the prompt, a verb, or a command.
    private static func ofClient(_ words: ArraySlice<String>) -> LineEffect {
        if let verb = words.firstIndex(of: "--cluster") {
            let name = words[(verb + 1)...].first ?? ""
            return ["check", "info", "help"].contains(name) ? .none : .cluster
        }
        let command = words.drop { word in
            word.hasPrefix("-") || Int(word) != nil || word.contains(".")
        }
        return command.isEmpty ? .none : ofCommand(command)
    }

    private static func ofCommand(_ words: ArraySlice<String>) -> LineEffect {
        let name = words.first ?? ""
        // Words of the lab and programs are in small letters.
        guard name.allSatisfy({ $0.isUppercase || $0 == "_" }) else { return .cluster }
        if administration.contains(name) {
            return readingSubcommands.contains(words.dropFirst().first?.uppercased() ?? "")
                ? .none : .cluster
        }
        return readingCommands.contains(name) ? .none : .data
    }
}
