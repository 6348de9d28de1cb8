package import Lab
import RESP

extension CheckEvaluator {
    /// What an expression comes to now. A node that does not answer makes a missing value, not an
    /// error.
    package func value(_ expression: Expression) throws(LabError) -> CheckValue {
        if journal.answer == nil, expression.dependsOnAnswer { return .missing("no answer yet") }
        guard expression.answerNames.allSatisfy({ journal.answers[$0] != nil }) else {
            return .missing("no answer yet")
        }
        switch expression {
        case .literal(let text):
            let text = filled(text)
            return Int64(text).map(CheckValue.number) ?? .text(text)
        case .answer: return journal.answer.map { .text($0) } ?? .missing("no answer yet")
        case .named(let name):
            return journal.answers[name].map { .text($0) } ?? .missing("no answer yet")
        case .prediction: return journal.prediction.map { .text($0) } ?? .missing("no prediction")
        case .here: return try described(journal.currentNode)
        case .nodes(let selector):
            guard let nodes = try knownNodes(selector) else { return .missing("no node answers") }
            return .list(try nodes.map { node throws(LabError) in try described(node) })
        case .command(let selector, let words):
            return try each(selector) { node throws(LabError) in
                CheckValue(try observer.ask(node, words.map(filled)))
            }
        case .function(let selector, let function, let argument):
            if selector == nil, function.countsKeys {
                return try count(function, ofKeys: filled(argument))
            }
            if function == .state { return state(of: filled(argument)) }
            return try each(selector ?? .any) { node throws(LabError) in
                try self.function(function, filled(argument), asking: node)
            }
        case .aggregate(let aggregate, let inner):
            return Self.aggregate(aggregate, try value(inner))
        case .pick(let inner, let name): return Self.pick(name, from: try value(inner))
        case .atStart(let inner): return try atStart.value(inner)
        case .writer(let finding): return try value(of: finding)
        case .events(let pattern): return try count(pattern)
        case .elapsed(let from, let to): return try elapsed(from: from, to: to)
        case .has(let tool):
            guard let prompt = observer.prompt else { return .missing("nobody knows") }
            return .text(prompt.has(tool) ? "yes" : "no")
        }
    }

    /// The nodes that a selector means.
    func nodes(_ selector: Selector) throws(LabError) -> [NodeAddress] {
        switch selector {
        case .any: return try table().filter { $0.flags.contains("myself") }.map(\.address)
        case .all: return observer.nodes
        case .masters: return try table().filter { $0.isMaster && !$0.isReplaced }.map(\.address)
        case .replicas: return try table().filter(\.isReplica).map(\.address)
        case .here: return [journal.currentNode]
        case .port(let port): return [NodeAddress(port: port)]
        case .owner(let key):
            guard let asked = try anyNode().first else { return [] }
            let slot = try slot(of: filled(key), askedAt: asked)
            return try table().filter { $0.owns(slot) }.map(\.address)
        case .replicasOf(let port):
            let table = try table()
            let master = table.first { $0.address.port == port }
            return table.filter { $0.masterID != nil && $0.masterID == master?.id }.map(\.address)
        case .masterOf(let port):
            let table = try table()
            let replica = table.first { $0.address.port == port }
            return table.filter { $0.id == replica?.masterID }.map(\.address)
        }
    }

    /// The same; nil where nobody answers who could tell.
    func knownNodes(_ selector: Selector) throws(LabError) -> [NodeAddress]? {
        try answering { () throws(LabError) in try nodes(selector) }
    }

    private func answering(
        _ find: () throws(LabError) -> [NodeAddress]
    ) throws(LabError) -> [NodeAddress]? {
        do throws(LabError) {
            return try find()
        } catch .interrupted {
            throw .interrupted
        } catch {
            return nil
        }
    }

    /// The nodes that a selector meant when the step began: who was promoted since is a replica no more. Where it meant
    /// none then, those that it means now.
    func nodesAtStart(_ selector: Selector) throws(LabError) -> [NodeAddress] {
        let nodes = try atStart.knownNodes(selector) ?? []
        return try nodes.isEmpty ? knownNodes(selector) ?? [] : nodes
    }

    // MARK: Asking

    private func each(
        _ selector: Selector, _ ask: (NodeAddress) throws(LabError) -> CheckValue
    ) throws(LabError) -> CheckValue {
        // Who answers is asked now, whatever it is asked about.
        guard let nodes = try selector == .any ? answering(anyNode) : knownNodes(selector) else {
            return .missing("no node answers")
        }
        var values: [CheckValue] = []
        for node in nodes {
            do throws(LabError) {
                values.append(try ask(node))
            } catch .interrupted {
                throw .interrupted
            } catch {
                values.append(
                    .missing(nodes.count > 1 ? "no answer" : "\(node.port) does not answer"))
            }
        }
        switch selector {
        case .all, .masters, .replicas, .replicasOf: return .perNode(nodes, values)
        case .any, .here, .port, .owner, .masterOf: return values.first ?? .missing("no such node")
        }
    }

    private func anyNode() throws(LabError) -> [NodeAddress] {
        try observer.table().filter { $0.flags.contains("myself") }.map(\.address)
    }

    private func described(_ address: NodeAddress) throws(LabError) -> CheckValue {
        let node = try table().first { $0.address == address }
        return node.map { .node($0) } ?? .text(address.named)
    }

    private func slot(of key: String, askedAt node: NodeAddress) throws(LabError) -> Int {
        Int(try observer.ask(node, ["CLUSTER", "KEYSLOT", key]).integer ?? -1)
    }

    // MARK: Functions

    private func function(
        _ function: Expression.Function, _ argument: String, asking node: NodeAddress
    ) throws(LabError) -> CheckValue {
        switch function {
        case .slot: return .number(Int64(try slot(of: argument, askedAt: node)))
        case .owner: return try owner(try slot(of: argument, askedAt: node), asking: node)
        case .ownerOfSlot: return try owner(Int(argument) ?? -1, asking: node)
        case .keys, .spread, .together:
            return Self.count(function, try slots(ofKeys: argument, on: [node]))
        case .number: return Self.number(in: argument)
        case .state: return state(of: argument)
        case .served, .known, .views, .imbalance, .epochs, .open, .copies, .foreign:
            return try cluster(function, seenBy: node)
        case .id, .epoch, .role, .slots, .master, .replicas: break
        }
        let table = try table(of: node)
        guard let subject = table.first(where: { $0.isNamed(argument) }) else {
            return .missing("\(node.port) knows no node \(argument)")
        }
        switch function {
        case .id: return .text(subject.id)
        case .epoch: return .number(subject.epoch)
        case .role: return .text(subject.isMaster ? "master" : "replica")
        case .slots: return .number(Int64(subject.slotCount))
        case .master:
            let master = table.first { $0.id == subject.masterID }
            return master.map { .node($0) } ?? .missing("\(argument) has no master")
        default: return .list(table.filter { $0.masterID == subject.id }.map { .node($0) })
        }
    }

    private func owner(_ slot: Int, asking node: NodeAddress) throws(LabError) -> CheckValue {
        let owner = try table(of: node).first { $0.owns(slot) }
        return owner.map { .node($0) } ?? .missing("slot \(slot) has no owner")
    }

    private func count(
        _ function: Expression.Function, ofKeys pattern: String
    ) throws(LabError) -> CheckValue {
        let masters = try nodes(.masters)
        do throws(LabError) {
            return Self.count(function, try slots(ofKeys: pattern, on: masters))
        } catch .interrupted {
            throw .interrupted
        } catch {
            return .missing("not all masters answer")
        }
    }

    /// The slot of every key that fits the pattern.
    private func slots(ofKeys pattern: String, on nodes: [NodeAddress]) throws(LabError) -> [Int] {
        var slots: [Int] = []
        for node in nodes {
            for key in try observer.ask(node, ["KEYS", pattern]).elements ?? [] {
                slots.append(try slot(of: key.text ?? "", askedAt: node))
            }
        }
        return slots
    }

    private static func count(_ function: Expression.Function, _ slots: [Int]) -> CheckValue {
        switch function {
        case .spread: return .number(Int64(Set(slots).count))
        case .together:
            let counts = Dictionary(slots.map { ($0, 1) }, uniquingKeysWith: +)
            return .number(Int64(counts.values.max() ?? 0))
        default: return .number(Int64(slots.count))
        }
    }

    /// Arguments may name what was handed in: `$answer`, or `$answer(name)` for what came under a name.
    private func filled(_ text: String) -> String {
        var text = text
        for (name, value) in journal.answers {
            text = text.replacing("\(Self.answerMark)(\(name))", with: value)
        }
        return text.replacing(Self.answerMark, with: journal.answer ?? "")
    }

    /// Stands for the learner's answer in an argument: `slot($answer)`.
    static let answerMark = "$answer"

    // MARK: Taking apart and together

    private static func aggregate(_ aggregate: Expression.Aggregate, _ value: CheckValue)
        -> CheckValue
    {
        var values = value.each
        if case .list(let list) = value { values = list }
        if case .reply(let reply) = value { values = (reply.elements ?? []).map { CheckValue($0) } }
        if aggregate == .count { return .number(Int64(values.count)) }
        if let missing = values.first(where: { if case .missing = $0 { true } else { false } }) {
            return missing
        }
        if aggregate == .distinct { return .number(Int64(Set(values).count)) }
        let numbers = values.compactMap(\.integer)
        guard numbers.count == values.count, !numbers.isEmpty else { return .missing("no numbers") }
        switch aggregate {
        case .sum: return .number(numbers.reduce(0, +))
        case .min: return .number(numbers.min() ?? 0)
        case .max, .count, .distinct: return .number(numbers.max() ?? 0)
        }
    }

    private static func pick(_ name: String, from value: CheckValue) -> CheckValue {
        switch value {
        case .perNode(let nodes, let values):
            return .perNode(nodes, values.map { pick(name, from: $0) })
        case .reply(let reply):
            let elements = reply.elements ?? []
            guard let number = Int(name), elements.indices.contains(number - 1) else {
                return .missing("no element \(name)")
            }
            return CheckValue(elements[number - 1])
        case .text(let text):
            for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(name + ":") {
                return .text(line.dropFirst(name.count + 1).trimmed)
            }
            return .missing("no field \(name)")
        default: return value
        }
    }
}

extension Expression.Function {
    fileprivate var countsKeys: Bool { [.keys, .spread, .together].contains(self) }
}

extension ClusterNode {
    /// Whether it claims the slot.
    func owns(_ slot: Int) -> Bool { slots.contains { $0.contains(slot) } }
}
