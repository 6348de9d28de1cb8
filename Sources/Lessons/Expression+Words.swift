// Values that nobody knows yet, for a reader: what changes them, and how they are called.
extension Expression {
    /// Whether the value may be another one behind lines of that effect.
    func isChanged(by effect: LineEffect) -> Bool {
        switch self {
        case .literal, .has, .answer, .named, .prediction, .here: return false
        case .nodes(let selector): return selector.isByRole && effect == .cluster
        case .command(_, let words):
            let isFixed = words.prefix(2).map { $0.uppercased() } == ["CLUSTER", "KEYSLOT"]
            return !isFixed && effect >= .data
        case .function(_, let function, _):
            switch function {
            case .slot, .number, .id: return false
            case .keys, .together, .spread, .foreign: return effect >= .data
            case .owner, .ownerOfSlot, .epoch, .role, .slots, .master, .replicas, .served, .known,
                .views, .imbalance, .epochs, .open, .copies, .state:
                return effect == .cluster
            }
        case .atStart: return false
        case .aggregate(_, let inner), .pick(let inner, _): return inner.isChanged(by: effect)
        case .writer, .events, .elapsed: return effect == .cluster
        }
    }

    /// `the owner of key3`.
    var words: String {
        switch self {
        case .literal(let text): text
        case .answer: "your answer"
        case .named(let name): "your answer for \(name)"
        case .prediction: "your prediction"
        case .here: "the node of your prompt"
        case .nodes(let selector): selector.words
        case .command(let selector, let words):
            "what \(words.joined(separator: " ")) replies at \(selector.words)"
        case .function(let selector, let function, let argument):
            function.words(argument) + (selector.map { ", as \($0.words) has it" } ?? "")
        case .atStart(let inner): "\(inner.words) at the start"
        case .aggregate(let aggregate, let inner): "\(aggregate.words) \(inner.words)"
        case .pick(let inner, let name):
            (Int(name) == nil ? "\(name) in " : "element \(name) of ") + inner.words
        case .writer(let finding): "what the writer has as \(finding.rawValue)"
        case .events(let pattern): "how often there was '\(pattern.words)'"
        case .elapsed(let from, let to): "the milliseconds from '\(from.words)' to '\(to.words)'"
        case .has(let tool): "whether \(tool) is here"
        }
    }
}

extension Selector {
    /// Whether it depends on who has which role.
    fileprivate var isByRole: Bool {
        switch self {
        case .any, .all, .here, .port: false
        case .masters, .replicas, .owner, .replicasOf, .masterOf: true
        }
    }

    fileprivate var words: String {
        switch self {
        case .any: "any node"
        case .all: "all nodes"
        case .masters: "the masters"
        case .replicas: "the replicas"
        case .here: "the node of your prompt"
        case .port(let port): "\(port)"
        case .owner(let key): "the owner of \(key)"
        case .replicasOf(let port): "the replicas of \(port)"
        case .masterOf(let port): "the master of \(port)"
        }
    }
}

extension Expression.Aggregate {
    fileprivate var words: String {
        switch self {
        case .sum: "the sum of"
        case .min: "the smallest of"
        case .max: "the largest of"
        case .count: "the number of"
        case .distinct: "how many differ of"
        }
    }
}

extension Expression.Function {
    fileprivate func words(_ argument: String) -> String {
        switch self {
        case .slot: "the slot of \(argument)"
        case .owner: "the owner of \(argument)"
        case .ownerOfSlot: "the owner of slot \(argument)"
        case .id: "the id of \(argument)"
        case .epoch: "the config epoch of \(argument)"
        case .role: "the role of \(argument)"
        case .slots: "the number of \(argument)'s slots"
        case .master: "the master of \(argument)"
        case .replicas: "the replicas of \(argument)"
        case .keys: "the number of keys like \(argument)"
        case .together: "the most keys like \(argument) in one slot"
        case .spread: "the number of slots with keys like \(argument)"
        case .served: "the number of slots with an owner"
        case .known: "the number of known nodes"
        case .views: "the number of different views"
        case .imbalance: "the difference between the masters' slots"
        case .epochs: "the number of epochs"
        case .open: "the number of open slots"
        case .copies: "the number of replicas"
        case .foreign: "the number of foreign keys"
        case .number: "the number in \(argument)"
        case .state: "the state of \(argument)"
        }
    }
}

extension EventPattern {
    fileprivate var words: String {
        kind.rawValue + (subject.map { " \($0.words)" } ?? "")
            + (teller.map { " by \($0.words)" } ?? "")
    }
}
