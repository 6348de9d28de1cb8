package import RESP

/// What a server says about one of its commands or subcommands in COMMAND DOCS.
package struct CommandDoc: Sendable {
    /// In capitals; a subcommand's has its command in front: `CLUSTER NODES`.
    package private(set) var name: String
    package private(set) var summary = ""
    package private(set) var since: String?
    package private(set) var group = ""
    package private(set) var subcommands: [CommandDoc] = []
    private var arguments: [CommandArgument] = []

    /// Every command of a COMMAND DOCS reply by name, be it RESP2's array or RESP3's map.
    package static func commands(in reply: RESPValue) -> [CommandDoc] {
        pairs(of: reply).map { CommandDoc(name: $0.uppercased(), fields: $1) }
            .sorted(by: precedes)
    }

    private static func precedes(_ one: CommandDoc, _ other: CommandDoc) -> Bool {
        one.name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }

    private init(name: String, fields: RESPValue) {
        self.name = name
        for (key, value) in Self.pairs(of: fields) {
            switch key {
            case "summary": summary = value.text ?? ""
            case "since": since = value.text
            case "group": group = value.text ?? ""
            case "arguments": arguments = (value.elements ?? []).map(CommandArgument.init)
            case "subcommands":
                // Their keys are `cluster|nodes`.
                subcommands = Self.pairs(of: value).map {
                    let word = $0.split(separator: "|").last.map(String.init) ?? $0
                    return CommandDoc(name: "\(name) \(word.uppercased())", fields: $1)
                }.sorted(by: Self.precedes)
            default: break
            }
        }
    }

    static func pairs(of reply: RESPValue) -> [(String, RESPValue)] {
        let elements = reply.elements ?? []
        return stride(from: 0, to: elements.count - 1, by: 2).map {
            (elements[$0].text ?? "", elements[$0 + 1])
        }
    }

    /// `key value [NX|XX] [GET]`, as redis-cli's help and hints have it.
    package var syntax: String { arguments.map(\.syntax).joined(separator: " ") }

    /// The words of its name.
    var words: [Substring] { name.split(separator: " ") }

    /// The tokens that may stand among the arguments.
    package var tokens: [String] { arguments.flatMap(\.tokens) }

    /// Whether some argument is the name of a key.
    package var takesKey: Bool { arguments.contains(where: \.isKey) }
}
