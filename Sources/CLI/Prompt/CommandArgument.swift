import RESP

/// An argument as COMMAND DOCS describes it (`cliAddArgument`).
struct CommandArgument: Sendable {
    private var name = ""
    private var type = ""
    private var token = ""
    private var flags: Set<String> = []
    private var arguments: [CommandArgument] = []

    init(_ fields: RESPValue) {
        for (key, value) in CommandDoc.pairs(of: fields) {
            switch key {
            case "name": name = Self.orQuotes(value.text)
            case "type": type = value.text ?? ""
            case "token": token = Self.orQuotes(value.text)
            case "flags": flags = Set((value.elements ?? []).compactMap(\.text))
            case "arguments": arguments = (value.elements ?? []).map(CommandArgument.init)
            default: break
            }
        }
    }

    /// As redis-cli's help and hints have it: `key`, `[NX|XX]`, `[EX seconds]`.
    var syntax: String {
        let introduction = token.isEmpty || type == "pure-token" ? token : token + " "
        var text = introduction + value
        if flags.contains("multiple") {
            text += " [" + (flags.contains("multiple_token") ? introduction : "") + value + " ...]"
        }
        return flags.contains("optional") ? "[\(text)]" : text
    }

    /// The tokens that may stand there.
    var tokens: [String] {
        (token.isEmpty || token == "\"\"" ? [] : [token]) + arguments.flatMap(\.tokens)
    }

    /// Whether it is the name of a key, or has one in it.
    var isKey: Bool { type == "key" || arguments.contains(where: \.isKey) }

    private var value: String {
        switch type {
        case "oneof": arguments.map(\.syntax).joined(separator: "|")
        case "block": arguments.map(\.syntax).joined(separator: " ")
        case "pure-token": ""
        default: name
        }
    }

    private static func orQuotes(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "\"\"" }
        return text
    }
}
