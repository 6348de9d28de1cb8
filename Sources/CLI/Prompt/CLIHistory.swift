#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The lines typed at redis-cli's prompt, in the file where redis-cli keeps them: REDISCLI_HISTFILE, or
/// ~/.rediscli_history. Both programs share it.
package struct CLIHistory {
    package private(set) var lines: [String] = []
    private let path: String?

    /// Older lines are forgotten.
    package static let limit = 100

    /// Reads what is there. Without a path nothing is kept beyond the session.
    package init(path: String?) {
        self.path = path
        guard let path, let bytes = try? FileBytes.read(path) else { return }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = line.prefix { $0 != UInt8(ascii: "\r") }
            remember(String(decoding: text, as: UTF8.self))
        }
    }

    /// Adds a line unless it repeats the last one, and saves all.
    package mutating func append(_ line: String) {
        remember(line)
        guard let path else { return }
        let text = lines.map { $0 + "\n" }.joined()
        // As redis-cli: a history that cannot be kept is no reason to complain.
        try? FileBytes.write(Array(text.utf8), to: path)
    }

    private mutating func remember(_ line: String) {
        guard line != lines.last else { return }
        lines.append(line)
        if lines.count > Self.limit { lines.removeFirst() }
    }

    /// Whether a command carries a secret: redis-cli does not write those down (`isSensitiveCommand`).
    package static func isSensitive(_ arguments: [[UInt8]]) -> Bool {
        let words = arguments.map { String(decoding: $0, as: UTF8.self).lowercased() }
        switch words.first {
        case "auth": return true
        case "acl": return words.count > 1 && words[1] == "setuser"
        case "config":
            return words.count > 2 && words[1] == "set"
                && ["masterauth", "masteruser", "requirepass"].contains(words[2])
        case "hello": return words.count > 4 && authenticatesInHello(words)
        case "migrate": return words.count > 7 && authenticatesInMigrate(words)
        default: return false
        }
    }

    /// `HELLO 3 [SETNAME name] AUTH user password`.
    private static func authenticatesInHello(_ words: [String]) -> Bool {
        var place = 2
        while place < words.count {
            let following = words.count - 1 - place
            if words[place] == "auth", following >= 2 { return true }
            guard words[place] == "setname", following > 0 else { return false }
            place += 2
        }
        return false
    }

    private static func authenticatesInMigrate(_ words: [String]) -> Bool {
        for place in 6..<words.count {
            let following = words.count - 1 - place
            switch words[place] {
            case "auth" where following > 0: return true
            case "auth2" where following >= 2: return true
            case "keys" where following > 0: return false
            default: break
            }
        }
        return false
    }
}
