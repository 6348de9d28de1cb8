import RESP

// Passwords are not for a file.
extension HistoryFile {
    /// Whether the line carries a password. Rather one line too many is taken for secret than one too
    /// few.
    package static func holdsSecret(_ line: String) -> Bool {
        let plain = words(line.lowercased().filter { $0 != "\"" && $0 != "'" })
        // What quotes and escapes hide from the eye is read as a node would read it.
        let read = (splitArguments(line.utf8) ?? []).map {
            String(decoding: $0, as: UTF8.self).lowercased()
        }
        return holdsSecret(plain) || holdsSecret(read)
    }

    /// The line as it may be shown: one with a password only by its first word.
    package static func masked(_ line: String) -> String {
        guard holdsSecret(line) else { return line }
        return "\(TypedLine(line).command.prefix { !$0.isWhitespace }) …"
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func holdsSecret(_ words: [String]) -> Bool {
        words.dropLast().contains { secretIntroductions.contains($0) }
            || words.contains { word in
                secretBeginnings.contains { word.hasPrefix($0) } || isAddressWithPassword(word)
            }
    }

    /// `redis://user:password@host`, behind -u or anywhere else.
    private static func isAddressWithPassword(_ word: String) -> Bool {
        guard let scheme = word.firstRange(of: "://") else { return false }
        let rest = word[scheme.upperBound...].prefix { $0 != "/" }
        return rest.contains("@")
    }

    /// What stands right before a secret, or before a rule that may hold one.
    private static let secretIntroductions: Set<String> = [
        "auth", "auth2", "setuser", "requirepass", "masterauth", "masteruser", "primaryauth",
        "tls-key-file-pass", "tls-client-key-file-pass", "sentinel-pass", "auth-pass", "-a",
        "--pass", "--requirepass", "--masterauth", "--primaryauth",
        "--tls-key-file-pass", "--tls-client-key-file-pass", "--cluster-from-pass",
    ]

    /// What a word with a secret in it begins with.
    private static let secretBeginnings = [
        "--pass=", "--requirepass=", "--masterauth=", "redis_password=", "rediscli_auth=",
        "-erediscli_auth=",
    ]
}
