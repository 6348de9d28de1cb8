extension Directive.Rule {
    /// Refuses a value in Redis' words.
    func check(_ value: String) throws(ConfigurationParameter.Refusal) {
        _ = try normalized(value)
    }

    /// A value as CONFIG shows it, if it is one.
    func normalized(_ value: String) throws(ConfigurationParameter.Refusal) -> String {
        switch self {
        case .boolean: return try Self.boolean(value)
        case .off(let reason):
            guard try Self.boolean(value) == "no" else { throw .init(reason: reason) }
            return "no"
        case .integer(let range):
            return String(try ConfigurationParameter.integer(value, in: range))
        case .clamped(let range):
            let number = try ConfigurationParameter.integer(value, in: 0...Int(Int32.max))
            return String(min(max(number, range.lowerBound), range.upperBound))
        case .memory(let range): return String(try ConfigurationParameter.memory(value, in: range))
        case .choice(let choices):
            guard choices.contains(value.lowercased()) else { throw .noneOf(choices) }
            return value.lowercased()
        case .titleTemplate:
            guard Self.isTemplate(value) else {
                throw .init(reason: "template format is invalid or contains unknown variables")
            }
            return value
        case .scores: return try Self.scores(value)
        case .text, .list: return value
        }
    }

    private static func boolean(_ value: String) throws(ConfigurationParameter.Refusal) -> String {
        guard ["yes", "no"].contains(value.lowercased()) else {
            throw ConfigurationParameter.Refusal(reason: "argument must be 'yes' or 'no'")
        }
        return value.lowercased()
    }

    /// `setConfigOOMScoreAdjValuesOption`.
    private static func scores(_ value: String) throws(ConfigurationParameter.Refusal) -> String {
        let words = value.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3 else { throw .init(reason: "wrong number of arguments") }
        let scores = words.compactMap { $0.isEmpty ? 0 : Int($0) }
        guard scores.count == words.count, scores.allSatisfy({ -2000...2000 ~= $0 }) else {
            throw .init(
                reason: "Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
        }
        return scores.map { "\($0)" }.joined(separator: " ")
    }

    /// Whether something is left of a title when its variables are put in (`validateProcTitleTemplate`). Two braces
    /// are one that is meant.
    private static func isTemplate(_ value: String) -> Bool {
        let variables = [
            "title", "listen-addr", "server-mode", "port", "tls-port", "unixsocket", "config-file",
        ]
        var rest = value[...]
        var title = ""
        while let character = rest.popFirst() {
            guard character == "{" else {
                title.append(character)
                continue
            }
            if rest.first == "{" {
                title.append(rest.removeFirst())
                continue
            }
            guard let end = rest.firstIndex(of: "}"), variables.contains(String(rest[..<end]))
            else { return false }
            // Nodes without a Unix socket, or a file, show nothing there.
            title += ["unixsocket", "config-file"].contains(rest[..<end]) ? "" : "x"
            rest = rest[rest.index(after: end)...]
        }
        return title.contains { !$0.isWhitespace }
    }
}
