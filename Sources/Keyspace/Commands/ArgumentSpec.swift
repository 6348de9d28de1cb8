/// One argument of a command as COMMAND DOCS describes it.
package struct ArgumentSpec: Hashable, Sendable {
    package var name: String
    package var kind: Kind
    /// What the client types before the argument (`EX seconds`), or as the argument (`NX`).
    package var token: String?
    /// The version that brought the argument, where the command itself is older.
    package var since: String?
    package var isOptional = false
    /// Whether the argument may be repeated.
    package var isMultiple = false
    /// Whether the token is repeated with it.
    package var isMultipleToken = false
    /// For a key: the key spec that covers it.
    package var keySpecIndex: Int?
    /// The alternatives of a oneof, the parts of a block.
    package var arguments: [ArgumentSpec] = []

    /// What an argument is, by the names that COMMAND DOCS has for it.
    package enum Kind: String, Sendable, CaseIterable {
        case string, integer, double, key, pattern
        case unixTime = "unix-time"
        case pureToken = "pure-token"
        case oneof, block
    }

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

extension ArgumentSpec {
    /// The argument as redis-cli's help shows it: `[NX|XX]`, `key value [key value ...]`.
    package var helpText: String {
        let body =
            switch kind {
            case .pureToken: ""
            case .oneof: arguments.map(\.helpText).joined(separator: "|")
            case .block: arguments.helpText
            case .string, .integer, .double, .key, .pattern, .unixTime: name
            }
        let opening = [token, body].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
        let text = isMultiple ? "\(opening) [\(isMultipleToken ? opening : body) ...]" : opening
        return isOptional ? "[\(text)]" : text
    }
}

extension [ArgumentSpec] {
    /// The arguments as redis-cli's help shows them after the command's name.
    package var helpText: String { map(\.helpText).joined(separator: " ") }
}
