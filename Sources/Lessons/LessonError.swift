/// A mistake in a lesson or solution file, for its author: where, what, and the nearest right word.
package struct LessonError: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var message: String

    package init(file: String, line: Int, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    /// `Lessons/02.md:31: unknown block 'chek'; did you mean 'check'?`
    package var description: String { "\(file):\(line): \(message)" }
}

/// Finds what someone meant to type.
package enum Nearest {
    /// The candidate fewest edits away, if it is near enough to be meant.
    package static func match(to word: String, among candidates: [String]) -> String? {
        let ranked = candidates.map { (distance(word.lowercased(), $0.lowercased()), $0) }
        guard let best = ranked.min(by: { $0.0 < $1.0 }) else { return nil }
        return best.0 <= max(1, word.count / 2) ? best.1 : nil
    }

    /// `; did you mean 'check'?`, or the words there are.
    package static func advice(for word: String, among candidates: [String]) -> String {
        if let meant = match(to: word, among: candidates) { return "; did you mean '\(meant)'?" }
        return "; there are: \(candidates.joined(separator: ", "))"
    }

    /// Levenshtein's distance: insertions, deletions and replacements of one character.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
