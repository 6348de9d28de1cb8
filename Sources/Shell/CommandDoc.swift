import RESP

/// What a server says about one of its commands or subcommands in COMMAND DOCS.
struct CommandDoc {
    /// In capitals; a subcommand's has its command in front: `CLUSTER NODES`.
    var name: String
    var summary = ""
    var since = ""
    var group = ""
    var arguments: [Argument] = []
    var subcommands: [CommandDoc] = []

    struct Argument {
        var name = ""
        var type = ""
        var token: String?
        var isOptional = false
        var isMultiple = false
        /// The token is repeated with every further value.
        var repeatsToken = false
        var arguments: [Argument] = []
    }

    /// Every command of a COMMAND DOCS reply by name, be it RESP2's array or RESP3's map.
    static func commands(in reply: RESPValue) -> [CommandDoc] {
        pairs(of: reply).map { CommandDoc(name: $0.uppercased(), fields: $1) }
            .sorted { $0.name < $1.name }
    }

    private init(name: String, fields: RESPValue) {
        self.name = name
        for (key, value) in Self.pairs(of: fields) {
            switch key {
            case "summary": summary = value.text ?? ""
            case "since": since = value.text ?? ""
            case "group": group = value.text ?? ""
            case "arguments": arguments = (value.elements ?? []).map(Argument.init)
            case "subcommands":
                // Their keys are `cluster|nodes`.
                subcommands = Self.pairs(of: value).map {
                    let word = $0.split(separator: "|").last.map(String.init) ?? $0
                    return CommandDoc(name: "\(name) \(word.uppercased())", fields: $1)
                }.sorted { $0.name < $1.name }
            default: break
            }
        }
    }

    fileprivate static func pairs(of reply: RESPValue) -> [(String, RESPValue)] {
        let elements = reply.elements ?? []
        return stride(from: 0, to: elements.count - 1, by: 2).map {
            (elements[$0].text ?? "", elements[$0 + 1])
        }
    }

    /// `key value [NX|XX] [GET]`, as redis-cli's help and hints have it.
    var syntax: String { arguments.map(\.syntax).joined(separator: " ") }

    /// The tokens that may stand among the arguments.
    var tokens: [String] { arguments.flatMap(\.tokens) }

    /// Whether some argument is the name of a key.
    var takesKey: Bool { arguments.contains(where: \.isKey) }
}

extension CommandDoc.Argument {
    fileprivate init(_ fields: RESPValue) {
        for (key, value) in CommandDoc.pairs(of: fields) {
            switch key {
            case "name": if name.isEmpty { name = value.text ?? "" }
            case "display_text": name = value.text ?? name
            case "type": type = value.text ?? ""
            case "token": token = value.text
            case "flags":
                let flags = (value.elements ?? []).compactMap(\.text)
                isOptional = flags.contains("optional")
                isMultiple = flags.contains("multiple")
                repeatsToken = flags.contains("multiple_token")
            case "arguments": arguments = (value.elements ?? []).map(Self.init)
            default: break
            }
        }
    }

    fileprivate var syntax: String {
        let isPure = type == "pure-token"
        let token = token.map { ($0.isEmpty ? "\"\"" : $0) + (isPure ? "" : " ") } ?? ""
        var text = token + body
        if isMultiple { text += " [\(repeatsToken ? token : "")\(body) ...]" }
        return isOptional ? "[\(text)]" : text
    }

    private var body: String {
        switch type {
        case "oneof": arguments.map(\.syntax).joined(separator: "|")
        case "block": arguments.map(\.syntax).joined(separator: " ")
        case "pure-token": ""
        default: name
        }
    }

    fileprivate var tokens: [String] {
        (token.map { $0.isEmpty ? [] : [$0] } ?? []) + arguments.flatMap(\.tokens)
    }

    fileprivate var isKey: Bool { type == "key" || arguments.contains(where: \.isKey) }
}
