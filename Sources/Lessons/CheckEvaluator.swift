package import Lab
import RESP

/// Decides conditions and computes values, from what every node replies now and what the learner
/// did.
package struct CheckEvaluator {
    let observer: ClusterObserver
    private(set) var journal: Journal
    /// What is taken for the cluster instead of what nodes say now.
    private var fixedTable: [ClusterNode]?
    /// Is told what is waited for, and how long at most, when that takes more than a moment.
    package var onWait: (_ labels: [String], _ limit: Duration) -> Void = { _, _ in }
    /// Live values go through this into sentences: where these are Markdown, no value may be taken for it.
    package var mark: (String) -> String = { $0 }
    static let moment = Duration.seconds(1)

    package init(observer: ClusterObserver, journal: Journal) {
        self.observer = observer
        self.journal = journal
    }

    /// For values of the cluster as it was when the step began; where no node answered then, as it is now.
    var atStart: CheckEvaluator {
        var other = self
        other.fixedTable = journal.begin.table.isEmpty ? nil : journal.begin.table
        return other
    }

    /// What a node, or the first that answers, believes about the cluster.
    func table(of node: NodeAddress? = nil) throws(LabError) -> [ClusterNode] {
        if let fixedTable { return fixedTable }
        return try observer.table(of: node)
    }

    /// Whether the condition holds. What cannot be known does not hold, and neither does its
    /// opposite.
    package func holds(_ condition: Condition) throws(LabError) -> Bool {
        switch condition {
        case .not(let inner): return try !holds(inner)
        case .all(let conditions):
            for inner in conditions where try !holds(inner) { return false }
            return true
        case .any(let conditions):
            for inner in conditions where try holds(inner) { return true }
            return false
        case .saw(let reply): return journal.exchanges.contains { fits($0, reply) }
        case .ran(let deed):
            let places = try deed.place.map { place throws(LabError) in try knownNodes(place) ?? [] }
            return deeds(after: deed.earlier).contains { done in
                fits(done.exchange.arguments, deed.pattern)
                    && places?.contains(done.exchange.answeredBy) ?? true
                    && deed.reply.map { fits(done.exchange, $0) } ?? true
                    && deed.queued.allSatisfy { shape in done.queued.contains { fits($0, shape) } }
            }
        case .typed(let pattern):
            return journal.typed.contains { Self.fits($0, pattern) }
        case .printed(let text): return journal.printed.firstRange(of: text) != nil
        case .clientRan(let deed): return try clientRan(deed)
        case .event(let pattern, let earlier): return try happened(pattern, after: earlier)
        case .near(let left, let right, let tolerance):
            guard let number = try value(left).integer, let wanted = try value(right).integer
            else { return false }
            return tolerance.allows(number, for: wanted)
        case .compare(let left, let comparison, let right):
            let isAnswer = [left, right].contains(.answer) || [left, right].contains(.prediction)
            return Self.compare(
                try value(left), comparison, try value(right), ignoringCase: isAnswer)
        }
    }

    /// The text with its live values.
    package func text(_ template: Template) throws(LabError) -> String {
        var text = ""
        for part in template.parts {
            switch part {
            case .text(let literal): text += literal
            case .value(let expression): text += mark(try value(expression).description)
            }
        }
        return text
    }

    /// The same; nil where one of the values is not known.
    func textWhereKnown(_ template: Template) throws(LabError) -> String? {
        for case .value(let expression) in template.parts {
            if case .missing = try value(expression) { return nil }
        }
        return try text(template)
    }

    // MARK: What the learner did

    /// What came after the first command of that shape; all without one.
    private func deeds(after earlier: [String]?) -> ArraySlice<Journal.Done> {
        let deeds = journal.deeds[...]
        guard let earlier else { return deeds }
        return deeds.drop { !fits($0.exchange.arguments, earlier) }.dropFirst()
    }

    private func fits(_ exchange: Exchange, _ reply: ReplyClass) -> Bool {
        switch reply {
        case .error: exchange.reply.errorCode != nil
        case .null: exchange.reply == .null
        case .value:
            exchange.reply != .null && exchange.reply.errorCode == nil && !exchange.isQueued
        case .queued: exchange.isQueued
        case .redirect: !exchange.redirects.isEmpty
        case .code(let code):
            exchange.reply.errorCode == code || exchange.reply == .simpleString(code)
        case .message(let pattern):
            if case .error(let message) = exchange.reply { Glob(pattern).matches(message) } else { false }
        }
    }

    /// Words in capitals are command words, which Redis reads in any case.
    private func fits(_ arguments: [[UInt8]], _ pattern: [String]) -> Bool {
        Self.fits(arguments.map { String(decoding: $0, as: UTF8.self) }, pattern)
    }

    private static func fits(_ typed: [String], _ pattern: [String]) -> Bool {
        let isOpen = pattern.last == "..."
        let wanted = isOpen ? pattern.dropLast() : pattern[...]
        guard isOpen ? typed.count >= wanted.count : typed.count == wanted.count else {
            return false
        }
        return zip(typed, wanted).allSatisfy { text, word in
            let isCommand = word.allSatisfy { $0.isUppercase || $0 == "-" || $0 == "*" }
            return Glob(word).matches(isCommand ? text.uppercased() : text)
        }
    }

    /// Commands of other clients than the lab since the step began.
    var clientCommands: ArraySlice<ClientWatch.Command> {
        observer.clients.commands(since: journal.begin.clientCommands)
    }

    /// Whether another client than the lab sent such a command.
    private func clientRan(_ deed: Deed) throws(LabError) -> Bool {
        let places = try deed.place.map { place throws(LabError) in try knownNodes(place) ?? [] }
        return clientCommands.contains { command in
            Self.fits(command.words, deed.pattern) && places?.contains(command.node) ?? true
        }
    }

    /// Whether the last line has done one of the things that the condition asks for.
    func isOfLastLine(_ condition: Condition) throws(LabError) -> Bool {
        var evaluator = self
        evaluator.journal = journal.ofLastLine
        for deed in condition.deeds where try evaluator.holds(deed) { return true }
        return false
    }

    // MARK: Comparing

    private static func compare(
        _ left: CheckValue, _ comparison: Condition.Comparison, _ right: CheckValue,
        ignoringCase: Bool
    ) -> Bool {
        if case .missing = left { return false }
        if case .missing = right { return false }
        let values = left.each
        guard !values.isEmpty else { return false }
        return values.allSatisfy { value in
            if case .missing = value { return false }
            switch comparison {
            case .equal: return value.equals(right, ignoringCase: ignoringCase)
            case .different: return !value.equals(right, ignoringCase: ignoringCase)
            case .less: return ordered(value, right) { $0 < $1 }
            case .atMost: return ordered(value, right) { $0 <= $1 }
            case .more: return ordered(value, right) { $0 > $1 }
            case .atLeast: return ordered(value, right) { $0 >= $1 }
            case .matches: return Glob(right.description).matches(value.description)
            case .contains: return contains(value, right.description)
            }
        }
    }

    private static func ordered(
        _ left: CheckValue, _ right: CheckValue, by order: (Int64, Int64) -> Bool
    ) -> Bool {
        guard let number = left.integer, let other = right.integer else { return false }
        return order(number, other)
    }

    private static func contains(_ value: CheckValue, _ part: String) -> Bool {
        if case .list(let values) = value { return values.contains { $0.equals(.text(part)) } }
        return value.description.firstRange(of: part) != nil
    }
}
