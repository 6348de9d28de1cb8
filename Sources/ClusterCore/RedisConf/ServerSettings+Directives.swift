import Keyspace
import RESP

extension ServerSettings {
    /// Takes one directive with its values.
    mutating func apply(_ name: String, _ values: [String]) throws(RedisConf.Problem) {
        if Directive.deprecated.contains(name), values.count == 1 { return }
        if name == "user", !values.isEmpty { return try define(values) }
        if let directive = Directive.named(name) {
            let values = try Self.checked(values, isList: directive.isList)
            return try apply(directive, values)
        }
        if let parameter = ConfigurationParameter.named(name) {
            let values = try Self.checked(values, isList: parameter.isList)
            do throws(ConfigurationParameter.Refusal) {
                try parameter.set(values.joined(separator: " "), in: &configuration)
            } catch {
                throw .reason(error.reason)
            }
            return
        }
        throw .reason(Self.refusal(of: name, values))
    }

    /// Several values may stand in one argument: `--save "900 1"`.
    private static func checked(
        _ values: [String], isList: Bool
    ) throws(RedisConf.Problem) -> [String] {
        guard isList else {
            if values.count != 1 { throw .reason("wrong number of arguments") }
            return values
        }
        guard values.count == 1, !values[0].isEmpty else { return values }
        return (splitArguments(values[0].utf8) ?? []).map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func apply(
        _ directive: Directive, _ values: [String]
    ) throws(RedisConf.Problem) {
        let value = values.joined(separator: " ")
        do throws(ConfigurationParameter.Refusal) {
            try directive.rule.check(value)
        } catch {
            throw .reason(error.reason)
        }
        switch directive.effect {
        case .none:
            if !ignored.contains(directive.name) { ignored.append(directive.name) }
            try accept(directive.name, value)
        case .refused(let accepted, let reason):
            if !accepted.contains(value.lowercased()) { throw .reason(reason) }
        case .daemonize: configuration.isDaemon = value.lowercased() == "yes"
        case .logFile: configuration.logFile = value
        case .pidFile: configuration.pidFile = value
        case .logLevel: configuration.logLevel = value.lowercased()
        case .bind:
            if values.count > 16 { throw .reason("Too many bind addresses specified.") }
            configuration.bind = values.filter { !$0.isEmpty }
            hasBind = true
        case .save: try addSavePoints(values)
        case .replicaOf: try follow(values)
        }
    }

    /// Holds what the node has no use for, where CONFIG shows it.
    private mutating func accept(_ name: String, _ value: String) throws(RedisConf.Problem) {
        guard let parameter = ConfigurationParameter.named(name),
            case .accepted = parameter.kind
        else { return }
        do throws(ConfigurationParameter.Refusal) {
            try parameter.set(value, in: &configuration)
        } catch {
            throw .reason(error.reason)
        }
    }

    /// `setConfigSaveOption`.
    private mutating func addSavePoints(_ values: [String]) throws(RedisConf.Problem) {
        if values == [""] {
            configuration.savePoints = []
            hasSavePoints = true
            return
        }
        let numbers = values.compactMap { Int($0) }
        guard numbers.count == values.count, numbers.count % 2 == 0,
            numbers.indices.allSatisfy({ numbers[$0] >= ($0 % 2 == 0 ? 1 : 0) })
        else { throw .reason("Invalid save parameters") }
        if !hasSavePoints { configuration.savePoints = [] }
        hasSavePoints = true
        for index in stride(from: 0, to: numbers.count, by: 2) {
            configuration.savePoints.append(
                Configuration.SavePoint(seconds: numbers[index], changes: numbers[index + 1]))
        }
    }

    /// `setConfigReplicaOfOption`.
    private mutating func follow(_ values: [String]) throws(RedisConf.Problem) {
        guard values.count == 2 else { throw .reason("wrong number of arguments") }
        master = nil
        if values.map({ $0.lowercased() }) == ["no", "one"] { return }
        guard let port = Int(values[1]), (0...65535).contains(port) else {
            throw .reason("Invalid master port")
        }
        master = Master(host: values[0], port: port)
    }

    /// A user, whose rules have to be right (`ACLAppendUserForLoading`).
    private mutating func define(_ words: [String]) throws(RedisConf.Problem) {
        let arguments = ["user"] + words
        guard !configuration.users.contains(where: { $0.first == words[0] }) else {
            throw .reason(Self.refusal(of: words[0], RuleError.duplicateUser))
        }
        guard !CommandSelector.hasBlanks(Array(words[0].utf8)[...]) else {
            throw .reason("Spaces not allowed in ACL usernames")
        }
        var user = User(ByteString(words[0]), startsWithAllChannels: false)
        let rules: [[UInt8]]
        do throws(ReplyError) {
            rules = try User.merged(words.dropFirst().map { Array($0.utf8) })
        } catch {
            throw .reason(error.message)
        }
        for (index, rule) in rules.enumerated() {
            do throws(RuleError) {
                try user.apply(rule)
            } catch {
                // Redis counts rules here, and shows the word at that place of the line.
                throw .reason(Self.refusal(of: arguments[index], error))
            }
        }
        configuration.users.append(words)
    }

    private static func refusal(of word: String, _ error: RuleError) -> String {
        "Error in user declaration '\(word)': \(error.reason)"
    }

    /// What is told of a directive that no table knows.
    private static func refusal(of name: String, _ values: [String]) -> String {
        switch (name, values.count) {
        case ("rename-command", 2): "this server cannot rename commands"
        case ("loadmodule", 1...): "this server loads no modules"
        case ("sentinel", 1...): "sentinel directive while not in sentinel mode"
        case (let name, 0) where name.contains("."): "Module config specified without value"
        default: "Bad directive or wrong number of arguments"
        }
    }
}

extension ConfigurationParameter {
    /// Whether the directive may have several values.
    fileprivate var isList: Bool {
        switch kind {
        case .words, .outputLimits, .percentiles, .choices: true
        default: false
        }
    }
}
