/// The options of one docker command, taken off its arguments as docker takes them: `-dp 7000:6379`, `--name=a`.
struct DockerOptions {
    /// What was given, by long name, in its order.
    private(set) var values: [(name: String, value: String)] = []
    /// What follows the options.
    private(set) var rest: [String] = []

    /// The options that a command has, by short and long name; those with a value are marked.
    struct Grammar {
        let command: String
        /// Long names; a short one stands in front: `d|detach`.
        let flags: [String]
        let valued: [String]
        /// Long names of those that docker has, and the lab's docker does without.
        var missing = ""
        /// Whether options end at the first word, because what follows has options of its own.
        var stopsAtWord = false
    }

    init(_ arguments: [String], _ grammar: Grammar) throws(DockerFailure) {
        var arguments = arguments[...]
        while let argument = arguments.popFirst() {
            if argument == "--" {
                rest += arguments
                break
            }
            guard argument.hasPrefix("-"), argument.count > 1 else {
                rest.append(argument)
                guard grammar.stopsAtWord else { continue }
                rest += arguments
                break
            }
            if argument.hasPrefix("--") {
                try takeLong(String(argument.dropFirst(2)), &arguments, grammar)
            } else {
                try takeShort(Array(argument.dropFirst()), &arguments, grammar)
            }
        }
        try DockerUsage.check(rest.count, of: grammar.command)
    }

    /// The value of an option that is a number; docker's words, which are those of its parser, where it is none.
    func number(_ name: String, shown: String, of command: String) throws(DockerFailure) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text) else {
            throw .usage(
                "invalid argument \"\(text)\" for \"\(shown)\" flag: strconv.ParseInt: parsing "
                    + "\"\(text)\": invalid syntax", of: command)
        }
        return number
    }

    /// Whether a flag is on.
    func has(_ name: String) -> Bool {
        values.last { $0.name == name }.map { $0.value != "false" } ?? false
    }

    /// The last value of an option.
    func value(_ name: String) -> String? { values.last { $0.name == name }?.value }

    /// All values of an option that may be given several times.
    func all(_ name: String) -> [String] { values.filter { $0.name == name }.map(\.value) }

    private mutating func takeLong(
        _ text: String, _ arguments: inout ArraySlice<String>, _ grammar: Grammar
    ) throws(DockerFailure) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        let name = parts[0]
        if let found = Self.find(name, in: grammar.flags) {
            values.append((found, parts.count > 1 ? parts[1] : "true"))
        } else if let found = Self.find(name, in: grammar.valued) {
            guard let value = parts.count > 1 ? parts[1] : arguments.popFirst() else {
                throw Self.refusal("flag needs an argument: --\(name)", grammar)
            }
            values.append((found, value))
        } else if grammar.missing.split(separator: " ").contains(where: { $0 == name }) {
            throw .missing("\(grammar.command) --\(name)")
        } else {
            throw Self.refusal("unknown flag: --\(name)", grammar)
        }
    }

    private mutating func takeShort(
        _ letters: [Character], _ arguments: inout ArraySlice<String>, _ grammar: Grammar
    ) throws(DockerFailure) {
        for (index, letter) in letters.enumerated() {
            if let name = Self.find("\(letter)", in: grammar.flags) {
                values.append((name, "true"))
                continue
            }
            guard let name = Self.find("\(letter)", in: grammar.valued) else {
                throw Self.refusal(
                    "unknown shorthand flag: '\(letter)' in -\(String(letters))", grammar)
            }
            let attached = String(letters[(index + 1)...])
            guard let value = attached.isEmpty ? arguments.popFirst() : attached else {
                throw Self.refusal(
                    "flag needs an argument: '\(letter)' in -\(String(letters))", grammar)
            }
            values.append((name, value.hasPrefix("=") ? String(value.dropFirst()) : value))
            return
        }
    }

    /// The long name of an option.
    private static func find(_ name: String, in list: [String]) -> String? {
        list.first { $0.split(separator: "|").contains { $0 == name } }?
            .split(separator: "|").last.map(String.init)
    }

    private static func refusal(_ reason: String, _ grammar: Grammar) -> DockerFailure {
        .usage(reason, of: grammar.command)
    }
}
