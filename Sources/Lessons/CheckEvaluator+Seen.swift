package import Lab
import RESP

// What is so now, for `now: …` behind a requirement that does not hold.
extension CheckEvaluator {
    /// No more than the last of what was typed or happened is told.
    private static let seenLimit = 3
    /// A longer line is cut.
    private static let lineLimit = 40

    /// The value on the live side of a condition, or what was seen instead of what it asks for; nil where there is
    /// nothing to show.
    package func liveValue(of condition: Condition) throws(LabError) -> String? {
        switch condition {
        // What the machine has is nothing that a learner brings about.
        case .compare(.has, _, _): return nil
        case .compare(let left, _, _), .near(let left, _, _): return try value(left).description
        case .all(let conditions):
            for inner in conditions where try !holds(inner) { return try liveValue(of: inner) }
            return nil
        case .any(let conditions):
            for inner in conditions { if let value = try liveValue(of: inner) { return value } }
            return nil
        case .not(let inner): return try liveValue(of: inner)
        case .ran(let deed): return seen(like: deed)
        case .saw: return Self.list(Self.distinct(journal.exchanges.map(\.replyKind)))
        case .typed(let words): return seen(like: words)
        case .clientRan: return seenOfClients
        case .event(let pattern, _): return seen(like: pattern)
        case .printed: return nil
        }
    }

    /// The last commands with the same name, each with its place and reply. Which one is wanted is not told.
    private func seen(like deed: Deed) -> String? {
        let name = deed.pattern.first ?? ""
        let alike = journal.exchanges.filter { $0.words.first?.uppercased() == name.uppercased() }
        return Self.list(
            Self.distinct(
                alike.map { exchange in
                    "\(Self.cut(exchange.words)) at \(exchange.answeredBy.port): \(exchange.replyKind)"
                }))
    }

    private func seen(like words: [String]) -> String? {
        let alike = journal.typed.filter { $0.first == words.first }
        return Self.list(alike.map(Self.cut)).map { "you typed \($0)" }
    }

    private var seenOfClients: String? {
        let commands = clientCommands.map { "\(Self.cut($0.words)) at \($0.node.port)" }
        return Self.list(Self.distinct(commands)) ?? "no command of another client"
    }

    /// The events of the same kind; that it has not come.
    private func seen(like pattern: EventPattern) -> String? {
        guard observer.cluster.events != nil else { return "these nodes tell no events" }
        let alike = toldEvents.filter { $0.kind == pattern.kind }
        return Self.list(Self.distinct(alike.map(\.text))) ?? pattern.kind.lackText
    }

    private static func distinct(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func list(_ texts: [String]) -> String? {
        texts.isEmpty ? nil : texts.suffix(seenLimit).joined(separator: "; ")
    }

    private static func cut(_ words: [String]) -> String {
        let line = words.joined(separator: " ")
        return line.count > lineLimit ? line.prefix(lineLimit - 1) + "…" : line
    }
}

extension EventKind {
    /// What has not come to pass, for a reader.
    fileprivate var lackText: String {
        switch self {
        case .suspected: "nobody is suspected yet"
        case .unsuspected, .recovered: "nobody is back yet"
        case .failed: "nobody is marked as failed yet"
        case .down: "the cluster was not down yet"
        case .ok: "the cluster has not come back yet"
        case .standing: "nobody has stood for election yet"
        case .voted, .refused: "nobody has voted yet"
        case .promoted: "nobody was promoted yet"
        case .demoted: "no master has become a replica yet"
        case .stuck: "no replica has given a reason yet"
        case .manual: "no failover was asked for yet"
        case .abandoned: "none was given up yet"
        case .joined: "nobody has joined yet"
        case .forgotten: "nobody was forgotten yet"
        case .migrating: "no replica has moved yet"
        case .moved: "no slot has moved yet"
        case .collided: "no two epochs have met yet"
        case .started: "no node was started yet"
        case .ended: "no node has ended yet"
        case .crashed: "no node has crashed yet"
        case .frozen: "no node was frozen yet"
        case .thawed: "no node was thawed yet"
        case .parted: "nothing was cut off yet"
        case .healed: "the network was not healed yet"
        }
    }
}

extension Exchange {
    /// What was typed.
    var words: [String] { arguments.map { String(decoding: $0, as: UTF8.self) } }

    /// A transaction has taken it in.
    var isQueued: Bool { reply == .simpleString("QUEUED") }

    /// The reply's kind, in the words of `giving`.
    fileprivate var replyKind: String {
        if let code = reply.errorCode { return code }
        if isQueued { return "queued" }
        if reply == .null { return "nil" }
        return redirects.isEmpty ? "answered" : "redirected"
    }
}
