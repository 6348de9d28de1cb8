// Values and nodes of the check language.
extension CheckParser {
    /// A value: a literal, what the learner handed in, or something to ask the cluster.
    func expression(_ words: ArraySlice<Word>) throws(LessonError) -> Expression {
        guard let first = words.first else {
            throw mistake("a value is missing beside the comparison")
        }
        if let aggregate = first.bare.flatMap(Expression.Aggregate.init) {
            return .aggregate(aggregate, try expression(words.dropFirst()))
        }
        if let bar = words.lastIndex(where: { $0.bare == "|" }) {
            guard words.endIndex - bar == 2, let name = words.last else {
                throw mistake("behind | belongs one field name or number")
            }
            return .pick(try expression(words[..<bar]), name.text)
        }
        if first.bare == "start", words.count > 1 {
            let inner = try expression(words.dropFirst())
            guard inner.isOfTable else {
                throw mistake("behind 'start' belongs owner(), master(), replicas() or their kin")
            }
            return .atStart(inner)
        }
        if first.bare?.hasPrefix("@") == true { return try asked(first, words.dropFirst()) }
        if first.bare == "events" { return .events(try pattern(words.dropFirst())) }
        if first.bare == "elapsed" { return try elapsed(words.dropFirst()) }
        if first.bare == "writer", words.count > 1 { return try finding(words.dropFirst()) }
        guard words.count == 1 else {
            if let meant = Nearest.match(to: first.text, among: Self.detailWords) {
                throw mistake("unknown word '\(first.text)'; did you mean '\(meant)'?")
            }
            throw mistake(
                "'\(first.text) …': a command needs a node in front, such as @any; "
                    + "text needs quotes")
        }
        switch first.bare {
        case "answer": return .answer
        case "prediction": return .prediction
        case "here": return .here
        default: return try call(first, of: nil) ?? .literal(first.text)
        }
    }

    private func asked(_ node: Word, _ words: ArraySlice<Word>) throws(LessonError) -> Expression {
        let selector = try selector(node)
        guard let first = words.first else { return .nodes(selector) }
        if words.count == 1, let call = try call(first, of: selector) { return call }
        return .command(selector, words.map(\.text))
    }

    /// What follows `writer`.
    private func finding(_ words: ArraySlice<Word>) throws(LessonError) -> Expression {
        let names = Expression.WriterFinding.allCases.map(\.rawValue)
        guard words.count == 1, let name = words.first?.text else {
            throw mistake("behind 'writer' belongs one word: \(names.joined(separator: ", "))")
        }
        guard let finding = Expression.WriterFinding(rawValue: name) else {
            throw mistake(
                "the writer has no '\(name)'" + Nearest.advice(for: name, among: names))
        }
        return .writer(finding)
    }

    /// `slot(user:1)`; nil for a word of another shape.
    private func call(_ word: Word, of selector: Selector?) throws(LessonError) -> Expression? {
        guard let bare = word.bare, let (name, argument) = Self.parenthesised(bare) else {
            return nil
        }
        if name == "has", selector == nil { return try has(argument) }
        if name == "answer", selector == nil, !argument.isEmpty { return .named(argument) }
        guard let function = Expression.Function(rawValue: name) else {
            throw mistake(
                "unknown function '\(name)'"
                    + Nearest.advice(for: name, among: Expression.Function.allCases.map(\.rawValue))
            )
        }
        switch function {
        case .id, .epoch, .role, .slots, .master, .replicas, .state:
            guard Int(argument) != nil || argument.hasPrefix(CheckEvaluator.answerMark) else {
                throw mistake("\(name)() wants a node's port, not '\(argument)'")
            }
        case .ownerOfSlot:
            guard Int(argument) != nil else {
                throw mistake("\(name)() wants a slot's number, not '\(argument)'")
            }
        case .served, .known, .views, .imbalance, .epochs, .open, .copies, .foreign:
            guard argument.isEmpty else { throw mistake("\(name)() has nothing in its brackets") }
        case .slot, .owner, .keys, .together, .spread, .number: break
        }
        return .function(selector, function, argument)
    }

    /// What a machine may have.
    static let tools = ["redis-py", "docker", "redis-server"]

    private func has(_ tool: String) throws(LessonError) -> Expression {
        guard Self.tools.contains(tool) else {
            throw mistake(
                "has() knows no '\(tool)'" + Nearest.advice(for: tool, among: Self.tools))
        }
        return .has(tool)
    }

    /// Which nodes: `@all`, `@7000`, `@owner(key)`.
    func selector(_ word: Word) throws(LessonError) -> Selector {
        let name = String(word.text.dropFirst(word.text.hasPrefix("@") ? 1 : 0))
        switch name {
        case "any": return .any
        case "all": return .all
        case "masters": return .masters
        case "replicas": return .replicas
        case "here": return .here
        default: break
        }
        if let port = Int(name) { return .port(port) }
        if let (call, argument) = Self.parenthesised(name) {
            switch (call, Int(argument)) {
            case ("owner", _): return .owner(argument)
            case ("replicas", let port?): return .replicasOf(port)
            case ("master", let port?): return .masterOf(port)
            default: break
            }
        }
        throw mistake(
            "unknown node '\(word.text)'"
                + Nearest.advice(
                    for: word.text,
                    among: [
                        "@any", "@all", "@masters", "@replicas", "@here", "@7000", "@owner(key)",
                    ]))
    }

    private static func parenthesised(_ text: String) -> (String, String)? {
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "("), open > text.startIndex
        else {
            return nil
        }
        let name = text[..<open]
        guard name.allSatisfy({ $0.isLetter || $0 == "-" }) else { return nil }
        return (String(name), String(text[text.index(after: open)...].dropLast()))
    }
}

extension Expression {
    /// Whether it is read from what a node knows of the cluster.
    fileprivate var isOfTable: Bool {
        guard case .function(nil, let function, _) = self else { return false }
        switch function {
        case .owner, .ownerOfSlot, .id, .epoch, .role, .slots, .master, .replicas: return true
        case .slot, .keys, .together, .spread, .served, .known, .views, .imbalance, .epochs, .open,
            .copies, .foreign, .number, .state:
            return false
        }
    }
}
