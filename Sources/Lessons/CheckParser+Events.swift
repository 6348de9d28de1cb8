// What happened, and what else was typed, in the words of the check language.
extension CheckParser {
    /// Behind `event`: `promoted after failed 7000`.
    func event(_ words: ArraySlice<Word>) throws(LessonError) -> Condition {
        guard let place = words.firstIndex(where: { $0.bare == "after" }) else {
            return .event(try pattern(words), after: nil)
        }
        return .event(try pattern(words[..<place]), after: try pattern(words[(place + 1)...]))
    }

    /// `suspected 7000 by 7001`.
    func pattern(_ words: ArraySlice<Word>) throws(LessonError) -> EventPattern {
        let names = EventKind.allCases.map(\.rawValue)
        guard let first = words.first else {
            throw mistake("an event is missing, such as failed 7000 or promoted")
        }
        guard let kind = EventKind(rawValue: first.text) else {
            throw mistake(
                "unknown event '\(first.text)'" + Nearest.advice(for: first.text, among: names))
        }
        var pattern = EventPattern(kind: kind)
        var rest = words.dropFirst()
        if let node = rest.first, node.bare != "by" {
            pattern.subject = try selector(node)
            rest = rest.dropFirst()
        }
        if rest.first?.bare == "by", let node = rest.dropFirst().first {
            pattern.teller = try selector(node)
            rest = rest.dropFirst(2)
        }
        guard rest.isEmpty else {
            throw mistake("'\(first.text) NODE by NODE' is all that fits")
        }
        return pattern
    }

    /// Behind `elapsed`: `crashed 7000 to promoted`.
    func elapsed(_ words: ArraySlice<Word>) throws(LessonError) -> Expression {
        guard let place = words.firstIndex(where: { $0.bare == "to" }) else {
            throw mistake("'elapsed' wants two events: elapsed crashed 7000 to promoted")
        }
        return .elapsed(
            from: try pattern(words[..<place]), to: try pattern(words[(place + 1)...]))
    }

    /// `answer near writer outage by 10%`; nil where there is no `near`.
    func nearness(_ words: ArraySlice<Word>) throws(LessonError) -> Condition? {
        guard let near = words.firstIndex(where: { $0.bare == "near" }) else { return nil }
        guard let by = words[near...].firstIndex(where: { $0.bare == "by" }),
            words.endIndex - by == 2, let tolerance = words.last.flatMap({ Tolerance($0.text) })
        else {
            throw mistake("'near' wants a tolerance at its end: A near B by 10%, A near B by 500")
        }
        return .near(
            try expression(words[..<near]), try expression(words[(near + 1)..<by]), tolerance)
    }

    /// Behind `typed`: the words of a line.
    func typed(_ words: ArraySlice<Word>) throws(LessonError) -> Condition {
        guard !words.isEmpty else { throw mistake("'typed' wants a line, such as typed crash *") }
        return .typed(words.map(\.text))
    }

    /// Behind `printed`: a text in quotes.
    func printed(_ words: ArraySlice<Word>) throws(LessonError) -> Condition {
        guard words.count == 1, let text = words.first?.text, !text.isEmpty else {
            throw mistake("'printed' wants one text in quotes: printed \"FATAL CONFIG\"")
        }
        return .printed(text)
    }

    /// Behind `client`: `ran SET user:1 ... at @7001`.
    func client(_ words: ArraySlice<Word>) throws(LessonError) -> Condition {
        guard words.first?.bare == "ran" else {
            throw mistake("behind 'client' belongs 'ran': client ran SET user:1 ...")
        }
        let deed = try deed(words.dropFirst())
        guard deed.reply == nil, deed.earlier == nil else {
            throw mistake("'client ran COMMAND at @NODE' is all that fits: its replies nobody sees")
        }
        return .clientRan(deed)
    }
}
