import Testing

/// A word that some folders do without, and what to write in its place.
struct WordRule: CustomTestStringConvertible {
    let word: String
    let instead: String
    /// The word is fine where this stands in its place.
    var unless: String?
    /// Files whose paths begin so may have it.
    var allowedIn: [String] = []
    /// Comments and string literals count, too.
    var isInProse = false

    var testDescription: String { word }

    /// What a node's logic does without: it repeats exactly, from a seed and the times that it is told.
    static let core = [
        WordRule(word: "ContinuousClock", instead: "take `now` as a parameter"),
        WordRule(word: "SuspendingClock", instead: "take `now` as a parameter"),
        WordRule(word: ".now(", instead: "take `now` as a parameter"),
        WordRule(
            word: ".random(", instead: "draw from the node's SplitMix64, by `next(below:)`",
            unless: ".random(using:"),
        WordRule(word: ".randomElement(", instead: "index with SplitMix64's `next(below:)`"),
        WordRule(word: "SystemRandomNumberGenerator", instead: "use a seeded SplitMix64"),
        WordRule(word: ".shuffle(", instead: "swap by SplitMix64's `next(below:)`"),
        WordRule(word: ".shuffled(", instead: "swap by SplitMix64's `next(below:)`"),
        WordRule(word: "Task", instead: "return an action that the driver performs"),
        WordRule(word: "async", instead: "return an action that the driver performs"),
    ]

    /// What no source does.
    static let sources = [
        WordRule(word: "try!", instead: "throw, or `preconditionFailure` with the values"),
        WordRule(word: "as!", instead: "use `as?` or an enum"),
        WordRule(word: "fatalError()", instead: "use `preconditionFailure` with the values"),
        WordRule(word: "@unchecked Sendable", instead: "use a value, an actor or a `Mutex`"),
        WordRule(word: "nonisolated(unsafe)", instead: "use a value, an actor or a `Mutex`"),
        WordRule(word: "public", instead: "use `package`"),
        WordRule(word: "TODO", instead: "do it, or say why it is as it is", isInProse: true),
        WordRule(word: "FIXME", instead: "fix it, or say why it is as it is", isInProse: true),
    ]

    /// What no test does.
    static let tests = [
        WordRule(word: "#expect(true)", instead: "expect what the test's name says"),
        WordRule(word: "sleep(", instead: "wait for a condition, or step a virtual clock"),
        WordRule(word: "usleep(", instead: "wait for a condition, or step a virtual clock"),
        WordRule(word: "nanosleep(", instead: "wait for a condition, or step a virtual clock"),
        WordRule(word: "sched_yield", instead: "use `waitUntil`"),
        WordRule(word: ".wait()", instead: "use `.wait(timeout:)`, and fail when the time is up"),
        WordRule(word: "process.run()", instead: "use `run(within:)`"),
        WordRule(
            word: "RESPConnection(to:", instead: "use `testConnection(to:)`",
            allowedIn: ["Tests/TestSupport/"]),
    ]

    /// Folders that only one machine has.
    static let machinePaths = ["Users", "home", "root", "work"].map {
        WordRule(word: "/\($0)/", instead: "use a path from the repository's root", isInProse: true)
    }

    /// What is wrong with the line, if anything.
    func problem(in line: String, of file: SourceFile) -> String? {
        // Almost no line has the word at all, and this is cheap.
        guard line.contains(word), !allowedIn.contains(where: file.path.hasPrefix) else {
            return nil
        }
        let text = isInProse ? line : Self.code(of: line)
        let isBroken = text.ranges(of: word).contains { range in
            let isTail = continues(text[..<range.lowerBound].last)
            let isHead = continues(text[range.upperBound...].first)
            return !(isTail && (continues(word.first) || word.first == "/"))
                && !(isHead && continues(word.last))
                && unless.map { !text[range.lowerBound...].hasPrefix($0) } ?? true
        }
        return isBroken ? "`\(word)`: \(instead)" : nil
    }

    /// Whether the character makes a word longer.
    private func continues(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
    }

    /// The line without its comment, and without what stands in its string literals.
    static func code(of line: String) -> String {
        line.replacing(#/"(?:\\.|[^"\\])*"|//.*/#, with: "\"\"")
    }
}
