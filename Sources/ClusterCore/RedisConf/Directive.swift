/// A directive of redis.conf that is not a parameter of the node: one of the process, one that only tunes what these
/// nodes do in another way, or one that would change what they promise.
struct Directive: Sendable {
    let name: String
    let rule: Rule
    let effect: Effect

    /// What its value looks like.
    enum Rule: Sendable {
        case boolean
        case integer(ClosedRange<Int>)
        case memory(ClosedRange<Int>)
        case choice([String])
        case text
        /// Any number of values.
        case list
    }

    /// What it does.
    enum Effect: Sendable {
        /// Nothing: it is accepted, and the log says so.
        case none
        /// These values, in lower case, say what is so anyway. For others the server does not start.
        case refused(accepting: [String], String)
        case daemonize, logFile, pidFile, logLevel, bind, save, replicaOf
    }

    init(_ name: String, _ rule: Rule, _ effect: Effect = .none) {
        self.name = name
        self.rule = rule
        self.effect = effect
    }

    var isList: Bool {
        if case .list = rule { true } else { false }
    }

    /// The directive of that name, which is in lower case.
    static func named(_ name: String) -> Directive? {
        all.first { $0.name == name }
    }
}

extension Directive.Rule {
    /// Refuses a value in Redis' words.
    func check(_ value: String) throws(ConfigurationParameter.Refusal) {
        switch self {
        case .boolean:
            guard ["yes", "no"].contains(value.lowercased()) else {
                throw ConfigurationParameter.Refusal(reason: "argument must be 'yes' or 'no'")
            }
        case .integer(let range): _ = try ConfigurationParameter.integer(value, in: range)
        case .memory(let range): _ = try ConfigurationParameter.memory(value, in: range)
        case .choice(let choices):
            guard choices.contains(value.lowercased()) else {
                throw ConfigurationParameter.Refusal(
                    reason: "argument(s) must be one of the following: "
                        + choices.joined(separator: ", "))
            }
        case .text, .list: break
        }
    }
}
