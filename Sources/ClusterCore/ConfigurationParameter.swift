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
        case .integer(let path, _), .memory(let path, _): String(configuration[keyPath: path])
        case .milliseconds(let path): String(configuration[keyPath: path].wholeMilliseconds)
        case .text(let path), .hostname(let path), .choice(let path, _):
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
                throw Refusal(
                    reason: "argument(s) must be one of the following: "
                        + choices.joined(separator: ", "))
            }
            configuration[keyPath: path] = choice
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
        case .savePoints(let path) where configuration[keyPath: path].isEmpty: "\(name) \"\""
        case .boolean, .integer, .memory, .milliseconds, .words, .choice, .savePoints,
            .outputLimits, .accepted, .constant:
            "\(name) \(value(in: configuration))"
        }
    }

    /// `setConfigSaveOption`.
    private static func savePoints(
        _ value: String
    ) throws(Refusal) -> [Configuration.SavePoint] {
        let words = value.split(separator: " ")
        let numbers = words.compactMap { Int($0) }
        guard numbers.count == words.count, numbers.count % 2 == 0 else {
            throw Refusal(reason: "Invalid save parameters")
        }
        return try stride(from: 0, to: numbers.count, by: 2).map { index throws(Refusal) in
            guard numbers[index] >= 1, numbers[index + 1] >= 0 else {
                throw Refusal(reason: "Invalid save parameters")
            }
            return Configuration.SavePoint(seconds: numbers[index], changes: numbers[index + 1])
        }
    }

    /// A name that fits into packets and lines (`isValidAnnouncedHostname`).
    private static func hostname(_ value: String) throws(Refusal) -> String {
        guard value.utf8.count < 256 else {
            throw Refusal(reason: "Hostnames must be less than 256 characters")
        }
        let isPlain = value.utf8.allSatisfy { byte in
            let character = Character(UnicodeScalar(byte))
            return character.isASCII && (character.isLetter || character.isNumber)
                || character == "-" || character == "."
        }
        guard isPlain else {
            throw Refusal(
                reason: "Hostnames may only contain alphanumeric characters, hyphens or dots")
        }
        return value
    }

    /// What is wrong with the text of a parameter that does not take every text.
    private static func problem(of name: String, _ value: String) -> String? {
        let isPath = value.contains("/")
        switch name {
        case "cluster-announce-hostname":
            if value.utf8.count >= 256 { return "Hostnames must be less than 256 characters" }
            let isHostname = value.utf8.allSatisfy {
                $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20
            }
            return isHostname
                ? nil : "Hostnames may only contain alphanumeric characters, hyphens or dots"
        case "dbfilename": return isPath ? "dbfilename can't be a path, just a filename" : nil
        case "appendfilename", "appenddirname":
            if value.isEmpty { return "\(name) can't be empty" }
            let kind = name == "appendfilename" ? "filename" : "dirname"
            return isPath ? "\(name) can't be a path, just a \(kind)" : nil
        default: return nil
        }
    }

    // MARK: - Numbers

    /// A whole number within bounds.
    static func integer(_ value: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = Int(value), String(number) == value else {
            throw Refusal(reason: "argument couldn't be parsed into an integer")
        }
        return try check(number, in: range)
    }

    /// Bytes, with units, within bounds.
    static func memory(_ value: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let bytes = bytes(value) else {
            throw Refusal(reason: "argument must be a memory value")
        }
        return try check(bytes, in: range)
    }

    private static func check(_ number: Int, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard range.contains(number) else {
            throw Refusal(
                reason:
                    "argument must be between \(range.lowerBound) and \(range.upperBound) inclusive"
            )
        }
        return number
    }

    /// A number with a unit (`memtoull` in util.c): `k` is 1000, `kb` 1024.
    private static func bytes(_ value: String) -> Int? {
        let digits = value.prefix { $0.isASCII && $0.isNumber }
        let units = [
            "": 1, "b": 1, "k": 1000, "kb": 1 << 10, "m": 1_000_000, "mb": 1 << 20,
            "g": 1_000_000_000, "gb": 1 << 30,
        ]
        guard let number = Int(digits), let unit = units[value.dropFirst(digits.count).lowercased()]
        else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : bytes
    }
}

extension Duration {
    /// The duration as CONFIG and INFO show it.
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension String {
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
