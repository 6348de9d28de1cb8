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

    /// Whether the line carries a password: those are not for a file. Rather one line too many is
    /// taken for secret than one too few.
    package static func holdsSecret(_ line: String) -> Bool {
        let words = line.lowercased().split(whereSeparator: \.isWhitespace).map {
            String($0.filter { $0 != "\"" && $0 != "'" })
        }
        return words.dropLast().contains { secretIntroductions.contains($0) }
            || words.contains { $0.hasPrefix("--pass=") }
    }

    /// What stands right before a secret, or before a rule that may hold one.
    private static let secretIntroductions: Set<String> = [
        "auth", "auth2", "setuser", "requirepass", "masterauth", "masteruser", "primaryauth",
        "tls-key-file-pass", "tls-client-key-file-pass", "sentinel-pass", "auth-pass", "-a",
        "--pass",
    ]
}
