#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

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
        lines = path.map(Self.read) ?? []
    }

    /// `history` in $XDG_STATE_HOME/clusterlab, or in ~/.local/state/clusterlab; nil without a home.
    package static var defaultPath: String? {
        let state = environment("XDG_STATE_HOME") ?? environment("HOME").map { $0 + "/.local/state" }
        return state.map { $0 + "/clusterlab/history" }
    }

    /// Adds a line unless it repeats the last one. Returns, once, what is wrong if it cannot be kept.
    package mutating func append(_ line: String) -> String? {
        guard line != lines.last else { return nil }
        lines.append(line)
        lines.removeFirst(max(0, lines.count - Self.limit))
        guard let path, !hasWarned, !Self.write(lines, to: path) else { return nil }
        let reason = String(cString: strerror(errno))
        hasWarned = true
        return "History is not kept: \(path): \(reason). Make it writable or set XDG_STATE_HOME."
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
        "tls-key-file-pass", "tls-client-key-file-pass", "sentinel-pass", "auth-pass", "-a", "--pass",
    ]

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private static func read(_ path: String) -> [String] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        return lines.suffix(limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Written beside and renamed, so that two shells at once tear nothing. False leaves `errno` set.
    private static func write(_ lines: [String], to path: String) -> Bool {
        createFolder(of: path)
        let draft = "\(path).\(getpid())"
        guard let file = fopen(draft, "w") else { return false }
        _ = fchmod(fileno(file), 0o600)
        let isWritten = fputs(lines.joined(separator: "\n") + "\n", file) >= 0
        guard fclose(file) == 0, isWritten, rename(draft, path) == 0 else {
            let reason = errno
            unlink(draft)
            errno = reason
            return false
        }
        return true
    }

    private static func createFolder(of path: String) {
        for index in path.indices.dropFirst() where path[index] == "/" {
            mkdir(String(path[..<index]), 0o700)
        }
    }
}
