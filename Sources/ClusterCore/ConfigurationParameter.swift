import Keyspace

/// One parameter of redis.conf as CONFIG knows it (`standardConfig` in config.c).
struct ConfigurationParameter: Sendable {
    let name: String
    let kind: Kind
    let change: Change

    /// What a value looks like, and where it is kept.
    enum Kind: Sendable {
        case boolean(any WritableKeyPath<Configuration, Bool> & Sendable)
        case integer(any WritableKeyPath<Configuration, Int> & Sendable, ClosedRange<Int>)
        /// Bytes, with units: `100mb`.
        case memory(any WritableKeyPath<Configuration, Int> & Sendable, ClosedRange<Int>)
        /// The same without bounds. Redis counts these in 64 bits; what does not fit into 63 is the most there is.
        case unlimitedMemory(any WritableKeyPath<Configuration, Int> & Sendable)
        /// Bytes, or a percentage, which is kept as a negative number.
        case memoryOrPercent(any WritableKeyPath<Configuration, Int> & Sendable)
        case percentiles(any WritableKeyPath<Configuration, [Double]> & Sendable)
        case milliseconds(any WritableKeyPath<Configuration, Duration> & Sendable)
        case text(any WritableKeyPath<Configuration, String> & Sendable)
        case hostname(any WritableKeyPath<Configuration, String> & Sendable)
        /// Words separated by blanks.
        case words(any WritableKeyPath<Configuration, [String]> & Sendable)
        /// Pairs of seconds and changes, in one line: `3600 1 300 100`.
        case savePoints(any WritableKeyPath<Configuration, [Configuration.SavePoint]> & Sendable)
        /// Classes of clients with their limits, in one line.
        case outputLimits(any WritableKeyPath<Configuration, OutputBufferLimits> & Sendable)
        /// The letters of classes of keyspace events.
        case keyspaceEvents(any WritableKeyPath<Configuration, KeyspaceEvents> & Sendable)
        case choice(any WritableKeyPath<Configuration, String> & Sendable, [String])
        /// Some words of several, of which the first one stands for none.
        case choices(any WritableKeyPath<Configuration, String> & Sendable, [String])
        /// What these nodes have no use for and hold all the same, by that name.
        case accepted(Directive.Rule, key: String, initial: String)
        /// What is always so on these nodes.
        case constant(String)
    }

    /// Whether CONFIG SET may change it.
    enum Change: Sendable {
        case allowed
        /// Redis does not either.
        case immutable
        /// Redis does only with enable-protected-configs.
        case protected
        /// Redis does, these nodes do not: only the value that it has is taken.
        case unsupported
    }

    /// Why a value is refused, in Redis' words.
    struct Refusal: Error {
        let reason: String
    }

    init(_ name: String, _ kind: Kind, _ change: Change = .allowed) {
        self.name = name
        self.kind = kind
        self.change = change
    }

    /// The value as CONFIG GET shows it.
    func value(in configuration: Configuration) -> String {
        switch kind {
        case .boolean(let path): configuration[keyPath: path] ? "yes" : "no"
        case .integer(let path, _), .memory(let path, _), .unlimitedMemory(let path):
            String(configuration[keyPath: path])
        case .memoryOrPercent(let path): Self.text(ofMemoryOrPercent: configuration[keyPath: path])
        case .percentiles(let path):
            configuration[keyPath: path].map(\.trimmedText).joined(separator: " ")
        case .milliseconds(let path): String(configuration[keyPath: path].wholeMilliseconds)
        case .text(let path), .hostname(let path), .choice(let path, _), .choices(let path, _):
            configuration[keyPath: path]
        case .words(let path): configuration[keyPath: path].joined(separator: " ")
        case .savePoints(let path):
            configuration[keyPath: path].map { "\($0.seconds) \($0.changes)" }
                .joined(separator: " ")
        case .outputLimits(let path): configuration[keyPath: path].description
        case .keyspaceEvents(let path): configuration[keyPath: path].letters
        case .accepted(_, let key, let initial): configuration.accepted[key] ?? initial
        case .constant(let value): value
        }
    }

    /// Sets the value, whether a client may or not.
    func set(_ value: String, in configuration: inout Configuration) throws(Refusal) {
        switch kind {
        case .boolean(let path):
            guard let isOn = ["yes": true, "no": false][value.lowercased()] else {
                throw Refusal(reason: "argument must be 'yes' or 'no'")
            }
            configuration[keyPath: path] = isOn
        case .integer(let path, let range):
            configuration[keyPath: path] = try Self.integer(value, in: range)
        case .memory(let path, let range):
            configuration[keyPath: path] = try Self.memory(value, in: range)
        case .unlimitedMemory(let path):
            configuration[keyPath: path] = Int(clamping: try Self.memory(value))
        case .memoryOrPercent(let path):
            configuration[keyPath: path] = try Self.memoryOrPercent(value)
        case .percentiles(let path): configuration[keyPath: path] = try Self.percentiles(value)
        case .milliseconds(let path):
            configuration[keyPath: path] = .milliseconds(try Self.integer(value, in: 0...Int.max))
        case .text(let path):
            if let problem = Self.problem(of: name, value) { throw Refusal(reason: problem) }
            configuration[keyPath: path] = value
        case .hostname(let path): configuration[keyPath: path] = try Self.hostname(value)
        case .words(let path):
            configuration[keyPath: path] = value.split(separator: " ").map(String.init)
        case .choice(let path, let choices):
            guard let choice = choices.first(where: { $0 == value.lowercased() }) else {
                throw .noneOf(choices)
            }
            configuration[keyPath: path] = choice
        case .choices(let path, let choices):
            configuration[keyPath: path] = try Self.chosen(value, of: choices)
        case .savePoints(let path): configuration[keyPath: path] = try Self.savePoints(value)
        case .outputLimits(let path): try configuration[keyPath: path].set(value)
        case .keyspaceEvents(let path):
            guard let events = KeyspaceEvents(value) else {
                throw Refusal(reason: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
            }
            configuration[keyPath: path] = events
        case .accepted(let rule, let key, _):
            configuration.accepted[key] = try rule.normalized(value)
        case .constant: break
        }
        if change == .unsupported, self.value(in: configuration) != value {
            throw Refusal(reason: "this node cannot change it")
        }
    }

    /// The parameter's line in redis.conf.
    func line(in configuration: Configuration) -> String {
        switch kind {
        case .text, .hostname, .keyspaceEvents, .accepted(.text, _, _):
            "\(name) \(value(in: configuration).quoted)"
        case .savePoints, .percentiles: "\(name) \(value(in: configuration).orQuotes)"
        case .boolean, .integer, .memory, .unlimitedMemory, .memoryOrPercent, .milliseconds, .words,
            .choice, .choices, .outputLimits, .accepted, .constant:
            "\(name) \(value(in: configuration))"
        }
    }
}

extension Duration {
    /// The duration as CONFIG and INFO show it.
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension ConfigurationParameter.Refusal {
    static func noneOf(_ choices: [String]) -> Self {
        Self(
            reason: "argument(s) must be one of the following: " + choices.joined(separator: ", "))
    }
}

extension String {
    /// The text, or quotes where there is none.
    fileprivate var orQuotes: String { isEmpty ? "\"\"" : self }

    /// The text in double quotes, as redis.conf takes it.
    fileprivate var quoted: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
