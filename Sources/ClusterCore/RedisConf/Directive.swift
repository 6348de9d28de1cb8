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
        /// Any number from 0 on; the nearest one of these holds.
        case clamped(ClosedRange<Int>)
        /// What cannot be turned on, with the reason.
        case off(String)
        /// How the process is to be named.
        case titleTemplate
        /// Three scores for the system when it runs out of memory.
        case scores
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
        switch rule {
        case .list, .scores: true
        case .boolean, .integer, .memory, .choice, .clamped, .off, .titleTemplate, .text: false
        }
    }

    /// The directive of that name, which is in lower case.
    static func named(_ name: String) -> Directive? {
        all.first { $0.name == name }
    }
}
