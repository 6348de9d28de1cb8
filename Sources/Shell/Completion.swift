/// The texts around completion: which word is completed, and how many candidates share a screen.
enum Completion {
    /// More are not listed: they would scroll away what the learner looks at.
    private static let listLimit = 120

    /// The word at the end of the text; empty after a space.
    static func lastWord(of text: String) -> String {
        String(text[(text.lastIndex(of: " ").map(text.index(after:)) ?? text.startIndex)...])
    }

    /// What both begin with, in the letters of the first.
    static func commonPrefix(_ first: String, _ second: String) -> String {
        let pairs = zip(first, second).prefix { $0 == $1 || $0.lowercased() == $1.lowercased() }
        return String(pairs.map(\.0))
    }

    /// The candidates in columns, read downwards as `ls` has them.
    static func columns(_ candidates: [String], width: Int) -> String {
        let shown = Array(candidates.prefix(listLimit))
        let cell = (shown.map(\.count).max() ?? 0) + 2
        let count = max(1, width / cell)
        let height = (shown.count + count - 1) / count
        var lines = (0..<height).map { row in
            let cells = stride(from: row, to: shown.count, by: height).map { shown[$0] }
            return cells.dropLast().map { $0 + String(repeating: " ", count: cell - $0.count) }
                .joined() + (cells.last ?? "")
        }
        if candidates.count > shown.count {
            lines.append("… and \(candidates.count - shown.count) more")
        }
        return lines.joined(separator: "\n")
    }
}
