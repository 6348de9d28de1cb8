import Lab

/// The lines that were typed, one a line in a text file in the learner's state folder.
package struct HistoryFile {
    package private(set) var lines: [String]
    private let path: String?
    private var hasWarned = false

    /// Older lines are forgotten.
    package static let limit = 1000

    /// Reads what is there. Without a path nothing is kept beyond the session.
    package init(path: String? = HistoryFile.defaultPath) {
        self.path = path
        let text = path.flatMap { try? TextFile.read($0) } ?? ""
        lines = text.split(separator: "\n").suffix(Self.limit).map(String.init)
    }

    /// `history` in the learner's state folder; nil without one.
    package static var defaultPath: String? { TextFile.statePath(of: "history") }

    /// Adds a line unless it repeats the last one. Returns, once, what is wrong if it cannot be kept.
    package mutating func append(_ line: String) -> String? {
        guard line != lines.last else { return nil }
        lines.append(line)
        lines.removeFirst(max(0, lines.count - Self.limit))
        guard let path, !hasWarned else { return nil }
        do throws(LabError) {
            try TextFile.replace(path, with: lines.joined(separator: "\n") + "\n")
            return nil
        } catch {
            hasWarned = true
            return "History is not kept: \(error). Make it writable or set XDG_STATE_HOME."
        }
    }
}
